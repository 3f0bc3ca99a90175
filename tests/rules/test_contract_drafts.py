"""What a draft contract lacks, its usual schedule, and the one text that is signed."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.clauses import library
from almoner.rules.contract import (
    Draft,
    Obligation,
    Part,
    checks,
    missing,
    read,
    usual_commitments,
    usual_instalments,
    written,
)
from almoner.rules.contract_text import Facts, canonical, document, hours_of, sha256_of
from almoner.rules.tender import Term

LIMITS = {"years": Fraction(1), "long_years": Fraction(3)}
PRICE = 200_000_000
DRAFT = Draft(
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    staff=Decimal("20"),
    target_group="both",
    framework=("F", "2025"),
    terms=(Term("case", "direct", "case_work", "", "8 case/worker * 14 worker * 5 hour/case"),),
    instalments=usual_instalments(PRICE, date(2026, 1, 1), date(2026, 12, 31)),
    commitments={"A-1": PRICE},
    obligations=(Obligation("purchaser", "Rooms", "场地"), Obligation("provider", "Plan", "计划")),
    clauses={one.code: one.defaults for one in library().clauses if one.required},
)
FACTS = Facts(
    contract_id="C-1",
    tender_id="T-1",
    bid_id="B-1",
    title={"name_en": "Services", "name_zh": "服务"},
    specification="",
    service_item="A03",
    item={"name_en": "Services", "name_zh": "服务"},
    area_code="440106001",
    area={"name_en": "Wushan", "name_zh": "五山"},
    population=90_000,
    purchaser_uscc="P",
    purchaser={"name_en": "Office", "name_zh": "办事处"},
    provider_uscc="Q",
    provider={"name_en": "Centre", "name_zh": "中心"},
    framework={"name_en": "Core", "name_zh": "核心"},
    payers={"A-1": {"name_en": "Finance", "name_zh": "财政局"}},
    amount_fen=PRICE,
)


def lacking(**changes: Any) -> list[tuple[str, dict[str, Any]]]:
    draft = replace(DRAFT, **changes)
    found = missing(checks(draft, amount_fen=PRICE, library=library(), limits=LIMITS))
    return [(check.code, dict(check.values)) for check in found]


def test_a_whole_draft_lacks_nothing() -> None:
    assert lacking() == []


def test_an_empty_draft_lacks_everything() -> None:
    found = missing(checks(Draft(), amount_fen=PRICE, library=library(), limits=LIMITS))
    codes = [check.code for check in found]
    required = sum(clause.required for clause in library().clauses)
    assert codes.count("clause") == required
    assert {"days", "staff", "target_group", "framework", "terms", "instalments"} <= set(codes)
    assert {"instalment_sum", "commitment_sum", "obligations_purchaser"} <= set(codes)


PART = Part(PRICE, date(2026, 6, 1), "All done", "全部完成")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": None}, "days"),
        ({"ends_on": date(2025, 12, 31)}, "days_in_order"),
        ({"staff": None}, "staff"),
        ({"target_group": ""}, "target_group"),
        ({"framework": None}, "framework"),
        ({"terms": ()}, "terms"),
        ({"instalments": (replace(PART, condition_zh=""),)}, "instalments"),
        ({"instalments": (replace(PART, due_on=None),)}, "instalments"),
        ({"instalments": (replace(PART, amount_fen=PRICE - 1),)}, "instalment_sum"),
        ({"instalments": (replace(PART, amount_fen=PRICE + 1),)}, "instalment_sum"),
        ({"commitments": {"A-1": PRICE - 1}}, "commitment_sum"),
        ({"obligations": DRAFT.obligations[:1]}, "obligations_provider"),
        ({"obligations": DRAFT.obligations[1:]}, "obligations_purchaser"),
        (
            {"obligations": (*DRAFT.obligations, Obligation("", "Nobody's", "无主"))},
            "obligation_texts",
        ),
    ],
)
def test_one_thing_is_missing(changes: dict[str, Any], code: str) -> None:
    assert [found for found, _values in lacking(**changes)] == [code]


def test_instalments_follow_their_days() -> None:
    half = PRICE // 2
    later = replace(PART, amount_fen=half, due_on=date(2026, 7, 1))
    earlier = replace(PART, amount_fen=PRICE - half)
    assert lacking(instalments=(earlier, later)) == []
    assert lacking(instalments=(later, earlier)) == [("instalment_order", {})]


def test_more_than_a_year_needs_its_clause_and_three_are_the_most() -> None:
    long = {**DRAFT.clauses, "long_term": {}}
    assert lacking(ends_on=date(2027, 1, 1)) == [("long_term", {"years": 2})]
    assert lacking(ends_on=date(2027, 1, 1), clauses=long) == []
    assert lacking(ends_on=date(2028, 12, 31), clauses=long) == []
    assert lacking(ends_on=date(2029, 1, 1), clauses=long) == [
        ("too_long", {"years": 4, "most": 3})
    ]


@pytest.mark.parametrize(
    ("days", "fine"), [(None, False), (0, False), (1, True), (30, True), (31, False)]
)
def test_a_clause_allows_its_numbers(days: int | None, fine: bool) -> None:
    found = lacking(clauses={**DRAFT.clauses, "payment": {"days": days}})
    wrong = [("clause_number", {"clause": "payment", "least": 1, "most": 30})]
    assert found == ([] if fine else wrong)


def test_a_required_clause_is_missed_by_its_name() -> None:
    clauses = {code: numbers for code, numbers in DRAFT.clauses.items() if code != "payment"}
    assert lacking(clauses=clauses) == [("clause", {"clause": "payment"})]


def test_two_million_a_year_in_30_40_30() -> None:
    parts = usual_instalments(600_000_000, date(2026, 1, 1), date(2028, 12, 31))
    assert [one.amount_fen for one in parts] == [60_000_000, 80_000_000, 60_000_000] * 3
    assert [one.due_on for one in parts[:3]] == [
        date(2026, 1, 31),
        date(2026, 8, 1),
        date(2027, 1, 30),
    ]


def test_a_year_and_a_half_shares_by_days() -> None:
    parts = usual_instalments(546_00, date(2026, 1, 1), date(2027, 6, 30))
    first = sum(one.amount_fen or 0 for one in parts[:3])
    assert (first, 546_00 - first) == (365_00, 181_00)


DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(st.integers(1, 10**13), DAYS, st.integers(0, 1_500))
def test_the_usual_instalments_come_to_the_price(fen: int, first: date, days: int) -> None:
    parts = usual_instalments(fen, first, first + timedelta(days))
    assert sum(one.amount_fen or 0 for one in parts) == fen
    due = [one.due_on for one in parts]
    assert due[0] == first + timedelta(30)
    assert len(parts) % 3 == 0


@given(st.integers(1, 10**13), st.dictionaries(st.text(max_size=3), st.integers(-5, 10**13)))
def test_the_usual_commitments_come_to_the_price(fen: int, left: dict[str, int]) -> None:
    found = usual_commitments(fen, left)
    assert list(found) == list(left)
    if any(amount > 0 for amount in left.values()):
        assert sum(amount or 0 for amount in found.values()) == fen
        if sum(max(amount, 0) for amount in left.values()) >= fen:
            assert all((amount or 0) <= max(left[key], 0) for key, amount in found.items())
    else:
        assert not any(found.values())


def test_hours_are_exact_and_unknown_stays_unknown() -> None:
    assert hours_of("8 case/worker * 5 session/case * 6 hour/session * 14 worker", None) == 3360
    assert hours_of("0.5 / 100 * population * 1 hour", 90_000) == 450
    assert hours_of("0.5 / 100 * population * 1 hour", None) is None
    assert hours_of("X hour", 90_000) is None
    assert hours_of("1 hour / 3", None) == Decimal("0.3333")
    assert hours_of("2 hour - 3 hour", None) is None
    assert hours_of("a / b +", None) is None


def test_what_is_stored_is_read_again() -> None:
    assert read(json.loads(json.dumps(written(DRAFT)))) == DRAFT
    assert read({}) == Draft()


def test_the_text_holds_both_languages_and_every_fact() -> None:
    text = document(DRAFT, FACTS, library())
    assert text["amount_fen"] == PRICE
    assert text["terms"][0]["hours"] == "560"
    assert text["commitments"] == [
        {"appropriation": "A-1", "amount_fen": PRICE, "payer": FACTS.payers["A-1"]}
    ]
    first = text["clauses"][0]
    assert (first["number"], first["code"]) == (1, "service")
    assert first["text"]["name_zh"].startswith("承接方")
    whole = canonical(text)
    assert canonical(json.loads(whole)) == whole
    assert "population" not in text


def test_the_order_of_typing_makes_no_other_text() -> None:
    turned = replace(DRAFT, clauses=dict(reversed(DRAFT.clauses.items())))
    same = [canonical(document(draft, FACTS, library())) for draft in (DRAFT, turned)]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"staff": Decimal("20.5")},
        {"ends_on": date(2026, 12, 30)},
        {"clauses": {**DRAFT.clauses, "payment": {"days": 11}}},
        {"clauses": {**DRAFT.clauses, "lone_visits": {"minutes": 30}}},
        {"obligations": DRAFT.obligations[::-1]},
        {"framework": ("F", "2026")},
    ],
)
def test_any_change_makes_another_fingerprint(changes: dict[str, Any]) -> None:
    before = sha256_of(canonical(document(DRAFT, FACTS, library())))
    after = sha256_of(canonical(document(replace(DRAFT, **changes), FACTS, library())))
    assert before != after and len(after) == 64


def test_the_fingerprint_is_sha_256_of_the_canonical_text() -> None:
    assert canonical({"b": 1, "a": "中"}) == '{"a":"中","b":1}'
    # printf '{"a":"中","b":1}' | sha256sum
    assert sha256_of('{"a":"中","b":1}') == (
        "d8158d9a7acf211407d1309876015fc6e69f13b7dd8126a571e429ddce565911"
    )
