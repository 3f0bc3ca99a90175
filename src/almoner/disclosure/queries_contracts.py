"""The list of contracts: what may be asked of it, and its rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet

from almoner.contracts.models import Contract, Instalment
from almoner.directory.models import ServiceItem
from almoner.disclosure.queries import Fact, Status, facts, is_late, with_status
from almoner.disclosure.queries_results import Result, last_results
from almoner.parties.models import Organisation
from almoner.parties.queries import Areas

SQL_ORDERS = {
    "newest": ("-starts_on", "id"),
    "oldest": ("starts_on", "id"),
    "amount": ("-amount_fen", "id"),
    "place": ("area_id", "starts_on", "id"),
}
BY_SHARE = "delivered"
NO_RESULT = "none"


@dataclass(frozen=True)
class ContractFilter:
    """What is wanted of the list; empty = all. `grade` may be NO_RESULT."""

    q: str = ""
    area: str = ""
    provider: str = ""
    purchaser: str = ""
    status: str = ""
    late: bool = False
    grade: str = ""
    sort: str = "newest"


@dataclass(frozen=True)
class ContractRow:
    fact: Fact
    result: Result | None


def contract_rows(ids: Sequence[str], today: date) -> list[ContractRow]:
    """Rows of the list for contracts, in the order of their ids."""
    found = facts(Contract.objects.filter(pk__in=ids), today, of_ended=True)
    by_id = {fact.contract.id: fact for fact in found}
    return with_results([by_id[contract_id] for contract_id in ids], today)


def with_results(of: Sequence[Fact], today: date) -> list[ContractRow]:
    """Facts with the last result of each contract, in their order."""
    results = last_results([fact.contract.id for fact in of], today)
    return [ContractRow(fact, results.get(fact.contract.id)) for fact in of]


def found_contracts(wanted: ContractFilter, areas: Areas, today: date) -> list[str]:
    """Ids of the contracts that answer every part of the filter, in its order."""
    contracts = Contract.objects.filter(_condition(wanted, areas, today))
    if wanted.sort == BY_SHARE:
        ids = _by_share(contracts, today)
    else:
        ids = list(contracts.order_by(*SQL_ORDERS[wanted.sort]).values_list("id", flat=True))
    if wanted.grade:
        results = last_results(ids, today)
        grades = {
            contract_id: (results[contract_id].grade if contract_id in results else NO_RESULT)
            for contract_id in ids
        }
        ids = [contract_id for contract_id in ids if grades[contract_id] == wanted.grade]
    return ids


def _condition(wanted: ContractFilter, areas: Areas, today: date) -> Q:
    condition = _text(wanted.q)
    if wanted.area:
        condition &= Q(area__in=areas.within(wanted.area))
    if wanted.provider:
        condition &= Q(provider=wanted.provider)
    if wanted.purchaser:
        condition &= Q(purchaser=wanted.purchaser)
    if wanted.status:
        condition &= with_status(Status(wanted.status), today)
    if wanted.late:
        late = Instalment.objects.filter(is_late(today), contract=OuterRef("pk"))
        condition &= Q(Exists(late))
    return condition


def _text(text: str) -> Q:
    """Every word is somewhere in the contract's id or in the name of a party, place or item."""
    condition = Q()
    for word in re.split(r"[\s,·、，]+", text.strip()):
        items = ServiceItem.objects.filter(
            Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(code=word)
        )
        anywhere = Q(id__icontains=word) | Q(service_item__in=items.values("code"))
        for field in ("area", "provider", "purchaser"):
            anywhere |= Q(**{f"{field}__name_zh__icontains": word})
            anywhere |= Q(**{f"{field}__name_en__icontains": word})
        condition &= anywhere if word else Q()
    return condition


def _by_share(contracts: "QuerySet[Contract]", today: date) -> list[str]:
    """Least delivered first, then those of which no share can be told."""
    found = facts(contracts.order_by("id"), today, of_ended=True)
    found.sort(key=lambda fact: (fact.share is None, fact.share or Fraction(0)))
    return [fact.contract.id for fact in found]


def parties_of_contracts() -> tuple[list[Organisation], list[Organisation]]:
    """Everybody who provides, and everybody who purchases, in some contract."""
    named = Organisation.objects.only("uscc", "name_zh", "name_en").order_by("uscc")
    return (
        list(named.filter(pk__in=Contract.objects.values("provider"))),
        list(named.filter(pk__in=Contract.objects.values("purchaser"))),
    )
