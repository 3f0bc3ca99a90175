"""Bids: drafted, submitted, withdrawn, refused; each limit on both sides."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.once import once_a_module, own_copy
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, DEADLINE, DURING, INSTANT, TENDER, Cast

from almoner.audit.models import Event, Seal
from almoner.audit.operations import faults
from almoner.parties.models import OrganisationLink, Worker
from almoner.rules.refusal import Refused
from almoner.rules.workflow import BidState
from almoner.tenders.models import Bid, BidFile, BidStaff, Tender, TenderFile
from almoner.tenders.operations import bids
from almoner.tenders.queries.bids import (
    checks_of,
    fingerprint_of,
    state_of_bid,
    tasks_for,
    ties_between,
)

pytestmark = pytest.mark.django_db

copies = once_a_module(story.cast)
on = own_copy()


def _refused(do: Callable[[], object]) -> Refused:
    """The refusal, which leaves no event behind."""
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        do()
    assert Event.objects.count() == before
    return refusal.value


def test_a_draft_is_kept_with_its_gaps(on: Cast) -> None:
    content = {"price_fen": None, "direct_hours": "20000", "staff": None, "workers": {}}
    file = bids.save_bid(
        actor=on.actor("a"),
        at=DURING,
        tender_id=TENDER,
        provider=story.uscc("a"),
        version=0,
        content=content,
    )
    assert (file.version, file.content["direct_hours"]) == (1, "20000")
    assert state_of_bid(file) is BidState.DRAFT
    assert not Bid.objects.exists()
    assert [task.about for task in tasks_for(on.actor("a"), DURING)] == ["Family centre of Wushan"]
    assert tasks_for(on.actor("b"), DURING) == []
    assert tasks_for(on.actor("a"), AFTER) == []


def test_two_who_write_one_draft_are_told(on: Cast) -> None:
    story.save(on, "a")
    again = _refused(lambda: story.save(on, "a", version=0, price_fen=1))
    assert (again.code, again.values["by"]) == ("edited_meanwhile", "a")
    story.save(on, "a", version=1, price_fen=1)
    file = BidFile.objects.get()
    assert (file.version, file.content["price_fen"]) == (2, 1)
    stale = lambda: bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)  # noqa: E731
    assert _refused(stale).code == "edited_meanwhile"


def test_a_proposal_stays_until_another_replaces_it(on: Cast) -> None:
    first = story.save(on, "a").content["proposal"]
    kept = bids.save_bid(
        actor=on.actor("a"),
        at=DURING,
        tender_id=TENDER,
        provider=story.uscc("a"),
        version=1,
        content=story.offer("a"),
    )
    assert kept.content["proposal"] == first
    replaced = story.save(on, "a", version=2)
    assert replaced.content["proposal"]["id"] != first["id"]


def test_a_submitted_bid_is_a_row_of_the_exchange_format(on: Cast) -> None:
    file = story.submit(on, "a")
    bid = Bid.objects.get()
    assert (bid.pk, bid.provider_id, bid.submitted_at) == (file.pk, story.uscc("a"), DURING)
    assert (bid.price_fen, bid.direct_hours, bid.staff) == (
        590_000_000,
        Decimal("21268.8"),
        Decimal(14),
    )
    named = BidStaff.objects.order_by("worker").values_list("worker_id", "fte")
    assert list(named) == [("W-a-00", Decimal(1)), ("W-a-01", Decimal("0.5"))]
    assert state_of_bid(file) is BidState.SEALED
    assert Event.objects.get(kind="bid.submit").after == (
        f'{{"fingerprint": "{fingerprint_of(file)}", "version": 1}}'
    )
    assert list(faults()) == []


def test_the_deadline_is_an_instant(on: Cast) -> None:
    early = story.submit(on, "a", DEADLINE - INSTANT)
    exactly = story.submit(on, "b", DEADLINE)
    assert early.bid and exactly.bid
    file = story.save(on, "c", DEADLINE)
    late = DEADLINE + INSTANT
    send = lambda: bids.submit(actor=on.actor("c"), at=late, bid_id=file.pk, version=1)  # noqa: E731
    assert _refused(send).code == "late_bid"
    assert _refused(lambda: story.save(on, "c", late, version=1)).code == "late_bid"
    back = lambda when: bids.withdraw(actor=on.actor("a"), at=when, bid_id=early.pk)  # noqa: E731
    assert _refused(lambda: back(late)).code == "late_bid"
    back(DEADLINE)
    assert not Bid.objects.filter(pk=early.pk).exists()


def test_a_bid_is_taken_back_and_sent_again(on: Cast) -> None:
    file = story.submit(on, "a")
    bids.withdraw(actor=on.actor("a"), at=DURING, bid_id=file.pk)
    file.refresh_from_db()
    assert state_of_bid(file) is BidState.WITHDRAWN
    assert not Bid.objects.exists() and not BidStaff.objects.exists()
    later = DURING + timedelta(days=1)
    story.save(on, "a", later, version=1, price_fen=1_000)
    bids.submit(actor=on.actor("a"), at=later, bid_id=file.pk, version=2)
    bid = Bid.objects.get()
    assert (bid.pk, bid.price_fen, bid.submitted_at) == (file.pk, 1_000, later)


def test_a_sealed_bid_cannot_be_changed_or_sent_twice(on: Cast) -> None:
    file = story.submit(on, "a")
    change = _refused(lambda: story.save(on, "a", version=1))
    assert (change.code, change.values["state"]) == ("wrong_state", "sealed")
    send = lambda: bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)  # noqa: E731
    assert _refused(send).code == "wrong_state"


def test_nobody_bids_for_somebody_else(on: Cast) -> None:
    file = story.save(on, "a")
    for login in ("b", "clerk", "signatory", "auditor", "administrator", "expert1"):
        other = on.actor(login)
        send = lambda: bids.submit(actor=other, at=DURING, bid_id=file.pk, version=1)  # noqa: B023, E731
        assert _refused(send).code == "not_permitted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price_fen": 600_000_000}, ""),
        ({"price_fen": 600_000_001}, "above_ceiling"),
        ({"direct_hours": "23957"}, "infeasible_hours"),
        ({"direct_hours": "23826", "staff": "16"}, ""),  # 12 % above is only warned of
        ({"staff": None}, "staff_missing"),
        ({"workers": {"W-b-00": "1"}}, "worker_left"),
    ],
)
def test_what_stops_a_bid(on: Cast, changes: dict[str, Any], code: str) -> None:
    file = story.save(on, "a", **changes)
    send = lambda: bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)  # noqa: E731
    if code:
        assert _refused(send).code == code
        assert not Bid.objects.exists()
    else:
        send()
        assert Bid.objects.exists()


def test_the_refusal_of_impossible_hours_names_the_figures(on: Cast) -> None:
    file = story.save(on, "a", direct_hours="23957")
    send = lambda: bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)  # noqa: E731
    values = _refused(send).values
    assert (values["each"], values["most"]) == ("1,711.2", "1,541.8")


def test_somebody_who_left_yesterday_cannot_be_named(on: Cast) -> None:
    Worker.objects.filter(pk="W-a-00").update(employed_to=DURING.date())
    file = story.save(on, "a")
    codes = lambda day: [check.code for check in checks_of(file, day)]  # noqa: E731
    assert codes(DURING.date()) == []
    assert codes(DURING.date() + timedelta(days=1)) == ["worker_left"]


def test_a_worker_promised_in_another_open_bid(on: Cast) -> None:
    story.submit(on, "a")  # W-a-00 in full, W-a-01 by half
    second = Tender.objects.get()
    second.pk = "T-2"
    second.save(force_insert=True)
    TenderFile.objects.create(
        id="T-2", purchaser=on.on.purchaser, saved_by="clerk", saved_at=DURING, tender=second
    )
    other = bids.save_bid(
        actor=on.actor("a"),
        at=DURING,
        tender_id="T-2",
        provider=story.uscc("a"),
        version=0,
        content=story.offer("a", workers={"W-a-00": "0.01", "W-a-01": "0.5"}),
        proposal=story.proposal(),
    )
    found = [(c.code, c.values["worker"]) for c in checks_of(other, DURING.date())]
    assert found == [("promised_twice", "W-a-00")]
    TenderFile.objects.filter(pk=TENDER).update(cancelled_at=DURING)
    assert checks_of(other, DURING.date()) == []


def test_a_cancelled_or_opened_tender_takes_no_bid(on: Cast) -> None:
    file = story.save(on, "a")
    TenderFile.objects.update(cancelled_at=DURING)
    send = lambda: bids.submit(actor=on.actor("a"), at=DURING, bid_id=file.pk, version=1)  # noqa: E731
    assert _refused(send).code == "tender_closed"
    TenderFile.objects.update(cancelled_at=None)
    Tender.objects.update(opened_at=DURING)
    assert _refused(send).code == "tender_closed"


def test_ties_hold_on_their_days(on: Cast) -> None:
    OrganisationLink.objects.create(
        organisation=on.on.provider,
        other=on.on.purchaser,
        kind="former_official",
        from_on=date(2025, 1, 1),
        to_on=date(2025, 6, 30),
    )
    one, other = on.on.purchaser.uscc, story.uscc("a")
    assert len(ties_between(one, other, date(2025, 6, 30))) == 1
    assert ties_between(one, other, date(2025, 7, 1)) == []
    assert len(ties_between(other, one, date(2025, 1, 1))) == 1
    assert ties_between(one, story.uscc("b"), date(2025, 6, 30)) == []


def test_every_event_about_a_bid_is_sealed_from_the_first_on(on: Cast) -> None:
    file = story.save(on, "a")
    subjects = set(Event.objects.filter(subject_id=file.pk).values_list("subject_table", flat=True))
    assert subjects == {"bids"}
    assert Seal.objects.filter(subject_table="bids", subject_id=file.pk).exists()
    naming = [event.kind for event in Event.objects.all() if file.pk in event.after + event.before]
    assert naming == []
