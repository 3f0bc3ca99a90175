"""Red flags in a file of OCDS releases, records or packages: read once, on all the processors."""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import msgspec

from almoner.flags.decoding import decoder
from almoner.flags.merging import merged
from almoner.flags.processes import Processes
from almoner.flags.reading import MIB, Reader, Tell, is_gzip, read_gzip, read_part, whole_document
from almoner.flags.release import FullRelease, Release
from almoner.flags.results import Report, report
from almoner.flags.settings import Settings
from almoner.flags.tally import Tally

Progress = Callable[[str, float], None]
# Below this a second process takes longer to start than it saves.
WORTH_SHARING = 48 * MIB


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
    """
    told = on_progress or _untold
    with _no_collection():
        read = partial(_read, path, settings, evidence, strict)
        tally = read(frozenset(), partial(told, "Reading"))
        if tally.repeated:
            tally = read(frozenset(tally.repeated), partial(told, "Merging"))
            _add_merged(tally, settings, evidence)
        return report(tally, settings)


def _read(
    path: Path,
    settings: Settings,
    evidence: bool,
    strict: bool,
    held: frozenset[str],
    tell: Tell,
) -> Tally:
    new_reader = partial(Reader, settings, evidence, strict, held)
    document = whole_document(path, decoder(full=settings.full))
    if document is not None:
        reader = new_reader()
        reader.tally.lines = 1
        reader.take(document)
        return reader.processes.finish()
    if is_gzip(path):
        return read_gzip(path, new_reader(), tell)
    size = path.stat().st_size
    parts = 1 if strict or size < WORTH_SHARING else os.cpu_count() or 1
    bounds = [size * part // parts for part in range(parts + 1)]
    if parts == 1:
        return read_part(path, 0, size, new_reader(), tell)
    with ProcessPoolExecutor(parts - 1, mp_context=get_context(_start_method())) as pool:
        later = [
            pool.submit(_read_share, path, start, end, settings, evidence, held)
            for start, end in zip(bounds[1:], bounds[2:], strict=False)
        ]
        tally = read_part(path, 0, bounds[1], new_reader(), tell)
        for share in later:
            tally.add(share.result())
    return tally


def _read_share(
    path: Path, start: int, end: int, settings: Settings, evidence: bool, held: frozenset[str]
) -> Tally:
    """What another process does: count a part of the file."""
    with _no_collection():
        return read_part(path, start, end, Reader(settings, evidence, held=held), _untold)


def _start_method() -> str:
    """A copy of this process starts in no time, but must not be made while other threads run."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if alone else "spawn"


def _untold(*progress: object) -> None:
    """Progress that nobody follows."""


def _add_merged(tally: Tally, settings: Settings, evidence: bool) -> None:
    """Count the processes of which there are several releases, each as the one they make up."""
    decode = msgspec.json.Decoder(FullRelease if settings.full else Release).decode
    processes = Processes(settings, evidence)
    for _, releases in sorted(tally.held.items()):
        processes.add(merged(map(decode, releases)))
    tally.add(processes.finish())


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the search for cycles, of which these tallies have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
