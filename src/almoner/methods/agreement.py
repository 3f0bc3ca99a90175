"""How far judges agree, from counts: Krippendorff's alpha, and intraclass correlations."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.special import fdtri

from almoner.methods.fair_scores.statistics import Statistics

Floats = npt.NDArray[np.float64]
MOST_VALUES = 20_000


class AgreementError(ValueError):
    """Agreement is not defined here; the message says why."""


class Level(StrEnum):
    """What differences between values mean."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def alpha(counts: sp.csr_array, values: Floats, level: Level) -> float:
    """Krippendorff's alpha: 1 is agreement, 0 what chance gives.

    `counts` has how often each unit (row) was given each value (column); `values` are the values,
    in ascending order (of a nominal scale, any numbers). Units judged once say nothing and take no
    part. AgreementError where no unit was judged twice, where all values are the same, or for
    values below 0 on a ratio scale. Source: Krippendorff, Content Analysis (2004), ch. 11.
    """
    judged = np.asarray(counts.sum(1)).ravel()
    paired = sp.csr_array(counts[judged >= 2])
    if not paired.shape[0]:
        raise AgreementError("no unit was judged twice: there is nothing to compare")
    per_unit = np.asarray(paired.sum(1), np.float64).ravel()
    per_value = np.asarray(paired.sum(0), np.float64).ravel()
    if np.count_nonzero(per_value) == 1:
        raise AgreementError("every value is the same: agreement is not defined")
    if level is Level.NOMINAL:
        within = per_unit - np.asarray(paired.power(2).sum(1)).ravel() / per_unit
        total = float(np.sum(per_value))
        between = total - float(np.sum(per_value**2)) / total
        return _one_less(within, between, per_unit)
    if level is Level.RATIO:
        return _ratio(paired, values, per_unit, per_value)
    if level is Level.ORDINAL:
        values = np.cumsum(per_value) - per_value / 2.0
    values = values - np.average(values, weights=per_value)
    within = paired @ values**2 - (paired @ values) ** 2 / per_unit
    between = float(per_value @ values**2)
    return _one_less(within, between, per_unit)


def _one_less(within: Floats, between: float, per_unit: Floats) -> float:
    """From sums of squares about the mean of each unit, and about the mean of all values."""
    observed = float((within * per_unit / (per_unit - 1.0)).sum()) / float(per_unit.sum())
    expected = between / (float(per_unit.sum()) - 1.0)
    return 1.0 - observed / expected


def _ratio(paired: sp.csr_array, values: Floats, per_unit: Floats, per_value: Floats) -> float:
    """Differences are relative to the sum of two values, so every pair of values is looked at."""
    if np.min(values) < 0:
        raise AgreementError("a ratio scale has no values below 0")
    if len(values) > MOST_VALUES:
        raise AgreementError(
            f"{len(values):,} different values are too many for a ratio scale; {MOST_VALUES:,} "
            "is the most: round them"
        )
    weighted = sp.diags_array(1.0 / (per_unit - 1.0)) @ paired
    together = sp.csr_array(paired.T @ weighted)
    observed = expected = 0.0
    for place, value in enumerate(values):
        total = value + values
        relative = np.divide(value - values, total, out=np.zeros_like(values), where=total > 0) ** 2
        row = slice(together.indptr[place], together.indptr[place + 1])
        observed += float(together.data[row] @ relative[together.indices[row]])
        expected += float(per_value[place] * (per_value @ relative))
    return 1.0 - observed / (expected / (float(per_unit.sum()) - 1.0))


@dataclass(frozen=True)
class Intraclass:
    """An intraclass correlation and its interval."""

    value: float
    low: float
    high: float


