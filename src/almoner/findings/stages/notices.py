"""Findings on public notices: the intention before a purchase, the acceptance after it."""

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import above, actual_end, below, day_of


@finding("N01")
def no_acceptance_notice(city: City) -> ir.Table:
    """Completed public services that ended without a notice of acceptance in time."""
    limit = city.limit("N01", "days")
    contracts, items, notices = city["contracts"], city["service_items"], city["notices"]
    public = items.filter(items.kind == "public_service").select(row_service_items="code")
    accepted = notices.filter(notices.kind == "acceptance_result").select("subject_id").distinct()
    done = contracts.filter(contracts.end_kind == "completed")
    silent = done.anti_join(accepted, done.id == accepted.subject_id)
    both = silent.join(public, silent.service_item == public.row_service_items)
    ended = both.mutate(end=actual_end(both), days=city.today - actual_end(both))
    return ended.filter(above(ended.days, 1, limit)).select(
        "id", "end", "row_service_items", value=ended.days.cast("float64"), limit=float(limit)
    )


@finding("N02")
def intention_not_announced(city: City) -> ir.Table:
    """Tenders published without their intention, or too soon after it."""
    limit = city.limit("N02", "days")
    tenders = city["tenders"]
    announced = tenders.intention_published_on
    dated = tenders.mutate(day=day_of(tenders.published_at))
    days = dated.day - announced
    return dated.filter(announced.isnull() | below(days, 1, limit)).select(
        "id",
        "day",
        announced=announced,
        later=-days,
        value=days.cast("float64"),
        limit=float(limit),
        variant=ibis.cases(
            (announced.isnull(), "never"), (days < 0, "later"), else_=ibis.null("string")
        ),
    )
