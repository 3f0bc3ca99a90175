"""Points, places and ties: hand-worked cases, and laws that hold for any tender."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.award import (
    DecidedBy,
    Offer,
    ScoresMissing,
    Weighed,
    draw_seed,
    enough_bids,
    rank,
)
from almoner.rules.draw import ticket

PRICE = Weighed("price", "price", Decimal(20))
QUALITY = Weighed("quality", "quality", Decimal(50))
OUTCOME = Weighed("outcome", "outcome", Decimal(30))
CRITERIA = (PRICE, QUALITY, OUTCOME)


def _scores(**bids: tuple[list[Any], list[Any]]) -> dict[tuple[str, str], list[Any]]:
    found = {}
    for bid, (quality, outcome) in bids.items():
        found[bid, "quality"], found[bid, "outcome"] = quality, outcome
    return found


def test_a_tender_worked_by_hand() -> None:
    # Price: 500/590 x 20 = 16.949..., 20, 500/550 x 20 = 18.18...
    # Quality: mean of 90, 80, 85 = 85 -> 42.5; 60 -> 30; 70.5 -> 35.25
    # Outcome: 88 -> 26.4; 62 -> 18.6; 71 -> 21.3
    ranked = rank(
        [Offer("a", 59_000), Offer("b", 50_000), Offer("c", 55_000)],
        CRITERIA,
        _scores(
            a=([90, 80, 85], [88, 88, 88]),
            b=([60, 60, 60], [61, 62, 63]),
            c=([Decimal("70.5")] * 3, [70, 71, 72]),
        ),
        "seed",
    )
    assert [one.offer.id for one in ranked] == ["a", "c", "b"]
    assert [one.rank for one in ranked] == [1, 2, 3]
    assert ranked[0].total == F(1000, 59) + F("42.5") + F("26.4")
    assert ranked[1].total == F(200, 11) + F("35.25") + F("21.3")
    assert ranked[2].total == F("68.6")
    price, quality, outcome = ranked[0].points
    assert (price.scores, price.mean, price.points) == ((), None, F(1000, 59))
    assert (quality.scores, quality.mean, quality.points) == ((90, 80, 85), 85, F("42.5"))
    assert outcome.points == F("26.4")
    by = [one.decided_by for one in ranked]
    assert by == [DecidedBy.POINTS, DecidedBy.POINTS, DecidedBy.LAST]


def test_a_third_of_a_point_decides_what_rounding_would_hide() -> None:
    scores = _scores(a=([70, 70, 71], [50, 50, 50]), b=([70, 70, 70], [50, 50, 50]))
    ranked = rank([Offer("b", 100), Offer("a", 100)], CRITERIA, scores, "seed")
    assert ranked[0].offer.id == "a"
    assert ranked[0].total - ranked[1].total == F(1, 6)


def test_equal_points_go_to_the_lower_price() -> None:
    # a: 100/200 x 20 = 10 and 20 points more elsewhere; b: 20 points and 10 less: both 60.
    scores = _scores(a=([64], [60]), b=([50], [50]))
    ranked = rank([Offer("a", 200), Offer("b", 100)], CRITERIA, scores, "seed")
    assert ranked[0].total == ranked[1].total == 60
    assert [one.offer.id for one in ranked] == ["b", "a"]
    assert ranked[0].decided_by is DecidedBy.PRICE


@pytest.mark.parametrize("seed", ["one", "two", "three", "four"])
def test_equal_points_and_prices_go_to_the_smaller_ticket(seed: str) -> None:
    scores = _scores(a=([50], [50]), b=([50], [50]))
    ranked = rank([Offer("a", 100), Offer("b", 100)], CRITERIA, scores, seed)
    assert [one.offer.id for one in ranked] == sorted(["a", "b"], key=lambda id: ticket(seed, id))
    assert [one.decided_by for one in ranked] == [DecidedBy.DRAW, DecidedBy.LAST]
    assert ranked[0].ticket == ticket(seed, ranked[0].offer.id)


def test_the_draw_falls_either_way() -> None:
    scores = _scores(a=([50], [50]), b=([50], [50]))
    won = {
        rank([Offer("a", 1), Offer("b", 1)], CRITERIA, scores, str(seed))[0].offer.id
        for seed in range(20)
    }
    assert won == {"a", "b"}


def test_nothing_is_the_lowest_price() -> None:
    scores = _scores(a=([0], [0]), b=([0], [0]), c=([0], [0]))
    offers = [Offer("a", 0), Offer("b", 1), Offer("c", 0)]
    totals = {one.offer.id: one.total for one in rank(offers, CRITERIA, scores, "seed")}
    assert totals == {"a": 20, "b": 0, "c": 20}


def test_no_offers_and_no_scores() -> None:
    assert rank([], CRITERIA, {}, "seed") == ()
    with pytest.raises(ScoresMissing) as fault:
        rank([Offer("a", 1)], CRITERIA, {("a", "quality"): [50]}, "seed")
    assert (fault.value.bid, fault.value.criterion) == ("a", "outcome")


def test_a_score_for_the_price_counts_for_nothing() -> None:
    scores = {("a", "price"): [1], ("a", "quality"): [50], ("a", "outcome"): [50]}
    assert rank([Offer("a", 7)], CRITERIA, scores, "seed")[0].total == 60


@pytest.mark.parametrize("method", ["open", "invited", "consultation", "negotiation"])
def test_three_valid_bids_are_enough_where_there_must_be_competition(method: str) -> None:
    assert not enough_bids(method, 2, 3)
    assert enough_bids(method, 3, 3)


@pytest.mark.parametrize("method", ["single_source", "inquiry", "framework"])
def test_other_methods_ask_for_no_competition(method: str) -> None:
    assert enough_bids(method, 1, 3)


def test_the_seed_is_the_instant_wherever_it_was() -> None:
    utc = datetime(2026, 3, 1, 1, 30, 0, 5, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=8)))
    assert draw_seed("T-1", utc) == draw_seed("T-1", there) == "T-1|2026-03-01T01:30:00.000005Z"


scores_of_one = st.lists(st.decimals(0, 100, places=2, allow_nan=False), min_size=3, max_size=3)
tenders = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.tuples(st.integers(1, 1000), scores_of_one, scores_of_one),
    min_size=1,
    max_size=6,
)


def _ranked(tender: Any, factor: int = 1, reverse: bool = False, seed: str = "s") -> Any:
    order = sorted(tender, reverse=reverse)
    offers = [Offer(id, tender[id][0] * factor) for id in order]
    scores = _scores(**{id: (tender[id][1], tender[id][2]) for id in order})
    return rank(offers, CRITERIA, scores, seed)


@given(tenders)
def test_the_order_of_the_bids_changes_nothing(tender: Any) -> None:
    assert _ranked(tender) == _ranked(tender, reverse=True)


@given(tenders, st.integers(2, 1000))
def test_another_currency_changes_no_points(tender: Any, factor: int) -> None:
    ours, theirs = _ranked(tender), _ranked(tender, factor)
    assert [(o.offer.id, o.total) for o in ours] == [(o.offer.id, o.total) for o in theirs]


@given(tenders)
def test_places_follow_points_then_prices_then_tickets(tender: Any) -> None:
    ranked = _ranked(tender)
    keys = [(-one.total, one.offer.price_fen, one.ticket) for one in ranked]
    assert keys == sorted(keys)
    assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))
    assert all(0 <= one.total <= 100 for one in ranked)
    assert all(one.total == sum(p.points for p in one.points) for one in ranked)


@given(tenders, st.data())
def test_more_from_one_member_never_costs_a_place(tender: Any, data: Any) -> None:
    lucky = data.draw(st.sampled_from(sorted(tender)))
    before = next(one.rank for one in _ranked(tender) if one.offer.id == lucky)
    price, quality, outcome = tender[lucky]
    better = {**tender, lucky: (price, [Decimal(100), *quality[1:]], outcome)}
    assert next(one.rank for one in _ranked(better) if one.offer.id == lucky) <= before
