"""Reading contracts, what they promise and what stands behind them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast

from almoner.contracts.models import Commitment, Contract, ContractChange, ContractTerm, TermGroup
from almoner.directory.models import ServiceItem
from almoner.tenders.models import Bid

RELATED = ("tender", "purchaser", "provider", "supervisor", "framework", "area__parent")
EXACT = DecimalField(max_digits=30, decimal_places=6)


@dataclass(frozen=True)
class Known:
    """A contract, the directory's entry for its service, and its bids (None before the opening)."""

    contract: Contract
    item: ServiceItem | None
    bids: int | None


def known_contract(contract_id: str, now: datetime) -> Known | None:
    """A contract with its tender, parties, framework, area and the area above; one query.

    The number of bids is only read where the tender was opened by `now`.
    """
    item = ServiceItem.objects.filter(code=OuterRef("service_item"))
    bids = Bid.objects.filter(tender=OuterRef("tender"), tender__opened_at__lte=now)
    contract = (
        Contract.objects.filter(pk=contract_id)
        .select_related(*RELATED)
        .annotate(
            item_zh=Subquery(item.values("name_zh")),
            item_en=Subquery(item.values("name_en")),
            bids=Subquery(bids.order_by().values("tender").annotate(n=Count("id")).values("n")),
        )
        .first()
    )
    if contract is None:
        return None
    name_zh: str | None = vars(contract)["item_zh"]
    found = ServiceItem(name_zh=name_zh, name_en=vars(contract)["item_en"]) if name_zh else None
    return Known(contract, found, vars(contract)["bids"])


def terms_of(contract_id: str) -> list[ContractTerm]:
    """The workload terms of a contract by their codes, direct ones first."""
    return list(ContractTerm.objects.filter(contract=contract_id).order_by("group", "code"))


def changes_of(contract_id: str) -> list[ContractChange]:
    """The changes of a contract in their order, agreed or not."""
    return list(ContractChange.objects.filter(contract=contract_id).order_by("seq"))


def commitments_of(contract_id: str) -> list[Commitment]:
    """The budgeted money behind a contract, with its appropriations and payers."""
    return list(
        Commitment.objects.filter(contract=contract_id)
        .select_related("appropriation__payer")
        .order_by("appropriation__fiscal_year", "appropriation_id")
    )


@dataclass(frozen=True)
class Priced:
    """What an hour of a contract can be computed from; `direct_hours` are a contract year's."""

    id: str
    amount_fen: int
    starts_on: date
    ends_on: date
    direct_hours: Decimal


def priced_contracts(service_item: str) -> list[Priced]:
    """Contracts of a service item whose direct hours are all known; one query."""
    direct = Q(group=TermGroup.DIRECT)
    rows = (
        ContractTerm.objects.filter(direct, contract__service_item=service_item)
        .values("contract_id")
        .annotate(
            direct_hours=Sum(Cast("hours", EXACT)),
            unknown=Count("id", filter=Q(hours__isnull=True)),
        )
        .filter(unknown=0)
        .order_by("contract_id")
        .values_list(
            "contract_id",
            F("contract__amount_fen"),
            F("contract__starts_on"),
            F("contract__ends_on"),
            "direct_hours",
        )
    )
    return [Priced(*row) for row in rows]
