"""`make bench`: every figure beside its target; `python -m benchmarks PART ...`: some of them."""

import os
import subprocess
import sys
import sysconfig

from benchmarks import (
    fair_scores,
    findings,
    findings_city,
    findings_spark,
    flags,
    loading,
    pages,
    sessions,
)
from benchmarks.materials import KEPT
from benchmarks.report import HEADING, text

PARTS = {
    "speed": loading.speed,
    "memory": loading.memory,
    "pages": pages.measure,
    "sessions": sessions.measure,
    "flags": flags.measure,
    "findings": findings.speed,
    "findings-growth": findings.growth,
    "findings-city": findings_city.package,
    "findings-incremental": findings_city.incremental,
    "findings-spark": findings_spark.measure,
    "fair-scores": fair_scores.against_lme4,
    "ratings": fair_scores.engine,
    "ratings-growth": fair_scores.growth,
}


def main(names: list[str]) -> int:
    """Print the table, line by line as it is measured; 2 for a part that there is not."""
    if not set(names) <= set(PARTS):
        print(f"Usage: python -m benchmarks [{'|'.join(PARTS)} ...]", file=sys.stderr)
        return 2
    KEPT.mkdir(parents=True, exist_ok=True)
    _compile()
    print(HEADING)
    for name in names or PARTS:
        for line in PARTS[name]():
            print(text(line), flush=True)
    return 0


def _compile() -> None:
    """Have bytecode of whatever the processes import, as an installation that is in use has."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    folders = [sysconfig.get_path("purelib"), "src", "benchmarks"]
    # A library may bring files of another Python, which nothing imports: no reason to stop.
    subprocess.run([sys.executable, "-m", "compileall", "-qq", "-j", "0", *folders], check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
