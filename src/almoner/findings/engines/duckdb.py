"""DuckDB in this process: the engine of a laptop."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial
from itertools import count
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from almoner.citypackage.schema import SCHEMA, Column
from almoner.findings import derived
from almoner.findings.city import City, Fetch, with_month
from almoner.findings.engines import Engine, Files
from almoner.findings.engines.months import ALWAYS, Part, dated, parts
from almoner.rules.packs import china

MAIN, CHOSEN = "main", "chosen"
RECORDS, MONTHLY = "service_records", "records_by_month"
MEMORY = "6GB"  # beyond it, DuckDB uses the disk
SQL_KEPT = 128  # more than the catalogue has expressions

KINDS = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(24, 9)",
    "boolean": "BOOLEAN",
    "date": "BIGINT",
    "datetime": "BIGINT",
}


IBIS = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "DECIMAL(24, 9)": "decimal(24, 9)",
    "BOOLEAN": "boolean",
}
CALENDAR = {
    **dict.fromkeys(("day", "year", "workdays", "estimated"), "BIGINT"),
    **dict.fromkeys(("text", "month"), "VARCHAR"),
}
MONTH = {"month": "VARCHAR"}
LINEAGE = {
    **dict.fromkeys(("area_code", "ancestor", "level"), "VARCHAR"),
    "distance": "BIGINT",
}


class _Database(Backend):  # type: ignore[misc]
    """Ibis's DuckDB without pandas, the import of which takes longer than most rules."""

    def to_pyarrow(self, expr: ir.Table, /, **_: object) -> pa.Table:
        """The rows of a table, in the types of DuckDB."""
        self._run_pre_execute_hooks(expr)
        return self.con.sql(self.compile(expr)).to_arrow_table()

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        self.take(op.name, op.data.to_pyarrow(op.schema))

    def take(self, name: str, rows: pa.Table) -> None:
        """Make a table of rows. A file holds them: DuckDB looks at all else by way of pandas."""
        with tempfile.NamedTemporaryFile(prefix="almoner-", suffix=".parquet") as file:
            pq.write_table(rows, file, compression="none", use_dictionary=False)
            file.flush()
            source = _quoted(Path(file.name))
            self.raw_sql(f'CREATE OR REPLACE TEMP TABLE "{name}" AS FROM read_parquet({source})')


