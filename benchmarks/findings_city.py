"""All findings of a city: from its package, and from the database after a change of one month.

Both are `almoner findings` from process start, in seconds of the processor; a package is held
against the bare scan of six columns of its service records, a later run against the first one.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.findings import SCAN
from benchmarks.materials import ALMONER, KEPT, Environment, city, environment, installation
from benchmarks.report import Line, median

ROUNDS = 3
TIMES, CHEAPER = 20, 10
CHANGED = 1_000  # records, all of the last month


def package() -> Iterator[Line]:
    """The whole catalogue over the city's package against the scan."""
    source = city("city")
    records = source / "service_records.parquet"
    scans, ours = [], []
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, duckdb.connect() as bare:
        for _ in range(ROUNDS):
            began = time.process_time()
            bare.execute(SCAN.format(records=records)).fetchall()
            scans.append({"processor": time.process_time() - began})
            output = Path(folder) / "findings.jsonl"
            ours.append(_took(dict(os.environ), source, "-o", output))
    scan, took = median(scans, "processor"), median(ours, "processor")
    detail = (
        f"{took / scan:.1f} times the scan: {took:.1f} s of the processor against {scan:.2f}, "
        f"{median(ours, 'seconds'):.1f} s of the wall"
    )
    yield Line(f"findings of the city's package (1/{TIMES})", scan / took, 1 / TIMES, detail)


def incremental() -> Iterator[Line]:
    """A run over the database after one month changed against a first run."""
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
    ratio = first["processor"] / median(again, "processor")
    detail = (
        f"{median(again, 'processor'):.1f} s of the processor against {first['processor']:.1f}, "
        f"{median(again, 'seconds'):.1f} s of the wall against {first['seconds']:.1f}"
    )
    yield Line("findings after one month's change", ratio, CHEAPER, detail)


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
