"""What can be said of a contract on a day, at and around every limit."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.disclosure.contract_figures import (
    Paid,
    Payment,
    PaymentState,
    elapsed,
    is_behind,
    lateness,
    months_in,
    months_until,
    price_per_hour,
    range_of,
    share,
    year_on,
    years_of,
)

THREE_YEARS = years_of(date(2026, 7, 1), date(2029, 6, 30))
DUE = date(2026, 3, 31)


def test_years_carry_their_number_and_length() -> None:
    assert [(year.number, year.of, year.months) for year in THREE_YEARS] == [
        (1, 3, 12),
        (2, 3, 12),
        (3, 3, 12),
    ]
    assert [year.months for year in years_of(date(2026, 1, 15), date(2027, 3, 20))] == [12, 3]


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 6, 30), 1),  # the day before the contract
        (date(2027, 6, 30), 1),
        (date(2027, 7, 1), 2),
        (date(2029, 6, 30), 3),
        (date(2030, 1, 1), 3),  # after it
    ],
)
def test_the_year_of_a_day(day: date, number: int) -> None:
    assert year_on(THREE_YEARS, day).number == number


def test_a_month_counts_whole_in_the_year_that_began_last_by_its_end() -> None:
    years = years_of(date(2026, 7, 15), date(2028, 7, 14))

    def year_of(month: str) -> list[int]:
        spans = [(year.number, *months_in(years, year)) for year in years]
        return [number for number, since, before in spans if since <= month < before]

    assert year_of("2026-07") == year_of("2027-06") == [1]
    assert year_of("2027-07") == [2]
    assert year_of("2025-12") == [1], "work before the start is not lost"
    assert year_of("2029-12") == [2], "nor is work after the end"


def test_months_run_over_the_turn_of_a_year() -> None:
    assert months_until(date(2026, 11, 30), date(2027, 2, 1)) == [
        "2026-11",
        "2026-12",
        "2027-01",
        "2027-02",
    ]
    assert months_until(date(2026, 11, 1), date(2026, 10, 31)) == []


def test_days_pass_until_the_year_or_the_contract_is_over() -> None:
    year = years_of(date(2026, 1, 1), date(2026, 12, 31))[0]
    last = year.last

    def passed(today: date, end: date = last) -> Fraction:
        return elapsed(year, today, end)

    assert passed(date(2025, 12, 31)) == 0
    assert passed(date(2026, 1, 1)) == Fraction(1, 365)
    assert passed(date(2026, 12, 31)) == passed(date(2027, 5, 1)) == 1
    assert passed(date(2027, 1, 1), end=date(2026, 3, 14)) == Fraction(73, 365)


def test_behind_is_below_four_fifths_of_an_even_pace() -> None:
    assert not is_behind(400 * 60, Fraction(500), DUE), "80 % of 500 hours is not behind"
    assert is_behind(400 * 60 - 1, Fraction(500), DUE)
    assert not is_behind(0, Fraction(0), DUE), "on the day before the start nobody is"


@pytest.mark.parametrize(
    ("paid_on", "today", "state", "days"),
    [
        (DUE, date(2027, 1, 1), PaymentState.PAID_ON_TIME, 0),
        (DUE + timedelta(1), date(2027, 1, 1), PaymentState.PAID_LATE, 1),
        (None, DUE, PaymentState.NOT_YET_DUE, 0),
        (None, DUE + timedelta(1), PaymentState.OVERDUE, 1),
        (None, DUE + timedelta(15), PaymentState.OVERDUE, 15),
    ],
)
def test_late_is_after_the_day_on_which_it_was_due(
    paid_on: date | None, today: date, state: PaymentState, days: int
) -> None:
    assert lateness(DUE, paid_on, today) == (state, days)


@given(st.dates(), st.none() | st.dates(), st.dates())
def test_days_late_are_never_negative_and_go_with_the_state(
    due_on: date, paid_on: date | None, today: date
) -> None:
    state, days = lateness(due_on, paid_on, today)
    assert (days > 0) == (state in {PaymentState.PAID_LATE, PaymentState.OVERDUE})
    assert days >= 0


def payment(seq: int, paid_on: date | None, paid_fen: int | None, today: date) -> Payment:
    state, days = lateness(DUE, paid_on, today)
    return Payment(seq, 100, None, DUE, paid_on, paid_on, paid_fen, None, state, days, 0)


def test_sums_of_payments() -> None:
    today = DUE + timedelta(2)
    rows = [
        payment(1, DUE, 100, today),
        payment(2, DUE + timedelta(1), 40, today),
        payment(3, None, None, today),
    ]
    paid = Paid.of(rows)
    assert (paid.paid_fen, paid.late, paid.overdue) == (140, 1, 1)


def test_price_per_hour_takes_the_hours_of_all_years() -> None:
    hours = Fraction("21268.8")
    assert price_per_hour(200_000_000, hours, 1) == 9403
    assert price_per_hour(600_000_000, hours, 3) == 9403
    assert price_per_hour(200_000_000, Fraction(0), 1) is None


def test_a_range_needs_three_others() -> None:
    assert range_of([10.4, 12.0]) is None
    found = range_of([12.0, 10.4, 11.5])
    assert found and (found.lowest, found.highest, found.count) == (10, 12, 3)


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(1, 0) is None
    assert share(1, 4) == Fraction(1, 4)
