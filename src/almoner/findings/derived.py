"""The two tables that are derived for the rules: the calendar, and the lineage of areas."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import polars as pl

from almoner.citypackage.cells import YEARS
from almoner.rules.calendar import is_working_day, statutory


@cache
def calendar() -> pl.DataFrame:
    """Every day that a package may bear, as city.py describes the table `calendar`.

    Its counts differ between two days by what rules.calendar.working_days_between gives.
    """
    first, last = date(YEARS[0], 1, 1), date(YEARS[1], 12, 31)
    date_of = pl.col("date")
    days = pl.select(date=pl.date_range(first, last)).with_columns(
        day=date_of.cast(pl.Int32).cast(pl.Int64),
        text=date_of.dt.to_string("%Y-%m-%d"),
        month=date_of.dt.to_string("%Y-%m"),
        year=date_of.dt.year().cast(pl.Int64),
        worked=date_of.dt.weekday() <= 5,
    )
    known = days.get_column("year").is_in(list(statutory().known_years))
    published = sorted(statutory().published)
    worked = days.get_column("worked").scatter(
        [(day - first).days for day in published], [is_working_day(day) for day in published]
    )
    start = (date(1970, 1, 1) - first).days
    counts = {"workdays": worked, "estimated": ~known}
    return days.select("day", "text", "month", "year").with_columns(
        (marked.cum_sum().cast(pl.Int64) - marked.cum_sum()[start]).alias(name)
        for name, marked in counts.items()
    )


def lineage(areas: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Each area with itself and each of its ancestors, as city.py describes `lineage`."""
    by_code = {area["code"]: area for area in areas}
    rows = []
    for code in by_code:
        above: object = code
        seen: list[object] = []
        while above in by_code and above not in seen:
            rows.append((code, above, by_code[above]["level"], len(seen)))
            seen.append(above)
            above = by_code[above]["parent_code"]
    texts = dict.fromkeys(("area_code", "ancestor", "level"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "distance": pl.Int64}, orient="row")
