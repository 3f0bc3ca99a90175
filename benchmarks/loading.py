"""Loading service records: speed against the bare database, and memory."""

from collections.abc import Iterator

from tools.postgres import cluster

from benchmarks.materials import (
    Engine,
    city,
    install,
    postgresql,
    records_alone,
    run,
    sqlite,
    without_records,
)
from benchmarks.report import Line, median

ROWS, ROUNDS = 1_000_000, 3
LARGE = 5_000_000
TARGETS = {"PostgreSQL": ("raw COPY", 0.6), "SQLite": ("bare executemany", 0.7)}
MEMORY_MB = 1_000.0


def speed() -> Iterator[Line]:
    """`almoner load` of service records alone, all of it, against the bare rows."""
    with sqlite(without_records()) as engine:
        yield _against_bare(engine)
    with cluster() as url, postgresql(url, without_records()) as engine:
        yield _against_bare(engine)


def _against_bare(engine: Engine) -> Line:
    package = records_alone(ROWS)
    rounds: dict[str, list[dict[str, float]]] = {"bare": [], "package": []}
    for _ in range(ROUNDS):
        for what, found in rounds.items():
            with engine.fresh() as env:
                found.append(run("load", what, package, env=env))
    bare, ours = (median(found, "seconds") for found in rounds.values())
    bare_cpu, cpu = (median(found, "processor") for found in rounds.values())
    against, target = TARGETS[engine.name]
    detail = (
        f"{ours:.1f} s against {bare:.1f} of {against}; "
        f"{cpu:.1f} s of our processor against {bare_cpu:.1f}"
    )
    return Line(f"{engine.name}: load {ROWS:,} service records", bare / ours, target, detail)


def memory() -> Iterator[Line]:
    """The peak memory of the process that loads, or checks, five million service records."""
    yield _peak("SQLite: load the city, 5M records", install("city"))
    with cluster() as url, postgresql(url, None) as engine, engine.fresh() as env:
        took = run("load", "package", city("city"), env=env)
        yield _peak("PostgreSQL: load the city, 5M records", took)
    with sqlite(None) as engine, engine.fresh() as env:
        took = run("load", "check", records_alone(LARGE), env=env)
        yield _peak(f"check {LARGE:,} records in CSV", took)


def _peak(name: str, took: dict[str, float]) -> Line:
    detail = f"{took['seconds']:.0f} s, {took['processor']:.0f} s of our processor"
    return Line(name, took["peak_mb"], MEMORY_MB, detail, at_most=True)
