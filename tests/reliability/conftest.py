"""Databases for commands in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reliability.processes import environment, run
from tools.postgres import cluster


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
