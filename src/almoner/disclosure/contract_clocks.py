"""The way of a contract from intention to consequence, and its clocks. No database here.

A clock is a span between two steps that the law or the catalogue of findings limits. Limits come
from the rule pack as it is in force today, as the findings take them, and a span is inside or
outside where its finding says so; but a clock also tells of a step that came at last, too late,
where E06 and N01 only ask while it is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext as _

from almoner.contracts.models import Contract, EndKind
from almoner.disclosure.contract_figures import Payment, PaymentState
from almoner.disclosure.contract_history import Told
from almoner.disclosure.contract_results import Judgement
from almoner.notices.models import NoticeKind
from almoner.rules.calendar import CalendarError, deadline, local_day, working_days_between
from almoner.rules.packs import Limit, china
from almoner.tenders.models import Method, Tender


class State(StrEnum):
    """How a clock stands: stopped in time or not, going in time or not, not started, not known."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    RUNNING = "running"
    OVERDUE = "overdue"
    AHEAD = "ahead"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """A step of the way; no day: none is recorded."""

    title: str
    day: date | None


@dataclass(frozen=True)
class Clock:
    """A limited span of the kind `code`, from `start` until `until` (today while it is going).

    `length` is in the limit's unit, below zero where the end came before the start; None where
    either end is unknown or nothing has begun. Without a limit it must end on its first day.
    `limit_on` is the day that is the limit away from the start. `estimated`: years of which no
    calendar of working days is published.
    """

    code: str
    state: State
    limit: Limit | None = None
    at_least: bool = False
    start: date | None = None
    until: date | None = None
    length: Fraction | None = None
    limit_on: date | None = None
    estimated: tuple[int, ...] = ()

    @property
    def in_working_days(self) -> bool:
        return self.limit is not None and self.limit.unit == "working_day"


@dataclass(frozen=True)
class Leg:
    """A line of the picture: steps in their order, and the clock between two of them."""

    name: str
    steps: tuple[Step, ...]
    clock: Clock | None = None
    note: str = ""

    @property
    def days(self) -> list[date]:
        return [step.day for step in self.steps if step.day]


def way(told: Told, *, public_service: bool) -> list[Leg]:
    """Every leg of the way of a contract, as far as it is public today.

    Only of a `public_service` is a notice of acceptance demanded.
    """
    contract, tender, today = told.contract, told.contract.tender, told.today
    return [
        *(_purchase(tender, today) if tender else ()),
        *_contract(contract, tender, today),
        *(_instalment(one, today) for one in told.payments),
        *(_evaluation(one, today) for one in told.judgements),
        _end(told, public_service),
    ]


def clock(
    code: str,
    start: date | None,
    end: date | None,
    today: date,
    *,
    limit: str | None = None,
    at_least: bool = False,
) -> Clock:
    """The clock of a kind between two days, `limit` by its short name in the rule pack.

    Without an end it goes until today, but not before its start.
    """
    limited = china().limit(f"{code}.{limit}", today) if limit else None
    named = Clock(code, State.UNKNOWN, limited, at_least)
    if start is None:
        return named
    until = end or today
    bound = _limit_on(start, limited)
    if until < start and end is None:
        return Clock(code, State.AHEAD, limited, at_least, start, limit_on=bound)
    length, estimated = _length(start, until, working=named.in_working_days)
    state = _state(length, limited, at_least, going=end is None)
    return Clock(code, state, limited, at_least, start, until, length, bound, estimated)


def _length(start: date, until: date, *, working: bool) -> tuple[Fraction, tuple[int, ...]]:
    if not working:
        return Fraction((until - start).days), ()
    if until < start:  # the catalogue counts 0; a reader is told how much too early
        back = working_days_between(until, start)
        return Fraction(-back.count), back.estimated_years
    counted = working_days_between(start, until)
    return Fraction(counted.count), counted.estimated_years


def _state(length: Fraction, limit: Limit | None, at_least: bool, *, going: bool) -> State:
    bound = limit.value if limit else Fraction(0)
    kept = length >= bound if at_least else length <= bound
    if going:
        return State.RUNNING if kept else State.OVERDUE
    return State.INSIDE if kept else State.OUTSIDE


def _limit_on(start: date, limit: Limit | None) -> date | None:
    """The day that is the limit away; None beyond the year 9999."""
    if limit is None:
        return start
    try:
        if limit.unit == "working_day":
            return deadline(start, working_days=int(limit.value)).day
        return deadline(start, days=int(limit.value)).day
    except CalendarError:
        return None


