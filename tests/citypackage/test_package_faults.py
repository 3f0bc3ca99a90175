"""A valid package in which one thing is broken has exactly that fault."""

from pathlib import Path

import pytest
from tests.citypackage.small import csv_bytes, small_package, tables, with_referenced, write_small

from almoner.citypackage import SCHEMA, Report, check


def broken(folder: Path, table: str, row: int, **cells: str) -> Report:
    """The report on a package in which those cells of a row (from 1) are other ones."""
    filled = with_referenced(table, *(["indicators"] if table == "ratings" else []))
    filled[table][row - 1] |= cells
    return check(write_small(folder, filled))


def found(report: Report) -> list[tuple[str, int | None, str | None, str | None, str]]:
    return [(f.file, f.row, f.column, f.value, f.code) for f in report.faults]


def test_the_valid_package_has_no_fault_and_every_table_has_rows(tmp_path: Path) -> None:
    report = check(small_package(tmp_path))
    assert report.ok and report.faults == []
    assert set(report.rows) == set(SCHEMA.tables) and len(report.rows) == 31
    assert all(report.rows.values())
    assert report.listed == tuple(SCHEMA.raw)
    assert len(report.digest) == 64


CELLS = [
    ("areas", 1, "level", "town", "not_in_enum"),
    ("areas", 1, "level", "", "required"),
    ("areas", 3, "population", "3.000", "not_integer"),
    ("areas", 3, "population", "3000.0", "not_integer"),
    ("areas", 3, "population", "-1", "below_minimum"),
    ("areas", 3, "population", "+5", "not_integer"),
    ("areas", 3, "population", "１２", "not_integer"),
    ("areas", 3, "population", " 5", "not_integer"),
    ("areas", 3, "population", "10000000001", "integer_range"),
    ("areas", 3, "population", "9223372036854775807", "integer_range"),
    ("areas", 3, "population", "9223372036854775808", "integer_range"),
    ("instalments", 1, "paid_fen", "100000000000001", "integer_range"),
    ("instalments", 1, "paid_fen", "9223372036854775807", "integer_range"),
    ("consequences", 2, "amount_fen", "-100000000000001", "integer_range"),
    ("service_records", 1, "minutes", "10000000001", "integer_range"),
    ("service_records", 1, "participants", "10000000001", "integer_range"),
    ("areas", 3, "population", "9" * 9000, "integer_range"),
    ("areas", 3, "name_en", "x" * 10_001, "too_long"),
    ("areas", 3, "name_en", "a\x00b", "control_character"),
    ("areas", 3, "name_en", "a\x1bb", "control_character"),
    ("areas", 3, "name_en", "a\x85b", "control_character"),
    ("organisations", 1, "kinds", "purchaser|purchaser", "not_kinds"),
    ("organisations", 1, "kinds", "purchaser|", "not_kinds"),
    ("organisations", 1, "kinds", "buyer", "not_kinds"),
    ("organisations", 5, "supervising_uscc", "52440100MJK000030J", "wrong_uscc"),
    ("organisations", 5, "supervising_uscc", "52440100MJK00003H", "wrong_uscc"),
    ("organisations", 5, "supervising_uscc", "52440100mjk000030h", "wrong_uscc"),
    ("organisations", 6, "uscc", "GBCHC1234567", "wrong_uscc"),
    ("workers", 1, "relevant_major", "TRUE", "not_boolean"),
    ("workers", 1, "relevant_major", "1", "not_boolean"),
    ("workers", 1, "employed_from", "2026-02-30", "no_such_date"),
    ("workers", 1, "employed_from", "2026-2-3", "not_date"),
    ("workers", 1, "employed_from", "1899-12-31", "year_range"),
    ("workers", 1, "employed_to", "2201-01-01", "year_range"),
    ("workers", 1, "employed_from", "0000-01-01", "no_such_date"),
    ("workers", 1, "employed_to", "9999-12-31", "year_range"),
    ("tenders", 1, "published_at", "2200-12-31T23:59:59+00:00", "year_range"),
    ("tenders", 1, "published_at", "1900-01-01T00:00:00+14:00", "year_range"),
    ("tenders", 1, "published_at", "0000-12-31T00:00:00+08:00", "no_such_date"),
    ("tenders", 1, "published_at", "0001-01-01T00:00:00+14:00", "year_range"),
    ("service_records", 1, "id", "s" * 201, "too_long"),
    ("payroll", 1, "month", "2026-13", "no_such_month"),
    ("payroll", 1, "month", "2026-00", "no_such_month"),
    ("payroll", 1, "month", "2026-1", "pattern"),
    ("tenders", 1, "published_at", "2024-10-08T09:00:00", "no_offset"),
    ("tenders", 1, "published_at", "2024-10-08 09:00:00+08:00", "not_datetime"),
    ("tenders", 1, "published_at", "2024-10-08T24:00:00+08:00", "not_datetime"),
    ("tenders", 1, "published_at", "2024-10-08T09:00:60+08:00", "not_datetime"),
    ("tenders", 1, "published_at", "2024-10-08T09:00:00.1234567+08:00", "not_datetime"),
    ("tenders", 1, "published_at", "2024-10-08T09:00:00+0800", "not_datetime"),
    ("tenders", 1, "published_at", "2023-02-29T09:00:00+08:00", "no_such_date"),
    ("tenders", 1, "required_staff", "1e3", "not_number"),
    ("tenders", 1, "required_staff", ".5", "not_number"),
    ("tenders", 1, "required_staff", "5.", "not_number"),
    ("tenders", 1, "required_staff", "NaN", "not_number"),
    ("tenders", 1, "required_staff", "-0.1", "below_minimum"),
    ("tenders", 1, "required_staff", "0." + "1" * 40, "number_digits"),
    ("bid_scores", 1, "score", "100.01", "score_range"),
    ("bid_scores", 1, "score", "-0.01", "score_range"),
    ("survey_responses", 1, "score", "0.99", "score_range"),
    ("survey_responses", 1, "score", "5.01", "score_range"),
    ("ratings", 1, "score", "40.0000000000000000000001", "score_range"),
    ("ratings", 1, "score", "-0.0000000000000000000001", "score_range"),
    ("ratings", 2, "score", "20.5", "score_range"),
    ("ratings", 2, "score", "-0.01", "score_range"),  # no lower bound is 0
    ("ratings", 4, "score", "100.01", "score_range"),  # no upper bound is 100
    ("ratings", 4, "score", "1000", "score_range"),
    ("ratings", 3, "score", "0.5", "score_range"),
    ("service_records", 2, "minutes", "0", "below_minimum"),
    ("service_records", 2, "minutes", "1.0", "not_integer"),
    ("service_records", 2, "worker_id", "W9", "dangling_reference"),
    ("service_records", 2, "contract_id", "C9", "dangling_reference"),
    ("service_records", 2, "term_id", "enrol", "dangling_reference"),
    ("areas", 3, "parent_code", "440199", "dangling_reference"),
    ("organisations", 3, "area_code", "440199", "dangling_reference"),
    ("contracts", 2, "supervisor_uscc", "AA-1", "dangling_reference"),
    ("contracts", 1, "framework_version", "3", "dangling_reference"),
    ("bid_staff", 2, "worker_id", "W1", "duplicate_key"),
    ("contract_changes", 2, "seq", "01", "duplicate_key"),
    ("contract_changes", 2, "seq", "0" * 20 + "1", "duplicate_key"),
    ("organisation_links", 1, "from_on", "2021-01-02", "date_order"),
    ("workers", 3, "employed_from", "2018-07-02", "date_order"),
    ("service_items", 2, "valid_from", "2031-01-01", "date_order"),
    ("contracts", 2, "starts_on", "2025-01-02", "date_order"),
    ("evaluations", 1, "period_from", "2026-01-01", "date_order"),
    ("tender_criteria", 2, "weight", "79.98", "weight_sum"),
    ("tender_criteria", 2, "weight", "80.011", "weight_sum"),
    ("indicators", 2, "weight", "40.0100000000000000000000001", "weight_sum"),
    ("areas", 1, "parent_code", "440101001", "parent_cycle"),
    ("service_items", 1, "parent_code", "A", "parent_cycle"),
    ("indicators", 1, "parent_id", "I1", "parent_cycle"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "code"), CELLS)
