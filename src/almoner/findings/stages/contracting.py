"""Findings of contracting: from the signature to what the contract measures and promises."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import above, below, few, ratio, whole
from almoner.findings.stages.tendering import published_late
from almoner.rules.workload import MAX_CHARACTERS, POPULATION, WorkloadError, evaluate

MOST_HOURS = 10**15
"""No cell of the exchange format holds as many; what is more is shown as this."""
MOST_LETTERS = 100
"""Of a formula in a sentence."""


@finding("C01")
def signed_late(city: City) -> ir.Table:
    """More days than the limit between the notice of the award and the signature."""
    limit = city.limit("C01", "days")
    tenders = city["tenders"].select("award_published_on", tender="id")
    contracts = city["contracts"]
    contracts = contracts.inner_join(tenders, contracts.tender_id == tenders.tender)
    days = contracts.signed_on - contracts.award_published_on
    return contracts.filter(above(days, 1, limit)).select(
        "id",
        "signed_on",
        "award_published_on",
        value=days,
        limit=float(limit),
        row_tenders="tender",
    )


@finding("C02")
def contract_published_late(city: City) -> ir.Table:
    """Not published within the limit of working days after the signature."""
    contracts = city["contracts"].select("id", done=ibis._.signed_on, published=ibis._.published_on)
    return published_late(city, contracts, city.limit("C02", "working_days"))


@finding("C03")
def term_too_long(city: City) -> ir.Table:
    """Still in force on the day that is the limit of years after its first day.

    That day is compared as text, YYYY-MM-DD: what is on or after a 29 February that its year does
    not have is on or after 1 March.
    """
    years = city.limit("C03", "years")
    first = city["calendar"].select(first_day="day", first_year="year", first_text="text")
    last = city["calendar"].select(last_day="day", last_text="text")
    contracts = city["contracts"].select("id", "starts_on", "ends_on")
    contracts = contracts.inner_join(first, contracts.starts_on == first.first_day)
    contracts = contracts.inner_join(last, contracts.ends_on == last.last_day)
    year = (contracts.first_year + int(years)).cast("string")
    too_late = year + contracts.first_text.substr(4)
    return contracts.filter(contracts.last_text >= too_late).select(
        "id", "starts_on", "ends_on", limit=float(years)
    )


@finding("C04")
def additions_above_ceiling(city: City) -> ir.Table:
    """What changes added, agreed or not, above a share of the amount; less is not set off."""
    limit = city.limit("C04", "share")
    changes = city["contract_changes"]
    changes = changes.filter(changes.kind == "amount", changes.amount_delta_fen > 0)
    added = changes.group_by("contract_id").aggregate(
        added=whole(changes.amount_delta_fen).sum(),
        row_contract_changes=few(changes.contract_id + "/" + changes.seq.cast("string")),
    )
    contracts = city["contracts"].filter(ibis._.amount_fen > 0)
    contracts = contracts.inner_join(added, contracts.id == added.contract_id)
    amount = whole(contracts.amount_fen)
    return contracts.filter(above(contracts.added, amount, limit)).select(
        "id",
        "added",
        "amount_fen",
        "row_contract_changes",
        value=ratio(contracts.added, contracts.amount_fen),
        limit=float(limit),
    )


@finding("C05")
def judged_by_another_framework(city: City) -> ir.Table:
    """Evaluated by what was not agreed in time, or changed without the provider's agreement."""
    changes = city["contract_changes"].filter(ibis._.kind == "framework")
    agreed = changes.filter(changes.agreed_by_provider)
    agreed = agreed.group_by(changed="contract_id").aggregate(since=ibis._.made_on.min())
    contracts = city["contracts"].select(
        "id", pinned="framework_id", pinned_version="framework_version"
    )
    contracts = contracts.filter(contracts.pinned.notnull(), contracts.pinned_version.notnull())
    used = city["evaluations"].select(
        "contract_id", "framework_id", "framework_version", "assigned_on", evaluation="id"
    )
    used = contracts.inner_join(used, contracts.id == used.contract_id)
    used = used.filter(
        (used.framework_id != used.pinned) | (used.framework_version != used.pinned_version)
    )
    used = used.left_join(agreed, used.id == agreed.changed)
    unagreed = used.filter(~(used.since <= used.assigned_on).fill_null(False))
    refused = changes.filter(~changes.agreed_by_provider)
    nothing = ibis.null("string")
    evidence = unagreed.select("id", "evaluation", change=nothing).union(
        refused.select(
            id="contract_id",
            evaluation=nothing,
            change=changes.contract_id + "/" + changes.seq.cast("string"),
        )
    )
    return evidence.group_by("id").aggregate(
        evaluations=ibis._.evaluation.count(),
        refused=ibis._.change.count(),
        row_evaluations=few(ibis._.evaluation),
        row_contract_changes=few(ibis._.change),
    )


