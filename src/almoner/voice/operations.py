"""Raising, answering and withdrawing complaints.

No wording of a complaint goes into the audit record, where nothing can be taken out again.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import take
from almoner.accounts.notify import tell
from almoner.audit.operations import Act, record
from almoner.contracts.models import Contract
from almoner.needs.residents import PUBLIC, hash_of, new_code
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.rules.calendar import local_day
from almoner.rules.complaints import ANSWERS, due, no_judge_in_own_cause
from almoner.rules.packs import china
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import COMPLAINT
from almoner.tenders.models import Tender
from almoner.voice.models import Complaint, ComplaintFile, ComplaintOutcome
from almoner.voice.queries import answering_body, state_of
from almoner.web.stamps import bump


@transaction.atomic
def raise_complaint(
    *, at: datetime, about: Contract | Tender | None, from_kind: str, text: str
) -> tuple[Complaint, str]:
    """A complaint by anybody, about a contract, a tender or neither, and its tracking code.

    Only the code's hash is kept. The day by which it is due is fixed now.
    """
    if not text.strip():
        raise Refused("text_missing", field="text")
    code, received_on = new_code(), local_day(at)
    complaint = Complaint.objects.create(
        id=f"K-{secrets.token_hex(4).upper()}",
        contract=about if isinstance(about, Contract) else None,
        tender=about if isinstance(about, Tender) else None,
        from_kind=from_kind,
        received_on=received_on,
        due_on=due(received_on, china()).day,
    )
    ComplaintFile.objects.create(complaint=complaint, text=text, tracking_hash=hash_of(code))
    after = {
        "contract": complaint.contract_id,
        "tender": complaint.tender_id,
        "from_kind": from_kind,
        "received_on": received_on,
        "due_on": complaint.due_on,
    }
    act = Act(COMPLAINT["raise"].kind, COMPLAINT.table, complaint.id, after=after)
    record(actor=PUBLIC, role=PUBLIC, at=at, acts=[act])
    tell(
        Permission.COMPLAINT_ANSWER,
        complaint.contract.supervisor_id if complaint.contract else None,
        about=complaint.id,
        what=_("Answer a complaint"),
        url=reverse("desk-complaint", args=[complaint.id]),
        at=at,
    )
    _bump(complaint)
    return complaint, code


@transaction.atomic
def answer_complaint(
    *, actor: Actor, at: datetime, complaint_id: str, outcome: str, answer: str, summary: str
) -> Complaint:
    """Answer a complaint with an outcome; answer and summary are public, the complaint is not.

    It is the supervising authority that answers, for the contract's own supervisor where it has
    one, and never the purchaser. About a tender a notice is issued.
    """
    complaint = Complaint.objects.select_for_update().get(pk=complaint_id)
    about = complaint.contract or complaint.tender
    taken = take(
        COMPLAINT,
        "answer",
        actor=actor,
        state=state_of(complaint),
        body=answering_body(complaint, actor),
        subject_id=complaint_id,
    )
    no_judge_in_own_cause(taken.held.body, about.purchaser_id if about else None)
    if outcome not in ANSWERS:
        raise Refused("complaint_outcome_missing", field="outcome")
    if not answer.strip():
        raise Refused("text_missing", field="answer")
    complaint.answered_on, complaint.outcome = local_day(at), outcome
    complaint.save(update_fields=["answered_on", "outcome"])
    ComplaintFile.objects.update_or_create(
        complaint=complaint, defaults={"answer": answer, "summary": summary}
    )
    after = {"answered_on": complaint.answered_on, "outcome": outcome}
    taken.log(at=at, after={**after, "answer": answer, "summary": summary})
    if complaint.tender_id:
        issue(kind=NoticeKind.COMPLAINT_DECISION, subject_id=complaint_id, at=at)
    _bump(complaint)
    return complaint


@transaction.atomic
def withdraw_complaint(*, at: datetime, code: str) -> Complaint:
    """Withdraw the complaint of a tracking code, while nobody has answered it."""
    files = ComplaintFile.objects.select_for_update().filter(tracking_hash=hash_of(code))
    file = files.first()
    if file is None:
        raise Refused("code_unknown", field="code")
    complaint = Complaint.objects.select_for_update().get(pk=file.complaint_id)
    step, state = COMPLAINT["withdraw"], state_of(complaint)
    if state not in step.sources:
        raise Refused("wrong_state", thing=step.thing, step=step.name, state=state)
    complaint.answered_on = local_day(at)
    complaint.outcome = ComplaintOutcome.WITHDRAWN
    complaint.save(update_fields=["answered_on", "outcome"])
    after = {"answered_on": complaint.answered_on, "outcome": complaint.outcome}
    act = Act(step.kind, COMPLAINT.table, complaint.id, after=after)
    record(actor=PUBLIC, role=PUBLIC, at=at, acts=[act])
    _bump(complaint)
    return complaint


def _bump(complaint: Complaint) -> None:
    """What it is about shows it in its history; so does every contract of that tender."""
    tokens = ["complaints", "city"]
    contracts = Contract.objects.filter(tender=complaint.tender_id) if complaint.tender_id else []
    if complaint.tender_id:
        tokens.append(f"tender:{complaint.tender_id}")
    if complaint.contract_id:
        tokens.append(f"contract:{complaint.contract_id}")
    bump([*tokens, *(f"contract:{contract.id}" for contract in contracts)])
