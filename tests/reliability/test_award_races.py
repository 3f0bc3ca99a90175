"""Two people at the same instant: exactly one opens, decides, announces, cancels or submits."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.tenders import award_cast as story
from tests.tenders.award_cast import AFTER, BIDDERS, CONTENT, DURING, Cast

from almoner.audit.models import Event
from almoner.audit.operations import Act, faults, record
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor
from almoner.tenders.models import (
    Bid,
    BidFile,
    BidScore,
    Criterion,
    PanelDraw,
    PanelSeat,
    Tender,
    TenderFile,
)
from almoner.tenders.operations import award, bids, drafting, opening, panel
from almoner.tenders.queries.files import state_of

QUICK, MANY = 4, 1_000
REPETITIONS = [
    QUICK,
    pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
]
Try = Callable[[], object]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("times", REPETITIONS),
]


@pytest.fixture
def on(tmp_path: Any, settings: Any) -> Cast:
    settings.DATA_DIR = tmp_path
    return story.cast()


@contextmanager
def _two() -> Iterator[Callable[[Try, Try], tuple[str, str]]]:
    """Runs two tries at once on connections of their own; what became of each."""
    together = threading.Barrier(2)

    def attempt(what: Try) -> str:
        together.wait()
        try:
            what()
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:

        def race(first: Try, second: Try) -> tuple[str, str]:
            one, other = pool.submit(attempt, first), pool.submit(attempt, second)
            return one.result(), other.result()

        try:
            yield race
        finally:
            closing = threading.Barrier(2)

            def close() -> None:
                closing.wait()
                connection.close()

            for ended in [pool.submit(close) for _ in range(2)]:
                ended.result()


def _tender(on: Cast, number: int, **facts: Any) -> TenderFile:
    """One more tender like the cast's, with the facts given of its exchange row."""
    id = f"T-race-{number}"
    tender = Tender.objects.get(pk=story.TENDER)
    tender.pk = id
    for name, value in facts.items():
        setattr(tender, name, value)
    tender.save(force_insert=True)
    Criterion.objects.create(tender=tender, code="quality", kind="quality", weight=100)
    return TenderFile.objects.create(
        id=id,
        purchaser=on.on.purchaser,
        content=CONTENT,
        saved_by="clerk",
        saved_at=DURING,
        tender=tender,
    )


def _did(login: str, kind: str, table: str, id: str) -> None:
    with transaction.atomic():
        record(actor=login, role="", at=DURING, acts=[Act(kind, table, id)])


def _scored(on: Cast, number: int, **facts: Any) -> TenderFile:
    """One more tender that is opened and scored by a panel of five."""
    file = _tender(on, number, opened_at=AFTER, **facts)
    ids = [f"B-{number}-{login}" for login in BIDDERS]
    Bid.objects.bulk_create(
        Bid(
            id=id,
            tender_id=file.pk,
            provider_id=story.uscc(login),
            submitted_at=DURING,
            status="valid",
            price_fen=100,
        )
        for id, login in zip(ids, BIDDERS, strict=True)
    )
    PanelDraw.objects.create(
        tender_id=file.pk, seed="0" * 64, event=1, size=5, pool=[], drawn_at=DURING
    )
    PanelSeat.objects.bulk_create(
        PanelSeat(
            tender_id=file.pk,
            code=f"P{n}",
            person=on.people[f"expert{n}"],
            expert=True,
            drawn_order=n,
            declared_at=AFTER,
            submitted_at=AFTER,
            scores={id: {"quality": "80"} for id in ids},
        )
        for n in range(1, 6)
    )
    return file


def _steps(do: Callable[..., object], actor: Actor, id: str, **more: Any) -> Try:
    return lambda: do(actor=actor, at=AFTER, tender_id=id, **more)


def test_two_who_begin_the_opening(on: Cast, times: int) -> None:
    clerk, second = on.actor("clerk"), on.actor("clerk2")
    with _two() as race:
        for number in range(times):
            file = _tender(on, number)
            outcome = race(
                _steps(opening.unseal, clerk, file.pk), _steps(opening.unseal, second, file.pk)
            )
            assert sorted(outcome) == ["done", "unsealed_already"]
    assert Event.objects.filter(kind="tender.unseal").count() == times
    assert list(faults()) == []


def test_two_who_open_the_same_tender(on: Cast, times: int) -> None:
    one, other = on.actor("signatory"), on.actor("clerk2")
    with _two() as race:
        for number in range(times):
            file = _tender(on, number)
            TenderFile.objects.filter(pk=file.pk).update(unsealed_by="clerk")
            _did("clerk", "tender.unseal", "tenders", file.pk)
            PanelDraw.objects.create(
                tender_id=file.pk, seed="0" * 64, event=1, size=5, pool=[], drawn_at=DURING
            )
            outcome = race(
                _steps(opening.open_bids, one, file.pk), _steps(opening.open_bids, other, file.pk)
            )
            assert sorted(outcome) == ["done", "wrong_state"]
    assert Event.objects.filter(kind="tender.open").count() == times
    assert list(faults()) == []


