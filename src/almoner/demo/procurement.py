"""From the directory to the award: items, needs, tenders, criteria, bids, panel scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from almoner.demo.base import (
    AS_OF,
    YUAN,
    Rng,
    Row,
    at,
    on_or_after,
    on_or_before,
    plain,
    rng,
    weighted,
    working_days_later,
)
from almoner.demo.staffing import Staff
from almoner.demo.world import DIRECT_HOURS, ITEM, YEARLY_YUAN, Centre, Contract, World

CRITERIA = (
    ("price", "price", 10, "价格 / price"),
    ("workload", "workload", 20, "工作方案与工作量 / plan and workload"),
    ("staffing", "staffing", 20, "人员配置 / staffing"),
    ("experience", "experience", 15, "机构经验 / experience"),
    ("quality", "quality", 20, "质量保障 / quality assurance"),
    ("outcome", "outcome", 15, "成效目标与测量 / outcomes and how they are measured"),
)
PANEL = 5
INFLATED_HOURS = Decimal(23_957)  # against the 21,268.8 of 14 staff
UPCOMING = {"district": 2, "city": 6}  # tenders still open at the as-of date


@dataclass(frozen=True)
class Bid:
    """A bid with its panel's scores by criterion and panellist."""

    id: str
    tender_id: str
    provider: int
    status: str
    price_fen: int
    direct_hours: Decimal
    staff: int
    scores: dict[str, list[Decimal]]

    def total(self) -> Fraction:
        """Mean of the panel per criterion, times its weight, in points of 100."""
        return sum(
            (Fraction(sum(self.scores[c])) / PANEL * w / 100 for c, _, w, _ in CRITERIA),
            Fraction(0),
        )


Bids = dict[str, list[Bid]]  # by tender id


def winner(bids: list[Bid]) -> Bid:
    """The valid bid with the best total."""
    return max((b for b in bids if b.status == "valid"), key=Bid.total)


def bids(world: World, inflated: str) -> Bids:
    """The bids of all tenders; in the tender `inflated` a loser promises hours beyond reach."""
    return {c.tender_id: _bids(world, c, c.tender_id == inflated) for c in world.contracts}


