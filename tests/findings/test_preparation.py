"""Findings of preparation: each on both sides of its limit, empty, and unknown."""

import pytest
from tests.findings.small import Rows, found

ITEM = [{"code": "A01", "valid_from": "2025-06-02", "valid_to": "2025-06-03"}]
AUXILIARY = [{"kind": "auxiliary"}]
FULL = {"content": "a", "procedure": "b", "fee_basis": "c", "evaluation": "d"}


def ids(code: str, **tables: Rows) -> list[str]:
    return [one.id for one in found(code, **tables)]


@pytest.mark.parametrize(
    ("published_at", "variant"),
    [
        ("2025-06-01T23:59:59.999999+08:00", "early"),
        ("2025-06-02T00:00:00+08:00", ""),
        ("2025-06-03T23:59:59.999999+08:00", ""),
        ("2025-06-03T16:00:00Z", "late"),
    ],
)
def test_p01_judges_the_day_in_shanghai(published_at: str, variant: str) -> None:
    seen = found("P01", tenders=[{"published_at": published_at}], service_items=ITEM)
    assert [one.variant for one in seen] == [variant] * bool(variant)


def test_p01_wants_the_item_by_its_code() -> None:
    tenders = [{"id": "T1"}, {"id": "T2", "service_item": "a01"}]
    assert ids("P01", tenders=tenders, service_items=[{"valid_to": ""}]) == ["T2"]
    assert ids("P01", tenders=tenders) == ["T1", "T2"]
    assert ids("P01", service_items=[{}]) == []


def test_p02_compares_commitments_with_the_agreed_amount() -> None:
    contracts = [{"id": f"C{n}", "amount_fen": 1000} for n in range(1, 6)]
    commitments = [
        {"contract_id": "C1", "amount_fen": 400},
        {"contract_id": "C1", "appropriation_id": "B2", "amount_fen": 600},
        {"contract_id": "C2", "amount_fen": 999},
        {"contract_id": "C3", "amount_fen": 1000},
        {"contract_id": "C4", "amount_fen": 900},
    ]
    changes = [
        {"contract_id": "C3", "amount_delta_fen": 1},
        {"contract_id": "C4", "seq": 1, "amount_delta_fen": -100},
        {"contract_id": "C4", "seq": 2, "amount_delta_fen": 50, "agreed_by_provider": False},
        {"contract_id": "C4", "seq": 3, "amount_delta_fen": 50, "kind": "staff"},
        {"contract_id": "C4", "seq": 4},
    ]
    tables = {"contracts": contracts, "commitments": commitments, "contract_changes": changes}
    seen = found("P02", **tables)
    assert [(one.id, one.value) for one in seen] == [("C2", 1), ("C3", 1), ("C5", 1000)]
    assert seen[1].rows == (
        ("contracts", "C3"),
        ("commitments", "C3/B1"),
        ("contract_changes", "C3/1"),
    )
    assert ids("P02", commitments=commitments) == []


def test_p03_sums_what_was_promised() -> None:
    appropriations = [{"id": "B1", "amount_fen": 10}, {"id": "B2", "amount_fen": 10}, {"id": "B3"}]
    commitments = [
        {"contract_id": "C1", "appropriation_id": "B1", "amount_fen": 4},
        {"contract_id": "C2", "appropriation_id": "B1", "amount_fen": 6},
        {"contract_id": "C1", "appropriation_id": "B2", "amount_fen": 11},
    ]
    seen = found("P03", appropriations=appropriations, commitments=commitments)
    assert [(one.id, one.value) for one in seen] == [("B2", 1)]
    assert ids("P03", appropriations=appropriations) == []


@pytest.mark.parametrize(
    ("code", "column", "asked"),
    [
        *(("P04", "demand_survey_respondents", asked) for asked in ("", 0, 2, 3, 4)),
        *(("P05", "users_consulted", asked) for asked in ("", 0, 1, 2)),
    ],
)
def test_p04_and_p05_take_empty_for_nobody(code: str, column: str, asked: object) -> None:
    tables: dict[str, Rows] = {"tenders": [{column: asked}], "service_items": [{}]}
    least = 3 if code == "P04" else 1
    is_few = asked == "" or int(str(asked)) < least
    seen = found(code, **tables)
    assert [one.variant for one in seen] == [None if asked != "" else "unknown"] * is_few
    assert ids(code, **{**tables, "service_items": AUXILIARY}) == []
    assert ids(code, **{**tables, "service_items": []}) == []
    assert ids(code, service_items=[{}]) == []


def span(name: str, first: str, last: str, **more: object) -> dict[str, object]:
    return {"id": name, "starts_on": first, "ends_on": last, **more}


def test_p06_wants_one_day_in_common() -> None:
    first = span("C1", "2026-01-01", "2026-03-31")
    touching = span("C2", "2026-03-31", "2026-06-30")
    after = span("C3", "2026-07-01", "2026-07-31")
    ended = span("C4", "2026-07-01", "2026-12-31", ended_on="2026-06-30")
    assert ids("P06", contracts=[first, touching]) == ["C1", "C2"]
    assert ids("P06", contracts=[first, after]) == []
    assert ids("P06", contracts=[first, {**touching, "starts_on": "2026-04-01"}]) == []
    assert ids("P06", contracts=[{**first, "ended_on": "2026-03-30"}, touching]) == []
    assert ids("P06", contracts=[after, ended]) == []  # it ended before it began: no day
    seen = found("P06", contracts=[first, touching, span("C0", "2026-03-31", "2026-03-31")])
    assert [one.rows[1:] for one in seen] == [
        (("contracts", "C1"), ("contracts", "C2")),
        (("contracts", "C0"), ("contracts", "C2")),
        (("contracts", "C0"), ("contracts", "C1")),
    ]


def test_p06_spares_lots_of_one_tender_only_where_it_is_named() -> None:
    lots = [{"id": "C1", "tender_id": "T1"}, {"id": "C2", "tender_id": "T1"}]
    assert ids("P06", contracts=lots) == []
    assert ids("P06", contracts=[lots[0], {**lots[1], "tender_id": "T2"}]) == ["C1", "C2"]
    assert ids("P06", contracts=[lots[0], {**lots[1], "tender_id": ""}]) == ["C1", "C2"]
    assert ids("P06", contracts=[{"id": "C1"}, {"id": "C2"}]) == ["C1", "C2"]
    assert ids("P06", contracts=[{"id": "C1"}, {"id": "C2", "area_code": "440101"}]) == []
    assert ids("P06", contracts=[{"id": "C1"}, {"id": "C2", "service_item": "A02"}]) == []
    assert ids("P06") == []


def test_p07_counts_what_is_open() -> None:
    assert [one.value for one in found("P07", tenders=[{}], service_items=[{}])] == [4]
    assert ids("P07", tenders=[{}], service_items=[FULL]) == []
    for part in FULL:
        seen = found("P07", tenders=[{}, {"id": "T2"}], service_items=[{**FULL, part: ""}])
        assert [(one.value, one.rows[1:]) for one in seen] == [
            (1, (("tenders", "T1"), ("tenders", "T2")))
        ]
    assert ids("P07", tenders=[{}], service_items=AUXILIARY) == []
    assert ids("P07", service_items=[{}]) == []
