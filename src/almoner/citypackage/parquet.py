"""Service records in Parquet: the same columns, instants as UTC timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from almoner.citypackage import vector
from almoner.citypackage.faults import Unreadable
from almoner.citypackage.schema import Column

BATCH = 200_000  # rows

_FRACTION_DIGITS = {"ms": 3, "us": 6, "ns": 9}
_STRINGS = (pl.String, pl.Categorical, pl.Enum)


def schema(path: Path) -> dict[str, pl.DataType]:
    """Columns of the file; raises Unreadable."""
    try:
        return dict(pl.scan_parquet(path, glob=False).collect_schema())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise Unreadable(
            "bad_parquet", f"a readable Parquet file ({_first_line(error)})"
        ) from error


def batches(path: Path, columns: list[Column]) -> Iterator[pl.DataFrame]:
    """Those columns in batches of rows; raises Unreadable."""
    lazy = pl.scan_parquet(path, glob=False).select(column.name for column in columns)
    try:
        for frame in lazy.collect_batches(chunk_size=BATCH, maintain_order=True):
            yield frame.select(_stored(column, frame[column.name]) for column in columns)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise Unreadable(
            "bad_parquet", f"a readable Parquet file ({_first_line(error)})"
        ) from error


def dtype_fault(column: Column, dtype: pl.DataType) -> str | None:
    """What was expected of a column that holds another type; None where the cast is lossless."""
    if dtype == pl.Null:
        return None
    if column.type == "integer":
        return None if dtype.is_integer() else "integers"
    if column.type == "datetime":
        zoned = isinstance(dtype, pl.Datetime) and dtype.time_zone
        return None if zoned else "timestamps in UTC (with their zone)"
    return None if isinstance(dtype, _STRINGS) else "text"


def decode(column: Column, stored: pl.Series) -> pl.Series:
    """Typed values of a stored column; null where empty or not seen to be lawful."""
    if column.type == "datetime":
        known = vector.in_years(stored)  # first, because polars cannot cast every integer
        micros = known.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
        return vector.constrain(column, vector.where(_whole_micros(stored), micros))
    if column.type == "integer":
        return vector.constrain(column, stored.cast(pl.Int64, strict=False))
    return vector.decode(column, stored)


def text(column: Column, stored: pl.Series) -> pl.Series:
    """Stored cells as a CSV file would write them."""
    if column.type == "datetime":
        return pl.Series(list(_instants(stored)), dtype=pl.String)
    return stored.cast(pl.String)


def _stored(column: Column, cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Null:
        return cells.cast(column.dtype)
    return cells.cast(pl.String).replace("", None) if column.type == "string" else cells


def _instants(stored: pl.Series) -> Iterator[str]:
    """Each instant in UTC; beyond the years 1 to 9999 as the number that is stored."""
    unit = stored.dtype.time_unit  # type: ignore[attr-defined]
    digits = _FRACTION_DIGITS[unit]
    for count in stored.to_physical():
        seconds, rest = divmod(count, 10**digits)
        try:
            whole = (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat()  # noqa: DTZ001
        except OverflowError:
            yield f"{count} {unit} after 1970-01-01T00:00:00+00:00"
        else:
            yield whole + f".{rest:0{digits}}".rstrip(".0") + "+00:00"


def _whole_micros(stored: pl.Series) -> pl.Series:
    if isinstance(stored.dtype, pl.Datetime) and stored.dtype.time_unit == "ns":
        return stored.to_physical() % 1000 == 0
    return stored.is_not_null()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
