"""Bids: what their bidders see of them, and nobody else before the opening."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Person
from almoner.parties.models import Worker
from almoner.parties.queries import Tie, ties
from almoner.rules.bid import BidCheck, BidFacts, checks, fingerprint, is_late, read
from almoner.rules.calendar import local_day
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import BID, BidState
from almoner.tenders.models import Bid, BidFile, BidStaff, BidStatus, Tender, TenderFile
from almoner.tenders.queries.drafting import title_of
from almoner.web.format import name_of
from almoner.web.tasks import Task

SUBJECT = BID.table
"""The table under which the record, and the files attached, know a bid."""


def state_of_bid(file: BidFile) -> BidState:
    """The state of a bid, derived from its dated facts."""
    if file.bid is None:
        return BidState.WITHDRAWN if file.withdrawn_at else BidState.DRAFT
    if file.tender.opened_at is None:
        return BidState.SEALED
    disqualified = file.bid.status == BidStatus.DISQUALIFIED
    return BidState.DISQUALIFIED if disqualified else BidState.VALID


def open_tenders(now: datetime) -> QuerySet[TenderFile]:
    """Tenders of this platform that bids may be made for, the most urgent first."""
    return (
        TenderFile.objects.filter(
            tender__opened_at=None, tender__bid_deadline__gte=now, cancelled_at=None
        )
        .exclude(tender=None)
        .select_related("tender", "tender__area", "purchaser")
        .order_by("tender__bid_deadline", "pk")
    )


def still_open(file: TenderFile, now: datetime) -> bool:
    """Whether bids for a tender are taken at an instant."""
    tender = file.tender
    if tender is None or file.cancelled_at or tender.opened_at:
        return False
    return not is_late(now, tender.bid_deadline)


def tender_to_bid_for(tender_id: str) -> TenderFile | None:
    """A tender of this platform that was published."""
    if "\0" in tender_id:
        return None
    found = TenderFile.objects.select_related("tender", "tender__area", "purchaser")
    return found.filter(pk=tender_id, tender__isnull=False).first()


def file_of(bid: Bid) -> BidFile | None:
    """What the platform keeps of a bid beyond the exchange format."""
    return BidFile.objects.filter(bid=bid).first()


def named_staff(bid: Bid) -> list[BidStaff]:
    """The workers named in a bid."""
    return list(BidStaff.objects.filter(bid=bid).select_related("worker").order_by("worker"))


def bidder_of(actor: Actor) -> str | None:
    """The body for which the actor bids; a director is that of one."""
    bodies = actor.bodies(Permission.BID_MAKE)
    return min(bodies) if bodies else None


def _files() -> QuerySet[BidFile]:
    return BidFile.objects.select_related(
        "tender", "tender__file", "tender__purchaser", "tender__area", "provider", "bid"
    )


def bid_file(actor: Actor, bid_id: str) -> BidFile | None:
    """A bid of the actor's own body, otherwise None."""
    if "\0" in bid_id:
        return None
    return _files().filter(pk=bid_id, provider=bidder_of(actor)).first()


def own_bid(tender_id: str, provider: str | None) -> BidFile | None:
    """What a provider has written for a tender."""
    return _files().filter(tender=tender_id, provider=provider).first()


def own_bids(provider: str | None) -> list[BidFile]:
    """All that a provider has bid for, the latest deadline first."""
    return list(_files().filter(provider=provider).order_by("-tender__bid_deadline", "pk"))


def workers_on(uscc: str | None, day: date) -> list[Worker]:
    """A provider's own workers on a day, by pseudonym."""
    return list(
        Worker.objects.filter(
            Q(employed_to=None) | Q(employed_to__gte=day),
            organisation=uscc,
            employed_from__lte=day,
        ).order_by("pk")
    )


def shares_elsewhere(file: BidFile) -> dict[str, Decimal]:
    """Shares of full time that the bidder promised in its other bids that are still undecided."""
    others = BidStaff.objects.filter(
        bid__provider=file.provider_id,
        bid__status=BidStatus.VALID,
        bid__tender__award_decided_on=None,
        bid__tender__file__cancelled_at=None,
        bid__tender__file__isnull=False,
    ).exclude(bid=file.pk)
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in others:
        found[row.worker_id] += row.fte or Decimal(0)
    return found


def checks_of(file: BidFile, day: date) -> list[BidCheck]:
    """What stops the bid or deserves a second look on a day; what stops it comes first."""
    pack = china()
    facts = BidFacts(
        ceiling_fen=file.tender.ceiling_fen,
        required_hours=file.tender.required_direct_hours,
        elsewhere=shares_elsewhere(file),
        employed=frozenset(worker.pk for worker in workers_on(file.provider_id, day)),
        capacity=pack.limits("T05", day),
        most_over=pack.limit("T06.over", day).value,
    )
    return sorted(checks(read(file.content), facts), key=lambda check: not check.stops)


def fingerprint_of(file: BidFile) -> str:
    """The fingerprint of what the bid says now."""
    return fingerprint(file.tender_id, file.provider_id, file.content)


def saved_by(file: BidFile) -> str:
    """The name of whoever saved the bid last, in the active language."""
    person = Person.objects.filter(login=file.saved_by).first()
    return (name_of(person) if person else None) or file.saved_by


def ties_between(one: str, other: str, day: date) -> list[Tie]:
    """The declared ties between two bodies that are in force on a day."""
    return [
        tie
        for tie in ties(one)
        if tie.other.pk == other
        and (tie.link.from_on is None or tie.link.from_on <= day)
        and (tie.link.to_on is None or tie.link.to_on >= day)
    ]


@dataclass(frozen=True)
class Offered:
    """A tender that is open, or was bid for, with the bidder's own bid."""

    file: TenderFile
    bid: BidFile | None

    @property
    def tender(self) -> Tender:
        assert self.file.tender is not None
        return self.file.tender

    @property
    def state(self) -> str:
        return f"bid.{state_of_bid(self.bid)}" if self.bid else ""


def offered(provider: str | None, now: datetime) -> list[Offered]:
    """Open tenders first, then the others that the provider bid for."""
    bids = {bid.tender_id: bid for bid in own_bids(provider)}
    found = [Offered(file, bids.pop(file.pk, None)) for file in open_tenders(now)]
    return found + [Offered(bid.tender.file, bid) for bid in bids.values()]


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Bids that the actor's body has begun and not submitted, while their tender is open."""
    provider = bidder_of(actor)
    if provider is None:
        return []
    waiting = _files().filter(
        provider=provider,
        bid=None,
        tender__opened_at=None,
        tender__bid_deadline__gte=at,
        tender__file__cancelled_at=None,
    )
    return [
        Task(
            _("Submit your bid, or leave it"),
            title_of(file.tender.file),
            local_day(file.tender.bid_deadline),
            reverse("bid", args=[file.pk]),
        )
        for file in waiting.order_by("tender__bid_deadline", "pk")
    ]
