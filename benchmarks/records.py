"""Service records of a made-up city, a Parquet file a month, for the benchmark of findings.

Like the demonstration city: centres of fourteen workers, a contract of three years each, three
sessions on each of 21 days a month. A few in a million are wrong on purpose, so that each of D01
to D08 finds something.
"""

import shutil
from calendar import monthrange
from datetime import date
from pathlib import Path

import duckdb

SEED = 20261122
MONTHS = tuple((2023 + month // 12, month % 12 + 1) for month in range(6, 42))
FIRST, LAST = "2023-07-01", "2026-06-30"
STAFF, DAYS, PIECES = 14, 21, 3

RECORDS = """
    WITH places AS (
        SELECT n, n % {pieces} AS piece, n // {pieces} % {workers} AS worker,
            list_extract({days}, n // ({pieces} * {workers}) + 1) AS day
        FROM range({rows}) numbers(n)),
    drawn AS (
        SELECT *, (hash({seed}, {month}, day, worker) >> 1)::BIGINT AS of_day,
            -- Once in 20,000 worker-days the second session repeats the first.
            CASE WHEN piece = 1 AND of_day % 20000 = 7 THEN 0 ELSE piece END AS shift,
            (hash({seed}, {month}, day, worker, shift) >> 1)::BIGINT AS h,
            worker // {staff} + 1 AS contract
        FROM places),
    timed AS (
        SELECT *, h // 60 % 8 + 1 AS term,
            TIMESTAMP '{year}-{number}-01' - INTERVAL 8 HOUR + to_days(day)
                + to_minutes([510, 780, 990][shift + 1] + h % 6 * 5) AS started_at,
            -- Once in 10,000 worker-days each session lasts five hours.
            CASE WHEN of_day % 10000 = 3 THEN 300
                ELSE [60, 60, 30][shift + 1] + h // 6 % 24 * 5 END AS minutes
        FROM drawn)
    SELECT printf('R%05d-%06d', contract,
            {month} * {of_month} + day * 42 + worker % {staff} * 3 + piece) AS id,
        printf('C-2023-44%07d', contract) AS contract_id,
        printf('%02d', term) AS term_id,
        printf('W-%05d', worker + 1) AS worker_id,
        started_at, minutes,
        CASE WHEN term > 1 THEN h // 5000 % 20 END AS participants,
        CASE WHEN term = 1 THEN printf('K%05d-%d', contract, h // 5000 % 99) END AS client_id,
        -- Three in a hundred are entered late; of one contract-month in 50, half.
        started_at + to_minutes(minutes + 5 + h // 7000 % 80) + to_days((CASE
            WHEN h // 9000 % 100 < CASE WHEN (contract + {month}) % 50 = 0 THEN 50 ELSE 3 END
            THEN 15 ELSE h // 11000 % 3 END)::INTEGER) AS entered_at,
        [ 'phone', 'web', 'import' ][h // 13000 % 3 + 1] AS channel
    FROM timed"""
OTHERS = {
    "contracts": """
        SELECT printf('C-2023-44%07d', n) AS id, printf('P%05d', n) AS provider_uscc,
            CASE WHEN n % 100 = 1 THEN DATE '{first}' + 3 ELSE DATE '{first}' END AS starts_on,
            DATE '{last}' AS ends_on,
            (CASE WHEN n % 50 = 2 THEN 18 ELSE {staff} END)::DECIMAL(24, 9) AS staff
        FROM range(1, {contracts} + 1) numbers(n)""",
    "contract_terms": """
        SELECT printf('C-2023-44%07d', n) AS contract_id, printf('%02d', t) AS id,
            'direct' AS group,
            (CASE WHEN n % 50 = 3 THEN 4000 ELSE 2400 END)::DECIMAL(24, 9) AS hours
        FROM range(1, {contracts} + 1) numbers(n), range(1, 9) terms(t)""",
    "workers": """
        SELECT printf('W-%05d', n + 1) AS id, printf('P%05d', n // {staff} + 1) AS uscc,
            DATE '2020-01-01' AS employed_from,
            CASE WHEN n % 500 = 4 THEN DATE '{last}' - 9 END AS employed_to
        FROM range({workers}) numbers(n)""",
}


def write(folder: Path, rows: int) -> Path:
    """Write a city with that many service records into the folder, unless it is there."""
    if folder.exists():
        return folder
    made = folder.with_suffix(".new")
    shutil.rmtree(made, ignore_errors=True)
    (made / "service_records").mkdir(parents=True)
    a_month = -(-rows // len(MONTHS))
    workers = -(-a_month // (DAYS * PIECES))
    with duckdb.connect() as database:
        for month, (year, number) in enumerate(MONTHS):
            query = RECORDS.format(
                rows=min(a_month, rows - month * a_month),
                workers=workers,
                seed=SEED,
                month=month,
                year=year,
                number=f"{number:02}",
                days=_days(year, number),
                pieces=PIECES,
                staff=STAFF,
                of_month=31 * STAFF * PIECES,
            )
            _copy(database, query, made / "service_records" / f"{year}-{number:02}.parquet")
        sizes = {"contracts": -(-workers // STAFF), "workers": workers, "staff": STAFF}
        for name, query in OTHERS.items():
            _copy(database, query.format(**sizes, first=FIRST, last=LAST), made / f"{name}.parquet")
    made.rename(folder)
    return folder


def _days(year: int, month: int) -> list[int]:
    """The days of a month on which people work, counted from 0: Mondays to Fridays, and some."""
    days = sorted(range(monthrange(year, month)[1]), key=lambda day: _weekend(year, month, day))
    return sorted(days[:DAYS])


def _weekend(year: int, month: int, day: int) -> bool:
    return date(year, month, day + 1).weekday() > 4


def _copy(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the rows as Almoner writes its own files: by Polars, with what that chooses."""
    database.execute(query).pl().write_parquet(path)
