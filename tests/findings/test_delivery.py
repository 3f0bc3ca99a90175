"""Findings on delivery, each just inside and just outside its limit."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.findings.sessions import Row, at, numbered, sentence, shown
from tests.findings.small import duckdb, found, write

from almoner.findings.days import day_number
from almoner.findings.run import Finding
from almoner.findings.stages.delivery import _at_work
from almoner.rules.calendar import add_years, contract_years

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


@pytest.mark.parametrize(
    "as_of", ["2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28", "2025-03-01", "2026-12-31"]
)
def test_a_contracts_current_year_is_the_one_of_the_rules(as_of: str, tmp_path: Path) -> None:
    today = date.fromisoformat(as_of)
    starts = {str(ago): today - timedelta(days=ago) for ago in range(5 * 366)}
    rows = [
        {"id": id, "starts_on": start.isoformat(), "ends_on": "2030-01-01"}
        for id, start in starts.items()
    ]
    city = duckdb().city(write({"contracts": rows}, tmp_path), today)
    years = {row.pop("contract_id"): row for row in city.fetch(_at_work(city))}
    for id, start in starts.items():
        past = contract_years(start, today)
        first, following = past[-1][0], add_years(start, len(past))
        assert years.pop(id) == {
            "first": day_number(first),
            "days": (following - first).days,
            "passed": (today - first).days + 1,
        }
    assert not years


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


@pytest.mark.parametrize("contract", ["2026/03/7", "/", "C1/"])
def test_a_contract_with_a_slash_keeps_its_number(contract: str) -> None:
    records = [{**row, "contract_id": contract} for row in months(7)]
    (late,) = found("D05", service_records=records)
    assert (late.id, late.key) == (contract, "2026-02")
    cells = {"id": contract, "starts_on": "2026-02-01", "staff": "1"}
    at_work = [{**row, "contract_id": contract} for row in month_of("2026-02-03", 1)]
    assert not found("D08", "2026-02-28", contracts=[cells], service_records=at_work)


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
        assert f"{date.fromisoformat(day):%-d %B %Y};" in sentence("D06", one)


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
