"""The audit chain: whatever is changed afterwards shows."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from almoner.audit import triggers
from almoner.audit.models import Event, Head
from almoner.audit.operations import HASHED, Act, faults, record

AT = datetime(2026, 6, 30, 10, 0, 0, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _record_three() -> None:
    acts = [
        Act("role.grant", "people", "clerk", after={"role": "purchaser_clerk"}),
        Act("package.change", "contracts", "C-1", {"staff": "13"}, {"staff": "14"}, "corrected"),
        Act("clock.set", "site", "1", {"clock_day": AT.date()}, {"clock_day": None}),
    ]
    with transaction.atomic():
        assert record(actor="林安民", role="supervisor", at=AT, acts=acts) == 3


def _tamper(sql: str) -> None:
    """Change the table behind the triggers' back, as somebody with the database's keys could."""
    triggers.remove(connection, "audit_events")
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_empty_chain_is_whole() -> None:
    assert list(faults()) == []


def test_each_event_carries_the_hash_of_the_one_before() -> None:
    _record_three()
    first, second, third = Event.objects.order_by("seq")
    assert (first.seq, second.seq, third.seq) == (1, 2, 3)
    assert second.previous_hash == first.hash and third.previous_hash == second.hash
    assert Head.objects.get().hash == third.hash
    assert list(faults()) == []


def test_a_later_call_goes_on_where_the_chain_ends() -> None:
    _record_three()
    _record_three()
    assert list(faults()) == []
    assert Event.objects.count() == 6


@pytest.mark.parametrize(
    "column", [name for name in HASHED if name not in {"seq", "at", "previous_hash"}]
)
def test_one_changed_byte_in_any_text_is_found(column: str) -> None:
    _record_three()
    _tamper(f"UPDATE audit_events SET {column} = {column} || ' ' WHERE seq = 2")
    assert any("audit event 2" in fault for fault in faults())


@pytest.mark.parametrize("column", ["hash", "previous_hash"])
def test_one_changed_byte_in_a_hash_is_found(column: str) -> None:
    _record_three()
    _tamper(f"UPDATE audit_events SET {column} = 'x' || substr({column}, 2) WHERE seq = 3")
    assert any("audit event 3" in fault for fault in faults())


def test_a_shifted_instant_is_found() -> None:
    _record_three()
    triggers.remove(connection, "audit_events")
    Event.objects.filter(seq=1).update(at=AT.replace(microsecond=123457))
    assert list(faults()) == ["audit event 1 was changed after it was written"]


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_removed_event_is_found_also_the_last(seq: int) -> None:
    _record_three()
    _tamper(f"DELETE FROM audit_events WHERE seq = {seq}")
    assert list(faults())


@pytest.mark.parametrize("table", ["audit_events", "ledger_entries"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET kind = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(table: str, sql: str) -> None:
    _record_three()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entries (kind, debit, credit, amount_fen, reference) "
            "VALUES ('pay', 'a', 'b', 1, 'r')"
        )
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table))


def test_postgresql_refuses_truncate_too() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE audit_events")


def test_a_missing_trigger_is_noticed() -> None:
    assert triggers.missing(connection) == set()
    triggers.remove(connection, "ledger_entries")
    assert triggers.missing(connection) == triggers.names(connection.vendor, "ledger_entries")


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(actor="a", role="r", at=AT, acts=[Act("k", "t", "i")])
