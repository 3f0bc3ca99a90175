"""The completed facts as Parquet files for an engine: read by ADBC, records month by month.

A snapshot lives in a folder of its own and is brought up to date: of the service records only
those months are read again whose stamp rose (`delivery.operations.months`) since the last time, and
tables that only packages fill are read again after a load.
"""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import polars as pl
from adbc_driver_manager import AdbcConnection, AdbcStatement
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from almoner.citypackage import Column
from almoner.delivery.operations.months import RECORDS, bounds, month_token
from almoner.exchange.bulk import is_postgresql
from almoner.exchange.export import told
from almoner.exchange.tables import LOADED_ONLY, STORED, Stored
from almoner.findings.package import storable

Tell = Callable[[str, float], None]
BATCH_ROWS = 100_000
_STATE = "state.json"
_LOADS = "loads"  # in the state: what tells how often packages were loaded


def snapshot(folder: Path, on_progress: Tell) -> Mapping[str, list[Path]]:
    """Bring the snapshot in `folder` up to date; the Parquet files of each table that holds rows.

    All of it is of one moment. Sealed bids are left out, as in an export. A folder that holds the
    snapshot of another database is written anew. NumberTooLongError for a number that no engine
    holds exactly. Whoever asks is `alone` in the folder for as long as the files are read.
    """
    with _connect(connection) as database:
        known = _read_state(folder)
        loads, months = _stamps(database)
        files = {}
        names = [name for name in STORED if name != "service_records"]
        for place, name in enumerate(names):
            stored = STORED[name]
            path = folder / f"{name}.parquet"
            same = name in LOADED_ONLY and known.get(_LOADS) == loads and path.exists()
            if same or _write(database, _query(stored, told(stored)), stored, path):
                files[name] = [path]
            on_progress("Tables", (place + 1) / len(names))
        if records := _months(database, folder, known, months, on_progress):
            files["service_records"] = records
        state = json.dumps({_LOADS: loads, **months}, indent=0)
        _replace(folder / _STATE, lambda path: path.write_text(state, "utf-8"))
        return files


def _months(
    database: AdbcConnection,
    folder: Path,
    known: Mapping[str, str],
    now: Mapping[str, str],
    on_progress: Tell,
) -> list[Path]:
    """The files of the months that hold records, each as fresh as its stamp."""
    records = folder / "service_records"
    records.mkdir(exist_ok=True)
    for path in records.glob("*.parquet"):
        if path.stem not in now:
            path.unlink()
    stale = [
        month
        for month, stamp in now.items()
        if known.get(month) != stamp or not (records / f"{month}.parquet").exists()
    ]
    stored = STORED["service_records"]
    for place, month in enumerate(stale):
        _write(database, _query(stored, _within(month)), stored, records / f"{month}.parquet")
        on_progress("Service records", (place + 1) / len(stale))
    return [records / f"{month}.parquet" for month in sorted(now)]


def _stamps(database: AdbcConnection) -> tuple[str, dict[str, str]]:
    """What tells the loads so far, and by month the state of each that holds records."""
    identity = _rows(database, "SELECT hash FROM audit_events ORDER BY seq LIMIT 1").rows()
    raised = _rows(
        database,
        "SELECT token, serial FROM page_stamps "  # noqa: S608
        f"WHERE token = 'all' OR token LIKE '{RECORDS}%'",
    )
    serials = dict(raised.iter_rows())
    counts = _rows(
        database,
        "SELECT month, CAST(sum(records) AS bigint) FROM monthly_delivery GROUP BY month",
    )
    months = {
        month: f"{identity} {serials.get(RECORDS)} {serials.get(month_token(month))} {count}"
        for month, count in sorted(counts.iter_rows())
    }
    return f"{identity} {serials.get('all')}", months


