"""The award: counted from the panel's sheets, and once announced from the exchange format alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.notices.models import Notice, NoticeKind
from almoner.rules.award import (
    DecidedBy,
    Offer,
    Points,
    Ranked,
    ScoresMissing,
    Weighed,
    draw_seed,
    enough_bids,
    rank,
)
from almoner.rules.bid import is_late
from almoner.rules.calendar import add_working_days, local_day
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import TenderState
from almoner.tenders.models import (
    Bid,
    BidScore,
    Criterion,
    PanelDraw,
    PanelSeat,
    Tender,
    TenderFile,
)
from almoner.tenders.queries.drafting import title_of
from almoner.tenders.queries.files import bodies_of, state_of
from almoner.tenders.queries.panel import opened_bids, scoring, seats_of, valid
from almoner.web.tasks import Task

Text = str | Promise
Given = Mapping[tuple[str, str], list[tuple[str, Decimal]]]
"""Who gave what: (bid, criterion) -> (seat, score)."""


@dataclass(frozen=True)
class Counted:
    """A bid in its place, with the panel's scores by seat."""

    bid: Bid
    ranked: Ranked
    given: Mapping[str, list[tuple[str, Decimal]]]

    @property
    def lines(self) -> list[tuple[Points, list[tuple[str, Decimal]]]]:
        """Each criterion's points with who gave which score."""
        return [(one, self.given.get(one.criterion.code, [])) for one in self.ranked.points]


@dataclass(frozen=True)
class Award:
    """The whole count. `seed` is that of the draw between bids that are equal in all else."""

    tender: Tender
    criteria: tuple[Criterion, ...]
    counted: tuple[Counted, ...]
    seed: str

    @property
    def winner(self) -> Counted | None:
        return self.counted[0] if self.counted else None

    @property
    def drawn(self) -> bool:
        """Whether a draw put any bid before another."""
        return any(one.ranked.decided_by is DecidedBy.DRAW for one in self.counted)

    @property
    def lowest_fen(self) -> int | None:
        """The lowest valid price."""
        return min((one.bid.price_fen for one in self.counted), default=None)


def enough(tender: Tender, valid_bids: int, day: date) -> tuple[bool, int]:
    """Whether there are enough valid bids to award, and how many are needed (T01)."""
    least = china().limit("T01.bids", day).value
    return enough_bids(tender.method, valid_bids, least), int(least)


def given_by_seats(seats: Iterable[PanelSeat]) -> Given:
    """The submitted scores of a panel."""
    found: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for seat in seats:
        if seat.submitted_at and not seat.tied:
            for bid, row in seat.scores.items():
                for criterion, text in row.items():
                    found[bid, criterion].append((seat.code, Decimal(text)))
    return found


def given_in_exchange(tender_id: str) -> Given:
    """The same from the rows of the exchange format, which are there once it is announced."""
    found: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    rows = BidScore.objects.filter(bid__tender=tender_id)
    for row in rows.order_by("bid", "criterion_id", "panellist_id"):
        found[row.bid_id, row.criterion_id].append((row.panellist_id, row.score or Decimal(0)))
    return found


def count(tender: Tender, given: Given) -> Award:
    """The award from what the panel gave; ScoresMissing where a bid lacks a score."""
    criteria = tuple(Criterion.objects.filter(tender=tender.pk).order_by("code"))
    bids = {bid.pk: bid for bid in valid(opened_bids(tender.pk))}
    seed = draw_seed(tender.pk, tender.opened_at) if tender.opened_at else ""
    ranked = rank(
        [Offer(bid.pk, bid.price_fen) for bid in bids.values()],
        [Weighed(one.code, one.kind, one.weight or Decimal(0)) for one in criteria],
        {key: [score for _seat, score in scores] for key, scores in given.items()},
        seed,
    )
    return Award(
        tender,
        criteria,
        tuple(
            Counted(
                bids[one.offer.id],
                one,
                {code: found for (bid, code), found in given.items() if bid == one.offer.id},
            )
            for one in ranked
        ),
        seed,
    )


def expected(tender: Tender) -> Award | None:
    """What the panel's sheets come to once all are in; None before."""
    seats = scoring(seats_of(tender.pk))
    if not seats or not all(seat.submitted_at for seat in seats):
        return None
    try:
        return count(tender, given_by_seats(seats))
    except ScoresMissing:
        return None


def announced(tender_id: str, day: date) -> Award | None:
    """An award that is public on a day, from the exchange format; None where there is none.

    An award of elsewhere without the scores of its panel cannot be counted again.
    """
    tender = Tender.objects.select_related("purchaser", "area").filter(
        pk=tender_id, award_published_on__lte=day, opened_at__isnull=False
    )
    found = tender.first()
    if found is None:
        return None
    try:
        return count(found, given_in_exchange(tender_id))
    except ScoresMissing:
        return None


def winning_bid(tender_id: str, day: date) -> Bid | None:
    """The bid that won an award that is public on a day."""
    award = announced(tender_id, day)
    return award.winner.bid if award and award.winner else None


@dataclass(frozen=True)
class PublicAward:
    """All that everybody may see of a tender's bids and award at an instant.

    `bids` is empty and `sealed` true before the opening; `award` is None before its announcement.
    A tender that was cancelled before the opening stays sealed.
    """

    tender: Tender
    sealed: bool
    cancelled: bool
    bids: tuple[Bid, ...]
    award: Award | None

    @property
    def members(self) -> list[str]:
        """The seats whose scores were counted, P1 first."""
        if self.award is None:
            return []
        codes = {code for one in self.award.counted for g in one.given.values() for code, _ in g}
        return sorted(codes, key=lambda code: (len(code), code))


