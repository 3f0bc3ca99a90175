"""The panel: its size, the draw that anybody can repeat, ties, and scores that nobody else sees."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.once import once_a_module
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, DAY, DURING, TENDER, Cast

from almoner.accounts.operations import grant_role
from almoner.audit.models import Event
from almoner.audit.operations import faults
from almoner.rules.refusal import Refused
from almoner.rules.roles import Role
from almoner.tenders.models import PanelDraw, PanelSeat
from almoner.tenders.operations import bids, panel
from almoner.tenders.queries.panel import (
    experts,
    panel_limits,
    representatives,
    score_of,
    seats_of,
    tasks_for,
)
from almoner.web import clock

pytestmark = pytest.mark.django_db


copies = once_a_module(story.cast)


@pytest.fixture
def on(copies: Callable[[], Cast], monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    return copies()


def _refused(do: Callable[[], object]) -> Refused:
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        do()
    assert Event.objects.count() == before
    return refusal.value


def _appoint(on: Cast, *named: int, login: str = "clerk") -> PanelDraw:
    return panel.appoint(actor=on.actor(login), at=DURING, tender_id=TENDER, named=named)


def test_anybody_can_draw_it_again(on: Cast) -> None:
    draw = _appoint(on)
    event = Event.objects.get(kind="tender.appoint")
    assert (draw.seed, draw.event) == (event.hash, event.seq)
    assert all(number in event.after for number in draw.pool)
    people = {f"E{on.people[f'expert{n}'].pk}": f"expert{n}" for n in range(1, 8)}
    assert set(draw.pool) == set(people)
    order = sorted(people, key=lambda e: hashlib.sha256(f"{event.hash}|{e}".encode()).hexdigest())
    seats = seats_of(TENDER)
    assert [seat.person.login for seat in seats] == [people[number] for number in order[:5]]
    assert [(seat.code, seat.drawn_order) for seat in seats] == [(f"P{n}", n) for n in range(1, 6)]
    assert list(faults()) == []


def test_a_panel_is_drawn_once(on: Cast) -> None:
    _appoint(on)
    assert _refused(lambda: _appoint(on)).code == "panel_drawn_already"


@pytest.mark.parametrize("login", ["signatory", "auditor", "a", "expert1"])
def test_only_the_clerk_draws(on: Cast, login: str) -> None:
    assert _refused(lambda: _appoint(on, login=login)).code == "not_permitted"


@pytest.mark.parametrize(
    ("size", "lawful", "experts_of"),
    [(3, False, 2), (4, False, 3), (5, True, 4), (6, False, 4), (7, True, 5), (9, True, 6)],
)
def test_at_least_five_an_odd_number_two_thirds_experts(
    size: int, lawful: bool, experts_of: int
) -> None:
    limits = panel_limits(size, DAY)
    assert (limits.lawful, limits.experts) == (lawful, experts_of)


def test_the_purchaser_names_at_most_a_third(on: Cast) -> None:
    office = on.on.purchaser.uscc
    first = on.add("own1", Role.PANEL_MEMBER, office)
    second = on.add("own2", Role.PANEL_MEMBER, office)
    refusal = _refused(lambda: _appoint(on, first.pk, second.pk))
    assert (refusal.code, refusal.values["named"]) == ("too_few_experts", "1")
    _appoint(on, first.pk)
    seats = seats_of(TENDER)
    assert [(seat.person.login, seat.expert) for seat in seats][:1] == [("own1", False)]
    assert sum(seat.expert for seat in seats) == 4


def test_whoever_decides_awards_is_not_to_be_named(on: Cast) -> None:
    office = on.on.purchaser.uscc
    on.add("own", Role.PANEL_MEMBER, office)
    signatory = on.people["signatory"]
    _grant(on, "signatory", Role.PANEL_MEMBER, office)
    assert [person.login for person in representatives(office, DAY)] == ["own"]
    assert signatory not in experts(office, DAY)


def _grant(on: Cast, login: str, role: Role, body: str | None) -> None:
    grant_role(
        actor="t",
        at=DURING,
        person=on.people[login],
        role=role,
        organisation_uscc=body,
        from_on=date(2025, 1, 1),
    )


def test_whoever_has_a_role_with_an_interested_body_is_not_drawn(on: Cast) -> None:
    _grant(on, "expert1", Role.PROVIDER_DIRECTOR, story.uscc("c"))
    _grant(on, "expert2", Role.PURCHASER_CLERK, on.on.purchaser.uscc)
    _grant(on, "expert3", Role.EVALUATION_LEAD, on.on.agency.uscc)
    pool = [person.login for person in experts(on.on.purchaser.uscc, DAY)]
    assert pool == [f"expert{n}" for n in range(3, 8)]
    _grant(on, "expert4", Role.PROVIDER_DIRECTOR, story.uscc("a"))
    refusal = _refused(lambda: _appoint(on))
    assert (refusal.code, refusal.values) == ("pool_too_small", {"wanted": "5", "there": "4"})


def test_a_tied_member_is_replaced_by_the_next_of_the_draw(on: Cast) -> None:
    story.opened(on)
    draw = PanelDraw.objects.get()
    first, second = seats_of(TENDER)[:2]
    story.declare(on, first.person.login, {story.uscc("b"): "My sister works there."})
    seats = seats_of(TENDER)
    assert [seat.tied for seat in seats] == [True, False, False, False, False, False]
    assert (seats[5].code, seats[5].drawn_order) == ("P6", 6)
    assert "My sister" not in Event.objects.get(kind="tender.declare").after
    assert _refused(lambda: story.declare(on, first.person.login)).code == "tied"
    assert _refused(lambda: story.score(on, first.person.login)).code == "tied"
    story.declare(on, second.person.login, {story.uscc("a"): "x"})
    last = seats_of(TENDER)[6]
    assert last.drawn_order == 7
    story.declare(on, last.person.login, {story.uscc("a"): "x"})
    assert len(seats_of(TENDER)) == 7 == len(draw.pool)  # nobody is left to be drawn


def test_a_tie_to_somebody_who_did_not_bid_is_none(on: Cast) -> None:
    story.opened(on, ("a", "b"))
    login = story.members(on)[0]
    story.declare(on, login, {story.uscc("c"): "I know them."})
    assert not seats_of(TENDER)[0].tied


def test_ties_come_before_scores_and_scores_before_nothing(on: Cast) -> None:
    story.opened(on)
    login = story.members(on)[0]
    assert _refused(lambda: story.score(on, login)).code == "ties_not_declared"
    story.declare(on, login)
    story.score(on, login)
    assert _refused(lambda: story.score(on, login)).code == "sheet_submitted"
    assert _refused(lambda: story.declare(on, login)).code == "sheet_submitted"


def test_before_the_opening_nothing_is_declared_or_scored(on: Cast) -> None:
    story.drawn_panel(on)
    login = story.members(on)[0]
    assert _refused(lambda: story.declare(on, login)).code == "wrong_state"
    assert _refused(lambda: story.score(on, login)).code == "wrong_state"


def test_only_members_score(on: Cast) -> None:
    story.opened(on)
    seated = story.members(on)
    other = next(f"expert{n}" for n in range(1, 8) if f"expert{n}" not in seated)
    assert _refused(lambda: story.score(on, other)).code == "not_on_panel"
    assert _refused(lambda: story.score(on, "clerk")).code == "not_permitted"


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
    story.opened(on)
    login = story.members(on)[0]
    story.declare(on, login)
    part = story.sheet({"a": "90"})
    before = Event.objects.count()
    panel.save_scores(actor=on.actor(login), tender_id=TENDER, scores=part, remarks={})
    assert Event.objects.count() == before
    assert PanelSeat.objects.get(person__login=login).scores == part
    refusal = _refused(lambda: story.score(on, login, {"a": "90", "b": "60"}))
    assert refusal.code == "sheet_incomplete"
    bad = lambda: story.score(on, login, {"a": "90", "b": "60", "c": "100.5"})  # noqa: E731
    assert _refused(bad).code == "score_out_of_range"
    assert PanelSeat.objects.get(person__login=login).submitted_at is None


def test_scores_of_others_are_nowhere_to_be_seen(on: Cast) -> None:
    story.opened(on)
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
    story.opened(on)
    bid = next(bid for bid in story.opened_bids(TENDER) if bid.provider_id == story.uscc("b"))
    leave = lambda reason: bids.disqualify(  # noqa: E731
        actor=on.actor("clerk"), at=AFTER, bid_id=bid.pk, reason=reason
    )
    assert _refused(lambda: leave(" ")).code == "reason_missing"
    signatory = lambda: bids.disqualify(  # noqa: E731
        actor=on.actor("signatory"), at=AFTER, bid_id=bid.pk, reason="x"
    )
    assert _refused(signatory).code == "not_permitted"
    leave("No licence.")
    bid.refresh_from_db()
    assert (bid.status, bid.reason) == ("disqualified", "No licence.")
    assert _refused(lambda: leave("Again.")).code == "wrong_state"
    login = story.members(on)[0]
    story.declare(on, login)
    panel.save_scores(
        actor=on.actor(login), tender_id=TENDER, scores=story.sheet({"a": "9"}), remarks={}
    )
    other = story.opened_bids(TENDER)[0]
    late = lambda: bids.disqualify(  # noqa: E731
        actor=on.actor("clerk"), at=AFTER, bid_id=other.pk, reason="x"
    )
    assert _refused(late).code == "scoring_began"


def test_what_waits_for_a_member(on: Cast) -> None:
    story.opened(on)
    login = story.members(on)[0]
    tasks = lambda: [str(task.what) for task in tasks_for(on.actor(login), AFTER)]  # noqa: E731
    assert tasks() == ["Declare your ties to the bidders"]
    story.declare(on, login)
    assert tasks() == ["Score the bids"]
    story.score(on, login)
    assert tasks() == []
    assert tasks_for(on.actor("clerk"), AFTER) == []