def _purchase(tender: Tender, today: date) -> Iterator[Leg]:
    intention = Step(_("Intention to purchase published"), tender.intention_published_on)
    published = Step(_("Tender published"), local_day(tender.published_at))
    closed = Step(_("Deadline for bids"), local_day(tender.bid_deadline))
    opened = Step(_("Bids opened"), local_day(tender.opened_at) if tender.opened_at else None)
    decided = Step(_("Award decided"), tender.award_decided_on)
    announced = Step(_("Award published"), tender.award_published_on)
    yield Leg(
        _("Intention to tender"),
        (intention, published),
        clock("N02", intention.day, published.day, today, limit="days", at_least=True),
    )
    # The law gives a time to bid to open tenders only.
    timed = (
        bidding(tender.published_at, tender.bid_deadline, today)
        if tender.method == Method.OPEN
        else None
    )
    yield Leg(_("Tender to deadline of bids"), (published, closed), timed)
    yield Leg(_("Opening of bids to award"), (opened, decided))
    yield Leg(
        _("Award to its notice"),
        (decided, announced),
        clock("T07", decided.day, announced.day, today, limit="working_days"),
    )


def bidding(published_at: datetime, bid_deadline: datetime, today: date) -> Clock:
    """The time to bid (T02), which is measured between instants."""
    limit = china().limit("T02.days", today)
    length = _exact(bid_deadline - published_at) / _exact(timedelta(days=1))
    start, until = local_day(published_at), local_day(bid_deadline)
    state = _state(length, limit, at_least=True, going=False)
    return Clock("T02", state, limit, True, start, until, length, _limit_on(start, limit))


def _exact(span: timedelta) -> Fraction:
    """Microseconds, which Python holds time in."""
    return Fraction(span // timedelta.resolution)


def _contract(contract: Contract, tender: Tender | None, today: date) -> Iterator[Leg]:
    signed = Step(_("Contract signed"), contract.signed_on)
    published = Step(_("Contract published"), contract.published_on)
    if tender:
        announced = Step(_("Award published"), tender.award_published_on)
        yield Leg(
            _("Award notice to signing"),
            (announced, signed),
            clock("C01", announced.day, signed.day, today, limit="days"),
        )
    yield Leg(
        _("Signing to notice of the contract"),
        (signed, published),
        clock("C02", signed.day, published.day, today, limit="working_days"),
    )
    yield Leg(_("Service"), (Step(_("Service starts"), contract.starts_on), _last(contract)))


def _last(contract: Contract) -> Step:
    if contract.ended_on:
        return Step(_("Contract ended"), contract.ended_on)
    return Step(_("Agreed end of the contract"), contract.ends_on)


def _instalment(one: Payment, today: date) -> Leg:
    number = {"n": one.seq}
    due = Step(_("Instalment %(n)s due") % number, one.due_on)
    if one.state is PaymentState.LAPSED:
        return Leg(_("Instalment %(n)s") % number, (due,), note=one.status)
    return Leg(
        _("Instalment %(n)s, due to paid") % number,
        (
            due,
            Step(_("Instalment %(n)s accepted") % number, one.accepted_on),
            Step(_("Instalment %(n)s paid") % number, one.paid_on),
        ),
        clock("M01", one.due_on, one.paid_on, today),
    )


def _evaluation(one: Judgement, today: date) -> Leg:
    reported = one.evaluation.reported_on if one.reported else None
    decided = min((step.decided_on for step in one.consequences), default=None)
    counted = clock("E06", reported, decided, today, limit="days")
    if reported is None and decided is None:  # no day is missing: the report is still to come
        counted = replace(counted, state=State.AHEAD)
    return Leg(
        _("%(stage)s evaluation, report to consequence") % {"stage": one.stage},
        (
            Step(_("Evaluation assigned"), one.evaluation.assigned_on),
            Step(_("Evaluation reported"), reported),
            Step(_("Consequence of the evaluation"), decided),
        ),
        counted,
    )


def _end(told: Told, public_service: bool) -> Leg:
    contract = told.contract
    days = [
        local_day(notice.published_at)
        for notice in told.notices
        if notice.kind == NoticeKind.ACCEPTANCE_RESULT and notice.subject_id == contract.id
    ]
    noticed = min(days, default=None)
    return Leg(
        _("End of service to acceptance notice"),
        (_last(contract), Step(_("Acceptance notice published"), noticed)),
        _acceptance(contract, noticed, told.today) if public_service else None,
    )


def _acceptance(contract: Contract, noticed: date | None, today: date) -> Clock | None:
    """The clock of the notice (N01), which is demanded of contracts that were completed."""
    end = contract.ended_on or contract.ends_on
    if contract.end_kind == EndKind.COMPLETED:
        return clock("N01", end, noticed, today, limit="days")
    if contract.end_kind is not None:
        return None
    if end >= today and noticed is None:
        return replace(
            clock("N01", end, None, today, limit="days"),
            state=State.AHEAD,
            until=None,
            length=None,
        )
    # Past its agreed end, a contract of which no end is recorded may have been broken off.
    return clock("N01", None, noticed, today, limit="days")
