"""Restricted maximum likelihood (REML) for crossed and nested random effects.

The criterion is lme4's (Bates, Maechler, Bolker, Walker 2015, J. Stat. Softw. 67(1), eq. 42):
log|M| + log|R_X|^2 + (n - p) (1 + log(2 pi r^2 / (n - p))), with the residual variance profiled
out. It is minimised over the logarithms of the variances by average information (Gilmour,
Thompson, Cullis 1995, Biometrics 51:1440), from Henderson's moments (1953, Biometrics 9:226) and a
first step of EM.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack

from almoner.methods.fair_scores.design import Design
from almoner.methods.fair_scores.elimination import Elimination, Factorised
from almoner.methods.fair_scores.statistics import Floats, Integers, Statistics, no_chance

DECREMENT = 1e-10  # of the criterion, expected of another step: the optimum is reached
UP = 1e-7  # a rise of the criterion that rounding may cause
FARTHEST = 2.5  # a step of the logarithm of a variance
TRIFLE = 1e-6  # relative variance at which the slope at zero is taken
RELEASED = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, TRIFLE)  # where a variance may start from zero
MOST_STEPS = 60
MOST_HALVINGS = 8


@dataclass(frozen=True)
class Convergence:
    """How the optimum was found. `steps` and `halvings` count evaluations of the criterion."""

    converged: bool
    method: str
    steps: int
    halvings: int
    decrement: float
    zero: tuple[str, ...]
    """Terms whose variance is exactly 0: the data show no more spread than chance makes."""


Flags = npt.NDArray[np.bool_]


class Problem:
    """A model made ready to be evaluated at many relative variances."""

    def __init__(self, statistics: Statistics, terms: Sequence[int], design: Design) -> None:
        self.statistics, self.terms, self.design = statistics, tuple(terms), design
        self.plan = Elimination(statistics, terms)
        levels = self.plan.first + self.plan.rest
        self.of_term = np.zeros(levels, np.int64)
        self.with_fixed = np.zeros((levels, design.size))
        self.with_score = np.zeros((levels, 1))
        for number, term in enumerate(terms):
            place = self.plan.place[term]
            self.of_term[place] = number
            self.with_fixed[place] = design.with_factor(term)
            self.with_score[place, 0] = statistics.centred_sums(term)
        self.sizes = np.bincount(self.of_term, minlength=len(terms))
        self.freedom = statistics.n - design.size

    def at(self, relative: Floats) -> "Evaluation":
        """The model at variances relative to the residual variance, one a term."""
        return Evaluation(self, relative)

    def by_term(self, values: Floats) -> Floats:
        """Sums over the levels of each term."""
        summed = np.bincount(self.of_term, values, minlength=len(self.terms))
        return np.asarray(summed, np.float64)


class Evaluation:
    """The criterion, the estimates, the slope and the information at given relative variances."""

    def __init__(self, problem: Problem, relative: Floats) -> None:
        self.problem, self.relative = problem, relative
        design = problem.design
        self.deviations = np.sqrt(relative)[problem.of_term]
        self.factorised: Factorised = problem.plan.factorise(self.deviations)
        right = np.hstack([problem.with_fixed, problem.with_score]) * self.deviations[:, None]
        solved = self.factorised.solve(right)
        self.half_fixed, self.solved_fixed = right[:, :-1], solved[:, :-1]
        inner = design.products - self.half_fixed.T @ self.solved_fixed
        with_score = design.with_score - self.half_fixed.T @ solved[:, -1]
        self.fixed_lower, failed = lapack.dpotrf(inner, lower=1, clean=1)
        if failed:
            raise np.linalg.LinAlgError("the fixed effects cannot be told apart")
        self.fixed, _ = lapack.dpotrs(self.fixed_lower, with_score, lower=1)
        self.spherical = solved[:, -1] - self.solved_fixed @ self.fixed
        squares = problem.statistics.centred_squares
        squares -= float(right[:, -1] @ solved[:, -1] + with_score @ self.fixed)
        if squares <= 1e-12 * problem.statistics.centred_squares:
            raise no_chance()
        self.residual = squares / problem.freedom
        self.criterion = (
            self.factorised.log_determinant
            + 2.0 * float(np.log(np.diagonal(self.fixed_lower)).sum())
            + problem.freedom * (1.0 + np.log(2.0 * np.pi * self.residual))
        )

    @property
    def effects(self) -> Floats:
        """Predicted random effects (BLUPs), a number a level."""
        return np.asarray(self.deviations * self.spherical, np.float64)

    @cached_property
    def fixed_covariance(self) -> Floats:
        """Of the fixed effects, relative to the residual variance."""
        return np.linalg.inv(self.fixed_lower @ self.fixed_lower.T)

    @cached_property
    def spread(self) -> Floats:
        """The diagonal of the inverse of the mixed model equations, fixed effects included."""
        extra = (self.solved_fixed @ self.fixed_covariance * self.solved_fixed).sum(1)
        return np.asarray(self.factorised.diagonal + extra, np.float64)

    @cached_property
    def slope(self) -> Floats:
        """Of the criterion by the logarithm of each variance; the residual's comes last."""
        known = self.problem.sizes - self.problem.by_term(self.spread)
        explained = self.problem.by_term(self.spherical**2) / self.residual
        slope = np.empty(len(self.problem.terms) + 1)
        slope[:-1] = known - explained
        slope[-1] = -slope[:-1].sum()  # the criterion stands still along the profile
        return slope

    @cached_property
    def information(self) -> Floats:
        """Average information on the scale of `slope`: half of what Newton's step divides by."""
        problem, design = self.problem, self.problem.design
        k = len(problem.terms)
        effects = np.zeros((len(self.effects), k))
        effects[np.arange(len(self.effects)), problem.of_term] = self.effects
        counted = problem.plan.counted(effects)
        with_fixed = problem.with_fixed.T @ effects
        among = effects.T @ counted
        residual_levels = (
            problem.with_score[:, 0] - problem.with_fixed @ self.fixed - counted.sum(1)
        )
        residual_fixed = design.with_score - design.products @ self.fixed - with_fixed.sum(1)
        with_residual = effects.T @ residual_levels
        square = self.residual * (problem.freedom) - float(self.spherical @ self.spherical)
        levels = np.column_stack([counted, residual_levels]) * self.deviations[:, None]
        fixed = np.column_stack([with_fixed, residual_fixed])
        products = np.empty((k + 1, k + 1))
        products[:k, :k] = among
        products[:k, k] = products[k, :k] = with_residual
        products[k, k] = square
        solved = self.factorised.solve(levels)
        left = fixed - self.half_fixed.T @ solved
        products -= levels.T @ solved + left.T @ self.fixed_covariance @ left
        return (products + products.T) / (2.0 * self.residual)


