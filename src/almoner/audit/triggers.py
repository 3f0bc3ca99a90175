"""Triggers by which the database itself refuses to change or remove rows of append-only tables."""

from typing import Any

APPEND_ONLY = ("audit_events", "ledger_entries", "negotiation_entries")

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION almoner_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: rows are never changed or removed', TG_TABLE_NAME;
END $$
"""


def statements(vendor: str, table: str) -> list[str]:
    """The statements that make `table` append-only."""
    if vendor == "postgresql":
        return [
            _POSTGRESQL_FUNCTION,
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION almoner_refuse()",
            f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION almoner_refuse()",
        ]
    return [
        f"CREATE TRIGGER {table}_{action} BEFORE {action} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{table} is append-only: rows are never changed or removed'); END"
        for action in ("update", "delete")
    ]


def names(vendor: str, table: str) -> set[str]:
    """The names of the triggers that `statements` makes."""
    endings = ("rows", "all") if vendor == "postgresql" else ("update", "delete")
    return {f"{table}_{ending}" for ending in endings}


def install(connection: Any, table: str) -> None:
    """Make `table` append-only."""
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor, table):
            cursor.execute(statement)


def remove(connection: Any, table: str) -> None:
    """Make `table` an ordinary one again (migrations back, and the tests' clean-up)."""
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in sorted(names(connection.vendor, table)):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Any) -> set[str]:
    """Triggers that ought to be there, in force, and are not."""
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return {name for table in APPEND_ONLY for name in names(connection.vendor, table)} - there
