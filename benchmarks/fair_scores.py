"""Fair scores: the fit against lme4, the group-by against a bare one, and growth with size.

`python -m benchmarks.fair_scores DESIGN [ROWS]` measures one design in a process of its own and
prints JSON; DESIGN is instval, big2, big3, nation or pairs.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.drawing import draw
from benchmarks.load import peak_mb
from benchmarks.materials import KEPT, run
from benchmarks.report import Line

Integers = npt.NDArray[np.int64]
TERMS = {
    "instval": ("s", "d", "dept:service"),
    "big2": ("a", "b"),
    "big3": ("a", "b", "c"),
    "nation": ("contract", "contract:year", "agency", "rater", "indicator", "contract:agency"),
    "pairs": ("a", "b"),
}
DENSE = (1_000, 2_000, 4_000, 8_000)  # of so many, the last two tell the exponent
IMAGES = Path("docs/images")
LME4 = {"instval": 5.0, "big2": 10.0, "big3": 25.0}
# lme4 times the fit alone, with the data in memory and as factors.
LME4_PROGRAM = """
suppressMessages(library(lme4))
given <- commandArgs(TRUE)
data <- read.csv(given[1])
for (name in setdiff(names(data), "y")) data[[name]] <- factor(data[[name]])
formula <- as.formula(given[2])
took <- system.time(model <- lmer(formula, data, REML = TRUE))
cat(took[1] + took[2], REMLcrit(model), "\\n")
"""


def _crossed(rows: int, sizes: tuple[int, ...], spreads: tuple[float, ...]) -> pl.DataFrame:
    """Ratings of crossed factors, drawn at random: mean 75, residual 7, rounded to 0.1."""
    r = np.random.default_rng(11)
    levels = [r.integers(0, size, rows) for size in sizes]
    score = 75 + 7 * r.standard_normal(rows)
    for size, spread, level in zip(sizes, spreads, levels, strict=True):
        score += (spread * r.standard_normal(size))[level]
    columns = dict(zip("abc", levels, strict=False))
    return pl.DataFrame({**columns, "y": np.round(score, 1)})


def _nation(rows: int) -> pl.DataFrame:
    """12,000 contracts x 5 years, 60 agencies of 25 raters, 40 indicators of the city's core."""
    contracts, years, agencies, raters, indicators = 12_000, 5, 60, 25, 40
    r = np.random.default_rng(12)
    judged = rows // (contracts * years)
    contract = np.repeat(np.arange(contracts), years * judged)
    year = np.tile(np.repeat(np.arange(years), judged), contracts)
    cell = contract * years + year
    first = r.integers(0, agencies, contracts * years)
    second = (first + 1 + r.integers(0, agencies - 1, len(first))) % agencies
    twice = (r.random(len(first)) < 0.15)[cell] & (np.arange(len(cell)) % 2 == 1)
    agency = np.where(twice, second[cell], first[cell])
    pair = r.integers(0, raters, (contracts * years, 2))
    rater = agency * raters + pair[cell, (np.arange(len(cell)) // 2) % 2]
    indicator = r.integers(0, indicators, len(cell))
    score = 78 + (6 * r.standard_normal(contracts))[contract]
    score += (2.5 * r.standard_normal(contracts * years))[cell]
    score += (3 * r.standard_normal(agencies))[agency] + (2 * r.standard_normal(1500))[rater]
    score += (5 * r.standard_normal(indicators))[indicator] + 7 * r.standard_normal(len(cell))
    score += (1.5 * r.standard_normal(contracts * agencies))[contract * agencies + agency]
    names = ("contract", "year", "agency", "rater", "indicator")
    parts = (contract, year, agency, rater, indicator)
    columns = dict(zip(names, (x.astype(np.int32) for x in parts), strict=True))
    return pl.DataFrame({**columns, "y": np.round(np.clip(score, 0, 100), 1)})


def _file(design: str, rows: int) -> Path:
    """The ratings of a design as Parquet, scores in tenths as whole numbers under `units`."""
    path = KEPT / f"ratings-{design}-{rows}.parquet"
    if not path.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        make: dict[str, Callable[[], pl.DataFrame]] = {
            "instval": lambda: pl.read_csv(_reference() / "InstEval.csv"),
            "big2": lambda: _crossed(rows, (5000, 2000), (2.5, 6)),
            "big3": lambda: _crossed(rows, (5000, 2000, 200), (2.5, 6, 4)),
            "pairs": lambda: _crossed(rows, (5000, 2000), (2.5, 6)),
            "nation": lambda: _nation(rows),
        }
        units = (pl.col("y") * 10).round().cast(pl.Int64).alias("units")
        make[design]().with_columns(units).write_parquet(path)
    return path


def _reference() -> Path:
    return Path(os.environ.get("ALMONER_REFERENCE", "reference")) / "ratings"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(design: str, rows: int) -> dict[str, float]:
    """Seconds of the processor for the bare group-bys, for ours, and for the fit."""
    import ibis

    from almoner.findings.reduce import Scaled, _groups, reduce_ratings
    from almoner.methods.fair_scores import fit

    terms = TERMS[design]
    table = ibis.duckdb.connect()
    ratings = table.create_table("ratings", table.read_parquet(str(_file(design, rows))))
    columns = sorted({column for term in terms for column in term.split(":")})
    ratings.count().to_pyarrow()  # what Ibis imports late is no part of a group-by
    bare_before, wall = _processor(), time.perf_counter()
    for group in _groups(terms, columns):
        keys = ", ".join(group)
        sql = f"SELECT {keys}, count(*) AS n, sum(units) AS y FROM ratings GROUP BY {keys}"
        table.con.sql(sql).to_arrow_table()
    bare, bare_wall = _processor() - bare_before, time.perf_counter() - wall
    before, wall = _processor(), time.perf_counter()
    statistics = reduce_ratings(ratings, Scaled(ratings.units, 10), terms)
    counted, counted_wall = _processor() - before, time.perf_counter() - wall
    table.disconnect()
    before, wall = _processor(), time.perf_counter()
    found = fit(statistics, terms)
    took, fit_wall = _processor() - before, time.perf_counter() - wall
    return {
        "bare": bare,
        "bare_wall": bare_wall,
        "count": counted,
        "count_wall": counted_wall,
        "fit": took,
        "fit_wall": fit_wall,
        "criterion": float(found.criterion),
        "converged": found.convergence.converged,
        "steps": found.convergence.steps,
        "peak_mb": peak_mb(),
    }


def _measured(design: str, rows: int) -> dict[str, Any]:
    # Threads of the linear algebra that wait for one another burn time of the processor.
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    found: dict[str, Any] = run("fair_scores", design, str(rows), env=env)
    return found


def against_lme4() -> Iterator[Line]:
    """Seconds of the processor that lme4 takes for a fit, against ours, at the same optimum."""
    for design, target in LME4.items():
        rows = 73_421 if design == "instval" else 1_000_000
        if design == "instval" and not _reference().exists():
            print("instval: skipped, set ALMONER_REFERENCE to the folder of the reference data")
            continue
        if shutil.which("Rscript") is None:
            print(f"{design}: skipped, there is no Rscript (Debian: r-cran-lme4)")
            continue
        ours = _measured(design, rows)
        theirs = _lme4(design, rows)
        if theirs is None:
            print(f"{design}: skipped, R has no lme4 (Debian: r-cran-lme4)")
            continue
        took, criterion = theirs
        detail = (
            f"{ours['fit']:.2f} s against {took:.1f} of the processor; criterion "
            f"{ours['criterion'] - criterion:+.1e}; {ours['steps']} steps; {ours['peak_mb']:.0f} MB"
        )
        yield Line(f"fit of {design}: lme4's time by ours", took / ours["fit"], target, detail)


def _lme4(design: str, rows: int) -> tuple[float, float] | None:
    path = KEPT / f"ratings-{design}-{rows}.csv"
    if not path.exists():
        pl.read_parquet(_file(design, rows)).drop("units").write_csv(path)
    formula = "y ~ 1 + " + " + ".join(f"(1|{term})" for term in TERMS[design])
    program = KEPT / "lme4.R"
    program.write_text(LME4_PROGRAM)
    done = subprocess.run(
        ["Rscript", str(program), str(path), formula], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        return None
    took, criterion = done.stdout.split()
    return float(took), float(criterion)


def engine(rows: int = 100_000_000, nation: int = 10_000_000) -> Iterator[Line]:
    """The group-by of many ratings, and the fit of a nation by its group-by."""
    found = _measured("pairs", rows)
    detail = f"{found['count']:.1f} s against {found['bare']:.1f} of the processor"
    detail += f"; fit {found['fit']:.1f} s; {found['peak_mb']:.0f} MB"
    yield Line(
        f"bare group-by by ours, {rows:,} ratings", found["bare"] / found["count"], 0.5, detail
    )
    found = _measured("nation", nation)
    detail = f"group-by {found['count']:.1f} s, fit {found['fit']:.1f} s of the processor"
    detail += f"; {found['steps']} steps; {found['peak_mb']:.0f} MB"
    name = f"nation, {nation:,} ratings: group-by by fit"
    yield Line(name, found["count"] / found["fit"], 0.1, detail)


def growth(small: int = 2_000_000, large: int = 100_000_000) -> Iterator[Line]:
    """Exponents: of the group-by in rows (about 1), of a step of the fit in dense levels (about 3).

    Both are drawn, in docs/images.
    """
    counts = {rows: _measured("pairs", rows)["count"] for rows in (small, 4 * small, large)}
    slope = log(counts[large] / counts[small]) / log(large / small)
    yield _growth("growth of the group-by with ratings", slope, 1.2, counts)
    draw(IMAGES / "growth-ratings.svg", "ratings", counts)
    steps = {levels: _dense(levels) for levels in DENSE}
    slope = log(steps[DENSE[-1]] / steps[DENSE[-2]]) / log(DENSE[-1] / DENSE[-2])
    yield _growth("growth of a step with dense levels", slope, 3.3, steps)
    draw(IMAGES / "growth-levels.svg", "dense levels", steps)


def _growth(name: str, slope: float, most: float, times: dict[int, float]) -> Line:
    detail = ", ".join(f"{seconds:.2f} s for {size:,}" for size, seconds in times.items())
    return Line(name, most / max(slope, 0.1), 1.0, f"exponent {slope:.2f}; {detail}")


def _dense(levels: int) -> float:
    """Seconds of the processor of one step with so many dense levels."""
    import ibis

    from almoner.findings.reduce import Scaled, reduce_ratings
    from almoner.methods.fair_scores.design import full_design
    from almoner.methods.fair_scores.reml import Problem

    table = ibis.duckdb.connect()
    frame = _crossed(400_000, (levels + 500, levels), (2, 2))
    table.con.register("frame", frame.with_columns(units=(pl.col("y") * 10).round().cast(pl.Int64)))
    ratings = table.table("frame")
    statistics = reduce_ratings(ratings, Scaled(ratings.units, 10), ("a", "b"))
    problem = Problem(statistics, [0, 1], full_design(statistics, []))
    before = _processor()
    assert np.isfinite(problem.at(np.array([0.1, 0.1])).slope).all()
    return _processor() - before


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
