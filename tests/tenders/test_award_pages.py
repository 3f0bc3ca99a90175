"""From a bid to the announced award, through the pages of everybody who has a part in it."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.once import once_a_module, own_copy
from tests.tenders import award_cast as story
from tests.tenders.award_cast import BIDDERS, TENDER, Cast

from almoner.tenders.models import BidFile
from almoner.tenders.queries.panel import opened_bids, scoring, seats_of
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set what time the pages show."""
    cache.clear()

    def at(when: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: when)
        monkeypatch.setattr(clock, "today", lambda: when.date())

    at(story.DURING)
    return at


copies = once_a_module(story.cast)
on = own_copy()


def browser(on: Cast, login: str) -> Client:
    client = Client()
    client.force_login(on.people[login])
    return client


def words(answer: Any) -> str:
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", main))


def test_the_whole_way(on: Cast, now: Any) -> None:
    for login in BIDDERS:
        client = browser(on, login)
        assert "Family centre" in words(client.get(reverse("bids")))
        form = client.get(reverse("bid-save", args=[TENDER]))
        assert form.status_code == 200
        sent = {
            "version": "0",
            "price": str(story.PRICES[login] // 100),
            "direct_hours": "21268.8",
            "staff": "14",
            f"share-W-{login}-00": "1",
            "proposal": story.proposal(),
        }
        answer = client.post(reverse("bid-save", args=[TENDER]), sent)
        assert answer.status_code == 302, words(answer)
        bid = BidFile.objects.get(provider=story.uscc(login))
        assert "Before you submit" not in words(client.get(reverse("bid", args=[bid.pk])))
        answer = client.post(reverse("bid-submit", args=[bid.pk]), {"version": "1"})
        assert answer.status_code == 302, words(answer)
        assert "sealed" in words(client.get(reverse("bid", args=[bid.pk])))
    clerk, signatory = browser(on, "clerk"), browser(on, "signatory")
    assert clerk.get(reverse("tender-appoint", args=[TENDER])).status_code == 200
    assert clerk.post(reverse("tender-appoint", args=[TENDER])).status_code == 302
    assert "sealed" in words(clerk.get(reverse("desk-tender", args=[TENDER])))
    now(story.AFTER)
    assert "Begin the opening" in words(clerk.get(reverse("desk-tender", args=[TENDER])))
    assert clerk.post(reverse("tender-unseal", args=[TENDER])).status_code == 302
    assert clerk.post(reverse("tender-open", args=[TENDER])).status_code == 409
    assert signatory.post(reverse("tender-open", args=[TENDER])).status_code == 302
    assert "Tongxing" in words(clerk.get(reverse("desk-tender", args=[TENDER])))
    for seat in scoring(seats_of(TENDER)):
        _judge(browser(on, seat.person.login))
    assert "have submitted" in words(signatory.get(reverse("desk-tender", args=[TENDER])))
    assert signatory.post(reverse("tender-decide", args=[TENDER])).status_code == 302
    cache.clear()
    assert "won with" not in words(Client().get(reverse("tender", args=[TENDER])))
    assert clerk.post(reverse("tender-announce", args=[TENDER])).status_code == 302
    cache.clear()
    public = words(Client().get(reverse("tender", args=[TENDER])))
    assert "Mingxin Centre won with 88.95 points" in public
    loser = BidFile.objects.get(provider=story.uscc("c"))
    debrief = words(browser(on, "c").get(reverse("bid-debrief", args=[loser.pk])))
    assert "place 2 of 3" in debrief and "Explain the outcomes better" in debrief


def _judge(client: Client) -> None:
    ties = reverse("tender-declare", args=[TENDER])
    assert client.get(ties).status_code == 200
    sent = {f"tie-{n}": "no" for n in range(3)}
    assert client.post(ties, sent).status_code == 302
    sheet = reverse("tender-score", args=[TENDER])
    assert client.get(sheet).status_code == 200
    by_uscc = {story.uscc(login): score for login, score in story.SCORES.items()}
    fields = {"do": "save", "remark-2": "Explain the outcomes better."}
    for b, bid in enumerate(opened_bids(TENDER)):
        assert client.get(reverse("panel-bid", args=[bid.pk])).status_code == 200
        fields |= {f"score-{b}-{c}": by_uscc[bid.provider_id] for c in range(2)}
    assert client.post(sheet, fields).status_code == 302
    assert 'value="90"' in client.get(sheet).content.decode()
    assert client.post(sheet, {**fields, "do": "submit"}).status_code == 302
    assert "cannot be changed" in words(client.get(sheet))


def test_a_bid_edited_meanwhile_keeps_what_was_typed(on: Cast, now: Any) -> None:
    story.save(on, "a")
    sent = {"version": "0", "price": "12345", "direct_hours": "", "staff": ""}
    answer = browser(on, "a").post(reverse("bid-save", args=[TENDER]), sent)
    assert answer.status_code == 409
    assert 'value="12345"' in answer.content.decode()
    assert "saved another version while you were writing" in words(answer)
    assert BidFile.objects.get().content["price_fen"] == story.PRICES["a"]


def test_impossible_hours_are_refused_with_the_figures(on: Cast, now: Any) -> None:
    file = story.save(on, "a", direct_hours="23957")
    client = browser(on, "a")
    assert "1,711.2 hours a worker" in words(client.get(reverse("bid", args=[file.pk])))
    answer = client.post(reverse("bid-submit", args=[file.pk]), {"version": "1"})
    assert answer.status_code == 409
    assert "at most 1,541.8 hours a year" in words(answer)


def test_a_late_bid_is_told_the_deadline(on: Cast, now: Any) -> None:
    file = story.save(on, "a")
    now(story.DEADLINE + story.INSTANT)
    answer = browser(on, "a").post(reverse("bid-submit", args=[file.pk]), {"version": "1"})
    assert answer.status_code == 409
    assert "The deadline was 25 November 2025, 17:00" in words(answer)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"price": "a lot"}, "Enter a number such as 21268.8"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"share-W-a-00": "1.01"}, "less than or equal to 1"),
        ({"direct_hours": "1.234"}, "no more than 2 decimal places"),
    ],
)
def test_what_cannot_be_read_is_named_beside_its_field(
    on: Cast, now: Any, sent: dict[str, str], fault: str
) -> None:
    answer = browser(on, "a").post(reverse("bid-save", args=[TENDER]), {"version": "0", **sent})
    assert answer.status_code == 422
    assert fault in words(answer)
    assert not BidFile.objects.exists()


