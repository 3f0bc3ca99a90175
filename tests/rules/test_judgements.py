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
from almoner.rules.evaluation import Framework, Indicator, Rating, evaluation_total
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


NUMBERS = st.one_of(
    st.integers(-5, 20),
    st.decimals(-5, 20, places=3),
    st.fractions(-5, 20, max_denominator=12),
)
BY_ID = {
    name: st.builds(
        Indicator,
        st.just(name),
        st.sampled_from([None, "A", "B", "elsewhere"]),
        st.sampled_from(["output", "benefit"]),
        NUMBERS.filter(lambda weight: weight >= 0),
        st.none() | NUMBERS,
        st.none() | NUMBERS,
    )
    for name in "ABCDE"
}
RATINGS = st.builds(Rating, st.sampled_from("xyz"), st.sampled_from("ABCDEF"), NUMBERS)


def plain_means(shares, group_of):
    """Weighted means of percents, straight from the definition."""
    means = {}
    for group in {group_of(leaf) for leaf in shares} - {None}:
        members = {leaf: share for leaf, share in shares.items() if group_of(leaf) == group}
        weight = sum(Fraction(leaf.weight) for leaf in members)
        if weight:
            means[group] = (
                sum(Fraction(leaf.weight) * share for leaf, share in members.items()) / weight
            )
    return means


@given(st.fixed_dictionaries(BY_ID), st.lists(RATINGS, max_size=12))
def test_adding_whole_numbers_gives_what_the_definition_gives(by_id, ratings):
    indicators = list(by_id.values())
    leaves = [one for one in indicators if all(one.id != other.parent_id for other in indicators)]
    shares = {}
    for leaf in leaves:
        given = [Fraction(rating.score) for rating in ratings if rating.indicator_id == leaf.id]
        low = Fraction(0 if leaf.min_score is None else leaf.min_score)
        high = Fraction(100 if leaf.max_score is None else leaf.max_score)
        if given and low != high:
            shares[leaf] = 100 * (sum(given) / len(given) - low) / (high - low)
    whole = sum(Fraction(leaf.weight) for leaf in leaves)
    rated = sum(Fraction(leaf.weight) for leaf in shares)

    result = evaluation_total(indicators, ratings)
    assert result.total == plain_means(shares, lambda leaf: "").get("")
    assert result.by_dimension == plain_means(shares, lambda leaf: leaf.dimension)
    assert result.by_parent == plain_means(shares, lambda leaf: leaf.parent_id)
    assert result.rated_weight == (100 * rated / whole if whole else 0)


def test_a_framework_made_ready_totals_every_evaluation_by_itself():
    ready = Framework(FRAMEWORK)
    for score in (Decimal("7.25"), Fraction(1, 3), 10):
        ratings = [Rating("one", "A1", score)]
        assert ready.total(ratings) == evaluation_total(FRAMEWORK, ratings)
        assert ready.total(ratings).total == 10 * Fraction(score)


def test_a_binary_float_is_refused_also_after_its_equal_was_seen():
    evaluation_total(FRAMEWORK, [Rating("one", "A1", 8)])
    with pytest.raises(TypeError, match="exact number"):
        evaluation_total(FRAMEWORK, [Rating("one", "A1", 8.0)])
