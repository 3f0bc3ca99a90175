"""What may stand in the log of sessions: shape, days, who, and what else the worker did that day.

Each function names every fault that it finds, in order, as a `Refused` with the field it is about;
the caller raises the first or shows them all. Findings D02 to D07 use the same limits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from almoner.rules.calendar import SHANGHAI, local_day
from almoner.rules.packs import Pack
from almoner.rules.refusal import Refused


class SessionState(StrEnum):
    """Where a line of the log stands; a line that was superseded or undone counts nowhere."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    UNDONE = "undone"


MOST_MINUTES = 1440
MOST_PARTICIPANTS = 10_000
LONGEST_NOTE = 500
DAY = timedelta(days=1)

_CLIENT = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}")
_CHINESE = re.compile("[\u3400-\u9fff]")
_ID_CARD = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")
_PHONE = re.compile(r"(?<!\d)\d{11}(?!\d)")
_LONG_NUMBER = re.compile(r"\d{11}")


@dataclass(frozen=True)
class Entry:
    """What somebody says about one session.

    It happened with one client (`attended` True) or with a group (None), or it did not happen, and
    `why_not` is one of acceptable, not_acceptable, logistics; `withdrawn` is a correction that says
    that the earlier line should not be there at all.
    """

    started_at: datetime
    happened: bool
    attended: bool | None = None
    minutes: int | None = None
    participants: int | None = None
    late_minutes: int | None = None
    client_id: str | None = None
    why_not: str | None = None
    why_note: str = ""
    withdrawn: bool = False

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return local_day(self.started_at)

    @property
    def ends_at(self) -> datetime:
        """When it was over; one that did not happen was over at once."""
        return self.started_at + timedelta(minutes=self.minutes or 0)


@dataclass(frozen=True)
class Place:
    """Whose session it is: the worker's employment, and the contract of the term."""

    worker_provider: str
    employed_from: date
    employed_to: date | None
    contract_provider: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Done:
    """A session of the same worker that is in the log or the record already."""

    id: str
    term: int
    started_at: datetime
    minutes: int
    client_id: str | None

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(minutes=self.minutes)


def client_fault(client_id: str) -> Refused | None:
    """Why a text cannot be a client's pseudonym; None where it can.

    Capital letters, digits and hyphens, 3 to 20 of them, at least one a digit. A name has none; a
    phone number or an identity card is a long run of digits, hyphens or not.
    """
    digits = client_id.replace("-", "")
    if _CHINESE.search(client_id):
        code = "client_name"
    elif re.search(r"\s", client_id):
        code = "client_spaces"
    elif _ID_CARD.search(digits):
        code = "client_id_card"
    elif _PHONE.search(digits) or _LONG_NUMBER.search(digits):
        code = "client_phone"
    elif not _CLIENT.fullmatch(client_id):
        code = "client_pattern"
    elif not re.search(r"\d", client_id):
        code = "client_no_digit"
    else:
        return None
    return Refused(code, field="client_id")


def shape_faults(entry: Entry) -> Iterator[Refused]:
    """What is wrong with an entry by itself."""
    if entry.withdrawn:
        return
    if entry.happened:
        yield from _happened_faults(entry)
    else:
        yield from _not_happened_faults(entry)
    if entry.client_id and (fault := client_fault(entry.client_id)):
        yield fault
    if entry.why_note and note_names_somebody(entry.why_note):
        yield Refused("note_number", field="why_note")
    if len(entry.why_note) > LONGEST_NOTE:
        yield Refused("note_long", field="why_note", most=LONGEST_NOTE)


