"""What stops a bid, what deserves a second look, and what is late: both sides of every limit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from almoner.rules.bid import BidContent, BidFacts, checks, fingerprint, is_late, read

CAPACITY = {
    "working_days": 250,
    "day_hours": 8,
    "leave_days": 5,
    "training_hours": 72,
    "meeting_hours": 192,
    "recording_ratio": Decimal("0.10"),
}
FACTS = BidFacts(
    ceiling_fen=600,
    required_hours=Decimal("21268.8"),
    elsewhere={"W-1": Decimal("0.5")},
    employed=frozenset({"W-1", "W-2"}),
    capacity=CAPACITY,
    most_over=Decimal("0.10"),
)


def _codes(**changes: Any) -> list[tuple[str, bool]]:
    whole: dict[str, Any] = {
        "price_fen": 600,
        "direct_hours": Decimal("21268.8"),
        "staff": Decimal(14),
        "workers": {"W-2": Decimal(1)},
        "proposal": "x",
    }
    found = checks(BidContent(**{**whole, **changes}), FACTS)
    return [(check.code, check.stops) for check in found]


def test_a_bid_at_the_ceiling_with_what_is_asked_for_passes() -> None:
    assert _codes() == []


def test_the_study_s_hours_cannot_be_worked() -> None:
    bid = BidContent(600, Decimal(23_957), Decimal(14), {}, "x")
    found = {check.code: check for check in checks(bid, FACTS)}
    infeasible = found["infeasible_hours"]
    assert infeasible.stops
    assert infeasible.values["each"] == Fraction(23_957, 14)
    assert round(float(infeasible.values["each"]), 1) == 1711.2
    assert round(float(infeasible.values["most"]), 1) == 1541.8
    over = found["inflated_hours"]
    assert not over.stops
    assert round(float(over.values["over"]), 4) == 0.1264


def test_as_many_hours_as_can_be_worked_pass() -> None:
    most = Fraction(16_960, 11)  # (245 x 8 - 72 - 192) / 1.1 = 1,541.81... a worker
    exactly = Decimal(16_960)  # by eleven workers
    assert Fraction(exactly) / 11 == most
    assert _codes(direct_hours=exactly, staff=Decimal(11)) == [("hours_short", False)]
    beyond = _codes(direct_hours=exactly + Decimal("0.01"), staff=Decimal(11))
    assert ("infeasible_hours", True) in beyond


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        ("23395.68", []),  # 10 % above, exactly
        ("23395.69", [("inflated_hours", False)]),
        ("21268.79", [("hours_short", False)]),
    ],
)
def test_hours_against_what_is_asked_for(hours: str, found: Any) -> None:
    assert _codes(direct_hours=Decimal(hours), staff=Decimal(20)) == found


def test_the_ceiling() -> None:
    assert _codes(price_fen=601) == [("above_ceiling", True)]


@pytest.mark.parametrize(
    ("field", "empty", "code"),
    [
        ("price_fen", None, "price_missing"),
        ("price_fen", 0, "price_missing"),
        ("direct_hours", None, "hours_missing"),
        ("staff", None, "staff_missing"),
        ("proposal", "", "proposal_missing"),
    ],
)
def test_what_is_missing_stops_it(field: str, empty: object, code: str) -> None:
    assert (code, True) in _codes(**{field: empty})


def test_no_more_than_one_full_time_in_all_open_bids() -> None:
    assert _codes(workers={"W-1": Decimal("0.5")}) == []
    assert _codes(workers={"W-1": Decimal("0.51")}) == [("promised_twice", False)]


def test_somebody_who_left_cannot_be_named() -> None:
    assert _codes(workers={"W-3": Decimal(1)}) == [("worker_left", True)]


def test_late_is_after_the_deadline_by_a_microsecond() -> None:
    deadline = datetime(2026, 6, 30, 9, tzinfo=UTC)
    assert not is_late(deadline - timedelta(microseconds=1), deadline)
    assert not is_late(deadline, deadline)
    assert is_late(deadline + timedelta(microseconds=1), deadline)


def test_the_fingerprint_covers_everything_that_is_submitted() -> None:
    typed = {"price_fen": 1, "workers": {"W-1": "1", "W-2": "1"}}
    same = {"workers": {"W-2": "1", "W-1": "1"}, "price_fen": 1}
    one = fingerprint("T-1", "U", typed)
    assert one == fingerprint("T-1", "U", same) and len(one) == 64
    assert one != fingerprint("T-2", "U", typed)
    assert one != fingerprint("T-1", "V", typed)
    assert one != fingerprint("T-1", "U", {**typed, "price_fen": 2})


def test_half_a_draft_is_read() -> None:
    assert read({}) == BidContent(None, None, None, {}, "")
    whole = read({"price_fen": 5, "staff": "14.5", "workers": {"W": "0.5"}, "proposal": None})
    assert whole.staff == Decimal("14.5") and whole.workers == {"W": Decimal("0.5")}
