"""One engine for all tests of fair scores; the pages show the cast's day."""

import pytest
from tests.disclosure.portal import set_day
from tests.findings.small import duckdb

from almoner.findings.engines.duckdb import DuckDB


@pytest.fixture(scope="session")
def engine() -> DuckDB:
    return duckdb()


@pytest.fixture(autouse=True)
def _day(db: None) -> None:
    set_day()
