"""Spreadsheets for the tests of imports, good and hostile."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from almoner.delivery.month_file import HEADINGS

HEAD = [f"{zh} {en}" for zh, en in HEADINGS.values()]
EXAMPLE = ["示例 Example", "2026-06-30", "14:30", "01", "W-1", "是", "60", "K0012-3"]


def row(**cells: Any) -> list[Any]:
    """A row with a sound group session, cells changed by name."""
    sound: dict[str, Any] = {
        "day": "2026-06-01",
        "time": "09:00",
        "term": "01",
        "worker": "W-1",
        "happened": "是",
        "minutes": 60,
        "participants": 8,
    }
    return [{**sound, **cells}.get(key, "") for key in HEADINGS]


def client_row(**cells: Any) -> list[Any]:
    return row(**{"client_id": "K0012-3", "participants": "", **cells})


def failed_row(**cells: Any) -> list[Any]:
    empty = {"minutes": "", "participants": ""}
    return row(**{"happened": "否", "why_not": "后勤", "why_note": "停电", **empty, **cells})


def workbook(*rows: Sequence[Any], head: Sequence[Any] = HEAD) -> bytes:
    """A file of the headings and rows; days and times as Excel keeps them."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2026, 6, 30)})
    sheet = book.add_worksheet()
    day, clock = (book.add_format({"num_format": text}) for text in ("yyyy-mm-dd", "hh:mm"))
    for number, cells in enumerate([head, *rows]):
        for column, cell in enumerate(cells):
            if isinstance(cell, time):
                sheet.write_datetime(number, column, cell, clock)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            else:
                sheet.write(number, column, cell)
    book.close()
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The file with one part replaced."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part))
    return made.getvalue()


def with_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with something of its first sheet replaced."""
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as there:
        content = there.read(name)
    assert old in content
    return with_part(data, name, content.replace(old, new, 1))
