"""The panel of a tender: who can be drawn, who sits, and what each member sees."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Grant, Person
from almoner.accounts.queries import in_force
from almoner.parties.models import Organisation, OrganisationKind
from almoner.parties.queries import Tie, is_kind
from almoner.rules.draw import ticket
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission, Role
from almoner.tenders.models import (
    Bid,
    BidStatus,
    Criterion,
    CriterionKind,
    PanelDraw,
    PanelSeat,
    TenderFile,
)
from almoner.tenders.queries.bids import ties_between
from almoner.tenders.queries.drafting import title_of
from almoner.web.tasks import Task

MOST = Decimal(100)
DECIMALS = 2


@dataclass(frozen=True)
class PanelLimits:
    """What the rule pack asks of a panel of `size` on a day."""

    size: int
    least: int
    odd: bool
    experts: int

    @property
    def lawful(self) -> bool:
        return self.size >= self.least and (not self.odd or self.size % 2 == 1)


def panel_limits(size: int, day: date) -> PanelLimits:
    """At least so many members, an odd number of them, and how many of them experts."""
    pack = china()
    least, odd = pack.limit("panel.members", day).value, pack.limit("panel.odd", day).value
    share = pack.limit("panel.expert_share", day).value
    return PanelLimits(size, int(least), bool(odd), -((-size * share) // 1))


def number_of(person: Person) -> str:
    """How a draw names somebody in public: E and the number of the account."""
    return f"E{person.pk}"


def _members(day: date, for_body: Q) -> list[Person]:
    granted = Grant.objects.filter(in_force(day), for_body, role=Role.PANEL_MEMBER)
    return list(
        Person.objects.filter(pk__in=granted.values("person"), is_active=True).order_by("pk")
    )


def experts(purchaser: str, day: date) -> list[Person]:
    """Whom the lot can fall on: the city's panel members without a role for an interested body.

    Left out is whoever holds any role for the purchaser, or for any provider at all: to leave out
    only those of the bidders would tell, before the opening, who bids.
    """
    providers = Organisation.objects.filter(is_kind(OrganisationKind.PROVIDER))
    interested = Grant.objects.filter(
        in_force(day), Q(organisation=purchaser) | Q(organisation__in=providers.values("pk"))
    )
    tied = set(interested.values_list("person_id", flat=True))
    whole_city = _members(day, Q(organisation__isnull=True))
    return [person for person in whole_city if person.pk not in tied]


def representatives(purchaser: str, day: date) -> list[Person]:
    """Whom the purchaser may name: its own panel members, but nobody who decides its awards."""
    deciders = Grant.objects.filter(
        in_force(day), organisation=purchaser, role=Role.PURCHASER_SIGNATORY
    )
    decides = set(deciders.values_list("person_id", flat=True))
    own = _members(day, Q(organisation=purchaser))
    return [person for person in own if person.pk not in decides]


def order_of(draw: PanelDraw) -> list[str]:
    """The numbers of the pool in the order of the draw."""
    return sorted(set(draw.pool), key=lambda number: ticket(draw.seed, number))


def seats_of(tender_id: str) -> list[PanelSeat]:
    """All seats, the first first; those that a tie emptied are among them."""
    found = PanelSeat.objects.filter(tender=tender_id).select_related("person").order_by("pk")
    return list(found)


def scoring(seats: Iterable[PanelSeat]) -> list[PanelSeat]:
    """The seats that score."""
    return [seat for seat in seats if not seat.tied]


def seat_of(login: str, tender_id: str) -> PanelSeat | None:
    """Somebody's own seat."""
    if "\0" in tender_id:
        return None
    found = PanelSeat.objects.select_related("tender", "tender__file", "tender__purchaser")
    return found.filter(person__login=login, tender=tender_id).first()


def my_seats(login: str) -> list[PanelSeat]:
    """All of somebody's seats, the newest tender first."""
    found = PanelSeat.objects.select_related("tender", "tender__file", "tender__purchaser")
    return list(found.filter(person__login=login).order_by("-tender__bid_deadline", "pk"))


def opened_bids(tender_id: str) -> list[Bid]:
    """The bids of a tender once they are open, by bidder; none before."""
    found = Bid.objects.filter(tender=tender_id, tender__opened_at__isnull=False)
    return list(found.select_related("provider").order_by("provider_id", "pk"))


def opened_bid(bid_id: str) -> Bid | None:
    """One bid once it is open."""
    if "\0" in bid_id:
        return None
    found = Bid.objects.filter(pk=bid_id, tender__opened_at__isnull=False)
    return found.select_related("provider", "tender").first()


def valid(bids: Iterable[Bid]) -> list[Bid]:
    """Those that are scored."""
    return [bid for bid in bids if bid.status == BidStatus.VALID]


def scored_criteria(tender_id: str) -> list[Criterion]:
    """The criteria that the panel scores: all but the price."""
    found = Criterion.objects.filter(tender=tender_id).exclude(kind=CriterionKind.PRICE)
    return list(found.order_by("code"))


def fingerprint_of_sheet(seat: PanelSeat) -> str:
    """SHA-256 of a seat's scores and remarks as JSON with sorted keys."""
    whole = {"scores": seat.scores, "remarks": seat.remarks}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def known_ties(seat: PanelSeat, bid: Bid, day: date) -> list[Tie]:
    """Registered ties between a bidder and the purchaser, or a body the member has a role for."""
    grants = Grant.objects.filter(in_force(day), person=seat.person_id)
    bodies = {seat.tender.purchaser_id, *grants.values_list("organisation_id", flat=True)}
    return [
        tie
        for body in sorted(one for one in bodies if one)
        for tie in ties_between(bid.provider_id, body, day)
    ]


def score_of(text: str) -> Decimal | None:
    """A score as typed; None where it is none from 0 to 100 with two decimals at most."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    fine = number.is_finite() and 0 <= number <= MOST and isinstance(exponent, int)
    return number if fine and -DECIMALS <= int(exponent) <= 0 else None


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Tenders that wait for the actor's declaration or scores."""
    if not actor.may(Permission.PANEL_SCORE):
        return []
    waiting = PanelSeat.objects.filter(
        person__login=actor.login,
        tied=False,
        submitted_at=None,
        tender__opened_at__isnull=False,
        tender__award_decided_on=None,
        tender__file__cancelled_at=None,
    ).select_related("tender__file")
    return [
        Task(
            _("Score the bids") if seat.declared_at else _("Declare your ties to the bidders"),
            title_of(_file(seat)),
            None,
            reverse(
                "tender-score" if seat.declared_at else "tender-declare", args=[seat.tender_id]
            ),
        )
        for seat in waiting.order_by("tender__opened_at", "pk")
    ]


def _file(seat: PanelSeat) -> TenderFile:
    file: TenderFile = seat.tender.file
    return file
