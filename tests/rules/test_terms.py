"""Versions of workload terms: the past is judged by the old one."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.calendar import contract_years
from almoner.rules.terms import Version, formulas_on, later_versions, line, promised, read, swapped

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
HALF = date(2026, 7, 2)  # 182 days before it, 183 from it on


def version(day: date, hours: int | None) -> Version:
    return Version(day, f"{hours} hour", None if hours is None else Fraction(hours))


def test_a_term_without_changes_promises_what_was_signed() -> None:
    assert promised(365, (), FIRST, LAST) == 365
    assert promised(None, (), FIRST, LAST) is None


def test_each_day_counts_by_the_version_in_force_on_it() -> None:
    later = (version(HALF, 730),)
    assert promised(365, later, FIRST, LAST) == 182 + 2 * 183
    assert promised(365, later, FIRST, LAST, until=HALF - timedelta(days=1)) == 182
    assert promised(365, later, FIRST, LAST, until=HALF) == 184


def test_a_version_of_an_earlier_year_holds_from_the_first_day_on() -> None:
    assert promised(365, (version(date(2025, 5, 5), 100),), FIRST, LAST) == 100


def test_a_version_of_a_later_year_changes_nothing_yet() -> None:
    assert promised(365, (version(date(2027, 1, 1), 100),), FIRST, LAST) == 365
    assert promised(365, (version(LAST, 0),), FIRST, LAST) == 364


def test_a_version_without_hours_leaves_the_promise_unknown_once_it_is_in_force() -> None:
    later = (version(HALF, None),)
    assert promised(365, later, FIRST, LAST) is None
    assert promised(365, later, FIRST, LAST, until=HALF - timedelta(days=1)) == 182
    assert promised(None, (version(FIRST, 10),), FIRST, LAST) == 10


@given(
    hours=st.integers(0, 10_000),
    changes=st.lists(st.tuples(st.integers(-400, 800), st.integers(0, 10_000)), max_size=5),
)
def test_the_promise_is_the_sum_over_its_days(hours: int, changes: list[tuple[int, int]]) -> None:
    days = {FIRST + timedelta(days=shift): value for shift, value in changes}
    later = tuple(version(day, value) for day, value in sorted(days.items()))
    total = Fraction(0)
    for offset in range(365):
        day = FIRST + timedelta(days=offset)
        rate = hours
        for started, value in sorted(days.items()):
            rate = value if started <= day else rate
        total += Fraction(rate, 365)
    assert promised(hours, later, FIRST, LAST) == total


def test_a_change_carries_its_versions_as_lines_and_prose_beside_them() -> None:
    detail = "\n".join(
        [
            "Agreed at the meeting:",
            line("T03", "4 hour/staff * 14 staff", HALF),
            "x from 2026-02-30",
        ]
    )
    assert read(detail) == {"T03": [(HALF, "4 hour/staff * 14 staff")]}
    assert later_versions([detail]) == {
        "T03": (Version(HALF, "4 hour/staff * 14 staff", Fraction(56)),)
    }


def test_of_two_versions_for_one_day_the_later_change_holds() -> None:
    found = later_versions([line("T1", "10 hour", HALF), line("T1", "20 hour", HALF)])
    assert [v.hours for v in found["T1"]] == [20]


@pytest.mark.parametrize("code", ["a\nb", "a: b", ""])
def test_a_code_that_could_not_be_read_again_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        line(code, "1 hour", HALF)


def test_a_formula_that_cannot_be_read_has_no_hours() -> None:
    assert later_versions(["T1: 3 apples from 2026-07-01"])["T1"][0].hours is None


def test_swapping_drops_just_so_many_hours_of_this_year_and_none_of_the_next() -> None:
    years = contract_years(FIRST, date(2028, 12, 31))
    lines = swapped("T1", "365 hour", 80, HALF, years)
    assert lines == [(HALF, "365 hour - 159.57 hour"), (date(2027, 1, 1), "365 hour")]
    later = later_versions([line("T1", formula, day) for day, formula in lines])["T1"]
    dropped = 365 - promised(365, later, *years[0])
    assert 80 <= dropped < Fraction(801, 10)
    assert promised(365, later, *years[1]) == 365


def test_swapping_in_the_last_year_needs_no_return() -> None:
    assert swapped("T1", "100 hour", 100, FIRST, [(FIRST, LAST)]) == [
        (FIRST, "100 hour - 100 hour")
    ]


@pytest.mark.parametrize(
    ("formula", "hours", "day"),
    [("100 hour", "100.01", FIRST), ("X hour", 1, FIRST), ("9 hour", 1, date(2027, 1, 1))],
)
def test_what_a_term_does_not_have_cannot_be_dropped(formula: str, hours: str, day: date) -> None:
    with pytest.raises(ValueError, match="T1|no year"):
        swapped("T1", formula, Decimal(hours), day, [(FIRST, LAST)])


def test_the_formula_of_a_day_is_that_of_its_version() -> None:
    later = {"T1": (version(HALF, 5),)}
    before, on = HALF - timedelta(days=1), HALF
    assert formulas_on({"T1": "9 hour", "T2": "1 hour"}, later, before)["T1"] == "9 hour"
    assert formulas_on({"T1": "9 hour", "T2": "1 hour"}, later, on) == {
        "T1": "5 hour",
        "T2": "1 hour",
    }
