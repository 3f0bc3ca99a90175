"""The life of a contract as one line of dated facts. No database here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from almoner.contracts.models import ChangeKind, Contract, ContractChange, EndKind
from almoner.disclosure.contract_figures import Payment
from almoner.disclosure.contract_labels import name
from almoner.disclosure.contract_results import Judgement
from almoner.evaluation.models import ConsequenceKind
from almoner.needs.models import Need
from almoner.notices.models import Notice, NoticeKind
from almoner.rules.calendar import local_day
from almoner.tenders.models import Bid, BidStatus, Method, Tender
from almoner.voice.models import Complainant, Complaint
from almoner.web.format import score, yuan


@dataclass(frozen=True)
class Event:
    """One fact. No day: a step that should be there and is not recorded. `at` for instants."""

    day: date | None
    title: str
    detail: str = ""
    at: datetime | None = None
    planned: bool = False
    days_since: int | None = None
    bids: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True)
class Told:
    """All that the line is made of. Before the opening there are no `bids` in it."""

    contract: Contract
    now: datetime
    opened: bool
    bids: Sequence[Bid]
    need: Need | None
    changes: Sequence[ContractChange]
    payments: Sequence[Payment]
    judgements: Sequence[Judgement]
    complaints: Sequence[Complaint]
    notices: Sequence[Notice]

    @property
    def today(self) -> date:
        return local_day(self.now)


def timeline(told: Told) -> list[Event]:
    """Every fact by its day, with the days since the one before it; what lies ahead is planned.

    Steps of the procedure that are not recorded stand before the next step that is. On the same
    day the order is that of the procedure.
    """
    steps = _with_gaps_filled([*_procedure(told), *_signing(told)])
    rest = sorted(_others(told), key=lambda event: event.day or date.max)
    merged = sorted([*steps, *((event.day or date.max, event) for event in rest)], key=_day)
    return _clocked([event for _day_of, event in merged], told)


def _day(step: tuple[date, Event]) -> date:
    return step[0]


def _with_gaps_filled(steps: Sequence[Event]) -> list[tuple[date, Event]]:
    """Steps with the days by which they are ordered: one that is missing goes with the next.

    A missing step with nothing recorded after it has not happened yet and is left out.
    """
    placed: list[tuple[date, Event]] = []
    following: date | None = None
    for step in reversed(steps):
        following = step.day or following
        if following is not None:
            placed.append((following, step))
    return placed[::-1]


def _clocked(events: Sequence[Event], told: Told) -> list[Event]:
    dated = [event.day for event in events if event.day]
    since = iter([None, *((later - earlier).days for earlier, later in pairwise(dated))])
    return [
        replace(event, days_since=next(since), planned=_is_ahead(event, told))
        if event.day
        else event
        for event in events
    ]


def _is_ahead(event: Event, told: Told) -> bool:
    if event.at:
        return event.at > told.now
    return event.day is not None and event.day > told.today


def _instant(at: datetime | None, title: str, detail: str = "") -> Event:
    return Event(local_day(at) if at else None, title, detail, at)


def _procedure(told: Told) -> Iterator[Event]:
    """The steps of the tender in the order in which they should come; none without a tender."""
    tender = told.contract.tender
    if told.need:
        yield Event(told.need.raised_on, _("First request for this service in this area"))
    if tender is None:
        return
    yield Event(tender.intention_published_on, _("Intention to purchase published"))
    ceiling = _("Ceiling %(sum)s") % {"sum": yuan(tender.ceiling_fen)}
    method = f"{Method(tender.method).label} · {ceiling}"
    yield _instant(tender.published_at, _("Tender published"), method)
    yield _instant(tender.bid_deadline, _("Deadline for bids"))
    yield _opening(told, tender)
    yield Event(tender.award_decided_on, _("Award decided"), _winner(told))
    yield Event(tender.award_published_on, _("Award published"))


def _winner(told: Told) -> str:
    """Who won, once the bids are open: before that the name would tell of a bid."""
    return name(told.contract.provider) if told.opened else ""


def _opening(told: Told, tender: Tender) -> Event:
    if not told.opened:
        return _instant(tender.opened_at, _("Bids opened"))
    bids = tuple(
        (name(bid.provider), bid.price_fen, str(BidStatus(bid.status).label)) for bid in told.bids
    )
    return replace(_instant(tender.opened_at, _("Bids opened")), bids=bids)


def _signing(told: Told) -> Iterator[Event]:
    contract = told.contract
    yield Event(contract.signed_on, _("Contract signed"), yuan(contract.amount_fen))
    yield Event(contract.published_on, _("Contract published"))
    yield Event(contract.filed_on, _("Contract filed"))
    yield Event(contract.starts_on, _("Service starts"))


def _others(told: Told) -> Iterator[Event]:
    yield from _changes(told.changes)
    yield from _payments(told.payments)
    for one in told.judgements:
        yield from _judgement(one)
    yield from _complaints(told.complaints)
    for notice in told.notices:
        yield _instant(notice.published_at, _("Notice issued"), str(NoticeKind(notice.kind).label))
    yield _end(told.contract)


def _end(contract: Contract) -> Event:
    kind = str(EndKind(contract.end_kind).label) if contract.end_kind else ""
    if contract.ended_on:
        return Event(contract.ended_on, _("Contract ended"), kind)
    return Event(contract.ends_on, _("Agreed end of the contract"), kind)


def _changes(changes: Iterable[ContractChange]) -> Iterator[Event]:
    for change in changes:
        agreed = _("agreed by the provider") if change.agreed_by_provider else _("not agreed")
        kind = ChangeKind(change.kind).label
        yield Event(change.made_on, _("Contract changed"), f"{kind} · {agreed}")


def _payments(payments: Iterable[Payment]) -> Iterator[Event]:
    for one in payments:
        number = {"n": one.seq}
        yield Event(one.due_on, _("Instalment %(n)s due") % number, yuan(one.amount_fen))
        if one.accepted_on:
            yield Event(one.accepted_on, _("Instalment %(n)s accepted") % number)
        if one.paid_on:
            yield Event(one.paid_on, _("Instalment %(n)s paid") % number, yuan(one.paid_fen))


def _judgement(one: Judgement) -> Iterator[Event]:
    evaluation = one.evaluation
    by = f"{one.stage} · {name(evaluation.agency)}"
    if evaluation.assigned_on:
        yield Event(evaluation.assigned_on, _("Evaluation assigned"), by)
    if one.reported and evaluation.reported_on:
        result = f" · {one.grade} · {score(one.total)}" if one.total is not None else ""
        yield Event(evaluation.reported_on, _("Evaluation reported"), by + result)
    for step in one.consequences:
        amount = f" · {yuan(step.amount_fen)}" if step.amount_fen is not None else ""
        label = f"{ConsequenceKind(step.kind).label}{amount}"
        yield Event(step.decided_on, _("Consequence of the evaluation"), label)


def _complaints(complaints: Iterable[Complaint]) -> Iterator[Event]:
    for one in complaints:
        sender = str(Complainant(one.from_kind).label)
        yield Event(one.received_on, _("Complaint received"), sender)
        if one.answered_on:
            yield Event(one.answered_on, _("Complaint answered"), sender)
