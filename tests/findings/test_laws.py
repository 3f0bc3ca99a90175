"""Laws that hold for findings of any city: order, repetition, time."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.citypackage.small import tables as small_tables
from tests.citypackage.small import write_small
from tests.findings.small import Rows, computed_once, duckdb, found, write

from almoner.findings.output import due
from almoner.findings.package import as_files
from almoner.findings.run import Finding, run

MONDAY = date(2061, 1, 3)  # no calendar is published for these years: Monday to Friday throughout
Row = dict[str, object]


def place(finding: Finding) -> tuple[str, str, str, str]:
    return finding.code, finding.table, finding.id, finding.key or ""


def of_package(folder: Path) -> Sequence[Finding]:
    with as_files(folder) as package:
        return run(duckdb().city(package.files, package.as_of), compute=computed_once).findings


def test_no_finding_depends_on_the_order_of_rows(tmp_path: Path) -> None:
    tables = small_tables()
    first = of_package(write_small(tmp_path / "first", tables))
    for rows in tables.values():
        random.Random(1).shuffle(rows)
    assert of_package(write_small(tmp_path / "second", tables)) == first
    assert len({place(finding) for finding in first}) == len(first) > 10


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["W1", "W2"]),
        st.integers(0, 3 * 24 * 12),
        st.sampled_from([1, 30, 55, 300, 700]),
        st.sampled_from(["", "u1"]),
    ),
    max_size=12,
)


@settings(max_examples=settings().max_examples // 6)
@given(records=RECORDS, order=st.randoms(use_true_random=False))
def test_records_in_any_order(
    records: list[tuple[str, int, int, str]], order: random.Random
) -> None:
    rows: list[Row] = [
        {
            "id": f"S{n:02}",
            "worker_id": worker,
            "started_at": f"2026-03-{1 + slot // 288:02}T{slot // 12 % 24:02}:{slot % 12 * 5:02}Z",
            "minutes": minutes,
            "client_id": client,
        }
        for n, (worker, slot, minutes, client) in enumerate(records)
    ]
    shuffled = order.sample(rows, len(rows))
    for code in ("D02", "D03", "D04"):
        seen = found(code, service_records=rows)
        assert found(code, service_records=shuffled) == seen
        assert len({place(finding) for finding in seen}) == len(seen)


def dated(weeks: int) -> dict[str, Rows]:
    """A cast with findings on days and instants, so many weeks later."""

    def day(number: int) -> str:
        return (MONDAY + timedelta(weeks=weeks, days=number)).isoformat()

    def at(number: int, clock: str = "09:00:00") -> str:
        return f"{day(number)}T{clock}+08:00"

    contract = {"signed_on": day(8), "starts_on": day(10), "ends_on": day(40)}
    return {
        "service_items": [{"valid_from": day(1), "valid_to": day(50)}],
        "tenders": [
            {
                "id": "T1",
                "published_at": at(0),
                "bid_deadline": at(19, "23:59:59"),
                "award_decided_on": day(20),
                "award_published_on": day(24),
            },
            {
                "id": "T2",
                "published_at": at(51, "00:00:00"),
                "bid_deadline": at(60),
                "intention_published_on": day(30),
            },
        ],
        "bids": [{"submitted_at": at(20), "id": "D1", "tender_id": "T1"}],
        "contracts": [
            {**contract, "id": "C1", "published_on": day(20), "end_kind": "completed"},
            {**contract, "id": "C2", "tender_id": "T1", "signed_on": day(60)},
        ],
        "instalments": [
            {"due_on": day(5), "paid_on": day(6), "accepted_on": day(7)},
            {"seq": 2, "due_on": day(90)},
        ],
        "service_records": [
            {"id": "S1", "started_at": at(9), "entered_at": at(9), "minutes": 601},
            {"id": "S2", "started_at": at(9, "10:00:00"), "entered_at": at(40)},
        ],
        "workers": [{"employed_from": day(10), "uscc": "O-2"}],
        "task_requests": [{"requested_on": day(85)}],
        "evaluations": [{"assigned_on": day(41), "reported_on": day(-80)}],
        "complaints": [{"received_on": day(1), "due_on": day(20), "answered_on": day(21)}],
    }


BY_DAY = (
    *("P01", "P06", "N01", "N02", "T02", "T07", "T12", "C01", "C02", "D03", "D06", "D07"),
    *("O02", "M01", "M03", "E06", "V03"),
)
ALSO_LISTED = ("notices", "consequences")


def of_week(weeks: int) -> tuple[list[object], date]:
    """What is found that many weeks later, without the days in its words, and the due day."""
    as_of = MONDAY + timedelta(weeks=weeks, days=100)
    tables: dict[str, Rows] = {**dated(weeks), **{name: [] for name in ALSO_LISTED}}
    with TemporaryDirectory() as folder:
        city = duckdb().city(write(tables, Path(folder)), as_of)
        result = run(city, only=BY_DAY)
    assert {finding.code for finding in result.findings} == set(BY_DAY)
    seen: list[object] = [replace(finding, words={}) for finding in result.findings]
    return seen, due(as_of).day


@cache
def first_week() -> tuple[list[object], date]:
    return of_week(0)


@settings(max_examples=settings().max_examples // 20)
@given(st.integers(1, 5_000))
def test_whole_weeks_without_holidays_shift_due_dates_only(weeks: int) -> None:
    (findings, answer_by), (later, later_by) = first_week(), of_week(weeks)
    assert later == findings
    assert later_by == answer_by + timedelta(weeks=weeks)
