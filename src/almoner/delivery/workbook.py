"""Reading the first sheet of an XLSX file that anybody may have sent, within bounds.

A hostile file ends in a sentence: `Refused` with a code of the file, or of the cell at fault. What
is unpacked is bounded before anything reads it, and a cell's place before a table is made of it.
"""

import io
import re
import struct
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineWorkbook

from almoner.rules.refusal import Refused

MOST_BYTES = 2_000_000
MOST_UNPACKED = 20_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 60

Cell = str | float | bool | date | time | datetime | timedelta
_PARTS = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/(_rels/)?workbook\.xml(\.rels)?"
    r"|xl/(sharedstrings|styles)\.xml|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.IGNORECASE)


def first_sheet(data: bytes) -> list[list[Cell]]:
    """The rows of the first sheet, from its first row on; an empty cell is an empty text.

    Refused: file_big, not_xlsx, file_broken, file_unpacks, too_many_rows, too_many_columns,
    has_formula, has_merged.
    """
    if len(data) > MOST_BYTES:
        raise Refused("file_big", field="file", most=f"{MOST_BYTES // 1_000_000} MB")
    packed = _checked(data)
    try:
        with CalamineWorkbook.from_filelike(packed) as book:
            if not book.sheet_names:
                raise Refused("file_broken", field="file")
            return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (Refused, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic inside the reader is no Exception
        raise Refused("file_broken", field="file") from None


def _checked(data: bytes) -> io.BytesIO:
    """The parts that hold sheets, unpacked within bounds, looked through, and put together anew."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as there, zipfile.ZipFile(packed, "w") as made:
            parts = [part for part in there.infolist() if _PARTS.fullmatch(part.filename)]
            if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
                raise Refused("not_xlsx", field="file")
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused("file_unpacks", field="file")
            for part in parts:
                content = there.read(part)  # no more than it says; another length fails its check
                _Look(bool(_SHEET.fullmatch(part.filename))).through(content)
                made.writestr(part.filename, content)
    except expat.ExpatError:
        raise Refused("file_broken", field="file") from None
    except (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, ValueError):
        raise Refused("not_xlsx", field="file") from None
    packed.seek(0)
    return packed


class _Look:
    """Looks through one part: no document type, cells within bounds, no formula, nothing merged."""

    def __init__(self, is_sheet: bool) -> None:
        self._is_sheet = is_sheet
        self._row, self._column, self._place = 0, 0, ""

    def through(self, content: bytes) -> None:
        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        if self._is_sheet:
            parser.StartElementHandler = self._element
        parser.Parse(content, True)

    def _doctype(self, *_: Any) -> None:
        raise Refused("file_broken", field="file")

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "row":
            self._row = _number(attributes.get("r")) or self._row + 1
            self._column = 0
        elif kind == "c":
            self._enter_cell(attributes.get("r"))
        elif kind in ("v", "is"):
            self._within()
        elif kind == "f" and self._place:
            raise Refused("has_formula", field="file", cell=self._place)
        elif kind == "mergeCell":
            raise Refused("has_merged", field="file", cells=attributes.get("ref", ""))

    def _enter_cell(self, place: str | None) -> None:
        if place is None:
            self._column += 1
            self._place = f"{self._column}/{self._row}"
            return
        found = _PLACE.fullmatch(place)
        if found is None:
            raise Refused("file_broken", field="file")
        self._column, self._row, self._place = _column(found[1]), int(found[2]), place

    def _within(self) -> None:
        if self._row > MOST_ROWS + 1:
            raise Refused("too_many_rows", field="file", most=MOST_ROWS)
        if self._column > MOST_COLUMNS:
            raise Refused("too_many_columns", field="file", most=MOST_COLUMNS)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
