"""The machinery: sentences, the derived tables, packages as Parquet, what an engine shows."""

import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.citypackage.small import Rows as CsvRows
from tests.citypackage.small import tables, with_referenced, write_small
from tests.findings.small import DEFAULTS, computed_once, duckdb, found, write

from almoner.citypackage import SCHEMA, Reader
from almoner.citypackage import write as write_package
from almoner.findings import derived
from almoner.findings.definition import Definition, definition, finding
from almoner.findings.package import FaultyPackageError, as_files
from almoner.findings.run import Finding, run
from almoner.findings.sentence import because
from almoner.rules.calendar import working_days_between

FOUND = Finding("M01", "instalments", "C1/1", None, 1.0, None, (), {}, None)


def said(sentence: str, language: str = "en", **figures: object) -> str:
    entry = replace(definition("M01"), because=sentence, because_zh=sentence)
    own = {name: figures.pop(name) for name in ("value", "limit") if name in figures}
    one = replace(FOUND, words=figures, **own)  # type: ignore[arg-type]
    return because(entry, one, language)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "figure", "english", "chinese"),
    [
        ("fen", 123456, "¥1,234.56", "1,234.56元"),
        ("fen", -200, "−¥2", "−2元"),
        ("hour", 1711.214285714, "1,711.2 hours", "1,711.2小时"),
        ("hour", 1, "1 hour", "1小时"),
        ("day", 5, "5 days", "5天"),
        ("working_day", 1.0, "1 working day", "1个工作日"),
        ("share", 0.12639171, "12.6%", "12.6%"),
        ("share", 0.0005, "0.1%", "0.1%"),
        ("percent", 59.95, "60%", "60%"),
        ("ratio", 0.795, "0.8", "0.8"),
        ("count", 12345, "12,345", "12,345"),
        ("date", 20486, "2 February 2026", "2026年2月2日"),
        ("instant", 1_767_283_199_000_000, "1 January 2026, 23:59", "2026年1月1日23:59"),
        ("instant", -1, "1 January 1970, 07:59", "1970年1月1日07:59"),
        ("cause", "budget", "the budget", "预算"),
        ("", "a\x1b[2J\n{id}", "a\ufffd[2J\ufffd{id}", "a\ufffd[2J\ufffd{id}"),
        ("", "x" * 101, "x" * 99 + "…", "x" * 99 + "…"),
        ("fen", None, "unknown", "未知"),
    ],
)
def test_figures_in_a_sentence(form: str, figure: object, english: str, chinese: str) -> None:
    assert said(f"<{{n:{form}}}>", n=figure) == f"<{english}>"
    assert said(f"<{{n:{form}}}>", "zh", n=figure) == f"<{chinese}>"


def test_rounding_never_makes_a_value_look_like_its_limit() -> None:
    sentence = "{value:share} against {limit:share}"
    assert said(sentence, value=0.10004, limit=0.1) == "10.004% against 10%"
    assert said(sentence, value=0.1, limit=0.1) == "10% against 10%"
    assert said(sentence, value=0.126, limit=0.1) == "12.6% against 10%"


def test_an_estimated_calendar_is_said() -> None:
    assert said("Late.", estimated=True).startswith("Late. For part of this time no calendar")
    assert said("Late.", estimated=False) == "Late."


def test_a_code_has_one_rule() -> None:
    assert definition("M01").compute
    with pytest.raises(ValueError, match="M01 has two rules"):
        finding("M01")(lambda city: [])


DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(DAYS, st.integers(0, 800))
def test_the_calendar_counts_like_the_rules(after: date, days: int) -> None:
    up_to = min(after + timedelta(days), date(2200, 12, 31))
    counted = working_days_between(after, up_to)
    first, last = (calendar_row(day) for day in (after, up_to))
    assert last["workdays"] - first["workdays"] == counted.count
    assert (last["estimated"] > first["estimated"]) == bool(counted.estimated_years)


def calendar_row(day: date) -> dict[str, int]:
    place = (day - date(1900, 1, 1)).days
    row = derived.calendar().row(place, named=True)
    assert (row["text"], row["month"], row["year"]) == (str(day), str(day)[:7], day.year)
    assert row["day"] == (day - date(1970, 1, 1)).days
    return row  # type: ignore[no-any-return]


def test_lineage() -> None:
    areas = [
        {"code": "a", "level": "city", "parent_code": None},
        {"code": "b", "level": "district", "parent_code": "a"},
        {"code": "c", "level": "street", "parent_code": "b"},
        {"code": "d", "level": "street", "parent_code": "elsewhere"},
    ]
    names = ("area_code", "ancestor", "level", "distance")
    rows = [tuple(row[name] for name in names) for row in derived.lineage(areas).to_dicts()]
    assert rows == [
        ("a", "a", "city", 0),
        ("b", "b", "district", 0),
        ("b", "a", "city", 1),
        ("c", "c", "street", 0),
        ("c", "b", "district", 1),
        ("c", "a", "city", 2),
        ("d", "d", "street", 0),
    ]
    assert derived.lineage([]).is_empty()


