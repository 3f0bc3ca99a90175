"""Demonstrations served for a journey, each with a database of its own."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.walker import Walker
from tests.reliability.processes import environment, run, start
from tools.postgres import cluster

START = """
import sys
from datetime import UTC, date, datetime
from almoner.cli.platform import set_up
set_up()
from almoner.web import clock
day = date.fromisoformat(sys.argv[1])
clock.start_demonstration(actor="journey", at=datetime.now(UTC), day=day)
"""


@dataclass(frozen=True)
class Site:
    """A served site: its address, and the environment of commands about it."""

    address: str
    env: dict[str, str]


def demonstrate(folder: Path, database_url: str | None = None) -> None:
    """Make the demonstration city, as its first start does, with `folder` for its data."""
    made = run("demo", "--no-serve", env=environment(folder, database_url))
    assert made.returncode == 0, made.stdout + made.stderr
    assert "administrator" in made.stdout


@contextmanager
def demonstration(folder: Path, database: str, watch: str = "on") -> Iterator[Site]:
    """The demonstration city of `folder`, or on a PostgreSQL of its own, served and watched."""
    with ExitStack() as stack:
        url = stack.enter_context(cluster()) if database == "postgresql" else None
        if url:
            migrated = run("migrate", env=environment(folder, url))
            assert migrated.returncode == 0, migrated.stdout + migrated.stderr
            demonstrate(folder, url)
        yield stack.enter_context(served(environment(folder, url) | {"ALMONER_WATCH": watch}))


@contextmanager
def watched(walk: Walker, site: Site) -> Iterator[None]:
    """The walk goes on where the findings follow: if not here, at a second server of the data."""
    if site.env["ALMONER_WATCH"] == "on":
        yield
        return
    with served(site.env | {"ALMONER_WATCH": "on"}) as other:
        walk.site = other.address
        yield
        walk.site = site.address


@contextmanager
def loaded(folder: Path, package: Path, day: str) -> Iterator[Site]:
    """An empty database with a package loaded into it, whose clock shows `day`, served."""
    env = environment(folder)
    made = run("load", package, env=env)
    assert made.returncode == 0, made.stdout + made.stderr
    subprocess.run([sys.executable, "-c", START, day], env=env, check=True)
    with served(env) as site:
        yield site


@contextmanager
def served(env: dict[str, str]) -> Iterator[Site]:
    """A site that is set up, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = start("serve", "--port", str(port), env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield Site(address, env)
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address + "/en/privacy/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site did not come up")
