"""Writing the log of sessions: logging, confirming, superseding.

What happened becomes a service record of the same id at once. Locks are taken in one order
everywhere: lines of the log, workers, the audit record; the rollups are counted under the last.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from almoner.accounts.gate import acted_as
from almoner.audit.operations import Act, record
from almoner.contracts.models import ContractTerm
from almoner.delivery.models import ServiceRecord, Session
from almoner.delivery.operations.months import month_token, recount
from almoner.delivery.queries.sessions import (
    done_around,
    is_own,
    line_by_id,
    place_of,
    state_of,
    term_by_id,
    worker_of,
)
from almoner.parties.models import Worker
from almoner.rules import sessions as rules
from almoner.rules.calendar import local_day
from almoner.rules.packs import china
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission
from almoner.web.stamps import bump

FACTS = (
    "term_id",
    "started_at",
    "happened",
    "attended",
    "minutes",
    "participants",
    "late_minutes",
    "client_id",
    "why_not",
    "why_note",
)


@transaction.atomic
def log(
    *,
    actor: Actor,
    at: datetime,
    id: str,
    term_id: int,
    entry: rules.Entry,
    channel: str,
    sure: bool = False,
) -> Session:
    """Add a session of `actor`'s own to the log; what happened is a service record at once.

    `id` comes with the form: the same entry sent twice is one line. `sure` accepts what findings
    will ask about. Refused: no_worker, not_permitted, no_term, sent_already, and whatever
    `rules.sessions` finds.
    """
    worker = worker_of(actor.login)
    if worker is None:
        raise Refused("no_worker")
    held = _acting(actor, Permission.SESSION_LOG, worker.organisation_id)
    lock_workers([worker.id])
    term = _term(term_id)
    line = line_of(id, entry, term, worker.id, channel, actor, held, at)
    if (sent := _sent(line)) is not None:
        return sent
    others = done_around(worker.id, entry)
    _judge(entry, place_of(worker, term), term, others, at, sure)
    audit(actor, held, at, [Act("session.log", "sessions_log", id, after=said(line))])
    enter([line])
    return line


@transaction.atomic
def confirm(*, actor: Actor, at: datetime, ids: Sequence[str]) -> int:
    """Confirm lines of the own provider, all or none; how many.

    Refused: nothing_chosen, no_session, not_permitted, own_session, not_waiting.
    """
    if not ids:
        raise Refused("nothing_chosen")
    lines = {line.id: line for line in _locked(ids)}
    workers: dict[str, Worker | None] = {}
    held: Held | None = None
    for key in ids:
        line = lines.get(key)
        if line is None:
            raise Refused("no_session", id=key)
        held = _acting(actor, Permission.SESSION_CONFIRM, line.term.contract.provider_id)
        for login in filter(None, (actor.login, held.instead_of)):
            if login not in workers:
                workers[login] = worker_of(login)
            if is_own(line, login, workers[login]):
                raise Refused("own_session", id=key)
        if (state := state_of(line)) is not rules.SessionState.WAITING:
            raise Refused("not_waiting", id=key, state=state.value)
    assert held is not None
    acts = [
        Act("session.confirm", "sessions_log", key, after={"confirmed_at": at}) for key in lines
    ]
    audit(actor, held, at, acts)
    Session.objects.filter(pk__in=lines).update(confirmed_at=at, confirmed_by=actor.login)
    return len(lines)


@transaction.atomic
def supersede(
    *,
    actor: Actor,
    at: datetime,
    session_id: str,
    id: str,
    term_id: int,
    entry: rules.Entry,
    reason: str,
    channel: str,
    sure: bool = False,
) -> Session:
    """Put another line in the place of a wrong one, which stays readable.

    By the worker whose session it is, or the supervisor within the provider. The new line waits to
    be confirmed. Refused: as for `log`, and no_session, superseded_already, undone_already,
    reason_needed, nothing_changed.
    """
    old = next(iter(_locked([session_id])), None)
    if old is None:
        raise Refused("no_session", id=session_id)
    held = _may_supersede(actor, old)
    lock_workers([old.worker_id])
    term = _term(term_id)
    line = line_of(id, entry, term, old.worker_id, channel, actor, held, at)
    line.supersedes_id, line.reason = old.id, reason.strip()
    if (sent := _sent(line)) is not None:
        return sent
    state = state_of(old)
    if state in (rules.SessionState.SUPERSEDED, rules.SessionState.UNDONE):
        raise Refused(f"{state}_already", id=old.id)
    if not line.reason:
        raise Refused("reason_needed", field="reason")
    if facts(line) == facts(old):
        raise Refused("nothing_changed")
    others = [] if entry.withdrawn else done_around(old.worker_id, entry, without=old.id)
    _judge(entry, place_of(old.worker, term), term, others, at, sure)
    act = Act("session.supersede", "sessions_log", id, said(old) | {"id": old.id}, said(line))
    audit(actor, held, at, [act])
    remove([old])
    enter([line], also=[old])
    return line


def line_of(
    id: str,
    entry: rules.Entry,
    term: ContractTerm,
    worker_id: str,
    channel: str,
    actor: Actor,
    held: Held,
    at: datetime,
) -> Session:
    """The line of the log that an entry makes; a single client counts as one participant."""
    participants = entry.participants
    if entry.happened and entry.attended and participants is None:
        participants = 1
    return Session(
        id=id,
        term=term,
        worker_id=worker_id,
        started_at=entry.started_at,
        happened=entry.happened,
        why_not=entry.why_not or None,
        why_note=entry.why_note.strip(),
        attended=entry.attended,
        late_minutes=entry.late_minutes,
        minutes=entry.minutes,
        participants=participants,
        client_id=entry.client_id or None,
        channel=channel,
        entered_at=at.replace(microsecond=0),  # as precise as the exchange format
        entered_by=actor.login,
        instead_of=held.instead_of,
    )


def facts(line: Session) -> tuple[Any, ...]:
    """What a line says, apart from who wrote it and when."""
    return tuple(getattr(line, name) for name in FACTS)


def said(line: Session) -> dict[str, Any]:
    """What the audit record keeps of a line: nothing about the client but the outcome."""
    return {
        "contract": line.term.contract_id,
        "term": line.term.code,
        "worker": line.worker_id,
        "started_at": line.started_at,
        "happened": line.happened,
        "minutes": line.minutes,
        "why_not": line.why_not or "",
    }


def lock_workers(worker_ids: Iterable[str]) -> None:
    """Let nobody else write sessions of these workers before the transaction ends."""
    if transaction.get_connection().features.has_select_for_update:
        rows = Worker.objects.select_for_update(no_key=True).filter(pk__in=set(worker_ids))
        list(rows.order_by("pk").values_list("pk"))


def enter(lines: Sequence[Session], also: Iterable[Session] = ()) -> None:
    """Write new lines and their service records; count the months of these and of `also` anew."""
    if len(lines) == 1:
        lines[0].save(force_insert=True)
    else:
        Session.objects.bulk_create(lines)
    records = [_record_of(line) for line in lines if line.happened]
    if len(records) == 1:
        records[0].save(force_insert=True)
    elif records:
        ServiceRecord.objects.bulk_create(records)
    touched([*lines, *also])


def remove(lines: Sequence[Session]) -> None:
    """Take the service records of lines away; whoever calls counts their months anew."""
    ServiceRecord.objects.filter(pk__in=[line.id for line in lines]).delete()


def touched(lines: Iterable[Session]) -> None:
    """Count the months of lines anew, and let the public pages that show them be made anew."""
    there = list(lines)
    cells = {(line.term_id, f"{local_day(line.started_at):%Y-%m}") for line in there}
    recount(cells)
    contracts = (f"contract:{line.term.contract_id}" for line in there)
    bump(["city", *contracts, *(month_token(month) for _, month in cells)])


def audit(actor: Actor, held: Held, at: datetime, acts: Iterable[Act]) -> None:
    """Record acts in the role held; it is said on whose behalf."""
    record(actor=actor.login, role=acted_as(held), at=at, acts=acts)


def _record_of(line: Session) -> ServiceRecord:
    assert line.minutes is not None
    return ServiceRecord(
        id=line.id,
        term_id=line.term_id,
        worker_id=line.worker_id,
        started_at=line.started_at,
        minutes=line.minutes,
        participants=line.participants,
        client_id=line.client_id,
        entered_at=line.entered_at,
        channel=line.channel,
    )


def _acting(actor: Actor, permission: Permission, provider: str) -> Held:
    held = actor.acting(permission, provider)
    if held is None:
        raise Refused("not_permitted", permission=permission.value)
    return held


def _may_supersede(actor: Actor, old: Session) -> Held:
    provider = old.term.contract.provider_id
    if is_own(old, actor.login, worker_of(actor.login)):
        held = actor.acting(Permission.SESSION_LOG, provider)
        if held is not None:
            return held
    return _acting(actor, Permission.SESSION_CONFIRM, provider)


def _locked(ids: Iterable[str]) -> list[Session]:
    """The lines, locked first and read afterwards: what is joined could be older than the lock."""
    rows = Session.objects.filter(pk__in=list(ids)).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    return list(rows.select_related("term__contract", "worker", "superseded_by", "batch"))


def _term(term_id: int) -> ContractTerm:
    term = term_by_id(term_id)
    if term is None:
        raise Refused("no_term", field="term")
    return term


def _sent(line: Session) -> Session | None:
    """The line that the same form made before; Refused where it said something else then."""
    sent = line_by_id(line.id)
    if sent is None:
        return None
    if sent.entered_by != line.entered_by or facts(sent) != facts(line):
        raise Refused("sent_already", id=sent.id)
    return sent


def _judge(
    entry: rules.Entry,
    place: rules.Place,
    term: ContractTerm,
    others: Sequence[rules.Done],
    at: datetime,
    sure: bool,
) -> None:
    """Raise the first thing that stands in the way of an entry."""
    for fault in rules.shape_faults(entry):
        raise fault
    for fault in rules.place_faults(entry, place, at):
        raise fault
    if entry.withdrawn:
        return
    for fault in rules.meeting_faults(entry, term.id, others):
        raise fault
    if not sure:
        for warning in rules.warnings(
            entry, others, at, **rules.day_limits(china(), local_day(at))
        ):
            raise warning
