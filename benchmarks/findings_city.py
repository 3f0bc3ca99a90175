"""All findings of a city: from its package, and from the database after a change of one month.

In seconds of the processor. A package is held against the bare scan of six columns of service
records, of its own and of the 20M of the other findings; a later run against the first one.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks import records
from benchmarks.findings import ROWS, SCAN
from benchmarks.materials import ALMONER, KEPT, Environment, city, environment, installation, run
from benchmarks.report import Line, median

ROUNDS = 3
TIMES, CHEAPER = 20, 10
CHANGED = 1_000  # records, all of the last month


def package() -> Iterator[Line]:
    """The whole catalogue over the city's package against the scans, process start included."""
    source = city("city")
    own = source / "service_records.parquet"
    many = records.write(KEPT / f"findings-{ROWS}", ROWS) / "service_records" / "*.parquet"
    scans: dict[Path, list[dict[str, float]]] = {own: [], many: []}
    ours = []
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, duckdb.connect() as bare:
        for _ in range(ROUNDS):
            for files, took in scans.items():
                began = time.process_time()
                bare.execute(SCAN.format(records=files)).fetchall()
                took.append({"processor": time.process_time() - began})
            output = Path(folder) / "findings.jsonl"
            ours.append(_took(dict(os.environ), source, "-o", output))
    took = median(ours, "processor")
    for name, files in (("20M records", many), ("its own records", own)):
        scan = median(scans[files], "processor")
        detail = (
            f"{took / scan:.1f} times the scan: {took:.1f} s of the processor against {scan:.2f}, "
            f"{median(ours, 'seconds'):.1f} s of the wall"
        )
        name = f"findings of the city's package by a scan of {name} (1/{TIMES})"
        yield Line(name, scan / took, 1 / TIMES, detail)


def incremental() -> Iterator[Line]:
    """A run over the database after one month changed against a first run.

    Once a process a run, as by a timer; once in a process that goes on, as a server's.
    """
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        data = Path(folder) / "city"
        shutil.copytree(installation("city")["ALMONER_DATA_DIR"], data)
        env = environment(data)
        subprocess.run([ALMONER, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
        output = Path(folder) / "findings.jsonl"
        first = _took(env, "--database", "--store", "-o", output)
        again = []
        for _ in range(ROUNDS):
            _change_a_month(data / "almoner.sqlite3")
            again.append(_took(env, "--database", "--store", "-o", output))
        yield _cheaper("findings after one month's change, process start included", first, again)
        shutil.rmtree(data / "findings")
        first, *again = run("findings_city", data, env=env)
        yield _cheaper("the same in a process that goes on", first, again)


def _cheaper(name: str, first: dict[str, float], again: list[dict[str, float]]) -> Line:
    detail = (
        f"{median(again, 'processor'):.1f} s of the processor against {first['processor']:.1f}, "
        f"{median(again, 'seconds'):.1f} s of the wall against {first['seconds']:.1f}"
    )
    return Line(name, first["processor"] / median(again, "processor"), CHEAPER, detail)


def runs(data: Path) -> Iterator[dict[str, float]]:
    """What a first run takes in this process, and those after changes of a month."""
    import django

    django.setup()
    from almoner.findings.engines.duckdb import DuckDB
    from almoner.watch.whole import refresh
    from almoner.web import clock

    with DuckDB() as engine:
        for number in range(1 + ROUNDS):
            if number:
                _change_a_month(data / "almoner.sqlite3")
            began, worked = time.perf_counter(), time.process_time()
            refresh(engine, data=data, at=clock.now(), as_of=clock.today())
            yield {
                "seconds": time.perf_counter() - began,
                "processor": time.process_time() - worked,
            }


def _change_a_month(path: Path) -> None:
    """Lengthen the newest sessions by a minute, and raise the stamp of their month."""
    with sqlite3.connect(path) as database:
        (month,) = database.execute("SELECT max(month) FROM monthly_delivery").fetchone()
        database.execute(
            "UPDATE service_records SET minutes = minutes + 1 WHERE id IN "
            "(SELECT id FROM service_records ORDER BY started_at DESC LIMIT ?)",
            [CHANGED],
        )
        database.execute(
            "INSERT INTO page_stamps (token, serial) VALUES (?, 1) "
            "ON CONFLICT (token) DO UPDATE SET serial = serial + 1",
            [f"records {month}"],
        )
    database.close()


def _took(env: Environment, *arguments: str | Path) -> dict[str, float]:
    """What `almoner findings` takes, process start included."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [ALMONER, "findings", *arguments],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"almoner findings ended with {process.returncode}"
    return {"seconds": time.perf_counter() - began, "processor": used.ru_utime + used.ru_stime}


if __name__ == "__main__":
    print(json.dumps([*runs(Path(sys.argv[1]))]))
