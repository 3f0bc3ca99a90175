"""Findings as JSON Lines, CSV, Parquet or text: the same findings give the same bytes."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from almoner.findings.definition import Definition, definition
from almoner.findings.run import Result
from almoner.findings.sentence import Language, because
from almoner.rules.calendar import Deadline, add_working_days
from almoner.rules.packs import china
from almoner.rules.text import printable

NAMES = ("code", "table", "id", "key", "value", "limit", "title", "because", "asks", "due", "rows")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a text that begins so acts in a spreadsheet


def due(as_of: date) -> Deadline:
    """The last day for an answer to a finding of that day."""
    limit = china().limit("findings.answer_working_days", as_of).value
    return add_working_days(as_of, int(limit))


def documents(result: Result, as_of: date, language: Language) -> Iterator[dict[str, object]]:
    """Each finding as an object with the keys NAMES, in their order."""
    answer_by = due(as_of).day.isoformat()
    for found in result.findings:
        entry = definition(found.code)
        yield {
            "code": found.code,
            "table": found.table,
            "id": found.id,
            "key": found.key,
            "value": _plain(found.value),
            "limit": _plain(found.limit),
            "title": _title(entry, language),
            "because": because(entry, found, language),
            "asks": entry.asks,
            "due": answer_by,
            "rows": [list(row) for row in found.rows],
        }


def jsonl(result: Result, as_of: date, language: Language) -> Iterator[str]:
    """One JSON object a line, without spaces between."""
    for document in documents(result, as_of, language):
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        yield text + "\n"


def csv_lines(result: Result, as_of: date, language: Language) -> Iterator[str]:
    """A table with a heading, in which no text can act as a formula; `rows` is JSON."""
    yield "\ufeff" + _csv_line(NAMES)  # the mark tells spreadsheets that Chinese is UTF-8
    for document in documents(result, as_of, language):
        document["rows"] = json.dumps(document["rows"], ensure_ascii=False)
        yield _csv_line([document[name] for name in NAMES])


def parquet(result: Result, as_of: date, language: Language, path: Path) -> None:
    """A Parquet file with the columns NAMES; `due` is a date, `rows` a list of (table, id)."""
    import polars as pl

    texts = dict.fromkeys(NAMES, pl.String())
    row = pl.Struct({"table": pl.String(), "id": pl.String()})
    numbers = {"value": pl.Float64(), "limit": pl.Float64()}
    schema = {**texts, **numbers, "rows": pl.List(row)}
    rows = [
        {**document, "rows": [{"table": table, "id": subject} for table, subject in found.rows]}
        for document, found in zip(documents(result, as_of, language), result.findings, strict=True)
    ]
    frame = pl.DataFrame(rows, schema=schema).with_columns(pl.col("due").str.to_date())
    # In two steps: what cannot be written is an OSError of Python's, and no error of Polars'.
    content = io.BytesIO()
    frame.write_parquet(content)
    path.write_bytes(content.getbuffer())


def text(result: Result, as_of: date, language: Language) -> Iterator[str]:
    """For a person: the findings of each kind below its title, then what was not computed."""
    for code, group in groupby(result.findings, key=lambda found: found.code):
        entry, members = definition(code), list(group)
        yield f"{code} {_title(entry, language)} ({len(members):,}); asks {entry.asks}\n"
        for found in members:
            key = "" if found.key is None else f" {found.key}"
            yield f"  {printable(found.id + key)}: {because(entry, found, language)}\n"
        yield "\n"
    deadline = due(as_of)
    count = len(result.findings)
    yield f"{count:,} finding{'' if count == 1 else 's'} as of {as_of}"
    yield f"; answers are due by {deadline.day}\n" if count else "\n"
    yield from notes(result, as_of)


def notes(result: Result, as_of: date) -> Iterator[str]:
    """What a reader must know besides: rules without their inputs, and an estimated calendar."""
    for code, missing in result.uncomputed.items():
        yield f"{code} cannot be computed: no {', '.join(missing).upper()}\n"
    years = due(as_of).estimated_years if result.findings else ()
    if years:
        shown = ", ".join(map(str, years))
        yield f"no calendar of {shown} has been published: Monday to Friday count as working days\n"


def _title(entry: Definition, language: Language) -> str:
    return entry.title if language == "en" else entry.title_zh


def _plain(number: float | None) -> int | float | None:
    """A whole number is written as one: 5, not 5.0."""
    return int(number) if number is not None and number.is_integer() else number


def _csv_line(cells: "tuple[object, ...] | list[object]") -> str:
    line = io.StringIO()
    csv.writer(line).writerow(
        f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells
    )
    return line.getvalue()
