"""Ways to an award and away from it: few bids, equal bids, a cancellation; who hears of each."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.once import once_a_module, own_copy
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, BIDDERS, DURING, TENDER, Cast, refused

from almoner.tenders.models import BidFile
from almoner.tenders.operations import bids as bidding
from almoner.tenders.operations import drafting, opening
from almoner.tenders.queries.award import (
    announced,
    expected,
    public_award,
)

pytestmark = pytest.mark.django_db
copies = once_a_module(story.cast)
on = own_copy()


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
    assert refused(lambda: story.decide(on)).code == code


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
    story.scored(on)
    on.tender.refresh_from_db()
    found = expected(on.tender)
    assert found and found.lowest_fen == 500_000_000 and len(found.counted) == 2


def test_equal_bids_are_drawn_by_a_seed_that_the_exchange_format_holds(on: Cast) -> None:
    for login in BIDDERS:
        story.submit(on, login, price_fen=1_000)
    story.drawn_panel(on)
    opening.unseal(actor=on.actor("clerk"), at=AFTER, tender_id=TENDER)
    opening.open_bids(actor=on.actor("signatory"), at=AFTER, tender_id=TENDER)
    story.scored(on, dict.fromkeys(BIDDERS, "80"))
    story.decide(on)
    story.announce(on)
    found = announced(TENDER, AFTER.date())
    assert found and found.drawn and found.seed == f"{TENDER}|2025-11-25T10:00:00.000000Z"
    tickets = [one.ranked.ticket for one in found.counted]
    assert tickets == sorted(tickets)


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
    assert told(lambda: story.decide(on)) == ["clerk", "clerk2"]
    assert told(lambda: story.announce(on)) == ["a", "b", "c"]


def test_a_tender_cancelled_before_the_opening_says_so(on: Cast) -> None:
    story.submit(on, "a")
    drafting.cancel(actor=on.actor("signatory"), at=DURING, file_id=TENDER, reason="No money.")
    shown = public_award(TENDER, AFTER)
    assert shown and shown.sealed and shown.cancelled and shown.bids == ()
