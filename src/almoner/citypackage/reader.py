"""Reading a package in one pass: typed frames for a loader, faults for a person."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import polars as pl

from almoner.citypackage import cells, keys, parquet, records, together, vector
from almoner.citypackage.descriptor import read_descriptor
from almoner.citypackage.faults import Enough, Report, Unreadable, add
from almoner.citypackage.package import Package, PackageFile, open_package
from almoner.citypackage.schema import SCHEMA, Column, Table

# on_progress(table, share of its file that was read)
Progress = Callable[[str, float], None]


class _Form(Protocol):
    """How cells are stored: as text in CSV, typed in Parquet."""

    def decode(self, column: Column, stored: pl.Series, /) -> pl.Series:
        """Typed values; null where empty or not seen to be lawful."""

    def text(self, column: Column, stored: pl.Series, /) -> pl.Series:
        """Cells as a CSV file writes them."""


@dataclass(frozen=True)
class _Batch:
    """Columns that the file has, by name; ``lost`` as in records.Batch."""

    form: _Form
    rows: pl.Series
    stored: pl.DataFrame
    lost: pl.DataFrame | None = None


class Reader:
    """A package being read; use it as a context manager."""

    def __init__(self, path: Path, on_progress: Progress | None = None) -> None:
        self.report = Report()
        self._path = path
        self._progress = on_progress or (lambda table, share: None)
        self._package: Package | None = None
        self._files: dict[str, str] = {}
        self._kept: dict[str, pl.DataFrame] = {}
        self._partial: set[str] = set()  # tables of which a required column is missing
        self._digests: dict[str, str] = {}

    def __enter__(self) -> Self:
        report = self.report
        try:
            self._package = open_package(self._path, report)
            if self._package:
                listing = read_descriptor(self._package, report)
                self._files = dict(listing.files)
                report.as_of = listing.as_of
                report.listed = tuple(name for name in SCHEMA.raw if name in self._files)
        except Enough:
            self._files = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._package:
            self._package.close()

    def frames(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Tables in dependency order, each in one frame or several, rows in the file's order.

        A frame has every column of the schema, typed. As soon as there is a fault no more
        frames come, but reading goes on, so that the report holds all faults: whoever stores
        the frames must undo that when ``report.ok`` is False at the end.
        """
        report = self.report
        try:
            for table in SCHEMA.tables.values():
                if table.name in self._files:
                    yield from self._table(table)
        except Enough:
            pass
        report.faults.sort(key=lambda f: (f.file, f.row or 0, f.column or "", f.value or ""))
        if report.ok:
            report.digest = self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256(f"as_of {self.report.as_of}\n".encode())
        for name in self.report.listed:
            digest.update(f"{name} {self._digests[name]}\n".encode())
        return digest.hexdigest()

    def _table(self, table: Table) -> Iterator[tuple[str, pl.DataFrame]]:
        """One table; what it refers to has been read before."""
        report = self.report
        report.rows[table.name] = 0
        if self._package is None or self._files[table.name] not in self._package.names:
            return  # reported as missing
        tell = self._tell(table)
        unique = keys.UniqueKeys(table)
        kept: list[pl.DataFrame] = []
        try:
            for batch in self._batches(table, tell):
                frame = self._judged(table, batch, tell)
                report.rows[table.name] += frame.height
                together.date_order(table, frame, tell)
                together.score_range(table, frame, self._kept, tell)
                keys.dangling(table, frame, self._kept, tell)
                unique.look(frame)
                kept.append(_to_keep(table, batch, frame))
                if report.ok:
                    yield table.name, frame.drop("row")
            unique.repeated(lambda: self._key_frames(table), tell)
        except Unreadable as error:
            tell(None, error.column, error.value, error.code, error.expected)
            return  # its keys are not all known, so nothing is said about references to it
        self._judge_whole(table, pl.concat([_nothing_kept(table), *kept]), tell)

    def _tell(self, table: Table) -> keys.Tell:
        def tell(row: int | None, column: str | None, value: str | None, *why: str) -> None:
            add(self.report, self._files[table.name], *why, row=row, column=column, value=value)

        return tell

    def _judge_whole(self, table: Table, kept: pl.DataFrame, tell: keys.Tell) -> None:
        """Judge the table as a whole, and remember what later tables need of it."""
        if table.name in self._partial:
            return
        kept = kept.sort("row")
        self._kept[table.name] = kept
        own = tuple(key for key in table.foreign_keys if key.table == table.name)
        keys.dangling(replace(table, foreign_keys=own), kept, self._kept, tell)
        circles = together.parent_cycles(table, kept, tell)
        together.weights(table, kept, circles, tell)

    def _judged(self, table: Table, batch: _Batch, tell: keys.Tell) -> pl.DataFrame:
        """All columns typed, with the row numbers; faulty cells are reported and null."""
        frame = {"row": batch.rows}
        for column in table.columns:
            if column.name not in batch.stored.columns:
                frame[column.name] = pl.Series([None], dtype=column.dtype).new_from_index(
                    0, batch.rows.len()
                )
                continue
            stored = batch.stored[column.name]
            if column.required and stored.null_count():
                for row in batch.rows.filter(stored.is_null()):
                    tell(row, column.name, None, "required", "a value; the cell is empty")
            frame[column.name] = _typed(column, batch, tell)
        return pl.DataFrame(frame)

    def _key_frames(self, table: Table) -> Iterator[pl.DataFrame]:
        """The primary keys of a table, read once more; faults have been told already."""
        for batch in self._batches(table, None):
            columns = [table.column(name) for name in table.primary_key]
            typed = {column.name: _typed(column, batch, _silent) for column in columns}
            yield pl.DataFrame({"row": batch.rows, **typed})

    def _batches(self, table: Table, tell: keys.Tell | None) -> Iterator[_Batch]:
        """The table's file; with ``tell``, reports its form, and takes digest and progress."""
        assert self._package is not None
        file = self._files[table.name]
        with PackageFile(self._package, file) as raw:
            if tell is None:
                yield from self._read(table, raw, _silent)
                return
            tap = _Tap(raw, table.name, self._package.size(file), self._progress)
            yield from self._read(table, tap, tell)
            self._digests[table.name] = tap.digest.hexdigest()

    def _read(self, table: Table, stream: records.Stream, tell: keys.Tell) -> Iterator[_Batch]:
        if self._files[table.name].endswith(".parquet"):
            yield from self._parquet(table, stream, tell)
            return
        header, carry = records.read_header(stream)
        places = self._places(table, header, tell)

        def emit(row: int, column: int | None, value: str | None, *why: str) -> None:
            tell(row, header[column] if column is not None else None, value, *why)

        cells = [pl.col(f"c{place}").alias(name) for name, place in places.items()]
        for batch in records.batches(stream, carry, len(header), emit):
            lost = batch.lost.select("row", *cells) if batch.lost is not None else None
            yield _Batch(_CSV, batch.rows, batch.texts.select(cells), lost)

    def _parquet(self, table: Table, stream: records.Stream, tell: keys.Tell) -> Iterator[_Batch]:
        with tempfile.NamedTemporaryFile(suffix=".parquet") as copy:  # Parquet is read by seeking
            while piece := stream.read(2**20):
                copy.write(piece)
            copy.flush()
            path = Path(copy.name)
            schema = parquet.schema(path)
            places = self._places(table, list(schema), tell)
            columns = [column for column in table.columns if column.name in places]
            for column in columns:
                expected = parquet.dtype_fault(column, schema[column.name])
                if expected:
                    raise Unreadable(
                        "parquet_type", expected, value=str(schema[column.name]), column=column.name
                    )
            row = 1
            for frame in parquet.batches(path, columns):
                rows = pl.int_range(row, row + frame.height, eager=True)
                row += frame.height
                yield _Batch(_PARQUET, rows, frame)

    def _places(self, table: Table, header: list[str], tell: keys.Tell) -> dict[str, int]:
        """Where each column stands; reports columns that are missing, unknown or repeated."""
        for name in dict.fromkeys(header):
            if name not in table.names:
                tell(None, name, None, "unknown_column", f"only columns of {table.name}")
            elif header.count(name) > 1:
                tell(None, name, None, "duplicate_column", "each column once")
        for column in table.columns:
            if column.required and column.name not in header:
                tell(None, column.name, None, "missing_column", "this column, which is required")
                self._partial.add(table.name)
        return {name: header.index(name) for name in table.names if name in header}


