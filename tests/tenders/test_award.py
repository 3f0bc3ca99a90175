"""The award: counted from the sheets, decided by one, announced by another."""

import csv
from datetime import date, datetime, timedelta
from fractions import Fraction as F
from pathlib import Path

import pytest
from tests.once import once_a_module, own_copy
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, DURING, TENDER, Cast, refused

from almoner.audit.operations import faults
from almoner.demo.procurement import CRITERIA, bids, winner
from almoner.demo.world import build
from almoner.exchange.export import export
from almoner.notices.models import Notice
from almoner.rules.award import Offer, Weighed, draw_seed, rank
from almoner.tenders.models import BidScore
from almoner.tenders.operations import award, drafting
from almoner.tenders.queries.award import (
    announced,
    public_award,
    tasks_for,
    winning_bid,
)
from almoner.tenders.queries.debrief import debrief

pytestmark = pytest.mark.django_db
copies = once_a_module(story.scored_cast)
on = own_copy()


def test_the_count_by_hand(on: Cast) -> None:
    found = story.decide(on)
    assert [one.bid.provider_id for one in found.counted] == [story.uscc(x) for x in "acb"]
    assert [one.ranked.total for one in found.counted] == [
        F(5000, 590) * 2 + 72,  # 500/590 x 20, 90 x 80 %
        F(200, 11) + 56,
        F(20 + 48),
    ]
    on.tender.refresh_from_db()
    assert on.tender.award_decided_on == date(2025, 11, 25)
    assert not BidScore.objects.exists() and not Notice.objects.exists()


def test_whoever_decided_does_not_announce(on: Cast) -> None:
    story.decide(on)
    assert refused(lambda: story.announce(on, "signatory")).code == "not_permitted"
    assert [str(task.what) for task in tasks_for(on.actor("clerk"), AFTER)] == [
        "Announce the award"
    ]
    # Tuesday 25 November: two working days later is Thursday.
    assert tasks_for(on.actor("clerk"), AFTER)[0].due_on == date(2025, 11, 27)
    story.announce(on)
    assert tasks_for(on.actor("clerk"), AFTER) == []
    assert refused(lambda: story.announce(on)).code == "wrong_state"


def test_nothing_of_the_award_is_public_before_its_announcement(on: Cast, tmp_path: Path) -> None:
    story.decide(on)
    shown = public_award(TENDER, AFTER)
    assert shown and shown.award is None and len(shown.bids) == 3
    assert winning_bid(TENDER, AFTER.date()) is None
    assert debrief(shown.bids[0], AFTER.date()) is None
    assert "bid_scores" not in export(tmp_path / "decided", as_of=AFTER.date())
    story.announce(on)
    shown = public_award(TENDER, AFTER)
    assert shown and shown.award and shown.award.winner
    assert shown.award.winner.bid.provider_id == story.uscc("a")
    assert shown.members == ["P1", "P2", "P3", "P4", "P5"]
    assert export(tmp_path / "announced", as_of=AFTER.date())["bid_scores"] == 3 * 2 * 5
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_id) == ("award", TENDER)
    assert list(faults()) == []


def test_an_award_is_not_decided_once_cancelled(on: Cast) -> None:
    drafting.cancel(actor=on.actor("signatory"), at=AFTER, file_id=TENDER, reason="No money.")
    refusal = refused(lambda: story.decide(on))
    assert (refusal.code, refusal.values["state"]) == ("wrong_state", "cancelled")
    assert tasks_for(on.actor("signatory"), AFTER) == []


def test_the_demonstration_s_winners_are_found_again() -> None:
    world = build("district", 1)
    criteria = [Weighed(code, kind, weight) for code, kind, weight, _name in CRITERIA]
    for tender, made in bids(world, inflated="").items():
        valid = [bid for bid in made if bid.status == "valid"]
        ranked = rank(
            [Offer(bid.id, bid.price_fen) for bid in valid],
            criteria,
            {(bid.id, code): scores for bid in valid for code, scores in bid.scores.items()},
            tender,
        )
        assert ranked[0].offer.id == winner(made).id


def test_anybody_can_count_it_again_from_an_export(on: Cast, tmp_path: Path) -> None:
    story.decide(on)
    story.announce(on)
    export(tmp_path / "city", as_of=AFTER.date())

    def rows(name: str) -> list[dict[str, str]]:
        with (tmp_path / "city" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    prices = {bid["id"]: int(bid["price_fen"]) for bid in rows("bids") if bid["status"] == "valid"}
    given: dict[tuple[str, str], list[F]] = {}
    for row in rows("bid_scores"):
        given.setdefault((row["bid_id"], row["criterion_id"]), []).append(F(row["score"]))
    totals = dict.fromkeys(prices, F(0))
    for criterion in rows("tender_criteria"):
        weight = F(criterion["weight"])
        for bid, price in prices.items():
            scores = given.get((bid, criterion["id"]), [])
            totals[bid] += (
                F(min(prices.values()), price) * weight
                if criterion["kind"] == "price"
                else sum(scores) / len(scores) * weight / 100
            )
    found = announced(TENDER, AFTER.date())
    assert found and {one.bid.pk: one.ranked.total for one in found.counted} == totals
    opened_at = datetime.fromisoformat(rows("tenders")[0]["opened_at"])
    assert draw_seed(TENDER, opened_at) == found.seed


def test_the_opening_s_day_is_that_of_shanghai(on: Cast) -> None:
    late = AFTER + timedelta(hours=6)  # 00:00 of the next day in Shanghai, 16:00 in UTC
    award.decide(actor=on.actor("signatory"), at=late, tender_id=TENDER)
    on.tender.refresh_from_db()
    assert on.tender.award_decided_on == date(2025, 11, 26)
    assert DURING < AFTER
