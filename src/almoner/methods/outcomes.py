"""What became of the users: change, who was lost on the way, goals attained.

A difference between before and after is a `Change`: people also change without help, and the worst
days bring them in. An `Effect` needs a comparison, and only `outcomes_rollout` returns one.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from almoner.methods.survey import Interval, wilson

Verdict = Literal["improved", "unchanged", "deteriorated"]


class OutcomesError(ValueError):
    """The measurements do not allow what was asked: what, where and what to do."""


@dataclass(frozen=True)
class Figure:
    """An estimate with its standard error and its interval."""

    value: float
    se: float
    low: float
    high: float

    @classmethod
    def around(cls, value: float, se: float, quantile: float) -> "Figure":
        """`value` give or take `quantile` standard errors."""
        return cls(value, se, value - quantile * se, value + quantile * se)


@dataclass(frozen=True)
class Change:
    """The change between two measurements of the same people, without anybody to compare with."""

    label: ClassVar[str] = "change, not effect"
    n: int
    """How many were measured both times."""
    mean: Figure
    """In the points of the instrument, with Student's t."""
    standardised: Figure | None
    """In standard deviations of the first measurement; None where that is 0 or n is below 3."""
    level: float


@dataclass(frozen=True)
class GroupTime:
    """The effect on those who began in `cohort`, in `period`: the group-time effect."""

    cohort: int
    period: int
    effect: Figure


@dataclass(frozen=True)
class Unidentified:
    """A group-time effect that the data cannot tell, and why."""

    cohort: int
    period: int
    why: str


@dataclass(frozen=True)
class Effect:
    """What the service did, provided that the places would else have gone on alike."""

    label: ClassVar[str] = "effect, if the places would else have gone on alike"
    overall: Figure
    """The mean of `after`, each cohort weighing as many places as it has."""
    after: tuple[GroupTime, ...]
    before: tuple[GroupTime, ...]
    """The same comparison before the start, year on year: far from 0, it speaks against `label`."""
    unidentified: tuple[Unidentified, ...]
    left_out: Mapping[str, str]
    """Places that could not be used, each with the reason."""
    all_started: int | None
    """The first period in which nobody is left to compare with; None where somebody always is."""
    level: float
    notes: tuple[str, ...]
    """What the estimator itself had to say."""


@dataclass(frozen=True)
class Paired:
    """Sufficient statistics of `n` people measured twice; deviations are those of samples (n - 1).

    With the deviations a, b of the two measurements and their correlation r, `sd_change` is
    sqrt(a^2 + b^2 - 2 r a b).
    """

    n: int
    mean_before: float
    mean_after: float
    sd_before: float
    sd_change: float


def paired(before: Sequence[float], after: Sequence[float]) -> Paired:
    """The statistics of two measurements of the same people in the same order."""
    first, second = _numbers("before", before), _numbers("after", after)
    if len(first) != len(second):
        raise OutcomesError(
            f"{len(first)} measurements before and {len(second)} after are no pairs; give both of "
            "everybody, in the same order"
        )
    if len(first) < 2:
        raise OutcomesError(f"{len(first)} measured twice: a change needs at least 2 people")
    means = float(first.mean()), float(second.mean())
    return Paired(len(first), *means, _deviation(first), _deviation(second - first))


