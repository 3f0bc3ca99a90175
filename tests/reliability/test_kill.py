"""Kill -9 in the middle of a load: the database is as before or as after, and whole."""

import itertools
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
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


Fresh = Callable[[], dict[str, str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Makes the environment of one more empty, migrated database."""
    made = itertools.count()
    template = environment(tmp_path / "template")
    assert run("migrate", env=template).returncode == 0

    def another_file() -> dict[str, str]:
        folder = tmp_path / f"database-{next(made)}"
        shutil.copytree(tmp_path / "template", folder)
        return environment(folder)

    if request.param == "sqlite":
        yield another_file
        return
    with cluster() as url:
        assert run("migrate", env=environment(tmp_path, url)).returncode == 0
        server_url = url.rsplit("/", 1)[0]

        def another_database() -> dict[str, str]:
            name = f"database_{next(made)}"
            with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
                server.execute(f"CREATE DATABASE {name} TEMPLATE almoner")
            return environment(tmp_path, f"{server_url}/{name}")

        yield another_database


def _records(env: dict[str, str]) -> tuple[int, int]:
    """Rows of service_records and events of the audit trail."""
    # One statement: a server may still carry out the COMMIT of a client that is dead.
    query = "SELECT (SELECT count(*) FROM service_records), (SELECT count(*) FROM audit_events)"
    if "DATABASE_URL" in env:
        with psycopg.connect(env["DATABASE_URL"]) as connection:
            found = connection.execute(query).fetchone()
    else:
        file = Path(env["ALMONER_DATA_DIR"]) / "almoner.sqlite3"
        with sqlite3.connect(file, timeout=60) as database:
            found = database.execute(query).fetchone()
    assert found
    return int(found[0]), int(found[1])


def test_killed_loads_leave_nothing_behind(package: Path, fresh: Fresh) -> None:
    began = time.monotonic()
    assert run("load", package, env=fresh()).returncode == 0
    lasts = time.monotonic() - began
    chance = random.Random(20)
    database = fresh()
    killed_midway = 0
    for _ in range(2 * KILLS):
        process = start("load", package, env=database)
        time.sleep(chance.uniform(0.2, 0.9) * lasts)
        process.kill()
        process.communicate()
        if process.returncode == 0 or _records(database) != (0, 0):
            _is_whole(database)
            database = fresh()
            lasts *= 0.9  # the machine was busier when it was measured
            continue
        killed_midway += 1
        assert run("verify", env=database).returncode == 0
        if killed_midway == KILLS:
            break
    assert killed_midway == KILLS
    assert run("load", package, env=database).returncode == 0
    _is_whole(database)


def _is_whole(database: dict[str, str]) -> None:
    """All records and the one event of their load are there, and everything agrees."""
    records, events = _records(database)
    assert records > 150_000
    assert events == 1
    verified = run("verify", env=database)
    assert verified.returncode == 0, verified.stdout
