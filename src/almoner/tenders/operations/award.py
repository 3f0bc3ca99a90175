"""The award: decided by whoever did not score, announced by whoever did not decide."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.notify import tell
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.tenders.models import Bid, BidScore, PanelDraw
from almoner.tenders.operations.steps import take_tender, tell_desk
from almoner.tenders.queries.award import Award, enough, expected
from almoner.tenders.queries.panel import (
    fingerprint_of_sheet,
    opened_bids,
    scoring,
    seat_of,
    seats_of,
    valid,
)
from almoner.tenders.reasons_award import refused
from almoner.web.format import named
from almoner.web.stamps import bump


@transaction.atomic
def decide(*, actor: Actor, at: datetime, tender_id: str) -> Award:
    """Decide by the count of the panel's scores; its result is not the signatory's to choose.

    Refused: too_few_bids, panel_too_small, scores_missing, and decider_on_panel for anybody who has
    a seat, also one that a tie emptied.
    """
    file, tender, taken = take_tender("decide", actor=actor, tender_id=tender_id)
    seat = seat_of(actor.login, tender_id)
    if seat is not None:
        raise refused("decider_on_panel", person=named(seat.person))
    bids = len(valid(opened_bids(tender_id)))
    there, least = enough(tender, bids, local_day(at))
    if not there:
        raise refused("too_few_bids", valid=bids, least=least)
    seats = scoring(seats_of(tender_id))
    size = PanelDraw.objects.get(pk=tender_id).size
    if len(seats) < size:
        raise refused("panel_too_small", least=size, members=len(seats))
    missing = sum(1 for one in seats if one.submitted_at is None)
    award = expected(tender)
    if missing or award is None or award.winner is None:
        raise refused("scores_missing", missing=missing, members=len(seats))
    tender.award_decided_on = local_day(at)
    tender.save(update_fields=["award_decided_on"])
    after = {
        "winner": award.winner.bid.pk,
        "totals": {one.bid.pk: str(one.ranked.total) for one in award.counted},
        "sheets": {one.code: fingerprint_of_sheet(one) for one in seats},
    }
    taken.log(at=at, after=after)
    bump([f"tender:{tender_id}"])
    tell_desk(Permission.TENDER_DRAFT, file, _("Announce the award"), at)
    return award


@transaction.atomic
def announce(*, actor: Actor, at: datetime, tender_id: str) -> Award:
    """Make the award public: with every score, by seat, and a debrief for each bidder.

    Only here do the scores become rows of the exchange format.
    """
    file, tender, taken = take_tender("announce", actor=actor, tender_id=tender_id)
    award = expected(tender)
    if award is None or award.winner is None:
        raise Refused("wrong_state", thing="tender", step="announce", state="opened")
    tender.award_published_on = local_day(at)
    tender.save(update_fields=["award_published_on"])
    BidScore.objects.bulk_create(
        BidScore(bid=one.bid, panellist_id=seat, criterion_id=criterion, score=Decimal(score))
        for one in award.counted
        for criterion, given in sorted(one.given.items())
        for seat, score in given
    )
    issue(kind=NoticeKind.AWARD, subject_id=tender_id, at=at)
    taken.log(at=at, after={"winner": award.winner.bid.pk})
    bump([f"tender:{tender_id}", "city"])
    for bid in opened_bids(tender_id):
        _tell_bidder(bid, won=bid.pk == award.winner.bid.pk, about=file.pk, at=at)
    return award


def _tell_bidder(bid: Bid, *, won: bool, about: str, at: datetime) -> None:
    what = _("Your bid won") if won else _("Read how your bid was judged")
    url = reverse("bid-debrief", args=[bid.pk])
    tell(Permission.BID_MAKE, bid.provider_id, about=about, what=what, url=url, at=at)