def _read_state(folder: Path) -> dict[str, str]:
    try:
        state: dict[str, str] = json.loads((folder / _STATE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def _within(month: str) -> str:
    first, after = (
        connection.ops.adapt_datetimefield_value(instant.astimezone(UTC))
        for instant in bounds(month)
    )
    return f"t.\"started_at\" >= '{first}' AND t.\"started_at\" < '{after}'"


def _query(stored: Stored, condition: str) -> str:
    """SELECT the package's columns; on SQLite an empty cell comes as '', see `_typed`."""
    source = {column: f't."{name}"' for column, name in stored.pairs}
    tables = f'"{stored.name}" t'
    if lookup := stored.lookup:
        source |= {
            column: f'k."{name}"' for column, name in zip(lookup.columns, lookup.key, strict=True)
        }
        if stored.name == "service_records":  # so that SQLite takes the index of term and start
            tables = f'"{lookup.table}" k CROSS JOIN {tables}'
            condition = f'k."id" = t."{lookup.into}" AND {condition}'
        else:
            tables += f' LEFT JOIN "{lookup.table}" k ON k."id" = t."{lookup.into}"'
    columns = ", ".join(
        f'{_as_text(column, source[column.name])} AS "{column.name}"'
        for column in stored.table.columns
    )
    return f"SELECT {columns} FROM {tables} WHERE {condition}"  # noqa: S608


def _as_text(column: Column, source: str) -> str:
    if is_postgresql():
        return f"CAST({source} AS text)" if column.type == "number" else source
    if column.required and column.type in ("string", "integer"):
        return source
    # ADBC takes the type of a column from its first cells, and there may be none.
    return f"coalesce(CAST({source} AS text), '')"


def _write(database: AdbcConnection, sql: str, stored: Stored, path: Path) -> bool:
    """Write the rows of a query to a file, whole or not at all; whether there was one."""
    rows = _rows(database, sql)
    if rows.is_empty():
        path.unlink(missing_ok=True)
        return False
    typed = rows.select(_typed(column, rows) for column in stored.table.columns)
    _replace(path, storable(stored.name, typed).write_parquet)
    return True


def _typed(column: Column, frame: pl.DataFrame) -> pl.Expr:
    value = pl.col(column.name)
    if frame.schema[column.name] == pl.String:
        value = _PARSED[column.type](pl.when(value != "").then(value))
    return value.cast(column.dtype).alias(column.name)


def _instant(text: pl.Expr) -> pl.Expr:
    """An instant as Django writes it on SQLite: in UTC, with a fraction where there is one."""
    whole = text.str.len_bytes() == len("YYYY-MM-DD HH:MM:SS")
    text = pl.when(whole).then(text + ".000000").otherwise(text)
    return text.str.strptime(pl.Datetime("us"), "%Y-%m-%d %H:%M:%S%.6f").dt.replace_time_zone("UTC")


_PARSED: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "string": lambda text: text,
    "integer": lambda text: text,
    "number": lambda text: text,
    "boolean": lambda text: text == "1",
    "date": lambda text: text.str.to_date("%Y-%m-%d"),
    "datetime": _instant,
}


@contextmanager
def _connect(shell: BaseDatabaseWrapper) -> Iterator[AdbcConnection]:
    """A connection of ADBC to the database that Django is set to, reading one moment.

    Its DB-API would import pandas, which takes longer than to read most tables.
    """
    driver = import_module(f"adbc_driver_{shell.vendor}")
    settings = shell.get_connection_params()
    if shell.vendor == "sqlite":
        uri = f"file:{quote(str(settings['database']))}?mode=ro"
    else:
        uri = " ".join(
            f"{key}='{settings[key]}'"
            for key in ("host", "port", "dbname", "user", "password")
            if settings.get(key)
        )
    with driver.connect(uri) as database, AdbcConnection(database) as connected:
        connected.set_autocommit(False)
        if shell.vendor != "sqlite":
            with AdbcStatement(connected) as statement:
                statement.set_sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                statement.execute_update()
        yield connected


def _rows(database: AdbcConnection, sql: str) -> pl.DataFrame:
    with AdbcStatement(database) as statement:
        if not is_postgresql():
            statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH_ROWS})
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        return pl.DataFrame(stream)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside `path` and put it in its place."""
    beside = path.with_suffix(".new")
    write(beside)
    beside.replace(path)


@contextmanager
def alone(folder: Path, on_progress: Tell = lambda what, share: None) -> Iterator[None]:
    """One process or thread at a time works with a snapshot's folder; a second one waits."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_progress("Waiting for another run", 0)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def folder_of(data: Path) -> Path:
    """Where the snapshot of the database that Django is set to is kept, below `data`."""
    settings = connection.settings_dict
    parts = [str(settings.get(key) or "") for key in ("ENGINE", "HOST", "PORT", "NAME")]
    return data / "findings" / hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
