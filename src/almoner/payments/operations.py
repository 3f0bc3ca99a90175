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
from almoner.audit.operations import Act
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
from almoner.contracts.models import Commitment, Contract, DelayCause, Instalment
from almoner.contracts.operations.ending import release_rest
from almoner.contracts.queries.ending import LAPSED, kept_of
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.notices.queries import is_issued
from almoner.payments.models import Acceptance, Satisfied, UserOpinion
from almoner.payments.queries import accepted_fen, payers_of, paying_body, rest_fen, state_of
from almoner.rules.calendar import local_day
from almoner.rules.money import yuan_digits
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

    What is not accepted stays visible as disputed; of an ended contract it is released. With the
    last instalment of a contract the acceptance result is published, once a contract: an
    instalment that a later change adds is accepted without another notice.
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
    released = release_rest(row.contract, at)
    act = Act("contract.release", "contracts", contract_id, after={"released_fen": released})
    taken.log(
        at=at,
        before={"accepted_on": None},
        after=after,
        reason=acceptance.reason,
        also=[act] if released else [],
    )
    # Whoever records an act waits for the one before: of two last acceptances one sees the other.
    waiting = Instalment.objects.filter(contract=contract_id, accepted_on=None).exclude(LAPSED)
    if not waiting.exists() and not is_issued(NoticeKind.ACCEPTANCE_RESULT, contract_id):
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
    before_fen: int = 0,
    cause: DelayCause | None = None,
) -> bool:
    """Pay what was accepted of an instalment, or a part, for a body that pays for the contract.

    `before_fen` is what the officer saw as paid before: Refused paid_meanwhile where it is
    something else, so that no part is paid twice. The instalment counts as paid on the day on
    which all that was accepted is. Returns whether it is now.
    """
    row = _lock(contract_id, seq)
    already = row.paid_fen or 0
    whole = already + amount_fen >= accepted_fen(row)
    taken = _take("pay" if whole else "pay_part", actor, row)
    if already != before_fen:
        raise Refused("paid_meanwhile", field="amount", paid=yuan_digits(already))
    today = local_day(at)
    named = cause.value if cause else row.delay_cause
    judge_payment(
        rest_fen=rest_fen(row),
        paid_fen=amount_fen,
        due_on=row.due_on,
        today=today,
        cause=named,
    )
    row.paid_on, row.paid_fen = today if whole else None, already + amount_fen
    row.delay_cause = named if today > row.due_on else row.delay_cause
    row.save(update_fields=["paid_on", "paid_fen", "delay_cause"])
    post([_paid(row, amount_fen)], at)
    after = {"paid_fen": row.paid_fen, "paid_on": row.paid_on, "delay_cause": row.delay_cause}
    taken.log(at=at, before={"paid_fen": already, "paid_on": None}, after=after)
    _changed(row)
    what = _("An instalment was paid") if whole else _("A part of an instalment was paid")
    _tell(row, Permission.CONTRACT_SIGN_PROVIDER, row.contract.provider_id, what, at)
    return whole


def _locked(step: str, actor: Actor, contract_id: str, seq: int) -> tuple[Instalment, Taken]:
    """The instalment, locked, and the step that `actor` may take on it."""
    row = _lock(contract_id, seq)
    return row, _take(step, actor, row)


def _lock(contract_id: str, seq: int) -> Instalment:
    # The contract first, as whoever ends it does: what is accepted of an ended one is judged so.
    Contract.objects.select_for_update().get(pk=contract_id)
    rows = Instalment.objects.select_for_update(of=("self",)).select_related("contract")
    return rows.get(contract=contract_id, seq=seq)


def _take(step: str, actor: Actor, row: Instalment) -> Taken:
    paying = step in ("pay", "pay_part")
    body = paying_body(actor, row.contract) if paying else row.contract.purchaser_id
    return take(
        INSTALMENT,
        step,
        actor=actor,
        state=state_of(row),
        body=body,
        subject_id=subject_of(row),
    )


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
    on the day of acceptance, and as paid with what was paid. An ended contract keeps committed what
    was accepted or may still be. Zero amounts are posted nowhere.
    """
    for fact in (*_appropriated(), *_committed(), *_accepted_and_paid()):
        if fact.amount_fen:
            yield fact


def _appropriated() -> Iterator[Posting]:
    for row in Appropriation.objects.order_by("id"):
        yield appropriation(row)


def _committed() -> Iterator[Posting]:
    rows = Commitment.objects.filter(contract__ended_on=None).select_related("contract")
    for row in rows.order_by("contract_id", "appropriation_id"):
        on = row.contract.signed_on
        yield commitment(row.contract_id, row.appropriation_id, row.amount_fen, on)
    for contract in Contract.objects.filter(ended_on__isnull=False).order_by("id"):
        instalments = Instalment.objects.filter(contract=contract).select_related("acceptance")
        used = sum(accepted_fen(one) for one in instalments if one.accepted_on)
        for row, stays in kept_of(contract, used):
            yield commitment(contract.pk, row.appropriation_id, stays, contract.signed_on)


def _accepted_and_paid() -> Iterator[Posting]:
    rows = Instalment.objects.select_related("acceptance")
    for row in rows.order_by("contract_id", "seq"):
        if row.accepted_on:
            yield _accepted(row, accepted_fen(row))
        if row.paid_fen:
            yield _paid(row, row.paid_fen)


def _accepted(row: Instalment, fen: int) -> Posting:
    debit, credit = accepted(row.contract_id), committed(row.contract_id)
    return Posting(EntryKind.ACCEPT, _reference(row), debit, credit, fen, row.accepted_on)


def _paid(row: Instalment, fen: int) -> Posting:
    debit, credit = paid(row.contract_id), accepted(row.contract_id)
    return Posting(EntryKind.PAY, _reference(row), debit, credit, fen, row.paid_on)


def _reference(row: Instalment) -> str:
    return f"instalments/{subject_of(row)}"
