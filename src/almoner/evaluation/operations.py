"""An evaluation from its assignment to what follows from it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.gate import Taken, take
from almoner.accounts.models import Person
from almoner.accounts.notify import tell
from almoner.contracts.models import Contract
from almoner.directory.models import Framework
from almoner.evaluation.models import (
    Consequence,
    Evaluation,
    EvaluationFile,
    RaterSeat,
    Rating,
)
from almoner.evaluation.queries_work import (
    EVIDENCE,
    FILES,
    evidence_of,
    links_between,
    questions_of,
    raters_of,
    reply_days,
    reply_deadline,
    seat_of,
    state_of,
)
from almoner.files.models import Attachment
from almoner.files.operations import attach
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.scoring import incomplete, is_tied, may_conclude, score_of
from almoner.rules.workflow import EVALUATION, NEW
from almoner.web.stamps import bump

FEWEST_RATERS = 2


@dataclass(frozen=True)
class Assignment:
    """Who judges what: an agency (uscc) and at least two of its raters, a stage and its period."""

    contract_id: str
    agency: str
    stage: str
    period_from: date
    period_to: date
    raters: Sequence[int]


@transaction.atomic
def assign(*, actor: Actor, at: datetime, assignment: Assignment) -> Evaluation:
    """Commission an evaluation by the framework that the contract pins."""
    contract = Contract.objects.select_for_update().get(pk=assignment.contract_id)
    id, today = f"E-{secrets.token_hex(4).upper()}", local_day(at)
    taken = take(
        EVALUATION,
        "assign",
        actor=actor,
        state=NEW,
        body=contract.supervisor_id,
        subject_id=id,
    )
    framework, raters = _checked(contract, assignment, today)
    evaluation = Evaluation.objects.create(
        id=id,
        contract=contract,
        agency_id=assignment.agency,
        commissioned_by_uscc=contract.supervisor_id or taken.held.body,
        framework=framework,
        stage=assignment.stage,
        period_from=assignment.period_from,
        period_to=assignment.period_to,
        assigned_on=today,
    )
    EvaluationFile.objects.create(evaluation=evaluation, assigned_by=actor.login)
    for number, person in enumerate(raters, start=1):
        RaterSeat.objects.create(evaluation=evaluation, person=person, rater_id=f"R{number}")
    taken.log(
        at=at,
        after={
            "contract": contract.id,
            "agency": assignment.agency,
            "stage": assignment.stage,
            "period_from": assignment.period_from,
            "period_to": assignment.period_to,
            "raters": ", ".join(person.login for person in raters),
        },
    )
    _stamp(evaluation)
    _tell(evaluation, Permission.EVALUATION_RATE, assignment.agency, _("Score an evaluation"), at)
    return evaluation


def _checked(
    contract: Contract, assignment: Assignment, today: date
) -> tuple[Framework, list[Person]]:
    """The framework that judges and the people who score, or Refused."""
    links = links_between(assignment.agency, contract.provider_id)
    if is_tied(assignment.agency, contract.provider_id, links, today):
        raise Refused("tied_agency", field="agency")
    if contract.framework is None:
        raise Refused("framework_missing")
    within = contract.starts_on <= assignment.period_from <= assignment.period_to
    if not (within and assignment.period_to <= contract.ends_on):
        raise Refused("period_outside", field="period_to")
    eligible = {person.pk: person for person in raters_of(assignment.agency, today)}
    raters = [eligible[pk] for pk in sorted(set(assignment.raters)) if pk in eligible]
    if len(raters) < FEWEST_RATERS or len(raters) < len(set(assignment.raters)):
        raise Refused("too_few_raters", field="raters")
    return contract.framework, raters


@transaction.atomic
def save_score(
    *,
    actor: Actor,
    at: datetime,
    evaluation_id: str,
    version: int,
    indicator: str,
    entry: Mapping[str, Any],
) -> int:
    """Keep one score with its reason and evidence, complete or not; the sheet's new version.

    `version` is that of the sheet which the rater saw: another tab may have saved since then.
    """
    evaluation, _file = _locked(evaluation_id)
    taken = _take(evaluation, "score", actor, evaluation.agency_id)
    seat = _own_sheet(evaluation, actor)
    if seat.version != version:
        raise Refused("edited_meanwhile", by=actor.login)
    offered = {one.reference for one in evidence_of(evaluation)}
    kept = [one for one in entry.get("evidence", []) if one in offered]
    seat.sheet[indicator] = {
        "score": str(entry.get("score", "")),
        "reason": str(entry.get("reason", "")),
        "evidence": kept,
    }
    seat.version += 1
    seat.saved_at = at
    seat.save(update_fields=["sheet", "version", "saved_at"])
    # The score itself stays out of the record: others may read it before the sheets are in.
    taken.log(at=at, after={"rater": seat.rater_id, "indicator": indicator})
    return seat.version


@transaction.atomic
def attach_evidence(
    *, actor: Actor, at: datetime, evaluation_id: str, upload: "UploadedFile[Any]"
) -> Attachment:
    """Attach a file that scores may rest on."""
    evaluation, _file = _locked(evaluation_id)
    _take(evaluation, "score", actor, evaluation.agency_id)
    _own_sheet(evaluation, actor)
    return attach(
        actor=actor,
        at=at,
        upload=upload,
        subject_table=FILES,
        subject_id=evaluation.id,
        purpose=EVIDENCE,
    )


@transaction.atomic
def hand_in(*, actor: Actor, at: datetime, evaluation_id: str) -> bool:
    """Hand in one's sheet, complete and for good; whether it was the last."""
    evaluation, file = _locked(evaluation_id)
    seats = list(evaluation.seats.select_for_update().order_by("rater_id"))
    seat = _own_sheet(evaluation, actor)
    last = [one.pk for one in seats if one.submitted_at is None] == [seat.pk]
    taken = _take(evaluation, "rate_last" if last else "rate", actor, evaluation.agency_id)
    leaves = [question.leaf for question in questions_of(evaluation.framework_id)]
    if missing := incomplete(leaves, seat.sheet):
        raise Refused("sheet_incomplete", indicators=", ".join(missing))
    seat.submitted_at = at
    seat.save(update_fields=["submitted_at"])
    if last:
        file.scored_at = at
        file.save(update_fields=["scored_at"])
        provider = evaluation.contract.provider_id
        what = _("Reply to the scores")
        _tell(evaluation, Permission.EVALUATION_REPLY, provider, what, at)
    taken.log(at=at, after={"rater": seat.rater_id})
    return last


