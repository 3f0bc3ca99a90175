"""One load, in a process of its own: `python -m benchmarks.load package|check|bare PACKAGE`.

Prints seconds of the wall and of the processor, and the greatest memory of the process in MB.
"""

import json
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

Measured = Callable[[], object]


def peak_mb() -> float:
    """The greatest resident memory of this process so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(package: Path) -> Measured:
    """`almoner load`, everything included; the clock then shows the package's day."""
    from datetime import UTC, datetime

    from almoner.exchange.load import load
    from almoner.web import clock

    def measured() -> None:
        at = datetime.now(UTC)
        loaded = load(package, actor="benchmark", at=at)
        assert loaded.wrote and loaded.report.as_of, loaded.report.faults[:5]
        clock.start_demonstration(actor="benchmark", at=at, day=loaded.report.as_of)

    return measured


def check(package: Path) -> Measured:
    """`almoner check`."""
    from almoner import citypackage

    def measured() -> None:
        report = citypackage.check(package)
        assert report.ok, report.faults[:5]

    return measured


def bare(package: Path) -> Measured:
    """The least that puts the same rows into the same table: one statement, one commit."""
    from django.db import connection

    return _bare_copy(package) if connection.vendor == "postgresql" else _bare_insert(package)


def _bare_insert(package: Path) -> Measured:
    from django.conf import settings
    from django.db import connection

    from almoner.exchange import bulk

    rows: list[tuple[Any, ...]] = []
    names: list[str] = []
    for frame in _stored(package):
        names = frame.columns
        rows += bulk._as_sqlite(frame).rows()
    marks = ", ".join("?" * len(names))
    pragmas = settings.DATABASES["default"]["OPTIONS"]["init_command"]
    raw = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    raw.executescript(f"{pragmas} PRAGMA foreign_keys=ON;")

    def measured() -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(f"INSERT INTO service_records ({', '.join(names)}) VALUES ({marks})", rows)
        raw.execute("COMMIT")

    return measured


def _bare_copy(package: Path) -> Measured:
    import psycopg

    pieces: list[bytes] = []
    names: list[str] = []
    for frame in _stored(package):
        names = frame.columns
        pieces.append(frame.write_csv(include_header=False).encode())
    raw = psycopg.connect(os.environ["DATABASE_URL"])

    def measured() -> None:
        sql = f"COPY service_records ({', '.join(names)}) FROM STDIN (FORMAT csv)"
        with raw.cursor().copy(sql) as copy:
            for piece in pieces:
                copy.write(piece)
        raw.commit()

    return measured


def _stored(package: Path) -> Iterator[Any]:
    """The service records of a package as the database's columns."""
    from almoner.citypackage import read
    from almoner.exchange.resolve import Resolver
    from almoner.exchange.tables import STORED

    with read(package) as reader:
        resolver: Resolver | None = None
        for name, frame in reader.frames():
            resolver = resolver or Resolver(frozenset(reader.report.listed))
            yield resolver.stored(STORED[name], frame)


def main(what: str, *arguments: str) -> None:
    """Do one of the three and print what it took."""
    django.setup()
    measured = {"package": ours, "check": check, "bare": bare}[what](Path(arguments[0]))
    began, worked = time.perf_counter(), time.process_time()
    measured()
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
    print(json.dumps(took | {"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