def _pinned_weights(city: City, of_kind: ir.BooleanValue) -> ir.Table:
    """Of each contract that pins a framework with indicators: `total` weight of its leaves, that
    `of_kind`, and their rows."""
    indicators = city["indicators"]
    parents = indicators.select("framework_id", "framework_version", parent="parent_id").distinct()
    leaves = indicators.anti_join(
        parents,
        [
            indicators.framework_id == parents.framework_id,
            indicators.framework_version == parents.framework_version,
            indicators.id == parents.parent,
        ],
    )
    weights = leaves.group_by(pinned="framework_id", version="framework_version").aggregate(
        total=leaves.weight.sum().cast("decimal(28, 9)"),
        of_kind=leaves.weight.sum(where=of_kind).cast("decimal(28, 9)").fill_null(0),
        row_indicators=few(leaves.framework_id + "/" + leaves.framework_version + "/" + leaves.id),
    )
    contracts = city["contracts"].select("id", "framework_id", "framework_version")
    same = (contracts.framework_id == weights.pinned) & (
        contracts.framework_version == weights.version
    )
    return contracts.inner_join(weights, same).drop("pinned", "version")


@finding("C06")
def nothing_measures_outcomes(city: City) -> ir.Table:
    """The leaf indicators that measure outcome weigh nothing."""
    weights = _pinned_weights(city, ibis._.measures == "outcome")
    return weights.filter(weights.of_kind == 0).drop("of_kind", "total")


@finding("C07")
def output_and_benefit_weigh_too_little(city: City) -> ir.Table:
    """The leaf indicators of output and benefit weigh less than the limit, in percent."""
    limit = city.limit("C07", "percent")
    weights = _pinned_weights(city, ibis._.dimension.isin(["output", "benefit"]))
    weights = weights.filter(weights.total > 0)
    return weights.filter(below(weights.of_kind, weights.total, limit / 100)).select(
        "id",
        "framework_id",
        "framework_version",
        "row_indicators",
        value=ratio(weights.of_kind * 100, weights.total),
        limit=float(limit),
    )


@finding("C08")
def workload_terms_do_not_add_up(city: City) -> list[dict[str, object]]:
    """Terms whose stated hours are not those of their formula, or whose formula is none.

    In Python: a formula is read by rules.workload, which bounds what it may cost.
    """
    limit = city.limit("C08", "hours")
    areas = city["areas"].select("population", area="code")
    contracts = city["contracts"].select("area_code", contract="id")
    contracts = contracts.left_join(areas, contracts.area_code == areas.area)
    terms = city["contract_terms"].filter(ibis._.formula.notnull())
    terms = terms.left_join(contracts, terms.contract_id == contracts.contract).select(
        "hours",
        "population",
        id=terms.contract_id + "/" + terms.id,
        formula=terms.formula.substr(0, MAX_CHARACTERS + 1),
    )
    found: list[dict[str, object]] = []
    for term in city.fetch(terms):
        formula, hours = str(term["formula"]), term["hours"]
        shown = {"id": term["id"], "limit": float(limit), "formula": formula[:MOST_LETTERS]}
        try:
            computed = _hours(formula, term["population"])
        except WorkloadError:
            found.append(shown | {"value": None, "variant": "unreadable"})
            continue
        if computed is None or not isinstance(hours, Decimal):
            continue
        difference = abs(Fraction(hours) - computed)
        if difference > limit:
            figures = {"value": _shown(difference), "computed": _shown(computed), "stated": hours}
            found.append(shown | figures)
    return found


@lru_cache(maxsize=4096)
def _hours(formula: str, population: object) -> Fraction | None:
    """What a formula comes to; None while a name in it is unknown."""
    known = {POPULATION: population} if isinstance(population, int) else {}
    return evaluate(formula, known).hours


def _shown(hours: Fraction) -> float:
    """Hours for a sentence; a formula may come to more than a float can hold."""
    return float(hours if abs(hours) < MOST_HOURS else MOST_HOURS * (1 if hours > 0 else -1))
