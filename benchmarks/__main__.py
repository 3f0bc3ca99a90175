"""`make bench`: every figure beside its target; `python -m benchmarks PART ...`: some of them."""

import sys

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
    print(HEADING)
    for name in names or PARTS:
        for line in PARTS[name]():
            print(text(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