def test_one_broken_cell(
    tmp_path: Path, table: str, row: int, column: str, value: str, code: str
) -> None:
    report = broken(tmp_path, table, row, **{column: value})
    assert [f.code for f in report.faults] == [code]
    (fault,) = report.faults
    assert (fault.file, fault.column) == (f"{table}.csv", column)
    if code not in ("weight_sum", "parent_cycle"):
        assert fault.row == row
    if code == "required":
        assert fault.value is None
    elif code not in ("weight_sum", "parent_cycle", "duplicate_key") and len(value) < 200:
        assert fault.value == value
    assert report.digest == ""


def test_an_amount_beyond_all_money_is_told_with_its_bound(tmp_path: Path) -> None:
    (fault,) = broken(tmp_path, "instalments", 1, paid_fen="100000000000001").faults
    assert fault.fault == "expected an integer within ±100,000,000,000,000"


LAWFUL = [
    ("areas", 3, "population", "10000000000"),
    ("instalments", 1, "paid_fen", "100000000000000"),
    ("consequences", 2, "amount_fen", "-100000000000000"),
    ("service_records", 1, "minutes", "10000000000"),
    ("areas", 3, "population", "-0"),
    ("areas", 3, "population", "0" * 9_000 + "7"),
    ("areas", 3, "name_en", "x" * 10_000),
    ("areas", 3, "name_en", 'tab\there, "quotes",\nlines and 中文'),
    ("organisations", 6, "uscc", "GB-CHC-" + "1" * 193),
    ("organisations", 6, "kinds", "|".join(["provider", "finance", "registrar"])),
    ("workers", 1, "employed_from", "1900-01-01"),
    ("workers", 1, "employed_to", "2200-12-31"),
    ("tenders", 1, "published_at", "2024-02-29T23:59:59.123456-11:30"),
    ("tenders", 1, "published_at", "1900-01-01T00:00Z"),
    ("tenders", 1, "published_at", "1900-01-01T00:00+08:00"),
    ("tenders", 1, "published_at", "1899-12-31T16:00Z"),
    ("tenders", 1, "published_at", "2200-12-31T15:59:59.999999Z"),
    ("tenders", 1, "published_at", "2201-01-01T05:59:59+14:00"),
    ("tenders", 1, "required_staff", "0." + "1" * 39),
    ("tenders", 1, "required_staff", "-0.00"),
    ("bid_scores", 1, "score", "100.00"),
    ("ratings", 1, "score", "0"),
    ("ratings", 2, "score", "-0.00"),
    ("ratings", 4, "score", "100.00"),
    ("ratings", 4, "indicator_id", "Z"),  # no reference in the format: its range is unknown
    ("contract_terms", 1, "formula", "((((9**9"),  # finding C08, no fault of the file
    ("contracts", 1, "service_item", "ZZ"),  # finding P01
    ("contracts", 2, "framework_id", "F9"),  # half a reference refers to nothing
    ("service_items", 2, "parent_code", "Z"),  # not declared as a reference
    ("tender_criteria", 2, "weight", "79.99"),
    ("tender_criteria", 2, "weight", "80.01"),
]


