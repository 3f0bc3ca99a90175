"""`verify` finds a ledger or a rollup that says something else than the facts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from tests.citypackage.small import write_small

from almoner.exchange.load import load
from almoner.exchange.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(tmp_path: Path) -> None:
    write_small(tmp_path / "city")
    load(tmp_path / "city", actor="tester", at=datetime(2026, 6, 30, tzinfo=UTC))


def _faults() -> dict[str, int]:
    return {name: len(faults) for name, faults in verify() if faults}


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_fresh_load_is_whole() -> None:
    assert _faults() == {}


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        ("UPDATE monthly_delivery SET minutes = minutes + 1", "monthly rollups"),
        ("DELETE FROM monthly_delivery", "monthly rollups"),
        ("UPDATE service_records SET client_id = NULL", "monthly rollups"),
        ("UPDATE commitments SET amount_fen = amount_fen + 1", "ledger"),
        ("UPDATE instalments SET accepted_on = NULL", "ledger"),
        (
            "INSERT INTO ledger_entries (kind, debit, credit, amount_fen, reference) "
            "VALUES ('pay', 'paid:C1', 'accepted:C1', 1, 'nothing')",
            "ledger",
        ),
    ],
)
def test_what_differs_is_found(sql: str, check: str) -> None:
    _execute(sql)
    assert list(_faults()) == [check]