def change(pairs: Paired, level: float = 0.95) -> Change:
    """The mean change with its interval, and the standardised one.

    Standardised by the deviation before, d = c(n - 1) (after - before)/sd_before with the exact
    small-sample correction c(m) = gamma(m/2)/(sqrt(m/2) gamma((m - 1)/2)) and the variance
    sd_change^2/(sd_before^2 n) + d^2/(2n), which is 2(1 - r)/n + d^2/(2n) for equal deviations
    (B. J. Becker, Br. J. Math. Stat. Psychol. 41, 1988, 257-278; S. B. Morris, Organ. Res. Methods
    11, 2008, 364-386).
    """
    if pairs.n < 2:
        raise OutcomesError(f"{pairs.n} measured twice: a change needs at least 2 people")
    if min(pairs.sd_before, pairs.sd_change) < 0 or not all(
        map(math.isfinite, (pairs.mean_before, pairs.mean_after, pairs.sd_before, pairs.sd_change))
    ):
        raise OutcomesError("means and deviations must be numbers, the deviations not negative")
    difference = pairs.mean_after - pairs.mean_before
    quantile = float(stdtrit(pairs.n - 1, _upper(level)))
    mean = Figure.around(difference, pairs.sd_change / math.sqrt(pairs.n), quantile)
    standardised = None
    if pairs.sd_before > 0 and pairs.n > 2:
        d = small_sample_correction(pairs.n - 1) * difference / pairs.sd_before
        variance = ((pairs.sd_change / pairs.sd_before) ** 2 + d**2 / 2) / pairs.n
        standardised = Figure.around(d, math.sqrt(variance), float(ndtri(_upper(level))))
    return Change(pairs.n, mean, standardised, level)


def small_sample_correction(m: int) -> float:
    """Hedges' exact correction of a standardised difference with `m` > 1 degrees of freedom."""
    return math.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / math.sqrt(m / 2)


@dataclass(frozen=True)
class ReliableChange:
    """Jacobson and Truax's index of one person, and what it says."""

    index: float
    verdict: Verdict


def reliable_change(
    before: float,
    after: float,
    *,
    sd: float,
    reliability: float,
    higher_is_better: bool = True,
    level: float = 0.95,
) -> ReliableChange:
    """Whether one person's change is more than the instrument's own wavering.

    (after - before)/sqrt(2 SE^2) with SE = sd sqrt(1 - reliability), beyond 1.96 at the level 0.95.
    `sd` and `reliability` belong to the instrument and come from its manual or from a norm group.
    (N. S. Jacobson, P. Truax, J. Consult. Clin. Psychol. 59, 1991, 12-19.)
    """
    _numbers("before and after", [before, after])
    if not 0 < sd < math.inf:
        raise OutcomesError(f"a deviation of {sd} cannot be; give the instrument's, above 0")
    if not 0 <= reliability < 1:
        raise OutcomesError(f"a reliability of {reliability} cannot be; give one from 0 to below 1")
    index = (after - before) / (sd * math.sqrt(2 * (1 - reliability)))
    if abs(index) <= float(ndtri(_upper(level))):
        return ReliableChange(index, "unchanged")
    return ReliableChange(index, "improved" if (index > 0) == higher_is_better else "deteriorated")


def count_verdicts(changes: Sequence[ReliableChange]) -> dict[Verdict, int]:
    """How many improved, stayed and deteriorated."""
    found = Counter(change.verdict for change in changes)
    verdicts: tuple[Verdict, ...] = ("improved", "unchanged", "deteriorated")
    return {verdict: found[verdict] for verdict in verdicts}


@dataclass(frozen=True)
class Attrition:
    """How many were lost between two measurements, and whether they had been like the others."""

    started: int
    lost: int
    share: float
    interval: Interval
    difference: Figure | None
    """Mean first measurement of the lost minus that of the others, in points (Welch)."""
    standardised: float | None
    """The same in pooled standard deviations, with the small-sample correction."""
    differs: bool | None
    """Whether the interval of `difference` leaves 0 out; None where fewer than 2 left or stayed."""


def attrition(stayed: Sequence[float], lost: Sequence[float], level: float = 0.95) -> Attrition:
    """Attrition from the first measurements of those who stayed and of those who were lost.

    That no difference is found among few people is no proof that there is none.
    """
    others, gone = _numbers("stayed", stayed), _numbers("lost", lost)
    started = len(others) + len(gone)
    if not started:
        raise OutcomesError("nobody was measured at the start: there is no loss to tell")
    share = len(gone) / started
    difference = standardised = None
    if min(len(others), len(gone)) > 1:
        difference = _welch(gone, others, level)
        m = started - 2
        within = (len(others) - 1) * _deviation(others) ** 2 + (len(gone) - 1) * _deviation(
            gone
        ) ** 2
        if within > 0:
            standardised = small_sample_correction(m) * difference.value / math.sqrt(within / m)
    return Attrition(
        started=started,
        lost=len(gone),
        share=share,
        interval=wilson(share, started, level),
        difference=difference,
        standardised=standardised,
        differs=None if difference is None else not difference.low <= 0 <= difference.high,
    )


