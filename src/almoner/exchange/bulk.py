"""Rows in bulk, in and out of either database."""

from collections.abc import Iterator, Sequence

import polars as pl
from django.db import connection

FETCHED_ROWS = 100_000
INSERTED_ROWS = 10_000  # Python objects at a time: small enough to stay in the processor's cache
_SQLITE_INSTANT = "%Y-%m-%d %H:%M:%S"


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def quoted(columns: Sequence[str], prefix: str = "") -> str:
    """The columns as a list in SQL."""
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def execute(sql: str) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def fetch(sql: str) -> list[tuple[object, ...]]:
    """All rows of a small answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def fetch_batches(
    sql: str, parameters: Sequence[str] | None = None
) -> Iterator[list[tuple[object, ...]]]:
    """The rows of an answer of any size, in batches."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(FETCHED_ROWS):
            yield rows


def analyse(tables: Sequence[str]) -> None:
    """Tell PostgreSQL's planner what freshly filled tables hold; SQLite plans well without."""
    if is_postgresql():
        for table in tables:
            execute(f'ANALYZE "{table}"')


def insert(table: str, frame: pl.DataFrame) -> None:
    """Append the rows of a frame whose columns are columns of `table`."""
    if not frame.height:
        return
    if is_postgresql():
        _copy(table, frame)
    else:
        _insert_many(table, frame)


def _copy(table: str, frame: pl.DataFrame) -> None:
    text = frame.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00")
    sql = f'COPY "{table}" ({quoted(frame.columns)}) FROM STDIN (FORMAT csv)'
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        copy.write(text.encode())


def _insert_many(table: str, frame: pl.DataFrame) -> None:
    marks = ", ".join(["%s"] * frame.width)
    sql = f'INSERT INTO "{table}" ({quoted(frame.columns)}) VALUES ({marks})'  # noqa: S608
    with connection.cursor() as cursor:
        for slice_ in frame.iter_slices(INSERTED_ROWS):
            cursor.executemany(sql, _as_sqlite(slice_).rows())


def _as_sqlite(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as Django would store it: days and instants as text, in UTC."""
    expressions = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            whole = column.dt.microsecond() == 0
            exact = column.dt.strftime(_SQLITE_INSTANT + "%.6f")
            expressions.append(
                pl.when(whole)
                .then(column.dt.strftime(_SQLITE_INSTANT))
                .otherwise(exact)
                .alias(name)
            )
        elif dtype == pl.Date:
            expressions.append(column.dt.to_string("%Y-%m-%d"))
        elif dtype == pl.Boolean:
            expressions.append(column.cast(pl.Int8))
    return frame.with_columns(expressions)
