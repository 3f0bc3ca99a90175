"""Reading the log of sessions: whose it is, what is in it, and what waits to be confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from almoner.contracts.models import ContractTerm
from almoner.delivery.models import ServiceRecord, Session, WhyNot, WorkerAccount
from almoner.parties.models import Worker
from almoner.prepared import Prepared
from almoner.rules.calendar import SHANGHAI, local_day
from almoner.rules.roles import Actor, Permission, Role
from almoner.rules.sessions import DAY, Done, Entry, Place, SessionState
from almoner.web.format import day as day_text
from almoner.web.tasks import Task

OLD_AFTER = timedelta(days=7)
RECENT = 50
_WITH = ("term__contract__area", "worker", "superseded_by")

_ACCOUNT = Prepared(
    lambda login: WorkerAccount.objects.filter(person__login=login).select_related("worker")
)
_TERM = Prepared(lambda term_id: ContractTerm.objects.filter(pk=term_id).select_related("contract"))

_SENT = Prepared(
    lambda session_id: Session.objects.filter(pk=session_id).select_related("term__contract")
)
_AROUND = (
    "SELECT id, term_id, started_at, minutes, client_id FROM service_records "
    "WHERE worker_id = %s AND started_at >= %s AND started_at < %s"
)


def line_by_id(session_id: str) -> Session | None:
    """A line of the log, with its term and contract."""
    rows = _SENT(session_id)
    return rows[0] if rows else None


def worker_of(login: str) -> Worker | None:
    """The social worker that a person is when logging; None where nobody linked them."""
    rows = _ACCOUNT(login)
    return rows[0].worker if rows else None


def term_by_id(term_id: int) -> ContractTerm | None:
    """A term with its contract."""
    rows = _TERM(term_id)
    return rows[0] if rows else None


def running_terms(provider: str, day: date) -> list[ContractTerm]:
    """The terms of a provider's contracts that run on a day, by contract and code."""
    running = Q(contract__ended_on=None) | Q(contract__ended_on__gte=day)
    return list(
        ContractTerm.objects.filter(
            running,
            contract__provider=provider,
            contract__starts_on__lte=day,
            contract__ends_on__gte=day,
        )
        .select_related("contract__area")
        .order_by("-contract__starts_on", "contract_id", "code")
    )


def latest_of(worker_id: str) -> list[Session]:
    """A worker's latest lines that stand, by when they were entered; the newest first."""
    rows = _standing(Session.objects.filter(worker=worker_id)).order_by("-started_at", "-id")
    newest = list(rows.select_related("term__contract__area")[:RECENT])
    return sorted(newest, key=lambda line: (line.entered_at, line.id), reverse=True)


def lines_on(worker_id: str, day: date) -> list[Session]:
    """What a worker logged for a day, by start; what was superseded or undone is left out."""
    first = datetime.combine(day, time(), SHANGHAI)
    rows = Session.objects.filter(
        worker=worker_id, started_at__gte=first, started_at__lt=first + DAY
    )
    return list(_standing(rows).select_related(*_WITH).order_by("started_at", "id"))


def _standing(rows: "QuerySet[Session]") -> "QuerySet[Session]":
    return rows.filter(undone=False, superseded_by=None)


def done_around(worker_id: str, entry: Entry, without: str = "") -> list[Done]:
    """The worker's other sessions that could meet an entry, or count for its day.

    For one that happened these are records, wherever they came from; for one that did not, lines
    of the log that did not happen either. Bounded by the days around it, whatever the table holds.
    """
    midnight = datetime.combine(entry.day, time(), SHANGHAI)
    first, last = midnight - DAY, max(midnight + DAY, entry.ends_at)
    if not entry.happened:
        return done_between([worker_id], first, last, False, without).get(worker_id, [])
    # By hand, because every session that is logged asks this; see `almoner.prepared`.
    bounds = [connection.ops.adapt_datetimefield_value(instant) for instant in (first, last)]
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [worker_id, *bounds])
        rows = cursor.fetchall()
    return [
        Done(key, term, _instant(started_at), minutes, client)
        for key, term, started_at, minutes, client in rows
        if key != without
    ]


def _instant(value: datetime) -> datetime:
    """An instant as the database gives it; SQLite keeps it in UTC without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def done_between(
    worker_ids: Iterable[str], first: datetime, last: datetime, happened: bool, without: str = ""
) -> dict[str, list[Done]]:
    """The workers' sessions that start in [first, last), by worker."""
    rows: QuerySet[Any] = ServiceRecord.objects.all()
    if not happened:
        rows = _standing(Session.objects.filter(happened=False))
    names = ("worker_id", "id", "term_id", "started_at", "minutes", "client_id")
    found: dict[str, list[Done]] = {}
    chosen = rows.filter(worker__in=worker_ids, started_at__gte=first, started_at__lt=last)
    for worker, key, term, started_at, minutes, client in chosen.values_list(*names):
        if key != without:
            found.setdefault(worker, []).append(Done(key, term, started_at, minutes or 0, client))
    return found


def place_of(worker: Worker, term: ContractTerm) -> Place:
    """Whose session it would be."""
    contract = term.contract
    return Place(
        worker_provider=worker.organisation_id,
        employed_from=worker.employed_from,
        employed_to=worker.employed_to,
        contract_provider=contract.provider_id,
        starts_on=contract.starts_on,
        ends_on=contract.ended_on or contract.ends_on,
    )


def state_of(line: Session) -> SessionState:
    """Where a line stands, from its facts."""
    if line.undone:
        return SessionState.UNDONE
    if hasattr(line, "superseded_by"):
        return SessionState.SUPERSEDED
    return SessionState.CONFIRMED if line.confirmed_at else SessionState.WAITING


STATES: dict[SessionState, Q] = {
    SessionState.WAITING: Q(undone=False, superseded_by=None, confirmed_at=None),
    SessionState.CONFIRMED: Q(undone=False, superseded_by=None, confirmed_at__isnull=False),
    SessionState.SUPERSEDED: Q(undone=False, superseded_by__isnull=False),
    SessionState.UNDONE: Q(undone=True),
}


def overseen(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """The providers whose sessions `actor` sees in a part other than the worker's own."""
    others = tuple(held for held in actor.held if held.role is not Role.SOCIAL_WORKER)
    return Actor(actor.login, others).bodies(permission)


def readable(actor: Actor) -> "QuerySet[Session]":
    """The lines that `actor` may read, the newest first: a provider's, or a worker's own."""
    rows = Session.objects.select_related(*_WITH).order_by("-started_at", "-id")
    providers = overseen(actor, Permission.SESSION_READ)
    if providers is None:
        return rows
    worker = worker_of(actor.login)
    own = Q(worker=worker.id) if worker else Q(pk__in=())
    return rows.filter(own | Q(term__contract__provider__in=providers))


def readable_line(actor: Actor, session_id: str) -> Session | None:
    """One line that `actor` may read."""
    return readable(actor).filter(pk=session_id).first()


def versions_of(line: Session) -> list[Session]:
    """All versions of a line, the first one first, itself among them."""
    rows = Session.objects.select_related(*_WITH)
    found = [line]
    while earlier := found[0].supersedes_id:
        found.insert(0, rows.get(pk=earlier))
    while later := rows.filter(supersedes=found[-1].id).first():
        found.append(later)
    return found


def chosen(
    rows: "QuerySet[Session]", *, month: str = "", worker: str = "", term: str = "", state: str = ""
) -> "QuerySet[Session]":
    """Of `rows` those of a month (YYYY-MM), a worker, a term (its id) and a state."""
    if month:
        first = datetime.strptime(f"{month}-01 +0800", "%Y-%m-%d %z")
        after = (first + timedelta(days=31)).replace(day=1)
        rows = rows.filter(started_at__gte=first, started_at__lt=after)
    if worker:
        rows = rows.filter(worker=worker)
    if term:
        rows = rows.filter(term_id=int(term))
    if state:
        rows = rows.filter(STATES[SessionState(state)])
    return rows


def to_confirm(actor: Actor) -> "QuerySet[Session]":
    """What waits for the supervisor within the provider, the oldest first."""
    rows = Session.objects.filter(STATES[SessionState.WAITING])
    providers = actor.bodies(Permission.SESSION_CONFIRM)
    if providers is not None:
        rows = rows.filter(term__contract__provider__in=providers)
    return rows.select_related(*_WITH).order_by("started_at", "id")


def is_own(line: Session, login: str, worker: Worker | None) -> bool:
    """Whether somebody entered a line, or had a deputy enter it, or is its worker."""
    wrote = login in (line.entered_by, line.instead_of)
    return wrote or (worker is not None and line.worker_id == worker.id)


@dataclass(frozen=True)
class Shares:
    """What came of sessions. Logistics stand apart: they say nothing about provider or client."""

    happened: int
    acceptable: int
    not_acceptable: int
    logistics: int
    late: int

    @property
    def share(self) -> Fraction | None:
        """Of those that happened or failed for a person's reason, how many happened."""
        counted = self.happened + self.acceptable + self.not_acceptable
        return Fraction(self.happened, counted) if counted else None

    @property
    def late_share(self) -> Fraction | None:
        """Of those that happened, how many began late."""
        return Fraction(self.late, self.happened) if self.happened else None


def shares(rows: "QuerySet[Session]") -> Shares:
    """The shares of `rows`; what was superseded, undone or withdrawn counts nowhere."""
    counted = _standing(rows.order_by()).aggregate(
        took_place=Count("id", filter=Q(happened=True)),
        late=Count("id", filter=Q(happened=True, late_minutes__gt=0)),
        **{kind: Count("id", filter=Q(why_not=kind)) for kind in WhyNot.values},
    )
    return Shares(happened=counted.pop("took_place"), **counted)


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """For a supervisor within a provider: that sessions have waited a week to be confirmed."""
    if not actor.may(Permission.SESSION_CONFIRM):
        return []
    worker = worker_of(actor.login)
    rows = to_confirm(actor).filter(entered_at__lte=at - OLD_AFTER)
    rows = rows.exclude(entered_by=actor.login).exclude(instead_of=actor.login)
    if worker:
        rows = rows.exclude(worker=worker.id)
    waiting = rows.order_by().aggregate(number=Count("id"), oldest=Min("entered_at"))
    if not waiting["number"]:
        return []
    number, oldest = waiting["number"], local_day(waiting["oldest"])
    text = ngettext(
        "%(number)d session, entered on %(day)s",
        "%(number)d sessions, the oldest entered on %(day)s",
        number,
    )
    about = text % {"number": number, "day": day_text(oldest)}
    return [Task(_("Confirm sessions"), about, oldest + OLD_AFTER, reverse("session-confirm"))]


def terms_in(rows: "QuerySet[Session]") -> list[ContractTerm]:
    """The terms that lines are about, by contract and code."""
    used = rows.order_by().values("term").distinct()
    terms = ContractTerm.objects.filter(pk__in=used).select_related("contract__area")
    return list(terms.order_by("contract_id", "code"))
