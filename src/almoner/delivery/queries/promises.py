"""What a contract's terms promise in a contract year, and how much of it is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from almoner.contracts.models import (
    ChangeKind,
    Contract,
    ContractChange,
    ContractTerm,
    TermGroup,
)
from almoner.delivery.models import MonthlyDelivery
from almoner.rules.calendar import contract_years
from almoner.rules.money import round_half_away
from almoner.rules.scope import TermLeft
from almoner.rules.terms import Version, later_versions, promised


def versions_of(contract_id: str) -> dict[str, tuple[Version, ...]]:
    """The later versions of a contract's terms, by code, from the changes that were agreed."""
    details = ContractChange.objects.filter(
        contract=contract_id, kind=ChangeKind.WORKLOAD, agreed_by_provider=True
    )
    texts = details.order_by("seq").values_list("detail", flat=True)
    return later_versions(text for text in texts if text)


@dataclass(frozen=True)
class Promise:
    """Direct hours of a contract year, as a decimal to six places, and those due by now."""

    hours: Decimal
    by_now: Fraction


def changed_promises(contracts: Iterable[Contract], today: date) -> dict[str, Promise]:
    """The promises of those contracts whose workload was changed, by id, in two queries at most.

    Of the contract year of `today`, or of the first or last one before or after the contract.
    """
    every = {contract.id: contract for contract in contracts}
    details: dict[str, list[str]] = {}
    for contract_id, detail in (
        ContractChange.objects.filter(
            contract__in=list(every), kind=ChangeKind.WORKLOAD, agreed_by_provider=True
        )
        .order_by("contract", "seq")
        .values_list("contract_id", "detail")
    ):
        details.setdefault(contract_id, []).append(detail or "")
    if not details:
        return {}
    terms: dict[str, list[ContractTerm]] = {}
    for term in ContractTerm.objects.filter(contract__in=list(details), group=TermGroup.DIRECT):
        terms.setdefault(term.contract_id, []).append(term)
    return {
        id: _promise(every[id], terms.get(id, []), later_versions(texts), today)
        for id, texts in details.items()
    }


def _promise(
    contract: Contract,
    terms: Iterable[ContractTerm],
    later: Mapping[str, Sequence[Version]],
    today: date,
) -> Promise:
    years = contract_years(contract.starts_on, contract.ends_on)
    first, last = next((span for span in years if today <= span[1]), years[-1])
    until = min(today, contract.ended_on or contract.ends_on)
    hours = by_now = Fraction(0)
    for term in terms:
        versions = later.get(term.code, ())
        hours += promised(term.hours, versions, first, last) or 0
        by_now += promised(term.hours, versions, first, last, until=until) or 0
    millionths = round_half_away(hours * 10**6)
    return Promise(Decimal(millionths).scaleb(-6), by_now)


def terms_left(contract: Contract, day: date) -> list[TermLeft]:
    """Each term with what the contract year of `day` has left of its hours; none outside it.

    The months of a year are those that begin in it; what was delivered is read from the rollups.
    """
    span = year_of(contract, day)
    if span is None:
        return []
    first, last = span
    versions = versions_of(contract.id)
    terms = list(ContractTerm.objects.filter(contract=contract).order_by("group", "code"))
    minutes = _minutes(terms, first, last)
    return [
        TermLeft(term.code, term.type, _left(term, versions.get(term.code, ()), span, minutes))
        for term in terms
    ]


def year_of(contract: Contract, day: date) -> tuple[date, date] | None:
    """First and last day of the contract year of a day; None outside the contract."""
    years = contract_years(contract.starts_on, contract.ends_on)
    return next((span for span in years if span[0] <= day <= span[1]), None)


def _minutes(terms: Iterable[ContractTerm], first: date, last: date) -> dict[int, int]:
    rows = MonthlyDelivery.objects.filter(
        term__in=[term.id for term in terms],
        month__gte=f"{first:%Y-%m}",
        month__lte=f"{last:%Y-%m}",
    )
    return dict(rows.values("term").annotate(all=Sum("minutes")).values_list("term", "all"))


def _left(
    term: ContractTerm, later: Sequence[Version], span: tuple[date, date], minutes: dict[int, int]
) -> Fraction | None:
    hours = promised(term.hours, later, *span)
    if hours is None:
        return None
    return max(hours - Fraction(minutes.get(term.id, 0), 60), Fraction(0))
