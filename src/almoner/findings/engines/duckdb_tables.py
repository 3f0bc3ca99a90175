"""Files and rows as tables of DuckDB, in the types of city.py."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from almoner.citypackage.schema import SCHEMA, Column

KINDS = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(24, 9)",
    "boolean": "BOOLEAN",
    "date": "BIGINT",
    "datetime": "BIGINT",
}
CALENDAR = {
    **dict.fromkeys(("day", "year", "workdays", "estimated"), "BIGINT"),
    **dict.fromkeys(("text", "month"), "VARCHAR"),
}
BY_MONTH = {"contract_month": "VARCHAR"}
LINEAGE = {
    **dict.fromkeys(("area_code", "ancestor", "level"), "VARCHAR"),
    "distance": "BIGINT",
}


def take(connection: DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    """Make a table of rows. A file holds them: DuckDB looks at all else by way of pandas."""
    with tempfile.NamedTemporaryFile(prefix="almoner-", suffix=".parquet") as file:
        rows.write_parquet(file.name, compression="uncompressed")
        source = listed([Path(file.name)])
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS FROM read_parquet({source})')


def kinds(name: str) -> dict[str, str]:
    """The columns of a table of the format, with their types in DuckDB."""
    return {column.name: KINDS[column.type] for column in SCHEMA.tables[name].columns}


def select(name: str, paths: Sequence[Path]) -> str:
    """The query of the columns of the format in files of a table."""
    columns = SCHEMA.tables[name].columns
    if not paths:
        empty = (f'CAST(NULL AS {KINDS[c.type]}) AS "{c.name}"' for c in columns)
        return f"SELECT {', '.join(empty)} LIMIT 0"  # noqa: S608 - names of the format
    stored = pl.scan_parquet(paths[0], glob=False).collect_schema()
    shown = (f'{_value(c, stored.get(c.name))} AS "{c.name}"' for c in columns)
    return (
        f"SELECT {', '.join(shown)} FROM "  # noqa: S608 - names of the format, quoted paths
        f"read_parquet({listed(paths)}, hive_partitioning = false)"
    )


def listed(paths: Iterable[Path]) -> str:
    """Paths as a list in SQL."""
    return f"[{', '.join(map(_quoted, paths))}]"


def _value(column: Column, kind: pl.DataType | None) -> str:
    """The column's value in SQL; `kind` is the type that is stored."""
    name = f'"{column.name}"'
    if kind is None or kind == pl.Null:
        return f"CAST(NULL AS {KINDS[column.type]})"
    if isinstance(kind, pl.Datetime):
        return f"epoch_us({name})"
    if isinstance(kind, pl.Date):
        return f"CAST({name} - DATE '1970-01-01' AS BIGINT)"
    if column.type == "string" and not column.required:
        return f"nullif(CAST({name} AS VARCHAR), '')"  # in Parquet both mean unknown
    return f"CAST({name} AS {KINDS[column.type]})"


def plain(path: Path) -> str:
    """A path as DuckDB reads it, none of its characters taken for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _quoted(path: Path) -> str:
    return "'" + plain(path).replace("'", "''") + "'"