class _Csv:
    @staticmethod
    def decode(column: Column, stored: pl.Series) -> pl.Series:
        return vector.decode(column, stored)

    @staticmethod
    def text(column: Column, stored: pl.Series) -> pl.Series:
        return stored


_CSV: _Form = _Csv()
_PARQUET: _Form = parquet


class _Tap:
    """Reads on behalf of another, taking the digest and telling the progress."""

    def __init__(self, file: PackageFile, table: str, size: int, progress: Progress) -> None:
        self.digest = hashlib.sha256()
        self._file, self._table, self._size, self._progress = file, table, size, progress
        self._done = 0

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._done += len(data)
        self._progress(self._table, self._done / max(self._size, 1))
        return data


def _silent(*fault: object) -> None:
    """Tell nobody: the fault has been told."""


def _typed(column: Column, batch: _Batch, tell: keys.Tell) -> pl.Series:
    """A column's values; cells that are not seen at once to be lawful are judged one by one."""
    stored = batch.stored[column.name]
    typed = batch.form.decode(column, stored)
    if typed.null_count() == stored.null_count():
        return typed
    suspects = (stored.is_not_null() & typed.is_null()).arg_true()
    texts = batch.form.text(column, stored.gather(suspects))
    lawful: dict[int, cells.Value] = {}
    for index, text in zip(suspects, texts, strict=True):
        try:
            lawful[index] = cells.parse(column, text)
        except cells.CellFault as fault:
            tell(batch.rows[index], column.name, text, fault.code, fault.expected)
    if not lawful:
        return typed
    return typed.scatter(list(lawful), pl.Series(list(lawful.values()), dtype=typed.dtype))


