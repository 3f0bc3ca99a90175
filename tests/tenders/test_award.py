"""The award: counted from the sheets, decided by one, announced by another, explained to all."""

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.once import once_a_module
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, BIDDERS, DURING, TENDER, Cast

from almoner.audit.models import Event
from almoner.audit.operations import faults
from almoner.demo.procurement import CRITERIA, bids, winner
from almoner.demo.world import build
from almoner.exchange.export import export
from almoner.notices.models import Notice
from almoner.rules.award import Offer, Weighed, draw_seed, rank
from almoner.rules.refusal import Refused
from almoner.tenders.models import BidFile, BidScore
from almoner.tenders.operations import award, drafting, opening, panel
from almoner.tenders.operations import bids as bidding
from almoner.tenders.queries.award import (
    announced,
    award_at_desk,
    expected,
    public_award,
    tasks_for,
    winning_bid,
)
from almoner.tenders.queries.debrief import debrief

pytestmark = pytest.mark.django_db


copies = once_a_module(story.cast)


@pytest.fixture
def on(copies: Callable[[], Cast]) -> Cast:
    return copies()


def _refused(do: Callable[[], object]) -> Refused:
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        do()
    assert Event.objects.count() == before
    return refusal.value


def _decide(on: Cast, login: str = "signatory") -> Any:
    return award.decide(actor=on.actor(login), at=AFTER, tender_id=TENDER)


def _announce(on: Cast, login: str = "clerk") -> Any:
    return award.announce(actor=on.actor(login), at=AFTER, tender_id=TENDER)


def test_the_count_by_hand(on: Cast) -> None:
    story.scored(on)
    found = _decide(on)
    assert [one.bid.provider_id for one in found.counted] == [story.uscc(x) for x in "acb"]
    assert [one.ranked.total for one in found.counted] == [
        F(5000, 590) * 2 + 72,  # 500/590 x 20, 90 x 80 %
        F(200, 11) + 56,
        F(20 + 48),
    ]
    on.tender.refresh_from_db()
    assert on.tender.award_decided_on == date(2025, 11, 25)
    assert not BidScore.objects.exists() and not Notice.objects.exists()


def test_each_refusal_to_decide(on: Cast) -> None:
    story.opened(on)
    assert _refused(lambda: _decide(on)).code == "scores_missing"
    for login in story.members(on):
        story.declare(on, login)
        assert _refused(lambda: _decide(on)).code == "scores_missing"
        story.score(on, login)
    for login in ("clerk", "auditor", "a", "expert1"):
        assert _refused(lambda: _decide(on, login)).code == "not_permitted"  # noqa: B023
    _decide(on)
    assert _refused(lambda: _decide(on)).code == "wrong_state"


@pytest.mark.parametrize(
    ("method", "bidders", "code"),
    [
        ("open", 2, "too_few_bids"),
        ("open", 3, "scores_missing"),
        ("invited", 2, "too_few_bids"),
        ("single_source", 1, "scores_missing"),
    ],
)
def test_too_few_bids_are_not_awarded(on: Cast, method: str, bidders: int, code: str) -> None:
    on.tender.method = on.file.content["method"] = method
    on.tender.save()
    on.file.save()
    story.opened(on, BIDDERS[:bidders])
    assert _refused(lambda: _decide(on)).code == code


def test_a_disqualified_bid_does_not_count_among_three(on: Cast) -> None:
    story.opened(on)
    file = BidFile.objects.get(provider=story.uscc("b"))
    bidding.disqualify(actor=on.actor("clerk"), at=AFTER, bid_id=file.pk, reason="No licence.")
    refusal = _refused(lambda: _decide(on))
    assert (refusal.code, refusal.values) == ("too_few_bids", {"valid": "2", "least": "3"})
    assert [str(task.what) for task in tasks_for(on.actor("signatory"), AFTER)] == [
        "Cancel the tender: too few valid bids"
    ]


def test_a_panel_that_ran_short_does_not_decide(on: Cast) -> None:
    story.opened(on)
    for _ in range(3):
        login = story.members(on)[0]
        story.declare(on, login, {story.uscc("a"): "x"})
    for login in story.members(on):
        story.declare(on, login)
        story.score(on, login)
    refusal = _refused(lambda: _decide(on))
    assert (refusal.code, refusal.values) == ("panel_too_small", {"least": "5", "members": "4"})


