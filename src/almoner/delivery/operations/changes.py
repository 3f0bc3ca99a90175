"""Changes of a contract: one side proposes, the other agrees; the past is left as it was."""

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import take
from almoner.accounts.notify import tell
from almoner.budget.operations import commitment, post
from almoner.contracts.models import (
    ChangeKind,
    Commitment,
    Contract,
    ContractChange,
    ContractTerm,
    Instalment,
)
from almoner.delivery.models import ChangeProposal, Ruling, TaskRequest
from almoner.delivery.operations.tasks import rule, running
from almoner.delivery.queries.promises import versions_of
from almoner.delivery.queries.tasks import room_of, state_of
from almoner.rules.calendar import contract_years, local_day
from almoner.rules.money import yuan_digits
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.terms import formulas_on, line, swapped
from almoner.rules.workflow import CHANGE, NEW, TASK_REQUEST
from almoner.web.stamps import bump


@transaction.atomic
def propose_variation(
    *,
    actor: Actor,
    at: datetime,
    task_id: str,
    amount_fen: int,
    appropriation_id: str,
    due_on: date,
    reason: str,
) -> ChangeProposal:
    """Offer to pay for a task: an amount in fen from an appropriation, due on a day."""
    task, contract = _open_task(task_id)
    id = _new_id()
    taken = take(
        CHANGE, "propose", actor=actor, state=NEW, body=contract.purchaser_id, subject_id=id
    )
    _require_room(contract, amount_fen, at)
    if not contract.commitments.filter(appropriation=appropriation_id).exists():
        raise Refused("not_its_money", field="appropriation")
    if due_on < local_day(at):
        raise Refused("day_has_passed", field="due_on")
    content = {
        "amount_fen": amount_fen,
        "appropriation": appropriation_id,
        "due_on": due_on.isoformat(),
    }
    proposal = _write(id, task, ChangeKind.AMOUNT, content, reason, actor, at)
    taken.log(at=at, after={"contract": contract.id, "task": task.id, **content}, reason=reason)
    what = _("Answer a proposed change of a contract")
    _tell(proposal, Permission.TASK_AGREE, contract.provider_id, what, at)
    return proposal


@transaction.atomic
def propose_swap(
    *, actor: Actor, at: datetime, task_id: str, term_code: str, from_on: date, reason: str
) -> ChangeProposal:
    """Offer to drop as many hours of a term as the task takes, from a day on."""
    task, contract = _open_task(task_id)
    id = _new_id()
    taken = take(
        CHANGE, "propose", actor=actor, state=NEW, body=contract.purchaser_id, subject_id=id
    )
    if from_on < local_day(at):
        raise Refused("day_has_passed", field="from_on")
    if not task.hours:
        raise Refused("hours_unknown")
    lines = _swap_lines(contract, term_code, task, from_on)
    content: dict[str, Any] = {"lines": lines, "term": term_code, "from_on": from_on.isoformat()}
    proposal = _write(id, task, ChangeKind.WORKLOAD, content, reason, actor, at)
    taken.log(at=at, after={"contract": contract.id, "task": task.id, **content}, reason=reason)
    what = _("Answer a proposed change of a contract")
    _tell(proposal, Permission.TASK_AGREE, contract.provider_id, what, at)
    return proposal


@transaction.atomic
def agree(*, actor: Actor, at: datetime, proposal_id: str) -> None:
    """Agree to a change for the provider: it becomes part of the contract, while that runs."""
    proposal, contract = _locked(proposal_id)
    body, state = contract.provider_id, state_of(proposal)
    taken = take(CHANGE, "agree", actor=actor, state=state, body=body, subject_id=proposal_id)
    running(contract.id, at)
    paid = proposal.kind == ChangeKind.AMOUNT
    if proposal.task is not None:
        ruling = Ruling.PAID_VARIATION if paid else Ruling.SWAPPED
        step = "vary" if paid else "swap"
        followed = take(
            TASK_REQUEST,
            step,
            actor=actor,
            state=proposal.task.ruling,
            body=body,
            subject_id=proposal.task.id,
        )
        rule(proposal.task, ruling, at)
        followed.log(at=at, after={"ruling": ruling, "proposal": proposal_id})
    if paid:
        _add_money(proposal, contract, at)
    change = _change(proposal, contract, at)
    _answer(proposal, actor, at, agreed=True, seq=change.seq)
    taken.log(at=at, after={"contract": contract.id, "seq": change.seq, "kind": change.kind})
    bump([f"contract:{contract.id}", f"provider:{contract.provider_id}", "city"])
    what = _("A proposed change was agreed")
    _tell(proposal, Permission.TASK_ASK, contract.purchaser_id, what, at)


