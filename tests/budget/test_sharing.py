"""Shares, tranches and what a contract's money used up: laws of money, and cases by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.money import drawn, percent_text, ratio_of, tranches, yuan_digits
from almoner.rules.refusal import Refused

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("50", HALF),
        ("50%", HALF),
        (" 50 % ", HALF),
        ("50％", HALF),
        ("33.3 %", Fraction(333, 1000)),
        ("1/3", Fraction(1, 3)),
        ("1 / 3", Fraction(1, 3)),
        ("2／4", HALF),
        ("0.5", Fraction(1, 200)),
        ("100", Fraction(1)),
    ],
)
def test_a_share_as_people_write_it(text: str, ratio: Fraction) -> None:
    assert ratio_of(text) == ratio


@pytest.mark.parametrize("text", ["", "half", "1/0", "-5", "1e2", "1/2/3", "５０", "%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="share"):
        ratio_of(text)


def test_six_million_in_three_years_is_three_times_two() -> None:
    assert tranches(600_000_000, 3, [HALF, HALF]) == [[100_000_000, 100_000_000]] * 3
    assert tranches(10_001, 3, [Fraction(1, 3)] * 3) == [
        [1112, 1111, 1111],
        [1112, 1111, 1111],
        [1111, 1111, 1111],
    ]


@pytest.mark.parametrize(
    ("ratios", "sum_"),
    [
        ([HALF], "50"),
        ([HALF, Fraction(499_999, 10**6)], "99.9999"),
        ([Fraction(1, 3), Fraction(1, 3)], "66.6667"),
        ([HALF, HALF - Fraction(1, 10**9)], "/"),
        ([HALF, HALF, Fraction(1, 100)], "101"),
    ],
)
def test_shares_that_are_no_whole_are_refused_with_their_sum(
    ratios: list[Fraction], sum_: str
) -> None:
    with pytest.raises(Refused) as refused:
        tranches(100, 1, ratios)
    assert refused.value.code == "shares_do_not_add_up"
    assert refused.value.values["sum"] == percent_text(sum(ratios)) != "100"
    if "/" not in sum_:
        assert refused.value.values["sum"] == sum_


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(Refused):
        tranches(100, 1, [Fraction(1), Fraction(0)])


@given(
    st.integers(1, 10**15),
    st.integers(1, 3),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=12),
)
def test_years_and_lines_add_up_to_the_fen(total: int, years: int, weights: list[int]) -> None:
    ratios = [Fraction(weight, sum(weights)) for weight in weights]
    parts = tranches(total, years, ratios)
    assert sum(map(sum, parts)) == total
    of_years = [sum(year) for year in parts]
    assert max(of_years) - min(of_years) <= 1 and of_years == sorted(of_years, reverse=True)
    for year in parts:
        for part, ratio in zip(year, ratios, strict=True):
            assert abs(part - ratio * sum(year)) < 1


def test_the_earliest_year_is_used_first_and_its_sources_in_proportion() -> None:
    behind = [(2026, 60), (2027, 100), (2026, 40)]
    assert drawn(0, behind) == [0, 0, 0]
    assert drawn(50, behind) == [30, 0, 20]
    assert drawn(100, behind) == [60, 0, 40]
    assert drawn(101, behind) == [60, 1, 40]
    assert drawn(999, behind) == [60, 100, 40]
    assert drawn(5, []) == []


@given(
    st.integers(0, 10**12),
    st.lists(st.tuples(st.integers(2026, 2029), st.integers(0, 10**11)), max_size=8),
)
def test_no_more_is_used_than_there_is(amount: int, behind: list[tuple[int, int]]) -> None:
    used = drawn(amount, behind)
    assert sum(used) == min(amount, sum(fen for _, fen in behind))
    assert all(0 <= part <= fen for part, (_, fen) in zip(used, behind, strict=True))
    more = drawn(amount + 10**6, behind)
    by_year = {year for year, _ in behind}
    for year in by_year:
        of = [at for at, (one, _) in enumerate(behind) if one == year]
        assert sum(more[at] for at in of) >= sum(used[at] for at in of)


def test_amounts_in_sentences_are_exact() -> None:
    assert yuan_digits(200_000_001) == "2,000,000.01"
    assert yuan_digits(1) == "0.01"
