"""Opening the bids: by two people, and never before the deadline has passed."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.audit.operations import unseal as let_be_read
from almoner.rules.bid import is_late
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.tenders.models import Bid, PanelDraw, Tender
from almoner.tenders.operations.steps import take_tender, tell_desk, tell_member
from almoner.tenders.queries.panel import scoring, seats_of
from almoner.tenders.reasons_award import refused
from almoner.web.stamps import bump


@transaction.atomic
def unseal(*, actor: Actor, at: datetime, tender_id: str) -> None:
    """The first of two people: begin the opening. Nothing can be seen yet."""
    file, tender, taken = take_tender("unseal", actor=actor, tender_id=tender_id)
    _after_deadline(tender, at)
    if file.unsealed_by:
        raise Refused("unsealed_already")
    file.unsealed_by = actor.login
    file.save(update_fields=["unsealed_by"])
    taken.log(at=at)
    tell_desk(Permission.TENDER_OPEN, file, _("Open the bids as the second person"), at)


@transaction.atomic
def open_bids(*, actor: Actor, at: datetime, tender_id: str) -> None:
    """The second: from this instant the bids, and what the record says of them, can be read.

    Drafts that were never sent, and bids that were withdrawn, stay sealed for good.
    """
    file, tender, taken = take_tender("open", actor=actor, tender_id=tender_id)
    _after_deadline(tender, at)
    if not file.unsealed_by:
        raise Refused("not_unsealed")
    if not PanelDraw.objects.filter(pk=tender_id).exists():
        raise Refused("panel_missing")
    file.opened_by = actor.login
    file.save(update_fields=["opened_by"])
    tender.opened_at = at
    tender.save(update_fields=["opened_at"])
    bids = list(Bid.objects.filter(tender=tender_id).order_by("pk"))
    for bid in bids:
        let_be_read(group=bid.pk)
    taken.log(at=at, after={"opened_at": at, "bids": [bid.pk for bid in bids]})
    bump([f"tender:{tender_id}", "city"])
    for seat in scoring(seats_of(tender_id)):
        url = reverse("tender-declare", args=[tender_id])
        tell_member(seat.person, file, _("Declare your ties to the bidders"), url)


def _after_deadline(tender: Tender, at: datetime) -> None:
    """As long as a bid would still be in time, nothing is opened."""
    if not is_late(at, tender.bid_deadline):
        raise refused("before_deadline", deadline=tender.bid_deadline)