@transaction.atomic
def refuse(*, actor: Actor, at: datetime, proposal_id: str, reason: str) -> None:
    """Refuse a change for the provider; the request for the task stays open."""
    proposal, contract = _locked(proposal_id)
    taken = take(
        CHANGE,
        "refuse",
        actor=actor,
        state=state_of(proposal),
        body=contract.provider_id,
        subject_id=proposal_id,
    )
    _answer(proposal, actor, at, agreed=False, seq=None)
    taken.log(at=at, after={"contract": contract.id}, reason=reason)
    what = _("A proposed change was refused")
    _tell(proposal, Permission.TASK_ASK, contract.purchaser_id, what, at)


def _open_task(task_id: str) -> tuple[TaskRequest, Contract]:
    """The request and its contract, both locked, contract first."""
    contract_id = TaskRequest.objects.values_list("contract_id", flat=True).get(pk=task_id)
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    task = TaskRequest.objects.select_for_update().get(pk=task_id)
    if task.ruling != Ruling.OPEN:
        raise Refused("wrong_state", thing="task_request", step="vary", state=task.ruling)
    if task.proposals.filter(agreed__isnull=True).exists():
        raise Refused("proposal_waits")
    return task, contract


def _locked(proposal_id: str) -> tuple[ChangeProposal, Contract]:
    contract_id = ChangeProposal.objects.values_list("contract_id", flat=True).get(pk=proposal_id)
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    proposal = ChangeProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.task_id:
        proposal.task = TaskRequest.objects.select_for_update().get(pk=proposal.task_id)
    return proposal, contract


def _require_room(contract: Contract, amount_fen: int, at: datetime) -> None:
    if amount_fen <= 0:
        raise Refused("amount_missing", field="amount")
    room = room_of(contract, local_day(at))
    if amount_fen > room:
        raise Refused("above_ten_percent", field="amount", room=yuan_digits(room))


def _swap_lines(contract: Contract, term_code: str, task: TaskRequest, from_on: date) -> list[str]:
    signed = dict(ContractTerm.objects.filter(contract=contract).values_list("code", "formula"))
    if term_code not in signed:
        raise Refused("no_such_term", field="term")
    formula = formulas_on(signed, versions_of(contract.id), from_on)[term_code]
    years = contract_years(contract.starts_on, contract.ends_on)
    try:
        versions = swapped(term_code, formula, task.hours or 0, from_on, years)
        return [line(term_code, text, day) for day, text in versions]
    except ValueError as error:
        raise Refused("too_few_hours_to_swap", field="term", term=term_code) from error


def _add_money(proposal: ChangeProposal, contract: Contract, at: datetime) -> None:
    """Commit the money and add the instalment by which it will be paid."""
    amount, appropriation = proposal.content["amount_fen"], proposal.content["appropriation"]
    _require_room(contract, amount, at)
    Commitment.objects.filter(contract=contract, appropriation=appropriation).update(
        amount_fen=F("amount_fen") + amount
    )
    post([commitment(contract.id, appropriation, amount, local_day(at))], at=at)
    last = contract.instalments.aggregate(last=Max("seq"))["last"] or 0
    Instalment.objects.create(
        contract=contract,
        seq=last + 1,
        amount_fen=amount,
        condition=proposal.reason,
        due_on=date.fromisoformat(proposal.content["due_on"]),
    )


def _change(proposal: ChangeProposal, contract: Contract, at: datetime) -> ContractChange:
    last = contract.changes.aggregate(last=Max("seq"))["last"] or 0
    paid = proposal.kind == ChangeKind.AMOUNT
    return ContractChange.objects.create(
        contract=contract,
        seq=last + 1,
        kind=proposal.kind,
        made_on=local_day(at),
        proposed_by_uscc=contract.purchaser_id,
        agreed_by_provider=True,
        amount_delta_fen=proposal.content["amount_fen"] if paid else None,
        detail=None if paid else "\n".join(proposal.content["lines"]),
        reason=proposal.reason,
    )


def _write(
    id: str,
    task: TaskRequest,
    kind: ChangeKind,
    content: dict[str, Any],
    reason: str,
    actor: Actor,
    at: datetime,
) -> ChangeProposal:
    return ChangeProposal.objects.create(
        id=id,
        contract_id=task.contract_id,
        task=task,
        kind=kind,
        content=content,
        reason=reason,
        proposed_by=actor.login,
        proposed_at=at,
    )


def _answer(
    proposal: ChangeProposal, actor: Actor, at: datetime, *, agreed: bool, seq: int | None
) -> None:
    proposal.agreed, proposal.seq = agreed, seq
    proposal.answered_by, proposal.answered_at = actor.login, at
    proposal.save(update_fields=["agreed", "seq", "answered_by", "answered_at"])


def _tell(
    proposal: ChangeProposal, permission: Permission, body: str, what: str | Promise, at: datetime
) -> None:
    url = reverse("change", args=[proposal.id])
    tell(permission, body, about=proposal.contract_id, what=what, url=url, at=at)


def _new_id() -> str:
    return f"V-{secrets.token_hex(4).upper()}"
