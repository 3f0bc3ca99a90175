"""Findings on service records (D01 to D08) against a bare scan of the columns that they read.

A process of its own, `python -m benchmarks.findings FOLDER CODE`, takes turns between the scan
and the rule and prints what each took: seconds of the wall and of the processor, the greatest
memory in MB and how many findings there were.
"""

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import records
from benchmarks.load import peak_mb
from benchmarks.materials import KEPT, run
from benchmarks.report import Line, median

ROWS, SMALL, LARGE = 20_000_000, 2_000_000, 100_000_000
ROUNDS = 3
TIMES = {"D01": 2, "D02": 12, "D03": 12, "D04": 8, "D05": 3, "D06": 3, "D07": 3, "D08": 3}
EXPONENT, MEMORY_MB = 1.10, 8_000.0
# Every value of each column is read, and little else is done: a text's length, a number's sum.
# (The largest value of each takes half as long again; a mere count would read nothing.)
SCAN = """
    SELECT sum(strlen(contract_id)), sum(strlen(term_id)), sum(strlen(worker_id)),
        sum(epoch_us(started_at)), sum(minutes), sum(epoch_us(entered_at))
    FROM read_parquet('{records}')"""


def speed(rows: int = ROWS) -> Iterator[Line]:
    """Each rule against the scan, by seconds of the processor."""
    for code, times in TIMES.items():
        scan, ours = _measured(rows, code)
        share = scan["processor"] / ours["processor"]
        detail = (
            f"{1 / share:.2f} times the scan, {ours['found']:,.0f} found; "
            f"{ours['processor']:.1f} s of the processor against {scan['processor']:.2f}, "
            f"{ours['seconds']:.1f} s of the wall against {scan['seconds']:.2f}"
        )
        yield Line(f"{code} on {rows:,} records (1/{times})", share, 1 / times, detail)


def growth(small: int = SMALL, large: int = LARGE) -> Iterator[Line]:
    """How the time of each rule grows with the records, and its greatest memory."""
    for code in TIMES:
        (scan, few), (large_scan, many) = (_measured(rows, code) for rows in (small, large))
        of_scan, exponent = (
            math.log(after["processor"] / before["processor"]) / math.log(large / small)
            for before, after in ((scan, large_scan), (few, many))
        )
        detail = (
            f"exponent {exponent:.2f} from {small:,} to {large:,}, of the scan {of_scan:.2f}: "
            f"{few['processor']:.2f} and {many['processor']:.1f} s of the processor"
        )
        yield Line(f"{code}: growth", EXPONENT / exponent, 1, detail)
        detail = f"{many['seconds']:.0f} s of the wall, {many['found']:,.0f} found"
        name = f"{code} on {large:,} records"
        yield Line(name, many["peak_mb"], MEMORY_MB, detail, at_most=True)


def _measured(rows: int, code: str) -> list[dict[str, float]]:
    """The medians of the scan and of the rule."""
    folder = records.write(KEPT / f"findings-{rows}", rows)
    took = run("findings", folder, code, str(ROUNDS), env=dict(os.environ))
    return [{name: median(each, name) for name in each[0]} for each in took]


def take_turns(folder: Path, code: str, rounds: int) -> tuple[list[Any], list[Any]]:
    """What the scan and the rule took, each round."""
    from almoner.findings.definition import definition
    from almoner.findings.engines.duckdb import DuckDB
    from almoner.findings.run import compute

    entry = definition(code)
    files = stored(folder, entry.needs)
    scan = SCAN.format(records=folder / "service_records" / "*.parquet")
    scans, ours = [], []
    with DuckDB() as engine, duckdb.connect() as bare:
        city = engine.city(files, date.fromisoformat(records.LAST))
        for _ in range(rounds):
            scans.append(_took(lambda: bare.execute(scan).fetchall()))
            ours.append(_took(lambda: compute(entry, city)))
    return scans, ours


def stored(folder: Path, tables: Iterable[str]) -> dict[str, list[Path]]:
    """The files of a city that `records.write` made."""
    files = {name: [folder / f"{name}.parquet"] for name in tables}
    return files | {"service_records": sorted(folder.glob("service_records/*.parquet"))}


def _took(measured: Callable[[], list[Any]]) -> dict[str, float]:
    began, worked = time.perf_counter(), time.process_time()
    found = measured()
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    took = {"seconds": seconds, "processor": processor, "peak_mb": peak_mb()}
    return took | {"found": float(len(found))}


if __name__ == "__main__":
    print(json.dumps(take_turns(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
