"""D01 to D08 on Spark with two local workers beside DuckDB: the same rows, and what each takes.

`python -m benchmarks.findings_spark FOLDER CODE ...`, a process of its own, prints for each code
the seconds of the wall that either engine took, how many findings there were, and whether they
were the same.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import records
from benchmarks.findings import ROWS, TIMES, stored
from benchmarks.materials import KEPT, run
from benchmarks.report import Line


def measure(rows: int = ROWS) -> Iterator[Line]:
    """Each rule on both engines; a line is reached where their findings are the same."""
    folder = records.write(KEPT / f"findings-{rows}", rows)
    for code, took in run("findings_spark", folder, *TIMES, env=dict(os.environ)).items():
        detail = (
            f"{took['found']:,} found; Spark {took['spark']:.1f} s of the wall, "
            f"DuckDB {took['duckdb']:.1f}"
        )
        yield Line(f"{code} on Spark: the same rows", float(took["same"]), 1, detail)


def compare(folder: Path, codes: list[str]) -> dict[str, Any]:
    """What both engines found and took."""
    from almoner.findings.definition import definition
    from almoner.findings.engines.duckdb import DuckDB
    from almoner.findings.engines.spark import Spark
    from almoner.findings.run import compute

    answers: dict[str, dict[str, Any]] = {code: {} for code in codes}
    with DuckDB() as duckdb, Spark("local[2]") as spark:
        for name, engine in (("duckdb", duckdb), ("spark", spark)):
            for code, answer in answers.items():
                entry = definition(code)
                city = engine.city(stored(folder, entry.needs), date.fromisoformat(records.LAST))
                began = time.perf_counter()
                found = compute(entry, city)
                answer[name] = time.perf_counter() - began
                found.sort(key=lambda one: (one.id, one.key or ""))
                answer["same"] = answer.setdefault("first", found) == found
                answer["found"] = len(found)
    return {code: {**answer, "first": None} for code, answer in answers.items()}


if __name__ == "__main__":
    print(json.dumps(compare(Path(sys.argv[1]), sys.argv[2:])))
