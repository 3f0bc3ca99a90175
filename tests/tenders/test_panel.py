"""The panel: its size, the draw that anybody can repeat, ties, and scores that nobody else sees."""

import hashlib
from collections.abc import Callable
from datetime import date

import pytest
from tests.once import once_a_module
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, DAY, DURING, TENDER, Cast, refused

from almoner.accounts.operations import grant_role
from almoner.audit.models import Event
from almoner.audit.operations import faults
from almoner.rules.roles import Role
from almoner.tenders.models import PanelDraw
from almoner.tenders.operations import panel
from almoner.tenders.queries.panel import (
    experts,
    panel_limits,
    representatives,
    seats_of,
)
from almoner.web import clock

pytestmark = pytest.mark.django_db

copies = once_a_module(story.cast)


@pytest.fixture
def on(copies: Callable[[], Cast], monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    return copies()


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
    assert refused(lambda: _appoint(on)).code == "panel_drawn_already"


@pytest.mark.parametrize("login", ["signatory", "auditor", "a", "expert1"])
def test_only_the_clerk_draws(on: Cast, login: str) -> None:
    assert refused(lambda: _appoint(on, login=login)).code == "not_permitted"


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
    refusal = refused(lambda: _appoint(on, first.pk, second.pk))
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
    refusal = refused(lambda: _appoint(on))
    assert (refusal.code, refusal.values) == ("pool_too_small", {"wanted": "5", "there": "4"})


def test_a_tie_to_somebody_who_did_not_bid_is_none(on: Cast) -> None:
    story.opened(on, ("a", "b"))
    login = story.members(on)[0]
    story.declare(on, login, {story.uscc("c"): "I know them."})
    assert not seats_of(TENDER)[0].tied


def test_before_the_opening_nothing_is_declared_or_scored(on: Cast) -> None:
    story.drawn_panel(on)
    login = story.members(on)[0]
    assert refused(lambda: story.declare(on, login)).code == "wrong_state"
    assert refused(lambda: story.score(on, login)).code == "wrong_state"
