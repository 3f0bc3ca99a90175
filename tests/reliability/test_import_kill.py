"""Kill -9 in the middle of an import: the log is as before or as after, and all agrees."""

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.reliability.importing import ROWS
from tests.reliability.processes import environment, run
from tools.postgres import cluster

KILLS = 8
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database with an import that waits."""
    if request.param == "sqlite":
        yield _made(environment(tmp_path / "prepared"))
        return
    with cluster() as url:
        yield _made(environment(tmp_path, url))


def _made(env: dict[str, str]) -> dict[str, str]:
    assert run("migrate", env=env).returncode == 0
    process = _start("make", env)
    assert process.wait() == 0
    return env


def _start(what: str, env: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.importing", what],
        env=env | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _fresh(env: dict[str, str], tmp_path: Path, name: str) -> dict[str, str]:
    """A copy of the prepared database."""
    if "DATABASE_URL" not in env:
        shutil.copytree(env["ALMONER_DATA_DIR"], tmp_path / name)
        return environment(tmp_path / name)
    server, _, template = env["DATABASE_URL"].rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return environment(tmp_path, f"{server}/{name}")


# One statement: a server may still carry out the COMMIT of a client that is dead.
COUNTS = """
    SELECT (SELECT count(*) FROM sessions_log),
        (SELECT count(*) FROM service_records),
        (SELECT count(*) FROM monthly_delivery),
        (SELECT count(*) FROM import_batches WHERE applied_at IS NOT NULL),
        (SELECT count(*) FROM audit_events WHERE kind = 'import.apply')"""


def _counts(env: dict[str, str]) -> tuple[int, ...]:
    """Lines of the log, records, months, and imports that were applied."""
    if "DATABASE_URL" in env:
        with psycopg.connect(env["DATABASE_URL"]) as connection:
            found = connection.execute(COUNTS).fetchone()
    else:
        file = Path(env["ALMONER_DATA_DIR"]) / "almoner.sqlite3"
        with sqlite3.connect(file, timeout=60) as database:
            found = database.execute(COUNTS).fetchone()
    assert found
    return tuple(found)


def _apply(env: dict[str, str], kill_after: float | None = None) -> float:
    """Apply it, or kill it so many seconds after it began; how long it took."""
    process = _start("apply", env)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    began = time.monotonic()
    if kill_after is not None:
        time.sleep(kill_after)
        process.kill()
    process.communicate()
    assert kill_after is not None or process.returncode == 0
    return time.monotonic() - began


def test_killed_imports_are_there_as_a_whole_or_not_at_all(
    prepared: dict[str, str], tmp_path: Path
) -> None:
    after = (ROWS, ROWS, 1, 1, 1)
    lasts = _apply(whole := _fresh(prepared, tmp_path, "whole"))
    assert _counts(whole) == after
    chance, midway = random.Random(21), 0
    for number in range(3 * KILLS):
        database = _fresh(prepared, tmp_path, f"killed_{number}")
        _apply(database, kill_after=chance.uniform(0.2, 0.95) * lasts)
        found = _counts(database)
        assert found in ((0, 0, 0, 0, 0), after)
        verified = run("verify", env=database)
        assert verified.returncode == 0, verified.stdout
        midway += found[0] == 0
        if midway == KILLS:
            break
    assert midway == KILLS
    _apply(database)
    assert _counts(database) == after
    assert run("verify", env=database).returncode == 0
