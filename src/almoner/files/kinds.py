"""Which kind of file something is, by what it holds: its name is only believed if both agree."""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

import filetype

from almoner.rules.refusal import Refused

_OPEN_XML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": f"{_OPEN_XML}.wordprocessingml.document",
    "xlsx": f"{_OPEN_XML}.spreadsheetml.sheet",
    "pptx": f"{_OPEN_XML}.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "odt": "application/vnd.oasis.opendocument.text",
}
TEXT_TYPES = {"csv": "text/csv", "txt": "text/plain"}

_PLAIN = ("pdf", "png", "jpg", "webp")
_SAME = {"jpeg": "jpg"}
_HEAD_BYTES = 8_192
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
# What the content list of an Office file calls its main part; files with macros say otherwise.
_MAIN_PARTS = {kind: f"{MEDIA_TYPES[kind]}.main+xml".encode() for kind in ("docx", "xlsx", "pptx")}
_STREAMS = {
    "doc": ("WordDocument".encode("utf-16-le"),),
    "xls": ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")),
}
# A zip's list of members is read only if it is this small; a member is read up to this length.
_MOST_MEMBERS, _LONGEST_LIST, _LONGEST_MEMBER = 5_000, 1_000_000, 1_000_000
_LONGEST_NAME = 120
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(KeyError, EOFError, OSError, ValueError, RuntimeError),
)


def media_type_of(file: IO[bytes], name: str, *, text: bool = False) -> str:
    """The media type of a file whose content and name agree; Refused file_kind_refused otherwise.

    CSV and plain text (UTF-8 or GB 18030) count only with `text`. The file is left at its start.
    """
    extension = PurePosixPath(name.lower()).suffix.removeprefix(".")
    extension = _SAME.get(extension, extension)
    known = MEDIA_TYPES | (TEXT_TYPES if text else {})
    if extension not in known or not _is(file, extension):
        listed = ", ".join(kind.upper() for kind in known)
        raise Refused("file_kind_refused", name=safe_name(name), kinds=listed)
    file.seek(0)
    return known[extension]


def safe_name(name: str) -> str:
    """The last part of a path, without characters that cannot be seen or that a path may mean."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem, dot, extension = re.sub(r'[<>:"|?*%;]', "_", seen).strip(" .").rpartition(".")
    stem = stem[: _LONGEST_NAME - len(extension) - 1]
    return f"{stem}{dot}{extension[:_LONGEST_NAME]}" or "file"


def _is(file: IO[bytes], extension: str) -> bool:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if extension in _PLAIN:
        found = filetype.guess(head)
        return found is not None and str(found.extension) == extension
    if extension in TEXT_TYPES:
        return _is_text(head + file.read())
    if extension in _STREAMS:
        content = head + file.read() if head.startswith(_OLE) else b""
        return any(stream in content for stream in _STREAMS[extension])
    return head.startswith(_ZIP) and _is_office(file, extension)


def _is_text(content: bytes) -> bool:
    if b"\0" in content or not content.strip():
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_office(file: IO[bytes], extension: str) -> bool:
    """Nothing is unpacked but the one short member that says what the whole is."""
    if not _has_short_list(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            if extension == "odt":
                return _member(archive, "mimetype") == MEDIA_TYPES["odt"].encode()
            return _MAIN_PARTS[extension] in _member(archive, "[Content_Types].xml")
    except _DAMAGE:
        return False  # damaged, encrypted, or without that member


def _has_short_list(file: IO[bytes]) -> bool:
    """Whether the zip's own list of members is short enough to be read at all."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))  # the end record is 22 bytes and a comment of up to 65,535
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False  # the last is the mark of a list beyond 4 GB or 65,535 members
    members, length = struct.unpack_from("<HI", tail, at + 10)
    return bool(members <= _MOST_MEMBERS and length <= _LONGEST_LIST)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""  # no office program packs in another manner, and others unpack without bound
    with archive.open(name) as member:
        return member.read(_LONGEST_MEMBER)
