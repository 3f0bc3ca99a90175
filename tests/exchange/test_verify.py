"""`verify` finds a ledger or a rollup that says something else than the facts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.citypackage.small import write_small

from almoner.exchange.load import load
from almoner.exchange.verify import verify

WRONG = [
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
]


def _faults() -> list[str]:
    return [name for name, faults in verify() if faults]


@pytest.mark.django_db
def test_a_fresh_load_is_whole_and_what_differs_is_found(tmp_path: Path) -> None:
    write_small(tmp_path / "city")
    load(tmp_path / "city", actor="tester", at=datetime(2026, 6, 30, tzinfo=UTC))
    assert _faults() == []
    for sql, check in WRONG:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert _faults() == [check], sql
            transaction.set_rollback(True)
    assert _faults() == []