def moments(problem: Problem) -> Floats:
    """Relative variances to begin with: sums of squares set equal to their expectations.

    Fixed factors take part as if they were random. Exact for no design but good for most.
    """
    statistics, terms = problem.statistics, problem.terms
    groups = [*terms, *(f for f in problem.design.factors if f not in terms)]
    n, mean = statistics.n, (statistics.total / statistics.n - statistics.centre)
    base = n * (mean / statistics.scale) ** 2
    rows, found = [], []
    counts = [statistics.factors[group].counts for group in groups]
    flat = np.array([float((c.astype(float) ** 2).sum()) / n for c in counts] + [1.0])
    for group, own in zip(groups, counts, strict=True):
        row = []
        for other in groups:
            crossed = statistics.crossed(group, other)
            row.append(float((crossed.power(2).sum(1) / own).sum()))
        rows.append(np.array([*row, float(len(own))]) - flat)
        found.append(float((statistics.centred_sums(group) ** 2 / own).sum()) - base)
    rows.append(np.append(np.full(len(groups), float(n)), n) - flat)
    found.append(statistics.centred_squares - base)
    scale = np.array([max(abs(row).max(), 1e-300) for row in rows])
    solved = np.linalg.lstsq(np.array(rows) / scale[:, None], np.array(found) / scale)[0]
    residual = max(float(solved[-1]), statistics.centred_squares / n * 1e-3)
    return np.asarray(np.clip(solved[: len(terms)] / residual, 1e-3, 1e4))


def optimum(problem: Problem, most_steps: int = MOST_STEPS) -> tuple[Evaluation, Convergence]:
    """The evaluation at the least criterion, and how it was found."""
    if not problem.terms:
        return problem.at(np.empty(0)), Convergence(True, "closed form", 1, 0, 0.0, ())
    search = _Search(problem)
    while search.steps < most_steps:
        if search.decrement <= DECREMENT:
            if not search.released():
                break
        elif not search.step():
            break
    method = "average information"
    if search.decrement > DECREMENT:
        method = "L-BFGS"
        search.descend()
    zero = tuple(
        problem.statistics.factors[term].name
        for term, relative in zip(problem.terms, search.here.relative, strict=True)
        if relative == 0.0
    )
    done = search.decrement <= 1e-5
    report = Convergence(done, method, search.steps, search.halvings, search.decrement, zero)
    return search.here, report


