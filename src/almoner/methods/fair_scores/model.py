"""A fitted model: what can be told from the ratings, and what had to be left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from almoner.methods.fair_scores.design import Column, full_design
from almoner.methods.fair_scores.reml import MOST_STEPS, Convergence, Evaluation, Problem, optimum
from almoner.methods.fair_scores.statistics import (
    FairScoreError,
    Floats,
    Obstacle,
    Statistics,
    no_chance,
)

TOLD = 1e-9  # share of a term's spread that the fixed effects must leave


@dataclass(frozen=True)
class Estimate:
    """A number and its standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Effects:
    """The predicted effects (BLUPs) of a term, a number a level.

    `se` is conditional on the fixed effects (lme4's conditional standard deviation);
    `prediction_se`, the root of the prediction error variance, includes their uncertainty.
    """

    levels: tuple[str, ...]
    values: Floats
    se: Floats
    prediction_se: Floats


class Ground(StrEnum):
    """Why a term is left out, for programs that say it in another language."""

    ONE_LEVEL = "one_level"
    LEVEL_EACH = "level_each"  # a level for every rating
    SAME_LEVELS = "same_levels"  # as another term
    TOLD = "told"  # by the fixed effects


@dataclass(frozen=True)
class Dropped:
    """A term or column that the data cannot carry, and why.

    `reason` says it in English; `about` is the level or the other term that it names.
    """

    term: str
    reason: str
    ground: Ground
    about: str = ""


@dataclass(frozen=True)
class Fit:
    """A model fitted by REML. Variances are in points squared, effects in points."""

    statistics: Statistics
    variance: Mapping[str, float]
    """By term, the residual variance under `residual`."""
    variance_se: Mapping[str, float | None]
    """From the average information; None where the variance is exactly 0."""
    fixed: Mapping[str, Estimate]
    effects: Mapping[str, Effects]
    criterion: float
    convergence: Convergence
    dropped: tuple[Dropped, ...]
    evaluation: Evaluation

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the random terms that were kept."""
        return tuple(self.effects)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the fixed effects, in the order of `fixed`."""
        return self.evaluation.problem.design.columns

    def predictions(self, fixed: sp.csr_array, random: Mapping[str, sp.csr_array]) -> Floats:
        """Values and standard errors of combinations of effects: rows x 2.

        `fixed` has a column a fixed effect, and each of `random` one a level of its term. The
        standard errors are those of the prediction, every uncertainty of the effects included.
        """
        problem, here = self.evaluation.problem, self.evaluation
        design = problem.design
        centred = sp.csr_array(fixed @ design.shift)
        levels = len(here.effects)
        wanted = sp.csr_array((fixed.shape[0], levels), dtype=np.float64)
        for name, combination in random.items():
            if name in self.effects:
                term = self.statistics.index(name)
                taken = sp.coo_array(combination)
                there = (taken.row, problem.plan.place[term][taken.col])
                wanted = wanted + sp.csr_array((taken.data, there), shape=wanted.shape)
        spherical = sp.csr_array(wanted @ sp.diags_array(here.deviations))
        values = centred @ here.fixed + spherical @ here.spherical
        values += fixed[:, [0]].toarray().ravel() * self._centre
        variances = here.factorised.variances(spherical)
        left = centred.toarray() - spherical @ here.solved_fixed
        variances += (left @ here.fixed_covariance * left).sum(1)
        return np.column_stack([values, np.sqrt(np.maximum(variances * here.residual, 0.0))])

    @property
    def _centre(self) -> float:
        return self.statistics.centre / self.statistics.scale


