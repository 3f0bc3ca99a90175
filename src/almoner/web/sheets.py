"""Lists as files, CSV and XLSX, in which no text can act as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.timezone import localtime

from almoner.web.format import day, moment

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, and what of a row stands in it.

    `value` is a plain fact (text, number, day, instant, None); `html` is how a page shows it where
    that differs.
    """

    label: str | Promise
    value: Callable[[Any], Any]
    html: Callable[[Any], str] | None = None
    numeric: bool = False

    def shown(self, row: Any) -> Any:
        """What a page shows of a row: days and instants in the reader's manner."""
        if self.html:
            return self.html(row)
        value = self.value(row)
        if isinstance(value, datetime):
            return moment(value)
        return day(value) if isinstance(value, date) else value


def harmless(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe before it; everything else is itself."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def sheet(name: str, format: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponse:
    """All rows as a download `name.format`; KeyError for a format that is none of FORMATS."""
    table = [[str(column.label) for column in columns]]
    cells = [[_cell(column.value(row)) for column in columns] for row in rows]
    response = HttpResponse(
        _csv(table + cells) if format == "csv" else _xlsx(table + cells),
        content_type=FORMATS[format],
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (int, float, Decimal)):
        return value
    return harmless(str(value))


def _csv(table: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    # The mark at the beginning tells Excel that Chinese is UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _xlsx(table: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet()
    head = book.add_format({"bold": True})
    for number, row in enumerate(table):
        page.write_row(number, 0, row, head if number == 0 else None)
    page.freeze_panes(1, 0)
    page.autofit()
    book.close()
    return file.getvalue()
