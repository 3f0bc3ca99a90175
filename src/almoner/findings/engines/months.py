"""The months that files of service records hold, and parts of some months each.

What follows from the records of a month is grouped part by part: a table of groups that fits the
processor's cache is filled faster, and memory does not grow with the years.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from almoner.findings.city import MICROSECONDS_A_DAY, SHANGHAI_AHEAD
from almoner.findings.days import day_number, day_of_number

LEAST_ROWS = 1_000_000  # of a part: for fewer, a query of its own costs more than it saves
ALWAYS = day_number(date.min), day_number(date.max)
MICROSECONDS = (pa.int64(), pa.timestamp("us"), pa.timestamp("us", "UTC"))


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


def dated(paths: Iterable[Path]) -> list[File]:
    """The files that hold records, as their footers tell, in the order of their months."""
    return sorted(filter(None, map(_file, paths)), key=lambda file: file.first)


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


def _file(path: Path) -> File | None:
    footer = pq.read_metadata(path)
    column = footer.schema.names.index("started_at")
    groups = map(footer.row_group, range(footer.num_row_groups))
    spans = [group.column(column).statistics for group in groups if group.num_rows]
    if not spans:
        return None
    kind = footer.schema.to_arrow_schema().field("started_at").type
    if kind not in MICROSECONDS or not all(span and span.has_min_max for span in spans):
        return File(path, footer.num_rows, date.min, date.max)
    # As they are stored: pyarrow makes datetimes of them by way of pandas.
    first, last = min(span.min_raw for span in spans), max(span.max_raw for span in spans)
    return File(path, footer.num_rows, _month(first), _month(last))


def _month(instant: int) -> date:
    """The first day of the month of an instant."""
    return day_of_number((instant + SHANGHAI_AHEAD) // MICROSECONDS_A_DAY).replace(day=1)