@pytest.mark.parametrize(("table", "row", "column", "value"), LAWFUL)
def test_lawful_at_the_border(
    tmp_path: Path, table: str, row: int, column: str, value: str
) -> None:
    assert broken(tmp_path, table, row, **{column: value}).faults == []


def test_a_reference_to_an_absent_table_is_not_checked(tmp_path: Path) -> None:
    filled = tables()
    for name in ("workers", "contracts", "payroll", "bid_staff"):
        del filled[name]
    report = check(write_small(tmp_path, filled))
    assert report.faults == [] and "workers" not in report.listed


def test_a_reference_to_an_empty_listed_table_dangles(tmp_path: Path) -> None:
    filled = tables()
    filled["workers"] = []
    codes = {(f.file, f.code) for f in check(write_small(tmp_path, filled)).faults}
    assert codes == {
        (f"{name}.csv", "dangling_reference")
        for name in ("payroll", "bid_staff", "service_records")
    }


def test_every_fault_is_reported(tmp_path: Path) -> None:
    filled = tables()
    filled["areas"][2]["population"] = "many"
    filled["workers"][0]["licence"] = ""
    filled["workers"][0]["employed_to"] = "soon"
    filled["service_records"][2]["minutes"] = "0"
    filled["notices"][1]["kind"] = "rumour"
    assert found(check(write_small(tmp_path, filled))) == [
        ("areas.csv", 3, "population", "many", "not_integer"),
        ("notices.csv", 2, "kind", "rumour", "not_in_enum"),
        ("service_records.csv", 3, "minutes", "0", "below_minimum"),
        ("workers.csv", 1, "employed_to", "soon", "not_date"),
        ("workers.csv", 1, "licence", None, "required"),
    ]


