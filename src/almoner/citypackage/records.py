"""CSV bytes to batches of text cells: encoding, quoting, and as many cells as columns.

The form is RFC 4180's, with LF or CRLF. A chunk that is plainly sound goes to polars in one
piece; any other is cut into its records one by one, so that each fault has its row.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from almoner.citypackage.faults import Unreadable

CHUNK = 24 * 2**20  # bytes: about 200,000 service records
RECORD_LIMIT = 2**20  # bytes; every cell at its greatest length stays below it

_CELL = rb'(?:"(?:[^"]++|"")*+"|[^",\n]*+)'
_RECORD = re.compile(rb"%b(?:,%b)*+\n" % (_CELL, _CELL))
_SPLIT = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)')


class Stream(Protocol):
    """Anything with read()."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""


# emit(row, number of the cell from 0, value, code, expected) reports a fault.
Emit = Callable[[int, int | None, str | None, str, str], None]


@dataclass
class Batch:
    """``texts``: sound records (an empty cell is null), numbered by ``rows``.

    Their columns are named by position: c0, c1, ...

    ``lost``: what could be saved of the others, so that references to them are not called
    dangling; its column row numbers them.
    """

    rows: pl.Series
    texts: pl.DataFrame
    lost: pl.DataFrame | None = None


def split(record: str) -> list[str]:
    """Cells of one record without its line end."""
    cells = _SPLIT.findall(record)
    return [c[1:-1].replace('""', '"') if c.startswith('"') else c for c in cells]


def read_header(stream: Stream) -> tuple[list[str], bytes]:
    """Names of the columns, and the bytes read beyond them. Raises Unreadable."""
    data = _fill(stream, RECORD_LIMIT + 3)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("encoding", "UTF-8 text; the file begins like UTF-16")
    line, _, rest = data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    line = line.removesuffix(b"\r")
    if not line:
        raise Unreadable("no_header", "a first line that names the columns; it is empty")
    if len(line) > RECORD_LIMIT or not _RECORD.fullmatch(line + b"\n"):
        raise Unreadable("bad_header", "a first line that names the columns, in valid CSV")
    try:
        return split(line.decode()), rest
    except UnicodeDecodeError:
        gbk = _is_gb18030(line)
        code, name = ("encoding_gbk", "GB18030 (GBK)") if gbk else ("encoding", "another encoding")
        raise Unreadable(code, f"UTF-8 text; the header is in {name}") from None


def batches(stream: Stream, carry: bytes, width: int, emit: Emit) -> Iterator[Batch]:
    """Records of ``width`` cells after the header; raises Unreadable.

    ``carry`` holds what was read of them together with the header.
    """
    cutter = _Cutter(width, emit)
    ended = False
    while not ended:
        piece = _fill(stream, CHUNK)
        ended = not piece
        data = carry + piece
        del piece
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        if ended and data and not data.endswith(b"\n"):
            data += b"\n"  # the last line need not end
        batch, end = cutter.cut(data, ended)
        carry = data[end:]
        del data
        if batch.rows.len() or batch.lost is not None:
            yield batch


