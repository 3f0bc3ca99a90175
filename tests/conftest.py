"""How every test meets a database: whatever DATABASE_URL names, SQLite in a file without it."""

import fcntl
import gc
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import translation
from hypothesis import settings

# The model's matrices are small: two threads on each would only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# So would those over tables of a few rows; each worker of the tests has a processor anyway.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Findings follow what is written in another thread, which sees no test's transaction; the tests of
# that turn it on.
os.environ.setdefault("ALMONER_WATCH", "off")

# The same examples at every run: checks must not fail by luck. `make verify` looks for new ones.
# A shared machine is slow at times: how long one example takes says nothing about the code.
settings.register_profile("almoner", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("almoner")

Fill = Callable[[Path], None]
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# Folders of tests that know no database: a run on another one need not even read them.
WITHOUT_DATABASE = {
    "architecture",
    "browser",
    "citypackage",
    "cli",
    "demo",
    "flags",
    "journeys",
    "methods",
    "rules",
}
MIGRATED = {"django_content_type", "auth_permission"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that touch a database (for a second run on another one)",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return (config.getoption("--database-only") and _without_database(collection_path)) or None


def _without_database(path: Path) -> bool:
    tests = Path(__file__).parent
    return path.is_relative_to(tests) and path.relative_to(tests).parts[0] in WITHOUT_DATABASE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The walk is the longest by far: begun last, it would run on while the other worker waits.
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)
    for item in items:
        if _without_database(item.path) and _touches_database(item):
            raise pytest.UsageError(f"{item.nodeid} needs a database: see WITHOUT_DATABASE")
    if config.getoption("--database-only"):
        untouched = [item for item in items if not _touches_database(item)]
        config.hook.pytest_deselected(items=untouched)
        items[:] = [item for item in items if _touches_database(item)]


def pytest_collection_finish() -> None:
    # Modules and tests stay to the end: the garbage collector need not go through them again.
    gc.collect()
    gc.freeze()


def _touches_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    return (
        item.get_closest_marker("django_db") is not None
        or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite as in service: a file, so that each thread has a connection and locks of its own."""
    from django.db import connection

    if connection.vendor == "sqlite":
        name: Path = tmp_path_factory.getbasetemp() / "almoner.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files that tests attach lie in a folder of the tests; passwords are quick to hash; static
    files are looked for when one is asked for, not all of them for each new client."""
    from django.test import override_settings

    with override_settings(
        FILES_DIR=tmp_path_factory.mktemp("files"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Fill], Path]:
    """A copy of one's own of a folder that the first worker to ask for that name has filled."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, fill: Fill) -> Path:
        filled = shared / f"{name}.filled"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not filled.exists():
                begun = Path(tempfile.mkdtemp(dir=shared))
                fill(begun)
                begun.rename(filled)
        return Path(shutil.copytree(filled, tmp_path_factory.mktemp(name) / name))

    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium a session, shared by the browser tests and the journeys."""
    from playwright.sync_api import sync_playwright
    from tests.browser import chromium

    # Playwright's synchronous interface runs an event loop in this thread; Django would take that
    # for asynchronous code and refuse the database to the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.arguments()
        )
        yield running
        running.close()


@pytest.fixture(autouse=True)
def _as_if_alone() -> Iterator[None]:
    """Each test begins in English, with no page kept and no limit used up by the one before it."""
    for name in caches:
        caches[name].clear()
    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_append_only_tables() -> Iterator[None]:
    """Let tests that commit clean up after themselves: triggers off, empty, triggers on again.

    The rows that migrations made are made anew, as they would be in a fresh database.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    from almoner.audit import triggers
    from almoner.audit.models import Head
    from almoner.audit.operations import GENESIS
    from almoner.web.models import Site

    def teardown(case: Any) -> None:
        assert not connection.in_atomic_block, "What commits cannot stand on a cast of its module"
        tables = connection.introspection.django_table_names(only_existing=True)
        for table in triggers.APPEND_ONLY:
            triggers.remove(connection, table)
        # Django's own way makes each table and index a new file on PostgreSQL, by TRUNCATE, and
        # the content types and permissions anew, which only migrations write.
        connection.ops.execute_sql_flush(
            [f'DELETE FROM "{table}"' for table in tables if table not in MIGRATED]
        )
        for table in triggers.APPEND_ONLY:
            triggers.install(connection, table)
        Head.objects.get_or_create(id=1, defaults={"hash": GENESIS})
        Site.objects.get_or_create(id=1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long all checks took together (tools/checks.sh notes when it began)."""
    if began := os.environ.get("ALMONER_CHECKS_BEGAN"):
        terminalreporter.write_line(f"All checks took {time.time() - float(began):.0f} s")
