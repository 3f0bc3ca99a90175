"""Accepting and paying an instalment: what is checked, what is refused, how late it is.

A late evaluation holds back no money that nobody disputes: it is said, and it is no ground to
accept less. (In one city 12.18m yuan was owed to 27 agencies, 2.34m of it because evaluations
were late.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from almoner.rules.money import drawn, yuan_digits
from almoner.rules.refusal import Refused

FEWEST_OPINIONS = 2
"""So many users are heard before an acceptance."""

RESIDENT = "resident"
"""Who was heard, where no pseudonym stands for them."""


class Ground(StrEnum):
    """Why less than what is due may, or (the last) may not, be accepted."""

    NOT_DONE = "not_done"
    BELOW_STANDARD = "below_standard"
    NO_RECORDS = "no_records"
    OTHER = "other"
    EVALUATION_LATE = "evaluation_late"


class Verdict(StrEnum):
    MET = "met"
    OPEN = "open"
    NOTE = "note"


@dataclass(frozen=True)
class Check:
    """One line of what is checked before an acceptance; only OPEN ones have to wait."""

    code: str
    verdict: Verdict
    day: date | None = None
    days: int = 0
    fen: int = 0
    text: str = ""


@dataclass(frozen=True)
class Claim:
    """An instalment on a day and what is known about it; amounts in fen.

    `evaluation_open` says whether one was assigned and is not reported, `reported_on` when the
    latest one was reported (None: none was). `accepted_fen` is None before acceptance.
    """

    amount_fen: int
    due_on: date
    condition: str
    today: date
    opinions: int
    evaluation_open: bool = False
    reported_on: date | None = None
    accepted_fen: int | None = None


def checks(claim: Claim) -> tuple[Check, ...]:
    """What whoever accepts has to see: the due day, condition, evaluation, users, and the money."""
    disputed = 0 if claim.accepted_fen is None else claim.amount_fen - claim.accepted_fen
    heard = Verdict.MET if claim.opinions >= FEWEST_OPINIONS else Verdict.OPEN
    return (
        _due(claim),
        Check(
            "condition" if claim.condition else "no_condition", Verdict.NOTE, text=claim.condition
        ),
        _evaluation(claim),
        Check("opinions", heard, days=claim.opinions),
        Check("disputed", Verdict.NOTE, fen=disputed)
        if disputed
        else Check("undisputed", Verdict.MET, fen=claim.amount_fen),
    )


def _due(claim: Claim) -> Check:
    late = days_late(claim.due_on, claim.today)
    if late:
        return Check("overdue", Verdict.NOTE, claim.due_on, late)
    code = "due_today" if claim.due_on == claim.today else "due_later"
    return Check(code, Verdict.MET, claim.due_on, (claim.due_on - claim.today).days)


def _evaluation(claim: Claim) -> Check:
    if claim.evaluation_open:
        return Check("evaluation_open", Verdict.NOTE)
    if claim.reported_on is None:
        return Check("no_evaluation", Verdict.NOTE)
    return Check("evaluation_reported", Verdict.NOTE, claim.reported_on)


def days_late(due_on: date, day: date) -> int:
    """Calendar days from the due day to `day` (of payment, or today); 0 up to the due day."""
    return max((day - due_on).days, 0)


def heard(people: Iterable[str]) -> int:
    """How many users were heard: each pseudonym once, each unnamed resident by themselves."""
    everybody = list(people)
    named = {one for one in everybody if one != RESIDENT}
    return len(named) + everybody.count(RESIDENT)


def judge_acceptance(
    *, amount_fen: int, accepted_fen: int, opinions: int, ground: Ground | None, reason: str
) -> None:
    """Refused unless `accepted_fen` of `amount_fen` may be accepted.

    Two users were heard, no more than what is due and more than nothing is accepted, and for less
    there are a ground in the work itself and a reason in words.
    """
    if opinions < FEWEST_OPINIONS:
        raise Refused("too_few_opinions", heard=opinions, needed=FEWEST_OPINIONS)
    if accepted_fen > amount_fen:
        raise Refused("above_amount_due", field="amount", due=yuan_digits(amount_fen))
    if accepted_fen < 1:
        raise Refused("nothing_accepted", field="amount")
    if accepted_fen == amount_fen:
        return
    if ground is Ground.EVALUATION_LATE:
        raise Refused("evaluation_no_ground", field="ground")
    if ground is None:
        raise Refused("ground_missing", field="ground")
    if not reason.strip():
        raise Refused("reason_missing", field="reason")


def judge_delay(*, due_on: date, today: date) -> None:
    """Refused unless there is a delay that can have a cause."""
    if not days_late(due_on, today):
        raise Refused("not_late", field="cause")


def judge_payment(
    *, rest_fen: int, paid_fen: int, due_on: date, today: date, cause: str | None
) -> None:
    """Refused unless `paid_fen` may be paid today; a late payment names the cause.

    `rest_fen` is what was accepted and not paid before.
    """
    if paid_fen > rest_fen:
        raise Refused("above_accepted", field="amount", rest=yuan_digits(rest_fen))
    if paid_fen < 1:
        raise Refused("nothing_paid", field="amount")
    late = days_late(due_on, today)
    if late and not cause:
        raise Refused("delay_cause_missing", field="cause", days=late)


def kept(commitments: Sequence[tuple[int, int]], needed_fen: int) -> list[int]:
    """What stays of each commitment (fiscal year, fen) of an ended contract, in fen.

    `needed_fen` is what was accepted and what may still be. The earliest fiscal year counts as
    used first, so that the money of later years goes back first.
    """
    return drawn(needed_fen, commitments)
