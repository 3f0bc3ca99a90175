"""How well a design will tell agencies apart, before a single rating is made.

The model is that of the fair scores with agencies and districts as fixed effects: the mean of one
scoring is agency + district + centre + the mean of its raters + what is left. Its information
matrix needs the design and the variances only, no ratings.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_array, csr_array, diags_array, hstack
from scipy.sparse.csgraph import connected_components

from almoner.methods.assignment import AssignmentError, Scoring


@dataclass(frozen=True)
class Variances:
    """Variances of the model in squared points, such as those of an earlier year."""

    centre: float
    """What a centre keeps in the year: contract and contract:year together."""
    centre_agency: float
    rater: float
    rater_indicator: float
    residual: float


@dataclass(frozen=True)
class Panel:
    """How a scoring is made: an agency's raters take turns, `per_centre` of them at a centre."""

    raters: int
    per_centre: int
    indicators: int


@dataclass(frozen=True)
class Precision:
    """The standard error, in points, of the difference between two agencies' severity.

    None where nothing links the two: their difference cannot be told from that of their districts.
    """

    agency: str
    other: str
    se: float | None


def predict(
    scorings: Sequence[Scoring], variances: Variances, panel: Panel
) -> tuple[Precision, ...]:
    """The standard error of every pair of agencies under a design.

    It is that of generalised least squares with these variances, so without their own uncertainty,
    and counts one year's scorings only: earlier years make it smaller, indicators that agencies do
    not share make it larger. The raters' variance is that of their mean over the indicators.
    """
    _check(scorings, variances, panel)
    agencies = sorted({scoring.agency for scoring in scorings})
    # A row is what one rater gives a centre on the mean of the indicators.
    noise = variances.residual / panel.indicators
    rater = variances.rater + variances.rater_indicator / panel.indicators
    # The variance of a scoring's sum over its raters, a rater each.
    whole = noise + panel.per_centre * variances.centre_agency
    who = _one_hot([scoring.agency for scoring in scorings])
    where = _one_hot([scoring.district for scoring in scorings])
    group = connected_components(block_array([[None, who.T @ where], [where.T @ who, None]]))[1]
    # In each group of linked agencies and districts one district is the yardstick of the others.
    yardsticks = np.unique(group[len(agencies) :], return_index=True)[1]
    where = where[:, np.setdiff1d(np.arange(where.shape[1]), yardsticks)]
    fixed = hstack([who, where])
    scoring = _one_hot(np.repeat(np.arange(len(scorings)), panel.per_centre))
    rows = csr_array(
        hstack([scoring @ fixed, _raters(scorings, panel)] if rater else [scoring @ fixed])
    )
    sums = scoring.T @ rows
    # Scorings' and centres' own effects are eliminated: their blocks are diagonal.
    kept = (rows.T @ rows - variances.centre_agency / whole * (sums.T @ sums)) / noise
    information = kept.toarray()
    if variances.centre:
        centre = _one_hot([scoring.centre for scoring in scorings])
        shared = sums.T @ centre / whole
        own = panel.per_centre * centre.sum(axis=0) / whole + 1 / variances.centre
        information -= (shared @ diags_array(1 / own) @ shared.T).toarray()
    random = np.zeros(len(information))
    random[fixed.shape[1] :] = 1 / rater if rater else 0
    information += np.diag(random)
    covariance = np.linalg.inv(information)[: len(agencies), : len(agencies)]
    return tuple(
        Precision(agencies[one], agencies[other], _se(covariance, group, one, other))
        for one in range(len(agencies))
        for other in range(one + 1, len(agencies))
    )


def _se(covariance: np.ndarray, group: np.ndarray, one: int, other: int) -> float | None:
    if group[one] != group[other]:
        return None
    square = covariance[one, one] + covariance[other, other] - 2 * covariance[one, other]
    return math.sqrt(square)


def _one_hot(names: Sequence[str] | np.ndarray) -> csr_array:
    """A row for each name, a column for each different one, in their order."""
    found, place = np.unique(np.asarray(names), return_inverse=True)
    rows = np.arange(len(names))
    return csr_array((np.ones(len(names)), (rows, place)), shape=(len(names), len(found)))


def _raters(scorings: Sequence[Scoring], panel: Panel) -> csr_array:
    """Which rater each row is by: at its next centre an agency moves on by one rater."""
    done: Counter[str] = Counter()
    names = []
    for scoring in scorings:
        for turn in range(panel.per_centre):
            names.append(f"{scoring.agency}|{(done[scoring.agency] + turn) % panel.raters}")
        done[scoring.agency] += 1
    return _one_hot(names)


def _check(scorings: Sequence[Scoring], variances: Variances, panel: Panel) -> None:
    if not scorings:
        raise AssignmentError("no scorings: there is nothing to predict")
    for name, value in vars(variances).items():
        if not 0 <= value < math.inf:
            raise AssignmentError(f"the variance {name} is {value}; it must be 0 or more")
    if not variances.residual:
        raise AssignmentError("the residual variance is 0: then every scoring would be exact")
    if min(vars(panel).values()) < 1:
        raise AssignmentError("raters, raters at a centre and indicators must be 1 or more")
    if panel.per_centre > panel.raters:
        raise AssignmentError(
            f"{panel.per_centre} raters at a centre are more than the {panel.raters} of an agency"
        )
