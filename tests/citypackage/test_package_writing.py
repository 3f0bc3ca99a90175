"""What is written is what was read: the same rows, the same bytes, whole or not at all."""

import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.citypackage.small import small_package, with_referenced, write_small

from almoner.citypackage import SCHEMA, check, read, write

AS_OF = date(2026, 6, 30)
Frames = dict[str, list[pl.DataFrame]]


def frames(path: Path) -> Frames:
    found: Frames = {}
    with read(path) as reader:
        for name, frame in reader.frames():
            found.setdefault(name, []).append(frame)
    assert reader.report.faults == []
    return found


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_written_and_read_again_nothing_has_changed(tmp_path: Path) -> None:
    first = frames(small_package(tmp_path / "small"))
    for name, table in SCHEMA.tables.items():
        assert first[name][0].schema == {c.name: c.dtype for c in table.columns}
    write(tmp_path / "once", first, AS_OF)
    second = frames(tmp_path / "once")
    assert all(second[name][0].equals(first[name][0]) for name in first)
    write(tmp_path / "twice", second, AS_OF)
    assert contents(tmp_path / "once") == contents(tmp_path / "twice")
    write(tmp_path / "a.zip", second, AS_OF)
    write(tmp_path / "b.zip", frames(tmp_path / "a.zip"), AS_OF)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert check(tmp_path / "a.zip").digest == check(tmp_path / "once").digest
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {i.filename: archive.read(i) for i in archive.infolist()} == contents(
            tmp_path / "once"
        )


def test_canonical_cells(tmp_path: Path) -> None:
    write(tmp_path / "city", frames(small_package(tmp_path / "small")), AS_OF)
    tenders = (tmp_path / "city/tenders.csv").read_text("utf-8").splitlines()
    assert tenders[1].endswith(
        ",2024-10-08T09:00:00+08:00,2024-11-01T17:00:00+08:00,2024-11-01T17:30:00.250000+08:00,"
        "2024-11-05,2024-11-06,200000000,21268.8,14"
    )
    assert (
        "T2,11440100MB2C00010X,A01,440101001,single_source,,,,2024-10-08T09:00:00+08:00"
        in (tenders[2])
    )
    outcomes = (tmp_path / "city/outcomes.csv").read_bytes()
    assert outcomes.endswith(b"2025-02-01,-1.5\nC1,u1,GAS,exit,2025-11-01,7\n")
    links = (tmp_path / "city/organisation_links.csv").read_text("utf-8")
    assert '"one ""shared"" director, until 2021"\n' in links


def test_summer_time_of_1988_does_not_shift_an_instant(tmp_path: Path) -> None:
    at = datetime(1988, 7, 1, tzinfo=UTC)
    frame = pl.DataFrame({"kind": ["tender"], "subject_id": ["T1"], "published_at": [at]})
    write(tmp_path / "city", {"notices": [frame]}, AS_OF)
    assert "1988-07-01T08:00:00+08:00" in (tmp_path / "city/notices.csv").read_text()
    assert frames(tmp_path / "city")["notices"][0]["published_at"].to_list() == [at]


def test_the_first_and_the_last_instant_are_written_and_read_again(tmp_path: Path) -> None:
    filled = with_referenced("notices")
    filled["notices"] = [
        {**filled["notices"][0], "published_at": "1899-12-31T16:00:00Z"},
        {**filled["notices"][0], "published_at": "2201-01-01T05:59:59.999999+14:00"},
    ]
    write(tmp_path / "city", frames(write_small(tmp_path / "small", filled)), AS_OF)
    lines = (tmp_path / "city/notices.csv").read_text().splitlines()
    assert [line.rpartition(",")[2] for line in lines[1:]] == [
        "1900-01-01T00:00:00+08:00",
        "2200-12-31T23:59:59.999999+08:00",
    ]
    assert check(tmp_path / "city").ok


def test_only_given_tables_are_listed_and_empty_ones_have_a_header(tmp_path: Path) -> None:
    write(tmp_path / "city", {"areas": []}, AS_OF)
    assert set(contents(tmp_path / "city")) == {"areas.csv", "datapackage.json"}
    report = check(tmp_path / "city")
    assert report.ok and report.listed == ("areas",) and report.rows == {"areas": 0}


