"""What may stand in the log of sessions: each limit on both sides, and laws of the pseudonym."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules import sessions
from almoner.rules.packs import china
from almoner.rules.sessions import Done, Entry, Place

NINE = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
NOON = NINE + timedelta(hours=3)
CLIENT = Entry(NINE, True, attended=True, minutes=60, client_id="K0012-3")
GROUP = Entry(NINE, True, minutes=60, participants=8)
FAILED = Entry(NINE, False, why_not="logistics", why_note="No room.")
PLACE = Place("P", date(2024, 1, 1), None, "P", date(2026, 1, 1), date(2026, 12, 31))
LIMITS = {"day_minutes": 600, "late_days": 14}


def shape(entry: Entry) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in sessions.shape_faults(entry)]


def place(entry: Entry, at: datetime = NOON, **facts: Any) -> list[str]:
    found = sessions.place_faults(entry, replace(PLACE, **facts), at)
    return [fault.code for fault in found]


def test_sound_entries_have_no_fault() -> None:
    for entry in (CLIENT, GROUP, FAILED, replace(CLIENT, participants=3, late_minutes=10)):
        assert shape(entry) == []
        assert place(entry) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (replace(CLIENT, minutes=None), ("minutes_missing", "minutes")),
        (replace(CLIENT, minutes=0), ("minutes_range", "minutes")),
        (replace(CLIENT, minutes=1441), ("minutes_range", "minutes")),
        (replace(CLIENT, attended=False), ("nobody_came", "attended")),
        (replace(CLIENT, client_id=None), ("client_missing", "client_id")),
        (replace(CLIENT, participants=0), ("participants_range", "participants")),
        (replace(CLIENT, late_minutes=-1), ("late_range", "late_minutes")),
        (replace(CLIENT, late_minutes=1441), ("late_range", "late_minutes")),
        (replace(CLIENT, why_not="acceptable"), ("why_not_given", "why_not")),
        (replace(GROUP, client_id="K0012-3"), ("client_of_group", "client_id")),
        (replace(GROUP, participants=None), ("participants_missing", "participants")),
        (replace(GROUP, participants=0), ("participants_range", "participants")),
        (replace(GROUP, participants=10_001), ("participants_range", "participants")),
        (replace(FAILED, why_not=None), ("why_not_missing", "why_not")),
        (replace(FAILED, why_note="  "), ("why_note_missing", "why_note")),
        (replace(FAILED, minutes=5), ("did_not_happen", "minutes")),
        (replace(FAILED, why_note="13812345678"), ("note_number", "why_note")),
        (replace(FAILED, why_note="x" * 501), ("note_long", "why_note")),
    ],
)
def test_one_fault_is_named_with_its_field(entry: Entry, expected: tuple[str, str]) -> None:
    assert shape(entry) == [expected]


@pytest.mark.parametrize("minutes", [1, 1440])
def test_minutes_at_their_limits_are_sound(minutes: int) -> None:
    assert shape(replace(CLIENT, minutes=minutes)) == []


def test_every_fault_is_named_not_only_the_first() -> None:
    wrong = replace(CLIENT, minutes=0, client_id="王小明", late_minutes=-5)
    assert [code for code, _ in shape(wrong)] == ["minutes_range", "late_range", "client_name"]


def test_a_withdrawn_line_needs_nothing_else() -> None:
    assert shape(Entry(NINE, False, withdrawn=True)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("王小明", "client_name"),
        ("王1", "client_name"),
        ("K 12", "client_spaces"),
        ("K12\u3000", "client_spaces"),
        ("440106199001011234", "client_id_card"),
        ("44010619900101123X", "client_id_card"),
        ("440106-19900101-1234", "client_id_card"),
        ("440106900101123", "client_id_card"),
        ("13812345678", "client_phone"),
        ("138-1234-5678", "client_phone"),
        ("020-87654321", "client_phone"),
        ("86013812345678", "client_phone"),
        ("k0012", "client_pattern"),
        ("K1", "client_pattern"),
        ("-K12", "client_pattern"),
        ("K" * 20 + "1", "client_pattern"),
        ("K12!", "client_pattern"),
        ("WANGXIAOMING", "client_no_digit"),
    ],
)
def test_what_may_name_somebody_is_no_pseudonym(text: str, code: str) -> None:
    fault = sessions.client_fault(text)
    assert fault is not None
    assert (fault.code, fault.field) == (code, "client_id")


@pytest.mark.parametrize("text", ["K0012-3", "K12", "12A", "K0001-20101", "A" * 19 + "1"])
def test_codes_of_a_centre_are_pseudonyms(text: str) -> None:
    assert sessions.client_fault(text) is None


@given(st.text(max_size=30))
def test_a_pseudonym_is_short_plain_and_no_number_of_a_person(text: str) -> None:
    if sessions.client_fault(text) is None:
        assert 3 <= len(text) <= 20
        assert text.isascii() and text.upper() == text
        assert not any(part.isdecimal() and len(part) >= 11 for part in [text.replace("-", "")])


@given(st.text(alphabet="0123456789-", min_size=11, max_size=24))
def test_eleven_digits_are_refused_however_they_are_cut(text: str) -> None:
    if sum(letter.isdecimal() for letter in text) >= 11:
        assert sessions.client_fault(text) is not None


def test_the_future_and_what_is_not_over() -> None:
    assert place(CLIENT, at=NINE + timedelta(minutes=60)) == []
    assert place(CLIENT, at=NINE + timedelta(minutes=59)) == ["not_over"]
    assert place(CLIENT, at=NINE - timedelta(minutes=1)) == ["future"]
    assert place(FAILED, at=NINE) == []


def test_days_of_contract_and_employment_hold_at_both_ends() -> None:
    day = date(2026, 6, 30)
    assert place(CLIENT, starts_on=day, ends_on=day, employed_from=day, employed_to=day) == []
    assert place(CLIENT, starts_on=day + timedelta(1)) == ["outside_contract"]
    assert place(CLIENT, ends_on=day - timedelta(1)) == ["outside_contract"]
    assert place(CLIENT, employed_from=day + timedelta(1)) == ["not_employed"]
    assert place(CLIENT, employed_to=day - timedelta(1)) == ["not_employed"]
    assert place(CLIENT, contract_provider="Q") == ["other_provider"]


def test_the_day_is_that_of_shanghai() -> None:
    late = replace(CLIENT, started_at=datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    assert late.day == date(2027, 1, 1)
    assert place(late, at=NINE + timedelta(400)) == ["outside_contract"]


def done(start: datetime, minutes: int, id: str = "R1", client: str | None = "K9") -> Done:
    return Done(id, 1, start, minutes, client)


def meeting(entry: Entry, *others: Done, term: int = 1) -> list[str]:
    return [fault.code for fault in sessions.meeting_faults(entry, term, others)]


def test_touching_is_no_overlap() -> None:
    before = done(NINE - timedelta(minutes=30), 30)
    after = done(NINE + timedelta(minutes=60), 30)
    assert meeting(CLIENT, before, after) == []
    assert meeting(CLIENT, replace(before, minutes=31)) == ["two_places"]
    assert meeting(CLIENT, done(NINE + timedelta(minutes=59), 30)) == ["two_places"]
    assert meeting(CLIENT, done(NINE - timedelta(hours=5), 600)) == ["two_places"]


def test_the_same_session_is_named_as_such() -> None:
    same = done(NINE, 60, client="K0012-3")
    assert meeting(CLIENT, same) == ["logged_already"]
    assert meeting(CLIENT, same, term=2) == ["two_places"]
    assert meeting(CLIENT, replace(same, client_id=None)) == ["two_places"]


def test_what_did_not_happen_meets_only_itself() -> None:
    assert meeting(FAILED, done(NINE, 0, client=None)) == ["logged_already"]
    assert meeting(FAILED, done(NINE, 0, client="K0012-3")) == []


def test_several_in_the_way_are_named_by_the_first() -> None:
    others = [done(NINE, 30, "R2"), done(NINE - timedelta(minutes=10), 30, "R1")]
    (fault,) = sessions.meeting_faults(CLIENT, 1, others)
    assert fault.values["other"] == "R1"
    assert fault.values["begins"] == "2026-06-30 08:50"
    assert fault.values["ends"] == "09:20"


def warned(entry: Entry, *others: Done, at: datetime = NOON) -> list[str]:
    return [one.code for one in sessions.warnings(entry, others, at, **LIMITS)]


def test_a_long_day_is_asked_about_above_its_limit() -> None:
    morning = done(NINE - timedelta(hours=9), 540)
    assert warned(CLIENT, morning) == []
    assert warned(replace(CLIENT, minutes=61), morning) == ["long_day"]
    yesterday = done(NINE - timedelta(hours=10), 540)
    assert warned(replace(CLIENT, minutes=61), yesterday) == []


def test_a_late_entry_is_asked_about_above_its_limit() -> None:
    assert warned(CLIENT, at=NINE + timedelta(days=14)) == []
    assert warned(CLIENT, at=NINE + timedelta(days=14, seconds=1)) == ["late_entry"]
    assert warned(FAILED, at=NINE + timedelta(days=40)) == []


def test_the_limits_are_those_of_the_findings() -> None:
    assert sessions.day_limits(china(), date(2026, 6, 30)) == LIMITS
