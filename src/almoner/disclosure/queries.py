"""What the public lists and figures rest on: contracts with their hours, money and promptness."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract, ContractTerm, Instalment, TermGroup
from almoner.contracts.queries import EXACT
from almoner.contracts.queries.ending import LAPSED
from almoner.delivery.models import MonthlyDelivery
from almoner.delivery.queries.delivered import PEOPLE_BEHIND
from almoner.delivery.queries.promises import Promise, changed_promises
from almoner.directory.models import ServiceItem
from almoner.disclosure.contract_figures import (
    ContractYear,
    elapsed,
    is_behind,
    lateness,
    share,
    year_on,
    years_of,
)
from almoner.evaluation.models import Evaluation, Rating
from almoner.parties.models import Area
from almoner.rules.money import round_half_away
from almoner.rules.small_cells import fewest_told
from almoner.web.format import named


@dataclass(frozen=True)
class Title:
    """What a contract is called, in both languages; as text it is in the reader's."""

    name_zh: str
    name_en: str

    def __str__(self) -> str:
        return named(self)


def contract_title(item: ServiceItem | None, code: str, area: Area) -> Title:
    """Service item and area; the item's code where the directory does not know it."""
    item_zh = item.name_zh if item else code
    item_en = (item.name_en or item.name_zh) if item else code
    return Title(f"{area.name_zh}·{item_zh}", f"{item_en}, {area.name_en or area.name_zh}")


def service_items() -> dict[str, ServiceItem]:
    """The directory by code; it has tens of rows."""
    return ServiceItem.objects.only("code", "name_zh", "name_en").in_bulk()


class Status(models.TextChoices):
    """Where a contract stands on a day, told by its dates."""

    RUNNING = "running", _("Being delivered")
    NOT_STARTED = "not_started", _("Not started")
    ENDED = "ended", _("Ended")


def status_on(contract: Contract, today: date) -> Status:
    """In force from the first day to the actual end, both included."""
    if contract.starts_on > today:
        return Status.NOT_STARTED
    return Status.ENDED if (contract.ended_on or contract.ends_on) < today else Status.RUNNING


def with_status(status: Status, today: date) -> Q:
    """The same as a condition on contracts."""
    ended = Q(ended_on__lt=today) | Q(ended_on=None, ends_on__lt=today)
    return {
        Status.NOT_STARTED: Q(starts_on__gt=today),
        Status.ENDED: Q(starts_on__lte=today) & ended,
        Status.RUNNING: Q(starts_on__lte=today) & ~ended,
    }[status]


def is_late(today: date) -> Q:
    """Instalments paid after the day on which they were due, or still unpaid after it."""
    return Q(paid_on__gt=F("due_on")) | Q(~LAPSED, paid_on=None, due_on__lt=today)


def is_judged(today: date) -> Q:
    """Instalments of which it is known whether they were in time: paid, or overdue."""
    return Q(paid_on__isnull=False) | Q(~LAPSED, due_on__lt=today)


def has_result(today: date) -> Q:
    """Evaluations that have been reported and hold at least one score."""
    scored = Exists(Rating.objects.filter(evaluation=OuterRef("pk")))
    return Q(scored, reported_on__lte=today)


@dataclass(frozen=True)
class Fact:
    """One contract with what was promised, delivered, paid and judged.

    `by_now` are the hours that an even pace would have brought. `promised` are direct hours a
    contract year, without the `unknown_terms` whose hours nobody can know yet. `minutes` are
    direct and of the current contract year; of an ended contract they are of its whole time. They
    are None where `facts` was not asked for them, and where they are about too few people to tell.
    """

    on: date
    contract: Contract
    title: Title
    status: Status
    year: ContractYear
    passed: Fraction
    promised: Decimal
    by_now: Fraction
    unknown_terms: int
    minutes: int | None
    judged: int
    late: int
    paid_fen: int
    results: int

    @property
    def in_force(self) -> bool:
        return self.status is Status.RUNNING

    @property
    def yearly_fen(self) -> int:
        return round_half_away(Fraction(self.contract.amount_fen, self.year.of))

    @property
    def hours(self) -> Fraction:
        return Fraction(self.minutes or 0, 60)

    @property
    def share(self) -> Fraction | None:
        """Hours delivered as a share of those promised for the same time."""
        if self.status is Status.NOT_STARTED or self.minutes is None or not self.promised:
            return None
        years = self.year.of if self.status is Status.ENDED else 1
        return self.hours / (Fraction(self.promised) * years)

    @property
    def bar(self) -> int:
        """The share as the length of a bar, 0 to 100."""
        return min(round_half_away(100 * (self.share or Fraction(0))), 100)

    @property
    def behind(self) -> bool:
        """Whether a contract in force lags behind the days of its year that have passed."""
        return (
            self.in_force
            and self.minutes is not None
            and is_behind(self.minutes, self.by_now, self.on)
        )

    @property
    def hidden(self) -> bool:
        """Whether the hours of a contract in force may not be told."""
        return self.in_force and self.minutes is None


@dataclass(frozen=True)
class Summary:
    """Figures of a group of contracts. Money and hours a year are of those in force.

    Contracts whose hours are hidden are in neither `hours` nor `share`: beside the other contracts
    a sum with them would tell theirs.
    """

    contracts: int
    in_force: int
    amount_fen: int
    yearly_fen: int
    paid_fen: int
    promised: Decimal
    unknown_terms: int
    hidden: int
    hours: Fraction
    share: Fraction | None
    judged: int
    late: int
    results: int

    @property
    def on_time(self) -> int:
        return self.judged - self.late

    @property
    def on_time_share(self) -> Fraction | None:
        return Fraction(self.on_time, self.judged) if self.judged else None


