"""Scoring: ties, sheets, when they are enough for an award, and what each loser is told."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.once import once_a_module, own_copy
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, DAY, TENDER, Cast, refused

from almoner.audit.models import Event
from almoner.tenders.models import BidFile, PanelDraw, PanelSeat
from almoner.tenders.operations import bids, panel
from almoner.tenders.queries.award import (
    announced,
    award_at_desk,
    tasks_for,
)
from almoner.tenders.queries.debrief import debrief
from almoner.tenders.queries.panel import score_of, seats_of
from almoner.tenders.queries.panel import tasks_for as tasks_on_panel
from almoner.web import clock

pytestmark = pytest.mark.django_db
copies = once_a_module(story.opened_cast)
on = own_copy()


def test_a_tied_member_is_replaced_by_the_next_of_the_draw(on: Cast) -> None:
    draw = PanelDraw.objects.get()
    first, second = seats_of(TENDER)[:2]
    story.declare(on, first.person.login, {story.uscc("b"): "My sister works there."})
    seats = seats_of(TENDER)
    assert [seat.tied for seat in seats] == [True, False, False, False, False, False]
    assert (seats[5].code, seats[5].drawn_order) == ("P6", 6)
    assert "My sister" not in Event.objects.get(kind="tender.declare").after
    assert refused(lambda: story.declare(on, first.person.login)).code == "tied"
    assert refused(lambda: story.score(on, first.person.login)).code == "tied"
    story.declare(on, second.person.login, {story.uscc("a"): "x"})
    last = seats_of(TENDER)[6]
    assert last.drawn_order == 7
    story.declare(on, last.person.login, {story.uscc("a"): "x"})
    assert len(seats_of(TENDER)) == 7 == len(draw.pool)  # nobody is left to be drawn


def test_ties_come_before_scores_and_scores_before_nothing(on: Cast) -> None:
    login = story.members(on)[0]
    assert refused(lambda: story.score(on, login)).code == "ties_not_declared"
    story.declare(on, login)
    story.score(on, login)
    assert refused(lambda: story.score(on, login)).code == "sheet_submitted"
    assert refused(lambda: story.declare(on, login)).code == "sheet_submitted"


def test_only_members_score(on: Cast) -> None:
    seated = story.members(on)
    other = next(f"expert{n}" for n in range(1, 8) if f"expert{n}" not in seated)
    assert refused(lambda: story.score(on, other)).code == "not_on_panel"
    assert refused(lambda: story.score(on, "clerk")).code == "not_permitted"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("0", True),
        ("100", True),
        ("88.25", True),
        (" 7 ", True),
        ("100.01", False),
        ("-1", False),
        ("88.255", False),
        ("1e1", False),
        ("NaN", False),
        ("ninety", False),
        ("", False),
    ],
)
def test_what_a_score_is(text: str, taken: bool) -> None:
    assert (score_of(text) is not None) is taken


def test_a_sheet_is_kept_in_part_and_submitted_whole(on: Cast) -> None:
    login = story.members(on)[0]
    story.declare(on, login)
    part = story.sheet({"a": "90"})
    before = Event.objects.count()
    panel.save_scores(actor=on.actor(login), tender_id=TENDER, scores=part, remarks={})
    assert Event.objects.count() == before
    assert PanelSeat.objects.get(person__login=login).scores == part
    refusal = refused(lambda: story.score(on, login, {"a": "90", "b": "60"}))
    assert refusal.code == "sheet_incomplete"
    bad = lambda: story.score(on, login, {"a": "90", "b": "60", "c": "100.5"})  # noqa: E731
    assert refused(bad).code == "score_out_of_range"
    assert PanelSeat.objects.get(person__login=login).submitted_at is None


def test_scores_of_others_are_nowhere_to_be_seen(on: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    first, second, *_others = story.members(on)
    for login in (first, second):
        story.declare(on, login)
    odd = {"a": "91.37", "b": "61.37", "c": "71.37"}
    story.score(on, first, odd)
    assert "91.37" not in "".join(event.after for event in Event.objects.all())
    bid = story.opened_bids(TENDER)[0]
    for login, name, args in (
        (second, "tender-score", [TENDER]),
        (second, "panel-bid", [bid.pk]),
        ("clerk", "desk-tender", [TENDER]),
        ("signatory", "desk-tender", [TENDER]),
        ("auditor", "desk-tender", [TENDER]),
        ("auditor", "audit", []),
        ("a", "bids", []),
    ):
        client = Client()
        client.force_login(on.people[login])
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 200, (login, name)
        assert "91.37" not in answer.content.decode(), (login, name)


def test_a_bid_is_left_out_only_before_scoring_began(on: Cast) -> None:
    bid = next(bid for bid in story.opened_bids(TENDER) if bid.provider_id == story.uscc("b"))
    leave = lambda reason: bids.disqualify(  # noqa: E731
        actor=on.actor("clerk"), at=AFTER, bid_id=bid.pk, reason=reason
    )
    assert refused(lambda: leave(" ")).code == "reason_missing"
    signatory = lambda: bids.disqualify(  # noqa: E731
        actor=on.actor("signatory"), at=AFTER, bid_id=bid.pk, reason="x"
    )
    assert refused(signatory).code == "not_permitted"
    leave("No licence.")
    bid.refresh_from_db()
    assert (bid.status, bid.reason) == ("disqualified", "No licence.")
    assert refused(lambda: leave("Again.")).code == "wrong_state"
    login = story.members(on)[0]
    story.declare(on, login)
    panel.save_scores(
        actor=on.actor(login), tender_id=TENDER, scores=story.sheet({"a": "9"}), remarks={}
    )
    other = story.opened_bids(TENDER)[0]
    late = lambda: bids.disqualify(  # noqa: E731
        actor=on.actor("clerk"), at=AFTER, bid_id=other.pk, reason="x"
    )
    assert refused(late).code == "scoring_began"


def test_what_waits_for_a_member(on: Cast) -> None:
    login = story.members(on)[0]
    tasks = lambda: [str(task.what) for task in tasks_on_panel(on.actor(login), AFTER)]  # noqa: E731
    assert tasks() == ["Declare your ties to the bidders"]
    story.declare(on, login)
    assert tasks() == ["Score the bids"]
    story.score(on, login)
    assert tasks() == []
    assert tasks_on_panel(on.actor("clerk"), AFTER) == []


def test_each_refusal_to_decide(on: Cast) -> None:
    assert refused(lambda: story.decide(on)).code == "scores_missing"
    for login in story.members(on):
        story.declare(on, login)
        assert refused(lambda: story.decide(on)).code == "scores_missing"
        story.score(on, login)
    for login in ("clerk", "auditor", "a", "expert1"):
        assert refused(lambda: story.decide(on, login)).code == "not_permitted"  # noqa: B023
    story.decide(on)
    assert refused(lambda: story.decide(on)).code == "wrong_state"


def test_a_disqualified_bid_does_not_count_among_three(on: Cast) -> None:
    file = BidFile.objects.get(provider=story.uscc("b"))
    bids.disqualify(actor=on.actor("clerk"), at=AFTER, bid_id=file.pk, reason="No licence.")
    refusal = refused(lambda: story.decide(on))
    assert (refusal.code, refusal.values) == ("too_few_bids", {"valid": "2", "least": "3"})
    assert [str(task.what) for task in tasks_for(on.actor("signatory"), AFTER)] == [
        "Cancel the tender: too few valid bids"
    ]


def test_a_panel_that_ran_short_does_not_decide(on: Cast) -> None:
    for _ in range(3):
        login = story.members(on)[0]
        story.declare(on, login, {story.uscc("a"): "x"})
    story.scored(on)
    refusal = refused(lambda: story.decide(on))
    assert (refusal.code, refusal.values) == ("panel_too_small", {"least": "5", "members": "4"})


def test_what_is_announced_is_what_was_decided(on: Cast) -> None:
    story.scored(on, {"a": "70.01", "b": "70", "c": "70.02"})
    before = story.decide(on)
    story.announce(on)
    after = announced(TENDER, AFTER.date())
    assert after is not None
    totals = [(one.bid.pk, one.ranked.total) for one in before.counted]
    assert totals == [(one.bid.pk, one.ranked.total) for one in after.counted]
    assert after.seed == before.seed


def test_each_loser_gets_a_debrief_and_sees_no_name(on: Cast) -> None:
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
    story.decide(on)
    story.announce(on)
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


def test_the_desk_shows_scores_only_when_all_are_in(on: Cast) -> None:
    for login in story.members(on):
        shown = award_at_desk(on.file, AFTER)
        assert shown and shown.award is None
        story.declare(on, login)
        story.score(on, login)
    shown = award_at_desk(on.file, AFTER)
    assert shown and shown.award and shown.submitted == 5 and shown.enough
