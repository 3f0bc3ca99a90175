"""Spark through the same Ibis expressions: for what outgrows one machine."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import polars as pl
import pyarrow.parquet as pq

from almoner.citypackage.schema import SCHEMA, Column
from almoner.findings import derived
from almoner.findings.city import City, Fetch
from almoner.findings.engines import Engine, Files
from almoner.findings.expressions import contract_month, day_of
from almoner.rules.packs import china

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

KINDS = {
    "string": "STRING",
    "integer": "BIGINT",
    "number": "DECIMAL(24, 9)",
    "boolean": "BOOLEAN",
    "date": "BIGINT",
    "datetime": "BIGINT",
}
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what overflows is an error, never another number
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
# Where all of Spark is on this machine, nobody else may call its driver.
LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
# A path names one file, whatever is in it: no pattern of names, and, absolute, no scheme.
NO_PATTERNS = ("__globPaths__", "false")
IBIS = {
    "string": "string",
    "integer": "int64",
    "number": "decimal(24, 9)",
    "boolean": "boolean",
    "date": "int64",
    "datetime": "int64",
}


class NoSparkError(Exception):
    """Spark is not installed, or does not start; the message says what to do."""


class Spark(Engine):
    """A Spark session; `master` is `local[2]` or the address of a cluster (`spark://HOST:PORT`).

    The workers of a cluster must see the files, temporary ones among them (TMPDIR), under the same
    paths. Raises NoSparkError.
    """

    def __init__(self, master: str = "local[2]") -> None:
        self._session = _session(master)
        self._scratch = tempfile.TemporaryDirectory(prefix="almoner-")
        self._database = ibis.pyspark.connect(self._session)
        self._numbers = count()
        self._register("calendar", derived.calendar())

    def city(self, files: Files, as_of: date) -> City:
        """The city that these files hold, each table a view of its files."""
        tables: dict[str, Callable[[], ir.Table]] = {
            "calendar": partial(self._database.table, "calendar")
        }
        self._records = files.get("service_records", ())
        for name, paths in files.items():
            self._show(name, paths)
            tables[name] = partial(self._table, name)
        if "service_records" in tables:
            tables["records_by_month"] = self._by_month
        if "areas" in tables:
            areas = self._fetch("SELECT code, level, parent_code FROM areas")
            self._register("lineage", derived.lineage(areas))
            tables["lineage"] = partial(self._database.table, "lineage")
        # What is one task here, Spark splits by itself.
        fetches = self._fetch, self._fetch, self._fetch_of
        return City(as_of, tables, china(), *fetches, self._hold, self._written)

    def _table(self, name: str) -> ir.Table:
        # Ibis would ask Spark for the types, which takes a while and which are known.
        kinds = {column.name: IBIS[column.type] for column in SCHEMA.tables[name].columns}
        source = self._database
        return ops.DatabaseTable(name, schema=ibis.schema(kinds), source=source).to_expr()

    def _by_month(self) -> ir.Table:
        """The service records, each with its `contract_month`."""
        records = self._table("service_records")
        days = self._database.table("calendar").select("month", day_="day")
        dated = records.inner_join(days, day_of(records.started_at) == days.day_)
        joined = contract_month(dated.month, dated.contract_id)
        return dated.mutate(contract_month=joined).drop("day_", "month")

    def _written(self, expression: ir.Table) -> str:
        return str(self._database.compile(expression))

    def _fetch(self, query: ir.Table | str) -> list[dict[str, object]]:
        if not isinstance(query, str):
            # Ibis's own way out is pandas, where whole numbers beside an empty cell become floats.
            self._database._run_pre_execute_hooks(query)
            query = self._written(query)
        answer = self._session.sql(query)
        rows: list[dict[str, object]] = answer.toArrow().to_pylist()
        return rows

    def _fetch_of(self, paths: Sequence[Path], _days: range) -> Fetch:
        def fetch(query: ir.Table | str) -> list[dict[str, object]]:
            self._show("service_records", paths)
            try:
                return self._fetch(query)
            finally:
                self._show("service_records", self._records)

        return fetch

    @contextmanager
    def _hold(self, expression: ir.Table) -> Iterator[ir.Table]:
        name = f"held_{next(self._numbers)}"
        self._database._run_pre_execute_hooks(expression)
        rows = self._session.sql(self._database.compile(expression)).cache()
        rows.createOrReplaceTempView(name)
        try:
            yield self._database.table(name)
        finally:
            self._session.catalog.dropTempView(name)
            rows.unpersist()

    def _register(self, name: str, rows: pl.DataFrame) -> None:
        path = Path(self._scratch.name) / f"{name}.parquet"
        rows.write_parquet(path)
        self._session.read.parquet(str(path)).createOrReplaceTempView(name)

    def _show(self, name: str, paths: Sequence[Path]) -> None:
        self._read(name, paths).createOrReplaceTempView(name)

    def _read(self, name: str, paths: Sequence[Path]) -> "DataFrame":
        """The columns of the format, in the types of city.py."""
        from pyspark.sql.pandas.types import from_arrow_schema

        columns = SCHEMA.tables[name].columns
        if not paths:
            empty = [f"CAST(NULL AS {KINDS[c.type]}) AS `{c.name}`" for c in columns]
            return self._session.range(0).selectExpr(*empty)
        # Spark would start a job for each table to find its columns.
        schema = from_arrow_schema(pq.read_schema(paths[0]))
        reader = self._session.read.schema(schema).option(*NO_PATTERNS)
        stored = reader.parquet(*(str(path.absolute()) for path in paths))
        kinds = dict(stored.dtypes)
        return stored.selectExpr(
            *(f"{_value(c, kinds.get(c.name))} AS `{c.name}`" for c in columns)
        )

    def close(self) -> None:
        """Stop the session."""
        self._session.stop()
        self._scratch.cleanup()


def _session(master: str) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoSparkError(
            "Spark is not installed: pip install 'almoner[spark]', and Java 17"
        ) from error
    within = master.startswith(("local", "spark://127.", "spark://localhost"))
    builder = SparkSession.builder.master(master).appName("almoner")
    for name, value in (SETTINGS | (LOOPBACK if within else {})).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # Py4J and PySpark have no common error for a JVM that ends
        needs = "Java 17 here (in PATH or JAVA_HOME)"
        if master.startswith("spark:"):
            needs += " and the master of a Spark 4.0 cluster at that address"
        raise NoSparkError(f"Spark does not start at {master}: it needs {needs}") from error


def _value(column: Column, kind: str | None) -> str:
    """The column's value in SQL; `kind` is the type that is stored."""
    name = f"`{column.name}`"
    if kind is None or kind == "void":
        return f"CAST(NULL AS {KINDS[column.type]})"
    if kind == "timestamp":
        return f"unix_micros({name})"
    if kind == "date":
        return f"CAST(unix_date({name}) AS BIGINT)"
    if column.type == "string" and not column.required:
        return f"nullif(CAST({name} AS STRING), '')"  # in Parquet both mean unknown
    return f"CAST({name} AS {KINDS[column.type]})"
