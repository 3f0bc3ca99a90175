"""Findings of preparation: the directory, the budget, the market, the users."""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import actual_end, below, day_of, few, whole


@finding("P01")
def outside_directory(city: City) -> ir.Table:
    """Tenders of a service that the directory lacks, or lacked on the day of the notice."""
    tenders, items = city["tenders"], city["service_items"]
    both = tenders.left_join(items, tenders.service_item == items.code)
    dated = both.mutate(day=day_of(both.published_at))
    early, late = dated.day < dated.valid_from, dated.day > dated.valid_to
    outside = dated.code.isnull() | early.fill_null(False) | late.fill_null(False)
    return dated.filter(outside).select(
        *("id", "service_item", "day", "valid_from", "valid_to"),
        row_service_items=dated.code,
        variant=ibis.cases((early, "early"), (late, "late"), else_=ibis.null("string")),
    )


@finding("P02")
def not_covered(city: City) -> ir.Table:
    """Contracts for which less is committed than they cost with the changes agreed on."""
    agreed = with_agreed_amount(city)
    made = city["commitments"]
    ids = made.contract_id + "/" + made.appropriation_id
    sums = made.group_by(contract=made.contract_id).aggregate(
        sum=whole(made.amount_fen).sum(), row_commitments=few(ids)
    )
    both = agreed.left_join(sums, agreed.id == sums.contract)
    counted = both.mutate(committed=both["sum"].fill_null(0))
    short = counted.agreed - counted.committed
    return counted.filter(short > 0).select(
        "id",
        "agreed",
        "committed",
        "row_commitments",
        "row_contract_changes",
        value=short.cast("float64"),
    )


def with_agreed_amount(city: City) -> ir.Table:
    """Contracts with `agreed`: their amount with the changes of it that the provider agreed to."""
    changes = city["contract_changes"]
    meant = changes.filter(
        changes.kind == "amount", changes.agreed_by_provider, changes.amount_delta_fen.notnull()
    )
    sums = meant.group_by(of_contract=meant.contract_id).aggregate(
        delta=whole(meant.amount_delta_fen).sum(),
        row_contract_changes=few(meant.contract_id + "/" + meant.seq.cast("string")),
    )
    contracts = city["contracts"]
    both = contracts.left_join(sums, contracts.id == sums.of_contract)
    return both.mutate(agreed=whole(both.amount_fen) + both.delta.fill_null(0))


@finding("P03")
def over_committed(city: City) -> ir.Table:
    """Appropriations from which more is promised than they hold."""
    made = city["commitments"]
    ids = made.contract_id + "/" + made.appropriation_id
    sums = made.group_by("appropriation_id").aggregate(
        committed=whole(made.amount_fen).sum(), row_commitments=few(ids)
    )
    held = city["appropriations"]
    both = held.join(sums, held.id == sums.appropriation_id)
    over = both.committed - whole(both.amount_fen)
    columns = ("id", "amount_fen", "committed", "row_commitments")
    return both.filter(over > 0).select(*columns, value=over.cast("float64"))


def _tenders_for_the_public(city: City) -> ir.Table:
    """Tenders whose item the directory calls a public service."""
    tenders, items = city["tenders"], city["service_items"]
    public = items.filter(items.kind == "public_service").select(row_service_items="code")
    return tenders.join(public, tenders.service_item == public.row_service_items)


@finding("P04")
def market_not_surveyed(city: City) -> ir.Table:
    """Public services tendered after asking too few suppliers, or none that is known."""
    limit = city.limit("P04", "respondents")
    tenders = _tenders_for_the_public(city)
    asked = tenders.demand_survey_respondents
    return tenders.filter(asked.isnull() | below(asked, 1, limit)).select(
        "id",
        "row_service_items",
        respondents=asked,
        limit=float(limit),
        variant=ibis.ifelse(asked.isnull(), "unknown", ibis.null("string")),
    )


@finding("P05")
def users_not_consulted(city: City) -> ir.Table:
    """Public services tendered without asking those who will use them."""
    least = city.limit("P05", "users")
    tenders = _tenders_for_the_public(city)
    asked = tenders.users_consulted
    return tenders.filter(asked.isnull() | below(asked, 1, least)).select(
        "id",
        "row_service_items",
        users=asked,
        least=float(least),
        variant=ibis.ifelse(asked.isnull(), "unknown", ibis.null("string")),
    )


@finding("P06")
def bought_twice(city: City) -> ir.Table:
    """Contracts that share service, area and a day with another of a different tender."""
    contracts = city["contracts"]
    spans = contracts.select(
        "id", "service_item", "area_code", "tender_id", "starts_on", end=actual_end(contracts)
    )
    other = spans.view()
    pairs = spans.join(
        other,
        [
            spans.service_item == other.service_item,
            spans.area_code == other.area_code,
            spans.id != other.id,
            ibis.greatest(spans.starts_on, other.starts_on) <= ibis.least(spans.end, other.end),
            ~(spans.tender_id == other.tender_id).fill_null(False),
        ],
        rname="other_{name}",
    )
    return pairs.group_by("id", "service_item", "area_code").aggregate(
        others=pairs.count(), row_contracts=few(pairs.other_id)
    )


@finding("P07")
def entry_incomplete(city: City) -> ir.Table:
    """Public services in use of which the directory leaves something open."""
    items, tenders = city["service_items"], city["tenders"]
    parts = (items.content, items.procedure, items.fee_basis, items.evaluation)
    empty = reduce(add, (part.isnull().cast("int64") for part in parts))
    public = items.filter(items.kind == "public_service").mutate(empty=empty)
    used = tenders.group_by("service_item").aggregate(
        tenders=tenders.count(), row_tenders=few(tenders.id)
    )
    both = public.join(used, public.code == used.service_item)
    return both.filter(both.empty > 0).select(
        "tenders", "row_tenders", id=both.code, value=both.empty.cast("float64")
    )
