"""Findings on a worker's sessions: too long a day, two places at once, recorded twice."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.sessions import Row, at, numbered, sentence, shown
from tests.findings.small import Rows, found

from almoner.citypackage.schema import LARGEST_COUNT

# D02


@pytest.mark.parametrize(("minutes", "value"), [(300, None), (301, 601)])
def test_more_than_ten_hours_a_day(minutes: int, value: float | None) -> None:
    records = [at("2026-02-02", "00:00", 300), at("2026-02-02", "23:59", minutes)]
    others = [
        at("2026-02-02", worker_id="W2"),
        at("2026-02-03", "00:00"),
        at("2026-02-01", "23:59"),
    ]
    findings = found("D02", service_records=numbered(records + others))
    assert shown(findings) == ([] if value is None else [("W1", "2026-02-02", value)])
    for one in findings:
        rows = ("service_records", "S0000"), ("service_records", "S0001")
        assert one.rows == (("workers", "W1"), *rows)
        assert "601 minutes" in sentence("D02", one)


def test_days_are_those_of_shanghai() -> None:
    late = {"started_at": "2026-02-01T16:00:00Z", "minutes": 601}
    assert shown(found("D02", service_records=[late])) == [("W1", "2026-02-02", 601)]
    assert shown(found("D02", service_records=[at("1965-01-01", "00:00", 601)]))


def test_numbers_beyond_reason_break_nothing() -> None:
    most = LARGEST_COUNT
    records = numbered([at("2026-02-02", minutes=most), at("2026-02-02", minutes=most)])
    assert [one.value for one in found("D02", service_records=records)] == [float(2 * most)]
    assert [one.value for one in found("D03", service_records=records)] == [float(most)]
    assert len(found("D04", service_records=records)) == 1
    assert found("D05", service_records=records) == []


# D03


@pytest.mark.parametrize(("clock", "value"), [("10:00", None), ("09:59", 1), ("09:00", 60)])
def test_touching_is_no_overlap(clock: str, value: float | None) -> None:
    records = numbered([at("2026-02-02"), at("2026-02-02", clock)])
    findings = found("D03", service_records=records)
    assert shown(findings) == ([] if value is None else [("S0001", None, value)])
    for one in findings:
        assert one.rows[1] == ("service_records", "S0000")
        assert "another session" in sentence("D03", one)


def test_another_worker_may_work_at_the_same_time() -> None:
    records = numbered([at("2026-02-02"), at("2026-02-02", worker_id="W2")])
    assert found("D03", service_records=records) == []


def test_the_overlap_is_with_the_latest_end_and_crosses_midnight() -> None:
    records = [
        at("2026-02-02", "20:00", 3000),  # until 22:00 on the 4th
        at("2026-02-02", "21:00", 10),
        at("2026-02-04", "21:30", 60),
        at("2026-02-04", "22:00", 60),  # meets only the one before it
        at("2026-02-04", "23:00", 60),
    ]
    findings = found("D03", service_records=numbered(records))
    assert shown(findings) == [("S0001", None, 10), ("S0002", None, 30), ("S0003", None, 30)]
    others = [one.rows[1][1] for one in findings]
    assert others == ["S0000", "S0000", "S0002"]


def test_instants_are_compared_and_not_their_spelling() -> None:
    records = [at("2026-02-02", "10:00"), {"started_at": "2026-02-02T02:30:00Z", "minutes": 15}]
    assert shown(found("D03", service_records=numbered(records))) == [("S0001", None, 15)]


# D04


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"started_at": "2026-02-02T01:00:00Z"}, True),
        ({"participants": 3, "entered_at": "2026-02-05T09:00:00Z", "channel": "web"}, True),
        ({"minutes": 59}, False),
        ({"term_id": "t2"}, False),
        ({"contract_id": "C2"}, False),
        ({"worker_id": "W2"}, False),
        ({"client_id": "K1"}, False),
        ({"started_at": "2026-02-02T01:00:01Z"}, False),
    ],
)
def test_recorded_twice(other: Row, same: bool) -> None:
    records = numbered([at("2026-02-02"), {**at("2026-02-02"), **other}])
    findings = found("D04", service_records=records)
    assert [(one.id, one.rows[1:]) for one in findings] == (
        [("S0001", (("service_records", "S0000"),))] if same else []
    )
    for one in findings:
        assert "60 minutes" in sentence("D04", one)


def test_three_times_the_same_are_two_findings() -> None:
    records = numbered([at("2026-02-02", client_id="K1")] * 3)
    findings = found("D04", service_records=records)
    assert [(one.id, one.rows[1][1]) for one in findings] == [
        ("S0001", "S0000"),
        ("S0002", "S0000"),
    ]


# The laws of D02 to D04, against their wording in Python.

START = datetime(2026, 2, 1, 12, tzinfo=UTC)
sessions = st.builds(
    lambda start, minutes, worker, client: {
        "started_at": (START + timedelta(minutes=start)).isoformat(),
        "minutes": minutes,
        "worker_id": worker,
        "client_id": client,
    },
    st.integers(0, 40).map(lambda n: n * 97) | st.integers(0, 4320),
    st.sampled_from([1, 24, 60, 97, 600, 2000]) | st.integers(1, 1500),
    st.sampled_from([f"W{number}" for number in range(9)]),
    st.sampled_from([None, "K1"]),
)


def _span(row: Row) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(str(row["started_at"]))
    return start, start + timedelta(minutes=int(str(row["minutes"])))


def overlaps(rows: Rows) -> Iterator[tuple[str, None, float]]:
    for row in rows:
        start, end = _span(row)  # type: ignore[arg-type]
        earlier = [
            _span(other)[1]  # type: ignore[arg-type]
            for other in rows
            if other["worker_id"] == row["worker_id"]
            and (_span(other)[0], str(other["id"])) < (start, str(row["id"]))  # type: ignore[arg-type]
        ]
        if earlier and max(earlier) > start:
            yield str(row["id"]), None, (min(end, max(earlier)) - start) / timedelta(minutes=1)


@settings(max_examples=15, deadline=None)
@given(st.lists(sessions, min_size=20, max_size=90))
def test_overlaps_repeats_and_long_days_are_as_worded(rows: list[Row]) -> None:
    records = numbered(rows)
    assert shown(found("D03", service_records=records)) == list(overlaps(records))

    seen: set[tuple[object, ...]] = set()
    repeats = []
    minutes: dict[tuple[str, str], float] = defaultdict(float)
    for row in records:
        what = tuple(row[name] for name in ("started_at", "minutes", "worker_id", "client_id"))
        if what in seen:
            repeats.append(row["id"])
        seen.add(what)
        day = (_span(row)[0] + timedelta(hours=8)).date().isoformat()
        minutes[str(row["worker_id"]), day] += int(str(row["minutes"]))
    assert [one.id for one in found("D04", service_records=records)] == repeats
    long = [(worker, day, total) for (worker, day), total in sorted(minutes.items()) if total > 600]
    assert shown(found("D02", service_records=records)) == long