def _nothing_kept(table: Table) -> pl.DataFrame:
    kept = dict.fromkeys(keys.KEPT[table.name], pl.String)
    return pl.DataFrame(schema={"row": pl.Int64, **kept})


def _to_keep(table: Table, batch: _Batch, frame: pl.DataFrame) -> pl.DataFrame:
    """Text as it stands, faulty or not: a reference to a faulty key does not dangle.

    The bounds of scores too: one that is faulty is not one that is empty.
    """
    names = keys.KEPT[table.name]
    is_text = {name: table.column(name).type == "string" for name in names}
    as_it_stands = {name for name in names if is_text[name] or name in together.BOUNDS}
    as_it_stands &= set(batch.stored.columns)
    columns = (batch.stored[name] if name in as_it_stands else frame[name] for name in names)
    kept = together.with_bounds(frame.select("row", *columns))
    if batch.lost is None:
        return kept
    keys_only = [name for name in names if is_text[name] and not name.startswith("parent_")]
    lost = batch.lost.select("row", *(n for n in keys_only if n in batch.lost.columns))
    return pl.concat([kept, lost], how="diagonal")


def read(path: Path | str, on_progress: Progress | None = None) -> Reader:
    """A reader of the package at ``path``, a folder or a zip; see Reader.frames()."""
    return Reader(Path(path), on_progress)


def check(path: Path | str, on_progress: Progress | None = None) -> Report:
    """Read the package at ``path`` to its end and report its faults (at most 1,000)."""
    with read(path, on_progress) as reader:
        for _ in reader.frames():
            pass
    return reader.report
