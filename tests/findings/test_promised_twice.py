"""Finding T09: one person promised in several bids whose contracts run on one day."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.small import Rows, found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because

Row = dict[str, object]


def values(findings: Sequence[Finding]) -> list[float | None]:
    return [one.value for one in findings]


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


def contract(bid: str, first: str, last: str, ended: str = "") -> Row:
    return {"bid_id": bid, "starts_on": first, "ends_on": last, "ended_on": ended}


def promises(**shares: str) -> list[Row]:
    return [{"bid_id": bid, "fte": share} for bid, share in shares.items()]


def twice(contracts: Rows, staff: Rows) -> list[Finding]:
    numbered = [{"id": f"C{place}", **row} for place, row in enumerate(contracts)]
    return found("T09", contracts=numbered, bid_staff=staff)


@pytest.mark.parametrize(("share", "value"), [("0.4", []), ("0.400000001", [1.000000001])])
def test_a_person_has_one_full_time(share: str, value: list[float]) -> None:
    contracts = [
        contract("A", "2025-01-01", "2025-12-31"),
        contract("B", "2025-12-31", "2026-12-31"),
    ]
    both = twice(contracts, promises(A="0.6", B=share))
    assert values(both) == value
    for one in both:
        assert one.table == "workers"
        assert "On 31 December 2025" in said(one)
        assert one.rows == (
            ("workers", "W1"),
            *(("bids", bid) for bid in "AB"),
            *(("contracts", id_) for id_ in ("C0", "C1")),
        )


@pytest.mark.parametrize(
    "contracts",
    [
        [contract("A", "2025-01-01", "2025-12-31"), contract("B", "2026-01-01", "2026-12-31")],
        [
            contract("A", "2025-01-01", "2025-12-31", ended="2025-06-30"),
            contract("B", "2025-07-01", "2025-12-31"),
        ],
        [contract("A", "2025-01-01", "2025-12-31"), contract("", "2025-01-01", "2025-12-31")],
        # Ended before it started: in force on no day.
        [
            contract("A", "2025-01-01", "2025-12-31"),
            contract("B", "2025-01-01", "2025-12-31", ended="2024-12-31"),
        ],
    ],
)
def test_promises_of_different_days_are_not_added(contracts: Rows) -> None:
    assert twice(contracts, promises(A="1", B="1")) == []


def test_a_bid_counts_once_however_many_contracts_it_has() -> None:
    contracts = [
        contract("A", "2025-01-01", "2025-12-31"),
        contract("A", "2025-06-01", "2026-05-31"),
    ]
    assert twice(contracts, promises(A="0.6")) == []
    (one,) = twice(
        [*contracts, contract("B", "2026-05-31", "2026-12-31")], promises(A="0.6", B="0.5")
    )
    assert one.value == 1.1


def test_the_highest_of_several_sums_is_shown() -> None:
    contracts = [
        contract("A", "2025-01-01", "2025-12-31"),
        contract("B", "2025-03-01", "2025-04-30"),
        contract("C", "2025-06-01", "2025-06-30"),
    ]
    (one,) = twice(contracts, promises(A="0.9", B="0.2", C="0.3"))
    assert one.value == 1.2
    assert "On 1 June 2025" in said(one)


SPANS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=8
)


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(SPANS, st.lists(st.integers(1, 9), min_size=4, max_size=4)),
        min_size=3,
        max_size=9,
    )
)
def test_the_sweep_adds_up_what_a_day_by_day_count_does(
    people: list[tuple[list[tuple[int, int, int]], list[int]]],
) -> None:
    start = date(2026, 1, 1)
    contracts, staff, expected = [], [], {}
    for person, (spans, tenths) in enumerate(people):
        for bid, first, length in spans:
            days = (str(start + timedelta(first)), str(start + timedelta(first + length)))
            contracts.append(contract(f"{person}-{bid}", *days))
        staff += [
            {"bid_id": f"{person}-{bid}", "worker_id": f"W{person}", "fte": f"0.{share}"}
            for bid, share in enumerate(tenths)
        ]
        highest = max(
            sum(tenths[bid] for bid in {bid for bid, a, n in spans if a <= day <= a + n})
            for day in range(25)
        )
        if highest > 10:
            expected[f"W{person}"] = highest / 10
    assert {one.id: one.value for one in twice(contracts, staff)} == expected
