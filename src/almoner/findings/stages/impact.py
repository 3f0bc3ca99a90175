"""Findings of impact: whether lives are followed, and who holds the money."""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.days import day_number
from almoner.findings.definition import finding
from almoner.findings.expressions import (
    ROWS,
    actual_end,
    below,
    few,
    nearest_district,
    ratio,
    whole,
)
from almoner.rules.calendar import add_days, add_years

BASELINE = "baseline"
LEAST_OF_A_PROVIDER = 2
LEAST_OF_A_DISTRICT = 5
"""Contracts in a year, below which nothing is said of who holds the money."""


@finding("I01")
def outcomes_not_followed(city: City) -> ir.Table:
    """Of the users of case work, those measured at the start and again by one same instrument."""
    limit = city.limit("I01", "share")
    terms = city["contract_terms"].filter(ibis._.type == "case_work")
    terms = terms.select(of="contract_id", term="id")
    contracts = _a_year_in_force(city)
    terms = terms.semi_join(contracts, terms.of == contracts.id)
    records = city["service_records"].filter(ibis._.client_id.notnull())
    records = records.semi_join(
        terms, (records.contract_id == terms.of) & (records.term_id == terms.term)
    )
    clients = records.select("contract_id", "client_id").distinct()
    outcomes = city["outcomes"]
    measured = outcomes.group_by("contract_id", "client_id", "instrument").aggregate(
        before=(outcomes.wave == BASELINE).sum(), again=(outcomes.wave != BASELINE).sum()
    )
    followed = measured.filter(measured.before > 0, measured.again > 0)
    followed = followed.select(at="contract_id", client="client_id").distinct()
    same = (clients.contract_id == followed.at) & (clients.client_id == followed.client)
    counted = clients.left_join(followed, same).group_by(id="contract_id")
    counted = counted.aggregate(clients=ibis._.client_id.count(), followed=ibis._.client.count())
    rows = terms.group_by("of").aggregate(row_contract_terms=few(terms.of + "/" + terms.term))
    found = counted.filter(below(counted.followed, counted.clients, limit))
    found = found.inner_join(rows, found.id == rows.of).drop("of")
    return found.mutate(value=ratio(found.followed, found.clients), limit=float(limit))


def _a_year_in_force(city: City) -> ir.Table:
    """Contracts in force today whose first anniversary is not after today."""
    latest = add_years(city.as_of, -1)
    if add_years(latest, 1) > city.as_of:  # of 1 March, on a 29 February
        latest = add_days(latest, -1)
    contracts = city["contracts"]
    running = actual_end(contracts) >= city.today
    return contracts.filter(contracts.starts_on <= day_number(latest), running).select("id")


@dataclass
class _Year:
    """What one holder had from each source in a calendar year, in fen, exact."""

    money: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    contracts: int = 0
    rows: list[str] = field(default_factory=list)


def _years(city: City, contracts: ir.Table) -> dict[tuple[str, int], _Year]:
    """The contracts' money spread evenly over their days, by `holder`, year and `source`.

    The sums of an engine cannot hold thirds and sevenths, so that it only adds up what is divided
    by one same number of days, and the division is done here.
    """
    years = city["calendar"].filter(ibis._.year <= city.as_of.year)
    years = years.group_by("year").aggregate(first=ibis._.day.min(), last=ibis._.day.max())
    contracts = contracts.filter(contracts.starts_on <= contracts.ends_on)
    overlap = (contracts.starts_on <= years["last"]) & (contracts.ends_on >= years["first"])
    spread = contracts.inner_join(years, overlap)
    first = ibis.greatest(spread.starts_on, spread["first"])
    days = ibis.least(spread.ends_on, spread["last"]) - first + 1
    spread = spread.mutate(
        fen_days=whole(spread.amount_fen) * days, days=spread.ends_on - spread.starts_on + 1
    )
    parts = spread.group_by("holder", "year", "source", "days").aggregate(
        fen_days=ibis._.fen_days.sum(), contracts=ibis._.id.count(), rows=few(ibis._.id)
    )
    fetched: list[dict[str, Any]] = city.fetch(parts)
    found: dict[tuple[str, int], _Year] = defaultdict(_Year)
    for part in fetched:
        year = found[part["holder"], part["year"]]
        year.money[part["source"]] += Fraction(int(part["fen_days"]), part["days"])
        year.contracts += part["contracts"]
        year.rows += part["rows"]
    return found


@finding("I02")
def lives_on_one_purchaser(city: City) -> list[dict[str, object]]:
    """The largest purchaser's share of a provider's money of a calendar year."""
    limit = city.limit("I02", "share")
    contracts = city["contracts"]
    contracts = contracts.select(
        "id", "starts_on", "ends_on", "amount_fen", holder="provider_uscc", source="purchaser_uscc"
    )
    found: list[dict[str, object]] = []
    for (provider, year), held in _years(city, contracts).items():
        total = sum(held.money.values())
        most, purchaser = max((fen, source) for source, fen in held.money.items())
        if held.contracts >= LEAST_OF_A_PROVIDER and most > limit * total:
            figures = {"purchaser": purchaser, "contracts": held.contracts, "fen": round(total)}
            place = {"id": provider, "key": f"{year:04}", "row_contracts": sorted(held.rows)[:ROWS]}
            found.append(place | figures | {"value": float(most / total), "limit": float(limit)})
    return found


@finding("I03")
def few_hold_most(city: City) -> list[dict[str, object]]:
    """The Herfindahl-Hirschman index of a district's money of a calendar year."""
    limit = city.limit("I03", "index")
    districts = nearest_district(city["lineage"]).rename(holder="district")
    contracts = city["contracts"].select(
        "id", "starts_on", "ends_on", "amount_fen", "area_code", source="provider_uscc"
    )
    contracts = contracts.inner_join(districts, "area_code")
    found: list[dict[str, object]] = []
    for (district, year), held in _years(city, contracts).items():
        total = sum(held.money.values())
        squares = sum(fen * fen for fen in held.money.values())
        if held.contracts >= LEAST_OF_A_DISTRICT and squares > limit * total * total:
            figures = {
                "providers": len(held.money),
                "contracts": held.contracts,
                "fen": round(total),
            }
            place = {"id": district, "key": f"{year:04}", "row_contracts": sorted(held.rows)[:ROWS]}
            index = float(squares / (total * total))
            found.append(place | figures | {"value": index, "limit": float(limit)})
    return found
