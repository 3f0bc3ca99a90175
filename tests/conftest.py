"""How every test meets a database: whatever DATABASE_URL names, SQLite in a file without it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import settings

# A shared machine is slow at times: how long one example takes says nothing about the code.
settings.register_profile("almoner", deadline=None)
settings.load_profile("almoner")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that touch a database (for a second run on another one)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        untouched = [item for item in items if not _touches_database(item)]
        config.hook.pytest_deselected(items=untouched)
        items[:] = [item for item in items if _touches_database(item)]


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
def _attachments_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files that tests attach lie in a folder of the tests."""
    from django.test import override_settings

    with override_settings(FILES_DIR=tmp_path_factory.mktemp("files")):
        yield


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
def _in_english() -> Iterator[None]:
    """Each test begins in English, whatever language the one before it left active."""
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

    flush = TransactionTestCase._fixture_teardown

    def teardown(case: Any) -> None:
        for table in triggers.APPEND_ONLY:
            triggers.remove(connection, table)
        flush(case)
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
