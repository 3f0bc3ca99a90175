"""Ibis over a connection of DuckDB's: tables as expressions, and the SQL of expressions."""

from collections.abc import Mapping

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from almoner.findings.engines.duckdb_tables import take

TYPES = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "DECIMAL(24, 9)": "decimal(24, 9)",
    "BOOLEAN": "boolean",
}


class Database(Backend):  # type: ignore[misc]
    """Ibis's DuckDB without pandas, the import of which takes longer than most rules."""

    def to_pyarrow(self, expr: ir.Table, /, **_: object) -> pa.Table:
        """The rows of a table, in the types of DuckDB."""
        self._run_pre_execute_hooks(expr)
        return self.con.sql(self.compile(expr)).to_arrow_table()

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        take(self.con, op.name, op.data.to_polars(op.schema))

    def shown(self, name: str, kinds: Mapping[str, str]) -> ir.Table:
        """A table whose types, which Ibis would ask DuckDB for, are known."""
        types = {column: TYPES[kind] for column, kind in kinds.items()}
        table = ops.DatabaseTable(name, schema=ibis.schema(types), source=self)
        return table.to_expr()
