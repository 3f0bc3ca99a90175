"""What a bid says, what stops it, and what its bidder should look at twice.

The limits are those of the findings catalogue: T05 hours that cannot be worked, T06 hours above
what is asked for, T09 one person promised twice, T12 late bids.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from almoner.rules.capacity import capacity_per_worker, hours_per_worker, is_inflated, over_share
from almoner.rules.money import Exact, exact

FULL_TIME = 1


@dataclass(frozen=True)
class BidContent:
    """A bid as far as it is filled in. Price in fen, hours a year, `workers` -> share of full time.

    `proposal` is the SHA-256 of the proposal file.
    """

    price_fen: int | None = None
    direct_hours: Decimal | None = None
    staff: Decimal | None = None
    workers: Mapping[str, Decimal] | None = None
    proposal: str = ""


@dataclass(frozen=True)
class BidFacts:
    """What a bid is held against. `elsewhere`: shares promised in the bidder's other open bids.

    `employed`: the bidder's own workers on the day. The limits are those of T05 and T06.
    """

    ceiling_fen: int | None
    required_hours: Decimal | None
    elsewhere: Mapping[str, Decimal]
    employed: frozenset[str]
    capacity: Mapping[str, Exact]
    most_over: Exact


@dataclass(frozen=True)
class BidCheck:
    """A reason code with what its sentence needs. What `stops` keeps a bid from being submitted."""

    code: str
    stops: bool
    values: Mapping[str, Any]


def is_late(at: datetime, deadline: datetime) -> bool:
    """T12: after the deadline, by however little. At the deadline itself a bid is in time."""
    return at > deadline


def read(typed: Mapping[str, Any]) -> BidContent:
    """The content as the platform keeps it: plain digits as text, nothing where nothing is."""

    def number(value: object) -> Decimal | None:
        return Decimal(str(value)) if value not in (None, "") else None

    fen = typed.get("price_fen")
    return BidContent(
        price_fen=int(fen) if fen is not None else None,
        direct_hours=number(typed.get("direct_hours")),
        staff=number(typed.get("staff")),
        workers={id: Decimal(str(share)) for id, share in dict(typed.get("workers") or {}).items()},
        proposal=str(dict(typed.get("proposal") or {}).get("sha256", "")),
    )


def checks(bid: BidContent, facts: BidFacts) -> Iterator[BidCheck]:
    """Everything that stops the bid, then everything that is worth a second look."""
    yield from _gaps(bid)
    yield from _limits(bid, facts)
    yield from _workers(bid, facts)


def _gaps(bid: BidContent) -> Iterator[BidCheck]:
    if not bid.price_fen:
        yield BidCheck("price_missing", True, {})
    if not bid.direct_hours:
        yield BidCheck("hours_missing", True, {})
    if not bid.staff:
        yield BidCheck("staff_missing", True, {})
    if not bid.proposal:
        yield BidCheck("proposal_missing", True, {})


def _limits(bid: BidContent, facts: BidFacts) -> Iterator[BidCheck]:
    price, ceiling = bid.price_fen, facts.ceiling_fen
    if price is not None and ceiling is not None and price > ceiling:
        yield BidCheck("above_ceiling", True, {"price_fen": price, "ceiling_fen": ceiling})
    hours, required = bid.direct_hours, facts.required_hours
    if hours is None:
        return
    each = hours_per_worker(hours, bid.staff) if bid.staff else None
    most = capacity_per_worker(facts.capacity)
    if each is not None and each > most:
        values = {"hours": exact(hours), "staff": exact(bid.staff or 0), "each": each, "most": most}
        yield BidCheck("infeasible_hours", True, values)
    if required is None:
        return
    if is_inflated(hours, required, facts.most_over):
        over = over_share(hours, required) or Fraction(0)
        values = {"hours": exact(hours), "required": exact(required), "over": over}
        yield BidCheck("inflated_hours", False, values | {"limit": exact(facts.most_over)})
    elif hours < required:
        values = {"hours": exact(hours), "required": exact(required)}
        yield BidCheck("hours_short", False, values)


def _workers(bid: BidContent, facts: BidFacts) -> Iterator[BidCheck]:
    for worker, share in sorted((bid.workers or {}).items()):
        if worker not in facts.employed:
            yield BidCheck("worker_left", True, {"worker": worker})
        together = share + facts.elsewhere.get(worker, Decimal(0))
        if together > FULL_TIME:
            values = {"worker": worker, "share": exact(together)}
            yield BidCheck("promised_twice", False, values)


def fingerprint(tender_id: str, provider: str, typed: Mapping[str, Any]) -> str:
    """SHA-256 over what is submitted, as JSON with sorted keys: it is known before the bid is."""
    whole = {"tender": tender_id, "provider": provider, "bid": typed}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