def fit(
    statistics: Statistics,
    random: Sequence[str],
    fixed: Sequence[str] = (),
    *,
    most_steps: int = MOST_STEPS,
) -> Fit:
    """Fit score = fixed effects + random effects + chance by REML.

    `random` and `fixed` name factors of the statistics, `fixed` also covariates. A term that the
    data cannot carry is left out and named in `dropped`. FairScoreError where nothing is left to
    estimate; its message says why.
    """
    if statistics.n < 2:
        raise FairScoreError(
            f"{statistics.n} ratings are too few: two are the least", Obstacle.TOO_FEW
        )
    if statistics.n * statistics.squares == statistics.total**2:
        score = statistics.total / statistics.n / statistics.scale
        raise FairScoreError(
            f"every score is {score:g}: there is nothing to tell apart", Obstacle.CONSTANT
        )
    design, dropped = full_design(statistics, fixed), []
    dependent = design.dependent()
    for number in dependent:
        name = design.columns[number].name
        dropped.append(Dropped(name, "the fixed effects before it tell it already", Ground.TOLD))
    design = design.without(dependent)
    if statistics.n <= design.size:
        raise FairScoreError(
            f"{statistics.n:,} ratings are too few for {design.size:,} fixed effects",
            Obstacle.TOO_FEW,
        )
    kept: list[int] = []
    inverse = np.linalg.inv(design.products)
    for name in random:
        term = statistics.index(name)
        sums = design.with_factor(term)
        left = statistics.n - float((sums @ inverse * sums).sum())
        unfit = _unfit(statistics, term, kept, left)
        if unfit:
            dropped.append(unfit)
        else:
            kept.append(term)
    try:
        here, convergence = optimum(Problem(statistics, kept, design), most_steps)
        return _result(here, convergence, tuple(dropped))
    except np.linalg.LinAlgError as error:
        # The matrices are positive definite, in all the digits that there are, until the residual
        # goes to zero beside the variances of the terms.
        raise no_chance() from error


def _unfit(statistics: Statistics, term: int, kept: Sequence[int], left: float) -> Dropped | None:
    """Why the data cannot carry a random term beside those kept; None where they can.

    `left` is the spread of the term's columns that the fixed effects leave, in ratings.
    """
    factor = statistics.factors[term]
    if len(factor.parts) == 1:
        only = factor.levels[0]
        reason = f"it has one level only ({only})"
        return Dropped(factor.name, reason, Ground.ONE_LEVEL, only)
    if len(factor.parts) == statistics.n:
        reason = "every rating has a level of its own, which cannot be told from chance"
        return Dropped(factor.name, reason, Ground.LEVEL_EACH)
    for other in kept:
        same = len(statistics.factors[other].parts) == len(factor.parts)
        if same and statistics.crossed(term, other).nnz == len(factor.parts):
            twin = statistics.factors[other].name
            reason = f"its levels are those of {twin}"
            return Dropped(factor.name, reason, Ground.SAME_LEVELS, twin)
    if left <= TOLD * statistics.n:
        reason = "the fixed effects tell its levels already"
        return Dropped(factor.name, reason, Ground.TOLD)
    return None


def _result(here: Evaluation, convergence: Convergence, dropped: tuple[Dropped, ...]) -> Fit:
    problem = here.problem
    statistics, design = problem.statistics, problem.design
    names = [statistics.factors[term].name for term in problem.terms]
    variances = np.append(here.relative, 1.0) * here.residual
    # Half of the information on the scale of the criterion, -2 log likelihood, is that of log
    # variances; those that are exactly 0 have none.
    free = np.flatnonzero(variances)
    spread = 2.0 * np.diagonal(np.linalg.pinv(here.information[np.ix_(free, free)]))
    errors: dict[int, float] = dict(
        zip(
            free.tolist(),
            (variances[free] * np.sqrt(np.maximum(spread, 0.0))).tolist(),
            strict=True,
        )
    )
    every = [*names, "residual"]
    shift = design.shift
    fixed = shift @ here.fixed
    fixed[0] += statistics.centre / statistics.scale
    covariance = shift @ here.fixed_covariance @ shift.T * here.residual
    conditional = here.deviations * np.sqrt(here.factorised.diagonal * here.residual)
    predicted = here.deviations * np.sqrt(here.spread * here.residual)
    places = [problem.plan.place[term] for term in problem.terms]
    return Fit(
        statistics=statistics,
        variance={name: float(variances[i]) for i, name in enumerate(every)},
        variance_se={name: errors.get(i) for i, name in enumerate(every)},
        fixed={
            column.name: Estimate(float(fixed[i]), float(np.sqrt(covariance[i, i])))
            for i, column in enumerate(design.columns)
        },
        effects={
            name: Effects(
                statistics.factors[term].levels,
                here.effects[place],
                conditional[place],
                predicted[place],
            )
            for name, term, place in zip(names, problem.terms, places, strict=True)
        },
        criterion=here.criterion,
        convergence=convergence,
        dropped=dropped,
        evaluation=here,
    )
