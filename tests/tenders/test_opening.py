"""The opening: two people, never before the deadline, and what is sealed until then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from tests.once import once_a_module
from tests.tenders import award_cast as story
from tests.tenders.award_cast import (
    AFTER,
    BIDDERS,
    DAY,
    DEADLINE,
    DURING,
    INSTANT,
    TENDER,
    Cast,
)

from almoner.audit.models import Event
from almoner.audit.operations import MOST_BLANKS, faults
from almoner.audit.queries import SealedEvent, unread
from almoner.exchange.export import export
from almoner.rules.refusal import Refused
from almoner.tenders.models import Bid, BidFile, TenderFile
from almoner.tenders.operations import bids, opening
from almoner.tenders.queries.award import public_award, tasks_for
from almoner.web import clock

pytestmark = pytest.mark.django_db

copies = once_a_module(story.cast)


@pytest.fixture
def on(copies: Callable[[], Cast], monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    return copies()


def _code(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        do()
    return refusal.value.code


def _unseal(on: Cast, login: str, when: Any = AFTER) -> None:
    opening.unseal(actor=on.actor(login), at=when, tender_id=TENDER)


def _open(on: Cast, login: str, when: Any = AFTER) -> None:
    opening.open_bids(actor=on.actor(login), at=when, tender_id=TENDER)


def test_two_people_open_after_the_deadline(on: Cast) -> None:
    story.submit(on, "a")
    story.drawn_panel(on)
    assert _code(lambda: _unseal(on, "clerk", DEADLINE)) == "before_deadline"
    assert _code(lambda: _open(on, "clerk", DEADLINE + INSTANT)) == "not_unsealed"
    _unseal(on, "clerk", DEADLINE + INSTANT)
    assert _code(lambda: _unseal(on, "clerk2")) == "unsealed_already"
    assert _code(lambda: _open(on, "clerk")) == "same_person"
    assert _code(lambda: _open(on, "signatory", DEADLINE)) == "before_deadline"
    _open(on, "signatory", AFTER)
    on.tender.refresh_from_db()
    assert on.tender.opened_at == AFTER
    assert _code(lambda: _open(on, "clerk2")) == "wrong_state"
    assert [e.actor for e in Event.objects.filter(kind__in=["tender.unseal", "tender.open"])] == [
        "clerk",
        "signatory",
    ]


def test_without_a_panel_nothing_is_opened(on: Cast) -> None:
    _unseal(on, "clerk")
    assert _code(lambda: _open(on, "signatory")) == "panel_missing"


@pytest.mark.parametrize("login", ["a", "auditor", "administrator", "expert1"])
def test_nobody_else_opens(on: Cast, login: str) -> None:
    assert _code(lambda: _unseal(on, login)) == "not_permitted"


def test_what_waits_for_whom(on: Cast) -> None:
    def tasks(login: str, when: Any) -> list[str]:
        return [str(task.what) for task in tasks_for(on.actor(login), when)]

    assert tasks("clerk", DURING) == ["Draw the panel"]
    assert tasks("signatory", DURING) == []
    story.drawn_panel(on)
    assert tasks("clerk", DEADLINE) == []
    assert tasks("clerk", AFTER) == tasks("signatory", AFTER) == ["Begin the opening of the bids"]
    _unseal(on, "clerk")
    assert tasks("clerk", AFTER) == []
    assert tasks("clerk2", AFTER) == ["Open the bids as the second person"]
    _open(on, "clerk2")
    assert tasks("signatory", AFTER) == ["Cancel the tender: too few valid bids"]


def _sealed_pages(on: Cast) -> dict[str, str]:
    """Everything that others can read which might tell of a bid."""
    found = {}
    for login in ("clerk", "clerk2", "signatory", "auditor", "administrator", "expert1", "b"):
        client = Client()
        client.force_login(on.people[login])
        for name, args in (
            ("audit", []),
            ("desk", []),
            ("desk-tenders", []),
            ("desk-tender", [TENDER]),
            ("panels", []),
            ("bids", []),
        ):
            answer = client.get(reverse(name, args=args))
            if answer.status_code == 200:
                found[f"{login} {name}"] = answer.content.decode()
    for path in (f"tenders/{TENDER}/", "tenders/", "notices/", f"providers/{story.uscc('a')}/", ""):
        found[path] = Client().get(f"/en/{path}").content.decode()
    for words in ("Mingxin", "59", story.uscc("a")):
        found[f"search {words}"] = Client().get("/en/search/", {"q": words}).content.decode()
    return found


def test_before_the_opening_nobody_but_the_bidder_sees_anything(on: Cast) -> None:
    file = story.save(on, "a")
    saved = _sealed_pages(on)
    bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)
    bids.withdraw(actor=on.actor("a"), at=DURING, bid_id=file.pk)
    bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)
    sealed = _sealed_pages(on)
    for page, text in sealed.items():
        for secret in (file.pk, "5,900,000", "590000000", "W-a-0", "bid.submit", "proposal.pdf"):
            assert secret not in text, (page, secret)
        if "audit" not in page:
            tokens = _without_tokens(text)
            assert tokens == _without_tokens(saved[page]), page
    assert "Sealed until the opening" in sealed["auditor audit"]
    assert "Sealed until the opening" in sealed["administrator audit"]


def _without_tokens(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "name", ["bid", "bid-proposal", "bid-opened", "bid-opened-proposal", "panel-bid", "bid-debrief"]
)
def test_the_address_of_a_sealed_bid_opens_for_nobody_else(on: Cast, name: str) -> None:
    file = story.submit(on, "a")
    for login in ("clerk", "signatory", "auditor", "administrator", "expert1", "b"):
        client = Client()
        client.force_login(on.people[login])
        assert client.get(reverse(name, args=[file.pk])).status_code in (403, 404), login
    own = Client()
    own.force_login(on.people["a"])
    assert own.get(reverse("bid", args=[file.pk])).status_code == 200
    assert own.get(reverse("bid-proposal", args=[file.pk])).status_code == 200


def test_the_record_shows_what_was_sealed_once_it_is_open(on: Cast) -> None:
    sent = story.submit(on, "a")
    draft = story.save(on, "b")
    before = unread(Event.objects.filter(subject_table="bids"))
    assert before and all(isinstance(event, SealedEvent) for event in before)
    story.drawn_panel(on)
    _unseal(on, "clerk")
    _open(on, "signatory")
    after = unread(Event.objects.filter(subject_table="bids").order_by("seq"))
    told = [event for event in after if isinstance(event, Event)]
    assert {event.subject_id for event in told} == {sent.pk}
    assert {"bid.save", "file.attach", "bid.submit"} <= {event.kind for event in told}
    hidden = Event.objects.filter(subject_id=draft.pk)
    assert all(isinstance(event, SealedEvent) for event in unread(hidden))
    assert list(faults()) == []


def test_how_many_sealed_events_there_are_tells_nothing(on: Cast) -> None:
    numbers = set()
    for version in range(25):
        before = Event.objects.count()
        bids.save_bid(
            actor=on.actor("a"),
            at=DURING,
            tender_id=TENDER,
            provider=story.uscc("a"),
            version=version,
            content=story.offer("a"),
        )
        numbers.add(Event.objects.count() - before)
    assert numbers <= set(range(1, MOST_BLANKS + 2)) and len(numbers) > 1


def test_the_public_page_says_that_bids_are_sealed(on: Cast) -> None:
    story.submit(on, "a")
    shown = public_award(TENDER, AFTER)
    assert shown and shown.sealed and shown.bids == () and shown.award is None
    story.drawn_panel(on)
    _unseal(on, "clerk")
    _open(on, "signatory")
    assert (shown := public_award(TENDER, AFTER)) and not shown.sealed and len(shown.bids) == 1
    assert (shown := public_award(TENDER, AFTER - INSTANT)) and shown.sealed


def test_an_export_leaves_sealed_bids_out(on: Cast, tmp_path: Path) -> None:
    for login in BIDDERS:
        story.submit(on, login)
    rows = export(tmp_path / "sealed", as_of=DAY)
    assert "tenders" in rows and not {"bids", "bid_staff", "bid_scores"} & set(rows)
    assert not (tmp_path / "sealed" / "bids.csv").exists()
    story.drawn_panel(on)
    _unseal(on, "clerk")
    _open(on, "signatory")
    assert export(tmp_path / "open", as_of=DAY)["bids"] == 3
    ids = pl.read_csv(tmp_path / "open" / "bids.csv")["id"].to_list()
    assert ids == sorted(BidFile.objects.values_list("pk", flat=True))


def test_an_export_holds_the_bids_of_tenders_from_elsewhere(on: Cast, tmp_path: Path) -> None:
    TenderFile.objects.all().delete()
    Bid.objects.create(
        id="B-1",
        tender=on.tender,
        provider=on.on.provider,
        submitted_at=DURING,
        status="valid",
        price_fen=1,
    )
    assert export(tmp_path / "out", as_of=DAY)["bids"] == 1


def test_a_cancelled_tender_keeps_its_bids_sealed(on: Cast, tmp_path: Path) -> None:
    story.submit(on, "a")
    TenderFile.objects.update(cancelled_at=AFTER)
    assert "bids" not in export(tmp_path / "out", as_of=DAY)
    assert all(
        isinstance(e, SealedEvent) for e in unread(Event.objects.filter(subject_table="bids"))
    )
