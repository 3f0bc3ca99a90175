"""Kill -9 in the middle of a load: the database is as before or as after, and whole."""

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.reliability.processes import environment, run, start
from tools.postgres import cluster

from almoner.demo import generate

KILLS = 20
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "district"
    generate(folder, "district", seed=1)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty, migrated database."""
    if request.param == "sqlite":
        env = environment(tmp_path)
        assert run("migrate", env=env).returncode == 0
        yield env
        return
    with cluster() as url:
        env = environment(tmp_path, url)
        assert run("migrate", env=env).returncode == 0
        yield env


def _records(env: dict[str, str]) -> tuple[int, int]:
    """Rows of service_records and events of the audit trail."""
    queries = ("SELECT count(*) FROM service_records", "SELECT count(*) FROM audit_events")
    if "DATABASE_URL" in env:
        with psycopg.connect(env["DATABASE_URL"]) as connection:
            first, second = (connection.execute(query).fetchone() for query in queries)
    else:
        file = Path(env["ALMONER_DATA_DIR"]) / "almoner.sqlite3"
        with sqlite3.connect(file, timeout=60) as connection:
            first, second = (connection.execute(query).fetchone() for query in queries)
    assert first and second
    return int(first[0]), int(second[0])


def test_killed_loads_leave_nothing_behind(package: Path, database: dict[str, str]) -> None:
    began = time.monotonic()
    whole = run("load", package, env=environment(Path(database["ALMONER_DATA_DIR"]) / "other"))
    assert whole.returncode == 0, whole.stdout + whole.stderr
    lasts = time.monotonic() - began
    before = _records(database)
    assert before == (0, 0)
    chance = random.Random(20)
    killed_midway = 0
    for _ in range(KILLS):
        process = start("load", package, env=database)
        time.sleep(chance.uniform(0.1, 1.0) * lasts)
        midway = process.poll() is None
        process.kill()
        process.communicate()
        if _records(database) != before:
            break  # the last instant before its end: all of it is there
        killed_midway += midway
        verified = run("verify", env=database)
        assert verified.returncode == 0, verified.stdout
    assert killed_midway >= KILLS // 2
    assert run("load", package, env=database).returncode == 0
    records, events = _records(database)
    assert records > 150_000
    assert events == 1
    verified = run("verify", env=database)
    assert verified.returncode == 0, verified.stdout
