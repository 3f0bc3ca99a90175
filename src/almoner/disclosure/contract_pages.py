"""What each page of a contract is made of: reads, handed to computations, as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from almoner.budget import operations as ledger
from almoner.budget.queries import balances
from almoner.contracts.models import ChangeKind, Commitment, TargetGroup
from almoner.contracts.queries import changes_of, commitments_of, is_opened, terms_of
from almoner.contracts.queries.ending import released_fen
from almoner.delivery.labels import imposed_in_words
from almoner.delivery.models import Ruling, TaskRequest
from almoner.delivery.queries.delivered import task_requests_of
from almoner.directory.models import ItemKind
from almoner.directory.queries import item_of
from almoner.disclosure import contract_queries as other
from almoner.disclosure.contract_clocks import way
from almoner.disclosure.contract_figures import Paid, Range, price_per_hour, share
from almoner.disclosure.contract_head import (
    ChangeRow,
    Changes,
    Head,
    changes,
    judgements_of,
    months_from,
    payments_of,
    service_in,
)
from almoner.disclosure.contract_history import Event, Told, timeline
from almoner.disclosure.contract_labels import framework_name, name
from almoner.disclosure.contract_results import Change, Judgement, Judgements, changes_in_users
from almoner.disclosure.contract_service import TermYear, YearOfService
from almoner.disclosure.contract_timeline import Timeline
from almoner.disclosure.queries import Status
from almoner.evaluation.queries import outcomes_of
from almoner.rules.money import round_half_away
from almoner.rules.scope import without_override
from almoner.rules.small_cells import fewest_told
from almoner.tenders.models import Method
from almoner.web.format import day, hours, in_one_language, percent
from almoner.web.language import gettext as _
from almoner.web.language import label


@dataclass(frozen=True)
class ContractPage:
    """The contract page. Money is of the whole contract; `agreed_fen` includes agreed changes."""

    head: Head
    service: YearOfService
    delivered: Fraction | None
    paid: Paid
    changes: Changes
    judgements: Judgements
    agreed_fen: int
    yearly_fen: int
    paid_share: Fraction | None
    hour_fen: int | None
    similar: Range | None
    method: str
    target_group: str | None

    @property
    def promised(self) -> Fraction | None:
        """Direct hours promised a year, as far as they are known."""
        return self.service.promised or None

    @property
    def hours_text(self) -> str:
        """What is bought, for the sentence at the head of the page."""
        if not self.promised:
            return _("services without fixed hours")
        known = {"hours": hours(self.promised)}
        if self.service.unknown_terms:
            return _("at least %(hours)s of direct service") % known
        return _("%(hours)s of direct service") % known

    @property
    def progress(self) -> str:
        """What share was delivered and paid by today, for the sentence at the head of the page."""
        facts = {
            "day": day(self.head.today),
            "delivered": percent(self.delivered),
            "paid": percent(self.paid_share),
            "n": self.head.year.number,
            "of": self.head.year.of,
        }
        if self.delivered is None:
            return _("By %(day)s, %(paid)s of the whole contract’s money was paid.") % facts
        if self.head.status is Status.ENDED or self.head.year.of == 1:
            return (
                _(
                    "By %(day)s, %(delivered)s of the contract’s direct hours were delivered"
                    " and %(paid)s of its money was paid."
                )
                % facts
            )
        return (
            _(
                "By %(day)s, %(delivered)s of the direct hours of year %(n)s of %(of)s were"
                " delivered and %(paid)s of the whole contract’s money was paid."
            )
            % facts
        )


def contract_page(head: Head) -> ContractPage:
    """All of the contract page."""
    contract, years = head.contract, head.years
    terms = terms_of(contract.id)
    in_all = head.status is Status.ENDED and len(years) > 1
    months = months_from(head, years[0] if in_all else head.year)
    paid, changed = payments_of(head), changes(head)
    service = service_in(head, head.year, terms, months, changed)
    agreed = contract.amount_fen + changed.agreed_fen
    hours_known = service.promised if not service.unknown_terms else Fraction(0)
    delivered = service.share
    if in_all:
        every = [service_in(head, year, terms, months, changed) for year in years]
        delivered = _share_of_all(every)
    return ContractPage(
        head=head,
        service=service,
        delivered=delivered,
        paid=paid,
        changes=changed,
        judgements=judgements_of(head),
        agreed_fen=agreed,
        yearly_fen=round_half_away(Fraction(contract.amount_fen, len(years))),
        paid_share=share(paid.paid_fen, agreed),
        hour_fen=price_per_hour(contract.amount_fen, hours_known, len(years)),
        similar=other.similar_prices(contract),
        method=label(Method, contract.tender.method) if contract.tender else "",
        target_group=(label(TargetGroup, contract.target_group) if contract.target_group else None),
    )


def _share_of_all(every: Iterable[YearOfService]) -> Fraction | None:
    """Hours of all years as a share of those promised; hidden where a year's are hidden."""
    delivered = promised = Fraction(0)
    for year in every:
        if year.total.hours is None:
            return None
        delivered += year.total.hours
        promised += year.promised
    return share(delivered, promised)