class _Search:
    """Where the search stands; every step goes downhill."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.here = problem.at(moments(problem))
        self.steps, self.halvings = 1, 0
        # From moments that are far off, a step of EM goes downhill where Newton's may not.
        self._go(self._expected())

    @property
    def free(self) -> Integers:
        """Numbers of the terms whose variance is above zero, and of the residual."""
        return np.flatnonzero(np.append(self.here.relative > 0.0, True))

    def _newton(self, farthest: float) -> Floats:
        """Newton's step of the logarithms of the variances, none of them above `farthest`.

        Where the criterion rises with a logarithm its curvature has the slope added to it, by the
        chain rule: a variance that goes to zero does not get there by leaps.
        """
        free, slope = self.free, self.here.slope[self.free]
        curved = self.here.information[np.ix_(free, free)] + np.diag(np.maximum(slope, 0.0))
        scale = np.sqrt(np.maximum(np.diagonal(curved), 1e-30))
        curved, slope = curved / scale[:, None] / scale, slope / scale
        step, within = np.zeros(len(free)), np.full(len(free), True)
        # A step that is too far is cut short, and the others are worked out anew beside it.
        for _ in range(len(free)):
            rest = slope[within] + curved[np.ix_(within, ~within)] @ step[~within]
            step[within] = -np.linalg.lstsq(curved[np.ix_(within, within)], rest, 1e-12)[0]
            far = within & (np.abs(step / scale) > farthest)
            if not far.any():
                break
            step[far] = np.sign(step[far]) * farthest * scale[far]
            within &= ~far
        whole = np.zeros(len(self.here.slope))
        whole[free] = step / scale
        return whole

    @property
    def decrement(self) -> float:
        """How much lower a full step would bring the criterion, twice."""
        return max(0.0, float(-self.here.slope @ self._newton(np.inf)))

    def step(self) -> bool:
        """Go downhill by average information, else by expectation and maximisation."""
        log = self._newton(FARTHEST)
        # Here a step of the variance itself would be more than all of it, so zero is tried.
        leaving = (log[:-1] < -0.5) & (self.here.slope[:-1] > 0.0)
        if leaving.any() and self._along(log, leaving):
            return True
        if self._along(log, np.zeros_like(leaving)):
            return True
        return self._go(self._expected())

    def _along(self, log: Floats, leaving: Flags) -> bool:
        """Go along a step, halved until the criterion falls; some variances go to zero."""
        for _ in range(MOST_HALVINGS):
            relative = self.here.relative * np.exp(log[:-1] - log[-1])
            if self._go(np.where(leaving, 0.0, relative)):
                return True
            self.halvings += 1
            log = log / 2.0
        return False

    def _expected(self) -> Floats:
        """The step of the EM algorithm (Dempster, Laird, Rubin 1977): slow, but ever downhill."""
        here, problem = self.here, self.problem
        explained = problem.by_term(here.spherical**2) / here.residual
        return here.relative * (explained + problem.by_term(here.spread)) / problem.sizes

    def _go(self, relative: Floats, down: float = -UP) -> bool:
        """Go there unless the criterion falls by less than `down`."""
        self.steps += 1
        try:
            there = self.problem.at(relative)
        except np.linalg.LinAlgError:
            return False
        if not there.criterion <= self.here.criterion - down:
            return False
        self.here = there
        return True

    def released(self) -> bool:
        """Whether a variance of zero falls short: the criterion falls as it leaves zero."""
        zero = self.here.relative == 0.0
        if not zero.any():
            return False
        trifle = self.problem.at(np.where(zero, TRIFLE, self.here.relative))
        self.steps += 1
        # Only a slope that rounding cannot have made counts.
        rising = zero & (trifle.slope[:-1] < -1e-9 * self.problem.sizes)
        if not rising.any():
            return False
        return any(self._go(np.where(rising, size, self.here.relative), UP) for size in RELEASED)

    def descend(self) -> None:
        """L-BFGS on the logarithms of the variances above zero, from where the search stands."""
        # Seldom needed, and importing it takes longer than to fit most cities.
        from scipy.optimize import fmin_l_bfgs_b

        begun = self.here.relative
        free = begun > 0.0

        def look(logs: Floats) -> Evaluation:
            relative = begun.copy()
            relative[free] = np.exp(logs)
            there = self.problem.at(relative)
            self.steps += 1
            if there.criterion < self.here.criterion:
                self.here = there
            return there

        def value(logs: Floats) -> tuple[float, Floats]:
            there = look(logs)
            return there.criterion, there.slope[:-1][free]

        bounds = [(np.log(1e-10), np.log(1e8))] * int(free.sum())
        start = np.clip(np.log(begun[free]), *bounds[0]) if free.any() else np.empty(0)
        fmin_l_bfgs_b(value, start, bounds=bounds, maxiter=500, factr=10.0, pgtol=1e-7)
