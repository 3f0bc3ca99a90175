"""Spark answers as DuckDB does: rule by rule, statistic by statistic, and on a real cluster."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest
from tests.citypackage.small import tables, write_small
from tests.cli.test_findings import run as command
from tests.demo.oracle_cases import AS_OF
from tests.findings.composed import composed
from tests.findings.small import write
from tests.findings.test_kept import files_of
from tests.methods.rated import city as rated_city

from almoner.findings.city import City, Fetch
from almoner.findings.definition import codes, definition
from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.engines.months import ALWAYS
from almoner.findings.engines.spark import Spark
from almoner.findings.expressions import month_and_contract
from almoner.findings.reduce import reduce_ratings, scaled
from almoner.findings.run import Finding, compute

CLUSTER_STARTS = 120  # seconds, on a busy machine
# Ibis 12 asks pandas 3 by older names.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
slow = (pytest.mark.slow, pytest.mark.timeout(1_800))
Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    with Spark("local[2]") as engine:
        yield engine


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_large_number_beside_an_empty_cell_stays_exact(spark: Spark, tmp_path: Path) -> None:
    most = 10**14  # the largest amount of the format, below 2**53
    rows: Rows = [{"seq": "1", "paid_fen": str(most)}, {"seq": "2"}]
    files = write({"instalments": rows}, tmp_path)
    city = spark.city(files, date.fromisoformat(AS_OF))
    found = city.fetch(city["instalments"].select(large=ibis._.paid_fen * 1_000 + 1))
    assert {row["large"] for row in found} == {most * 1_000 + 1, None}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_some_files_of_records_are_asked_as_if_they_were_all(spark: Spark, tmp_path: Path) -> None:
    files = files_of(tmp_path / "it's [a] {b,c} *city*? c:d", composed())
    city = spark.city(files, date.fromisoformat(AS_OF))

    def months(fetch: Fetch) -> set[object]:
        month, _ = month_and_contract(city["records_by_month"].contract_month)
        expression = month.name("month").as_table()
        found = {row["month"] for row in fetch(expression)}
        assert {row["month"] for row in fetch(city.written(expression))} == found
        return found

    first, *_, last = (path.stem for path in files["service_records"])
    chosen = [files["service_records"][0], files["service_records"][-1]]
    assert months(city.fetch_of(chosen, range(*ALWAYS))) == {first, last}
    assert months(city.fetch) == {path.stem for path in files["service_records"]} > {first, last}


@pytest.fixture(scope="module")
def cities(spark: Spark, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, City]]:
    """One city on DuckDB and on Spark."""
    files = write(composed(), tmp_path_factory.mktemp("composed"))
    with DuckDB() as duckdb:
        yield tuple(engine.city(files, date.fromisoformat(AS_OF)) for engine in (duckdb, spark))  # type: ignore[misc]


@pytest.mark.parametrize("code", [pytest.param(code, marks=slow) for code in codes()])
def test_both_engines_find_the_same(code: str, cities: tuple[City, City]) -> None:
    ours, theirs = (sorted(compute(definition(code), city), key=place) for city in cities)
    assert ours, "a rule that finds nothing proves nothing"
    assert [exact(one) for one in theirs] == [exact(one) for one in ours]
    for one, other in zip(ours, theirs, strict=True):
        assert ratios(other) == pytest.approx(ratios(one), abs=1e-9)


def place(one: Finding) -> tuple[str, str]:
    return one.id, one.key or ""


def exact(one: Finding) -> Finding:
    """The finding without its ratios."""
    words = {name: word for name, word in one.words.items() if not isinstance(word, float)}
    return replace(one, value=None, limit=None, words=words)


def ratios(one: Finding) -> dict[str, object]:
    shown = {"value": one.value, "limit": one.limit, **one.words}
    return {name: number for name, number in shown.items() if isinstance(number, float)}


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("covariates", [[], ["year"]])
def test_both_engines_reduce_ratings_to_the_same_statistics(
    covariates: list[str], spark: Spark, tmp_path: Path
) -> None:
    from pyspark.sql import SparkSession

    frame = rated_city(2, centres=24, indicators=10, years=2)[0]
    frame.write_parquet(tmp_path / "ratings.parquet")
    ours, theirs = (
        reduced(engine, tmp_path / "ratings.parquet", covariates)
        for engine in (
            ibis.duckdb.connect(),
            ibis.pyspark.connect(SparkSession.builder.getOrCreate()),
        )
    )
    for name in ("n", "scale", "total", "squares", "covariates"):
        assert getattr(theirs, name) == getattr(ours, name)
    for one, other in zip(ours.factors, theirs.factors, strict=True):
        assert (other.name, other.parts) == (one.name, one.parts)
        for name in ("counts", "sums", "covariate_sums"):
            assert np.array_equal(getattr(other, name), getattr(one, name))
    assert theirs.pairs.keys() == ours.pairs.keys()
    for pair, crossed in ours.pairs.items():
        assert (theirs.pairs[pair] != crossed).nnz == 0


def reduced(engine: Any, path: Path, covariates: list[str]) -> Any:
    table = engine.read_parquet(path)
    numbers = {name: scaled(table, name) for name in covariates}
    terms = ["centre", "agency", "rater", "indicator", "centre:agency", "rater:indicator"]
    return reduce_ratings(table, scaled(table, "score"), terms, numbers)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, str]]:
    """A master and two workers of one core each: where they listen, and where the master tells."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port, page = free_port(), free_port()
    address, told = f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}/json/"
    with ExitStack() as stack:

        def start(role: str, *words: object) -> None:
            kind = f"org.apache.spark.deploy.{role.lower()}.{role}"
            process = subprocess.Popen(
                [home / "bin" / "spark-class", kind, "--host", "127.0.0.1", *map(str, words)],
                env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)

        start("Master", "--port", port, "--webui-port", page)
        for name in ("a", "b"):
            start(
                *("Worker", "--cores", 1, "--memory", "1g", "--webui-port", 0),
                *("--work-dir", folder / name, address),
            )
        deadline = time.monotonic() + CLUSTER_STARTS
        while state(told).get("aliveworkers") != 2:
            assert time.monotonic() < deadline, "the cluster does not start"
            time.sleep(0.5)
        yield address, told


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def state(page: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except OSError:
        return {}


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_a_cluster_of_two_workers_finds_the_same(tmp_path: Path) -> None:
    filled = tables()
    filled["instalments"][0]["paid_fen"] = "199000001"
    filled["bids"][0]["direct_hours"] = "24000"
    package = write_small(tmp_path / "city", filled)
    assert command(package, "-o", tmp_path / "duckdb.jsonl") == 0
    with cluster(tmp_path) as (address, page):
        done = almoner(package, "--engine", address, "-o", tmp_path / "spark.jsonl")
        assert done.returncode == 0, done.stderr
        (application,) = state(page)["completedapps"]
    assert (application["cores"], application["state"]) == (2, "FINISHED")
    ours, theirs = ((tmp_path / f"{name}.jsonl").read_bytes() for name in ("duckdb", "spark"))
    assert theirs == ours
    assert len({json.loads(line)["code"] for line in ours.splitlines()}) >= 5


def almoner(package: Path, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: Spark has one session a process."""
    return subprocess.run(
        [Path(sys.executable).with_name("almoner"), "findings", package, *map(str, words)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


def test_without_pyspark_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert command(write_small(tmp_path / "city", tables()), "--engine", "spark") == 2
    assert capsys.readouterr().err == (
        "almoner findings: Spark is not installed: pip install 'almoner[spark]', and Java 17\n"
    )


def test_without_java_the_command_says_that_spark_does_not_start(tmp_path: Path) -> None:
    package = write_small(tmp_path / "city", tables())
    done = almoner(package, "--engine", "spark", JAVA_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == (
        "almoner findings: Spark does not start at local[2]: "
        "it needs Java 17 here (in PATH or JAVA_HOME)"
    )
