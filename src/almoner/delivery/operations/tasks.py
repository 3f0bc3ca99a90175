"""Asking for a task: the rule answers at once, the record says who asked and who overrode."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import take
from almoner.accounts.notify import tell
from almoner.accounts.queries import names_of
from almoner.contracts.models import Contract
from almoner.delivery.models import Ruling, TaskFile, TaskRequest
from almoner.delivery.queries.promises import terms_left, year_of
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.scope import Answer, Ground, Override, answer, with_override
from almoner.rules.workflow import NEW, TASK_REQUEST, TaskState
from almoner.web.stamps import bump

_STEPS = {TaskState.OPEN: "ask", TaskState.IN_SCOPE: "cover", TaskState.REFUSED: "forbid"}


@dataclass(frozen=True)
class Asked:
    """A task as it was asked for: by which body (uscc), of what kind, taking how many hours."""

    requested_by: str
    kind: str
    summary: str
    hours: Decimal


@transaction.atomic
def ask(*, actor: Actor, at: datetime, contract_id: str, asked: Asked) -> TaskRequest:
    """Record a task that the purchaser asks for, with the rule's answer."""
    contract = running(contract_id, at)
    found = _answer(contract, asked, at)
    return _write(contract, asked, found, _STEPS[found.state], contract.purchaser_id, actor, at)


@transaction.atomic
def report(*, actor: Actor, at: datetime, contract_id: str, asked: Asked) -> TaskRequest:
    """Record, for the provider, a task that was asked for by word of mouth.

    The requester never learns who reported it: only the audit record names the reporter.
    """
    contract = running(contract_id, at)
    found = _answer(contract, asked, at)
    return _write(contract, asked, found, "report", contract.provider_id, actor, at)


@transaction.atomic
def drop(*, actor: Actor, at: datetime, task_id: str) -> None:
    """Give up a request that is still open; a change that was proposed for it falls with it."""
    task = _locked(task_id)
    body = task.contract.purchaser_id
    taken = take(
        TASK_REQUEST, "drop", actor=actor, state=task.ruling, body=body, subject_id=task_id
    )
    _let_fall(task, actor, at)
    rule(task, Ruling.REFUSED, at)
    taken.log(at=at, before={"ruling": Ruling.OPEN}, after={"ruling": Ruling.REFUSED})


@transaction.atomic
def override(*, actor: Actor, at: datetime, task_id: str, reason: str) -> None:
    """Impose a task against the rule, with the official's name and reason (finding O01).

    Both become part of what was asked for, and with it public.
    """
    task = _locked(task_id)
    was, body = task.ruling, task.contract.purchaser_id
    taken = take(TASK_REQUEST, "override", actor=actor, state=was, body=body, subject_id=task_id)
    file = TaskFile.objects.filter(task=task).first()
    if file is not None and file.clause == Ground.ENFORCEMENT:
        raise Refused("forbidden_task")
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    by = {"override_by": actor.login, "override_reason": reason.strip()}
    TaskFile.objects.update_or_create(
        task=task, defaults=by, create_defaults={"kind": "", "clause": "", **by}
    )
    imposed = Override(taken.held.role.value, *names_of(actor.login), reason)
    task.summary = with_override(task.summary or "", imposed)
    task.save(update_fields=["summary"])
    _let_fall(task, actor, at)
    rule(task, Ruling.IMPOSED, at)
    provider = task.contract.provider_id
    _tell(task, Permission.TASK_AGREE, provider, _("A task was imposed on you"), at)
    taken.log(at=at, before={"ruling": was}, after={"ruling": Ruling.IMPOSED}, reason=reason)


def rule(task: TaskRequest, ruling: Ruling, at: datetime) -> None:
    """Set what was ruled, within the caller's transaction and after the contract was locked."""
    task.ruling, task.ruled_on = ruling, local_day(at)
    task.save(update_fields=["ruling", "ruled_on"])
    _stamp(task.contract)


def running(contract_id: str, at: datetime) -> Contract:
    """The contract, locked; Refused contract_not_running before it, after it or once it ended."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    today = local_day(at)
    ended = contract.ended_on is not None and contract.ended_on < today
    if ended or year_of(contract, today) is None:
        raise Refused("contract_not_running", field="contract", contract=contract_id)
    return contract


def _answer(contract: Contract, asked: Asked, at: datetime) -> Answer:
    return answer(asked.kind, asked.hours, terms_left(contract, local_day(at)))


def _write(
    contract: Contract,
    asked: Asked,
    found: Answer,
    step: str,
    body: str,
    actor: Actor,
    at: datetime,
) -> TaskRequest:
    id = f"Q-{secrets.token_hex(4).upper()}"
    taken = take(TASK_REQUEST, step, actor=actor, state=NEW, body=body, subject_id=id)
    today = local_day(at)
    task = TaskRequest.objects.create(
        id=id,
        contract=contract,
        requested_by_id=asked.requested_by,
        requested_on=today,
        summary=asked.summary,
        hours=asked.hours,
        ruling=found.state.value,
        ruled_on=None if found.state == TaskState.OPEN else today,
    )
    clause = f"{found.ground}:{found.term}" if found.term else found.ground.value
    by = "" if step == "report" else actor.login
    TaskFile.objects.create(task=task, kind=asked.kind, asked_by=by, clause=clause)
    facts = {"contract": contract.id, "ruling": task.ruling, "clause": clause, **vars(asked)}
    taken.log(at=at, after=facts)
    _stamp(contract)
    if step != "report":
        _tell(task, Permission.TASK_AGREE, contract.provider_id, _("A task was asked of you"), at)
    return task


def _locked(task_id: str) -> TaskRequest:
    """The request, with its contract locked before it, as every operation about requests does."""
    contract_id = TaskRequest.objects.values_list("contract_id", flat=True).get(pk=task_id)
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    task = TaskRequest.objects.select_for_update().get(pk=task_id)
    task.contract = contract
    return task


def _tell(
    task: TaskRequest, permission: Permission, body: str, what: str | Promise, at: datetime
) -> None:
    url = reverse("task-request", args=[task.id])
    tell(permission, body, about=f"{task.id} · {task.contract_id}", what=what, url=url, at=at)


def _let_fall(task: TaskRequest, actor: Actor, at: datetime) -> None:
    """Whatever change was proposed for the request falls with it."""
    waiting = task.proposals.filter(agreed__isnull=True)
    waiting.update(agreed=False, answered_at=at, answered_by=actor.login)


def _stamp(contract: Contract) -> None:
    bump([f"contract:{contract.id}", "city"])
