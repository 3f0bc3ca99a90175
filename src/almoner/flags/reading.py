"""Any file of releases made plain: one release a line, of what is needed; faults are reported."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import IO, cast

import msgspec

from almoner.flags.columns import Tell
from almoner.flags.decoding import Decode, UnreadableError, decoder
from almoner.flags.guide import Guide
from almoner.flags.release import FullRelease, Release, Tender
from almoner.flags.settings import Settings
from almoner.flags.tally import Tally

MIB = 1024 * 1024
LONGEST = 128 * MIB
BUFFER, TOLD_EVERY = 256 * 1024, 1000  # bytes; lines
# A record package holds records, and these hold releases.
DEEPEST = 1
# JSON of real publishers shrinks 10 to 60 times; a bomb about 1,000 times.
LARGEST_EXPANSION, ALWAYS_ALLOWED = 200, 64 * MIB


class FileError(Exception):
    """A file that cannot be read at all; its text says why."""


class Reader:
    """Writes the releases of a part of a file to another, and notes the rest in a tally.

    Releases of the processes in `held` are kept aside. The indicators of the guide, which need more
    of a release, note what they do on the way.
    """

    def __init__(
        self,
        settings: Settings,
        out: IO[bytes],
        strict: bool = False,
        held: frozenset[str] = frozenset(),
    ) -> None:
        self.settings = settings
        self.out = out
        self.tally = Tally()
        self.guide = Guide(settings, self.tally)
        self.decode = decoder(full=settings.full)
        self.strict = strict
        self.held = held

    def read(self, lines: Iterator[bytes | None]) -> Tally:
        """Count every line; the tally holds the numbers of those that cannot be read."""
        tally, decode, take = self.tally, self.decode, self.take
        for line in lines:
            tally.lines += 1
            if line is None:
                self._fault(f"longer than {LONGEST // MIB} MiB; write one release a line")
                continue
            if line.isspace():
                continue
            try:
                release = decode(line)
            except UnreadableError as error:
                self._fault(str(error))
                continue
            take(release)
        return tally

    def _fault(self, reason: str) -> None:
        if self.strict:
            raise UnreadableError(f"line {self.tally.lines}: {reason}")
        self.tally.faults.append((self.tally.lines, reason))

    def take(self, release: Release, within: str = "") -> None:
        """Count a release, or each of those in a package or a record."""
        if release.compiled_release is not None:
            self._take_all((release.compiled_release,), f"{within}compiledRelease")
        elif release.records is not None:
            self._take_all(release.records, f"{within}record")
        elif release.releases is not None:
            self._take_all(release.releases, f"{within}release", of=release.ocid)
        else:
            self._count(release)

    def _take_all(self, parts: tuple[msgspec.Raw, ...], name: str, of: str | None = None) -> None:
        """Count the parts of a package, or of the record `of` a process, which may hold links to
        releases in their place.
        """
        if name.count(",") > DEEPEST:
            self._fault(f"{name}: a package within packages")
            return
        for number, part in enumerate(parts, start=1):
            try:
                release = self.decode(part)
            except UnreadableError as error:
                self._fault(f"{name} {number}: {error}")
                continue
            if of is not None and release.url is not None and release.ocid is None:
                self.tally.linked.add(of)
            else:
                self.take(release, within=f"{name} {number}, ")

    def _count(self, release: Release) -> None:
        tally, ocid = self.tally, release.ocid
        if ocid is not None:
            if ocid in self.held:
                tally.held[ocid].add(msgspec.json.encode(release))
                return
            if ocid in tally.ocids:
                tally.repeated.add(ocid)
                return
            tally.ocids.add(ocid)
        self.keep(release)

    def keep(self, release: Release) -> None:
        """Write a release, the only one of its process."""
        line = msgspec.json.encode(release)
        self.tally.longest = max(self.tally.longest, len(line))
        self.out.write(line + b"\n")
        tender = release.tender or Tender()
        kind = tender.status, tender.procurement_method_details
        if (
            isinstance(release, FullRelease)
            and release.ocid is not None
            and self.settings.why_left_out(*kind) is None
        ):
            self.guide.note(release)


def read_part(path: Path, start: int, end: int, reader: Reader, tell: Tell) -> Tally:
    """Count the lines of a plain file that begin at `start` or later, and before `end`."""
    with path.open("rb", buffering=BUFFER) as file:
        if start:
            # The line that `start` cuts belongs to the part before.
            file.seek(start - 1)
            _skip_line(file)
        return reader.read(_lines(file, end, lambda: tell((file.tell() - start) / (end - start))))


def read_gzip(path: Path, reader: Reader, tell: Tell) -> Tally:
    """Count the lines of a gzip file; FileError where it is damaged or expands beyond reason."""
    size = path.stat().st_size
    allowed = max(ALWAYS_ALLOWED, LARGEST_EXPANSION * size)
    try:
        with path.open("rb") as packed, gzip.open(packed) as unpacked:
            file = BufferedReader(cast(RawIOBase, unpacked), BUFFER)
            lines = _lines(file, allowed, lambda: tell(packed.tell() / size), expanding=True)
            return reader.read(lines)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"the gzip file is damaged: {error}") from None


def whole_document(path: Path, decode: Decode) -> Release | None:
    """A file that is one JSON document over several lines, not one a line."""
    try:
        with gzip.open(path) if is_gzip(path) else path.open("rb") as file:
            content = file.readline(LONGEST)
            if _readable(content, decode) is not None:
                return None
            content += file.read(LONGEST - len(content))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(f"the gzip file is damaged: {error}") from None
    return _readable(content, decode)


def _readable(content: bytes, decode: Decode) -> Release | None:
    try:
        return decode(content)
    except UnreadableError:
        return None


def is_gzip(path: Path) -> bool:
    """Whether the file begins as gzip does, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _lines(
    file: IO[bytes], end: int, tell: Callable[[], None], expanding: bool = False
) -> Iterator[bytes | None]:
    """The lines that begin before `end`; None for one too long to be kept."""
    position, until_told = file.tell(), 0
    while position < end and (line := file.readline(LONGEST + 1)):
        if until_told == 0:
            tell()
            until_told = TOLD_EVERY
        until_told -= 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            _skip_line(file, end if expanding else None)
            position = file.tell()
            yield None
        else:
            position += len(line)
            yield line
    if expanding and position >= end:
        raise FileError("the file expands more than 200-fold: unpack it yourself if you trust it")


def _skip_line(file: IO[bytes], end: int | None = None) -> None:
    """Pass over the rest of a line, or what of it begins before `end`."""
    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
        if end is not None and file.tell() >= end:
            return
