"""Each check of a draft on both sides of its limit, with the numbers of the findings catalogue."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from tests.rules.test_tender import typed

from almoner.rules.packs import china
from almoner.rules.tender import read
from almoner.rules.tender_checks import (
    Check,
    Facts,
    Item,
    checks,
    failed_laws,
    reasons_missing,
)

NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)  # 17:00 in Shanghai
ITEM = Item(public_service=True, valid_from=date(2020, 1, 1), valid_to=None, empty_texts=0)
FACTS = Facts(
    at=NOW,
    item=ITEM,
    left_fen=200_000_000,
    respondents=3,
    users=1,
    bought=0,
    population=30_000,
    intention_on=date(2026, 5, 31),
    output_benefit=Fraction(60),
)
CONDITIONS = ["fixed_content", "continuous", "secured_funds", "stable_price"]


def found(facts: Any = None, **changes: Any) -> dict[str, Check]:
    content = typed(framework="F|2025", **changes)
    return {one.code: one for one in checks(read(content), facts or FACTS, china())}


def test_a_good_draft_passes_every_check() -> None:
    every = found()
    assert {code for code, check in every.items() if not check.ok} == set()
    assert set(every) == {
        *("P01", "P02", "P04", "P05", "P06", "P07", "N02", "T02", "T03", "T04", "weights"),
        *("panel.members", "panel.odd", "T05", "C03", "C07"),
    }
    assert {code for code, check in every.items() if not check.law} == {
        *("P06", "P07", "T03", "T05", "N02")
    }


@pytest.mark.parametrize(
    ("code", "facts", "ok"),
    [
        ("P01", {"item": replace(ITEM, valid_from=date(2026, 6, 30))}, True),
        ("P01", {"item": replace(ITEM, valid_from=date(2026, 7, 1))}, False),
        ("P01", {"item": replace(ITEM, valid_to=date(2026, 6, 30))}, True),
        ("P01", {"item": replace(ITEM, valid_to=date(2026, 6, 29))}, False),
        ("P01", {"item": None}, False),
        ("P02", {"left_fen": 200_000_000}, True),
        ("P02", {"left_fen": 199_999_999}, False),
        ("P02", {"left_fen": None}, None),
        ("P04", {"respondents": 3}, True),
        ("P04", {"respondents": 2}, False),
        ("P05", {"users": 1}, True),
        ("P05", {"users": 0}, False),
        ("P06", {"bought": 1}, False),
        ("P07", {"item": replace(ITEM, empty_texts=1)}, False),
        ("N02", {"intention_on": date(2026, 5, 31)}, True),  # 30 days
        ("N02", {"intention_on": date(2026, 6, 1)}, False),  # 29
        ("N02", {"intention_on": None}, False),
        ("C07", {"output_benefit": Fraction(60)}, True),
        ("C07", {"output_benefit": Fraction(5999, 100)}, False),
    ],
)
def test_what_the_record_says(code: str, facts: dict[str, Any], ok: bool | None) -> None:
    assert found(replace(FACTS, **facts))[code].ok is ok


def _criteria(**weights: str) -> list[dict[str, str]]:
    return [
        {"code": kind, "kind": kind, "name": kind, "weight": weight}
        for kind, weight in weights.items()
    ]


@pytest.mark.parametrize(
    ("code", "changes", "ok"),
    [
        ("T02", {"bid_deadline": "2026-07-20T17:00"}, True),  # 20 days to the second
        ("T02", {"bid_deadline": "2026-07-20T16:59"}, False),  # 19 days 23:59
        ("T02", {"bid_deadline": ""}, None),
        ("T04", {"criteria": _criteria(price="10", outcome="90")}, True),
        ("T04", {"criteria": _criteria(price="30", outcome="70")}, True),
        ("T04", {"criteria": _criteria(price="9.99", outcome="90.01")}, False),
        ("T04", {"criteria": _criteria(price="30.01", outcome="69.99")}, False),
        ("T04", {"criteria": _criteria(price="15", outcome="35")}, True),  # 30 % of 50 points
        ("T04", {"criteria": _criteria(outcome="100")}, False),
        ("weights", {"criteria": _criteria(price="30", outcome="70")}, True),
        ("weights", {"criteria": _criteria(price="30", outcome="69.9")}, False),
        ("weights", {"criteria": []}, None),
        ("T03", {"criteria": _criteria(price="30", outcome="0.1", quality="69.9")}, True),
        ("T03", {"criteria": _criteria(price="30", quality="70")}, False),
        ("panel.members", {"panel_size": "5"}, True),
        ("panel.members", {"panel_size": "4"}, False),
        ("panel.odd", {"panel_size": "7"}, True),
        ("panel.odd", {"panel_size": "6"}, False),
        ("T05", {"staff": "14"}, True),  # 21,268.8 / 14 = 1,519.2
        ("T05", {"staff": "13"}, False),  # 1,636.1
        ("T05", {"staff": ""}, None),
        ("C03", {"ends_on": "2027-08-31"}, True),  # from 2026-09-01: one year
        ("C03", {"ends_on": "2027-09-01"}, False),
        ("C03", {"ends_on": "2029-08-31", "conditions": CONDITIONS}, True),
        ("C03", {"ends_on": "2029-09-01", "conditions": CONDITIONS}, False),
        ("C03", {"ends_on": "2027-09-01", "conditions": CONDITIONS[:3]}, False),
        ("C03", {"ends_on": ""}, None),
    ],
)
def test_what_the_draft_says(code: str, changes: dict[str, Any], ok: bool | None) -> None:
    assert found(**changes)[code].ok is ok


def test_hours_a_worker_equal_to_what_can_be_worked_pass() -> None:
    # (250 * 8 - 5 * 8 - 72 - 192) / 1.1 = 1696 / 1.1 hours a worker; times 11 it is 16,960.
    line = {"code": "1", "group": "direct", "type": "x", "category": "", "formula": "16960 hour"}
    check = found(terms=[line], staff="11")["T05"]
    assert (check.ok, check.value, check.limits) == (
        *(True, Fraction(16960, 11)),
        (Fraction(16960, 11),),
    )
    assert found(terms=[{**line, "formula": "16960.01 hour"}], staff="11")["T05"].ok is False


def test_hours_with_an_unknown_cannot_be_told() -> None:
    line = {"code": "1", "group": "direct", "type": "x", "category": "", "formula": "X hour"}
    assert found(terms=[line])["T05"].ok is None


def test_values_and_limits_are_those_of_the_definitions() -> None:
    every = found(bid_deadline="2026-07-20T16:59")
    days = every["T02"]
    assert days.value == 20 - Fraction(1, 24 * 60) and days.limits == (20,)
    assert (every["T04"].value, every["T04"].limits) == (20, (10, 30))
    assert (every["N02"].value, every["P04"].value, every["C07"].value) == (30, 3, 60)
    assert every["T05"].value == Fraction("1519.2")
    assert every["C03"].value == 1
    assert every["T02"].source is not None and not every["T02"].source.verified


def test_a_check_that_does_not_apply_is_left_out() -> None:
    auxiliary = replace(FACTS, item=replace(ITEM, public_service=False, empty_texts=4))
    assert {"P04", "P05", "P07"}.isdisjoint(found(auxiliary))
    assert {"T02", "T04"}.isdisjoint(found(method="negotiation"))
    assert "C07" not in found(replace(FACTS, output_benefit=None))


def test_an_empty_draft_can_be_checked() -> None:
    facts = Facts(NOW, None, None, 0, 0, 0, None, None, None)
    every = {one.code: one.ok for one in checks(read({}), facts, china())}
    assert {code for code, ok in every.items() if ok is False} == {"P04", "P05", "N02"}
    assert True not in every.values()


def test_a_law_stops_and_advice_wants_a_reason() -> None:
    changes = {"criteria": _criteria(price="40", quality="60")}
    draft = read(typed(**changes))
    result = checks(draft, replace(FACTS, bought=2), china())
    assert [one.code for one in failed_laws(result)] == ["T04"]
    assert [one.code for one in reasons_missing(result, draft)] == ["P06", "T03"]
    explained = read(typed(**changes, reasons={"P06": "Two halves", "T03": " "}))
    assert [one.code for one in reasons_missing(result, explained)] == ["T03"]


def test_the_day_of_the_check_is_the_day_in_shanghai() -> None:
    evening = datetime(2026, 6, 30, 16, tzinfo=UTC)  # midnight of 1 July in Shanghai
    valid = replace(FACTS, item=replace(ITEM, valid_from=date(2026, 7, 1)))
    assert found(replace(valid, at=evening))["P01"].ok is True
    assert found(replace(valid, at=evening - timedelta(seconds=1)))["P01"].ok is False


def test_days_at_the_end_of_the_calendar_are_judged_like_others() -> None:
    until = {"starts_on": "2027-01-01", "ends_on": "9999-12-31"}
    assert found(**until)["C03"].ok is False
    assert "C03" in found(starts_on="9999-12-31", ends_on="9999-12-31")