@pytest.mark.parametrize(("count", "truncated"), [(1_000, False), (1_001, True), (3_000, True)])
def test_a_report_holds_the_first_thousand_faults(
    tmp_path: Path, count: int, truncated: bool
) -> None:
    filled = with_referenced("notices")
    filled["notices"] = [{**filled["notices"][0], "kind": f"x{i}"} for i in range(count)]
    report = check(write_small(tmp_path, filled))
    assert (len(report.faults), report.truncated) == (1_000, truncated)


@pytest.mark.parametrize("line", ["min_score", "max_score", "surplus"])
def test_a_range_that_cannot_be_read_judges_no_score(tmp_path: Path, line: str) -> None:
    filled = with_referenced("ratings", "indicators")
    filled["ratings"][3]["score"] = "1000"
    if line in filled["indicators"][3]:
        filled["indicators"][3] |= {"min_score": "0", "max_score": "2000", line: "many"}
    folder = write_small(tmp_path, filled)
    if line == "surplus":
        path = folder / "indicators.csv"
        path.write_bytes(path.read_bytes().rstrip() + b",surplus\n")
    codes = {(f.file, f.code) for f in check(folder).faults}
    assert codes == {("indicators.csv", "ragged_row" if line == "surplus" else "not_number")}


def test_a_table_without_columns_of_bounds_is_scored_from_0_to_100(tmp_path: Path) -> None:
    filled = with_referenced("ratings", "indicators")
    for row in filled["indicators"]:
        del row["min_score"], row["max_score"]
    filled["ratings"][0]["score"] = "100"
    filled["ratings"][3]["score"] = "101"
    (fault,) = check(write_small(tmp_path, filled)).faults
    assert (fault.file, fault.row, fault.column) == ("ratings.csv", 4, "score")
    assert (fault.value, fault.fault) == ("101", "expected a score from 0 to 100")


def test_a_longer_circle_is_one_fault(tmp_path: Path) -> None:
    filled = with_referenced("service_items")
    item = filled["service_items"][1]
    filled["service_items"] += [
        {**item, "code": f"X{i}", "parent_code": f"X{(i + 1) % 500}"} for i in range(500)
    ]
    report = check(write_small(tmp_path, filled))
    assert [f.code for f in report.faults] == ["parent_cycle"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"W4,51440100MJK000010J,senior,,,,2020-01-01", "ragged_row"),
        (b"W4,51440100MJK000010J,senior,,,,2020-01-01,,", "ragged_row"),
        (b"", "ragged_row"),
        (b'W4,51440100MJK000010J,sen"ior,,,,2020-01-01,', "bad_quotes"),
        (b'W4,"51440100MJK000010J"x,senior,,,,2020-01-01,', "bad_quotes"),
        (b'"W4,51440100MJK000010J,senior,,,,2020-01-01,', "bad_quotes"),
        (b"W\xff4,51440100MJK000010J,senior,,,,2020-01-01,", "encoding"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_broken_line_between_sound_ones(
    tmp_path: Path, line: bytes, code: str, end: bytes
) -> None:
    filled = with_referenced("workers")
    filled["workers"].append({**filled["workers"][0], "id": "W5", "licence": "expert"})
    folder = write_small(tmp_path, filled)
    lines = (folder / "workers.csv").read_bytes().splitlines()
    lines.insert(3, line)
    (folder / "workers.csv").write_bytes(end.join(lines) + end)
    assert [(f.row, f.code) for f in check(folder).faults] == [(3, code), (5, "not_in_enum")]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        (b"W4,51440100MJK000010J,senior,,,,2020-01-01,,\xff", {"encoding", "ragged_row"}),
        (b"W\xff4,51440100MJK000010J,senior,,,,2020-01-01,,", {"encoding", "ragged_row"}),
        (b"W4,51440100MJK000010J,seni\xff", {"encoding", "ragged_row"}),
        (b"W4,51440100MJK000010J,senior,,,,2020-01-01,,\xd6\xd0", {"encoding_gbk", "ragged_row"}),
        (b'W4,51440100MJK000010J,senior,,,,2020-01-01,,a"\xff', {"encoding", "bad_quotes"}),
    ],
)
def test_a_line_with_cells_too_many_or_few_in_another_encoding_has_both_faults_and_no_column(
    tmp_path: Path, line: bytes, codes: set[str]
) -> None:
    folder = write_small(tmp_path, with_referenced("workers"))
    lines = (folder / "workers.csv").read_bytes().splitlines()
    (folder / "workers.csv").write_bytes(b"\n".join([*lines, line]))
    faults = check(folder).faults
    assert {f.code for f in faults} == codes
    assert {(f.row, f.column) for f in faults} == {(len(lines), None)}


