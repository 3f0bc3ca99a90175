"""The total of an evaluation and its sub-totals, exact, in percent.

For each leaf indicator the mean over its raters is taken first, so that a rater who scored more
indicators weighs no more than another. That mean becomes a share of the indicator's range,
(score - min) / (max - min), and the total is the mean of the shares by the indicators' weights.
Only leaf indicators that somebody rated and whose range is not zero take part, and weights are
taken in proportion among them; `rated_weight` says how much of the framework they are. An empty
min_score or max_score is that of SCORES.

A city has tens of thousands of ratings and adding Fractions is slow, so everything is brought to
common denominators and added as whole numbers. Each result is made a Fraction once, at the end.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from typing import NamedTuple

from almoner.rules.money import Exact, exact

SCORES = (0, 100)
"""The lowest and the highest score of an indicator that does not say."""


@dataclass(frozen=True)
class Indicator:
    id: str
    parent_id: str | None
    dimension: str
    weight: Exact
    min_score: Exact | None = None
    max_score: Exact | None = None


class Rating(NamedTuple):
    rater_id: str
    indicator_id: str
    score: Exact
    evidence: int = 0
    """Pieces that the rater looked at; they weigh nothing in a total."""


class _Leaf(NamedTuple):
    """A leaf whose range is not zero, in whole numbers on its framework's scale.

    Its share in percent, times its weight, is `gain` * mean score - `floor`.
    """

    indicator: Indicator
    weight: int
    gain: int
    floor: int


@dataclass(frozen=True)
class EvaluationTotal:
    """Percentages. `_points` are the weighted shares of the rated leaves in 1/`_unit`."""

    _points: list[tuple[_Leaf, int]]
    _unit: int
    _whole: Fraction

    @cached_property
    def total(self) -> Fraction | None:
        """None where nothing that carries weight was rated."""
        return self._means(lambda leaf: "").get("")

    @cached_property
    def rated_weight(self) -> Fraction:
        rated = sum(leaf.weight for leaf, _ in self._points)
        return 100 * rated / self._whole if self._whole else Fraction(0)

    @cached_property
    def by_dimension(self) -> dict[str, Fraction]:
        return self._means(lambda leaf: leaf.dimension)

    @cached_property
    def by_parent(self) -> dict[str, Fraction]:
        """By the leaves' immediate parents; leaves without a parent are in no sub-total."""
        return self._means(lambda leaf: leaf.parent_id)

    def _means(self, group_of: Callable[[Indicator], str | None]) -> dict[str, Fraction]:
        sums: dict[str, int] = defaultdict(int)
        weights: dict[str, int] = defaultdict(int)
        for leaf, points in self._points:
            group = group_of(leaf.indicator)
            if group is not None:
                sums[group] += points
                weights[group] += leaf.weight
        return {
            group: Fraction(sums[group], self._unit * weight)
            for group, weight in weights.items()
            if weight
        }


class Framework:
    """The indicators of one framework and version, made ready to total many evaluations."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        known = list(indicators)
        parents = {indicator.parent_id for indicator in known}
        leaves = [indicator for indicator in known if indicator.id not in parents]
        terms = {leaf: found for leaf in leaves if (found := _terms(leaf)) is not None}
        scale = lcm(*(term.denominator for found in terms.values() for term in found))
        self._leaves = [
            _Leaf(leaf, *(int(term * scale) for term in found)) for leaf, found in terms.items()
        ]
        self._whole = scale * sum((exact(leaf.weight) for leaf in leaves), Fraction(0))

    def total(self, ratings: Iterable[Rating]) -> EvaluationTotal:
        """Total of an evaluation; a rating of something that is no leaf is left out."""
        scores: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for rating in ratings:
            scores[rating.indicator_id].append(_ratio(rating.score))
        rated = [
            (leaf, scores[leaf.indicator.id])
            for leaf in self._leaves
            if leaf.indicator.id in scores
        ]
        part = lcm(*{below for _, given in rated for _, below in given})
        raters = lcm(*{len(given) for _, given in rated})

        points = []
        for leaf, given in rated:
            mean = sum([above * (part // below) for above, below in given]) * (raters // len(given))
            points.append((leaf, leaf.gain * mean - leaf.floor * part * raters))
        return EvaluationTotal(points, part * raters, self._whole)


def evaluation_total(indicators: Iterable[Indicator], ratings: Iterable[Rating]) -> EvaluationTotal:
    """Total of one evaluation. `indicators` are those of one framework and version."""
    return Framework(indicators).total(ratings)


def _terms(leaf: Indicator) -> tuple[Fraction, Fraction, Fraction] | None:
    """Weight, gain and floor of a leaf; None where its range is zero."""
    weight = exact(leaf.weight)
    lowest = exact(SCORES[0] if leaf.min_score is None else leaf.min_score)
    highest = exact(SCORES[1] if leaf.max_score is None else leaf.max_score)
    if highest == lowest:
        return None
    gain = 100 * weight / (highest - lowest)
    return weight, gain, gain * lowest


# Raters give few different scores, many times. `typed`, or 1.0 would pass where 1 had been seen.
@lru_cache(maxsize=4096, typed=True)
def _ratio(score: Exact) -> tuple[int, int]:
    return exact(score).as_integer_ratio()
