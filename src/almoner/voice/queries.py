"""Reads of complaints."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.rules.calendar import local_day
from almoner.rules.complaints import Clock, answer_limit, clock
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import ComplaintState
from almoner.tenders.models import Tender
from almoner.voice.models import Complaint, ComplaintFile, ComplaintOutcome
from almoner.web.tasks import Task

RELATED = ("contract__area", "tender__area", "contract__purchaser", "tender__purchaser", "file")


@dataclass(frozen=True)
class ComplaintFilter:
    """What is asked of a list; empty means anything. `state` is open, overdue or a state."""

    state: str = ""
    about: str = ""


def state_of(complaint: Complaint) -> ComplaintState:
    """Where a complaint stands in its workflow, derived from its facts."""
    if complaint.outcome == ComplaintOutcome.WITHDRAWN:
        return ComplaintState.WITHDRAWN
    return ComplaintState.ANSWERED if complaint.answered_on else ComplaintState.RECEIVED


def clock_of(complaint: Complaint, today: date) -> Clock:
    """How a complaint stands against its deadline on a day."""
    dates = complaint.received_on, complaint.due_on, complaint.answered_on
    return clock(*dates, complaint.outcome, today)


def answer_days(day: date) -> int:
    """Within how many working days a complaint received on a day is to be answered."""
    return int(answer_limit(day, china()).value)


def found_complaints(wanted: ComplaintFilter, today: date) -> QuerySet[Complaint]:
    """The complaints that answer a filter: first those without an answer, by deadline."""
    open_first = F("answered_on").desc(nulls_first=True)
    found = Complaint.objects.select_related(*RELATED).order_by(open_first, "due_on", "id")
    withdrawn = Q(outcome=ComplaintOutcome.WITHDRAWN)
    if wanted.state == "open":
        found = found.filter(answered_on=None)
    elif wanted.state == "overdue":
        found = found.filter(answered_on=None, due_on__lt=today)
    elif wanted.state == ComplaintState.ANSWERED:
        found = found.filter(answered_on__isnull=False).exclude(withdrawn)
    elif wanted.state == ComplaintState.WITHDRAWN:
        found = found.filter(withdrawn)
    if wanted.about:
        found = found.filter(Q(contract=wanted.about) | Q(tender=wanted.about))
    return found


def seen_by(actor: Actor, permission: Permission) -> Q:
    """The complaints that somebody may see: of contracts that their body supervises, and those
    of which nobody is named as supervisor."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return Q()
    return Q(contract__supervisor__in=bodies) | Q(contract__supervisor__isnull=True)


def complaint_of(id: str, seen: Q | None = None) -> Complaint | None:
    """A complaint by its number, among those `seen`."""
    if "\0" in id:  # PostgreSQL refuses to look for it
        return None
    found = Complaint.objects.select_related(*RELATED).filter(pk=id)
    return (found if seen is None else found.filter(seen)).first()


def complaint_by_code(tracking_hash: str) -> Complaint | None:
    """The complaint that a tracking code was given for."""
    found = Complaint.objects.select_related(*RELATED)
    return found.filter(file__tracking_hash=tracking_hash).first()


def file_of(complaint: Complaint) -> ComplaintFile | None:
    """The wordings, if the platform has them."""
    try:
        return complaint.file
    except ObjectDoesNotExist:
        return None


def answering_body(complaint: Complaint, actor: Actor) -> str:
    """On whose behalf `actor` would answer: the contract's supervisor, else the actor's own body.

    Empty where that is the whole city, or nobody.
    """
    if complaint.contract and complaint.contract.supervisor_id:
        return complaint.contract.supervisor_id
    own = actor.acting(Permission.COMPLAINT_ANSWER)
    return (own.body if own else None) or ""


def subject(ref: str, *, tender_first: bool = False) -> Contract | Tender | None:
    """What a number stands for; where it is that of both, the contract, unless told otherwise."""
    if "\0" in ref:
        return None
    contract = Contract.objects.filter(pk=ref).first()
    tender = Tender.objects.filter(pk=ref).first()
    return (tender or contract) if tender_first else (contract or tender)


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Complaints that wait for an answer."""
    if not actor.may(Permission.COMPLAINT_ANSWER):
        return []
    waiting = found_complaints(ComplaintFilter(state="open"), local_day(at))
    return [
        Task(
            _("Answer a complaint"),
            " · ".join(filter(None, (one.id, one.contract_id or one.tender_id))),
            one.due_on,
            reverse("desk-complaint", args=[one.id]),
        )
        for one in waiting.filter(seen_by(actor, Permission.COMPLAINT_ANSWER))[:TASKS]
    ]


TASKS = 100
"""So many complaints at most stand among somebody's tasks, by deadline; the list has them all."""