@dataclass(frozen=True)
class FollowUp:
    """Two waves of one instrument: the change of those in both, and who is lacking where."""

    change: Change | None
    """None where fewer than 2 people have both measurements."""
    attrition: Attrition
    without_baseline: int
    """Measured later only: they are in neither figure."""


def follow_up(
    before: Mapping[str, float], after: Mapping[str, float], level: float = 0.95
) -> FollowUp:
    """The change and the attrition between two waves, each given as client id -> score."""
    both = sorted(before.keys() & after.keys())
    lost = sorted(before.keys() - after.keys())
    pairs = [before[id] for id in both], [after[id] for id in both]
    return FollowUp(
        change=change(paired(*pairs), level) if len(both) > 1 else None,
        attrition=attrition(pairs[0], [before[id] for id in lost], level),
        without_baseline=len(after.keys() - before.keys()),
    )


@dataclass(frozen=True)
class Goal:
    """A goal: from -2, much less than expected, over 0, as expected, to 2, much more."""

    level: int
    weight: float = 1.0


def goal_attainment(goals: Sequence[Goal], correlation: float = 0.3) -> float:
    """Kiresuk and Sherman's T: 50 where the goals were met as expected, 10 a standard deviation.

    T = 50 + 10 sum(w x)/sqrt((1 - rho) sum(w^2) + rho sum(w)^2), rho = 0.3 by convention.
    (T. J. Kiresuk, R. E. Sherman, Community Ment. Health J. 4, 1968, 443-453.)
    """
    if not goals:
        raise OutcomesError("no goals: there is nothing that could be attained")
    for number, goal in enumerate(goals, start=1):
        if goal.level not in range(-2, 3):
            raise OutcomesError(f"goal {number} has the level {goal.level}; give -2, -1, 0, 1 or 2")
        if not 0 < goal.weight < math.inf:
            raise OutcomesError(f"goal {number} has the weight {goal.weight}; give one above 0")
    if not 0 <= correlation <= 1:
        raise OutcomesError(f"a correlation of {correlation} cannot be; give one from 0 to 1")
    attained = sum(goal.weight * goal.level for goal in goals)
    squares, total = sum(goal.weight**2 for goal in goals), sum(goal.weight for goal in goals)
    return 50 + 10 * attained / math.sqrt((1 - correlation) * squares + correlation * total**2)


def _welch(one: np.ndarray, other: np.ndarray, level: float) -> Figure:
    """The difference of two means, one - other, with Welch's degrees of freedom."""
    value = float(one.mean() - other.mean())
    parts = [_deviation(group) ** 2 / len(group) for group in (one, other)]
    if not sum(parts):
        return Figure(value, 0.0, value, value)
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, (one, other), strict=True)
    )
    return Figure.around(value, math.sqrt(sum(parts)), float(stdtrit(freedom, _upper(level))))


def _deviation(values: np.ndarray) -> float:
    # Equal values have no deviation, whatever rounding makes of their mean.
    return float(values.std(ddof=1)) if values.min() < values.max() else 0.0


def _numbers(name: str, values: Sequence[float]) -> np.ndarray:
    numbers = np.asarray(values, dtype=float)
    for place, number in enumerate(numbers.tolist(), start=1):
        if not math.isfinite(number):
            raise OutcomesError(f"{name}: measurement {place} is {number}; leave out who has none")
    return numbers


def _upper(level: float) -> float:
    if not 0 < level < 1:
        raise OutcomesError(f"a level of {level} cannot be; give one between 0 and 1, as 0.95")
    return (1 + level) / 2
