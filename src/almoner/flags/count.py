"""Red flags in a file of OCDS releases, records or packages: read once, on all the processors."""

import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import msgspec

from almoner.flags.decoding import decoder
from almoner.flags.merging import merged
from almoner.flags.processes import Processes
from almoner.flags.reading import MIB, Reader, is_gzip, read_gzip, read_part, whole_document
from almoner.flags.release import FullRelease, Release
from almoner.flags.results import Report, report
from almoner.flags.settings import Settings
from almoner.flags.tally import Tally

# Below this a second process takes longer to start than it saves.
WORTH_SHARING = 48 * MIB


def flags(
    path: Path, settings: Settings, *, evidence: bool = False, strict: bool = False
) -> Report:
    """Count the indicators that the settings name in a file of JSON Lines, plain or gzip.

    `evidence` keeps which bids and amounts a result comes from. With `strict` the first line that
    cannot be read raises UnreadableError; else it is reported in `faults`. FileError or OSError
    where the file itself cannot be read.
    """
    with _no_collection():
        first = partial(_read, path, settings, evidence, strict)
        tally = first(frozenset())
        if tally.repeated:
            tally = first(frozenset(tally.repeated))
            _add_merged(tally, settings, evidence)
        return report(tally, settings)


def _read(
    path: Path, settings: Settings, evidence: bool, strict: bool, held: frozenset[str]
) -> Tally:
    new_reader = partial(Reader, settings, evidence, strict, held)
    document = whole_document(path, decoder(full=settings.full))
    if document is not None:
        reader = new_reader()
        reader.tally.lines = 1
        reader.take(document)
        return reader.processes.finish()
    if is_gzip(path):
        return read_gzip(path, new_reader())
    size = path.stat().st_size
    parts = 1 if strict or size < WORTH_SHARING else os.cpu_count() or 1
    bounds = [size * part // parts for part in range(parts + 1)]
    if parts == 1:
        return read_part(path, 0, size, new_reader())
    with ProcessPoolExecutor(parts - 1, mp_context=get_context("spawn")) as pool:
        later = [
            pool.submit(_read_share, path, start, end, settings, evidence, held)
            for start, end in zip(bounds[1:], bounds[2:], strict=False)
        ]
        tally = read_part(path, 0, bounds[1], new_reader())
        for share in later:
            tally.add(share.result())
    return tally


def _read_share(
    path: Path, start: int, end: int, settings: Settings, evidence: bool, held: frozenset[str]
) -> Tally:
    """What another process does: count a part of the file."""
    with _no_collection():
        return read_part(path, start, end, Reader(settings, evidence, held=held))


def _add_merged(tally: Tally, settings: Settings, evidence: bool) -> None:
    """Count the processes of which there are several releases, each as the one they make up."""
    decode = msgspec.msgpack.Decoder(FullRelease if settings.full else Release).decode
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
