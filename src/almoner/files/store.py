"""Where files lie: DATA_DIR/files/<first two letters of the id>/<id>, which no address leads to."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

_CHUNK = 1 << 20


def path_of(attachment_id: str) -> Path:
    """Where the file of that id lies."""
    root: Path = settings.FILES_DIR
    return root / attachment_id[:2] / attachment_id


def keep(attachment_id: str, chunks: Iterable[bytes]) -> str:
    """Write a file so that it is whole on disk or not there; its SHA-256.

    A crash in between leaves at most a file that no row names, which harms nobody.
    """
    path = path_of(attachment_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_suffix(".part")
    digest = hashlib.sha256()
    try:
        with unfinished.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, too, must outlive a crash
    finally:
        os.close(folder)
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file on disk; OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
