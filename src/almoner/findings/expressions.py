"""Expressions that rules are put together from."""

from fractions import Fraction

import ibis
import ibis.expr.types as ir

from almoner.findings.city import MICROSECONDS_A_DAY, SHANGHAI_AHEAD, City

ROWS = 100  # of one table that a finding names; the rest is only counted


def day_of(instant: ir.IntegerValue) -> ir.IntegerValue:
    """The day in Asia/Shanghai of an instant."""
    return ((instant + SHANGHAI_AHEAD) // MICROSECONDS_A_DAY).cast("int64")


def midnight(day: ir.IntegerValue) -> ir.IntegerValue:
    """The instant at which a day begins in Shanghai."""
    return day * MICROSECONDS_A_DAY - SHANGHAI_AHEAD


def contract_month(month: ir.StringValue, contract: ir.StringValue) -> ir.StringValue:
    """A contract's month as one text ("2026-03/C-1"): grouped in less time than two columns."""
    return month + "/" + contract


def month_and_contract(joined: ir.StringValue) -> tuple[ir.StringValue, ir.StringValue]:
    """The month and the contract's id of a `contract_month`."""
    after = len("YYYY-MM")
    return joined.left(after), joined.substr(after + 1)


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