def summary(of: Iterable[Fact]) -> Summary:
    """Add contracts up."""
    every = list(of)
    running = [fact for fact in every if fact.in_force]
    told = [fact for fact in running if not fact.hidden]
    hours = sum((fact.hours for fact in told), Fraction(0))
    return Summary(
        contracts=len(every),
        in_force=len(running),
        amount_fen=sum(fact.contract.amount_fen for fact in every),
        yearly_fen=sum(fact.yearly_fen for fact in running),
        paid_fen=sum(fact.paid_fen for fact in every),
        promised=sum((fact.promised for fact in running), Decimal(0)),
        unknown_terms=sum(fact.unknown_terms for fact in running),
        hidden=len(running) - len(told),
        hours=hours,
        share=share(hours, Fraction(sum((fact.promised for fact in told), Decimal(0)))),
        judged=sum(fact.judged for fact in every),
        late=sum(fact.late for fact in every),
        results=sum(fact.results for fact in every),
    )


def facts(contracts: QuerySet[Contract], today: date, *, of_ended: bool = False) -> list[Fact]:
    """The facts of contracts, in their order, in seven queries however many there are.

    `of_ended`: also the hours of contracts that have ended, which sums their cells of all years.
    """
    rows = list(contracts.select_related("area", "purchaser", "provider"))
    ids = [row.id for row in rows]
    terms = {
        term["contract_id"]: term
        for term in ContractTerm.objects.filter(contract__in=ids, group=TermGroup.DIRECT)
        .values("contract_id")
        .annotate(
            promised=Sum(Cast("hours", EXACT)), unknown=Count("id", filter=Q(hours__isnull=True))
        )
    }
    paid = {
        money["contract_id"]: money
        for money in Instalment.objects.filter(contract__in=ids)
        .values("contract_id")
        .annotate(
            judged=Count("id", filter=is_judged(today)),
            late=Count("id", filter=is_late(today)),
            paid=Coalesce(Sum("paid_fen"), 0),
        )
    }
    results = dict(
        Evaluation.objects.filter(has_result(today), contract__in=ids)
        .values_list("contract_id")
        .annotate(number=Count("id"))
    )
    minutes = _minutes(rows, today, of_ended)
    changed = changed_promises(rows, today)
    items = service_items()
    return [
        _fact(
            row,
            today,
            items.get(row.service_item),
            terms.get(row.id, {}),
            paid.get(row.id, {}),
            minutes.get(row.id),
            results.get(row.id, 0),
            changed.get(row.id),
        )
        for row in rows
    ]


def _fact(
    row: Contract,
    today: date,
    item: ServiceItem | None,
    terms: Mapping[str, Any],
    paid: Mapping[str, Any],
    minutes: int | None,
    results: int,
    changed: Promise | None,
) -> Fact:
    year = year_on(years_of(row.starts_on, row.ends_on), today)
    passed = elapsed(year, today, row.ended_on or row.ends_on)
    signed = terms.get("promised") or Decimal(0)
    return Fact(
        on=today,
        contract=row,
        title=contract_title(item, row.service_item, row.area),
        status=status_on(row, today),
        year=year,
        passed=passed,
        promised=changed.hours if changed else signed,
        by_now=changed.by_now if changed else Fraction(signed) * passed,
        unknown_terms=int(terms.get("unknown", 0)),
        minutes=minutes,
        judged=paid.get("judged", 0),
        late=paid.get("late", 0),
        paid_fen=paid.get("paid", 0),
        results=results,
    )


def _minutes(rows: Sequence[Contract], today: date, of_ended: bool) -> dict[str, int | None]:
    """Direct minutes by contract: of the current year, or of all years where it has ended.

    Cells are months, so a month belongs whole to the contract year that was the last to begin
    by its end. Minutes known to be about fewer people than may be told are None.
    """
    since: dict[str, str] = {}
    for row in rows:
        status = status_on(row, today)
        if status is Status.RUNNING:
            year = year_on(years_of(row.starts_on, row.ends_on), today)
            since[row.id] = f"{year.first:%Y-%m}"
        elif of_ended and status is Status.ENDED:
            since[row.id] = "0000-00"
    groups: dict[str, list[str]] = {}
    for contract_id, month in since.items():
        groups.setdefault(month, []).append(contract_id)
    begun = Q(pk__in=[])
    for month, contract_ids in groups.items():
        begun |= Q(month__gte=month, term__contract__in=contract_ids)
    cells = MonthlyDelivery.objects.filter(
        begun, term__group=TermGroup.DIRECT, month__lte=f"{today:%Y-%m}"
    )
    sums = cells.values_list("term__contract_id").annotate(
        total=Sum("minutes"), people=Sum(PEOPLE_BEHIND)
    )
    minimum = fewest_told(today)
    told = {id: None if 0 < people < minimum else total for id, total, people in sums}
    return dict.fromkeys(since, 0) | told


@dataclass(frozen=True)
class LatePayment:
    """An instalment that was or is late, with whole days."""

    instalment: Instalment
    contract: Contract
    title: Title
    days: int

    @property
    def unpaid(self) -> bool:
        return self.instalment.paid_on is None


def late_payments(of: Q, today: date, most: int) -> list[LatePayment]:
    """The `most` late payments that fell due last, of instalments with the condition `of`."""
    found = (
        Instalment.objects.filter(is_late(today), of)
        .select_related("contract__area", "contract__provider", "contract__purchaser")
        .order_by("-due_on", "contract_id", "seq")[:most]
    )
    items = service_items()
    return [
        LatePayment(
            instalment=late,
            contract=late.contract,
            title=contract_title(
                items.get(late.contract.service_item),
                late.contract.service_item,
                late.contract.area,
            ),
            days=lateness(late.due_on, late.paid_on, today)[1],
        )
        for late in found
    ]
