"""The oracle against hand-worked cases, and the demonstration city against the oracle."""

import csv
import json
import shlex
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.demo.conftest import Package
from tests.demo.oracle import NOT_COMPUTED, RULES, Finding, findings, working_days_exceed
from tests.demo.oracle_cases import AS_OF
from tests.demo.oracle_cases_contracts import CONTRACTS
from tests.demo.oracle_cases_delivery import RECORDS
from tests.demo.oracle_cases_procurement import PROCUREMENT
from tests.demo.oracle_cases_results import RESULTS

from almoner.demo import Manifest, generate

CASES = PROCUREMENT | CONTRACTS | RECORDS | RESULTS
RESOURCES = frozenset[str]().union(*(rule.needs for rule in RULES.values()))
Tables = dict[str, list[list[str]]]


def write_package(folder: Path, tables: Tables, as_of: str = AS_OF) -> Path:
    """Write tables, each a header and rows, as a package that lists these resources."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    write_descriptor(folder, [f"{name}.csv" for name in tables], as_of)
    return folder


def write_descriptor(folder: Path, paths: list[str], as_of: str = AS_OF) -> None:
    resources = [{"name": Path(path).stem, "path": path} for path in paths]
    descriptor = {"custom:as_of": as_of, "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")


def read_case(case: str) -> tuple[Tables, str, list[tuple[str, str]]]:
    """The tables of a case, its as-of date, and the (id, key) that its rule must find."""
    tables: Tables = {}
    as_of = AS_OF
    expected: list[tuple[str, str]] = []
    rows: list[list[str]] = []
    for line in case.strip().splitlines():
        first, *rest = ("" if cell == "-" else cell for cell in shlex.split(line))
        if first == "=>":
            expected = [(subject, key) for subject, _, key in (x.partition("@") for x in rest)]
        elif first == "as_of":
            (as_of,) = rest
        elif first in RESOURCES:
            rows = tables[first] = [rest]
        else:
            assert len(rest) + 1 == len(rows[0]), line
            rows.append([first, *rest])
    return tables, as_of, sorted(expected)


@pytest.mark.parametrize("case", CASES)
def test_finds_what_was_worked_out_by_hand(case: str, tmp_path: Path) -> None:
    code = case[:3]
    tables, as_of, expected = read_case(CASES[case])
    found = findings(write_package(tmp_path, tables, as_of), {code})
    assert found == [Finding(code, RULES[code].table, *subject) for subject in expected]


def test_every_rule_of_the_catalogue_is_worked_or_named_as_left_out() -> None:
    assert {case[:3] for case in CASES} == RULES.keys()
    letters = {"P": 7, "T": 12, "C": 8, "D": 8, "O": 2, "W": 3, "M": 3, "E": 7, "V": 3, "I": 3}
    catalogue = {
        f"{x}{n:02}" for x, most in (letters | {"N": 2}).items() for n in range(1, most + 1)
    }
    assert RULES.keys() | NOT_COMPUTED.keys() == catalogue
    assert not RULES.keys() & NOT_COMPUTED.keys()


def test_a_rule_is_left_out_where_a_resource_that_it_names_is_not_listed(tmp_path: Path) -> None:
    tables, as_of, _ = read_case(CASES["T12"])
    package = write_package(tmp_path, tables, as_of)
    assert {finding.code for finding in findings(package)} >= {"T12", "N02"}
    write_descriptor(package, ["tenders.csv"])
    assert {finding.code for finding in findings(package)} == {"N02"}


def test_working_days_follow_the_holidays_and_make_up_days() -> None:
    new_year_eve = date(2026, 2, 13)  # the Friday before Spring Festival; Saturday 14 is worked
    assert working_days_exceed(new_year_eve, date(2026, 2, 14), 0)
    assert not working_days_exceed(new_year_eve, date(2026, 2, 23), 1)
    assert working_days_exceed(new_year_eve, date(2026, 2, 24), 1)
    assert not working_days_exceed(date(2026, 3, 2), date(2026, 2, 2), 0)


def test_reads_a_byte_order_mark_crlf_quotes_and_columns_in_any_order(tmp_path: Path) -> None:
    text = 'answered_on,outcome,id,due_on\r\n"","a\r\n""b"",","x, y",2026-01-01\r\n'
    (tmp_path / "complaints.csv").write_bytes(text.encode("utf-8-sig"))
    write_descriptor(tmp_path, ["complaints.csv"])
    assert findings(tmp_path) == [Finding("V03", "complaints", "x, y")]


def test_refuses_numbers_that_it_could_not_compare_exactly(tmp_path: Path) -> None:
    header = ["id", "status", "direct_hours", "staff"]
    package = write_package(tmp_path, {"bids": [header, ["1", "valid", "1.0000000000", "1"]]})
    assert findings(package, {"T05"}) == []
    write_package(package, {"bids": [header, ["1", "valid", "1.0000000001", "1"]]})
    with pytest.raises(ValueError, match=r"bids\.direct_hours"):
        findings(package, {"T05"})


@pytest.mark.parametrize("type_", ["TIMESTAMP", "TIMESTAMPTZ"])
def test_parquet_records_are_utc_instants(type_: str, tmp_path: Path) -> None:
    instants = ["2026-03-01 15:59:00", "2026-03-01 16:00:00", "2026-03-02 15:59:00"]
    values = ", ".join(f"('w', {type_} '{instant}', 301)" for instant in instants)
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.sql(f"FROM (VALUES {values}) AS r(worker_id, started_at, minutes)").write_parquet(
            str(tmp_path / "service_records.parquet")
        )
    write_descriptor(tmp_path, ["service_records.parquet"])
    assert findings(tmp_path, {"D02"}) == [Finding("D02", "workers", "w", "2026-03-02")]


@settings(max_examples=settings().max_examples // 5)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 20), st.integers(1, 9)), max_size=12)
)
def test_overlaps_are_those_of_comparing_every_pair(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, int, int]]
) -> None:
    nine = datetime(2026, 3, 2, 1, tzinfo=UTC)
    rows = [
        [f"{n:02}", worker, (nine + timedelta(minutes=start)).isoformat(), str(minutes)]
        for n, (worker, start, minutes) in enumerate(records)
    ]
    package = write_package(
        tmp_path_factory.mktemp("overlaps"),
        {"service_records": [["id", "worker_id", "started_at", "minutes"], *rows]},
    )
    expected = [
        f"{n:02}"
        for n, (worker, start, _) in enumerate(records)
        if any(
            (worker, (start, n) > (earlier, m), start < earlier + minutes) == (other, True, True)
            for m, (other, earlier, minutes) in enumerate(records)
        )
    ]
    assert [finding.id for finding in findings(package, {"D03"})] == expected


def _breaks_no_rule_but(folder: Path, manifest: Manifest) -> None:
    promised = sorted(Finding(e.code, e.table, e.id, e.key or "") for e in manifest.findings)
    assert findings(folder) == [f for f in promised if f.code not in NOT_COMPUTED]


def test_the_demonstration_district_breaks_no_rule_but_those_of_its_manifest(
    district: Package,
) -> None:
    _breaks_no_rule_but(district.folder, district.manifest)


@pytest.mark.slow
def test_the_demonstration_city_breaks_no_rule_but_those_of_its_manifest(tmp_path: Path) -> None:
    _breaks_no_rule_but(tmp_path / "city", generate(tmp_path / "city", "city"))
