"""From a draft to the published tender, and its end without an award."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.urls import reverse

from almoner.accounts.gate import Taken, take
from almoner.accounts.notify import tell
from almoner.needs.models import Need
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.parties.models import Area
from almoner.rules.calendar import local_day
from almoner.rules.packs import china
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.rules.tender import TenderContent, complete, read, sum_of
from almoner.rules.tender_checks import checks, failed_laws, reasons_missing
from almoner.rules.workflow import NEW, TENDER, TenderState
from almoner.tenders.labels_drafting import TOLD, Checks, Fields
from almoner.tenders.models import (
    Criterion,
    RegisterEntry,
    RegisterKind,
    Tender,
    TenderFile,
    TenderNeed,
)
from almoner.tenders.queries.drafting import facts_of
from almoner.tenders.queries.files import locked, state_of
from almoner.web.stamps import bump

MOST_CHARACTERS = 200_000
"""Of one draft. A specification of 50 pages has about 100,000."""
INTENDED = ("title_en", "title_zh", "service_item", "area", "ceiling", "starts_on", "ends_on")
"""What an announced intention says."""


@transaction.atomic
def begin(*, actor: Actor, at: datetime, purchaser: str, content: Mapping[str, Any]) -> TenderFile:
    """Begin a draft on behalf of `purchaser` (its uscc)."""
    return _begin(actor, at, purchaser, content, None)


@transaction.atomic
def again(*, actor: Actor, at: datetime, file_id: str) -> TenderFile:
    """Begin anew a tender that was cancelled: its text and its registers, no date of bidding.

    Refused `tendered_again` where a draft replaces it already, `wrong_state` while it runs.
    """
    old = locked(file_id)
    if state_of(old) is not TenderState.CANCELLED:
        raise Refused("wrong_state", thing="tender", step="draft", state=state_of(old).value)
    if old.replaced_by.exists():
        raise Refused("tendered_again")
    content = {**old.content, "bid_deadline": "", "starts_on": "", "ends_on": "", "reasons": {}}
    file = _begin(actor, at, old.purchaser_id, content, old)
    RegisterEntry.objects.bulk_create(
        RegisterEntry(
            file=file,
            kind=entry.kind,
            respondent=entry.respondent,
            asked_on=entry.asked_on,
            said=entry.said,
            entered_by=entry.entered_by,
        )
        for entry in old.register.order_by("id")
    )
    return file


def _begin(
    actor: Actor,
    at: datetime,
    purchaser: str,
    content: Mapping[str, Any],
    replaces: TenderFile | None,
) -> TenderFile:
    file_id = f"T-{local_day(at).year}-{secrets.token_hex(4).upper()}"
    taken = take(TENDER, "draft", actor=actor, state=NEW, body=purchaser, subject_id=file_id)
    file = TenderFile.objects.create(
        id=file_id,
        purchaser_id=purchaser,
        content=_of_ordinary_size(content),
        saved_by=actor.login,
        saved_at=at,
        replaces=replaces,
    )
    _link_needs(file)
    after = {"purchaser": purchaser, "replaces": replaces.pk if replaces else None}
    taken.log(at=at, after=after)
    return file


@transaction.atomic
def save(
    *, actor: Actor, at: datetime, file_id: str, version: int, content: Mapping[str, Any]
) -> TenderFile:
    """Keep what was typed, however incomplete, as the next version.

    `version` is the one that was edited: Refused `edited_meanwhile` where another was saved since,
    unless it says the same. A draft that did not change is not saved again.
    """
    file = locked(file_id)
    taken = _take("save", actor, file)
    if file.content == content:
        return file
    if file.version != version:
        raise Refused("edited_meanwhile", by=file.saved_by)
    changed = sorted(
        name for name in {*file.content, *content} if file.content.get(name) != content.get(name)
    )
    file.content, file.version = _of_ordinary_size(content), version + 1
    file.saved_by, file.saved_at = actor.login, at
    file.save(update_fields=["content", "version", "saved_by", "saved_at"])
    _link_needs(file)
    taken.log(at=at, before={"version": version}, after={"version": version + 1, "of": changed})
    return file


def _of_ordinary_size(content: Mapping[str, Any]) -> dict[str, Any]:
    if len(json.dumps(content, ensure_ascii=False)) > MOST_CHARACTERS:
        raise Refused("draft_too_long", most=MOST_CHARACTERS)
    return dict(content)


def _link_needs(file: TenderFile) -> None:
    """The needs that the draft names and that there are, as rows."""
    wanted = set(read(file.content).needs)
    file.needs.exclude(need__in=wanted).delete()
    there = set(file.needs.values_list("need_id", flat=True))
    known = Need.objects.filter(pk__in=wanted - there).values_list("pk", flat=True)
    TenderNeed.objects.bulk_create(TenderNeed(file=file, need_id=need) for need in known)


@transaction.atomic
def intend(*, actor: Actor, at: datetime, file_id: str) -> TenderFile:
    """Announce that a tender is intended: once, and with what and where it is about."""
    file = locked(file_id)
    taken = _take("intend", actor, file)
    if file.intention_published_on:
        raise Refused("intention_announced")
    gaps = read(file.content).gaps
    missing = sorted(set(gaps) & set(INTENDED))
    if missing:
        raise Refused("tender_incomplete", fields=Fields(missing))
    file.intention_published_on = local_day(at)
    file.intended = {name: file.content.get(name, "") for name in INTENDED}
    file.save(update_fields=["intention_published_on", "intended"])
    _issue(file, NoticeKind.INTENTION, at)
    taken.log(at=at, after={"intention_published_on": file.intention_published_on})
    return file


@transaction.atomic
def submit(*, actor: Actor, at: datetime, file_id: str) -> TenderFile:
    """Send a draft to the signatory.

    Refused `tender_incomplete` (fields), `check_failed` (checks that rest on a law) or
    `tender_reason_missing` (advice not taken and not explained).
    """
    file = locked(file_id)
    taken = _take("submit", actor, file)
    _require_publishable(file, at)
    file.submitted_at, file.returned_reason = at, ""
    file.save(update_fields=["submitted_at", "returned_reason"])
    taken.log(at=at, after={"version": file.version})
    _tell(file, Permission.TENDER_PUBLISH, "submit", at)
    return file


@transaction.atomic
def send_back(*, actor: Actor, at: datetime, file_id: str, reason: str) -> TenderFile:
    """Return a draft to its clerk with a reason."""
    file = locked(file_id)
    taken = _take("return", actor, file)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    file.submitted_at, file.returned_reason = None, reason.strip()
    file.save(update_fields=["submitted_at", "returned_reason"])
    taken.log(at=at, reason=file.returned_reason)
    _tell(file, Permission.TENDER_DRAFT, "return", at)
    return file


@transaction.atomic
def publish(*, actor: Actor, at: datetime, file_id: str) -> TenderFile:
    """Publish: from here on the tender is a row of the exchange format, and bids can come.

    Everything is checked once more, at this instant: days pass between submitting and publishing.
    """
    file = locked(file_id)
    taken = _take("publish", actor, file)
    content = _require_publishable(file, at)
    file.content = {**file.content, "reasons": dict(content.reasons)}
    file.tender = _tender_of(file, content, at)
    file.save(update_fields=["content", "tender"])
    _issue(file, NoticeKind.TENDER, at)
    taken.log(at=at, after={"version": file.version, "bid_deadline": content.bid_deadline})
    _tell(file, Permission.TENDER_DRAFT, "publish", at)
    return file


def _tender_of(file: TenderFile, content: TenderContent, at: datetime) -> Tender:
    counts = {kind: file.register.filter(kind=kind).count() for kind in RegisterKind}
    population = Area.objects.values_list("population", flat=True).get(pk=content.area)
    direct = sum_of(content.terms, population, "direct")
    tender = Tender.objects.create(
        id=file.pk,
        purchaser_id=file.purchaser_id,
        service_item=content.service_item,
        area_id=content.area,
        method=content.method,
        intention_published_on=file.intention_published_on,
        demand_survey_respondents=counts[RegisterKind.MARKET],
        users_consulted=counts[RegisterKind.USERS],
        published_at=at,
        bid_deadline=content.bid_deadline,
        ceiling_fen=content.ceiling_fen,
        required_direct_hours=_decimal(direct.hours if direct else None),
        required_staff=content.staff,
    )
    Criterion.objects.bulk_create(
        Criterion(tender=tender, code=one.code, name=one.name, kind=one.kind, weight=one.weight)
        for one in content.criteria
    )
    return tender


def _decimal(hours: Fraction | None) -> Decimal | None:
    """Hours as the format stores them; ten decimals where they have no end."""
    if hours is None:
        return None
    return round(Decimal(hours.numerator) / Decimal(hours.denominator), 10).normalize()


def _require_publishable(file: TenderFile, at: datetime) -> TenderContent:
    """The content, with the reasons that are needed and no others; Refused where it may not be."""
    draft = read(file.content)
    if draft.gaps:
        raise Refused("tender_incomplete", fields=Fields(sorted(draft.gaps)))
    found = checks(draft, facts_of(file, draft, at), china())
    if failed := failed_laws(found):
        raise Refused("check_failed", checks=Checks(check.code for check in failed))
    if silent := reasons_missing(found, draft):
        raise Refused("tender_reason_missing", checks=Checks(check.code for check in silent))
    unwise = {check.code for check in found if not check.law and check.ok is False}
    given = {code: reason for code, reason in draft.reasons.items() if code in unwise}
    return replace(complete(draft), reasons=given)


@transaction.atomic
def cancel(*, actor: Actor, at: datetime, file_id: str, reason: str) -> TenderFile:
    """End a published tender without an award; the reason is public."""
    file = locked(file_id)
    taken = _take("cancel", actor, file)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    file.cancelled_at, file.cancel_reason = at, reason.strip()
    file.save(update_fields=["cancelled_at", "cancel_reason"])
    _issue(file, NoticeKind.TERMINATION, at)
    taken.log(at=at, reason=file.cancel_reason)
    _tell(file, Permission.TENDER_DRAFT, "cancel", at)
    return file


def _take(step: str, actor: Actor, file: TenderFile) -> Taken:
    """The step on a tender whose file is locked."""
    return take(
        TENDER,
        step,
        actor=actor,
        state=state_of(file),
        body=file.purchaser_id,
        subject_id=file.pk,
    )


def _issue(file: TenderFile, kind: NoticeKind, at: datetime) -> None:
    """Publish a notice; the page of the tender that this one replaces leads to it from now on."""
    issue(kind=kind, subject_id=file.pk, at=at)
    if file.replaces_id:
        bump([f"tender:{file.replaces_id}"])


def _tell(file: TenderFile, permission: Permission, step: str, at: datetime) -> None:
    tell(
        permission,
        file.purchaser_id,
        about=file.pk,
        what=TOLD[step],
        url=reverse("desk-tender", args=[file.pk]),
        at=at,
    )
