"""What a bidder is told after an award: its own points beside the winner's."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from almoner.rules.award import Points, Weighed
from almoner.rules.calendar import add_working_days
from almoner.rules.packs import china
from almoner.tenders.models import Bid, Tender
from almoner.tenders.queries.award import Award, Counted, announced
from almoner.tenders.queries.panel import scoring, seats_of


@dataclass(frozen=True)
class Compared:
    """A criterion in a debrief: the bidder's points beside the winner's."""

    criterion: Weighed
    name: str
    own: Points
    winners: Points

    @property
    def behind(self) -> Fraction:
        return self.winners.points - self.own.points


@dataclass(frozen=True)
class Debrief:
    """Why a bid did not win, or that it did."""

    award: Award
    own: Counted
    lines: tuple[Compared, ...]
    remarks: tuple[str, ...]

    @property
    def won(self) -> bool:
        return self.own.ranked.rank == 1


def debrief(bid: Bid, day: date) -> Debrief | None:
    """A bidder's own result beside the winner's, with the panel's advice, which bears no name.

    None before the announcement, and for a bid that was not scored.
    """
    award = announced(bid.tender_id, day)
    own = next((one for one in award.counted if one.bid.pk == bid.pk), None) if award else None
    if award is None or award.winner is None or own is None:
        return None
    names = {criterion.code: criterion.name or criterion.code for criterion in award.criteria}
    lines = tuple(
        Compared(mine.criterion, names[mine.criterion.code], mine, theirs)
        for mine, theirs in zip(own.ranked.points, award.winner.ranked.points, strict=True)
    )
    seats = scoring(seats_of(bid.tender_id))
    remarks = sorted(text for seat in seats if (text := seat.remarks.get(bid.pk)))
    return Debrief(award, own, lines, tuple(remarks))


def ask_by(tender: Tender) -> date | None:
    """The last day on which a bidder may question an award that was announced."""
    announced_on = tender.award_published_on
    if announced_on is None:
        return None
    days = china().limit("query.working_days", announced_on).value
    return add_working_days(announced_on, int(days)).day
