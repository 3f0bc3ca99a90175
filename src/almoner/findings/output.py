"""Findings as JSON Lines, CSV, Parquet or text: the same findings give the same bytes."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
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
# Who is asked, as docs/glossary.md has it.
ASKED_ZH = {
    "purchaser": "购买方",
    "provider": "承接方",
    "finance": "财政部门",
    "supervisor": "主管部门",
    "evaluator": "评估机构",
}
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "kind": "{code} {title} ({count:,}); asks {asked}\n",
        "none": "0 findings as of {on}\n",
        "one": "1 finding as of {on}; answers are due by {due}\n",
        "many": "{count:,} findings as of {on}; answers are due by {due}\n",
        "uncomputed": "{code} cannot be computed: no {tables}\n",
        "calendar": "no calendar of {years} has been published: Monday to Friday count as working "
        "days\n",
    },
    "zh": {
        "kind": "{code} {title}（{count:,} 项），请{asked}说明\n",
        "none": "截至 {on} 没有待核事项\n",
        "one": "截至 {on} 有 1 项待核事项；答复期限为 {due}\n",
        "many": "截至 {on} 有 {count:,} 项待核事项；答复期限为 {due}\n",
        "uncomputed": "{code} 无法计算：没有 {tables}\n",
        "calendar": "{years} 年的日历尚未公布：周一至周五计为工作日\n",
    },
}


def due(as_of: date) -> Deadline:
    """The last day for an answer to a finding of that day."""
    return add_working_days(as_of, answer_days(as_of))


def answer_days(as_of: date) -> int:
    """How many working days there are for an answer: `findings.answer_working_days`."""
    return int(china().limit("findings.answer_working_days", as_of).value)


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
    words = WORDS[language]
    for code, group in groupby(result.findings, key=lambda found: found.code):
        entry, members = definition(code), list(group)
        asked = ASKED_ZH[entry.asks] if language == "zh" else entry.asks
        title, count = _title(entry, language), len(members)
        yield words["kind"].format(code=code, title=title, count=count, asked=asked)
        for found in members:
            key = "" if found.key is None else f" {found.key}"
            yield f"  {printable(found.id + key)}: {because(entry, found, language)}\n"
        yield "\n"
    count = len(result.findings)
    number = {0: "none", 1: "one"}.get(count, "many")
    yield words[number].format(count=count, on=as_of, due=due(as_of).day)
    yield from notes(result, as_of, language)


def notes(result: Result, as_of: date, language: Language) -> Iterator[str]:
    """What a reader must know besides: rules without their inputs, and an estimated calendar."""
    words = WORDS[language]
    for code, missing in result.uncomputed.items():
        yield words["uncomputed"].format(code=code, tables=", ".join(missing).upper())
    years = due(as_of).estimated_years if result.findings else ()
    if years:
        yield words["calendar"].format(years=", ".join(map(str, years)))


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
