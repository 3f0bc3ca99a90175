"""A city's tables as an engine holds them, and what every rule may ask of them.

Columns come in few types, the same in every engine, so that all comparisons are exact:
- text as string, flags as boolean, whole numbers as int64, other numbers as decimal(24, 9);
- a day as int64: days since 1970-01-01, so that days between two are their difference;
- an instant as int64: microseconds since 1970-01-01T00:00Z; `day_of` gives its day in Shanghai.
Three tables are derived: `calendar` (`day`, `text` YYYY-MM-DD, `month` YYYY-MM, `year`, `workdays`
= working days since 1970-01-01 up to and including that day; `estimated` = days since then that lie
in a year without a published calendar), `lineage` (`area_code`, `ancestor`, `level` of the
ancestor, `distance` 0 for the area itself) and `records_by_month` (the service records, each with
the `month` of its day).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import ibis
import ibis.expr.types as ir

from almoner.findings.days import day_number
from almoner.rules.packs import Pack

MICROSECONDS_A_DAY = 86_400_000_000
ROWS = 100  # of one table that a finding names; the rest is only counted
SHANGHAI_AHEAD = 8 * 3_600_000_000  # at all times since 15 September 1991

# Takes an expression, or the SQL of one that `City.written` gave.
Fetch = Callable[[ir.Table | str], list[dict[str, object]]]


@dataclass(frozen=True)
class City:
    """What a rule is computed from.

    `fetch` gives the rows of a small expression; `fetch_by_month` those of one whose rows about a
    month follow from the service records and the days of that month; what `fetch_of` gives fetches
    as if some files of service records were all, until others are chosen; `hold` gives a table of
    the rows of one that is asked for again and again, for as long as its context lasts. `written`
    gives the SQL of an expression, which may be fetched in its place, later and elsewhere too if it
    holds no rows of its own.
    """

    as_of: date
    tables: Mapping[str, ir.Table]
    pack: Pack
    fetch: Fetch
    fetch_by_month: Fetch
    fetch_of: Callable[[Sequence[Path]], Fetch]
    hold: Callable[[ir.Table], AbstractContextManager[ir.Table]]
    written: Callable[[ir.Table], str]

    def __getitem__(self, table: str) -> ir.Table:
        return self.tables[table]

    @property
    def today(self) -> int:
        """The as-of day as the tables hold days."""
        return day_number(self.as_of)

    def limit(self, code: str, name: str) -> Fraction:
        """A limit in force on the as-of day."""
        return self.pack.limit(f"{code}.{name}", self.as_of).value


def day_of(instant: ir.IntegerValue) -> ir.IntegerValue:
    """The day in Asia/Shanghai of an instant."""
    return ((instant + SHANGHAI_AHEAD) // MICROSECONDS_A_DAY).cast("int64")


def midnight(day: ir.IntegerValue) -> ir.IntegerValue:
    """The instant at which a day begins in Shanghai."""
    return day * MICROSECONDS_A_DAY - SHANGHAI_AHEAD


def with_month(records: ir.Table, calendar: ir.Table) -> ir.Table:
    """The records with the `month` of their day: what `records_by_month` holds."""
    days = calendar.select("month", day_="day")
    return records.inner_join(days, day_of(records.started_at) == days.day_).drop("day_")


def nearest_district(lineage: ir.Table) -> ir.Table:
    """`area_code` and its `district`: itself or the nearest ancestor of level district.

    Areas that neither are nor lie in a district are not among them; districts may lie in districts.
    """
    above = lineage.filter(lineage.level == "district")
    nearest = ibis.window(group_by="area_code", order_by="distance")
    above = above.mutate(place=ibis.row_number().over(nearest))
    return above.filter(above.place == 0).select("area_code", district="ancestor")


def actual_end(contracts: ir.Table) -> ir.IntegerValue:
    """The actual end of a contract: ended_on, else ends_on."""
    return ibis.coalesce(contracts.ended_on, contracts.ends_on)


def whole(value: ir.NumericValue) -> ir.DecimalValue:
    """An integer that may be multiplied and summed without overflow."""
    return value.cast("decimal(28, 0)")


def above(value: ir.NumericValue, base: ir.NumericValue, share: Fraction) -> ir.BooleanValue:
    """Whether value > share x base, exactly."""
    return value * share.denominator > base * share.numerator


def below(value: ir.NumericValue, base: ir.NumericValue, share: Fraction) -> ir.BooleanValue:
    """Whether value < share x base, exactly."""
    return value * share.denominator < base * share.numerator


def ratio(value: ir.NumericValue, base: ir.NumericValue) -> ir.FloatingValue:
    """A quotient to be shown, never compared."""
    return value.cast("float64") / base.cast("float64")


def with_working_days(city: City, table: ir.Table, after: str, up_to: str) -> ir.Table:
    """The rows whose two days are known, with `working_days` after the one and up to the other.

    `estimated` says that they rest on a year without a published calendar: keep it among the
    rule's columns, and the sentence says so. A negative span counts 0.
    """
    days = city["calendar"]
    begin = days.select(begin_day=days.day, begun=days.workdays, begin_guess=days.estimated)
    end = days.select(end_day=days.day, ended=days.workdays, end_guess=days.estimated)
    joined = table.join(begin, table[after] == begin.begin_day)
    spans = joined.join(end, joined[up_to] == end.end_day)
    counted = spans.mutate(
        working_days=ibis.greatest(spans.ended - spans.begun, 0),
        estimated=(spans.end_guess > spans.begin_guess) & (spans.end_day > spans.begin_day),
    )
    return counted.drop(*begin.columns, *end.columns)


def few(ids: ir.StringValue) -> ir.ArrayValue:
    """The hundred smallest of a group's ids, each once: rows for `row_<table>`."""
    return ids.collect(distinct=True).sort()[:ROWS]