def test_references_to_a_broken_line_do_not_dangle(tmp_path: Path) -> None:
    folder = small_package(tmp_path)
    workers = (folder / "workers.csv").read_bytes().splitlines()
    workers[1] += b",surplus"
    (folder / "workers.csv").write_bytes(b"\n".join(workers))
    assert [f.code for f in check(folder).faults] == ["ragged_row"]


def test_gbk_is_named_once(tmp_path: Path) -> None:
    folder = write_small(tmp_path, with_referenced("organisations"))
    text = (folder / "areas.csv").read_text("utf-8")
    (folder / "areas.csv").write_bytes(text.encode("gbk"))
    (fault,) = check(folder).faults
    assert (fault.file, fault.row, fault.column) == ("areas.csv", 1, "name_zh")
    assert "GBK" in fault.fault


def test_utf16_is_a_fault_and_not_a_flood(tmp_path: Path) -> None:
    folder = write_small(tmp_path, with_referenced("areas"))
    text = (folder / "areas.csv").read_text("utf-8")
    (folder / "areas.csv").write_bytes(text.encode("utf-16"))
    (fault,) = check(folder).faults
    assert (fault.code, fault.file) == ("encoding", "areas.csv") and "UTF-16" in fault.fault


@pytest.mark.parametrize(
    ("rename", "code"),
    [
        ({"population": "inhabitants"}, "unknown_column"),
        ({"population": "name_en"}, "duplicate_column"),
        ({"level": "population_source", "population_source": "level"}, None),
        ({"level": "rank"}, "missing_column"),
        ({"population": "Population"}, "unknown_column"),
    ],
)
def test_headers(tmp_path: Path, rename: dict[str, str], code: str | None) -> None:
    folder = write_small(tmp_path, with_referenced("areas"))
    lines = (folder / "areas.csv").read_text("utf-8").splitlines()
    if code is None:  # the same columns in another order
        rows = tables()["areas"]
        content = csv_bytes(rows, tuple(reversed(rows[0])))
        (folder / "areas.csv").write_bytes(content)
        assert check(folder).ok
        return
    lines[0] = ",".join(rename.get(name, name) for name in lines[0].split(","))
    (folder / "areas.csv").write_text("\n".join(lines), "utf-8")
    assert code in [f.code for f in check(folder).faults]


def test_a_byte_order_mark_and_no_last_newline_are_accepted(tmp_path: Path) -> None:
    folder = small_package(tmp_path)
    for path in folder.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().rstrip(b"\n"))
    assert check(folder).faults == []


def test_a_missing_optional_column_is_empty(tmp_path: Path) -> None:
    filled = tables()
    for row in filled["workers"]:
        del row["education"], row["employed_to"]
    assert check(write_small(tmp_path, filled)).ok


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"\x00" * 5000])
def test_a_file_without_header(tmp_path: Path, content: bytes) -> None:
    folder = write_small(tmp_path, with_referenced("areas"))
    (folder / "areas.csv").write_bytes(content)
    faults = check(folder).faults
    assert faults and {f.file for f in faults} == {"areas.csv"}


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    folder = write_small(tmp_path, with_referenced("notices"))
    with (folder / "notices.csv").open("ab") as file:
        file.write(b"a" * 30_000_000)
    assert [f.code for f in check(folder).faults] == ["long_record"]
