"""The law of ``cells`` for whole columns at once.

``decode`` may leave a lawful cell to ``cells.parse`` (as null), but never accepts an unlawful
one nor gives another value; a property test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from almoner.citypackage import cells
from almoner.citypackage.schema import Column

# The bounds of cells.YEARS, counted from 1970 as polars does.
_DAYS = [(instant.date() - date(1970, 1, 1)).days for instant in cells.INSTANTS]
_SECONDS = [int(instant.timestamp()) for instant in cells.INSTANTS]
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def decode(column: Column, text: pl.Series) -> pl.Series:
    """Typed values of a text column; null where the cell is empty or not seen to be lawful."""
    return constrain(column, _DECODERS[column.type](text))


def constrain(column: Column, values: pl.Series) -> pl.Series:
    """Typed values, null where one breaks a constraint of its column."""
    if column.enum:
        return where(values.is_in(list(column.enum)), values)
    if column.type == "string":
        values = where(~values.str.contains(cells.CONTROL), values)
        if (values.str.len_bytes().max() or 0) > column.max_length:  # type: ignore[operator]
            values = where(values.str.len_chars() <= column.max_length, values)
    if column.pattern:
        values = where(values.str.contains(f"^(?:{column.pattern})$"), values)
    if column.type == "integer":
        values = where(values.is_between(-column.largest, column.largest), values)
    if column.minimum is not None:
        values = where(_at_least(column.minimum, values), values)
    for law in _laws(column):
        lawful = [value for value in values.unique() if value is not None and law(value)]
        values = where(values.is_in(lawful), values)
    return in_years(values) if column.type in ("date", "datetime") else values


def canonical_numbers(numbers: pl.Series) -> pl.Series:
    """Plain decimals in canonical form, as ``cells.plain_number`` writes them."""
    shorter = numbers.str.replace(r"^(-?)0+([0-9])", "$1$2")
    has_point = shorter.str.contains(".", literal=True)
    if has_point.any():
        trimmed = shorter.str.strip_chars_end("0").str.strip_chars_end(".")
        shorter = trimmed.zip_with(has_point.fill_null(False), shorter)
    return shorter.replace("-0", "0")


def where(good: pl.Series, values: pl.Series) -> pl.Series:
    """Values that are good, and null for the others."""
    if good.all(ignore_nulls=True):
        return values
    return values.zip_with(good.fill_null(False), pl.Series([None], dtype=values.dtype))


def in_years(values: pl.Series) -> pl.Series:
    """Dates or instants, null where their year is none that a date may bear.

    Compared as stored: an integer can name an instant beyond every calendar.
    """
    if isinstance(values.dtype, pl.Datetime):
        first, end = (second * _PER_SECOND[values.dtype.time_unit] for second in _SECONDS)
    else:
        first, end = _DAYS
    return where(values.to_physical().is_between(first, end, closed="left"), values)


def _at_least(minimum: int, values: pl.Series) -> pl.Series:
    if values.dtype == pl.String:  # a canonical number; every minimum of the schema is 0
        return ~values.str.starts_with("-")
    return values >= minimum


def _laws(column: Column) -> list[Callable[[str], bool]]:
    laws: list[Callable[[str], bool]] = []
    if column.name == "month":
        laws.append(cells.is_month)
    if column.name == "kinds":
        laws.append(cells.is_kinds)
    if column.is_uscc:
        laws.append(cells.is_uscc)
    return laws


def _strings(text: pl.Series) -> pl.Series:
    return text


def _integers(text: pl.Series) -> pl.Series:
    # Eighteen digits always fit; longer ones, and zeros before them, are for cells.parse.
    return where(text.str.contains("^-?[0-9]{1,18}$"), text).cast(pl.Int64, strict=False)


def _numbers(text: pl.Series) -> pl.Series:
    plain = where(text.str.contains(r"^-?[0-9]{1,20}(\.[0-9]{1,20})?$"), text)
    return canonical_numbers(plain)


def _booleans(text: pl.Series) -> pl.Series:
    return where(text.is_in(["true", "false"]), text) == "true"


def _dates(text: pl.Series) -> pl.Series:
    form = text.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return where(form, text).str.to_date("%Y-%m-%d", strict=False)


def _datetimes(text: pl.Series) -> pl.Series:
    form = text.str.contains(rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{cells.CLOCK}{cells.OFFSET}$")
    text = where(form, text)
    is_utc = text.str.ends_with("Z").fill_null(False)
    if is_utc.any():
        text = (text.str.head(-1) + "+00:00").zip_with(is_utc, text)
    local, offset = text.str.head(-6), text.str.tail(6)
    clock = local.str.slice(0, 19)
    no_seconds = (clock.str.len_bytes() == 16).fill_null(False)
    if no_seconds.any():
        clock = (clock + ":00").zip_with(no_seconds, clock)
    instant = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    if (local.str.len_bytes().max() or 0) > 19:  # type: ignore[operator]
        fraction = local.str.slice(20).str.pad_end(6, "0").cast(pl.Int64, strict=False)
        instant = instant + fraction.cast(pl.Duration("us"))
    return (instant - _ahead(offset)).dt.replace_time_zone("UTC")


def _ahead(offset: pl.Series) -> pl.Series:
    """±HH:MM as a duration, one computation for each offset that occurs."""
    ahead = {
        text: (1 if text[0] == "+" else -1) * (int(text[1:3]) * 60 + int(text[4:6])) * 60_000_000
        for text in offset.unique()
        if text is not None
    }
    micros = offset.replace_strict(ahead, return_dtype=pl.Int64) if ahead else offset.cast(pl.Int64)
    return micros.cast(pl.Duration("us"))


_DECODERS: dict[str, Callable[[pl.Series], pl.Series]] = {
    "string": _strings,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "date": _dates,
    "datetime": _datetimes,
}
