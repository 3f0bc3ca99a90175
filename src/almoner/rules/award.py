"""Who wins a tender: the panel's scores and the prices in points, and what decides a tie.

Points of a criterion = mean of the panel's scores (0 to 100) x weight / 100; points of the price =
lowest valid price / price x weight. All of it exact: nothing is rounded before it is compared.
Equal totals: the lower price is first; at equal prices a draw whose seed is public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from almoner.rules.draw import ticket
from almoner.rules.money import Exact, exact

PRICE = "price"
NEEDS_COMPETITION = frozenset({"open", "invited", "consultation", "negotiation"})
"""Methods by which nothing is awarded on too few valid bids (finding T01)."""


@dataclass(frozen=True)
class Offer:
    """A valid bid."""

    id: str
    price_fen: int


@dataclass(frozen=True)
class Weighed:
    """An award criterion; `kind` as in the exchange format, `weight` in points of 100."""

    code: str
    kind: str
    weight: Decimal


@dataclass(frozen=True)
class Points:
    """What a bid got on one criterion. `scores` and `mean` are empty for the price."""

    criterion: Weighed
    scores: tuple[Fraction, ...]
    mean: Fraction | None
    points: Fraction


class DecidedBy(StrEnum):
    """What put a bid before the next one."""

    POINTS = "points"
    PRICE = "price"
    DRAW = "draw"
    LAST = "last"


@dataclass(frozen=True)
class Ranked:
    """A bid in its place, from 1, with everything that it was counted from."""

    offer: Offer
    rank: int
    total: Fraction
    points: tuple[Points, ...]
    decided_by: DecidedBy
    ticket: str


Scores = Mapping[tuple[str, str], Sequence[Exact]]
"""The panel's scores by bid and criterion."""


class ScoresMissing(ValueError):
    """A bid has no score on a criterion, so that there is no mean."""

    def __init__(self, bid: str, criterion: str) -> None:
        super().__init__(f"bid {bid} has no score on {criterion}")
        self.bid = bid
        self.criterion = criterion


def draw_seed(tender_id: str, opened_at: datetime) -> str:
    """The seed of the draw between equal bids, such as `T-1|2026-03-01T01:30:00.000000Z` (in UTC).

    Whoever bids does not know the instant of the opening, and whoever opens knows no bid yet.
    """
    instant = opened_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"{tender_id}|{instant}"


def enough_bids(method: str, valid: int, least: Exact) -> bool:
    """Whether there is enough competition to award (finding T01): `least` valid bids, or more."""
    return method not in NEEDS_COMPETITION or valid >= exact(least)


def rank(
    offers: Iterable[Offer], criteria: Sequence[Weighed], scores: Scores, seed: str
) -> tuple[Ranked, ...]:
    """The offers from the first to the last, each explained; ScoresMissing where one has none.

    The result does not depend on the order in which offers, criteria or scores are given, save
    that `points` follow the order of `criteria`.
    """
    counted = list(offers)
    lowest = min((offer.price_fen for offer in counted), default=0)
    found = []
    for offer in counted:
        points = tuple(_points(offer, criterion, scores, lowest) for criterion in criteria)
        total = sum((each.points for each in points), Fraction(0))
        found.append((-total, offer.price_fen, ticket(seed, offer.id), offer.id, offer, points))
    found.sort(key=lambda row: row[:4])
    ranked = []
    for place, (negative, price, lot, _id, offer, points) in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        if after is None:
            decided_by = DecidedBy.LAST
        elif after[0] != negative:
            decided_by = DecidedBy.POINTS
        else:
            decided_by = DecidedBy.PRICE if after[1] != price else DecidedBy.DRAW
        ranked.append(Ranked(offer, place + 1, -negative, points, decided_by, lot))
    return tuple(ranked)


def _points(offer: Offer, criterion: Weighed, scores: Scores, lowest_fen: int) -> Points:
    if criterion.kind == PRICE:
        # For nothing is the lowest price that there is, and gets all the points.
        share = Fraction(lowest_fen, offer.price_fen) if offer.price_fen else Fraction(1)
        return Points(criterion, (), None, share * exact(criterion.weight))
    given = tuple(exact(score) for score in scores.get((offer.id, criterion.code), ()))
    if not given:
        raise ScoresMissing(offer.id, criterion.code)
    mean = sum(given, Fraction(0)) / len(given)
    return Points(criterion, given, mean, mean * exact(criterion.weight) / 100)
