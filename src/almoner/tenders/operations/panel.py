"""The panel: drawn by lot, declaring its ties, scoring by itself."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Person
from almoner.audit.queries import head
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission
from almoner.tenders.models import PanelDraw, PanelSeat, TenderFile
from almoner.tenders.operations.steps import take_tender, tell_desk, tell_member
from almoner.tenders.queries.files import content_of
from almoner.tenders.queries.panel import (
    experts,
    fingerprint_of_sheet,
    number_of,
    opened_bids,
    order_of,
    panel_limits,
    representatives,
    score_of,
    scored_criteria,
    scoring,
    seat_of,
    seats_of,
    valid,
)
from almoner.tenders.reasons_award import refused
from almoner.web.format import named
from almoner.web.stamps import bump

Sheet = Mapping[str, Mapping[str, str]]
"""Scores as typed, by bid and criterion."""
MOST_CHARACTERS = 4_000


@transaction.atomic
def appoint(
    *, actor: Actor, at: datetime, tender_id: str, named: Collection[int] = ()
) -> PanelDraw:
    """Seat the people `named` (numbers of accounts), and draw experts for all other seats, once.

    The seed is the hash of the event that writes down who can be drawn: it did not exist before
    the pool stood fast, and it covers the microsecond at which that was, so that nobody chose it.
    """
    file, tender, taken = take_tender("appoint", actor=actor, tender_id=tender_id)
    if PanelDraw.objects.filter(pk=tender_id).exists():
        raise Refused("panel_drawn_already")
    day = local_day(at)
    limits = panel_limits(content_of(file).panel_size, day)
    if not limits.lawful:
        raise refused("panel_too_small", least=limits.least, members=limits.size)
    own = [one for one in representatives(tender.purchaser_id, day) if one.pk in named]
    wanted = limits.size - len(own)
    if wanted < limits.experts:
        most = limits.size - limits.experts
        values = {"experts": limits.experts, "members": limits.size, "named": most}
        raise refused("too_few_experts", field="named", **values)
    pool = {number_of(one): one for one in experts(tender.purchaser_id, day)}
    if len(pool) < wanted:
        raise refused("pool_too_small", wanted=wanted, there=len(pool))
    taken.log(at=at, after={"size": limits.size, "named": len(own), "pool": list(pool)})
    event, seed = head()
    draw = PanelDraw.objects.create(
        tender=tender, seed=seed, event=event, size=limits.size, pool=list(pool), drawn_at=at
    )
    for person in own:
        _seat(file, person, None)
    for place, number in enumerate(order_of(draw)[:wanted], start=1):
        _seat(file, pool[number], place)
    bump([f"tender:{tender_id}"])
    return draw


def _seat(file: TenderFile, person: Person, place: int | None) -> PanelSeat:
    code = f"P{PanelSeat.objects.filter(tender=file.pk).count() + 1}"
    return PanelSeat.objects.create(
        tender_id=file.pk,
        code=code,
        person=person,
        expert=place is not None,
        drawn_order=place,
    )


@transaction.atomic
def declare(*, actor: Actor, at: datetime, tender_id: str, ties: Mapping[str, str]) -> PanelSeat:
    """Say to which bidders (uscc -> what tie) the member is tied; to all others there is none.

    A tied member does not score: the next in the draw takes the place. Which tie it is stays with
    the seat; the record names the bidder.
    """
    file, _tender, taken = take_tender("declare", actor=actor, tender_id=tender_id)
    seat = _own_seat(actor, tender_id)
    bidders = {bid.provider_id for bid in opened_bids(tender_id)}
    seat.ties = {uscc: note[:MOST_CHARACTERS] for uscc, note in ties.items() if uscc in bidders}
    seat.tied = bool(seat.ties)
    seat.declared_at = at
    if seat.tied:
        seat.scores, seat.remarks = {}, {}
    seat.save()
    taken.log(at=at, after={"seat": seat.code, "tied_to": sorted(seat.ties)})
    if seat.tied:
        _replace(file, at)
    bump([f"tender:{tender_id}"])
    return seat


def _replace(file: TenderFile, at: datetime) -> None:
    """Seat the next in the draw who can still sit; nobody where the pool is exhausted."""
    draw = PanelDraw.objects.get(pk=file.pk)
    last = max((seat.drawn_order or 0 for seat in seats_of(file.pk)), default=0)
    still = {number_of(one): one for one in experts(file.purchaser_id, local_day(at))}
    for place, number in enumerate(order_of(draw), start=1):
        if place > last and number in still:
            seat = _seat(file, still[number], place)
            url = reverse("tender-declare", args=[file.pk])
            tell_member(seat.person, file, _("Declare your ties to the bidders"), url)
            return


@transaction.atomic
def save_scores(
    *, actor: Actor, tender_id: str, scores: Sheet, remarks: Mapping[str, str]
) -> PanelSeat:
    """Keep a member's unsent scores (as typed, empty ones left out). Nobody else sees them."""
    take_tender("score", actor=actor, tender_id=tender_id)
    seat = _scoring_seat(actor, tender_id)
    _write(seat, scores, remarks)
    return seat


@transaction.atomic
def submit_scores(
    *, actor: Actor, at: datetime, tender_id: str, scores: Sheet, remarks: Mapping[str, str]
) -> PanelSeat:
    """Submit a whole sheet: it cannot be changed any more.

    The record holds its fingerprint, not its scores, as other members may still be scoring.
    """
    file, _tender, taken = take_tender("score", actor=actor, tender_id=tender_id)
    seat = _scoring_seat(actor, tender_id)
    _write(seat, scores, remarks)
    missing = [
        f"{named(bid.provider)} – {criterion.name or criterion.code}"
        for bid in valid(opened_bids(tender_id))
        for criterion in scored_criteria(tender_id)
        if criterion.code not in seat.scores.get(bid.pk, {})
    ]
    if missing:
        raise Refused("sheet_incomplete", missing=", ".join(missing))
    seat.submitted_at = at
    seat.save(update_fields=["submitted_at"])
    taken.log(at=at, after={"seat": seat.code, "sheet": fingerprint_of_sheet(seat)})
    if all(other.submitted_at for other in scoring(seats_of(tender_id))):
        tell_desk(Permission.AWARD_DECIDE, file, _("Decide the award"), at)
    return seat


def _write(seat: PanelSeat, scores: Sheet, remarks: Mapping[str, str]) -> None:
    bids = [bid.pk for bid in valid(opened_bids(seat.tender_id))]
    criteria = [criterion.code for criterion in scored_criteria(seat.tender_id)]
    kept: dict[str, dict[str, str]] = {}
    for bid in bids:
        row = {code: text for code in criteria if (text := scores.get(bid, {}).get(code, ""))}
        if any(score_of(text) is None for text in row.values()):
            raise Refused("score_out_of_range")
        if row:
            kept[bid] = row
    seat.scores = kept
    seat.remarks = {
        bid: text[:MOST_CHARACTERS] for bid in bids if (text := remarks.get(bid, "").strip())
    }
    seat.save(update_fields=["scores", "remarks"])


def _own_seat(actor: Actor, tender_id: str) -> PanelSeat:
    seat = seat_of(actor.login, tender_id)
    if seat is None:
        raise Refused("not_on_panel")
    if seat.tied:
        raise Refused("tied")
    if seat.submitted_at:
        raise Refused("sheet_submitted")
    return seat


def _scoring_seat(actor: Actor, tender_id: str) -> PanelSeat:
    seat = _own_seat(actor, tender_id)
    if seat.declared_at is None:
        raise Refused("ties_not_declared")
    return seat
