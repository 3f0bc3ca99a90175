from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.money import (
    LARGEST_FEN,
    SharingSchedule,
    exact,
    fen_to_yuan,
    round_half_away,
    schedule_on,
    share,
    yuan_to_fen,
)

weights = st.lists(st.integers(0, 10**9) | st.fractions(0, 100), min_size=1, max_size=12).filter(
    lambda found: sum(found) > 0
)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (Decimal("2.4999999999"), 2),
        (Decimal("-2.51"), -3),
        (Fraction(1, 2), 1),
        (Fraction(-1, 3), 0),
        (7, 7),
    ],
)
def test_halves_are_rounded_away_from_zero(value, rounded):
    assert round_half_away(value) == rounded


@pytest.mark.parametrize("value", [0.5, True, "3"])
def test_inexact_values_are_refused(value):
    with pytest.raises(TypeError):
        exact(value)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999999999"])
def test_numbers_that_are_none_or_enormous_are_refused_at_once(value):
    with pytest.raises(ValueError, match="ordinary size"):
        exact(Decimal(value))


def test_fen_that_are_left_over_go_to_the_largest_remainder_then_to_the_earlier_part():
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    assert share(200_000_000, [1, 1, 1]) == [66_666_667, 66_666_667, 66_666_666]
    assert share(5, [Decimal("0.7"), Decimal("0.3")]) == [4, 1]
    assert share(10, [14, 33, 53]) == [2, 3, 5]
    assert share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share(0, [0, 3]) == [0, 0]


@pytest.mark.parametrize("bad", [[], [0, 0], [2, -1]])
def test_weights_that_divide_nothing_are_refused(bad):
    with pytest.raises(ValueError, match="weights"):
        share(100, bad)


@given(st.integers(-LARGEST_FEN, LARGEST_FEN), weights)
def test_shares_add_up_and_lie_within_a_fen_of_the_exact_part(total_fen, parts):
    shares = share(total_fen, parts)
    assert sum(shares) == total_fen
    for got, weight in zip(shares, parts, strict=True):
        assert abs(got - Fraction(total_fen) * weight / sum(parts)) < 1
        assert weight or not got


def test_a_sharing_schedule_splits_to_the_fen():
    schedule = SharingSchedule(
        date(2024, 1, 1),
        (("central", Fraction(1, 3)), ("city", Fraction(1, 3)), ("district", Fraction(1, 3))),
    )
    assert schedule.split(200_000_001) == {
        "central": 66_666_667,
        "city": 66_666_667,
        "district": 66_666_667,
    }
    assert list(schedule.split(100).values()) == [34, 33, 33]


@pytest.mark.parametrize(
    ("ratios", "message"),
    [
        ((("city", Decimal("0.6")), ("district", Decimal("0.39"))), "sum to 99/100"),
        ((("city", Decimal("1.5")), ("district", Decimal("-0.5"))), "negative"),
        ((("city", Fraction(1, 2)), ("city", Fraction(1, 2))), "twice"),
        ((), "sum to 0"),
    ],
)
def test_a_schedule_that_is_not_a_whole_is_refused(ratios, message):
    with pytest.raises(ValueError, match=message):
        SharingSchedule(date(2024, 1, 1), ratios)


def test_the_schedule_in_force_is_the_one_that_began_last():
    old = SharingSchedule(date(2010, 1, 1), (("city", 1),))
    new = SharingSchedule(date(2012, 3, 1), (("district", 1),))
    assert schedule_on([new, old], date(2012, 2, 29)) is old
    assert schedule_on([old, new], date(2012, 3, 1)) is new
    with pytest.raises(LookupError, match="2009-12-31"):
        schedule_on([old, new], date(2009, 12, 31))
    with pytest.raises(ValueError, match="two sharing schedules"):
        schedule_on([old, old], date(2013, 1, 1))


def test_yuan_and_fen():
    assert yuan_to_fen("94.03") == 9403
    assert yuan_to_fen(Decimal("2e6")) == 200_000_000
    assert fen_to_yuan(9403) == Decimal("94.03")
    assert str(fen_to_yuan(200_000_000)) == "2000000.00"
    assert str(fen_to_yuan(-5)) == "-0.05"


@pytest.mark.parametrize("bad", ["0.001", "twelve", "NaN", "1e30", "1000000000000.01"])
def test_amounts_that_are_no_whole_fen_or_too_large_are_refused(bad):
    with pytest.raises(ValueError):
        yuan_to_fen(bad)


def test_the_largest_amount_is_a_trillion_yuan_and_sums_beyond_it_are_shown():
    assert yuan_to_fen("1000000000000") == LARGEST_FEN
    assert yuan_to_fen("-1000000000000.00") == -LARGEST_FEN
    assert str(fen_to_yuan(3 * LARGEST_FEN)) == "3000000000000.00"
    assert 90_000 * LARGEST_FEN < 2**63


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_fen_survive_the_way_over_yuan(fen):
    assert yuan_to_fen(fen_to_yuan(fen)) == fen
    assert yuan_to_fen(str(fen_to_yuan(fen))) == fen
