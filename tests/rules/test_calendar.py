from datetime import UTC, date, datetime, timedelta

import pytest
from chinese_calendar import is_workday
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.calendar import (
    CalendarError,
    Deadline,
    WorkingDays,
    add_days,
    add_working_days,
    add_years,
    calendar_from,
    contract_year_of,
    contract_years,
    deadline,
    is_working_day,
    local_day,
    working_days_between,
)

days = st.dates(date(2003, 1, 1), date(2035, 12, 31))
TABLE = """
[2098]
source = "an invented notice"
days_off = [2098-01-01, 2098-01-02, 2098-01-04]
make_up_days = [2098-01-05]
"""


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 2, 4), True),  # a Sunday worked for the Spring Festival
        (date(2024, 2, 12), False),  # a Monday of the Spring Festival
        (date(2024, 2, 19), True),
        (date(2024, 2, 24), False),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(day, worked):
    assert is_working_day(day) is worked


def test_working_days_after_a_day_up_to_another():
    assert working_days_between(date(2024, 9, 27), date(2024, 10, 8)) == WorkingDays(3)
    assert working_days_between(date(2024, 9, 30), date(2024, 10, 7)) == WorkingDays(0)
    assert working_days_between(date(2024, 9, 30), date(2024, 9, 30)) == WorkingDays(0)
    assert working_days_between(date(2024, 10, 8), date(2024, 9, 27)) == WorkingDays(0)


def test_an_unpublished_year_counts_monday_to_friday_and_says_so():
    assert working_days_between(date(2098, 1, 1), date(2098, 1, 8)) == WorkingDays(5, (2098,))
    assert working_days_between(date(2003, 12, 30), date(2004, 1, 2)) == WorkingDays(2, (2003,))
    assert working_days_between(date(2003, 12, 31), date(2004, 1, 2)) == WorkingDays(1)
    assert add_working_days(date(2099, 12, 31), 2) == Deadline(date(2100, 1, 4), (2100,))


def test_a_table_of_our_own_serves_the_years_that_the_package_lacks():
    own = calendar_from(TABLE)
    # Wed 1, Thu 2 and Sat 4 January are off, Sunday 5 is worked.
    assert working_days_between(date(2097, 12, 31), date(2098, 1, 6), own) == WorkingDays(3)
    assert add_working_days(date(2097, 12, 31), 1, own) == Deadline(date(2098, 1, 3))
    package_year = TABLE.replace("2098", "2024").replace("2024-01-05", "2024-01-06")
    assert not is_working_day(date(2024, 1, 6), calendar_from(package_year))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[2098", "not TOML"),
        ("2098 = 3", "a year is needed"),
        (TABLE.replace("[2098]", "[next]"), "a year is needed"),
        (TABLE.replace("source", "sauce"), "a year is needed"),
        (TABLE.replace("2098-01-04", "2097-01-04"), "2097-01-04 is not a date of that year"),
        (TABLE.replace("2098-01-04", "2098-01-04T00:00:00"), "not a date of that year"),
        (TABLE.replace("[2098-01-05]", "[2098-01-06]"), "neither Saturday nor Sunday"),
        (TABLE.replace("[2098-01-05]", "20980105"), "a list of dates"),
        (TABLE.replace("[2098-01-01, 2098-01-02, 2098-01-04]", "[]"), "at least one day off"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(table, message):
    with pytest.raises(CalendarError, match=message):
        calendar_from(table)


@given(days, days, days)
def test_working_days_are_additive(one, two, three):
    first, middle, last = sorted((one, two, three))
    left, right = working_days_between(first, middle), working_days_between(middle, last)
    whole = working_days_between(first, last)
    assert whole.count == left.count + right.count
    assert set(whole.estimated_years) == {*left.estimated_years, *right.estimated_years}


@given(st.dates(date(2004, 1, 2), date(2026, 11, 1)), st.integers(0, 60))
def test_counting_agrees_with_asking_for_each_day(after, length):
    up_to = after + timedelta(days=length)
    each = sum(is_workday(after + timedelta(days=n)) for n in range(1, length + 1))
    assert working_days_between(after, up_to) == WorkingDays(each)


@given(days, st.integers(1, 400))
def test_the_nth_working_day_is_worked_and_is_the_nth(day, number):
    found = add_working_days(day, number)
    assert is_working_day(found.day)
    assert working_days_between(day, found.day) == WorkingDays(number, found.estimated_years)


def test_deadlines_in_days_and_in_working_days():
    assert deadline(date(2024, 1, 31), days=30) == Deadline(date(2024, 3, 1))
    assert deadline(date(2024, 9, 30), working_days=2) == Deadline(date(2024, 10, 9))
    assert add_working_days(date(2024, 10, 5), 0) == Deadline(date(2024, 10, 5))
    assert add_days(date(2024, 2, 28), 2) == date(2024, 3, 1)
    for wrong in ({}, {"days": 1, "working_days": 1}):
        with pytest.raises(CalendarError, match="either"):
            deadline(date(2024, 1, 1), **wrong)
    with pytest.raises(CalendarError, match="negative"):
        add_working_days(date(2024, 1, 1), -1)


def test_answers_beyond_the_last_year_are_refused_kindly():
    for act in (add_days, add_working_days, add_years):
        with pytest.raises(CalendarError, match="9999"):
            act(date(9999, 6, 1), 10**7)
    assert contract_years(date(9998, 1, 1), date(9999, 12, 31))[-1] == (
        date(9999, 1, 1),
        date(9999, 12, 31),
    )


def test_years_after_29_february():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_years(date(2024, 2, 28), 1) == date(2025, 2, 28)


def test_contract_years():
    assert contract_years(date(2024, 2, 29), date(2026, 6, 30)) == [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 3, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 6, 30)),
    ]
    assert contract_years(date(2024, 1, 1), date(2024, 1, 1)) == [
        (date(2024, 1, 1), date(2024, 1, 1))
    ]
    assert len(contract_years(date(2023, 7, 1), date(2026, 6, 30))) == 3
    assert len(contract_years(date(2023, 7, 1), date(2026, 7, 1))) == 4
    with pytest.raises(CalendarError, match="before it starts"):
        contract_years(date(2024, 1, 2), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2023, 6, 30), None),
        (date(2023, 7, 1), 1),
        (date(2024, 6, 30), 1),
        (date(2024, 7, 1), 2),
        (date(2025, 6, 30), 2),
        (date(2025, 7, 1), None),
    ],
)
def test_which_contract_year_a_day_lies_in(day, year):
    assert contract_year_of(date(2023, 7, 1), date(2025, 6, 30), day) == year


@given(days, st.integers(0, 4000))
def test_contract_years_cover_the_contract_without_gap_or_overlap(starts_on, length):
    ends_on = starts_on + timedelta(days=length)
    years = contract_years(starts_on, ends_on)
    assert (years[0][0], years[-1][1]) == (starts_on, ends_on)
    for (_, last), (first, _) in zip(years, years[1:], strict=False):
        assert first - last == timedelta(days=1)


def test_the_day_of_an_instant_is_its_day_in_shanghai():
    assert local_day(datetime(2024, 1, 1, 15, 59, 59, tzinfo=UTC)) == date(2024, 1, 1)
    assert local_day(datetime(2024, 1, 1, 16, 0, tzinfo=UTC)) == date(2024, 1, 2)
    with pytest.raises(CalendarError, match="offset"):
        local_day(datetime(2024, 1, 1, 16, 0))
    with pytest.raises(CalendarError, match="9999"):
        local_day(datetime(9999, 12, 31, 23, 0, tzinfo=UTC))
