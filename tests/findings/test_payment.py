"""Findings on payment: each on both sides of its limit, empty, and unknown."""

import pytest
from tests.findings.small import found

DUE = "2026-03-30"


@pytest.mark.parametrize(
    ("as_of", "paid_on", "days", "variant"),
    [
        ("2026-03-31", "2026-03-30", None, None),
        ("2026-03-31", "2026-03-31", 1, None),
        ("2026-03-30", "2026-04-02", 3, None),  # dates after the as-of day are taken as written
        ("2026-03-30", "", None, None),
        ("2026-03-31", "", 1, "unpaid"),
    ],
)
def test_m01(as_of: str, paid_on: str, days: int | None, variant: str | None) -> None:
    rows = [{"due_on": DUE, "paid_on": paid_on, "paid_fen": 1}]
    seen = found("M01", as_of, instalments=rows)
    expected = [] if days is None else [("C1/1", days, variant)]
    assert [(one.id, one.value, one.variant) for one in seen] == expected


def test_m02() -> None:
    contracts = [{"id": f"C{n}", "amount_fen": 100} for n in range(1, 6)]
    instalments = [
        {"contract_id": "C1", "paid_fen": 100},
        {"contract_id": "C2", "paid_fen": 100},
        {"contract_id": "C2", "seq": 2, "paid_fen": 1},
        {"contract_id": "C3", "paid_fen": 110},
        {"contract_id": "C4", "paid_fen": 100},
        {"contract_id": "C5"},
    ]
    changes = [
        {"contract_id": "C3", "amount_delta_fen": 10},
        {"contract_id": "C4", "amount_delta_fen": -1},
        {"contract_id": "C1", "amount_delta_fen": -1, "agreed_by_provider": False},
    ]
    tables = {"contracts": contracts, "instalments": instalments, "contract_changes": changes}
    seen = found("M02", **tables)
    assert [(one.id, one.value) for one in seen] == [("C2", 1), ("C4", 1)]
    assert seen[0].rows == (
        ("contracts", "C2"),
        ("instalments", "C2/1"),
        ("instalments", "C2/2"),
    )
    assert found("M02", contracts=contracts) == []


@pytest.mark.parametrize(
    ("paid_on", "accepted_on", "variants"),
    [
        ("2026-03-30", "2026-03-30", []),
        ("2026-03-29", "2026-03-30", [None]),
        ("2026-03-30", "", ["never"]),
        ("", "2026-03-30", []),
        ("", "", []),
    ],
)
def test_m03(paid_on: str, accepted_on: str, variants: list[str | None]) -> None:
    rows = [{"paid_on": paid_on, "accepted_on": accepted_on}]
    assert [one.variant for one in found("M03", instalments=rows)] == variants


def test_nothing_to_pay() -> None:
    assert [found(code) for code in ("M01", "M02", "M03")] == [[], [], []]
