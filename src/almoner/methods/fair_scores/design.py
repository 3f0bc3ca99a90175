"""Fixed effects: an intercept, treatment contrasts of factors and columns of numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from almoner.methods.fair_scores.statistics import FairScoreError, Floats, Obstacle, Statistics

MOST_COLUMNS = 2_000
DEPENDENT = 1e-9  # of a column's sum of squares: what is left of it beside the columns before it


@dataclass(frozen=True)
class Column:
    """A column of the design: a level of a factor, or a covariate, or (neither) the intercept."""

    name: str
    factor: int | None = None
    level: int = 0
    covariate: int | None = None


class Design:
    """The columns of the fixed effects and their products with everything that was counted.

    Covariates are taken from a whole number next to their mean, so that large values (years) do
    no harm; `shift` turns estimates back.
    """

    def __init__(self, statistics: Statistics, columns: Sequence[Column]) -> None:
        self.statistics, self.columns = statistics, tuple(columns)
        self.size = len(columns)
        self.factors = tuple(sorted({c.factor for c in columns if c.factor is not None}))
        self._centres = [round(c.total / statistics.n) for c in statistics.covariates]
        self.products = self._products()
        self.with_score = np.array([self._with_score(column) for column in self.columns])

    @property
    def shift(self) -> Floats:
        """The matrix that turns effects of centred covariates into effects of the covariates."""
        matrix = np.eye(self.size)
        for number, column in enumerate(self.columns):
            if column.covariate is not None:
                covariate = self.statistics.covariates[column.covariate]
                matrix[0, number] = -self._centres[column.covariate] / covariate.scale
        return matrix

    def without(self, numbers: Iterable[int]) -> "Design":
        """The design without some of its columns."""
        gone = set(numbers)
        kept = [column for number, column in enumerate(self.columns) if number not in gone]
        return Design(self.statistics, kept)

    def dependent(self) -> list[int]:
        """Numbers of the columns that those before them already tell."""
        left = self.products.copy()
        whole = np.diagonal(left).copy()
        found = []
        for number in range(self.size):
            pivot = left[number, number]
            if pivot <= DEPENDENT * whole[number] or whole[number] == 0:
                found.append(number)
                continue
            rest = left[number, number + 1 :] / pivot
            left[number + 1 :, number + 1 :] -= np.outer(rest, left[number, number + 1 :])
        return found

    def with_factor(self, factor: int) -> Floats:
        """Sums of the columns by level of a factor: levels x columns."""
        statistics = self.statistics
        found = np.empty((len(statistics.factors[factor].parts), self.size))
        levels: dict[int, list[tuple[int, int]]] = {}
        for number, column in enumerate(self.columns):
            if column.factor is not None:
                levels.setdefault(column.factor, []).append((number, column.level))
            else:
                found[:, number] = self._over(column, factor)
        for other, wanted in levels.items():
            crossed = statistics.crossed(factor, other).tocsc()
            numbers, columns = zip(*wanted, strict=True)
            found[:, list(numbers)] = crossed[:, list(columns)].toarray()
        return found

    def _over(self, column: Column, factor: int) -> Floats:
        """Sums by level of the intercept or of a covariate."""
        found = self.statistics.factors[factor]
        if column.covariate is None:
            return found.counts.astype(np.float64)
        centre = self._centres[column.covariate]
        sums = found.covariate_sums[:, column.covariate] - centre * found.counts
        scale = self.statistics.covariates[column.covariate].scale
        return np.asarray(sums / scale, np.float64)

    def _products(self) -> Floats:
        """Sums of products of the columns with one another."""
        found = np.zeros((self.size, self.size))
        for factor in self.factors:
            of_factor = self.with_factor(factor)
            for row, column in enumerate(self.columns):
                if column.factor == factor:
                    found[row] = found[:, row] = of_factor[column.level]
        for row, left in enumerate(self.columns):
            for number, right in enumerate(self.columns):
                if left.factor is None and right.factor is None:
                    found[row, number] = self._product(left, right)
        return found

    def _product(self, left: Column, right: Column) -> float:
        """Of two columns that are the intercept or covariates."""
        statistics = self.statistics
        if left.covariate is None or right.covariate is None:
            number = left.covariate if right.covariate is None else right.covariate
            if number is None:
                return float(statistics.n)
            covariate = statistics.covariates[number]
            return (covariate.total - statistics.n * self._centres[number]) / covariate.scale
        a, b = statistics.covariates[left.covariate], statistics.covariates[right.covariate]
        ca, cb = self._centres[left.covariate], self._centres[right.covariate]
        exact = a.with_covariates[right.covariate]
        exact -= ca * b.total + cb * a.total - statistics.n * ca * cb
        return exact / (a.scale * b.scale)

    def _with_score(self, column: Column) -> float:
        statistics = self.statistics
        if column.factor is not None:
            return float(statistics.centred_sums(column.factor)[column.level])
        total = statistics.total - statistics.n * statistics.centre
        if column.covariate is None:
            return total / statistics.scale
        covariate, centre = statistics.covariates[column.covariate], statistics.centre
        exact = covariate.with_score - centre * covariate.total
        exact -= self._centres[column.covariate] * total
        return exact / (covariate.scale * statistics.scale)


def full_design(statistics: Statistics, fixed: Sequence[str]) -> Design:
    """An intercept and, for each name, its contrasts against its first level, or its numbers.

    Names and contrasts are those of R's treatment contrasts. An interaction F:G has a column for
    each pair of levels that are not the first of F or of G.
    """
    columns = [Column("(Intercept)")]
    covariates = {c.name: number for number, c in enumerate(statistics.covariates)}
    for name in fixed:
        if name in covariates:
            columns.append(Column(name, covariate=covariates[name]))
            continue
        number = statistics.index(name)
        factor = statistics.factors[number]
        first = [statistics.factors[statistics.index(c)].parts[0][0] for c in factor.columns]
        for level, parts in enumerate(factor.parts):
            if not any(part == start for part, start in zip(parts, first, strict=True)):
                label = ":".join(c + p for c, p in zip(factor.columns, parts, strict=True))
                columns.append(Column(label, number, level))
    if len(columns) > MOST_COLUMNS:
        raise FairScoreError(
            f"the fixed effects have {len(columns):,} columns, and at most {MOST_COLUMNS:,} can be "
            "fitted: make the one with the most levels random",
            Obstacle.TOO_MANY_FIXED,
        )
    return Design(statistics, columns)
