"""One line of facts: their order, the days between, what is planned, what is missing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.utils import translation
from tests.disclosure.cast import at

from almoner.contracts.models import Contract, ContractChange
from almoner.disclosure.contract_figures import Payment, PaymentState
from almoner.disclosure.contract_history import Event, Told, timeline
from almoner.needs.models import Need
from almoner.notices.models import Notice
from almoner.parties.models import Organisation
from almoner.rules.calendar import SHANGHAI
from almoner.tenders.models import Bid, Tender
from almoner.voice.models import Complaint


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are compared in English, whatever language another test left behind."""
    with translation.override("en"):
        yield


PROVIDER = Organisation(uscc="P", name_zh="明心", name_en="Mingxin")
OPENING = at("2025-11-25")


def contract(**tender: object) -> Contract:
    facts: dict[str, object] = {
        "method": "open",
        "intention_published_on": date(2025, 9, 1),
        "published_at": at("2025-10-20"),
        "bid_deadline": at("2025-11-25", 8),
        "opened_at": OPENING,
        "award_decided_on": date(2025, 11, 28),
        "award_published_on": date(2025, 12, 1),
        "ceiling_fen": 600,
    }
    return Contract(
        id="C",
        tender=Tender(id="T", **{**facts, **tender}),  # type: ignore[misc]
        provider=PROVIDER,
        signed_on=date(2025, 12, 10),
        published_on=date(2025, 12, 11),
        filed_on=date(2025, 12, 12),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        amount_fen=500,
    )


def told(of: Contract | None = None, **facts: object) -> Told:
    nothing = Told(
        contract=of or contract(),
        now=datetime(2026, 7, 1, 12, tzinfo=SHANGHAI),
        opened=True,
        bids=(),
        need=None,
        changes=(),
        payments=(),
        judgements=(),
        complaints=(),
        notices=(),
    )
    return replace(nothing, **facts)  # type: ignore[arg-type]


def titles(events: list[Event]) -> list[str]:
    return [event.title for event in events]


def test_the_steps_of_a_purchase_with_the_days_between() -> None:
    events = timeline(told())
    assert [(event.title, event.days_since) for event in events] == [
        ("Intention to purchase published", None),
        ("Tender published", 49),
        ("Deadline for bids", 36),
        ("Bids opened", 0),
        ("Award decided", 3),
        ("Award published", 3),
        ("Contract signed", 9),
        ("Contract published", 1),
        ("Contract filed", 1),
        ("Service starts", 20),
        ("Agreed end of the contract", 364),
    ]
    assert [event.planned for event in events] == [False] * 10 + [True]


def test_a_step_that_a_later_one_skipped_is_not_recorded() -> None:
    events = timeline(told(contract(opened_at=None, award_published_on=None), opened=False))
    missing = [event.title for event in events if event.day is None]
    assert missing == ["Bids opened", "Award published"]
    assert titles(events).index("Award published") == titles(events).index("Contract signed") - 1
    signed = next(event for event in events if event.title == "Contract signed")
    assert signed.days_since == 12, "counted from the dated fact before it"


def test_a_contract_without_a_tender_starts_with_its_signing() -> None:
    bought = contract()
    bought.tender = None
    assert titles(timeline(told(bought, opened=False)))[0] == "Contract signed"


def test_bids_stand_under_their_opening_with_their_prices() -> None:
    bids = [Bid(id="B", provider=PROVIDER, price_fen=590, status="valid")]
    opening = next(e for e in timeline(told(bids=bids)) if e.title == "Bids opened")
    assert opening.bids == (("Mingxin", 590, "Valid"),)


def test_before_the_opening_neither_bids_nor_winner_are_told() -> None:
    now = OPENING - timedelta(microseconds=1)
    events = timeline(told(now=now, opened=False))
    opening = next(event for event in events if event.title == "Bids opened")
    assert opening.planned and opening.bids == ()
    assert all("Mingxin" not in event.detail for event in events)
    assert not next(e for e in timeline(told(now=OPENING)) if e.title == "Bids opened").planned


def paid(**facts: object) -> Payment:
    due = Payment(
        1, 100, None, date(2026, 3, 31), None, None, None, None, PaymentState.NOT_YET_DUE, 0, 0
    )
    return replace(due, **facts)  # type: ignore[arg-type]


def test_everything_else_stands_on_its_day() -> None:
    events = timeline(
        told(
            need=Need(raised_on=date(2025, 8, 1)),
            changes=[ContractChange(kind="amount", made_on=date(2026, 2, 1))],
            payments=[
                paid(accepted_on=date(2026, 4, 2), paid_on=date(2026, 4, 9), paid_fen=100),
                paid(seq=2, due_on=date(2026, 9, 30)),
            ],
            complaints=[Complaint(from_kind="resident", received_on=date(2026, 5, 1))],
            notices=[Notice(kind="contract", published_at=at("2025-12-11", 10))],
        )
    )
    assert titles(events)[0] == "First request for this service in this area"
    assert [event.title for event in events if event.day and event.day.year == 2026] == [
        "Service starts",
        "Contract changed",
        "Instalment 1 due",
        "Instalment 1 accepted",
        "Instalment 1 paid",
        "Complaint received",
        "Instalment 2 due",
        "Agreed end of the contract",
    ]
    days = [event.day for event in events if event.day]
    assert days == sorted(days)
    assert [event.title for event in events if event.planned][:1] == ["Instalment 2 due"]
    assert titles(events).index("Notice issued") == titles(events).index("Contract published") + 1


@pytest.mark.parametrize(("day", "planned"), [(date(2026, 7, 1), False), (date(2026, 7, 2), True)])
def test_today_is_not_planned(day: date, planned: bool) -> None:
    events = timeline(told(payments=[paid(due_on=day)]))
    assert next(e for e in events if e.title == "Instalment 1 due").planned is planned