def test_the_lowest_price_of_the_valid_bids_counts(on: Cast) -> None:
    story.submit(on, "a", price_fen=100)
    for login in ("b", "c"):
        story.submit(on, login)
    # A fourth would be needed to disqualify one: count without deciding.
    story.drawn_panel(on)
    opening.unseal(actor=on.actor("clerk"), at=AFTER, tender_id=TENDER)
    opening.open_bids(actor=on.actor("signatory"), at=AFTER, tender_id=TENDER)
    file = BidFile.objects.get(provider=story.uscc("a"))
    bidding.disqualify(actor=on.actor("clerk"), at=AFTER, bid_id=file.pk, reason="Too low.")
    for login in story.members(on):
        story.declare(on, login)
        story.score(on, login)
    on.tender.refresh_from_db()
    found = expected(on.tender)
    assert found and found.lowest_fen == 500_000_000 and len(found.counted) == 2


def test_whoever_decided_does_not_announce(on: Cast) -> None:
    story.decided(on)
    assert _refused(lambda: _announce(on, "signatory")).code == "not_permitted"
    assert [str(task.what) for task in tasks_for(on.actor("clerk"), AFTER)] == [
        "Announce the award"
    ]
    # Tuesday 25 November: two working days later is Thursday.
    assert tasks_for(on.actor("clerk"), AFTER)[0].due_on == date(2025, 11, 27)
    _announce(on)
    assert tasks_for(on.actor("clerk"), AFTER) == []
    assert _refused(lambda: _announce(on)).code == "wrong_state"


def test_nothing_of_the_award_is_public_before_its_announcement(on: Cast, tmp_path: Path) -> None:
    story.decided(on)
    shown = public_award(TENDER, AFTER)
    assert shown and shown.award is None and len(shown.bids) == 3
    assert winning_bid(TENDER, AFTER.date()) is None
    assert debrief(shown.bids[0], AFTER.date()) is None
    assert "bid_scores" not in export(tmp_path / "decided", as_of=AFTER.date())
    _announce(on)
    shown = public_award(TENDER, AFTER)
    assert shown and shown.award and shown.award.winner
    assert shown.award.winner.bid.provider_id == story.uscc("a")
    assert shown.members == ["P1", "P2", "P3", "P4", "P5"]
    assert export(tmp_path / "announced", as_of=AFTER.date())["bid_scores"] == 3 * 2 * 5
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_id) == ("award", TENDER)
    assert list(faults()) == []


def test_what_is_announced_is_what_was_decided(on: Cast) -> None:
    story.scored(on, {"a": "70.01", "b": "70", "c": "70.02"})
    before = _decide(on)
    _announce(on)
    after = announced(TENDER, AFTER.date())
    assert after is not None
    totals = [(one.bid.pk, one.ranked.total) for one in before.counted]
    assert totals == [(one.bid.pk, one.ranked.total) for one in after.counted]
    assert after.seed == before.seed


def test_equal_bids_are_drawn_by_a_seed_that_the_exchange_format_holds(on: Cast) -> None:
    for login in BIDDERS:
        story.submit(on, login, price_fen=1_000)
    story.drawn_panel(on)
    opening.unseal(actor=on.actor("clerk"), at=AFTER, tender_id=TENDER)
    opening.open_bids(actor=on.actor("signatory"), at=AFTER, tender_id=TENDER)
    for login in story.members(on):
        story.declare(on, login)
        story.score(on, login, dict.fromkeys(BIDDERS, "80"))
    _decide(on)
    _announce(on)
    found = announced(TENDER, AFTER.date())
    assert found and found.drawn and found.seed == f"{TENDER}|2025-11-25T10:00:00.000000Z"
    tickets = [one.ranked.ticket for one in found.counted]
    assert tickets == sorted(tickets)