@transaction.atomic
def reply(*, actor: Actor, at: datetime, evaluation_id: str, text: str) -> None:
    """The provider's reply to the scores, once, within its days."""
    evaluation, file = _locked(evaluation_id)
    taken = _take(evaluation, "reply", actor, evaluation.contract.provider_id)
    deadline = reply_deadline(file)
    if file.replied_at is not None:
        raise Refused("replied_already")
    if deadline is None or local_day(at) > deadline:
        raise Refused("reply_late", deadline=deadline)
    file.reply, file.replied_at, file.replied_by = text, at, actor.login
    file.save(update_fields=["reply", "replied_at", "replied_by"])
    taken.log(at=at, after={"reply": text})
    _stamp(evaluation)
    what = _("Conclude the evaluation")
    _tell(evaluation, Permission.EVALUATION_CONCLUDE, evaluation.agency_id, what, at)


@transaction.atomic
def conclude(*, actor: Actor, at: datetime, evaluation_id: str, conclusion: str) -> None:
    """Make the scores the result: from now on they are public and stand."""
    evaluation, file = _locked(evaluation_id)
    taken = _take(evaluation, "conclude", actor, evaluation.agency_id)
    scored = local_day(file.scored_at or at)
    today, days = local_day(at), reply_days(scored)
    if not may_conclude(scored, file.replied_at is not None, today, days):
        raise Refused("reply_period_open", deadline=reply_deadline(file))
    Rating.objects.bulk_create(
        Rating(
            evaluation=evaluation,
            rater_id=seat.rater_id,
            indicator_id=code,
            score=score_of(entry),
            evidence_count=len(entry["evidence"]),
        )
        for seat in evaluation.seats.order_by("rater_id")
        for code, entry in sorted(seat.sheet.items())
    )
    evaluation.reported_on = today
    evaluation.save(update_fields=["reported_on"])
    file.conclusion, file.concluded_by = conclusion, actor.login
    file.save(update_fields=["conclusion", "concluded_by"])
    taken.log(at=at, after={"reported_on": today, "conclusion": conclusion})
    _stamp(evaluation)
    purchaser = evaluation.contract.purchaser_id
    _tell(evaluation, Permission.CONSEQUENCE_DECIDE, purchaser, _("Decide what follows"), at)


@transaction.atomic
def follow(
    *, actor: Actor, at: datetime, evaluation_id: str, kind: str, amount_fen: int | None
) -> None:
    """What the result leads to, dated today."""
    evaluation, _file = _locked(evaluation_id)
    taken = _take(evaluation, "follow", actor, evaluation.contract.purchaser_id)
    today = local_day(at)
    Consequence.objects.create(
        evaluation=evaluation, kind=kind, decided_on=today, amount_fen=amount_fen
    )
    taken.log(at=at, after={"kind": kind, "decided_on": today, "amount_fen": amount_fen or 0})
    _stamp(evaluation)


def _locked(evaluation_id: str) -> tuple[Evaluation, EvaluationFile]:
    evaluation = Evaluation.objects.select_for_update().get(pk=evaluation_id)
    file = EvaluationFile.objects.filter(evaluation=evaluation).first()
    if file is None:
        raise Refused("made_elsewhere")
    return evaluation, file


def _take(evaluation: Evaluation, step: str, actor: Actor, body: str) -> Taken:
    return take(
        EVALUATION,
        step,
        actor=actor,
        state=state_of(evaluation),
        body=body,
        subject_id=evaluation.id,
    )


def _own_sheet(evaluation: Evaluation, actor: Actor) -> RaterSeat:
    seat = seat_of(evaluation, actor.login)
    if seat is None:
        raise Refused("no_seat")
    if seat.submitted_at is not None:
        raise Refused("sheet_submitted")
    return seat


def _tell(
    evaluation: Evaluation, permission: Permission, body: str, what: Any, at: datetime
) -> None:
    about = f"{evaluation.id} · {evaluation.contract_id}"
    tell(
        permission,
        body,
        about=about,
        what=what,
        url=reverse("evaluation", args=[evaluation.id]),
        at=at,
    )


def _stamp(evaluation: Evaluation) -> None:
    bump([f"contract:{evaluation.contract_id}", "city"])
