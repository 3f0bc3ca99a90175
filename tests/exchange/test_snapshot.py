"""The record as Parquet files: the findings of its export, read again only where it changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.citypackage.small import tables, write_small
from tests.delivery.log_cast import CLIENT, centre, log

from almoner.exchange.export import export
from almoner.exchange.load import load
from almoner.exchange.snapshot import alone, snapshot
from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.package import as_files
from almoner.findings.run import run

AT = datetime(2026, 6, 30, tzinfo=UTC)
DAY = date(2026, 6, 30)
SOME = ("P02", "T06", "C02", "C08", "D01", "D03", "M01", "M03", "N01", "V03")
"""Findings that between them compare texts, days, instants, numbers and money."""

# ADBC reads over a connection of its own, so what it is to see must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB() as running:
        yield running


def taken(folder: Path) -> dict[str, list[Path]]:
    with alone(folder):
        return dict(snapshot(folder, lambda what, share: None))


def rows(paths: list[Path]) -> list[dict[str, object]]:
    frame = pl.concat([pl.read_parquet(path) for path in paths])
    return frame.sort(frame.columns).to_dicts()


def test_a_snapshot_holds_what_an_export_holds(tmp_path: Path, engine: DuckDB) -> None:
    write_small(tmp_path / "city", tables())
    load(tmp_path / "city", actor="tester", at=AT)
    export(tmp_path / "out", as_of=DAY)
    files = taken(tmp_path / "kept")
    with as_files(tmp_path / "out") as exported:
        assert files.keys() == exported.files.keys()
        for name, paths in files.items():
            assert rows(paths) == rows(exported.files[name]), name
        from_export = run(engine.city(exported.files, DAY), only=SOME)
    assert run(engine.city(files, DAY), only=SOME) == from_export
    assert len(from_export.findings) > 5


def test_only_the_month_that_changed_is_read_again(tmp_path: Path) -> None:
    there = centre()
    may = replace(CLIENT, started_at=CLIENT.started_at - timedelta(days=40))
    log(there, 1, may, sure=True)
    log(there, 2)
    first = taken(tmp_path)["service_records"]
    assert [path.stem for path in first] == ["2026-05", "2026-06"]
    before = [path.stat().st_ino for path in first]
    log(there, 3, replace(CLIENT, started_at=CLIENT.started_at - timedelta(hours=3)))
    again = taken(tmp_path)["service_records"]
    after = [path.stat().st_ino for path in again]
    assert after[0] == before[0] and after[1] != before[1]
    assert pl.read_parquet(again[1]).height == 2


def test_what_only_packages_fill_is_read_again_after_a_load(tmp_path: Path) -> None:
    def load_and_take(package: str) -> tuple[list[int], list[dict[str, object]]]:
        load(tmp_path / package, actor="tester", at=AT)
        paths = taken(tmp_path / "kept")["outcomes"]
        assert taken(tmp_path / "kept")["outcomes"] == paths
        return [path.stat().st_ino for path in paths], rows(paths)

    changed = tables()
    changed["outcomes"][0]["score"] = "41"
    write_small(tmp_path / "city", tables())
    write_small(tmp_path / "next", changed)
    first, before = load_and_take("city")
    again, same = load_and_take("city")
    assert (again, same) == (first, before)  # the same package changes nothing
    later, after = load_and_take("next")
    assert later != first and after != before
    paths = taken(tmp_path / "kept")["outcomes"]
    paths[0].unlink()
    assert rows(taken(tmp_path / "kept")["outcomes"]) == after


def test_a_load_in_bulk_makes_every_month_stale(tmp_path: Path) -> None:
    write_small(tmp_path / "city", tables())
    load(tmp_path / "city", actor="tester", at=AT)
    before = rows(taken(tmp_path / "kept")["service_records"])
    changed = tables()
    changed["service_records"][0]["minutes"] = "61"
    write_small(tmp_path / "next", changed)
    load(tmp_path / "next", actor="tester", at=AT, replace=True)
    after = rows(taken(tmp_path / "kept")["service_records"])
    assert before != after and 61 in {row["minutes"] for row in after}


def test_a_month_without_records_leaves_the_snapshot(tmp_path: Path) -> None:
    there = centre()
    log(there, 1)
    assert "service_records" in taken(tmp_path)
    stale = tmp_path / "service_records" / "2020-01.parquet"
    stale.write_bytes(b"")
    taken(tmp_path)
    assert not stale.exists()


def test_a_snapshot_that_was_cut_short_is_taken_again(tmp_path: Path) -> None:
    log(centre(), 1)
    (month,) = taken(tmp_path)["service_records"]
    month.unlink()
    (tmp_path / "state.json").write_text("{", "utf-8")
    assert rows(taken(tmp_path)["service_records"])


def test_the_snapshot_of_another_database_is_not_taken_for_this_one(tmp_path: Path) -> None:
    log(centre(), 1)
    (month,) = taken(tmp_path)["service_records"]
    state = (tmp_path / "state.json").read_text("utf-8")
    (tmp_path / "state.json").write_text(state.replace("('", "('x"), "utf-8")
    before = month.stat().st_ino
    taken(tmp_path)
    assert month.stat().st_ino != before