def test_a_tie_sends_the_member_away_and_its_reason_stays(on: Cast, now: Any) -> None:
    story.opened(on)
    now(story.AFTER)
    login = story.members(on)[0]
    client = browser(on, login)
    ties = reverse("tender-declare", args=[TENDER])
    sent = {"tie-0": "no", "tie-1": "yes", "tie-2": "no"}
    answer = client.post(ties, sent)
    assert answer.status_code == 422 and "Say which tie it is." in words(answer)
    answer = client.post(ties, {**sent, "note-1": "I sat on its board."})
    assert answer.status_code == 302
    assert "You declared a tie" in words(client.get(reverse("tender-score", args=[TENDER])))
    bid = opened_bids(TENDER)[0]
    assert client.get(reverse("panel-bid", args=[bid.pk])).status_code == 404
    assert "I sat on its board." in words(
        browser(on, "clerk").get(reverse("desk-tender", args=[TENDER]))
    )


def test_every_page_speaks_chinese(on: Cast, now: Any) -> None:
    story.opened(on)
    story.scored(on)
    story.decide(on)
    story.announce(on)
    now(story.AFTER)
    loser = BidFile.objects.get(provider=story.uscc("b"))
    member = story.members(on)[0]
    for login, name, args, said in (
        ("a", "bids", [], "可投标项目"),
        ("b", "bid", [loser.pk], "您的投标"),
        ("b", "bid-debrief", [loser.pk], "差距"),
        ("clerk", "desk-tender", [TENDER], "从评审到中标"),
        ("clerk", "bid-opened", [loser.pk], "全职人员数"),
        (member, "panels", [], "您的席位"),
        (member, "tender-score", [TENDER], "不能修改"),
        ("auditor", "tender-draw", [TENDER], "自己重抽一遍"),
        ("auditor", "tender", [TENDER], "中标"),
    ):
        address = reverse(name, args=args).replace("/en/", "/zh-hans/")
        answer = browser(on, login).get(address)
        assert answer.status_code == 200, name
        assert said in words(answer), name
