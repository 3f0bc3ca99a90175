"""Writing a package: the same rows give the same bytes, and never half a package."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO

import polars as pl
from polars.io.plugins import register_io_source

from almoner.citypackage import vector
from almoner.citypackage.package import DESCRIPTOR
from almoner.citypackage.schema import SCHEMA, Column, Table

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can bear
ROW_GROUP = 200_000  # rows of Parquet that are written together


def write(
    target: Path,
    tables: Mapping[str, Iterable[pl.DataFrame]],
    as_of: date,
    parquet_records: bool = False,
) -> None:
    """Write a package of these tables to ``target``, a folder or a file that ends in .zip.

    Frames have the typed form that the reader gives; columns may come in any order and
    optional ones be absent. A table is listed if it is in ``tables``, even without rows. The
    rows are written as they come; they are not validated. With ``parquet_records`` service
    records are stored as Parquet.

    The package appears whole or not at all; a zip takes the place of an earlier one. Raises
    FileExistsError for a folder that holds anything, ValueError for a table, a column or a
    type that the format lacks.
    """
    unknown = set(tables) - set(SCHEMA.tables)
    if unknown:
        raise ValueError(f"the format has no table {', '.join(sorted(unknown))}")
    if target.suffix != ".zip" and target.exists() and (target.is_file() or any(target.iterdir())):
        raise FileExistsError(f"{target} exists; name a new folder, or an empty one")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, because only there can it be moved into place at once.
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        folder = work / "package"
        folder.mkdir()
        _write_files(folder, tables, as_of, parquet_records)
        if target.suffix == ".zip":
            _zip(folder, work / "package.zip")
            (work / "package.zip").replace(target)
        else:
            folder.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(work)


def canonical(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with all columns of the table, in the schema's order and canonical form.

    Raises ValueError for a column that the table lacks, a required one that the frame lacks,
    or a type other than the reader's.
    """
    unknown = set(frame.columns) - set(table.names)
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return frame.select(_column(table, column, frame) for column in table.columns)


def _column(table: Table, column: Column, frame: pl.DataFrame) -> pl.Series:
    if column.name not in frame.columns:
        if column.required:
            raise ValueError(f"{table.name}.{column.name} is required; the frame lacks it")
        return pl.Series(column.name, [None], dtype=column.dtype).new_from_index(0, frame.height)
    values = frame[column.name]
    if values.dtype == pl.Null:
        return values.cast(column.dtype)
    if values.dtype != column.dtype:
        raise ValueError(
            f"{table.name}.{column.name} must be {column.dtype}, as the reader gives it, "
            f"not {values.dtype}"
        )
    if column.type == "string":
        return values.replace("", None).str.replace_all("\r\n?", "\n")
    return vector.canonical_numbers(values) if column.type == "number" else values


def _write_files(
    folder: Path,
    tables: Mapping[str, Iterable[pl.DataFrame]],
    as_of: date,
    parquet_records: bool,
) -> None:
    resources = []
    for resource in SCHEMA.descriptor["resources"]:
        table = SCHEMA.tables[resource["name"]]
        if table.name not in tables:
            continue
        frames = (canonical(table, frame) for frame in tables[table.name])
        if parquet_records and table.name == "service_records":
            resource = {**resource, "path": f"{table.name}.parquet"}
            _write_parquet(folder / resource["path"], table, frames)
        else:
            with _synced(folder / resource["path"]) as file:
                _write_csv(file, table, frames)
        resources.append(resource)
    descriptor = {**SCHEMA.descriptor, "custom:as_of": as_of.isoformat(), "resources": resources}
    with _synced(folder / DESCRIPTOR) as file:
        file.write(json.dumps(descriptor, ensure_ascii=False, indent=1).encode() + b"\n")
    _sync(folder)


def _write_csv(file: IO[bytes], table: Table, frames: Iterable[pl.DataFrame]) -> None:
    file.write(",".join(table.names).encode() + b"\n")
    instants = [column.name for column in table.columns if column.type == "datetime"]
    for frame in frames:
        text = frame.with_columns(_shanghai(name) for name in instants)
        text.write_csv(file, include_header=False)


def _shanghai(name: str) -> pl.Expr:
    """Instants in China's standard time, +08:00 also for years that had summer time."""
    local = pl.col(name).dt.replace_time_zone(None) + pl.duration(hours=8)
    whole = local.dt.to_string("%Y-%m-%dT%H:%M:%S")
    exact = local.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
    text = pl.when(local.dt.microsecond() == 0).then(whole).otherwise(exact)
    return (text + "+08:00").alias(name)


def _write_parquet(path: Path, table: Table, frames: Iterator[pl.DataFrame]) -> None:
    """One row group for each batch of rows, so that no more than a batch is held in memory."""
    schema = {column.name: column.dtype for column in table.columns}

    def batches(
        columns: list[str] | None, where: pl.Expr | None, limit: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        yield from frames

    lazy = register_io_source(batches, schema=schema, is_pure=True)
    lazy.sink_parquet(path, row_group_size=ROW_GROUP, maintain_order=True)
    _sync(path)


def _zip(folder: Path, target: Path) -> None:
    """The files at the top level, the descriptor first, without times or owners."""
    with _synced(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir(), key=lambda path: (path.name != DESCRIPTOR, path.name)):
            entry = zipfile.ZipInfo(path.name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as inner:
                shutil.copyfileobj(source, inner, 2**20)


@contextmanager
def _synced(path: Path) -> Iterator[IO[bytes]]:
    """A new file that is on the disk when the block ends."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """Have the disk hold a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
