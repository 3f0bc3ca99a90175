"""Findings on extra work: each on both sides of its limit, empty, and unknown."""

import pytest
from tests.findings.small import found

TERMS = [
    {"id": "t1", "hours": "40"},
    {"id": "t2", "group": "indirect", "hours": "10"},
    {"id": "t3", "hours": ""},
]


@pytest.mark.parametrize(
    ("hours", "share"), [("1", None), ("1.000000001", 0.02), ("2", 0.04), ("", None)]
)
def test_o01_divides_by_direct_and_indirect_hours(hours: str, share: float | None) -> None:
    requests = [
        {"id": "Q1", "ruling": "imposed", "hours": hours},
        {"id": "Q2", "ruling": "in_scope", "hours": "100"},
    ]
    seen = found("O01", contracts=[{}], contract_terms=TERMS, task_requests=requests)
    expected = [] if share is None else [(share, (("contracts", "C1"), ("task_requests", "Q1")))]
    assert [(one.value, one.rows) for one in seen] == expected


def test_o01_needs_agreed_hours() -> None:
    requests = [{"ruling": "imposed", "hours": "100"}]
    assert found("O01", contracts=[{}], task_requests=requests) == []
    for hours in ("", "0"):
        terms = [{"hours": hours}]
        assert found("O01", contracts=[{}], contract_terms=terms, task_requests=requests) == []
    assert found("O01", contracts=[{}], contract_terms=TERMS) == []


@pytest.mark.parametrize(
    ("requested_on", "as_of", "days"),
    [
        ("2026-03-24", "2026-03-31", None),
        ("2026-03-23", "2026-03-31", 6),
        ("2026-04-01", "2026-03-31", None),
        # Friday and Monday around the Qingming holiday of 2026: 6 April is a day off.
        ("2026-03-30", "2026-04-07", None),
        ("2026-03-30", "2026-04-08", 6),
        # Saturdays 14 and 28 February 2026 make up for the Spring Festival, 15 to 23 February.
        ("2026-02-14", "2026-02-28", None),
        ("2026-02-13", "2026-02-28", 6),
    ],
)
def test_o02_counts_working_days(requested_on: str, as_of: str, days: int | None) -> None:
    seen = found("O02", as_of, task_requests=[{"requested_on": requested_on}])
    assert [one.value for one in seen] == ([] if days is None else [days])
    ruled = [{"requested_on": requested_on, "ruling": "refused"}]
    assert found("O02", as_of, task_requests=ruled) == []
    assert found("O02", as_of) == []


def test_o02_says_where_no_calendar_is_published() -> None:
    seen = found("O02", "2090-03-31", task_requests=[{"requested_on": "2090-03-01"}])
    assert [one.words["estimated"] for one in seen] == [True]
    seen = found("O02", "2026-03-31", task_requests=[{"requested_on": "2026-03-02"}])
    assert [one.words["estimated"] for one in seen] == [False]