def public_award(tender_id: str, now: datetime) -> PublicAward | None:
    """What everybody may see of a tender's bids and award; None without such a tender."""
    if "\0" in tender_id:  # PostgreSQL refuses to look for it
        return None
    tender = Tender.objects.filter(pk=tender_id, published_at__lte=now).first()
    if tender is None:
        return None
    sealed = tender.opened_at is None or tender.opened_at > now
    return PublicAward(
        tender=tender,
        sealed=sealed,
        cancelled=Notice.objects.filter(
            kind=NoticeKind.TERMINATION, subject_id=tender_id, published_at__lte=now
        ).exists(),
        bids=() if sealed else tuple(opened_bids(tender_id)),
        award=None if sealed else announced(tender_id, local_day(now)),
    )


def panel_draw(tender_id: str) -> PanelDraw | None:
    """How the panel of a tender was drawn, if that was here."""
    return PanelDraw.objects.filter(pk=tender_id).first()


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Panels to draw, openings, awards to decide and to announce."""
    return [
        Task(what, title_of(file), due_on, reverse("desk-tender", args=[file.pk]))
        for file in _running(actor)
        if (found := _next(file, actor, at))
        for what, due_on in [found]
    ]


def _running(actor: Actor) -> list[TenderFile]:
    """Published tenders of the actor's bodies that are not awarded or cancelled."""
    bodies = bodies_of(actor, Permission.TENDER_OPEN)
    if bodies is not None and not bodies:
        return []
    scope = Q() if bodies is None else Q(purchaser__in=bodies)
    found = TenderFile.objects.filter(
        scope,
        tender__isnull=False,
        tender__award_published_on=None,
        cancelled_at=None,
    )
    return list(
        found.select_related("tender", "tender__panel_draw")
        .prefetch_related("tender__panel", "tender__bids")
        .order_by("tender__bid_deadline", "pk")
    )


def _next(file: TenderFile, actor: Actor, at: datetime) -> tuple[Text, date | None] | None:
    tender = file.tender
    assert tender is not None
    may = {
        permission: actor.may(permission, file.purchaser_id)
        for permission in (Permission.TENDER_DRAFT, Permission.TENDER_OPEN, Permission.AWARD_DECIDE)
    }
    closes = local_day(tender.bid_deadline)
    if tender.opened_at is None:
        if may[Permission.TENDER_DRAFT] and not hasattr(tender, "panel_draw"):
            return _("Draw the panel"), closes
        if at <= tender.bid_deadline or not may[Permission.TENDER_OPEN]:
            return None
        if not file.unsealed_by:
            return _("Begin the opening of the bids"), closes
        second = actor.login != file.unsealed_by
        return (_("Open the bids as the second person"), closes) if second else None
    if tender.award_decided_on:
        if not may[Permission.TENDER_DRAFT]:
            return None
        days = int(china().limit("T07.working_days", tender.award_decided_on).value)
        return _("Announce the award"), add_working_days(tender.award_decided_on, days).day
    signs = may[Permission.AWARD_DECIDE]
    if signs and not enough(tender, len(valid(tender.bids.all())), local_day(at))[0]:
        return _("Cancel the tender: too few valid bids"), None
    seats = scoring(tender.panel.all())
    if signs and seats and all(seat.submitted_at for seat in seats):
        return _("Decide the award"), None
    return None


@dataclass(frozen=True)
class DeskAward:
    """What the purchaser's page of a tender shows from its panel to its award.

    `award` is there once every member has submitted: until then nobody sees a score. `needed` is
    how many valid bids an award needs, `announce_by` the last day to announce it in time.
    """

    draw: PanelDraw | None
    seats: tuple[PanelSeat, ...]
    bids: tuple[Bid, ...]
    award: Award | None
    needed: int
    enough: bool
    announce_by: date | None
    past_deadline: bool

    @property
    def declared(self) -> list[tuple[str, Bid, str]]:
        """The ties that members declared: seat, bid, and which tie."""
        return [
            (seat.code, bid, seat.ties[bid.provider_id])
            for seat in self.seats
            for bid in self.bids
            if bid.provider_id in seat.ties
        ]

    @property
    def scoring(self) -> list[PanelSeat]:
        return scoring(self.seats)

    @property
    def submitted(self) -> int:
        """How many members have submitted their scores."""
        return sum(1 for seat in self.scoring if seat.submitted_at)


def award_at_desk(file: TenderFile, now: datetime) -> DeskAward | None:
    """The same for a tender that was published; None before."""
    tender = file.tender
    if tender is None:
        return None
    day = local_day(now)
    bids = tuple(opened_bids(tender.pk))
    there, least = enough(tender, len(valid(bids)), day)
    decided = tender.award_decided_on
    days = int(china().limit("T07.working_days", decided or day).value)
    return DeskAward(
        draw=panel_draw(tender.pk),
        seats=tuple(seats_of(tender.pk)),
        bids=bids,
        award=announced(tender.pk, day) if tender.award_published_on else expected(tender),
        needed=least,
        enough=there,
        announce_by=add_working_days(decided, days).day if decided else None,
        past_deadline=is_late(now, tender.bid_deadline),
    )


def may_disqualify(actor: Actor, file: TenderFile) -> bool:
    """Whether the actor may leave bids out now: they are open, and no member has begun to score."""
    if file.tender is None or state_of(file) is not TenderState.OPENED:
        return False
    began = PanelSeat.objects.filter(tender=file.pk).exclude(scores={}).exists()
    return actor.may(Permission.TENDER_DRAFT, file.purchaser_id) and not began
