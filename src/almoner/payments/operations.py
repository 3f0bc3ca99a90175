"""Hearing users, accepting, explaining a delay, paying; and the ledger that follows the facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import Taken, take
from almoner.accounts.notify import tell
from almoner.budget.models import Appropriation, EntryKind
from almoner.budget.operations import (
    Posting,
    accepted,
    appropriation,
    commitment,
    committed,
    paid,
    post,
    post_differences,
)
from almoner.contracts.models import Commitment, DelayCause, Instalment
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.payments.models import Acceptance, Satisfied, UserOpinion
from almoner.payments.queries import accepted_fen, payers_of, paying_body, state_of
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.settlement import (
    RESIDENT,
    Ground,
    heard,
    judge_acceptance,
    judge_delay,
    judge_payment,
)
from almoner.rules.workflow import INSTALMENT
from almoner.web.stamps import bump


@dataclass(frozen=True)
class Opinion:
    """What a user said on a day; `who` is a pseudonym or "resident"."""

    who: str
    satisfied: Satisfied
    words: str
    day: date


@transaction.atomic
def hear(
    *, actor: Actor, at: datetime, contract_id: str, seq: int, opinion: Opinion
) -> UserOpinion:
    """Record what a user says of the work, before it is accepted."""
    row, taken = _locked("hear", actor, contract_id, seq)
    if opinion.day > local_day(at):
        raise Refused("day_ahead", field="day")
    if opinion.who != RESIDENT and row.opinions.filter(who=opinion.who).exists():
        raise Refused("already_heard", field="who", who=opinion.who)
    made = UserOpinion.objects.create(
        instalment=row,
        who=opinion.who,
        satisfied=opinion.satisfied,
        words=opinion.words,
        day=opinion.day,
        by=actor.login,
    )
    # What a user said, and who, stays with the payment: the audit record is read by more people.
    taken.log(at=at, after={"satisfied": opinion.satisfied.value, "day": opinion.day})
    return made


@transaction.atomic
def accept(
    *,
    actor: Actor,
    at: datetime,
    contract_id: str,
    seq: int,
    amount_fen: int,
    ground: Ground | None = None,
    reason: str = "",
) -> Acceptance:
    """Accept an instalment, or so much of it as nobody disputes.

    What is not accepted stays visible as disputed. With the last instalment of a contract the
    acceptance result is published.
    """
    row, taken = _locked("accept", actor, contract_id, seq)
    judge_acceptance(
        amount_fen=row.amount_fen,
        accepted_fen=amount_fen,
        opinions=heard(row.opinions.values_list("who", flat=True)),
        ground=ground,
        reason=reason,
    )
    in_full = amount_fen == row.amount_fen
    row.accepted_on = local_day(at)
    row.save(update_fields=["accepted_on"])
    acceptance = Acceptance.objects.create(
        instalment=row,
        accepted_fen=amount_fen,
        ground=None if in_full or ground is None else ground.value,
        reason="" if in_full else reason.strip(),
        by=actor.login,
        at=at,
    )
    post([_accepted(row, amount_fen)], at)
    after = {"accepted_fen": amount_fen, "due_fen": row.amount_fen, "ground": acceptance.ground}
    taken.log(at=at, before={"accepted_on": None}, after=after, reason=acceptance.reason)
    # Whoever records an act waits for the one before: of two last acceptances one sees the other.
    if not Instalment.objects.filter(contract=contract_id, accepted_on=None).exists():
        issue(kind=NoticeKind.ACCEPTANCE_RESULT, subject_id=contract_id, at=at)
    _changed(row)
    for payer in payers_of(contract_id):
        _tell(row, Permission.PAYMENT_PAY, payer, _("An accepted instalment waits to be paid"), at)
    return acceptance


@transaction.atomic
def explain(*, actor: Actor, at: datetime, contract_id: str, seq: int, cause: DelayCause) -> None:
    """Name the cause of a delay while it lasts."""
    row, taken = _locked("explain", actor, contract_id, seq)
    judge_delay(due_on=row.due_on, today=local_day(at))
    before, row.delay_cause = row.delay_cause, cause.value
    row.save(update_fields=["delay_cause"])
    taken.log(at=at, before={"delay_cause": before}, after={"delay_cause": cause.value})
    _changed(row)


@transaction.atomic
def pay(
    *,
    actor: Actor,
    at: datetime,
    contract_id: str,
    seq: int,
    amount_fen: int,
    cause: DelayCause | None = None,
) -> None:
    """Pay what was accepted of an instalment, on behalf of a body that pays for the contract."""
    row, taken = _locked("pay", actor, contract_id, seq)
    today = local_day(at)
    named = cause.value if cause else row.delay_cause
    judge_payment(
        accepted_fen=accepted_fen(row),
        paid_fen=amount_fen,
        due_on=row.due_on,
        today=today,
        cause=named,
    )
    row.paid_on, row.paid_fen = today, amount_fen
    row.delay_cause = named if today > row.due_on else row.delay_cause
    row.save(update_fields=["paid_on", "paid_fen", "delay_cause"])
    post([_paid(row, amount_fen)], at)
    after = {"paid_fen": amount_fen, "delay_cause": row.delay_cause}
    taken.log(at=at, before={"paid_on": None}, after=after)
    _changed(row)
    what = _("An instalment was paid")
    _tell(row, Permission.CONTRACT_SIGN_PROVIDER, row.contract.provider_id, what, at)


def _locked(step: str, actor: Actor, contract_id: str, seq: int) -> tuple[Instalment, Taken]:
    """The instalment, locked, and the step that `actor` may take on it."""
    rows = Instalment.objects.select_for_update(of=("self",)).select_related("contract")
    row = rows.get(contract=contract_id, seq=seq)
    body = paying_body(actor, row.contract) if step == "pay" else row.contract.purchaser_id
    taken = take(
        INSTALMENT,
        step,
        actor=actor,
        state=state_of(row),
        body=body,
        subject_id=subject_of(row),
    )
    return row, taken


def subject_of(row: Instalment) -> str:
    """What the audit record calls an instalment."""
    return f"{row.contract_id}/{row.seq}"


def _changed(row: Instalment) -> None:
    contract = row.contract
    bump(
        [
            "city",
            f"contract:{contract.id}",
            f"provider:{contract.provider_id}",
            f"purchaser:{contract.purchaser_id}",
        ]
    )


def _tell(row: Instalment, to: Permission, body: str, what: Promise, at: datetime) -> None:
    url = reverse("settlement", args=[row.contract_id])
    tell(to, body, about=subject_of(row), what=what, url=url, at=at)


def reconcile_ledger() -> int:
    """Post what the facts say and the ledger does not; how many entries that took."""
    return post_differences(postings())


def postings() -> Iterator[Posting]:
    """What the ledger must say, from appropriations, commitments and instalments.

    An instalment counts as accepted with what its acceptance says (all of it where there is none)
    on the day of acceptance, and as paid with what was paid. Zero amounts are posted nowhere.
    """
    for fact in (*_appropriated(), *_committed(), *_accepted_and_paid()):
        if fact.amount_fen:
            yield fact


def _appropriated() -> Iterator[Posting]:
    for row in Appropriation.objects.order_by("id"):
        yield appropriation(row)


def _committed() -> Iterator[Posting]:
    rows = Commitment.objects.select_related("contract")
    for row in rows.order_by("contract_id", "appropriation_id"):
        on = row.contract.signed_on
        yield commitment(row.contract_id, row.appropriation_id, row.amount_fen, on)


def _accepted_and_paid() -> Iterator[Posting]:
    rows = Instalment.objects.select_related("acceptance")
    for row in rows.order_by("contract_id", "seq"):
        if row.accepted_on:
            yield _accepted(row, accepted_fen(row))
        if row.paid_on and row.paid_fen:
            yield _paid(row, row.paid_fen)


def _accepted(row: Instalment, fen: int) -> Posting:
    debit, credit = accepted(row.contract_id), committed(row.contract_id)
    return Posting(EntryKind.ACCEPT, _reference(row), debit, credit, fen, row.accepted_on)


def _paid(row: Instalment, fen: int) -> Posting:
    debit, credit = paid(row.contract_id), accepted(row.contract_id)
    return Posting(EntryKind.PAY, _reference(row), debit, credit, fen, row.paid_on)


def _reference(row: Instalment) -> str:
    return f"instalments/{subject_of(row)}"
