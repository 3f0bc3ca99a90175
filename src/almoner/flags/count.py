"""Red flags in a file of OCDS releases, records or packages: read once, on all the processors."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from almoner.flags.columns import Tell, UnlikeError, read_columns
from almoner.flags.decoding import decoder
from almoner.flags.indicators import noted
from almoner.flags.merging import merged
from almoner.flags.reading import MIB, Reader, is_gzip, read_gzip, read_part, whole_document
from almoner.flags.release import FullRelease, Release
from almoner.flags.results import Report, report
from almoner.flags.settings import Settings
from almoner.flags.tally import Tally

Progress = Callable[[str, float], None]
# Below this a second process takes longer to start than it saves.
WORTH_SHARING = 48 * MIB


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the search for cycles, of which nothing here has any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_no_collection()
def flags(
    path: Path,
    settings: Settings,
    *,
    evidence: bool = False,
    strict: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Count the indicators that the settings name in a file of JSON Lines, plain or gzip.

    `evidence` keeps which bids and amounts a result comes from. With `strict` the first line that
    cannot be read raises UnreadableError; else it is reported in `faults`. FileError or OSError
    where the file itself cannot be read. `on_progress` is told how far the reading is, from 0 to 1.
    A large file that must be prepared is shared with processes that import the caller's script.
    """
    told = on_progress or _untold
    tell = partial(told, "Reading")
    if not (strict or settings.full) and _may_be_plain(path):
        try:
            columns = read_columns([path.resolve()], settings, tell)
            return report(noted(columns, settings, evidence), Tally())
        except UnlikeError:
            pass
    with TemporaryDirectory() as folder:
        prepare = partial(_prepare, path, Path(folder), settings, strict)
        tally = prepare(frozenset(), partial(told, "Preparing"))
        if tally.repeated:
            tally = prepare(frozenset(tally.repeated), partial(told, "Merging"))
        files = sorted(Path(folder).iterdir())
        columns = read_columns(files, settings, tell, longest=tally.longest)
        return report(noted(columns, settings, evidence), tally)


def _may_be_plain(path: Path) -> bool:
    """Whether to try to read a file without preparing it."""
    # Of a name with these, the engine would read other files.
    return not is_gzip(path) and not set("*?[]{}\\") & set(str(path))


def _prepare(
    path: Path, folder: Path, settings: Settings, strict: bool, held: frozenset[str], tell: Tell
) -> Tally:
    """Write the releases of a file to files of plain lines in a folder, on all the processors."""
    # They take longer to import than a small file to read.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    size = path.stat().st_size
    document = whole_document(path, decoder(full=settings.full))
    shared = document is None and not strict and not is_gzip(path) and size >= WORTH_SHARING
    parts = (os.cpu_count() or 1) if shared else 1
    bounds = [size * part // parts for part in range(parts + 1)]
    with (
        ProcessPoolExecutor(max(parts - 1, 1), mp_context=get_context("spawn")) as pool,
        (folder / "0").open("wb") as out,
    ):
        later = [
            pool.submit(_prepare_share, path, folder / str(start), start, end, settings, held)
            for start, end in zip(bounds[1:], bounds[2:], strict=False)
        ]
        reader = Reader(settings, out, strict, held)
        if document is not None:
            reader.tally.lines = 1
            reader.take(document)
        elif is_gzip(path):
            read_gzip(path, reader, tell)
        else:
            read_part(path, 0, bounds[1], reader, tell)
        for share in later:
            reader.tally.add(share.result())
        decode = msgspec.json.Decoder(FullRelease if settings.full else Release).decode
        for _, releases in sorted(reader.tally.held.items()):
            reader.keep(merged(map(decode, releases)))
    return reader.tally


@_no_collection()
def _prepare_share(
    path: Path, to: Path, start: int, end: int, settings: Settings, held: frozenset[str]
) -> Tally:
    """What another process does: prepare a part of the file."""
    with to.open("wb") as out:
        return read_part(path, start, end, Reader(settings, out, held=held), _untold)


def _untold(*progress: object) -> None:
    """Progress that nobody follows."""
