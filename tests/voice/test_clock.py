"""The clock of a complaint, by hand-worked days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.calendar import is_working_day, working_days_between
from almoner.rules.complaints import Clock, Standing, clock, due, no_judge_in_own_cause
from almoner.rules.packs import china
from almoner.rules.refusal import Refused


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        # 1 July 2026 is a Wednesday; no holiday until the 22nd.
        (date(2026, 7, 1), date(2026, 7, 22)),
        # A Saturday: the first working day that counts is Monday.
        (date(2026, 7, 4), date(2026, 7, 24)),
        # National Day 2025: 1 to 8 October off, Sunday 28 September and Saturday 11 October worked.
        (date(2025, 9, 26), date(2025, 10, 23)),
    ],
)
def test_an_answer_is_due_on_the_fifteenth_working_day(received: date, expected: date) -> None:
    assert due(received, china()).day == expected


@given(st.dates(date(2020, 1, 1), date(2026, 11, 1)))
def test_between_receipt_and_deadline_lie_fifteen_working_days(received: date) -> None:
    day = due(received, china()).day
    assert is_working_day(day) and working_days_between(received, day).count == 15


RECEIVED, DUE = date(2026, 7, 1), date(2026, 7, 22)


@pytest.mark.parametrize(
    ("answered", "outcome", "today", "expected"),
    [
        (None, None, RECEIVED, Clock(Standing.RUNNING, 0)),
        (None, None, DUE, Clock(Standing.RUNNING, 21)),
        (None, None, date(2026, 7, 23), Clock(Standing.OVERDUE, 1)),
        (RECEIVED, "upheld", DUE, Clock(Standing.IN_TIME, 0)),
        (DUE, "not_upheld", date(2027, 1, 1), Clock(Standing.IN_TIME, 21)),
        (date(2026, 7, 23), "upheld", date(2027, 1, 1), Clock(Standing.LATE, 1)),
        (date(2026, 7, 30), "withdrawn", date(2027, 1, 1), Clock(Standing.WITHDRAWN, 29)),
    ],
)
def test_how_a_complaint_stands(
    answered: date | None, outcome: str | None, today: date, expected: Clock
) -> None:
    assert clock(RECEIVED, DUE, answered, outcome, today) == expected


def test_nobody_judges_in_their_own_cause() -> None:
    with pytest.raises(Refused, match="own_complaint"):
        no_judge_in_own_cause("A", "A")
    for answering, purchaser in (("A", "B"), ("A", None), (None, "B"), (None, None)):
        no_judge_in_own_cause(answering, purchaser)
