"""Accepting and paying by rule: hand-worked cases, both sides of each line."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.refusal import Refused
from almoner.rules.settlement import (
    FEWEST_OPINIONS,
    RESIDENT,
    Claim,
    Ground,
    Verdict,
    checks,
    days_late,
    heard,
    judge_acceptance,
    judge_delay,
    judge_payment,
)

DUE = date(2026, 6, 27)
DAY = timedelta(days=1)


def _refusal(judge: Any, **facts: Any) -> str | None:
    try:
        judge(**facts)
    except Refused as refused:
        return f"{refused.code}@{refused.field}"
    return None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"opinions": 1}, "too_few_opinions@"),
        ({"opinions": 0, "accepted_fen": 0}, "too_few_opinions@"),
        ({"accepted_fen": 100_001}, "above_amount_due@amount"),
        ({"accepted_fen": 0}, "nothing_accepted@amount"),
        ({"accepted_fen": -1}, "nothing_accepted@amount"),
        ({"accepted_fen": 99_999}, "ground_missing@ground"),
        ({"accepted_fen": 99_999, "ground": Ground.NOT_DONE}, "reason_missing@reason"),
        (
            {"accepted_fen": 99_999, "ground": Ground.NOT_DONE, "reason": " "},
            "reason_missing@reason",
        ),
        ({"accepted_fen": 99_999, "ground": Ground.NOT_DONE, "reason": "Not held"}, None),
        ({"accepted_fen": 1, "ground": Ground.OTHER, "reason": "Not held"}, None),
        (
            {"accepted_fen": 1, "ground": Ground.EVALUATION_LATE, "reason": "It is late"},
            "evaluation_no_ground@ground",
        ),
        ({"ground": Ground.EVALUATION_LATE}, None),  # all of it is accepted: nothing is held back
    ],
)
def test_an_acceptance(facts: dict[str, Any], refusal: str | None) -> None:
    given = {
        "amount_fen": 100_000,
        "accepted_fen": 100_000,
        "opinions": FEWEST_OPINIONS,
        "ground": None,
        "reason": "",
    }
    assert _refusal(judge_acceptance, **{**given, **facts}) == refusal


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"paid_fen": 50_001}, "above_accepted@amount"),
        ({"paid_fen": 0}, "nothing_paid@amount"),
        ({"paid_fen": 1}, None),
        ({"today": DUE + DAY}, "delay_cause_missing@cause"),
        ({"today": DUE + DAY, "cause": ""}, "delay_cause_missing@cause"),
        ({"today": DUE + DAY, "cause": "evaluation"}, None),
        ({"today": DUE - DAY}, None),
    ],
)
def test_a_payment(facts: dict[str, Any], refusal: str | None) -> None:
    given = {
        "rest_fen": 50_000,
        "paid_fen": 50_000,
        "due_on": DUE,
        "today": DUE,
        "cause": None,
    }
    assert _refusal(judge_payment, **{**given, **facts}) == refusal


def test_a_delay_begins_on_the_day_after() -> None:
    assert [days_late(DUE, DUE + n * DAY) for n in (-1, 0, 1, 30)] == [0, 0, 1, 30]
    assert _refusal(judge_delay, due_on=DUE, today=DUE) == "not_late@cause"
    assert _refusal(judge_delay, due_on=DUE, today=DUE + DAY) is None


@pytest.mark.parametrize(
    ("people", "number"),
    [
        ([], 0),
        (["U-1"], 1),
        (["U-1", "U-1"], 1),
        (["U-1", "U-2"], 2),
        ([RESIDENT, RESIDENT], 2),
        ([RESIDENT, "U-1", "U-1"], 2),
    ],
)
def test_users_are_counted_once(people: list[str], number: int) -> None:
    assert heard(people) == number


def _claim(**facts: Any) -> Claim:
    given = {"amount_fen": 100_000, "due_on": DUE, "condition": "", "today": DUE, "opinions": 2}
    return Claim(**{**given, **facts})


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, "due_today no_condition no_evaluation opinions undisputed"),
        ({"today": DUE - DAY}, "due_later no_condition no_evaluation opinions undisputed"),
        ({"today": DUE + DAY}, "overdue no_condition no_evaluation opinions undisputed"),
        (
            {"condition": "Report", "evaluation_open": True},
            "due_today condition evaluation_open opinions undisputed",
        ),
        (
            {"reported_on": DUE},
            "due_today no_condition evaluation_reported opinions undisputed",
        ),
        (
            {"evaluation_open": True, "reported_on": DUE},  # an earlier one was reported
            "due_today no_condition evaluation_open opinions undisputed",
        ),
        ({"accepted_fen": 100_000}, "due_today no_condition no_evaluation opinions undisputed"),
        ({"accepted_fen": 99_999}, "due_today no_condition no_evaluation opinions disputed"),
    ],
)
def test_what_is_checked(facts: dict[str, Any], codes: str) -> None:
    assert " ".join(check.code for check in checks(_claim(**facts))) == codes


def test_the_disputed_part_is_named_to_the_fen() -> None:
    assert [check.fen for check in checks(_claim(accepted_fen=99_999))][-1] == 1


@given(
    st.integers(0, 5),
    st.booleans(),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1))),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)
def test_nothing_but_unheard_users_makes_money_wait(
    opinions: int, open_: bool, reported_on: date | None, today: date
) -> None:
    claim = _claim(opinions=opinions, evaluation_open=open_, reported_on=reported_on, today=today)
    waiting = {check.code for check in checks(claim) if check.verdict is Verdict.OPEN}
    assert waiting == (set() if opinions >= FEWEST_OPINIONS else {"opinions"})


@given(st.integers(1, 10**15), st.data())
def test_what_may_be_accepted_may_be_paid_and_never_more(amount: int, data: st.DataObject) -> None:
    accepted = data.draw(st.integers(1, amount))
    judge_acceptance(
        amount_fen=amount,
        accepted_fen=accepted,
        opinions=2,
        ground=Ground.OTHER,
        reason="Not all was done",
    )
    paid = {"rest_fen": accepted, "due_on": DUE, "today": DUE, "cause": None}
    judge_payment(paid_fen=accepted, **paid)
    with pytest.raises(Refused, match="above_accepted"):
        judge_payment(paid_fen=accepted + 1, **paid)