def test_what_an_engine_shows(tmp_path: Path) -> None:
    """Days and instants as whole numbers, numbers exact, empty and absent cells unknown."""
    city = duckdb().city(
        write({"tenders": [{"required_staff": "0.3"}]}, tmp_path), date(2026, 1, 1)
    )
    (row,) = city.fetch(city["tenders"])
    assert row["published_at"] == 1_748_826_000_000_000  # 2025-06-02T01:00Z
    assert str(row["required_staff"]) == "0.300000000" and row["opened_at"] is None
    records = tmp_path / "records.parquet"
    stored = {name: [text] for name, text in DEFAULTS["service_records"].items()}
    pl.DataFrame({**stored, "minutes": [60], "client_id": [""]}).select(
        pl.exclude("started_at", "entered_at"),
        pl.col("started_at", "entered_at").str.to_datetime("%+", time_zone="UTC"),
    ).write_parquet(records)
    city = duckdb().city({"service_records": [records, records]}, date(2026, 1, 1))
    rows = city.fetch(city["service_records"])
    assert len(rows) == 2
    assert {name: rows[0][name] for name in ("client_id", "channel", "participants")} == {
        "client_id": None,
        "channel": None,
        "participants": None,
    }


def with_parquet(folder: Path, filled: dict[str, CsvRows], change: pl.Expr | None = None) -> Path:
    """A package of these tables with its service records in Parquet, changed."""
    with Reader(write_small(folder / "csv", filled)) as reader:
        frames = {name: [frame] for name, frame in reader.frames()}
    write_package(folder / "city", frames, date(2026, 6, 30), parquet_records=True)
    if change is not None:
        path = folder / "city" / "service_records.parquet"
        pl.read_parquet(path).with_columns(change).write_parquet(path)
    return folder / "city"


def test_parquet_is_used_where_it_lies(tmp_path: Path) -> None:
    package = with_parquet(tmp_path / "it's [a] {b,c} *city*? c:d", tables())
    with as_files(package) as source:
        assert source.files["service_records"] == [package / "service_records.parquet"]
        assert set(source.files) == set(SCHEMA.tables)
        city = duckdb().city(source.files, source.as_of)
        in_folder = run(city, compute=computed_once).findings
    with zipfile.ZipFile(tmp_path / "city.zip", "w") as archive:
        for path in package.iterdir():
            archive.write(path, path.name)
    with as_files(tmp_path / "city.zip") as source:
        city = duckdb().city(source.files, source.as_of)
        assert run(city, compute=computed_once).findings == in_folder
        copied = source.files["service_records"][0]
    assert not copied.exists()


@pytest.mark.parametrize(
    "change",
    [
        pl.col("minutes").cast(pl.Int16),
        pl.col("started_at").dt.cast_time_unit("ns"),
        pl.col("worker_id").cast(pl.Categorical),
    ],
)
def test_other_types_are_read_with_care(change: pl.Expr, tmp_path: Path) -> None:
    package = with_parquet(tmp_path, with_referenced("service_records"), change)
    with as_files(package) as source:
        (read,) = source.files["service_records"]
        assert read != package / "service_records.parquet"
        stored = pl.read_parquet_schema(read)
    assert stored["minutes"] == pl.Int64() and stored["worker_id"] == pl.String()
    assert stored["started_at"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (pl.lit("S1").alias("id"), "id"),
        (pl.lit("").alias("id"), "id"),
        (pl.lit("C9").alias("contract_id"), "contract_id"),
        (pl.lit("zz").alias("term_id"), "term_id"),
        (pl.lit(None, pl.String).alias("worker_id"), "worker_id"),
        (pl.lit(0, pl.Int64).alias("minutes"), "minutes"),
        (pl.lit(2**62, pl.Int64).alias("minutes"), "minutes"),
        (pl.col("started_at").dt.offset_by("-130y"), "started_at"),
        (pl.col("entered_at").dt.offset_by("300y"), "entered_at"),
        (pl.lit("x").alias("extra"), "extra"),
        (pl.col("minutes").cast(pl.String), "minutes"),
    ],
)
def test_faulty_parquet_is_named(change: pl.Expr, column: str, tmp_path: Path) -> None:
    with (
        pytest.raises(FaultyPackageError) as refused,
        as_files(with_parquet(tmp_path, with_referenced("service_records"), change)),
    ):
        pass
    assert column in {fault.column for fault in refused.value.report.faults}


def test_a_package_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    with pytest.raises(FaultyPackageError), as_files(tmp_path / "city"):
        pass
    filled = tables()
    del filled["service_records"]
    with as_files(write_small(tmp_path / "small", filled)) as source:
        assert "service_records" not in source.files


def test_rows_name_the_subject_first_and_each_once() -> None:
    (one,) = found("P06", contracts=[{"id": "C1"}, {"id": "C2"}, {"id": "C3"}])[:1]
    assert one.rows == (("contracts", "C1"), ("contracts", "C2"), ("contracts", "C3"))
    assert isinstance(definition(one.code), Definition)