def intraclass(
    statistics: Statistics, unit: str, rater: str, confidence: float = 0.95
) -> dict[str, Intraclass]:
    """The six coefficients of Shrout and Fleiss, under the names of McGraw and Wong.

    ICC(1,1) and ICC(1,k): raters differ from unit to unit; ICC(A,1) and ICC(A,k): the same raters,
    who must agree; ICC(C,1) and ICC(C,k): the same raters, who must only rank alike. A,1 is Shrout
    and Fleiss's ICC(2,1) and C,1 their ICC(3,1); k means the mean of the k raters. AgreementError
    unless every rater judged every unit once. Sources: Shrout, Fleiss 1979, Psychol. Bull. 86:420;
    McGraw, Wong 1996, Psychol. Methods 1:30 (intervals).
    """
    squares = _mean_squares(statistics, unit, rater)
    n, k, rows = squares.units, squares.raters, squares.between_units
    tail = (1.0 - confidence) / 2.0
    singles = {
        "1": _relative(k, rows, squares.within_units, n - 1, n * (k - 1), tail),
        "A": _absolute(squares, tail),
        "C": _relative(k, rows, squares.error, n - 1, (n - 1) * (k - 1), tail),
    }
    found = {}
    for name, one in singles.items():
        found[f"ICC({name},1)"] = one
        found[f"ICC({name},k)"] = Intraclass(
            *(k * v / (1 + (k - 1) * v) for v in (one.value, one.low, one.high))
        )
    return found


@dataclass(frozen=True)
class _MeanSquares:
    units: int
    raters: int
    between_units: float
    between_raters: float
    within_units: float
    error: float


def _mean_squares(statistics: Statistics, unit: str, rater: str) -> _MeanSquares:
    numbers = statistics.index(unit), statistics.index(rater)
    n, k = (len(statistics.factors[number].parts) for number in numbers)
    if n < 2 or k < 2:
        raise AgreementError(f"{n} units and {k} raters are too few: two of each are the least")
    crossed = statistics.crossed(*numbers)
    if statistics.n != n * k or crossed.nnz != n * k:
        raise AgreementError(
            f"not every rater judged every unit once: {statistics.n:,} scores of {n:,} units by "
            f"{k:,} raters"
        )
    base = (statistics.total - statistics.n * statistics.centre) ** 2 / statistics.n
    base /= statistics.scale**2
    total = statistics.centred_squares - base
    rows, columns = (
        float((statistics.centred_sums(number) ** 2).sum()) / size - base
        for number, size in zip(numbers, (k, n), strict=True)
    )
    rows, columns = (v if v > 1e-12 * total else 0.0 for v in (rows, columns))
    left = total - rows - columns
    error = left / ((n - 1) * (k - 1)) if left > 1e-12 * total else 0.0
    within = (total - rows) / (n * (k - 1))
    if rows == 0.0:
        raise AgreementError("every unit has the same mean: there is nothing to agree on")
    return _MeanSquares(n, k, rows / (n - 1), columns / (k - 1), max(within, 0.0), error)


def _relative(k: int, rows: float, error: float, df: int, df_error: int, tail: float) -> Intraclass:
    """The correlation from a ratio of mean squares, and from the limits of that ratio."""
    low = rows / float(fdtri(df, df_error, 1 - tail))
    high = rows * float(fdtri(df_error, df, 1 - tail))
    return Intraclass(*((r - error) / (r + (k - 1) * error) for r in (rows, low, high)))


def _absolute(squares: _MeanSquares, tail: float) -> Intraclass:
    """ICC(A,1), its interval by Satterthwaite's degrees of freedom."""
    n, k = squares.units, squares.raters
    rows, columns, error = squares.between_units, squares.between_raters, squares.error
    value = (rows - error) / (rows + (k - 1) * error + k / n * (columns - error))
    if columns == error == 0.0:
        return Intraclass(1.0, 1.0, 1.0)
    a = k * value / (n * (1 - value)) * columns
    b = (1 + k * value * (n - 1) / (n * (1 - value))) * error
    freedom = (a + b) ** 2 / (a**2 / (k - 1) + b**2 / ((n - 1) * (k - 1)))
    below = float(fdtri(n - 1, freedom, 1 - tail))
    above = float(fdtri(freedom, n - 1, 1 - tail))
    noise = k * columns + (k * n - k - n) * error
    low = n * (rows - below * error) / (below * noise + n * rows)
    high = n * (above * rows - error) / (noise + n * above * rows)
    return Intraclass(value, low, high)
