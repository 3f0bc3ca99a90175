"""The months that files of service records hold, and parts of some months each.

What follows from the records of a month is grouped part by part: a table of groups that fits the
processor's cache is filled faster, and memory does not grow with the years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from almoner.findings.city import SHANGHAI_AHEAD
from almoner.findings.days import day_number
from almoner.findings.engines.duckdb_tables import listed

LEAST_ROWS = 2_500_000  # of a part: for fewer, a query of its own costs more than it saves
ALWAYS = day_number(date.min), day_number(date.max)
# Timestamps or whole microseconds, as text.
TOLD = """
    coalesce(make_timestamp(try_cast({told} AS BIGINT)), try_cast({told} AS TIMESTAMP))
    + to_microseconds({ahead})
"""
FOOTERS = """
    SELECT
        file_name,
        CAST(sum(row_group_num_rows) AS BIGINT),
        if(bool_and(first IS NOT NULL), CAST(date_trunc('month', min(first)) AS DATE), NULL),
        if(bool_and(last IS NOT NULL), CAST(date_trunc('month', max(last)) AS DATE), NULL),
    FROM (
        SELECT *, {first} AS first, {last} AS last
        FROM parquet_metadata({paths})
        WHERE path_in_schema = 'started_at' AND row_group_num_rows > 0
    )
    GROUP BY file_name
"""


@dataclass(frozen=True)
class File:
    """A file of service records: how many, and the first days of its first and its last month."""

    path: Path
    rows: int
    first: date
    last: date


@dataclass(frozen=True)
class Part:
    """Files, and days from `begins` to the one before `ends` on which no other file has records.

    A city's parts together have all its files and every day.
    """

    files: Sequence[File]
    begins: int
    ends: int


def dated(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[File]:
    """The files that hold records, as their footers tell, in the order of their months."""
    if not paths:
        return []
    first, last = (
        TOLD.format(told=f"stats_{end}_value", ahead=SHANGHAI_AHEAD) for end in ("min", "max")
    )
    footers = connection.execute(FOOTERS.format(first=first, last=last, paths=listed(paths)))
    held = {
        Path(name): (rows, begins or date.min, ends or date.max)
        for name, rows, begins, ends in footers.fetchall()
    }
    files = [File(path, *held[path]) for path in paths if path in held]
    return sorted(files, key=lambda file: file.first)


def parts(files: Sequence[File]) -> list[Part]:
    """Files of `dated` in parts, no month in two of them."""
    groups: list[list[File]] = [[]]
    for file in files:
        group = groups[-1]
        enough = sum(other.rows for other in group) >= LEAST_ROWS
        if enough and all(other.last < file.first for other in group):
            groups.append([])
        groups[-1].append(file)
    starts = [day_number(group[0].first) for group in groups[1:]]
    return list(map(Part, groups, [ALWAYS[0], *starts], [*starts, ALWAYS[1]]))
