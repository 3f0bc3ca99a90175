"""Writing the completed facts as a city package: same facts, same bytes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction

from almoner.citypackage import Column, write
from almoner.exchange.bulk import fetch, fetch_batches, is_postgresql
from almoner.exchange.tables import STORED, Stored

# Bids of a tender of this platform that is not open yet. A tender without a file came in a package,
# whose bids were public there already.
_SEALED = (
    'SELECT f."tender_id" FROM "tender_files" f '
    'JOIN "tenders" s ON s."id" = f."tender_id" WHERE s."opened_at" IS NULL'
)
_ALL = "1 = 1"
_TOLD = {
    "bids": f't."tender_id" NOT IN ({_SEALED})',
    "bid_staff": f't."bid_id" NOT IN (SELECT "id" FROM "bids" WHERE "tender_id" IN ({_SEALED}))',  # noqa: S608
}
_FETCHED = {"integer": pl.Int64(), "boolean": pl.Boolean()}


def export(target: Path, *, as_of: date) -> dict[str, int]:
    """Write every table that holds a row to `target`, a folder or a .zip; rows per table.

    Rows are ordered by key, byte by byte (by whole row where there is none). A table without rows
    is not listed: nothing is known about what it would hold. Sealed bids are left out.
    """
    rows: dict[str, int] = {}
    with transaction.atomic():
        tables = {
            stored.name: _counted(stored, rows)
            for stored in STORED.values()
            if fetch(f'SELECT 1 FROM "{stored.name}" t WHERE {told(stored)} LIMIT 1')  # noqa: S608
        }
        write(target, tables, as_of=as_of)
    return rows


def _counted(stored: Stored, rows: dict[str, int]) -> Iterable[pl.DataFrame]:
    rows[stored.name] = 0
    for frame in frames(stored):
        rows[stored.name] += frame.height
        yield frame


def frames(
    stored: Stored, where: str = _ALL, parameters: Sequence[str] | None = None
) -> Iterator[pl.DataFrame]:
    """The rows of one table as typed frames with the columns of the package.

    `where` is a condition on the rows `t` in the database, with `parameters` for its %s.
    """
    columns = stored.table.columns
    fetched = {column.name: _FETCHED.get(column.type, pl.String()) for column in columns}
    for rows in fetch_batches(_query(stored, where), parameters):
        yield pl.DataFrame(rows, schema=fetched, orient="row").select(map(_typed, columns))


def _query(stored: Stored, where: str) -> str:
    """SELECT the package's columns, in its order, by its key."""
    expressions = {column: f't."{name}"' for column, name in stored.pairs}
    join = ""
    if stored.lookup:
        lookup = stored.lookup
        expressions |= {
            column: f'k."{name}"' for column, name in zip(lookup.columns, lookup.key, strict=True)
        }
        join = f'LEFT JOIN "{lookup.table}" k ON k."id" = t."{lookup.into}"'
    selected = ", ".join(_as_text(c, expressions[c.name]) for c in stored.table.columns)
    ordered = stored.table.primary_key or stored.table.names
    order = ", ".join(_byte_order(stored.table.column(c), expressions[c]) for c in ordered)
    wanted = f"{told(stored)} AND {where}"
    return f'SELECT {selected} FROM "{stored.name}" t {join} WHERE {wanted} ORDER BY {order}'  # noqa: S608


def told(stored: Stored) -> str:
    """The condition on rows `t` of a table that everybody may have."""
    return _TOLD.get(stored.name, _ALL)


def _as_text(column: Column, expression: str) -> str:
    """The expression, as text unless it is an integer, a boolean or text already."""
    if column.type == "datetime" and is_postgresql():
        return f"to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if column.type in {"number", "date", "datetime"}:
        return f"CAST({expression} AS text)"
    return expression


def _byte_order(column: Column, expression: str) -> str:
    if not is_postgresql():
        return expression
    collated = f'{expression} COLLATE "C"' if column.type == "string" else expression
    return f"{collated} NULLS FIRST"  # as SQLite has it


def _typed(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    if column.type == "datetime":
        whole = value.str.len_bytes() == len("YYYY-MM-DD HH:MM:SS")
        text = pl.when(whole).then(value + ".000000").otherwise(value)
        instant = text.str.strptime(pl.Datetime("us"), "%Y-%m-%d %H:%M:%S%.f")
        return instant.dt.replace_time_zone("UTC").alias(column.name)
    if column.type == "date":
        return value.str.to_date("%Y-%m-%d")
    if column.type == "number":
        return value.str.replace(r"(\.\d*?)0+$", "$1").str.strip_suffix(".")
    return value
