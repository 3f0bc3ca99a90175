"""Ratings reduced to the statistics of `almoner.methods`, by plain group-bys in an engine.

Everything here is an Ibis expression over whole numbers: DuckDB and Spark give the same statistics
to the last digit, in every run and for every order of the rows. Text labels of levels come out as
the engine writes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from almoner.methods.fair_scores import Covariate, Factor, FairScoreError, Fit, Statistics

MOST_DECIMALS = 9
WIDEST = 3_000_000_000  # the largest scaled number whose square is still a whole number of 64 bits
FINEST = 1_000_000  # units of a point in which residuals are added up
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scaled:
    """A column of whole numbers of 1/scale; `rounded` where the numbers had more decimals."""

    column: ir.IntegerColumn
    scale: int
    rounded: bool = False


def scaled(table: ir.Table, name: str) -> Scaled:
    """A column of numbers as whole numbers, with as many decimals as its numbers have, up to 9.

    Fewer where a number would be above three thousand million units; the numbers are then
    rounded. FairScoreError where the column holds no numbers, or an empty or infinite one.
    """
    column = table[name]
    if not column.type().is_numeric():
        raise FairScoreError(f"column {name} holds {column.type()}, not numbers")
    number = column.cast("float64")
    odd = number.isnull() | number.isnan() | number.isinf()
    found = _row(table.aggregate(odd=odd.sum(), widest=number.abs().max()))
    if found["odd"]:
        raise FairScoreError(f"column {name} has {found['odd']:,} empty or infinite cells")
    widest = float(found["widest"] or 0.0)
    if widest > WIDEST:
        raise FairScoreError(f"column {name} has numbers up to {widest:g}; {WIDEST:,} is the most")
    most = next(d for d in range(MOST_DECIMALS, -1, -1) if widest * 10**d <= WIDEST)
    inexact = {}
    for decimals in range(0 if column.type().is_integer() else most + 1):
        power = ibis.literal(float(10**decimals)).cast("float64")
        units = (number * power).round().cast("float64")
        inexact[f"d{decimals}"] = (units / power != number).sum()
    left = _row(table.aggregate(**inexact)) if inexact else {"d0": 0}
    wanted = next((d for d in range(most + 1) if not left[f"d{d}"]), None)
    decimals = most if wanted is None else wanted
    power = ibis.literal(float(10**decimals)).cast("float64")
    return Scaled((number * power).round().cast("int64"), 10**decimals, wanted is None)


def _row(table: ir.Table) -> dict[str, Any]:
    """The one row of a table of totals."""
    found: dict[str, Any] = table.to_pyarrow().to_pylist()[0]
    return found


def reduce_ratings(
    ratings: ir.Table,
    score: Scaled,
    terms: Sequence[str],
    covariates: Mapping[str, Scaled] | None = None,
) -> Statistics:
    """The statistics of ratings by terms, each a column or columns joined with a colon.

    FairScoreError where a cell of those columns is empty, or where there is no rating.
    """
    numbers = covariates or {}
    names = list(dict.fromkeys(terms))
    columns = sorted({column for name in names for column in name.split(":")})
    table = ratings.select(
        **{f"k{i}": ratings[column] for i, column in enumerate(columns)},
        y=score.column,
        **{f"x{i}": number.column for i, number in enumerate(numbers.values())},
    )
    sums = ["y", *(f"x{i}" for i in range(len(numbers)))]
    facts = _facts(table, columns, sums[1:])
    cells = [_cells(table, group, columns, sums) for group in _groups(names, columns)]
    levels = {column: _levels(_smallest(cells, [column]), column) for column in columns}
    for cell in cells:
        cell.codes.update({c: _codes(v, levels[c]) for c, v in cell.values.items()})
    made = [_factor(name, cells, levels) for name in names]
    keys = {name: known for name, (_, known) in zip(names, made, strict=True)}
    pairs = {
        (i, j): _pair(names[i], names[j], cells, keys, levels)
        for i, j in combinations(range(len(names)), 2)
    }
    found_covariates = tuple(
        Covariate(
            name,
            number.scale,
            int(facts[f"x{i}"]),
            int(facts[f"x{i}_y"]),
            tuple(int(facts[f"x{min(i, j)}_x{max(i, j)}"]) for j in range(len(numbers))),
        )
        for i, (name, number) in enumerate(numbers.items())
    )
    return Statistics(
        n=int(facts["n"]),
        scale=score.scale,
        total=int(facts["y"]),
        squares=int(facts["y_y"]),
        factors=tuple(factor for factor, _ in made),
        pairs=pairs,
        covariates=found_covariates,
    )


def _facts(table: ir.Table, columns: Sequence[str], numbers: Sequence[str]) -> dict[str, Any]:
    """Totals over all ratings; FairScoreError where cells are empty."""
    wanted: dict[str, ir.Scalar] = {"n": table.count(), "y": table.y.sum()}
    wanted["y_y"] = _sum_of_products(table.y, table.y)
    for place, number in enumerate(numbers):
        wanted[number] = table[number].sum()
        wanted[f"{number}_y"] = _sum_of_products(table[number], table.y)
        for other in numbers[place:]:
            wanted[f"{number}_{other}"] = _sum_of_products(table[number], table[other])
    empty = {f"empty_{i}": table[f"k{i}"].isnull().sum() for i in range(len(columns))}
    found = _row(table.aggregate(**wanted, **empty))
    if not found["n"]:
        raise FairScoreError("there are no ratings")
    for place, column in enumerate(columns):
        if found[f"empty_{place}"]:
            raise FairScoreError(f"column {column} has {found[f'empty_{place}']:,} empty cells")
    return found


def _sum_of_products(left: Any, right: Any) -> Any:
    """Exact: a product has up to 19 digits, and a sum of them up to 38."""
    return (left * right).cast("decimal(38, 0)").sum()


def _groups(terms: Sequence[str], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """The fewest sets of columns to group by, so that every pair of terms lies in one."""
    sets = {frozenset(term.split(":")) for term in terms}
    wanted = {left | right for left in sets for right in sets}
    largest = [one for one in wanted if not any(one < other for other in wanted)]
    return sorted(tuple(column for column in columns if column in one) for one in largest)


@dataclass(frozen=True)
class _Cells:
    """Ratings grouped by columns: values, counts and sums, a place a cell."""

    values: dict[str, pl.Series]
    counts: Codes
    sums: list[Codes]
    codes: dict[str, Codes]


def _cells(
    table: ir.Table, group: Sequence[str], columns: Sequence[str], sums: Sequence[str]
) -> _Cells:
    keys = {column: f"k{columns.index(column)}" for column in group}
    added = {name: table[name].sum().cast("int64") for name in sums}
    counted = table.group_by([*keys.values()]).aggregate(n=table.count().cast("int64"), **added)
    # Not by way of Arrow's own arrays of numpy, which import pandas.
    found = pl.DataFrame(counted.to_pyarrow())
    return _Cells(
        values={column: found[key] for column, key in keys.items()},
        counts=found["n"].to_numpy(),
        sums=[found[name].to_numpy() for name in sums],
        codes={},
    )


def _smallest(cells: Iterable[_Cells], wanted: Iterable[str]) -> _Cells:
    """The group with the fewest cells that has all the columns."""
    having = [cell for cell in cells if cell.values.keys() >= set(wanted)]
    return min(having, key=lambda cell: len(cell.counts))


def _levels(cell: _Cells, column: str) -> pl.Series:
    """The values of a column, sorted: as numbers where all are whole, else as text."""
    values = cell.values[column].unique()
    if values.dtype.is_integer():
        return values.sort()
    texts = values.cast(pl.String).to_list()
    whole = all(_is_whole(text) for text in texts)
    order = sorted(range(len(texts)), key=lambda i: (int(texts[i]) if whole else 0, texts[i]))
    return values.gather(order)


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 18


def _codes(values: pl.Series, levels: pl.Series) -> Codes:
    places = pl.int_range(len(levels), eager=True)
    return values.replace_strict(levels, places, return_dtype=pl.Int64).to_numpy()


def _keys(name: str, cell: _Cells, levels: Mapping[str, pl.Series]) -> Codes:
    """A number for each cell that tells its level of a term, in the order of the levels."""
    first, *others = name.split(":")
    keys = cell.codes[first]
    for column in others:
        keys = keys * len(levels[column]) + cell.codes[column]
    return keys


def _numbered(name: str, keys: Codes, known: Codes) -> Codes:
    """The numbers of the levels of a term, from their keys."""
    return keys if ":" not in name else np.searchsorted(known, keys).astype(np.int64)


def _factor(
    name: str, cells: Sequence[_Cells], levels: Mapping[str, pl.Series]
) -> tuple[Factor, Codes]:
    """A factor, and the keys of its levels."""
    columns = name.split(":")
    cell = _smallest(cells, columns)
    keys = _keys(name, cell, levels)
    known = np.unique(keys) if len(columns) > 1 else np.arange(len(levels[name]), dtype=np.int64)
    at = _numbered(name, keys, known)
    order = np.argsort(at, kind="stable")
    starts = np.searchsorted(at[order], np.arange(len(known)))
    added = [np.add.reduceat(column[order], starts) for column in (cell.counts, *cell.sums)]
    labels = []
    left = known
    for column in reversed(columns):
        left, code = np.divmod(left, len(levels[column]))
        labels.append(levels[column].gather(code).cast(pl.String).to_list())
    parts = tuple(zip(*reversed(labels), strict=True))
    others = np.column_stack([*added[2:], np.empty((len(known), 0), np.int64)])
    return Factor(name, parts, added[0], added[1], others), known


def _pair(
    left: str,
    right: str,
    cells: Sequence[_Cells],
    keys: Mapping[str, Codes],
    levels: Mapping[str, pl.Series],
) -> sp.csr_array:
    cell = _smallest(cells, [*left.split(":"), *right.split(":")])
    at = [_numbered(name, _keys(name, cell, levels), keys[name]) for name in (left, right)]
    counts = cell.counts.astype(np.float64)
    pair = sp.coo_array((counts, (at[0], at[1])), shape=(len(keys[left]), len(keys[right])))
    return sp.csr_array(pair)


def residual_squares(
    ratings: ir.Table, score: Scaled, fit: Fit, by: str
) -> dict[str, tuple[int, float]]:
    """For each level of a term, its ratings and the sum of squares of what the model leaves.

    In points squared. Worked out in the engine on whole numbers, of a millionth of a point where
    the scores are not too large for that, so that it is the same everywhere.
    """
    statistics, columns = fit.statistics, by.split(":")
    # No residual is larger than the root of all their squares, and its square fits 64 bits.
    most = 1 + sqrt(statistics.centred_squares) * score.scale
    finer = max(1, min(FINEST // score.scale, int(WIDEST / 2 / most)))
    unit = score.scale * finer
    parts, constant, slopes = _predictors(fit)
    named = {c for name in parts for c in name.split(":")} | set(columns)
    texts = {f"k_{c}": ratings[c].cast("string") for c in named}
    numbers = {f"x_{c}": ratings[c].cast("float64") for c in slopes}
    rows = ratings.select(**texts, **numbers, e_=score.column * finer - round(constant * unit))
    for name, values in parts.items():
        factor = statistics.factors[statistics.index(name)]
        keys = list(zip(*factor.parts, strict=True))
        level = {f"l_{c}": pl.Series(k) for c, k in zip(factor.columns, keys, strict=True)}
        level["v_"] = pl.Series(np.rint(values * unit).astype(np.int64))
        effects = ibis.memtable(pl.DataFrame(level))
        same = [rows[f"k_{c}"] == effects[f"l_{c}"] for c in factor.columns]
        rows = rows.inner_join(effects, same).mutate(e_=ibis._.e_ - ibis._.v_)
        rows = rows.drop("v_", *(f"l_{c}" for c in factor.columns))
    for name, slope in slopes.items():
        step = (rows[f"x_{name}"] * ibis.literal(slope * unit).cast("float64")).round()
        rows = rows.mutate(e_=rows.e_ - step.cast("int64"))
    found = rows.group_by([f"k_{c}" for c in columns]).aggregate(
        n_=rows.count().cast("int64"), s_=_sum_of_products(rows.e_, rows.e_)
    )
    cells = found.to_pyarrow().to_pylist()
    labelled = {":".join(str(r[f"k_{c}"]) for c in columns): r for r in cells}
    return {
        name: (int(row["n_"]), int(row["s_"]) / unit**2) for name, row in sorted(labelled.items())
    }


def _predictors(fit: Fit) -> tuple[dict[str, Floats], float, dict[str, float]]:
    """What the model predicts: a number a level of each factor, a constant, slopes."""
    statistics = fit.statistics
    parts = {name: effects.values.copy() for name, effects in fit.effects.items()}
    constant, slopes = 0.0, {}
    for column, estimate in zip(fit.columns, fit.fixed.values(), strict=True):
        if column.factor is not None:
            factor = statistics.factors[column.factor]
            values = parts.setdefault(factor.name, np.zeros(len(factor.parts)))
            values[column.level] += estimate.value
        elif column.covariate is not None:
            slopes[column.name] = estimate.value
        else:
            constant = estimate.value
    return parts, constant, slopes
