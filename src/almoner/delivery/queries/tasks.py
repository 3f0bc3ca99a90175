"""Reading requests for tasks, and the changes of a contract that they lead to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import ChangeKind, Contract, ContractChange
from almoner.delivery.models import ChangeProposal, Ruling, TaskFile, TaskRequest
from almoner.parties.models import Organisation, OrganisationKind
from almoner.parties.queries import is_kind
from almoner.rules.calendar import deadline, local_day
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission
from almoner.rules.scope import room_fen
from almoner.rules.workflow import ChangeState
from almoner.web.tasks import Task

MOST_TASKS = 100


def contracts_of(actor: Actor, permission: Permission, day: date) -> "QuerySet[Contract]":
    """The contracts in force on `day` of the bodies for which `actor` holds `permission`."""
    running = Contract.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=day), starts_on__lte=day, ends_on__gte=day
    )
    rows: QuerySet[Contract] = _theirs(running, "", actor, permission)
    return rows.select_related("area", "provider", "purchaser").order_by("id")


def requests_for(actor: Actor) -> "QuerySet[TaskRequest]":
    """The requests that `actor` may read, the newest first."""
    every = TaskRequest.objects.all()
    rows: QuerySet[TaskRequest] = _theirs(every, "contract__", actor, Permission.TASK_READ)
    return rows.select_related("contract__provider", "requested_by").order_by("-requested_on", "id")


def found(actor: Actor, wanted: Mapping[str, Any]) -> "QuerySet[TaskRequest]":
    """The same, by a ruling and by words in the summary, the contract or the number."""
    rows = requests_for(actor)
    if wanted.get("ruling"):
        rows = rows.filter(ruling=wanted["ruling"])
    if text := (wanted.get("q") or "").strip():
        named = Q(summary__icontains=text) | Q(contract__id__icontains=text) | Q(id__icontains=text)
        rows = rows.filter(named)
    return rows


def request_for(actor: Actor, task_id: str) -> TaskRequest | None:
    """One request that `actor` may read, with its contract; None where there is none."""
    return requests_for(actor).select_related("contract__purchaser").filter(pk=task_id).first()


def file_of(task: TaskRequest) -> TaskFile | None:
    """What stands behind a request; a request that came with a package has none."""
    return TaskFile.objects.filter(task=task).first()


def proposals_of(task: TaskRequest) -> list[ChangeProposal]:
    """The changes that were proposed because of a request, oldest first."""
    return list(task.proposals.order_by("proposed_at", "id"))


def is_proposed(task: TaskRequest) -> bool:
    """Whether a change that was proposed for it still waits for the provider."""
    return task.proposals.filter(agreed__isnull=True).exists()


def proposal_for(actor: Actor, proposal_id: str) -> ChangeProposal | None:
    """One proposal about a contract whose requests `actor` may read."""
    every = ChangeProposal.objects.all()
    rows: QuerySet[ChangeProposal] = _theirs(every, "contract__", actor, Permission.TASK_READ)
    return rows.select_related("contract", "task").filter(pk=proposal_id).first()


def state_of(proposal: ChangeProposal) -> ChangeState:
    """The state of a proposal, from its answer."""
    if proposal.agreed is None:
        return ChangeState.PROPOSED
    return ChangeState.AGREED if proposal.agreed else ChangeState.REFUSED


def askers(contract: Contract) -> list[Organisation]:
    """Who may be named as having asked: the purchaser first, then offices of the same district."""
    district = contract.area.parent_id or contract.area_id
    near = Q(area=district) | Q(area__parent=district)
    kinds = is_kind(OrganisationKind.PURCHASER) | is_kind(OrganisationKind.SUPERVISOR)
    others = Organisation.objects.filter(near & kinds).exclude(pk=contract.purchaser_id)
    return [contract.purchaser, *others.order_by("uscc")]


def room_of(contract: Contract, day: date) -> int:
    """What may still be added to a contract's money, in fen: a tenth of it less what was added."""
    added = ContractChange.objects.filter(
        contract=contract, kind=ChangeKind.AMOUNT, amount_delta_fen__gt=0
    ).aggregate(all=Sum("amount_delta_fen"))
    limit = china().limit("C04.share", day).value
    return room_fen(contract.amount_fen, added["all"] or 0, limit)


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Requests that wait: for the purchaser's way out, for the provider's answer."""
    return [*_unruled(actor, local_day(at)), *_unanswered(actor)]


def _unruled(actor: Actor, today: date) -> Iterable[Task]:
    asked = ChangeProposal.objects.filter(task=OuterRef("pk"), agreed__isnull=True)
    rows = _theirs(TaskRequest.objects.all(), "contract__", actor, Permission.TASK_ASK)
    days = int(china().limit("O02.working_days", today).value)
    waiting = rows.filter(~Exists(asked), ruling=Ruling.OPEN)
    for task in waiting.order_by("requested_on", "id")[:MOST_TASKS]:
        yield Task(
            _("Settle a task outside the contract, or drop it"),
            f"{task.contract_id}: {task.summary or task.id}",
            deadline(task.requested_on, working_days=days).day,
            reverse("task-request", args=[task.id]),
        )


def _unanswered(actor: Actor) -> Iterable[Task]:
    rows = _theirs(ChangeProposal.objects.all(), "contract__", actor, Permission.TASK_AGREE)
    for proposal in rows.filter(agreed__isnull=True).order_by("proposed_at", "id")[:MOST_TASKS]:
        yield Task(
            _("Answer a proposed change of a contract"),
            proposal.contract_id,
            None,
            reverse("change", args=[proposal.id]),
        )


def _theirs(rows: Any, path: str, actor: Actor, permission: Permission) -> Any:
    """Of `rows`, those about contracts of the bodies for which `permission` is held."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return rows
    theirs = Q()
    for side in ("purchaser", "provider", "supervisor"):
        theirs |= Q(**{f"{path}{side}__in": bodies})
    return rows.filter(theirs)
