"""One engine for all tests of fair scores; the pages show the cast's day."""

from collections.abc import Iterator

import pytest
from tests.disclosure.portal import set_day

from almoner.findings.engines.duckdb import DuckDB


@pytest.fixture(scope="session")
def engine() -> Iterator[DuckDB]:
    with DuckDB() as running:
        yield running


@pytest.fixture(autouse=True)
def _day(db: None) -> None:
    set_day()
