"""The total of an evaluation and its sub-totals, exact, in percent.

For each leaf indicator the mean over its raters is taken first, so that a rater who scored more
indicators weighs no more than another. That mean becomes a share of the indicator's range,
(score - min) / (max - min), and the total is the mean of the shares by the indicators' weights.
Only leaf indicators that somebody rated and whose range is not zero take part, and weights are
taken in proportion among them; `rated_weight` says how much of the framework they are. An empty
min_score counts as 0, an empty max_score as 100.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from almoner.rules.money import Exact, exact


@dataclass(frozen=True)
class Indicator:
    id: str
    parent_id: str | None
    dimension: str
    weight: Exact
    min_score: Exact | None = None
    max_score: Exact | None = None


@dataclass(frozen=True)
class Rating:
    rater_id: str
    indicator_id: str
    score: Exact


@dataclass(frozen=True)
class EvaluationTotal:
    """Percentages; `total` is None where nothing that carries weight was rated."""

    total: Fraction | None
    rated_weight: Fraction
    by_dimension: dict[str, Fraction]
    by_parent: dict[str, Fraction]


def evaluation_total(indicators: Iterable[Indicator], ratings: Iterable[Rating]) -> EvaluationTotal:
    """Total of an evaluation with sub-totals by dimension and by the leaves' immediate parent.

    `indicators` are those of one framework and version. A rating of something that is no leaf of
    it is left out. Leaves without a parent are in no parent's sub-total.
    """
    known = list(indicators)
    parents = {indicator.parent_id for indicator in known}
    leaves = [indicator for indicator in known if indicator.id not in parents]
    scores: dict[str, list[Fraction]] = defaultdict(list)
    for rating in ratings:
        scores[rating.indicator_id].append(exact(rating.score))

    percents = {
        leaf: percent
        for leaf in leaves
        if leaf.id in scores and (percent := _percent(leaf, scores[leaf.id])) is not None
    }
    whole = sum((exact(leaf.weight) for leaf in leaves), Fraction(0))
    rated = sum((exact(leaf.weight) for leaf in percents), Fraction(0))
    return EvaluationTotal(
        total=_weighted_means(percents, lambda leaf: "").get(""),
        rated_weight=100 * rated / whole if whole else Fraction(0),
        by_dimension=_weighted_means(percents, lambda leaf: leaf.dimension),
        by_parent=_weighted_means(percents, lambda leaf: leaf.parent_id),
    )


def _percent(leaf: Indicator, scores: list[Fraction]) -> Fraction | None:
    lowest = exact(0 if leaf.min_score is None else leaf.min_score)
    highest = exact(100 if leaf.max_score is None else leaf.max_score)
    if highest == lowest:
        return None
    return 100 * (sum(scores, Fraction(0)) / len(scores) - lowest) / (highest - lowest)


def _weighted_means(
    percents: dict[Indicator, Fraction], group_of: Callable[[Indicator], str | None]
) -> dict[str, Fraction]:
    points: dict[str, Fraction] = defaultdict(Fraction)
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for leaf, percent in percents.items():
        group = group_of(leaf)
        if group is not None:
            points[group] += percent * exact(leaf.weight)
            weights[group] += exact(leaf.weight)
    return {group: points[group] / weight for group, weight in weights.items() if weight}