def test_two_who_draw_the_same_panel(on: Cast, times: int) -> None:
    one, other = on.actor("clerk"), on.actor("clerk2")
    with _two() as race:
        for number in range(times):
            file = _tender(on, number)
            outcome = race(
                _steps(panel.appoint, one, file.pk), _steps(panel.appoint, other, file.pk)
            )
            assert sorted(outcome) == ["done", "panel_drawn_already"]
            assert PanelSeat.objects.filter(tender=file.pk).count() == 5


def test_an_announcement_and_a_cancellation(on: Cast, times: int) -> None:
    clerk, signatory = on.actor("clerk"), on.actor("signatory")
    ended: set[str] = set()
    with _two() as race:
        for number in range(times):
            file = _scored(on, number, award_decided_on=AFTER.date())
            id = file.pk
            announcing = _steps(award.announce, clerk, id)
            cancelling = lambda: drafting.cancel(  # noqa: E731
                actor=signatory,
                at=AFTER,
                file_id=id,  # noqa: B023
                reason="No money.",
            )
            first, second = (announcing, cancelling) if number % 2 else (cancelling, announcing)
            assert sorted(race(first, second)) == ["done", "wrong_state"]
            file = TenderFile.objects.get(pk=id)
            state = state_of(file)
            ended.add(state.value)
            scores = BidScore.objects.filter(bid__tender=id).count()
            assert (state.value, scores) in {("awarded", 15), ("cancelled", 0)}
    assert ended <= {"awarded", "cancelled"}
    assert list(faults()) == []


def test_a_decision_and_a_cancellation(on: Cast, times: int) -> None:
    """The cancellation always stands; a decision may come before it, never after."""
    signatory, other = on.actor("signatory"), on.actor("signatory")
    with _two() as race:
        for number in range(times):
            file = _scored(on, number)
            id = file.pk
            deciding = _steps(award.decide, signatory, id)
            cancelling = lambda: drafting.cancel(  # noqa: E731
                actor=other,
                at=AFTER,
                file_id=id,  # noqa: B023
                reason="No money.",
            )
            decided, cancelled = race(deciding, cancelling)
            assert cancelled == "done" and decided in {"done", "wrong_state"}
            kinds = list(
                Event.objects.filter(subject_id=id).order_by("seq").values_list("kind", flat=True)
            )
            assert kinds in (["tender.cancel"], ["tender.decide", "tender.cancel"])


def test_two_who_decide(on: Cast, times: int) -> None:
    signatory = on.actor("signatory")
    with _two() as race:
        for number in range(times):
            file = _scored(on, number)
            deciding = _steps(award.decide, signatory, file.pk)
            assert sorted(race(deciding, deciding)) == ["done", "wrong_state"]


def test_a_bid_and_the_opening(on: Cast, times: int) -> None:
    """Sent in time by its own clock, it is in before the opening or told that it is too late."""
    director, signatory = on.actor("a"), on.actor("signatory")
    with _two() as race:
        for number in range(times):
            file = _tender(on, number)
            TenderFile.objects.filter(pk=file.pk).update(unsealed_by="clerk")
            PanelDraw.objects.create(
                tender_id=file.pk, seed="0" * 64, event=1, size=5, pool=[], drawn_at=DURING
            )
            draft = BidFile.objects.create(
                id=f"B-{number}",
                tender_id=file.pk,
                provider=on.on.provider,
                content={**story.offer("a"), "workers": {}, "proposal": {"sha256": "x"}},
                saved_by="a",
                saved_at=DURING,
            )
            sending = lambda: bids.submit(  # noqa: E731
                actor=director,
                at=story.DEADLINE,
                bid_id=draft.pk,  # noqa: B023
                version=1,
            )
            sent, opened = race(sending, _steps(opening.open_bids, signatory, file.pk))
            assert opened == "done" and sent in {"done", "tender_closed"}
            there = Bid.objects.filter(pk=draft.pk).exists()
            assert there is (sent == "done")
            shown = Event.objects.get(kind="tender.open", subject_id=file.pk).after
            assert (draft.pk in shown) is there


def test_two_who_submit_and_two_who_withdraw(on: Cast, times: int) -> None:
    on.add("a2", story.Role.PROVIDER_DIRECTOR, story.uscc("a"))
    one, other = on.actor("a"), on.actor("a2")
    file = story.save(on, "a")
    with _two() as race:
        for number in range(times):
            when = DURING + timedelta(minutes=number)

            def send(actor: Actor) -> Try:
                return lambda: bids.submit(actor=actor, at=when, bid_id=file.pk, version=1)  # noqa: B023

            def take_back(actor: Actor) -> Try:
                return lambda: bids.withdraw(actor=actor, at=when, bid_id=file.pk)  # noqa: B023

            assert sorted(race(send(one), send(other))) == ["done", "wrong_state"]
            assert sorted(race(take_back(one), take_back(other))) == ["done", "wrong_state"]
    assert not Bid.objects.exists()
    assert list(faults()) == []
