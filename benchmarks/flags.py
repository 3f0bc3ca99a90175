"""`almoner flags` against the same indicators as a DuckDB script: time, speed and memory."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import releases
from benchmarks.materials import ALMONER, KEPT
from benchmarks.report import Line, median

COUNTS, ROUNDS = (100_000, 500_000), 3
# A script like this one took 2.2 times less than Cardinal, and a quarter of Cardinal's is the aim.
TARGET = 1.8
MEMORY_MB = 1_000.0


def measure() -> Iterator[Line]:
    """From the start of the process to its end, in turns with the script."""
    for count in COUNTS:
        path = releases.write(KEPT / f"releases-{count}.jsonl", count)
        commands = {
            "script": [sys.executable, "-m", "benchmarks.flags_duckdb", str(path)],
            "ours": [str(ALMONER), "flags", str(path)],
        }
        rounds: dict[str, list[dict[str, float]]] = {what: [] for what in commands}
        for _ in range(ROUNDS):
            for what, command in commands.items():
                rounds[what].append(_run(command))
        script, ours = rounds["script"], rounds["ours"]
        yield _line(count, path, script, ours, "seconds")
        yield _line(count, path, script, ours, "processor")
        peak = max(found["peak_mb"] for found in ours)
        detail = f"the largest process; the script {median(script, 'peak_mb'):.0f} MB"
        yield Line(f"flags: memory, {count:,} releases", peak, MEMORY_MB, detail, at_most=True)


def _line(
    count: int,
    path: Path,
    script: list[dict[str, float]],
    ours: list[dict[str, float]],
    what: str,
) -> Line:
    theirs, mine = median(script, what), median(ours, what)
    megabytes = path.stat().st_size / 1e6
    detail = f"{mine:.1f} s against {theirs:.1f}; {count / mine:,.0f} releases/s, "
    return Line(
        f"flags: {count:,} releases, {what}",
        theirs / mine,
        TARGET,
        f"{detail}{megabytes / mine:.0f} MB/s",
    )


def _run(command: list[str]) -> dict[str, float]:
    """What a command took; the memory is that of the largest of its processes."""
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        actions = [
            (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2),
        ]
        process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return {
        "seconds": time.monotonic() - start,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }
