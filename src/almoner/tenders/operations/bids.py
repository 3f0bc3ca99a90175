"""Making bids: drafted, submitted, withdrawn, and disqualified once they are open.

Whatever is done here to a bid locks its tender's file first, and its event is sealed: until the
opening the record shows nobody who bid, for what, when, or how often.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from almoner.accounts.gate import Taken, take
from almoner.audit.operations import blanks, seal
from almoner.files.operations import attach
from almoner.rules.bid import is_late, read
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor
from almoner.rules.workflow import BID, NEW, TenderState
from almoner.tenders.models import Bid, BidFile, BidStaff, BidStatus, PanelSeat, Tender, TenderFile
from almoner.tenders.queries.bids import (
    SUBJECT,
    checks_of,
    fingerprint_of,
    saved_by,
    state_of_bid,
)
from almoner.tenders.queries.files import locked, state_of
from almoner.tenders.reasons_award import refusal, refused
from almoner.web.stamps import bump


@transaction.atomic
def save_bid(
    *,
    actor: Actor,
    at: datetime,
    tender_id: str,
    provider: str,
    version: int,
    content: Mapping[str, Any],
    proposal: "UploadedFile[Any] | None" = None,
) -> BidFile:
    """Keep a draft; `version` is the one that its writer had before him, 0 for a new bid.

    A proposal replaces the one before it, which stays on file.
    """
    tender_file = locked(tender_id)
    file = BidFile.objects.filter(tender=tender_id, provider=provider).first()
    state = state_of_bid(file) if file else NEW
    bid_id = file.pk if file else f"B-{secrets.token_hex(4).upper()}"
    taken = take(BID, "save", actor=actor, state=state, body=provider, subject_id=bid_id)
    tender = _still_open(tender_file, at)
    if (file.version if file else 0) != version:
        raise Refused("edited_meanwhile", by=saved_by(file) if file else "")
    if file is None:
        file = BidFile(pk=bid_id, tender=tender, provider_id=provider, version=0)
        seal(SUBJECT, bid_id, group=bid_id)
    kept = {"proposal": file.content.get("proposal"), **content}
    if proposal:
        kept["proposal"] = _attached(actor, at, taken, proposal)
    file.content = kept
    file.version += 1
    file.saved_by, file.saved_at = actor.login, at
    file.save()
    _log(taken, at, {"version": file.version})
    return file


@transaction.atomic
def submit(*, actor: Actor, at: datetime, bid_id: str, version: int) -> Bid:
    """Send the bid as it was at `version`: sealed until the opening; Refused if a check stops it.

    The bid and its named staff become rows of the exchange format, which leaves them out of every
    export while their tender is not open.
    """
    tender_file, file = _locked(bid_id)
    taken = _take("submit", actor, file, file.provider_id)
    _still_open(tender_file, at)
    if file.version != version:
        raise Refused("edited_meanwhile", by=saved_by(file))
    for check in checks_of(file, local_day(at)):
        if check.stops:
            raise refusal(check)
    said = read(file.content)
    assert said.price_fen is not None  # a missing price stops a bid
    bid = Bid.objects.create(
        id=file.pk,
        tender=file.tender,
        provider_id=file.provider_id,
        submitted_at=at,
        status=BidStatus.VALID,
        price_fen=said.price_fen,
        direct_hours=said.direct_hours,
        staff=said.staff,
    )
    workers = (said.workers or {}).items()
    BidStaff.objects.bulk_create(
        BidStaff(bid=bid, worker_id=worker, fte=share) for worker, share in workers
    )
    file.bid, file.withdrawn_at = bid, None
    file.save()
    _log(taken, at, {"version": file.version, "fingerprint": fingerprint_of(file)})
    return bid


@transaction.atomic
def withdraw(*, actor: Actor, at: datetime, bid_id: str) -> None:
    """Take a bid back before the deadline: it is a draft again, and was never opened."""
    tender_file, file = _locked(bid_id)
    taken = _take("withdraw", actor, file, file.provider_id)
    _still_open(tender_file, at)
    file.bid, file.withdrawn_at = None, at
    file.save()
    BidStaff.objects.filter(bid=bid_id).delete()
    Bid.objects.filter(pk=bid_id).delete()
    _log(taken, at, {"version": file.version})


@transaction.atomic
def disqualify(*, actor: Actor, at: datetime, bid_id: str, reason: str) -> None:
    """Leave an open bid out of the scoring, with a reason that is public; before scoring began."""
    tender_file, file = _locked(bid_id)
    taken = _take("disqualify", actor, file, tender_file.purchaser_id)
    state = state_of(tender_file)
    if state is not TenderState.OPENED:
        raise Refused("wrong_state", thing="tender", step="disqualify", state=state)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    if PanelSeat.objects.filter(tender=file.tender_id).exclude(scores={}).exists():
        raise Refused("scoring_began")
    Bid.objects.filter(pk=bid_id).update(status=BidStatus.DISQUALIFIED, reason=reason.strip())
    taken.log(at=at, after={"tender": file.tender_id}, reason=reason.strip())
    bump([f"tender:{file.tender_id}"])


def _locked(bid_id: str) -> tuple[TenderFile, BidFile]:
    """The bid, read once the file of its tender was locked."""
    tender_id = BidFile.objects.values_list("tender_id", flat=True).get(pk=bid_id)
    tender_file = locked(tender_id)
    return tender_file, BidFile.objects.select_related("tender", "bid").get(pk=bid_id)


def _take(step: str, actor: Actor, file: BidFile, body: str) -> Taken:
    return take(BID, step, actor=actor, state=state_of_bid(file), body=body, subject_id=file.pk)


def _still_open(file: TenderFile, at: datetime) -> Tender:
    """The tender if bids for it are still taken at that instant, or Refused."""
    if file.tender is None or state_of(file) is not TenderState.PUBLISHED:
        raise Refused("tender_closed")
    if is_late(at, file.tender.bid_deadline):
        raise refused("late_bid", deadline=file.tender.bid_deadline, at=at)
    return file.tender


def _attached(
    actor: Actor, at: datetime, taken: Taken, upload: "UploadedFile[Any]"
) -> dict[str, Any]:
    kept = attach(
        actor=actor,
        at=at,
        upload=upload,
        subject_table=SUBJECT,
        subject_id=taken.subject_id,
        purpose="proposal",
        role=taken.held.role.value,
    )
    return {"id": kept.pk, "name": kept.name, "size": kept.size, "sha256": kept.sha256}


def _log(taken: Taken, at: datetime, after: Mapping[str, Any]) -> None:
    taken.log(at=at, after=after, also=blanks(SUBJECT, taken.subject_id))
