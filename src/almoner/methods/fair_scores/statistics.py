"""What the fit of fair scores needs to know of ratings: counts and sums, never the ratings.

Scores are whole numbers of 1/`scale` point. Their sums are therefore exact, and the same on every
engine, in every run and for every order of the ratings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Obstacle(StrEnum):
    """Why no model can be fitted, for programs that say it in another language."""

    FAULTY = "faulty"  # the ratings cannot be read
    TOO_FEW = "too_few"
    CONSTANT = "constant"
    NO_CHANCE = "no_chance"  # the model explains every score exactly
    TOO_MANY_FIXED = "too_many_fixed"
    TOO_MANY_CROSSED = "too_many_crossed"


class FairScoreError(ValueError):
    """No model can be fitted; the message says what is in the way and what to do."""

    def __init__(self, message: str, obstacle: Obstacle = Obstacle.FAULTY) -> None:
        super().__init__(message)
        self.obstacle = obstacle


def no_chance() -> FairScoreError:
    """Why there is no fit where nothing is left of the scores that chance could have made."""
    return FairScoreError(
        "the model explains every score exactly, so there is no chance to measure: leave out the "
        "term with the most levels",
        Obstacle.NO_CHANCE,
    )


@dataclass(frozen=True)
class Factor:
    """A way to group the ratings: `name` joins its columns with a colon, as contract:year.

    `parts` holds each level's values of those columns; levels are sorted. `covariate_sums` has a
    row a level and a column a covariate, in units of 1/scale of that covariate.
    """

    name: str
    parts: tuple[tuple[str, ...], ...]
    counts: Integers
    sums: Integers
    covariate_sums: Integers

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.name.split(":"))

    @property
    def levels(self) -> tuple[str, ...]:
        """Labels of the levels: their values joined with a colon."""
        return tuple(":".join(part) for part in self.parts)


@dataclass(frozen=True)
class Covariate:
    """A column of numbers: its sum and its sum of products with the score, in scaled units."""

    name: str
    scale: int
    total: int
    with_score: int
    with_covariates: tuple[int, ...]
    """Sums of products with every covariate, itself included, in their order."""


@dataclass(frozen=True)
class Statistics:
    """Counts and sums of `n` ratings, by level of each factor and of each pair of factors.

    `pairs[i, j]` with i < j counts the ratings of every pair of levels of factors i and j.
    """

    n: int
    scale: int
    total: int
    squares: int
    factors: tuple[Factor, ...]
    pairs: Mapping[tuple[int, int], sp.csr_array]
    covariates: tuple[Covariate, ...] = ()

    def index(self, name: str) -> int:
        """The number of the factor of that name; KeyError where it was not counted."""
        for number, factor in enumerate(self.factors):
            if factor.name == name:
                return number
        raise KeyError(name)

    def crossed(self, left: int, right: int) -> sp.csr_array:
        """Ratings counted by level of one factor (rows) and of another (columns)."""
        if left == right:
            return sp.csr_array(sp.diags_array(self.factors[left].counts.astype(np.float64)))
        if left < right:
            return self.pairs[left, right]
        return sp.csr_array(self.pairs[right, left].T)

    @property
    def centre(self) -> int:
        """A whole number of units next to the mean; sums are taken from there, exactly."""
        return round(self.total / self.n)

    @property
    def centred_squares(self) -> float:
        """Sum of squares of the scores about `centre`, in points squared."""
        centre = self.centre
        exact = self.squares - 2 * centre * self.total + self.n * centre * centre
        return exact / self.scale**2

    def centred_sums(self, factor: int) -> Floats:
        """Sums of scores about `centre` by level, in points."""
        found = self.factors[factor]
        return np.asarray((found.sums - self.centre * found.counts) / self.scale, np.float64)


def nested(statistics: Statistics, inner: int, outer: int) -> bool:
    """Whether every level of one factor lies within one level of another."""
    return bool(statistics.crossed(inner, outer).nnz == len(statistics.factors[inner].parts))


def selected(statistics: Statistics, names: Sequence[str]) -> list[int]:
    """The numbers of factors by name."""
    return [statistics.index(name) for name in names]
