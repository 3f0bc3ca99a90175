"""What is shown of providers and purchasers."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.db.models.functions import Cast

from almoner.contracts.models import Contract
from almoner.contracts.queries import EXACT
from almoner.delivery.models import Ruling, TaskRequest
from almoner.disclosure.queries import Fact, Summary, facts, summary
from almoner.parties.models import Organisation
from almoner.rules.money import share


@dataclass(frozen=True)
class PartyRow:
    """A provider or purchaser with the figures of its contracts."""

    organisation: Organisation
    summary: Summary


def facts_of(of: Q, today: date) -> list[Fact]:
    """The contracts with a condition, the newest first."""
    return facts(Contract.objects.filter(of).order_by("-starts_on", "id"), today, of_ended=True)


def by_party(
    of: Collection[Fact],
    party: Callable[[Contract], Organisation],
    also: Collection[Organisation] = (),
) -> list[PartyRow]:
    """Figures by party, most money a year first; `also` are bodies to show without contracts."""
    groups: dict[str, list[Fact]] = defaultdict(list)
    parties = {organisation.uscc: organisation for organisation in also}
    for fact in of:
        organisation = party(fact.contract)
        parties[organisation.uscc] = organisation
        groups[organisation.uscc].append(fact)
    rows = [PartyRow(found, summary(groups[uscc])) for uscc, found in parties.items()]
    return sorted(rows, key=lambda row: (-row.summary.yearly_fen, row.organisation.uscc))


@dataclass(frozen=True)
class YearOfMoney:
    """Money of one calendar year in fen, and the part of it from the largest purchaser."""

    year: int
    fen: int
    largest: Organisation
    largest_fen: int

    @property
    def largest_share(self) -> Fraction | None:
        return Fraction(self.largest_fen, self.fen) if self.fen else None


def money_by_year(of: Collection[Fact], today: date) -> list[YearOfMoney]:
    """A provider's money by calendar year up to this one, each contract spread over its days.

    The agreed amount, without later changes, is spread evenly over the days from the first to the
    agreed last one and adds up to the fen (finding I02 of the catalogue).
    """
    money: dict[int, Counter[str]] = defaultdict(Counter)
    purchasers: dict[str, Organisation] = {}
    for fact in of:
        purchasers[fact.contract.purchaser_id] = fact.contract.purchaser
        for year, fen in spread(fact.contract).items():
            if year <= today.year:
                money[year][fact.contract.purchaser_id] += fen
    years = []
    for year, amounts in sorted(money.items()):
        uscc = min(amounts, key=lambda key: (-amounts[key], key))
        years.append(YearOfMoney(year, amounts.total(), purchasers[uscc], amounts[uscc]))
    return years


def spread(contract: Contract) -> dict[int, int]:
    """The fen of a contract by calendar year, in proportion to its days in each."""
    first, last = contract.starts_on, contract.ends_on
    years = range(first.year, last.year + 1)
    days = [
        (min(last, date(year, 12, 31)) - max(first, date(year, 1, 1)) + timedelta(days=1)).days
        for year in years
    ]
    return dict(zip(years, share(contract.amount_fen, days), strict=True))


@dataclass(frozen=True)
class RulingCount:
    """Tasks asked outside contracts with one ruling; hours None where no request names any."""

    label: str
    requests: int
    hours: Decimal | None


def tasks_asked_by(uscc: str) -> list[RulingCount]:
    """Work that a body asked of providers beyond their terms, by ruling."""
    found = {
        row["ruling"]: row
        for row in TaskRequest.objects.filter(requested_by=uscc)
        .values("ruling")
        .annotate(requests=Count("id"), total=Sum(Cast("hours", EXACT)))
    }
    return [
        RulingCount(str(ruling.label), found[ruling]["requests"], found[ruling]["total"])
        for ruling in Ruling
        if ruling in found
    ]