@dataclass(frozen=True)
class PaymentsPage:
    """The whole trail of the money, in fen, as the ledger holds it.

    `sources` are what stands behind the contract, each with what no contract has of it yet.
    """

    head: Head
    sources: tuple[tuple[Commitment, int], ...]
    committed_fen: int
    released_fen: int
    accepted_fen: int
    paid_fen: int
    left_fen: int
    agreed_fen: int
    paid: Paid
    changes: Changes

    @property
    def amount_changes(self) -> list[ChangeRow]:
        return [row for row in self.changes.rows if row.change.kind == ChangeKind.AMOUNT]

    @property
    def steps(self) -> list[tuple[str, int, int]]:
        """Name, fen and whole percent of what was committed, from the budget to the last fen."""
        rows = [
            (_("Committed"), self.committed_fen),
            (_("Accepted"), self.accepted_fen),
            (_("Paid"), self.paid_fen),
            (_("Left to pay"), self.left_fen),
        ]
        whole = self.committed_fen
        return [(name, fen, min(100 * fen // whole, 100) if whole else 0) for name, fen in rows]


def payments_page(head: Head) -> PaymentsPage:
    """Where the contract's money comes from and how far it went."""
    contract_id = head.contract.id
    commitments = commitments_of(contract_id)
    stages = [account(contract_id) for account in (ledger.committed, ledger.accepted, ledger.paid)]
    unspent = {row.id: ledger.available(row.appropriation_id) for row in commitments}
    held = balances([*stages, *unspent.values()])
    waiting, accepted, paid = (held[account] for account in stages)
    changed = changes(head)
    return PaymentsPage(
        head=head,
        sources=tuple((row, held[unspent[row.id]]) for row in commitments),
        committed_fen=waiting + accepted + paid,
        released_fen=released_fen(head.contract),
        accepted_fen=accepted + paid,
        paid_fen=paid,
        left_fen=waiting + accepted,
        agreed_fen=head.contract.amount_fen + changed.agreed_fen,
        paid=payments_of(head),
        changes=changed,
    )


@dataclass(frozen=True)
class RequestRow:
    """Work asked for outside the contract, in words."""

    request: TaskRequest
    summary: str | None
    ruling: str
    tag: str
    imposed: str


RULING_TAGS = {Ruling.IMPOSED: "bad", Ruling.OPEN: "warn"}


@dataclass(frozen=True)
class ServicePage:
    """One contract year in full, and what users and officials asked and said."""

    head: Head
    service: YearOfService
    requests: tuple[RequestRow, ...]
    requested_hours: Fraction
    surveys: tuple[other.Survey, ...]
    changes_in_users: tuple[Change, ...]
    few: int

    @property
    def groups(self) -> list[tuple[str, tuple[TermYear, ...]]]:
        """The terms of the year under their headings."""
        return [
            (_("Direct service"), self.service.direct),
            (_("Indirect work, in no total"), self.service.indirect),
        ]


def service_page(head: Head, number: int | None) -> ServicePage | None:
    """The page of contract year `number`, by default the current or last; None if there is none."""
    if number is not None and not 1 <= number <= len(head.years):
        return None
    contract_id, minimum = head.contract.id, fewest_told(head.today)
    year = head.years[number - 1] if number else head.year
    requests = task_requests_of(contract_id)
    return ServicePage(
        head=head,
        service=service_in(
            head, year, terms_of(contract_id), months_from(head, year), changes(head)
        ),
        requests=tuple(
            RequestRow(
                row,
                in_one_language(summary) if summary else None,
                str(Ruling(row.ruling).label),
                RULING_TAGS.get(Ruling(row.ruling), "info"),
                imposed_in_words(imposed, head.contract.purchaser) if imposed else "",
            )
            for row in requests
            for summary, imposed in [without_override(row.summary or "")]
        ),
        requested_hours=sum((Fraction(row.hours or 0) for row in requests), Fraction(0)),
        surveys=other.surveys_of(contract_id, minimum),
        changes_in_users=changes_in_users(outcomes_of(contract_id), head.today, minimum),
        few=minimum,
    )


@dataclass(frozen=True)
class EvaluationRow:
    """An evaluation, who asked and paid for it, and whether its framework is the contract's.

    `pinned` is None where the contract fixes none.
    """

    judgement: Judgement
    framework: str
    commissioned: str | None
    payer: str | None
    pinned: bool | None


@dataclass(frozen=True)
class EvaluationPage:
    """Every evaluation of a contract, the newest first."""

    head: Head
    judgements: Judgements
    rows: tuple[EvaluationRow, ...]


def evaluation_page(head: Head) -> EvaluationPage:
    """How a contract was judged, by whom, for whose money."""
    found = judgements_of(head)
    codes = {
        code
        for one in found.every
        for code in (one.evaluation.commissioned_by_uscc, one.evaluation.paid_by_uscc)
        if code
    }
    names = {code: name(body) for code, body in other.organisations_named(codes).items()}
    fixed = head.contract.framework_id
    rows = (
        EvaluationRow(
            judgement=one,
            framework=framework_name(one.evaluation.framework),
            commissioned=_name(names, one.evaluation.commissioned_by_uscc),
            payer=_name(names, one.evaluation.paid_by_uscc),
            pinned=None if fixed is None else one.evaluation.framework_id == fixed,
        )
        for one in reversed(found.every)
    )
    return EvaluationPage(head, found, tuple(rows))


def _name(names: dict[str, str], uscc: str | None) -> str | None:
    """The name of a body, or its code where the record does not know it."""
    return names.get(uscc, uscc) if uscc else None


@dataclass(frozen=True)
class HistoryPage:
    """The life of a contract as one line of dated facts, and its way with its clocks."""

    head: Head
    events: list[Event]
    timeline: Timeline


def history_page(head: Head) -> HistoryPage:
    """Every dated public fact. Bids are only read once they are open."""
    contract, tender = head.contract, head.contract.tender
    opened = tender is not None and is_opened(tender, head.now)
    found = judgements_of(head)
    complaints = other.complaints_about(contract)
    subjects = {contract.id, *(row.id for row in complaints)}
    subjects |= {one.evaluation.id for one in found.every}
    subjects |= {contract.tender_id} if contract.tender_id else set()
    told = Told(
        contract=contract,
        now=head.now,
        opened=opened,
        bids=other.bids_of(tender, head.now),
        need=other.first_need(contract, contract.signed_on),
        changes=changes_of(contract.id),
        payments=payments_of(head).payments,
        judgements=found.every,
        complaints=complaints,
        notices=other.notices_about(subjects, head.now),
    )
    item = item_of(contract.service_item)
    public = item is not None and item.kind == ItemKind.PUBLIC_SERVICE
    legs = way(told, public_service=public)
    return HistoryPage(head, timeline(told), Timeline(legs, told.today))
