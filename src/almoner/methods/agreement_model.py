"""What a fitted model says of agreement: reliability, and the chance of the same grade.

An evaluation is one contract judged by one agency: some raters, some ratings in all. Its mean
differs from the contract's worth by the agency, by what agency and contract make of one another,
by the raters and by chance; the indicators are the same for every agency and so make no difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from scipy.special import ndtr

from almoner.methods.fair_scores.model import Fit
from almoner.methods.fair_scores.scores import FairScore
from almoner.methods.fair_scores.statistics import Floats

DRAWS = 1_000


@dataclass(frozen=True)
class Design:
    """How an evaluation is made, and which terms of the model play which part in it.

    `worth` are the terms of what is judged (contract, contract:year); `agency` those that one
    agency brings (agency, contract:agency), `leniency` those of them that are alike for every
    contract (agency); `rater` those of one rater (rater), `marks` those of one rater on one
    indicator (rater:indicator).
    """

    worth: tuple[str, ...]
    agency: tuple[str, ...]
    leniency: tuple[str, ...]
    rater: tuple[str, ...]
    marks: tuple[str, ...]
    raters: float
    ratings: float


@dataclass(frozen=True)
class Dependability:
    """How well one evaluation tells contracts apart.

    `reliability` compares contracts judged by the same agency and raters, `phi` by any; both are
    shares of variance between 0 and 1. `separation` is the spread of the contracts in standard
    errors of an evaluation (None where there is no error). `single` is the intraclass correlation
    of two single ratings of a contract by different agencies.
    """

    reliability: float
    phi: float
    separation: float | None
    single: float


def dependability(fit: Fit, design: Design) -> Dependability:
    """Reliability, separation and phi of one evaluation (Brennan 2001, Generalizability Theory)."""
    variance = fit.variance
    worth = _sum(variance, design.worth)
    relative = _noise(variance, design, kept=design.leniency + design.rater)
    absolute = _noise(variance, design)
    everything = sum(variance.values())
    return Dependability(
        reliability=_share(worth, relative),
        phi=_share(worth, absolute),
        separation=sqrt(worth / relative) if relative > 0 else None,
        single=worth / everything if everything > 0 else 0.0,
    )


def _share(worth: float, noise: float) -> float:
    return worth / (worth + noise) if worth > 0 else 0.0


def _sum(variance: Mapping[str, float], terms: Sequence[str]) -> float:
    return sum(variance.get(term, 0.0) for term in terms)


def _noise(variance: Mapping[str, float], design: Design, kept: Sequence[str] = ()) -> float:
    """Variance of the mean of an evaluation about the worth of the contract.

    `kept` are terms that are the same in what is compared.
    """
    parts = (
        (design.agency, 1.0),
        (design.rater, design.raters),
        (design.marks, design.ratings),
        (("residual",), design.ratings),
    )
    return sum(
        _sum(variance, [term for term in terms if term not in kept]) / count
        for terms, count in parts
    )


@dataclass(frozen=True)
class SameGrade:
    """The chance that another agency gives a contract the grade that its fair score has.

    `low` and `high` hold 95 % of what the chance may be, as far as the variances are uncertain.
    """

    grade: int
    probability: float
    low: float
    high: float


def same_grade(
    fit: Fit,
    scores: Sequence[FairScore],
    design: Design,
    limits: Sequence[float],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> tuple[SameGrade, ...]:
    """For each fair score, how likely another agency's evaluation has its grade.

    `limits` are the lowest scores of the grades, in descending order, without that of the last
    grade (90, 80, 60); a grade is its number from the top, 0 the best. A score equal to a limit
    has reached it, and nothing is rounded before. The variances are drawn from their log-normal
    sampling distributions by a seeded generator; the rest of the chance is normal and worked out.
    """
    if list(limits) != sorted(set(limits), reverse=True):
        raise ValueError("the limits of grades must descend")
    spread = np.sqrt(_drawn_noise(fit, design, seed, draws))
    edges = [inf, *limits, -inf]
    found = []
    for score in scores:
        grade = sum(score.value < limit for limit in limits)
        about = np.sqrt(spread**2 + score.se**2)
        if not about.all():
            found.append(SameGrade(grade, 1.0, 1.0, 1.0))
            continue
        chance = ndtr((edges[grade] - score.value) / about)
        chance = chance - ndtr((edges[grade + 1] - score.value) / about)
        low, high = np.quantile(chance, (0.025, 0.975))
        found.append(SameGrade(grade, float(chance.mean()), float(low), float(high)))
    return tuple(found)


def _drawn_noise(fit: Fit, design: Design, seed: int, draws: int) -> Floats:
    """The variance of an evaluation, for draws of the variances of the model."""
    generator = np.random.Generator(np.random.PCG64(seed))
    noise = np.zeros(draws)
    for term in (*fit.terms, "residual"):
        value, error = fit.variance[term], fit.variance_se[term]
        normal = generator.standard_normal(draws)
        if not value or error is None:
            continue
        # A term that is hardly known (seven agencies) is not drawn at absurd sizes.
        width = min(error / value, 1.0)
        drawn = value * np.exp(width * normal - width**2 / 2.0)
        noise += _noise_of(term, design) * drawn
    return noise


def _noise_of(term: str, design: Design) -> float:
    """The share of a term's variance that the mean of an evaluation carries."""
    return _noise({term: 1.0}, design)


def model_correlations(fit: Fit, unit: str, rater: str) -> dict[str, float]:
    """ICC(A,1) and ICC(C,1) of a model of units and raters, complete or not."""
    worth, noise = fit.variance.get(unit, 0.0), fit.variance["residual"]
    return {
        "ICC(A,1)": _share(worth, fit.variance.get(rater, 0.0) + noise),
        "ICC(C,1)": _share(worth, noise),
    }
