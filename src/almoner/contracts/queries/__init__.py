"""Reading contracts, what they promise and what stands behind them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, DecimalField, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast

from almoner.contracts.models import Commitment, Contract, ContractChange, ContractTerm, TermGroup
from almoner.directory.models import ServiceItem
from almoner.prepared import Prepared
from almoner.tenders.models import Bid, Tender

EXACT = DecimalField(max_digits=30, decimal_places=6)
"""How a NumberField is added up in the database: exact to six decimals on both databases."""


@dataclass(frozen=True)
class Known:
    """A contract, the directory's entry for its service, and its bids (None before the opening)."""

    contract: Contract
    item: ServiceItem | None
    bids: int | None


def _contract(contract_id: str) -> "QuerySet[Contract]":
    item = ServiceItem.objects.filter(code=OuterRef("service_item"))
    bids = Bid.objects.filter(tender=OuterRef("tender")).order_by().values("tender")
    return (
        Contract.objects.filter(pk=contract_id)
        .select_related(
            "tender", "purchaser", "provider", "supervisor", "framework", "area__parent"
        )
        .annotate(
            item_zh=Subquery(item.values("name_zh")),
            item_en=Subquery(item.values("name_en")),
            bids=Subquery(bids.annotate(number=Count("id")).values("number")),
        )
    )


_CONTRACT = Prepared(_contract)
_TERMS = Prepared(
    lambda contract_id: ContractTerm.objects.filter(contract=contract_id).order_by("group", "code")
)
_CHANGES = Prepared(
    lambda contract_id: ContractChange.objects.filter(contract=contract_id).order_by("seq")
)


def known_contract(contract_id: str, now: datetime) -> Known | None:
    """A contract with its tender, parties, framework, area and the area above; one query."""
    rows = _CONTRACT(contract_id)
    if not rows:
        return None
    contract = rows[0]
    more = vars(contract)
    item = ServiceItem(name_zh=more["item_zh"], name_en=more["item_en"])
    opened = contract.tender is not None and is_opened(contract.tender, now)
    return Known(
        contract=contract,
        item=item if more["item_zh"] else None,
        bids=(more["bids"] or 0) if opened else None,
    )


def is_opened(tender: Tender, now: datetime) -> bool:
    """Whether the bids are open. Before that not even their number may be known."""
    return tender.opened_at is not None and tender.opened_at <= now


def terms_of(contract_id: str) -> list[ContractTerm]:
    """The workload terms of a contract by their codes, direct ones first."""
    return _TERMS(contract_id)


def changes_of(contract_id: str) -> list[ContractChange]:
    """The changes of a contract in their order, agreed or not."""
    return _CHANGES(contract_id)


def commitments_of(contract_id: str) -> list[Commitment]:
    """The budgeted money behind a contract, with its appropriations and payers."""
    return list(
        Commitment.objects.filter(contract=contract_id)
        .select_related("appropriation__payer")
        .order_by("appropriation__fiscal_year", "appropriation_id")
    )


class Priced(NamedTuple):
    """What an hour of a contract can be computed from; `direct_hours` are a contract year's.

    Hours are a binary float, good to find the cheapest and dearest among hundreds.
    """

    amount_fen: int
    starts_on: date
    ends_on: date
    direct_hours: float


def _priced(service_item: str, district: str) -> "QuerySet[Any, Any]":
    return (
        ContractTerm.objects.filter(
            group=TermGroup.DIRECT,
            contract__service_item=service_item,
            contract__area__parent=district,
        )
        .values("contract_id")
        .annotate(
            direct_hours=Sum(Cast("hours", FloatField())),
            unknown=Count("id", filter=Q(hours__isnull=True)),
        )
        .filter(unknown=0)
        .order_by("contract_id")
        .values_list(
            "contract_id",
            "contract__amount_fen",
            "contract__starts_on",
            "contract__ends_on",
            "direct_hours",
        )
    )


_PRICED = Prepared(_priced)


def priced_like(contract: Contract) -> list[Priced]:
    """The other contracts of the service item in the district whose direct hours are all known.

    In one query, which costs by the contracts of a district, not of the city. The district is
    whatever the contract's area lies in; an area that lies in none has none beside it.
    """
    rows = _PRICED(contract.service_item, contract.area.parent_id or "")
    return [Priced(*facts) for contract_id, *facts in rows if contract_id != contract.id]
