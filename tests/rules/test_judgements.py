"""Capacity, grades and totals of evaluations: where somebody's work is judged by a number."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.capacity import (
    cannot_be_worked,
    capacity_per_worker,
    hours_per_worker,
    is_inflated,
    over_share,
)
from almoner.rules.evaluation import Indicator, Rating, evaluation_total
from almoner.rules.grades import grade
from almoner.rules.packs import china

TODAY = date(2024, 6, 1)
LIMITS = china().limits("T05", TODAY)
OVER = china().limit("T06.over", TODAY).value
REQUIRED = Decimal("21268.8")


def percent(value):
    return f"{float(value) * 100:.2f}"


def test_what_the_agreement_asks_can_be_worked_and_what_was_bid_cannot():
    assert capacity_per_worker(LIMITS) == Fraction(1696 * 10, 11)
    assert hours_per_worker(REQUIRED, 14) == Fraction("1519.2")
    assert not cannot_be_worked(REQUIRED, 14, LIMITS)
    assert round(hours_per_worker(23_957, 14), 1) == Fraction("1711.2")
    assert cannot_be_worked(23_957, 14, LIMITS)


def test_as_many_hours_as_can_be_worked_are_no_finding():
    most = capacity_per_worker(LIMITS) * 14
    assert not cannot_be_worked(most, 14, LIMITS)
    assert cannot_be_worked(most + Fraction(1, 10**9), 14, LIMITS)
    assert hours_per_worker(100, 0) is None
    assert not cannot_be_worked(100, 0, LIMITS)


def test_inflated_hours():
    assert percent(over_share(23_957, REQUIRED)) == "12.64"
    assert percent(over_share(23_826, REQUIRED)) == "12.02"
    assert is_inflated(23_957, REQUIRED, OVER)
    assert is_inflated(23_826, REQUIRED, OVER)


def test_a_share_equal_to_its_limit_is_no_finding():
    assert not is_inflated(26_400, 24_000, OVER)
    assert is_inflated(26_401, 24_000, OVER)
    assert not is_inflated(100, 0, OVER)
    assert over_share(100, 0) is None


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (100, "excellent"),
        (90, "excellent"),
        (Decimal("89.99"), "good"),
        (Fraction(90) - Fraction(1, 10**12), "good"),
        (80, "good"),
        (Decimal("79.995"), "fair"),
        (Decimal("76.5"), "fair"),
        (60, "fair"),
        (Decimal("59.9999"), "poor"),
        (0, "poor"),
    ],
)
def test_grades_are_never_rounded_first(total, expected):
    assert grade(total, china(), TODAY) == expected


FRAMEWORK = [
    Indicator("A", None, "output", 50),
    Indicator("A1", "A", "output", 30, 0, 10),
    Indicator("A2", "A", "output", 20, 1, 5),
    Indicator("B", None, "benefit", 50),
]


def test_a_total_is_the_weighted_mean_of_shares_of_ranges_in_percent():
    result = evaluation_total(
        FRAMEWORK,
        [
            Rating("one", "A1", 8),
            Rating("two", "A1", 10),
            Rating("one", "A2", 3),
            Rating("one", "B", Decimal("76.5")),
        ],
    )
    # A1: 9 of 10 = 90 %; A2: 2 of 4 = 50 %; B: empty range is 0 to 100, 76.5 %.
    assert result.total == Fraction(30 * 90 + 20 * 50, 100) + Fraction("76.5") / 2
    assert result.by_dimension == {"output": 74, "benefit": Fraction("76.5")}
    assert result.by_parent == {"A": 74}
    assert result.rated_weight == 100


def test_raters_count_equally_for_an_indicator_however_much_else_they_scored():
    ratings = [Rating("one", "A1", 10), Rating("two", "A1", 0), Rating("two", "A2", 5)]
    result = evaluation_total(FRAMEWORK, ratings)
    assert result.total == Fraction(30 * 50 + 20 * 100, 50)
    assert result.rated_weight == 50


def test_what_is_unrated_without_range_or_no_leaf_stays_out():
    flat = Indicator("C", None, "process", 10, 5, 5)
    result = evaluation_total(
        [*FRAMEWORK, flat],
        [Rating("one", "A", 3), Rating("one", "C", 5), Rating("one", "gone", 1)],
    )
    assert (result.total, result.by_dimension, result.by_parent) == (None, {}, {})
    assert evaluation_total([], []).total is None


def test_leaves_of_no_weight_alone_give_no_total():
    result = evaluation_total([Indicator("A", None, "output", 0)], [Rating("one", "A", 50)])
    assert result.total is None


@given(
    st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=1, max_size=8),
    st.integers(1, 7),
)
def test_a_total_lies_between_its_scores_and_ignores_the_scale_of_weights(leaves, factor):
    def total(scale):
        indicators = [
            Indicator(str(n), None, "output", weight * scale)
            for n, (weight, _) in enumerate(leaves)
        ]
        ratings = [Rating("one", str(n), score) for n, (_, score) in enumerate(leaves)]
        return evaluation_total(indicators, ratings).total

    scores = [score for _, score in leaves]
    assert min(scores) <= total(1) <= max(scores)
    assert total(1) == total(factor)
