"""Records in files of a month each are read a few months at a time, with the same result."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.demo.oracle_cases import AS_OF
from tests.findings.composed import composed
from tests.findings.sessions import at, numbered
from tests.findings.small import computed_once, duckdb, frame, write
from tests.findings.test_kept import BY_MONTH, files_of

from almoner.findings.days import day_number
from almoner.findings.engines import months
from almoner.findings.engines.months import ALWAYS, File, dated, parts
from almoner.findings.run import Finding, run

RECORDS = "service_records"


def found_in(files: dict[str, list[Path]], on: str = AS_OF) -> tuple[Finding, ...]:
    city = duckdb().city(files, date.fromisoformat(on))
    return run(city, BY_MONTH, compute=computed_once).findings


def stored(path: Path, *starts: str) -> Path:
    rows = [at(start[:10], start[11:]) for start in starts]
    frame(RECORDS, numbered(rows)).write_parquet(path)
    return path


def test_months_are_judged_apart_as_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write(composed(), tmp_path)
    apart = files_of(tmp_path / "apart", composed())
    (first, second, *others) = apart[RECORDS]
    mixed = tmp_path / "mixed.parquet"
    pl.concat([pl.read_parquet(first), pl.read_parquet(second)]).write_parquet(mixed)
    together = found_in(whole)
    assert {one.code for one in together} == set(BY_MONTH)
    monkeypatch.setattr(months, "LEAST_ROWS", 1)
    assert found_in({**apart, RECORDS: [*others, mixed]}) == together


def test_a_month_without_a_file_is_judged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was at work in any month of the contract but two, which have a file each."""
    monkeypatch.setattr(months, "LEAST_ROWS", 1)
    contract = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "staff": "2"}
    starts = ("2026-02-02 09:00", "2026-05-04 09:00")
    records = [stored(tmp_path / f"{n}.parquet", start) for n, start in enumerate(starts)]
    files = write({"contracts": [contract]}, tmp_path) | {RECORDS: records}
    city = duckdb().city(files, date(2026, 7, 1))
    keys = [one.key for one in run(city, ["D08"]).findings]
    assert keys == [f"2026-{month:02}" for month in range(1, 7)]


def test_files_tell_their_months_in_shanghai(tmp_path: Path) -> None:
    early = stored(tmp_path / "early", "2026-02-01 00:00", "2026-02-28 23:59")
    late = stored(tmp_path / "late", "2026-02-28 23:59", "2026-03-01 00:00")
    silent = tmp_path / "silent"
    pl.read_parquet(early).write_parquet(silent, statistics=False)
    counted = tmp_path / "counted"
    pl.read_parquet(early).cast({"started_at": pl.Int64}).write_parquet(counted)
    naive, finer = tmp_path / "naive", tmp_path / "finer"
    pl.read_parquet(early).cast({"started_at": pl.Datetime("us")}).write_parquet(naive)
    pl.read_parquet(early).cast({"started_at": pl.Datetime("ns", "UTC")}).write_parquet(finer)
    empty = stored(tmp_path / "empty")
    february, march = date(2026, 2, 1), date(2026, 3, 1)
    files = [late, early, empty, counted, silent, naive, finer]
    assert dated(duckdb()._connection, files) == [
        File(silent, 2, date.min, date.max),
        File(late, 2, february, march),
        File(early, 2, february, february),
        File(counted, 2, february, february),
        File(naive, 2, february, february),
        File(finer, 2, february, february),
    ]


SPANS = st.tuples(st.integers(1, 900_000), st.integers(0, 40), st.integers(0, 3))


@given(st.lists(SPANS, max_size=30))
def test_each_day_and_each_file_is_in_one_part(spans: list[tuple[int, int, int]]) -> None:
    def month(place: int) -> date:
        return date(2023 + place // 12, place % 12 + 1, 1)

    files = [
        File(Path(str(n)), rows, month(first), month(first + more))
        for n, (rows, first, more) in enumerate(spans)
    ]
    files.sort(key=lambda file: file.first)
    made = parts(files)
    assert [file for part in made for file in part.files] == files
    assert (made[0].begins, made[-1].ends) == ALWAYS
    assert all(one.ends == following.begins for one, following in pairwise(made))
    for part in made:
        for file in part.files:
            assert part.begins <= day_number(file.first)
            assert day_number(file.last) < part.ends
    for part in made[:-1]:
        assert sum(file.rows for file in part.files) >= months.LEAST_ROWS
