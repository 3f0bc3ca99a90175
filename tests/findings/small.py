"""Findings of a few rows: tables as lists of rows in the package's own CSV spelling."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from almoner.citypackage import SCHEMA
from almoner.citypackage.cells import parse
from almoner.citypackage.schema import Column
from almoner.findings.city import City
from almoner.findings.definition import Definition, definition
from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.package import storable
from almoner.findings.run import Finding, compute

AS_OF = "2026-03-31"  # a Tuesday
Rows = Sequence[Mapping[str, object]]

# What stands in a required column that a test does not name; other columns are empty.
DEFAULTS: dict[str, dict[str, str]] = {
    "areas": {"code": "4401", "name_zh": "甲市", "level": "city"},
    "organisations": {"uscc": "O-1", "name_zh": "甲", "kinds": "provider", "status": "active"},
    "organisation_links": {"uscc": "O-1", "other_uscc": "O-2", "kind": "founder"},
    "workers": {"id": "W1", "uscc": "O-1", "licence": "none", "employed_from": "2020-01-01"},
    "wage_floors": {"area_code": "4401", "year": "2026", "gross_wage_fen": "500000"},
    "payroll": {
        "worker_id": "W1",
        "month": "2026-01",
        "gross_wage_fen": "600000",
        **dict.fromkeys(("pension", "medical", "unemployment", "work_injury"), "true"),
        **dict.fromkeys(("maternity", "housing_fund", "accident_cover"), "true"),
    },
    "service_items": {
        "code": "A01",
        "name_zh": "家庭服务",
        "kind": "public_service",
        "valid_from": "2015-01-01",
    },
    "needs": {"id": "N1", "area_code": "4401", "channel": "online", "raised_on": "2026-01-05"},
    "appropriations": {
        "id": "B1",
        "fiscal_year": "2026",
        "payer_uscc": "O-1",
        "level": "district",
        "source": "budget",
        "amount_fen": "1000000",
    },
    "tenders": {
        "id": "T1",
        "purchaser_uscc": "O-1",
        "service_item": "A01",
        "area_code": "4401",
        "method": "open",
        "published_at": "2025-06-02T09:00:00+08:00",
        "bid_deadline": "2025-07-02T09:00:00+08:00",
    },
    "tender_criteria": {"tender_id": "T1", "id": "c1", "kind": "price", "weight": "20"},
    "bids": {
        "id": "D1",
        "tender_id": "T1",
        "provider_uscc": "O-2",
        "status": "valid",
        "submitted_at": "2025-07-01T09:00:00+08:00",
        "price_fen": "1000000",
    },
    "bid_staff": {"bid_id": "D1", "worker_id": "W1", "fte": "1"},
    "bid_scores": {"bid_id": "D1", "panellist_id": "X1", "criterion_id": "c1", "score": "80"},
    "contracts": {
        "id": "C1",
        "purchaser_uscc": "O-1",
        "provider_uscc": "O-2",
        "area_code": "4401",
        "service_item": "A01",
        "signed_on": "2025-12-01",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "amount_fen": "1000000",
    },
    "contract_terms": {
        "contract_id": "C1",
        "id": "t1",
        "group": "direct",
        "type": "case_work",
        "formula": "X hour",
    },
    "contract_changes": {
        "contract_id": "C1",
        "seq": "1",
        "kind": "amount",
        "made_on": "2026-02-02",
        "agreed_by_provider": "true",
    },
    "commitments": {"contract_id": "C1", "appropriation_id": "B1", "amount_fen": "1000000"},
    "instalments": {"contract_id": "C1", "seq": "1", "amount_fen": "1000", "due_on": "2026-02-02"},
    "service_records": {
        "id": "S1",
        "contract_id": "C1",
        "term_id": "t1",
        "worker_id": "W1",
        "started_at": "2026-02-02T09:00:00+08:00",
        "minutes": "60",
        "entered_at": "2026-02-02T18:00:00+08:00",
    },
    "task_requests": {
        "id": "Q1",
        "contract_id": "C1",
        "requested_by_uscc": "O-1",
        "requested_on": "2026-02-02",
        "ruling": "open",
    },
    "frameworks": {"id": "F1", "version": "1"},
    "indicators": {
        "framework_id": "F1",
        "framework_version": "1",
        "id": "I1",
        "dimension": "output",
        "weight": "100",
    },
    "evaluations": {
        "id": "E1",
        "contract_id": "C1",
        "agency_uscc": "O-3",
        "framework_id": "F1",
        "framework_version": "1",
        "stage": "annual",
        "period_from": "2026-01-01",
        "period_to": "2026-12-31",
    },
    "ratings": {
        "evaluation_id": "E1",
        "rater_id": "R1",
        "indicator_id": "I1",
        "score": "80",
        "evidence_count": "1",
    },
    "consequences": {"evaluation_id": "E1", "kind": "renew", "decided_on": "2026-02-02"},
    "survey_waves": {
        "id": "V1",
        "contract_id": "C1",
        "drawn_by": "system",
        "frame_size": "300",
        "drawn_on": "2026-02-02",
    },
    "survey_responses": {
        "wave_id": "V1",
        "respondent_id": "P1",
        "question": "overall",
        "score": "5",
    },
    "outcomes": {
        "contract_id": "C1",
        "client_id": "u1",
        "instrument": "GAS",
        "wave": "baseline",
        "measured_on": "2026-02-02",
        "score": "1",
    },
    "complaints": {
        "id": "K1",
        "from_kind": "user",
        "received_on": "2026-02-02",
        "due_on": "2026-03-02",
    },
    "notices": {
        "kind": "tender",
        "subject_id": "T1",
        "published_at": "2025-06-02T09:00:00+08:00",
    },
}


def found(code: str, as_of: str = AS_OF, **tables: Rows) -> list[Finding]:
    """What the rule finds; tables that it needs and that are not given are empty."""
    entry = definition(code)
    unused = tables.keys() - set(entry.needs)
    assert not unused, f"{code} does not need {unused}"
    with tempfile.TemporaryDirectory() as folder:
        files = write({name: tables.get(name, []) for name in entry.needs}, Path(folder))
        city = duckdb().city(files, date.fromisoformat(as_of))
        return sorted(computed_once(entry, city), key=lambda one: (one.id, one.key or ""))


def computed_once(entry: Definition, city: City) -> list[Finding]:
    """What `compute` gives on the engine of this process, each rule written once for a day.

    What a rule asks follows from its code, the day and the tables that are listed, unless it reads
    rows first. To write it takes longer than to answer it for a few rows.
    """
    asked = entry.code, city.as_of, *sorted(city.tables)
    if asked not in _WRITTEN:
        _WRITTEN[asked] = _written(entry, city)
    return compute(entry, city, _WRITTEN[asked])


_WRITTEN: dict[tuple[object, ...], str | None] = {}


class _ReadsRowsError(Exception):
    pass


def _written(entry: Definition, city: City) -> str | None:
    """The SQL of a rule; None if it reads rows first or answers by itself."""

    def unread(query: object) -> list[dict[str, object]]:
        raise _ReadsRowsError

    try:
        answer = entry.compute(replace(city, fetch=unread))
    except _ReadsRowsError:
        return None
    return None if isinstance(answer, list) else city.written(answer)


def write(tables: Mapping[str, Rows], folder: Path) -> dict[str, list[Path]]:
    """The tables as Parquet files, as engines read them."""
    files = {}
    for name, rows in tables.items():
        files[name] = [folder / f"{name}.parquet"]
        frame(name, rows).write_parquet(files[name][0])
    return files


def frame(table: str, rows: Rows) -> pl.DataFrame:
    """The rows typed, with the default of each required column that they do not name."""
    columns = SCHEMA.tables[table].columns
    for row in rows:
        unknown = row.keys() - {column.name for column in columns}
        assert not unknown, f"{table} has no column {unknown}"
    filled = [{**DEFAULTS[table], **row} for row in rows]
    typed = {
        column.name: pl.Series([_cell(column, row) for row in filled], dtype=column.dtype)
        for column in columns
    }
    return storable(table, pl.DataFrame(typed))


def _cell(column: Column, row: Mapping[str, object]) -> object:
    text = row.get(column.name)
    if text is None or text == "":
        return None
    if text is True or text is False:
        text = str(text).lower()
    name = "cell_fen" if column.name.endswith("_fen") else "cell"
    plain = Column(name, column.type, False, column.enum, None, None, "", 10_000)
    return parse(plain, str(text))


@cache
def duckdb() -> DuckDB:
    """One engine for all tests of a process; over a few rows, threads wait for one another."""
    engine = DuckDB()
    engine._database.raw_sql("SET threads = 1")
    return engine