def _bids(world: World, contract: Contract, inflated: bool) -> list[Bid]:
    chance = rng(world.seed, "bids", contract.tender_id)
    centre = contract.centre
    others = [p for p in range(len(world.parties.providers)) if p != centre.provider]
    losers = chance.sample(others, chance.randrange(2, 5))
    ceiling = YEARLY_YUAN[centre.staff] * contract.years
    # Different losers, different prices: below the ceiling by 0.5 % to 6 % in steps of 0.1 %.
    below = chance.sample(range(5, 60), len(losers))
    prices = [ceiling, *(ceiling * (1000 - b) // 1000 for b in below)]
    statuses = ["valid"] * 3 + [
        weighted(chance, {"valid": 85, "disqualified": 15}) for _ in losers[2:]
    ]
    lowest = min(p for p, s in zip(prices, statuses, strict=True) if s == "valid")
    required = DIRECT_HOURS * centre.staff
    order = chance.sample(range(len(prices)), len(prices))
    found = []
    for n, i in enumerate(order, start=1):
        extra = Decimal(chance.randrange(0, 12)) / 1000 if i else Decimal(0)
        hours = (
            INFLATED_HOURS
            if inflated and i == 1
            else (required * (1 + extra)).quantize(Decimal("0.1"))
        )
        price_points = (Decimal(100) * lowest / prices[i]).quantize(Decimal("0.01"))
        found.append(
            Bid(
                id=contract.tender_id.replace("T-", "B-") + f"-{n}",
                tender_id=contract.tender_id,
                provider=centre.provider if i == 0 else losers[i - 1],
                status=statuses[i],
                price_fen=prices[i] * YUAN,
                direct_hours=hours,
                staff=centre.staff,
                scores=_scores(chance, wins=i == 0, price_points=price_points),
            )
        )
    return found


def _scores(chance: Rng, wins: bool, price_points: Decimal) -> dict[str, list[Decimal]]:
    """Scores of the five panellists; all give the price the points that follow from it."""
    level = chance.randrange(85, 93) if wins else chance.randrange(68, 80)
    found = {
        c: [Decimal(level + chance.randrange(-5, 6)) for _ in range(PANEL)] for c, *_ in CRITERIA
    }
    return found | {"price": [price_points] * PANEL}


def tender_rows(world: World) -> Iterator[Row]:
    """The rows of TENDERS: awarded ones, and some of next year's still open."""
    for contract in world.contracts:
        chance = rng(world.seed, "tender", contract.tender_id)
        when = contract.when
        yield _tender(world, contract.tender_id, contract.centre, contract.years, chance) | {
            "intention_published_on": when.intention,
            "published_at": when.published,
            "bid_deadline": when.deadline,
            "opened_at": when.opened,
            "award_decided_on": when.decided,
            "award_published_on": when.award_published,
        }
    for centre in upcoming(world):
        tender = upcoming_id(centre)
        chance = rng(world.seed, "tender", tender)
        published = on_or_after(AS_OF - timedelta(chance.randrange(8, 20)))
        yield _tender(world, tender, centre, 1, chance) | {
            "intention_published_on": on_or_before(published - timedelta(40)),
            "published_at": at(published, 9),
            "bid_deadline": at(on_or_after(published + timedelta(24)), 9, 30),
        }


def upcoming(world: World) -> list[Centre]:
    """The centres whose next contract is out to tender at the as-of date."""
    return list(world.centres[:: len(world.centres) // UPCOMING[world.scale]])[
        : UPCOMING[world.scale]
    ]


def upcoming_id(centre: Centre) -> str:
    """The id of a centre's tender for the year that follows the as-of date."""
    return f"T-{AS_OF.year}-{centre.street.code}"


def _tender(world: World, tender: str, centre: Centre, years: int, chance: Rng) -> Row:
    return {
        "id": tender,
        "purchaser_uscc": world.parties.offices[centre.street.code].uscc,
        "service_item": ITEM,
        "area_code": centre.street.code,
        "method": "open",
        "demand_survey_respondents": chance.randrange(3, 9),
        "users_consulted": chance.randrange(40, 320),
        "ceiling_fen": YEARLY_YUAN[centre.staff] * YUAN * years,
        "required_direct_hours": plain(DIRECT_HOURS * centre.staff),
        "required_staff": str(centre.staff),
    }


def criterion_rows(tenders: list[Row]) -> Iterator[Row]:
    """The rows of TENDER_CRITERIA: the same published criteria for every tender."""
    for tender in tenders:
        for id_, kind, weight, name in CRITERIA:
            yield {
                "tender_id": tender["id"],
                "id": id_,
                "name": name,
                "kind": kind,
                "weight": str(weight),
            }


def bid_rows(world: World, bids: Bids) -> Iterator[Row]:
    """The rows of BIDS, sealed ones for the open tenders included."""
    for contract in world.contracts:
        for i, bid in enumerate(bids[contract.tender_id]):
            chance = rng(world.seed, "submitted", bid.id)
            yield {
                "id": bid.id,
                "tender_id": bid.tender_id,
                "provider_uscc": world.parties.providers[bid.provider].uscc,
                "submitted_at": contract.when.deadline
                - timedelta(minutes=17 * (i + 1) + chance.randrange(3_000)),
                "status": bid.status,
                "reason": "未按要求签章 / not signed and sealed as required"
                if bid.status == "disqualified"
                else None,
                "price_fen": bid.price_fen,
                "direct_hours": plain(bid.direct_hours),
                "staff": str(bid.staff),
            }
    for centre in upcoming(world):
        tender = upcoming_id(centre)
        yield {
            "id": tender.replace("T-", "B-") + "-1",
            "tender_id": tender,
            "provider_uscc": world.parties.providers[centre.provider].uscc,
            "submitted_at": at(on_or_before(AS_OF - timedelta(1)), 15, 20),
            "status": "valid",
            "price_fen": YEARLY_YUAN[centre.staff] * YUAN,
            "direct_hours": plain(DIRECT_HOURS * centre.staff),
            "staff": str(centre.staff),
        }


def bid_staff_rows(world: World, bids: Bids, staff: Staff) -> Iterator[Row]:
    """The rows of BID_STAFF: winners name a whole team, losers two key people."""
    teams: dict[int, list[str]] = {}  # people of each provider
    for centre in world.centres:
        teams.setdefault(centre.provider, []).extend(
            w.id for w in staff[centre.street.code] if w.left is None
        )
    for contract in world.contracts:
        won = winner(bids[contract.tender_id])
        for bid in bids[contract.tender_id]:
            team = teams[bid.provider][:2]
            if bid is won:
                team = [
                    w.id
                    for w in staff[contract.centre.street.code]
                    if w.employed(contract.starts_on)
                ]
            for worker in team:
                yield {"bid_id": bid.id, "worker_id": worker, "fte": "1"}


def bid_score_rows(bids: Bids) -> Iterator[Row]:
    """The rows of BID_SCORES: five panellists drawn by lot, valid bids only."""
    for n, tender in enumerate(bids):
        panel = [f"E-{(n * PANEL + i) % 60 + 1:03d}" for i in range(PANEL)]
        for bid in (b for b in bids[tender] if b.status == "valid"):
            for criterion, scores in bid.scores.items():
                for panellist, score in zip(panel, scores, strict=True):
                    yield {
                        "bid_id": bid.id,
                        "panellist_id": panellist,
                        "criterion_id": criterion,
                        "score": plain(score),
                    }


def need_rows(world: World) -> Iterator[Row]:
    """The rows of NEEDS: what residents asked for, from the year before the first contract on."""
    span = (AS_OF - world.first_day).days + 200
    for street in world.places.streets:
        chance = rng(world.seed, "needs", street.code)
        for n in range(1, chance.randrange(3, 7)):
            raised = on_or_before(AS_OF - timedelta(chance.randrange(3, span)))
            answered = working_days_later(raised, chance.randrange(4, 15))
            row = {
                "id": f"N-{street.code}-{n}",
                "area_code": street.code,
                "service_item": chance.choice((ITEM, ITEM, "A0302", "A0303", "A0304")),
                "channel": weighted(
                    chance, {"online": 45, "meeting": 25, "paper": 15, "assisted": 15}
                ),
                "raised_on": raised,
                "supporters": chance.randrange(1, 90),
            }
            answer = chance.choice(ANSWERS)
            yield row | ({"answered_on": answered, "answer": answer} if answered <= AS_OF else {})


ANSWERS = (
    "已列入采购需求 / taken into what will be bought",
    "由现有服务覆盖，已告知 / already offered; told where",
    "下一年度预算中考虑 / to be considered in next year's budget",
)
