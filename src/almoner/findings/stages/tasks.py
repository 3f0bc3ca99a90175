"""Findings on work asked for outside the agreed tasks."""

import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import above, few, ratio, with_working_days


@finding("O01")
def unpaid_extra_work(city: City) -> ir.Table:
    """Contracts whose imposed extra work is too large a share of their agreed hours."""
    limit = city.limit("O01", "share")
    terms, asked = city["contract_terms"], city["task_requests"]
    agreed = terms.group_by("contract_id").aggregate(agreed=terms.hours.sum())
    forced = asked.filter(asked.ruling == "imposed", asked.hours.notnull())
    imposed = forced.group_by(of_contract=forced.contract_id).aggregate(
        imposed=forced.hours.sum(), row_task_requests=few(forced.id)
    )
    contracts = city["contracts"].select("id")
    asked_of = contracts.join(imposed, contracts.id == imposed.of_contract)
    both = asked_of.join(agreed, asked_of.id == agreed.contract_id)
    found = both.filter(both.agreed > 0, above(both.imposed, both.agreed, limit))
    columns = ("id", "imposed", "agreed", "row_task_requests")
    return found.select(*columns, value=ratio(found.imposed, found.agreed), limit=float(limit))


@finding("O02")
def unruled(city: City) -> ir.Table:
    """Requests that have waited for a ruling for more working days than they may."""
    limit = city.limit("O02", "working_days")
    asked = city["task_requests"]
    waiting = asked.filter(asked.ruling == "open").mutate(as_of=city.today)
    counted = with_working_days(city, waiting, "requested_on", "as_of")
    return counted.filter(above(counted.working_days, 1, limit)).select(
        "id",
        "requested_on",
        "estimated",
        row_contracts=counted.contract_id,
        value=counted.working_days.cast("float64"),
        limit=float(limit),
    )