texts = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))


@settings(
    max_examples=settings().max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_any_text_survives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("city") / "city"
    given_rows = [(str(i), "C", i, a, b) for i, (a, b) in enumerate(rows)]
    schema = {
        "contract_id": pl.String,
        "kind": pl.String,
        "seq": pl.Int64,
        "detail": pl.String,
        "reason": pl.String,
    }
    frame = pl.DataFrame(given_rows, schema=schema, orient="row").with_columns(
        pl.lit("staff").alias("kind"), made_on=AS_OF, agreed_by_provider=True
    )
    write(folder, {"contract_changes": [frame]}, AS_OF)
    got = [row for f in frames(folder).get("contract_changes", []) for row in f.rows(named=True)]
    assert [(r["detail"], r["reason"]) for r in got] == [(a or None, b or None) for a, b in rows]


def test_a_failure_leaves_nothing_and_harms_nothing(tmp_path: Path) -> None:
    def breaks() -> Iterator[pl.DataFrame]:
        yield frames(small)["areas"][0]
        raise RuntimeError("the database went away")

    small = write_small(tmp_path / "small", with_referenced("areas"))
    before = set(tmp_path.iterdir())
    for target in (tmp_path / "city", tmp_path / "city.zip"):
        with pytest.raises(RuntimeError, match="went away"):
            write(target, {"areas": breaks()}, AS_OF)
    with pytest.raises(FileExistsError, match="name a new folder"):
        write(small, {"areas": []}, AS_OF)
    assert set(tmp_path.iterdir()) == before and check(small).ok


@pytest.mark.parametrize(
    ("table", "frame", "words"),
    [
        ("people", pl.DataFrame(), "no table people"),
        ("areas", pl.DataFrame({"code": ["4401"]}), "areas.name_zh is required"),
        ("areas", pl.DataFrame({"colour": ["red"]}), "no column colour"),
        ("areas", pl.DataFrame({"code": [4401]}), "areas.code must be String"),
    ],
)
def test_what_the_format_lacks_cannot_be_written(
    tmp_path: Path, table: str, frame: pl.DataFrame, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        write(tmp_path / "city", {table: [frame]}, AS_OF)


@pytest.fixture(scope="module")
def in_both_forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one package in CSV, `small`, and with its records in Parquet, `city`."""
    folder = tmp_path_factory.mktemp("forms")
    small = write_small(folder / "small", with_referenced("service_records"))
    write(folder / "city", frames(small), AS_OF, parquet_records=True)
    return folder


@pytest.fixture
def with_parquet(in_both_forms: Path, tmp_path: Path) -> Path:
    return shutil.copytree(in_both_forms / "city", tmp_path / "city")


def change(folder: Path, *columns: pl.Expr) -> list[tuple[str, int | None, str | None, str]]:
    path = folder / "service_records.parquet"
    pl.read_parquet(path).with_columns(*columns).write_parquet(path)
    return [(f.file, f.row, f.column, f.code) for f in check(folder).faults]


def test_parquet_holds_the_same_rows_and_the_same_bytes(
    in_both_forms: Path, tmp_path: Path
) -> None:
    with_parquet = in_both_forms / "city"
    assert "service_records.csv" not in contents(with_parquet)
    first = frames(in_both_forms / "small")
    again = frames(with_parquet)
    assert again["service_records"][0].equals(first["service_records"][0])
    write(tmp_path / "again", again, AS_OF, parquet_records=True)
    assert contents(tmp_path / "again") == contents(with_parquet)
    write(tmp_path / "again.zip", again, AS_OF, parquet_records=True)
    assert check(tmp_path / "again.zip").digest == check(with_parquet).digest


FILE = "service_records.parquet"


def instants(unit: Literal["ms", "us"], *counts: int) -> pl.Series:
    return pl.Series("started_at", counts).cast(pl.Datetime(unit, "UTC"))


def test_an_instant_beyond_every_calendar_is_shown_as_it_is_stored(with_parquet: Path) -> None:
    change(with_parquet, pl.lit(instants("ms", 0, 2**62, 0)))
    (fault,) = check(with_parquet).faults
    assert (fault.file, fault.row, fault.column) == (FILE, 2, "started_at")
    assert fault.value == "4611686018427387904 ms after 1970-01-01T00:00:00+00:00"
    assert fault.fault == "expected a date-time such as 2026-03-02T09:30:00+08:00"


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        (pl.col("minutes").cast(pl.Int32), None),
        (pl.col("minutes").cast(pl.UInt64), None),
        (pl.col("channel").cast(pl.Categorical), None),
        (pl.lit(None).alias("participants"), None),
        (pl.lit("").alias("client_id"), None),
        (pl.col("started_at").dt.cast_time_unit("ms"), None),
        (pl.col("started_at").dt.cast_time_unit("ns"), None),
        (pl.col("started_at").dt.convert_time_zone("Asia/Shanghai"), None),
        (pl.col("minutes").cast(pl.Float64), (FILE, None, "minutes", "parquet_type")),
        (pl.col("minutes").cast(pl.String), (FILE, None, "minutes", "parquet_type")),
        (
            pl.col("started_at").dt.replace_time_zone(None),
            (FILE, None, "started_at", "parquet_type"),
        ),
        (pl.col("started_at").cast(pl.Int64), (FILE, None, "started_at", "parquet_type")),
        (pl.col("id").cast(pl.Binary), (FILE, None, "id", "parquet_type")),
        (pl.lit(1).alias("colour"), (FILE, None, "colour", "unknown_column")),
        (
            pl.Series("started_at", [0, 1, 1000], pl.Datetime("ns", "UTC")),
            (FILE, 2, "started_at", "not_datetime"),
        ),
        (pl.Series("minutes", [1, 2, 10**10]), None),
        (pl.Series("minutes", [1, 2, 10**10 + 1]), (FILE, 3, "minutes", "integer_range")),
        (pl.Series("minutes", [1, 2, 2**63], pl.UInt64), (FILE, 3, "minutes", "integer_range")),
        (pl.Series("minutes", [0, 1, 2]), (FILE, 1, "minutes", "below_minimum")),
        (pl.Series("minutes", [1, None, 2]), (FILE, 2, "minutes", "required")),
        (pl.Series("worker_id", ["W1", "W2", "W9"]), (FILE, 3, "worker_id", "dangling_reference")),
        (pl.Series("id", ["S1", "S2", "S1"]), (FILE, 3, "id", "duplicate_key")),
        (pl.Series("client_id", ["", "a\x00", None]), (FILE, 2, "client_id", "control_character")),
        (
            pl.Series("entered_at", [datetime(1890, 1, 1)] * 3).dt.replace_time_zone("UTC"),
            (FILE, 1, "entered_at", "year_range"),
        ),
        (instants("us", 0, 2**62, 0), (FILE, 2, "started_at", "not_datetime")),
        (instants("us", 0, 0, -(2**62)), (FILE, 3, "started_at", "not_datetime")),
        (instants("us", -62_135_596_800_000_001, 0, 0), (FILE, 1, "started_at", "not_datetime")),
        (instants("us", -62_135_596_800_000_000, 0, 0), (FILE, 1, "started_at", "year_range")),
        (instants("ms", 2**62, 0, 0), (FILE, 1, "started_at", "not_datetime")),
        (instants("ms", 0, 2**63 - 1, 0), (FILE, 2, "started_at", "not_datetime")),
        (instants("ms", 0, 0, 7_289_625_599_999), None),  # the end of 2200 at +08:00
        (instants("ms", 0, 0, 7_289_625_600_000), (FILE, 3, "started_at", "year_range")),
        (instants("us", -2_209_017_600_000_000, 0, 0), None),  # 1900-01-01T00:00+08:00
        (instants("us", -2_209_017_600_000_001, 0, 0), (FILE, 1, "started_at", "year_range")),
    ],
)
def test_parquet_columns(
    with_parquet: Path, column: pl.Expr, fault: tuple[str, int | None, str, str] | None
) -> None:
    found = change(with_parquet, column)
    assert found[:1] == ([fault] if fault else [])


def test_every_cut_and_flipped_byte_of_parquet_is_survived(with_parquet: Path) -> None:
    path = with_parquet / FILE
    data = path.read_bytes()
    for place in range(0, len(data), len(data) // 8):
        path.write_bytes(data[:place])
        assert not check(with_parquet).ok
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        check(with_parquet)