class DuckDB(Engine):
    """A DuckDB of its own, in memory."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="almoner-")
        self._database = _Database().connect(
            memory_limit=MEMORY,
            temp_directory=self._scratch.name,
            autoinstall_known_extensions=False,  # nothing is fetched from anywhere
            autoload_known_extensions=False,
        )
        self._database.take("days", derived.calendar())
        self._numbers = count()
        # Where rows are few, to write a rule's SQL takes longer than to answer it.
        self._sql = lru_cache(SQL_KEPT)(lambda node: self._database.compile(node.to_expr()))

    def city(self, files: Files, as_of: date) -> City:
        """The city that these files hold, each table a view of its files."""
        self._files = dated(files.get(RECORDS, ()))
        self._schemas: list[str] = []  # shown when they are asked for
        self._show(MAIN, Part(self._files, *ALWAYS), apart=False)
        tables = {"calendar": self._table("calendar", CALENDAR)}
        for name, paths in files.items():
            if name == RECORDS:
                tables[MONTHLY] = self._table(MONTHLY, _kinds(name) | MONTH)
            else:
                self._view(name, _select(name, paths))
            tables[name] = self._table(name, _kinds(name))
        if "areas" in tables:
            areas = tables["areas"].select("code", "level", "parent_code")
            self._database.take("lineage", derived.lineage(self._fetch(areas)))
            tables["lineage"] = self._table("lineage", LINEAGE)
        fetches = self._fetch, self._fetch_by_month, self._fetch_of
        return City(as_of, tables, china(), *fetches, self._hold, self._written)

    def _show(self, schema: str, part: Part, *, apart: bool = True) -> None:
        """Views of the calendar and the service records in a schema, the months `apart` or not."""
        self._database.raw_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        with self._in(schema):
            within = f"day >= {part.begins} AND day < {part.ends}"
            self._view("calendar", f"SELECT * FROM days WHERE {within}")  # noqa: S608 - numbers
            self._view(RECORDS, _select(RECORDS, [file.path for file in part.files]))
            of_a_month = [file for file in part.files if apart and file.first == file.last]
            # There the month is a constant, with which DuckDB groups sooner.
            selects = [
                f"SELECT *, '{file.first:%Y-%m}' AS month "  # noqa: S608 - a date, and `_select`
                f"FROM ({_select(RECORDS, [file.path])})"
                for file in of_a_month
            ]
            mixed = [file.path for file in part.files if file not in of_a_month]
            if mixed or not selects:
                self._view("mixed_records", _select(RECORDS, mixed))
                records = self._table("mixed_records", _kinds(RECORDS))
                calendar = self._table("calendar", CALENDAR)
                selects.append(self._sql(with_month(records, calendar).op()))
            self._view(MONTHLY, " UNION ALL ".join(selects))

    @contextmanager
    def _in(self, schema: str) -> Iterator[None]:
        """Within it, the tables of the schema are seen before those of the whole city."""
        self._database.raw_sql(f"SET search_path = '{schema},{MAIN}'")
        try:
            yield
        finally:
            self._database.raw_sql(f"SET search_path = '{MAIN}'")

    def _view(self, name: str, select: str) -> None:
        self._database.raw_sql(f'CREATE OR REPLACE VIEW "{name}" AS {select}')

    def _table(self, name: str, kinds: Mapping[str, str]) -> ir.Table:
        # Ibis would ask DuckDB for the types, which takes a while and which are known.
        types = {column: IBIS.get(kind, kind) for column, kind in kinds.items()}
        table = ops.DatabaseTable(name, schema=ibis.schema(types), source=self._database)
        return table.to_expr()

    def _written(self, expression: ir.Table) -> str:
        return str(self._sql(expression.op()))

    def _fetch(self, query: ir.Table | str) -> list[dict[str, object]]:
        if not isinstance(query, str):
            # Ibis's own way out imports pandas, which takes longer than most rules.
            self._database._run_pre_execute_hooks(query)
            query = self._written(query)
        answer = self._database.raw_sql(query)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def _fetch_by_month(self, query: ir.Table | str) -> list[dict[str, object]]:
        if not self._schemas:
            several = parts(self._files)
            self._schemas = [f"part_{n}" for n in range(len(several))]
            for schema, part in zip(self._schemas, several, strict=True):
                self._show(schema, part)
        return [row for schema in self._schemas for row in self._fetch_in(schema, query)]

    def _fetch_in(self, schema: str, query: ir.Table | str) -> list[dict[str, object]]:
        with self._in(schema):
            return self._fetch(query)

    def _fetch_of(self, paths: Sequence[Path]) -> Fetch:
        self._show(CHOSEN, Part([file for file in self._files if file.path in paths], *ALWAYS))
        return partial(self._fetch_in, CHOSEN)

    @contextmanager
    def _hold(self, expression: ir.Table) -> Iterator[ir.Table]:
        name = f"held_{next(self._numbers)}"
        self._database._run_pre_execute_hooks(expression)
        sql = self._database.compile(expression)
        self._database.raw_sql(f'CREATE TEMP TABLE "{name}" AS {sql}')
        try:
            yield self._database.table(name)
        finally:
            self._database.raw_sql(f'DROP TABLE "{name}"')

    def close(self) -> None:
        """Let go of memory and disk."""
        self._database.disconnect()
        self._scratch.cleanup()


def _kinds(name: str) -> dict[str, str]:
    """The columns of a table of the format, with their types in DuckDB."""
    return {column.name: KINDS[column.type] for column in SCHEMA.tables[name].columns}


def _select(name: str, paths: Sequence[Path]) -> str:
    """The columns of the format, in the types of city.py."""
    columns = SCHEMA.tables[name].columns
    if not paths:
        empty = (f'CAST(NULL AS {KINDS[c.type]}) AS "{c.name}"' for c in columns)
        return f"SELECT {', '.join(empty)} LIMIT 0"  # noqa: S608 - names of the format
    stored = {field.name: str(field.type) for field in pq.read_schema(paths[0])}
    shown = (f'{_value(c, stored.get(c.name))} AS "{c.name}"' for c in columns)
    source = ", ".join(_quoted(path) for path in paths)
    return (
        f"SELECT {', '.join(shown)} FROM "  # noqa: S608 - names of the format, quoted paths
        f"read_parquet([{source}], hive_partitioning = false)"
    )


def _value(column: Column, kind: str | None) -> str:
    """The column's value in SQL; `kind` is the type that is stored."""
    name = f'"{column.name}"'
    if kind is None or kind == "null":
        return f"CAST(NULL AS {KINDS[column.type]})"
    if kind.startswith("timestamp"):
        return f"epoch_us({name})"
    if kind.startswith("date"):
        return f"CAST({name} - DATE '1970-01-01' AS BIGINT)"
    if column.type == "string" and not column.required:
        return f"nullif(CAST({name} AS VARCHAR), '')"  # in Parquet both mean unknown
    return f"CAST({name} AS {KINDS[column.type]})"


def _quoted(path: Path) -> str:
    """A path as SQL writes it, none of its characters taken for a pattern."""
    plain = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))
    return "'" + plain.replace("'", "''") + "'"
