"""Findings on payment: late, more than agreed, before acceptance."""

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import few, whole
from almoner.findings.stages.preparation import with_agreed_amount


@finding("M01")
def paid_late(city: City) -> ir.Table:
    """Instalments paid after their due day, or not paid when it has passed."""
    due = _instalments(city)
    late = ibis.coalesce(due.paid_on, city.today) - due.due_on
    return due.filter(late > 0).select(
        "id",
        "due_on",
        "paid_on",
        "delay_cause",
        value=late.cast("float64"),
        variant=ibis.ifelse(due.paid_on.isnull(), "unpaid", ibis.null("string")),
    )


@finding("M02")
def overpaid(city: City) -> ir.Table:
    """Contracts on which more was paid than they cost with the changes agreed on."""
    agreed, paid = with_agreed_amount(city), _instalments(city)
    known = paid.filter(paid.paid_fen.notnull())
    sums = known.group_by(contract=known.contract_id).aggregate(
        paid=whole(known.paid_fen).sum(), row_instalments=few(known.id)
    )
    both = agreed.join(sums, agreed.id == sums.contract)
    over = both.paid - both.agreed
    columns = ("id", "agreed", "paid", "row_instalments", "row_contract_changes")
    return both.filter(over > 0).select(*columns, value=over.cast("float64"))


@finding("M03")
def paid_before_acceptance(city: City) -> ir.Table:
    """Instalments paid on a day before acceptance, or without any."""
    paid = _instalments(city)
    early = (paid.paid_on < paid.accepted_on).fill_null(False)
    unaccepted = paid.paid_on.notnull() & paid.accepted_on.isnull()
    return paid.filter(early | unaccepted).select(
        "id",
        "paid_on",
        "accepted_on",
        variant=ibis.ifelse(unaccepted, "never", ibis.null("string")),
    )


def _instalments(city: City) -> ir.Table:
    due = city["instalments"]
    return due.mutate(id=due.contract_id + "/" + due.seq.cast("string"))
