"""The package as files: a folder, or a zip with the files at its top level.

Nothing is extracted by name, no link is followed, and nothing is read without bound.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from almoner.citypackage.faults import Report, Unreadable, add

DESCRIPTOR = "datapackage.json"
TOTAL_LIMIT = 16 * 2**30  # bytes that the files of a zip may hold together
RATIO_LIMIT = 1_000  # bytes read for one stored byte; real tables stay far below
RATIO_FLOOR = 10 * 2**20  # bytes below which the ratio says nothing

_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class PackageFile:
    """A file of a package, read once from its beginning; errors become Unreadable."""

    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._stored = package.stored(name)
        self._read = 0
        try:
            self._file = package.open_raw(name)
        except _ERRORS as error:
            raise Unreadable("unreadable_file", f"a file that can be read ({error})") from error

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes, none at the end; raises Unreadable."""
        try:
            data = self._file.read(size)
        except _ERRORS as error:
            raise Unreadable("unreadable_file", f"a file that can be read ({error})") from error
        self._read += len(data)
        # Counted as it comes, because the sizes that a zip declares need not be true.
        if self._stored is not None:
            _check_bounds(self._read, self._stored)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()


class Package:
    """A folder's files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: frozenset[str] = frozenset()

    def scan(self, report: Report) -> None:
        """Learn the files' names, reporting what may not be in a package."""
        names = set()
        for entry in sorted(self.path.iterdir()):
            mode = entry.lstat().st_mode
            if stat.S_ISREG(mode):
                names.add(entry.name)
                continue
            kind = (
                "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "a device"
            )
            expected = f"plain files only; this is {kind}"
            add(report, entry.name, "not_a_file", expected)
        self.names = frozenset(names)

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return (self.path / name).stat().st_size

    def stored(self, name: str) -> int | None:
        """Bytes that the file takes when compressed; None where nothing is."""
        return None

    def open_raw(self, name: str) -> IO[bytes]:
        """The file itself."""
        return (self.path / name).open("rb")

    def close(self) -> None:
        """Release what the package holds open."""


class ZipPackage(Package):
    """A zip's files."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.zip = zipfile.ZipFile(path)

    def scan(self, report: Report) -> None:
        """Learn the files' names; what is dangerous is reported and stays unread."""
        entries = self.zip.infolist()
        counts = Counter(entry.filename for entry in entries)
        for name in sorted(name for name, count in counts.items() if count > 1):
            add(report, name, "duplicate_entry", "each name once in the zip")
        names = set()
        for entry in entries:
            fault = _entry_fault(entry)
            if fault:
                add(report, entry.filename, *fault)
            elif counts[entry.filename] == 1:
                names.add(entry.filename)
        if sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
            expected = f"files of at most {TOTAL_LIMIT:,} bytes together"
            add(report, self.path.name, "zip_bomb", expected)
            names.clear()
        self.names = frozenset(names)

    def size(self, name: str) -> int:
        """Bytes of the file, uncompressed, as the zip declares them."""
        return self.zip.getinfo(name).file_size

    def stored(self, name: str) -> int | None:
        """Bytes of the file within the zip."""
        return self.zip.getinfo(name).compress_size

    def open_raw(self, name: str) -> IO[bytes]:
        """The file, decompressed as it is read."""
        return self.zip.open(name)

    def close(self) -> None:
        """Close the zip."""
        self.zip.close()


def open_package(path: Path, report: Report) -> Package | None:
    """The package at ``path``, or None and a fault."""
    if not path.exists():
        add(report, path.name, "no_package", "a folder or a zip; there is nothing at this path")
        return None
    if not path.is_dir() and not path.is_file():  # to open a pipe would wait for ever
        add(report, path.name, "not_a_package", "a folder or a zip; this is a device")
        return None
    try:
        package = Package(path) if path.is_dir() else ZipPackage(path)
        package.scan(report)
    except _ERRORS as error:
        add(report, path.name, "not_a_package", f"a folder or a readable zip ({error})")
        return None
    return package


def _check_bounds(read: int, stored: int) -> None:
    if read > TOTAL_LIMIT or (read > RATIO_FLOOR and read > RATIO_LIMIT * stored):
        raise Unreadable(
            "zip_bomb",
            f"a file that grows at most {RATIO_LIMIT:,}-fold, to at most {TOTAL_LIMIT:,} bytes",
        )


def _entry_fault(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    name = entry.orig_filename  # as it stands in the zip, before zipfile mends it
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "not_a_file", "plain files only; this is a link"
    if (
        name.startswith(("/", "\\"))
        or name[1:2] == ":"
        or ".." in name.replace("\\", "/").split("/")
    ):
        return "climbing_path", "a file name without path; this one leads out of the package"
    if "/" in name or "\\" in name or "\0" in name:
        return "nested_path", "files at the top level of the zip, in no folder"
    if entry.flag_bits & 1:
        return "encrypted_entry", "files without a password"
    return None