def _fill(stream: Stream, size: int) -> bytes:
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _is_gb18030(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(data: bytes) -> bool:
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


def _count(data: bytes, start: int, end: int) -> int:
    """How many records stand there, all of them well quoted."""
    if data.find(b'"', start, end) < 0:
        return data.count(b"\n", start, end)
    return sum(1 for _ in _RECORD.finditer(data, start, end))


class _Cutter:
    """Cuts chunks of one file, counting its rows."""

    def __init__(self, width: int, emit: Emit) -> None:
        self.schema = {f"c{i}": pl.String for i in range(width)}
        self.width = width
        self.emit = emit
        self.row = 1
        self.gb18030 = False
        cells = _CELL + rb"(?:,%b){%d}\n" % (_CELL, width - 1)
        self.sound = re.compile(rb"(?:%b)*+" % cells)

    def cut(self, data: bytes, ended: bool) -> tuple[Batch, int]:
        """A batch of whole records, and where in ``data`` they end."""
        end = self.sound.match(data).end() if b'"' in data else data.rfind(b"\n") + 1  # type: ignore[union-attr]
        if end == len(data) or (not ended and len(data) - end <= RECORD_LIMIT):
            texts = self.quick(data[:end])
            if texts is not None:
                first, self.row = self.row, self.row + texts.height
                return Batch(pl.int_range(first, self.row, eager=True), texts), end
        return self.careful(data, ended)

    def quick(self, data: bytes) -> pl.DataFrame | None:
        """All records in one piece; None where anything is odd about them."""
        lines = data.count(b"\n")
        # Polars refuses too many cells; with none too many, the sum shows any too few.
        commas = lines * (self.width - 1)
        if (b'"' not in data and data.count(b",") != commas) or not _is_utf8(data):
            return None
        return self.parse(data, lines)

    def parse(self, data: bytes, count: int) -> pl.DataFrame | None:
        """Cells of sound records by polars; None unless it sees ``count`` of them."""
        header = ",".join(self.schema).encode() + b"\n"
        quoted = b'"' in data
        try:
            frame = pl.read_csv(
                io.BytesIO(header + data),
                schema=self.schema,
                quote_char='"' if quoted else None,
            )
        except pl.exceptions.PolarsError:
            return None
        if frame.height != count:
            return None
        return frame.with_columns(pl.all().replace("", None)) if quoted else frame

    def careful(self, data: bytes, ended: bool) -> tuple[Batch, int]:
        """Record by record; one that is not sound is reported and lost."""
        rows: list[int] = []
        good: list[bytes] = []
        lost_rows: list[int] = []
        lost: list[list[str | None]] = []
        encoded = _is_utf8(data)  # then sound records can be taken many at a time
        position = 0
        while position < len(data):
            end = self.sound.match(data, position).end() if encoded else position  # type: ignore[union-attr]
            if end > position:
                first, self.row = self.row, self.row + _count(data, position, end)
                rows.extend(range(first, self.row))
                good.append(data[position:end])
                position = end
                continue
            found = _RECORD.match(data, position)
            end = self.end_of_record(data, position, found, ended)
            if end == position:
                break  # more of it is to come
            record = self.judge(data[position : end - 1], found is not None)
            if isinstance(record, bytes):
                rows.append(self.row)
                good.append(record + b"\n")
            else:
                lost_rows.append(self.row)
                lost.append(record)
            self.row += 1
            position = end
        batch = Batch(pl.Series(rows, dtype=pl.Int64), self.frame(b"".join(good), len(rows)))
        if lost:
            batch.lost = self.from_rows(lost).with_columns(row=pl.Series(lost_rows))
        return batch, position

    def end_of_record(
        self, data: bytes, position: int, found: re.Match[bytes] | None, ended: bool
    ) -> int:
        """Where the record ends; ``position`` itself where more of it is to come."""
        if found:
            return found.end()
        if not ended and len(data) - position <= RECORD_LIMIT:
            return position
        end = data.find(b"\n", position, position + RECORD_LIMIT) + 1
        if not end:
            raise Unreadable("long_record", f"a line within {RECORD_LIMIT:,} bytes")
        return end

    def judge(self, raw: bytes, well_quoted: bool) -> bytes | list[str | None]:
        """The record in UTF-8 if it is sound; otherwise reports it and gives its likely cells."""
        text = self.text(raw)
        if not well_quoted:
            expected = (
                "each cell that holds a quote to stand in quotes, each quote inside doubled, "
                "and each quoted cell to end"
            )
            self.emit(self.row, None, raw.decode(errors="replace"), "bad_quotes", expected)
            return self.padded((text or "").replace('"', "").split(","))
        shown = raw.decode(errors="replace") if text is None else text
        cells = split(shown)
        if len(cells) != self.width:
            expected = f"{self.width} cells, as in the header, not {len(cells)}"
            self.emit(self.row, None, shown, "ragged_row", expected)
        elif text is not None:
            return text.encode()
        return self.padded(cells)

    def text(self, raw: bytes) -> str | None:
        """The record's text; a file in GB18030 is reported once and then read as such."""
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            latin = split(raw.decode("latin-1"))
            bad = [i for i, cell in enumerate(latin) if not _is_utf8(cell.encode("latin-1"))]
            # With a cell too many or too few, which column a cell belongs to is not known.
            column = bad[0] if bad and len(latin) == self.width else None
            value = raw[error.start : error.start + 20].decode(errors="backslashreplace")
            if not _is_gb18030(raw):
                expected = "UTF-8 text; these bytes are not"
                self.emit(self.row, column, value, "encoding", expected)
                return None
            if not self.gb18030:
                self.gb18030 = True
                expected = "UTF-8 text; this file is in GB18030 (GBK) from this row on"
                self.emit(self.row, column, value, "encoding_gbk", expected)
            return raw.decode("gb18030")

    def frame(self, good: bytes, count: int) -> pl.DataFrame:
        """Sound records as text cells."""
        # In quotes a line may end without its record: polars is not relied on for that.
        if good.count(b"\n") == count:
            frame = self.parse(good, count)
            if frame is not None:
                return frame
        return self.from_rows([list(split(r.decode()[:-1])) for r in _RECORD.findall(good)])

    def padded(self, cells: list[str]) -> list[str | None]:
        return [*cells[: self.width], *[None] * (self.width - len(cells))]

    def from_rows(self, rows: list[list[str | None]]) -> pl.DataFrame:
        frame = pl.DataFrame(rows, schema=self.schema, orient="row")
        return frame.with_columns(pl.all().replace("", None))
