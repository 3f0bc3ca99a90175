"""What all pages of a contract share: who, where, when, and the reads that several of them need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from almoner.contracts.models import (
    ChangeKind,
    Contract,
    ContractChange,
    ContractTerm,
    DelayCause,
    EndKind,
)
from almoner.contracts.queries import Known, changes_of, known_contract
from almoner.contracts.queries.ending import is_lapsed
from almoner.delivery.queries.delivered import TermMonth
from almoner.disclosure.contract_figures import (
    ContractYear,
    Paid,
    Payment,
    PaymentState,
    lateness,
    months_in,
    year_on,
    years_of,
)
from almoner.disclosure.contract_labels import address, framework_name, name
from almoner.disclosure.contract_queries import months_of
from almoner.disclosure.contract_results import Judgements, judgements
from almoner.disclosure.contract_service import YearOfService, year_of_service
from almoner.disclosure.queries import Status, contract_title, status_on
from almoner.evaluation import queries as evaluation
from almoner.payments.queries import instalments_of
from almoner.rules.small_cells import fewest_told
from almoner.rules.terms import Version, later_versions
from almoner.web.format import in_one_language
from almoner.web.language import gettext as _
from almoner.web.language import label

Crumbs = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Head:
    """What all pages of a contract share."""

    contract: Contract
    title: str
    now: datetime
    bids: int | None
    years: tuple[ContractYear, ...]
    year: ContractYear
    status: Status

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def actual_end(self) -> date:
        return self.contract.ended_on or self.contract.ends_on

    @property
    def state(self) -> str:
        """Where the contract stands, in words."""
        if self.status is Status.RUNNING and self.year.of > 1:
            numbers = {"n": self.year.number, "of": self.year.of}
            return _("Being delivered · year %(n)s of %(of)s") % numbers
        if self.status is Status.ENDED and self.contract.end_kind:
            return label(EndKind, self.contract.end_kind)
        return label(Status, self.status)

    @property
    def framework(self) -> str | None:
        """The framework by which the contract is to be judged."""
        return framework_name(self.contract.framework) if self.contract.framework else None

    @property
    def not_started(self) -> bool:
        return self.status is Status.NOT_STARTED

    @property
    def state_tag(self) -> str:
        ended_early = self.contract.end_kind not in (None, EndKind.COMPLETED)
        return "warn" if self.status is Status.ENDED and ended_early else "info"

    def crumbs(self, page: str = "") -> Crumbs:
        """From the district down to the contract, and to a page below it."""
        area, contract = self.contract.area, self.contract
        above = [area.parent, area] if area.parent else [area]
        path: Crumbs = [(name(place), address("place", place.code)) for place in above]
        title = _("Contract %(id)s") % {"id": contract.id}
        if not page:
            return [*path, (title, None)]
        return [*path, (title, reverse("contract", args=[contract.id])), (page, None)]


def head_of(contract_id: str, now: datetime) -> Head | None:
    """The head of a contract's pages; None where there is no such contract."""
    known = known_contract(contract_id, now)
    return _head(known, now) if known else None


def _head(known: Known, now: datetime) -> Head:
    contract = known.contract
    years = years_of(contract.starts_on, contract.ends_on)
    last = min(now.date(), contract.ended_on or contract.ends_on)
    return Head(
        contract=contract,
        title=str(contract_title(known.item, contract.service_item, contract.area)),
        now=now,
        bids=known.bids,
        years=years,
        year=year_on(years, last),
        status=status_on(contract, now.date()),
    )


def payments_of(head: Head) -> Paid:
    """The instalments as they stand today."""
    return Paid.of(
        Payment(
            seq=row.seq,
            amount_fen=row.amount_fen,
            condition=in_one_language(row.condition) if row.condition else None,
            due_on=row.due_on,
            accepted_on=row.accepted_on,
            paid_on=row.paid_on,
            paid_fen=row.paid_fen,
            cause=label(DelayCause, row.delay_cause) if row.delay_cause else None,
            state=state,
            days_late=days,
            unpaid_fen=max(row.amount_fen - row.paid_fen, 0) if row.paid_fen is not None else 0,
        )
        for row in instalments_of(head.contract.id)
        for state, days in [
            (PaymentState.LAPSED, 0)
            if is_lapsed(row, head.contract)
            else lateness(row.due_on, row.paid_on, head.today)
        ]
    )


@dataclass(frozen=True)
class ChangeRow:
    """A change of the contract, in words."""

    change: ContractChange
    kind: str
    detail: str | None
    reason: str | None


@dataclass(frozen=True)
class Changes:
    """The changes of a contract, what those agreed add to its money (fen) and do to its terms."""

    rows: tuple[ChangeRow, ...]
    agreed_fen: int
    later: Mapping[str, tuple[Version, ...]]


def changes(head: Head) -> Changes:
    """The changes of a contract. Only what the provider agreed to changes the money."""
    rows = changes_of(head.contract.id)
    return Changes(
        rows=tuple(
            ChangeRow(
                row,
                label(ChangeKind, row.kind),
                in_one_language(row.detail) if row.detail else None,
                in_one_language(row.reason) if row.reason else None,
            )
            for row in rows
        ),
        agreed_fen=sum(
            row.amount_delta_fen or 0
            for row in rows
            if row.kind == ChangeKind.AMOUNT and row.agreed_by_provider
        ),
        later=later_versions(
            row.detail or ""
            for row in rows
            if row.kind == ChangeKind.WORKLOAD and row.agreed_by_provider
        ),
    )


def judgements_of(head: Head) -> Judgements:
    """The evaluations of a contract with what they led to; one query each, none without any."""
    rows = evaluation.evaluations_of(head.contract.id)
    ids = [row.id for row in rows]
    if not ids:
        return Judgements((), None)
    return judgements(
        rows,
        evaluation.indicators_of({row.framework_id for row in rows}),
        evaluation.ratings_of(ids),
        evaluation.consequences_of(ids),
        head.today,
    )


def months_from(head: Head, year: ContractYear) -> list[TermMonth]:
    """What was delivered up to today in a contract year and those after it; one query."""
    since, _before = months_in(head.years, year)
    return months_of(head.contract.id, since, f"{head.today:%Y-%m}")


def service_in(
    head: Head,
    year: ContractYear,
    terms: list[ContractTerm],
    months: list[TermMonth],
    changed: Changes,
) -> YearOfService:
    """One contract year of a contract."""
    return year_of_service(
        year,
        head.years,
        terms,
        months,
        today=head.today,
        actual_end=head.actual_end,
        minimum=fewest_told(head.today),
        later=changed.later,
    )