def _happened_faults(entry: Entry) -> Iterator[Refused]:
    if entry.minutes is None:
        yield Refused("minutes_missing", field="minutes")
    elif not 1 <= entry.minutes <= MOST_MINUTES:
        yield Refused("minutes_range", field="minutes", most=MOST_MINUTES)
    if entry.attended is False:
        yield Refused("nobody_came", field="attended")
    elif entry.attended and not entry.client_id:
        yield Refused("client_missing", field="client_id")
    elif entry.attended is None and entry.client_id:
        yield Refused("client_of_group", field="client_id")
    if entry.attended is None and entry.participants is None:
        yield Refused("participants_missing", field="participants")
    elif entry.participants is not None and not 1 <= entry.participants <= MOST_PARTICIPANTS:
        yield Refused("participants_range", field="participants", most=MOST_PARTICIPANTS)
    if entry.late_minutes is not None and not 0 <= entry.late_minutes <= MOST_MINUTES:
        yield Refused("late_range", field="late_minutes", most=MOST_MINUTES)
    if entry.why_not:
        yield Refused("why_not_given", field="why_not")


def _not_happened_faults(entry: Entry) -> Iterator[Refused]:
    if not entry.why_not:
        yield Refused("why_not_missing", field="why_not")
    if not entry.why_note.strip():
        yield Refused("why_note_missing", field="why_note")
    for field in ("minutes", "participants", "late_minutes"):
        if getattr(entry, field) is not None:
            yield Refused("did_not_happen", field=field)


def note_names_somebody(note: str) -> bool:
    """Whether a note holds what looks like a phone number or an identity card."""
    digits = re.sub(r"(?<=\d)[ -](?=\d)", "", note)
    return bool(_ID_CARD.search(digits) or _LONG_NUMBER.search(digits))


def place_faults(entry: Entry, place: Place, at: datetime) -> Iterator[Refused]:
    """What is wrong with when and for whom: the future, the contract's days, the employment."""
    if entry.ends_at > at:
        code = "future" if entry.started_at > at else "not_over"
        yield Refused(code, field="time")
    if place.contract_provider != place.worker_provider:
        yield Refused("other_provider", field="term")
    if not place.starts_on <= entry.day <= place.ends_on:
        yield Refused("outside_contract", field="day", first=place.starts_on, last=place.ends_on)
    last = place.employed_to or date.max
    if not place.employed_from <= entry.day <= last:
        yield Refused("not_employed", field="day")


def meeting_faults(entry: Entry, term: int, others: Iterable[Done]) -> Iterator[Refused]:
    """What of the same worker stands in the way: the same session (D04), or one at that time (D03).

    Touching is no overlap. Of several only the first is named. `others` of a session that did not
    happen are those that did not happen either.
    """
    minutes = entry.minutes or 0
    for other in sorted(others, key=lambda done: (done.started_at, done.id)):
        facts = (term, entry.started_at, minutes, entry.client_id)
        if facts == (other.term, other.started_at, other.minutes, other.client_id):
            code = "logged_already"
        elif other.started_at < entry.ends_at and entry.started_at < other.ends_at:
            code = "two_places"
        else:
            continue
        begins = f"{other.started_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        ends = f"{other.ends_at.astimezone(SHANGHAI):%H:%M}"
        yield Refused(code, field="time", other=other.id, begins=begins, ends=ends)
        return


def day_limits(pack: Pack, day: date) -> dict[str, int]:
    """The limits of findings D02 and D05 in force on a day, as `warnings` takes them."""
    return {
        "day_minutes": int(pack.limit("D02.minutes", day).value),
        "late_days": int(pack.limit("D05.days", day).value),
    }


def warnings(
    entry: Entry, others: Iterable[Done], at: datetime, *, day_minutes: int, late_days: int
) -> Iterator[Refused]:
    """What findings will ask about: a very long day (D02), a late entry (D05).

    Whoever is sure may log it all the same. `others` hold the worker's other sessions of the day.
    """
    if not entry.happened:
        return
    day = sum(done.minutes for done in others if local_day(done.started_at) == entry.day)
    total = day + (entry.minutes or 0)
    if total > day_minutes:
        yield Refused("long_day", field="sure", total=total, most=day_minutes)
    if at - entry.started_at > timedelta(days=late_days):
        yield Refused("late_entry", field="sure", days=late_days)
