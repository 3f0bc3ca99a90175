"""A city package as Parquet files that an engine reads."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import polars as pl

from almoner.citypackage import SCHEMA, Reader, Report
from almoner.citypackage.cells import YEARS
from almoner.citypackage.faults import Unreadable
from almoner.citypackage.keys import dangling
from almoner.citypackage.package import PackageFile
from almoner.citypackage.schema import LARGEST_COUNT

Progress = Callable[[str, float], None]

RECORDS = SCHEMA.tables["service_records"]
# A number of at most fifteen digits before the point and nine after it stays exact in every engine.
NUMBER = pl.Decimal(24, 9)
PLAIN = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"
PIECE = 2**20  # bytes copied at a time


class FaultyPackageError(Exception):
    """A package of which nothing is computed; `report` names its faults."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"the package has {len(report.faults)} faults")
        self.report = report


class NumberTooLongError(Exception):
    """A number that the engines cannot hold exactly."""


@dataclass(frozen=True)
class PackageFiles:
    """Parquet files of each listed table, and the day that the package describes."""

    files: dict[str, list[Path]]
    as_of: date


@contextmanager
def as_files(path: Path, on_progress: Progress | None = None) -> Iterator[PackageFiles]:
    """The package at `path` as Parquet files, for as long as the context lasts.

    Service records that are Parquet already are used where they lie if, looked over as a whole,
    they seem lawful; everything else is read cell by cell like `almoner check` does. Raises
    FaultyPackageError and NumberTooLongError.
    """
    with tempfile.TemporaryDirectory(prefix="almoner-") as scratch:
        folder = Path(scratch)
        with _ButRecords(path, on_progress) as reader:
            files = _written(reader, folder)
            records = reader.records(folder)
        if records is not None:
            files[RECORDS.name] = [records]
        elif reader.has_parquet:
            with Reader(path, on_progress) as careful:
                files = _written(careful, folder)
        assert reader.report.as_of is not None
        yield PackageFiles(files, reader.report.as_of)


def _written(reader: Reader, folder: Path) -> dict[str, list[Path]]:
    """The tables that the reader reads, written to the folder."""
    files: dict[str, list[Path]] = {}
    rows: dict[str, int] = {}
    for table, frame in reader.frames():
        parts = files.setdefault(table, [])
        parts.append(folder / f"{table}-{len(parts)}.parquet")
        storable(table, frame, rows.get(table, 0) + 1).write_parquet(parts[-1])
        rows[table] = rows.get(table, 0) + frame.height
    if not reader.report.ok:
        raise FaultyPackageError(reader.report)
    return {table: files.get(table, []) for table in reader.report.listed}


def storable(table: str, frame: pl.DataFrame, first_row: int = 1) -> pl.DataFrame:
    """A typed frame of the table with its numbers as decimals.

    `first_row` is the number of the frame's first row. NumberTooLongError names the first number
    that does not fit.
    """
    names = [column.name for column in SCHEMA.tables[table].columns if column.type == "number"]
    for name in names:
        too_long = (~frame[name].str.contains(PLAIN)).fill_null(False)
        if too_long.any():
            place = int(too_long.arg_true()[0])
            raise NumberTooLongError(
                f"{table}, row {first_row + place}, {name}: {frame[name][place]} has more than "
                "fifteen digits before the point or nine after it; findings are computed exactly, "
                "so write it shorter in the package"
            )
    return frame.with_columns(pl.col(name).cast(NUMBER) for name in names)


class _ButRecords(Reader):
    """Reads every table but service records in Parquet; those it looks over as a whole."""

    def __enter__(self) -> Self:
        super().__enter__()
        name = self._files.get(RECORDS.name, "")
        self.has_parquet = name.endswith(".parquet") and name in self._package_names()
        if self.has_parquet:
            self._parquet_name = self._files.pop(RECORDS.name)
            self.report.listed = tuple(t for t in self.report.listed if t != RECORDS.name)
        return self

    def _package_names(self) -> frozenset[str]:
        return self._package.names if self._package else frozenset()

    def records(self, folder: Path) -> Path | None:
        """The file of the service records, out of a zip copied into the folder.

        None where there is no Parquet, where its types are not the plain ones, or where it may be
        faulty: then it must be read cell by cell.
        """
        if not self.has_parquet or self._package is None:
            return None
        path = self._package.path / self._parquet_name
        try:
            if self._package.stored(self._parquet_name) is not None:
                path = folder / "records.parquet"
                with (
                    PackageFile(self._package, self._parquet_name) as stored,
                    path.open("wb") as file,
                ):
                    while piece := stored.read(PIECE):
                        file.write(piece)
            records = pl.scan_parquet(path, glob=False)
            return path if self._plain(records) and self._seems_lawful(records) else None
        except (Unreadable, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            return None

    @staticmethod
    def _plain(records: pl.LazyFrame) -> bool:
        """Whether all columns are there that must be, none too many, in the reader's types."""
        stored = records.collect_schema()
        ours = {column.name: column.dtype for column in RECORDS.columns}
        required = {column.name for column in RECORDS.columns if column.required}
        return required <= stored.keys() and all(
            name in ours and kind in (ours[name], pl.Null) for name, kind in stored.items()
        )

    def _seems_lawful(self, records: pl.LazyFrame) -> bool:
        """Empty cells, minutes, years, ids and references; not the form of each text."""
        required = [column.name for column in RECORDS.columns if column.required]
        instants = ("started_at", "entered_at")
        links = ("contract_id", "term_id", "worker_id")
        counted, linked, ids = pl.collect_all(
            [
                records.select(
                    pl.len().alias("rows"),
                    pl.sum_horizontal(pl.col(n).null_count() for n in required).alias("empty"),
                    pl.col("id").min().alias("first_id"),
                    pl.col("minutes").min().alias("least"),
                    pl.col("minutes").max().alias("most"),
                    pl.min_horizontal(pl.col(n).min() for n in instants).dt.year().alias("first"),
                    pl.max_horizontal(pl.col(n).max() for n in instants).dt.year().alias("last"),
                ),
                records.select(pl.lit(1).alias("row"), *links).unique(),
                records.select(pl.col("id").hash()),  # half as long as to count them while reading
            ],
            engine="streaming",
        )
        sums = counted.row(0, named=True)
        if not sums["rows"]:
            return True
        told: list[object] = []
        dangling(RECORDS, linked, self._kept, lambda *fault: told.append(fault))
        return (
            ids.get_column("id").n_unique() == sums["rows"]
            and not sums["empty"]
            and sums["first_id"] != ""
            and sums["least"] >= 1
            and sums["most"] <= LARGEST_COUNT
            and YEARS[0] < sums["first"]
            and sums["last"] < YEARS[1]
            and not any((linked[name] == "").any() for name in links)
            and not told
        )
