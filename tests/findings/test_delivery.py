"""Findings on delivery, each just inside and just outside its limit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.small import Rows, found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because

Row = dict[str, object]


def at(day: str, clock: str = "09:00", minutes: int = 60, **cells: object) -> Row:
    """A record that starts at a time in Shanghai."""
    return {"started_at": f"{day}T{clock}:00+08:00", "minutes": minutes, **cells}


def numbered(rows: Sequence[Row], prefix: str = "S") -> list[Row]:
    return [{"id": f"{prefix}{place:04}", **row} for place, row in enumerate(rows)]


def shown(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return [(one.id, one.key, one.value) for one in findings]


def sentence(code: str, one: Finding) -> str:
    assert because(definition(code), one, "zh")
    return because(definition(code), one, "en")


ALL = ["D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08"]


@pytest.mark.parametrize("code", ALL)
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


# D01: 1 January to 31 March are 90 days of 365; an even pace of 365 hours is 90 hours, 80 % are 72.


def pace(
    minutes: int, as_of: str = "2026-03-31", contract: Row | None = None, term: Row | None = None
) -> list[Finding]:
    return found(
        "D01",
        as_of,
        contracts=[contract or {}],
        contract_terms=[{"hours": "365", **(term or {})}],
        service_records=numbered([at("2026-01-02", minutes=minutes)]) if minutes else [],
    )


@pytest.mark.parametrize(("minutes", "value"), [(72 * 60, None), (72 * 60 - 1, 4319 / 5400)])
def test_pace_is_judged_exactly(minutes: int, value: float | None) -> None:
    found_values = [one.value for one in pace(minutes)]
    assert found_values == ([] if value is None else [pytest.approx(value)])


def test_pace_says_what_it_rests_on() -> None:
    (one,) = pace(60)
    assert one.rows == (
        ("contract_terms", "C1/t1"),
        ("contracts", "C1"),
        ("service_records", "S0000"),
    )
    assert "1 hour of the 365 hours" in sentence("D01", one)
    (idle,) = pace(0)
    assert idle.value == 0
    assert idle.rows == (("contract_terms", "C1/t1"), ("contracts", "C1"))


@pytest.mark.parametrize(("as_of", "judged"), [("2026-02-28", False), ("2026-03-01", True)])
def test_pace_waits_sixty_days(as_of: str, judged: bool) -> None:
    assert bool(pace(0, as_of)) is judged


@pytest.mark.parametrize(
    "contract",
    [
        {"starts_on": "2026-04-01"},
        {"ends_on": "2026-03-30"},
        {"ends_on": "2026-12-31", "ended_on": "2026-03-30"},
    ],
)
def test_pace_of_contracts_not_in_force_is_not_judged(contract: Row) -> None:
    assert pace(0, contract=contract) == []


def test_pace_on_the_last_day_of_a_contract() -> None:
    assert pace(0, contract={"ends_on": "2027-01-01", "ended_on": "2026-03-31"})


@pytest.mark.parametrize("term", [{"hours": ""}, {"hours": "0"}, {"group": "indirect"}])
def test_terms_without_a_pace(term: Row) -> None:
    assert pace(0, term=term) == []


@pytest.mark.parametrize(
    ("start", "as_of", "first", "days"),
    [
        ("2024-01-01", "2026-03-31", "2026-01-01", 365),
        ("2025-03-31", "2026-05-29", "2026-03-31", 365),
        ("2024-02-29", "2026-04-29", "2026-03-01", 365),
        ("2024-02-29", "2028-04-28", "2028-02-29", 366),
        ("2024-02-29", "2028-02-28", "2027-03-01", 365),
        ("2023-07-01", "2023-12-31", "2023-07-01", 366),
    ],
)
def test_only_the_current_contract_year_counts(
    start: str, as_of: str, first: str, days: int
) -> None:
    passed = (datetime.fromisoformat(as_of) - datetime.fromisoformat(first)).days + 1
    before = (datetime.fromisoformat(first) - timedelta(days=1)).date().isoformat()
    after = (datetime.fromisoformat(as_of) + timedelta(days=1)).date().isoformat()
    (one,) = found(
        "D01",
        as_of,
        contracts=[{"starts_on": start, "ends_on": "2030-01-01"}],
        contract_terms=[{"hours": "1000"}],
        service_records=numbered(
            [
                at(before, "23:59", 10_000),
                at(first, "00:00", 60),
                at(as_of, "23:59", 60),
                at(after, "00:00", 10_000),
            ]
        ),
    )
    assert one.value == pytest.approx(2 / (1000 * passed / days))
    assert [row for _, row in one.rows[2:]] == ["S0001", "S0002"]


def test_pace_counts_records_of_the_same_term_only() -> None:
    (one,) = found(
        "D01",
        contracts=[{}, {"id": "C2", "starts_on": "2026-03-01"}],
        contract_terms=[{"hours": "365"}, {"contract_id": "C2", "hours": "365"}],
        service_records=numbered(
            [
                at("2026-01-02", term_id="t2", minutes=9000),
                at("2026-03-02", contract_id="C2", minutes=9000),
            ]
        ),
    )
    assert (one.id, one.value) == ("C1/t1", 0)


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
    records = numbered([at("2026-02-02", minutes=2**63 - 1), at("2026-02-02", minutes=2**63 - 1)])
    assert [one.value for one in found("D02", service_records=records)] == [float(2**64)]
    assert [one.value for one in found("D03", service_records=records)] == [float(2**63)]
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


# D05: twenty records of an hour, some of them entered late.

FORTNIGHT = "2026-02-16T09:00:00+08:00"  # fourteen days of 24 hours after the 2nd at nine


def months(late: int, records: int = 20, entered: str = "2026-02-16T09:00:01+08:00") -> list[Row]:
    on_time = {**at("2026-02-02"), "entered_at": FORTNIGHT}
    return numbered([{**on_time, "entered_at": entered}] * late + [on_time] * (records - late))


@pytest.mark.parametrize(
    ("records", "value"),
    [
        (months(6), None),
        (months(7), 0.35),
        (months(7, entered=FORTNIGHT), None),
        (months(19, records=19), None),
        (
            [*months(6), at("2026-02-28", "23:59", 1, id="T", entered_at="2027-01-01T00:00Z")],
            361 / 1201,
        ),
        ([*months(6), at("2026-03-01", "00:00", 9, id="T", entered_at="2027-01-01T00:00Z")], None),
        ([*months(7), at("2026-02-03", minutes=200, contract_id="C2", id="T")], 0.35),
        ([*months(7), at("2026-02-03", minutes=200, id="T")], None),
    ],
)
def test_entered_late(records: list[Row], value: float | None) -> None:
    records = [{"entered_at": "2026-02-03T09:00:00+08:00", **row} for row in records]
    findings = found("D05", service_records=records)
    assert shown(findings) == ([] if value is None else [("C1", "2026-02", pytest.approx(value))])
    for one in findings:
        assert len(one.rows) in (1 + 7, 1 + 7 + 1)
        assert "more than 14 days" in sentence("D05", one)


def test_at_most_a_hundred_records_are_named() -> None:
    (one,) = found("D05", service_records=months(150, records=150))
    assert [row for _, row in one.rows[1:]] == [f"S{place:04}" for place in range(100)]
    assert one.words["late"] == 150


# D06


@pytest.mark.parametrize(
    ("day", "clock", "ended_on", "variant"),
    [
        ("2025-12-31", "23:59", "", "early"),
        ("2026-01-01", "00:00", "", None),
        ("2026-12-31", "23:59", "", None),
        ("2027-01-01", "00:00", "", "late"),
        ("2026-06-01", "00:00", "2026-05-31", "late"),
        ("2026-05-31", "23:59", "2026-05-31", None),
        ("2027-02-01", "09:00", "2027-02-01", None),
    ],
)
def test_outside_the_contract(day: str, clock: str, ended_on: str, variant: str | None) -> None:
    findings = found("D06", contracts=[{"ended_on": ended_on}], service_records=[at(day, clock)])
    assert [one.variant or "late" for one in findings] == ([variant] if variant else [])
    for one in findings:
        assert one.rows == (("service_records", "S1"), ("contracts", "C1"))
        assert one.value is None
        assert ("started only" if variant == "early" else "had ended") in sentence("D06", one)


# D07


@pytest.mark.parametrize(
    ("day", "clock", "worker", "variant"),
    [
        ("2026-02-01", "00:00", {}, None),
        ("2026-01-31", "23:59", {}, "early"),
        ("2026-06-30", "23:59", {}, None),
        ("2026-07-01", "00:00", {}, "late"),
        ("2026-07-01", "00:00", {"employed_to": ""}, None),
        ("2026-02-02", "09:00", {"uscc": "O-9"}, "elsewhere"),
    ],
)
def test_not_on_the_staff(day: str, clock: str, worker: Row, variant: str | None) -> None:
    employed = {"uscc": "O-2", "employed_from": "2026-02-01", "employed_to": "2026-06-30"}
    findings = found(
        "D07",
        contracts=[{}],
        workers=[{**employed, **worker}],
        service_records=[at(day, clock)],
    )
    assert [one.variant or "late" for one in findings] == ([variant] if variant else [])
    for one in findings:
        assert one.rows[1:] == (("contracts", "C1"), ("workers", "W1"))
        assert sentence("D07", one)


# D08: staff 2.5, so that two at work are exactly 0.8 of those promised.


def month_of(day: str, workers: int, minutes: int = 1200) -> list[Row]:
    half = minutes // 2
    return [
        at(day, clock, length, worker_id=f"W{number}", id=f"S{day}-{number}-{clock}")
        for number in range(workers)
        for clock, length in (("08:00", half), ("23:59", minutes - half))
    ]


def staffed(records: list[Row], as_of: str = "2026-02-28", **contract: object) -> list[Finding]:
    cells = {"staff": "2.5", "starts_on": "2026-02-01", **contract}
    return found("D08", as_of, contracts=[cells], service_records=records)


@pytest.mark.parametrize(
    ("workers", "minutes", "value"),
    [(2, 1200, None), (3, 1200, None), (1, 1200, 0.4), (2, 1199, 0.0), (0, 0, 0.0)],
)
def test_workers_at_work(workers: int, minutes: int, value: float | None) -> None:
    findings = staffed(month_of("2026-02-28", workers, minutes))
    assert shown(findings) == ([] if value is None else [("C1", "2026-02", value)])
    for one in findings:
        assert len(one.rows) == 1 + (workers if minutes == 1200 else 0)
        assert "2.5 promised" in sentence("D08", one)


@pytest.mark.parametrize(
    ("as_of", "contract", "judged"),
    [
        ("2026-02-27", {}, []),
        ("2026-02-28", {"starts_on": "2026-02-02"}, []),
        ("2026-02-28", {"ended_on": "2026-02-27"}, []),
        ("2026-04-29", {"ended_on": "2026-02-28"}, ["2026-02"]),
        ("2026-04-29", {}, ["2026-02", "2026-03"]),
        ("2026-04-30", {"starts_on": "2026-02-02"}, ["2026-03", "2026-04"]),
        ("2026-04-30", {"staff": ""}, []),
        ("2026-04-30", {"staff": "0"}, []),
    ],
)
def test_only_whole_months_that_are_over(as_of: str, contract: Row, judged: list[str]) -> None:
    findings = staffed([], as_of, **contract)
    assert [one.key for one in findings] == judged
    assert all(one.value == 0 for one in findings)


def test_work_for_another_contract_or_month_does_not_count() -> None:
    elsewhere = [{**row, "contract_id": "C2"} for row in month_of("2026-02-28", 3)]
    assert [one.value for one in staffed(elsewhere)] == [0]
    assert [one.value for one in staffed(month_of("2026-03-01", 3))] == [0]
