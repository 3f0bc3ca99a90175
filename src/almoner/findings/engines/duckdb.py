"""DuckDB in this process: the engine of a laptop."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property, lru_cache, partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from almoner.findings import derived
from almoner.findings.city import MICROSECONDS_A_DAY, SHANGHAI_AHEAD, City, Fetch
from almoner.findings.engines import Engine, Files
from almoner.findings.engines.duckdb_tables import BY_MONTH, CALENDAR, LINEAGE, kinds, select, take
from almoner.findings.engines.months import ALWAYS, Part, dated, parts
from almoner.rules.packs import china

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from almoner.findings.engines.duckdb_ibis import Database

MAIN, CHOSEN = "main", "chosen"
RECORDS, MONTHLY = "service_records", "records_by_month"
MEMORY = "6GB"  # beyond it, DuckDB uses the disk
SQL_KEPT = 128  # more than the catalogue has expressions
DAY = f"CAST(floor((started_at + {SHANGHAI_AHEAD}) / {MICROSECONDS_A_DAY}) AS BIGINT)"


class DuckDB(Engine):
    """A DuckDB of its own, in memory."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="almoner-")
        self._connection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "temp_directory": self._scratch.name,
                "autoinstall_known_extensions": False,  # nothing is fetched from anywhere
                "autoload_known_extensions": False,
                "python_enable_replacements": False,  # a name is a table, never a variable
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        take(self._connection, "days", derived.calendar())
        self._numbers = count()
        # Where rows are few, to write a rule's SQL takes longer than to answer it.
        self._sql = lru_cache(SQL_KEPT)(lambda node: self._database.compile(node.to_expr()))

    @cached_property
    def _database(self) -> "Database":
        # A run of which all SQL is written already does without: it takes long to import.
        from almoner.findings.engines.duckdb_ibis import Database

        database: Database = Database.from_connection(self._connection)
        return database

    def city(self, files: Files, as_of: date) -> City:
        """The city that these files hold, each table a view of its files."""
        self._files = dated(self._connection, files.get(RECORDS, ()))
        self._schemas: list[str] = []  # shown when they are asked for
        self._show(MAIN, Part(self._files, *ALWAYS), apart=False)
        tables = {"calendar": self._table("calendar", CALENDAR)}
        for name, paths in files.items():
            if name == RECORDS:
                tables[MONTHLY] = self._table(MONTHLY, kinds(name) | BY_MONTH)
            else:
                self._view(name, select(name, paths))
            tables[name] = self._table(name, kinds(name))
        if "areas" in tables:
            areas = self._fetch("SELECT code, level, parent_code FROM areas")
            take(self._connection, "lineage", derived.lineage(areas))
            tables["lineage"] = self._table("lineage", LINEAGE)
        fetches = self._fetch, self._fetch_by_month, self._fetch_of
        return City(as_of, tables, china(), *fetches, self._hold, self._written)

    def _show(self, schema: str, part: Part, *, apart: bool = True) -> None:
        """Views of the calendar and the service records in a schema, the months `apart` or not."""
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        with self._in(schema):
            within = f"day >= {part.begins} AND day < {part.ends}"
            self._view("calendar", f"SELECT * FROM days WHERE {within}")  # noqa: S608 - numbers
            self._view(RECORDS, select(RECORDS, [file.path for file in part.files]))
            of_a_month = [file for file in part.files if apart and file.first == file.last]
            # To a constant, DuckDB joins each contract's id once, not that of each record.
            selects = [
                f"SELECT *, '{file.first:%Y-%m}/' || contract_id AS contract_month "  # noqa: S608
                f"FROM ({select(RECORDS, [file.path])})"
                for file in of_a_month
            ]
            mixed = [file.path for file in part.files if file not in of_a_month]
            if mixed or not selects:
                selects.append(
                    "SELECT records.*, month || '/' || contract_id AS contract_month "  # noqa: S608
                    f"FROM ({select(RECORDS, mixed)}) records JOIN calendar ON day = {DAY}"
                )
            self._view(MONTHLY, " UNION ALL ".join(selects))

    @contextmanager
    def _in(self, schema: str) -> Iterator[None]:
        """Within it, the tables of the schema are seen before those of the whole city."""
        self._connection.execute(f"SET search_path = '{schema},{MAIN}'")
        try:
            yield
        finally:
            self._connection.execute(f"SET search_path = '{MAIN}'")

    def _view(self, name: str, query: str) -> None:
        self._connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {query}')

    def _table(self, name: str, kinds: Mapping[str, str]) -> "Callable[[], ir.Table]":
        return lambda: self._database.shown(name, kinds)

    def _written(self, expression: "ir.Table") -> str:
        return str(self._sql(expression.op()))

    def _fetch(self, query: "ir.Table | str") -> list[dict[str, object]]:
        if not isinstance(query, str):
            # Ibis's own way out imports pandas, which takes longer than most rules.
            self._database._run_pre_execute_hooks(query)
            query = self._written(query)
        answer = self._connection.execute(query)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def _fetch_by_month(self, query: "ir.Table | str") -> list[dict[str, object]]:
        if not self._schemas:
            several = parts(self._files)
            self._schemas = [f"part_{n}" for n in range(len(several))]
            for schema, part in zip(self._schemas, several, strict=True):
                self._show(schema, part)
        return [row for schema in self._schemas for row in self._fetch_in(schema, query)]

    def _fetch_in(self, schema: str, query: "ir.Table | str") -> list[dict[str, object]]:
        with self._in(schema):
            return self._fetch(query)

    def _fetch_of(self, paths: Sequence[Path], days: range) -> Fetch:
        files = [file for file in self._files if file.path in paths]
        self._show(CHOSEN, Part(files, days.start, days.stop))
        return partial(self._fetch_in, CHOSEN)

    @contextmanager
    def _hold(self, expression: "ir.Table") -> "Iterator[ir.Table]":
        name = f"held_{next(self._numbers)}"
        self._database._run_pre_execute_hooks(expression)
        sql = self._database.compile(expression)
        self._connection.execute(f'CREATE TEMP TABLE "{name}" AS {sql}')
        try:
            yield self._database.table(name)
        finally:
            self._connection.execute(f'DROP TABLE "{name}"')

    def close(self) -> None:
        """Let go of memory and disk."""
        self._connection.close()
        self._scratch.cleanup()
