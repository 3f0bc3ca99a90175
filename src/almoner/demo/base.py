"""Ground of the demonstration city: seeded chance, working days, typed frames."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any, Literal

import polars as pl

from almoner.citypackage.schema import SCHEMA
from almoner.rules.calendar import add_working_days, is_working_day

Scale = Literal["district", "city"]
Row = dict[str, Any]

AS_OF = date(2026, 6, 30)
CHINA = timezone(timedelta(hours=8))
YUAN = 100  # fen

Rng = Random


def rng(seed: int, *key: object) -> Rng:
    """Chance of its own for every subject, so that one story changed leaves the others alone.

    Seeded with text, whose meaning the standard library keeps from version to version.
    """
    return Random("/".join(map(str, (seed, *key))))  # noqa: S311 - invents data, guards nothing


@cache
def working(day: date) -> bool:
    """Whether the day is a working day of the State Council's calendar."""
    return is_working_day(day)


def on_or_before(day: date) -> date:
    """The last working day up to the day itself."""
    while not working(day):
        day -= timedelta(days=1)
    return day


def on_or_after(day: date) -> date:
    """The first working day from the day itself on."""
    while not working(day):
        day += timedelta(days=1)
    return day


def working_days_later(day: date, days: int) -> date:
    """The day that is so many working days after `day`."""
    return add_working_days(day, days).day


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """The instant of a time of day in China."""
    return datetime.combine(day, time(hour, minute), CHINA).astimezone(UTC)


def plain(value: Decimal | float) -> str:
    """A number as canonical plain decimal text: 268.8, 1008, 0.5."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def weighted(chance: Rng, choices: Mapping[Any, int]) -> Any:
    """One of the choices, each as likely as its weight."""
    return chance.choices(list(choices), list(choices.values()))[0]


def frame(table: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows of a table as a typed frame with every column of the schema; what a row lacks is empty.

    Raises ValueError where a row has a column that the schema has not.
    """
    data = list(rows)
    columns = {column.name: column.dtype for column in SCHEMA.tables[table].columns}
    unknown = {name for row in data for name in row} - set(columns)
    if unknown:
        raise ValueError(f"{table}: no such column: {', '.join(sorted(unknown))}")
    return pl.DataFrame({name: [row.get(name) for row in data] for name in columns}, schema=columns)