def test_each_loser_gets_a_debrief_and_sees_no_name(on: Cast) -> None:
    story.opened(on)
    loser = BidFile.objects.get(provider=story.uscc("b"))
    for login in story.members(on):
        story.declare(on, login)
        panel.submit_scores(
            actor=on.actor(login),
            at=AFTER,
            tender_id=TENDER,
            scores=story.sheet(story.SCORES),
            remarks={loser.pk: f"Say more about outcomes ({len(login)})."},
        )
    _decide(on)
    _announce(on)
    assert loser.bid
    found = debrief(loser.bid, AFTER.date())
    assert found and not found.won and found.own.ranked.rank == 3
    assert [line.criterion.code for line in found.lines] == ["outcome", "price", "quality"]
    outcome = found.lines[0]
    assert (outcome.own.points, outcome.winners.points, outcome.behind) == (18, 27, 9)
    client = Client()
    client.force_login(on.people["b"])
    page = client.get(reverse("bid-debrief", args=[loser.pk])).content.decode()
    assert "Say more about outcomes" in page
    assert not [login for login in on.people if f">{login}<" in page or "expert" in page]
    winner_file = BidFile.objects.get(provider=story.uscc("a"))
    assert client.get(reverse("bid-debrief", args=[winner_file.pk])).status_code == 404


def test_an_award_is_not_decided_once_cancelled(on: Cast) -> None:
    story.scored(on)
    drafting.cancel(actor=on.actor("signatory"), at=AFTER, file_id=TENDER, reason="No money.")
    refusal = _refused(lambda: _decide(on))
    assert (refusal.code, refusal.values["state"]) == ("wrong_state", "cancelled")
    assert tasks_for(on.actor("signatory"), AFTER) == []


def test_the_desk_shows_scores_only_when_all_are_in(on: Cast) -> None:
    story.opened(on)
    for login in story.members(on):
        shown = award_at_desk(on.file, AFTER)
        assert shown and shown.award is None
        story.declare(on, login)
        story.score(on, login)
    shown = award_at_desk(on.file, AFTER)
    assert shown and shown.award and shown.submitted == 5 and shown.enough


def test_mail_goes_to_whose_step_is_next(
    on: Cast, mailoutbox: Any, django_capture_on_commit_callbacks: Any
) -> None:
    for person in on.people.values():
        person.email = f"{person.login}@example.org"
        person.save()

    def told(do: Callable[[], object]) -> list[str]:
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            do()
        return sorted(to.split("@")[0] for mail in mailoutbox for to in mail.to)

    assert told(lambda: story.submit(on, "a")) == []
    for login in ("b", "c"):
        story.submit(on, login)
    story.drawn_panel(on)
    first = told(lambda: opening.unseal(actor=on.actor("clerk"), at=AFTER, tender_id=TENDER))
    assert first == ["clerk", "clerk2", "signatory"]
    members = sorted(story.members(on))
    second = told(
        lambda: opening.open_bids(actor=on.actor("signatory"), at=AFTER, tender_id=TENDER)
    )
    assert second == members
    for login in story.members(on):
        story.declare(on, login)
    for login in members[:-1]:
        assert told(lambda: story.score(on, login)) == []  # noqa: B023
    assert told(lambda: story.score(on, members[-1])) == ["signatory"]
    assert told(lambda: _decide(on)) == ["clerk", "clerk2"]
    assert told(lambda: _announce(on)) == ["a", "b", "c"]


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
    story.announced(on)
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


def test_a_tender_cancelled_before_the_opening_says_so(on: Cast) -> None:
    story.submit(on, "a")
    drafting.cancel(actor=on.actor("signatory"), at=DURING, file_id=TENDER, reason="No money.")
    shown = public_award(TENDER, AFTER)
    assert shown and shown.sealed and shown.cancelled and shown.bids == ()


def test_the_opening_s_day_is_that_of_shanghai(on: Cast) -> None:
    story.scored(on)
    late = AFTER + timedelta(hours=6)  # 00:00 of the next day in Shanghai, 16:00 in UTC
    award.decide(actor=on.actor("signatory"), at=late, tender_id=TENDER)
    on.tender.refresh_from_db()
    assert on.tender.award_decided_on == date(2025, 11, 26)
    assert DURING < AFTER
