"""Dates with time and time zone as instants."""

from datetime import datetime

import polars as pl

USUAL = "%Y-%m-%dT%H:%M:%SZ"


def instants(texts: pl.Series) -> pl.Series:
    """The instants of dates with time and time zone (RFC 3339), in UTC; null where one is none."""
    usual = texts.str.to_datetime(USUAL, time_unit="us", time_zone="UTC", strict=False, cache=False)
    others = texts.filter(usual.is_null()).drop_nulls().unique()
    if others.is_empty():
        return usual
    read = pl.Series([instant(text) for text in others], dtype=usual.dtype)
    return usual.fill_null(texts.replace_strict(others, read, default=None))


def instant(text: str) -> datetime | None:
    """The instant of a date with time and time zone, else None."""
    if len(text) < 20 or text[4] != "-" or text[7] != "-" or text[13] != ":":
        return None
    try:
        moment = datetime.fromisoformat(text.upper())  # RFC 3339 allows t and z
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
