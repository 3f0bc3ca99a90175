"""Small real files of every kind, and hostile ones."""

import io
import zipfile

import xlsxwriter

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(32) + b"\xff\xd9"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(24)
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1024)
DOC = _OLE + "WordDocument".encode("utf-16-le") + bytes(64)
XLS = _OLE + "Workbook".encode("utf-16-le") + bytes(64)


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def office(part: str, media_type: str) -> bytes:
    """The least that says it is an Office file whose main part is of that type."""
    types = f'<Types><Override PartName="/{part}" ContentType="{media_type}"/></Types>'
    return packed(("[Content_Types].xml", types.encode()), (part, b"<x/>"))


DOCX = office("word/document.xml", f"{_OPEN_XML}.wordprocessingml.document.main+xml")
PPTX = office("ppt/presentation.xml", f"{_OPEN_XML}.presentationml.presentation.main+xml")
MACROS = office("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml")
ODT = packed(("mimetype", b"application/vnd.oasis.opendocument.text"), method=zipfile.ZIP_STORED)


def xlsx() -> bytes:
    """A real workbook."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet().write(0, 0, "x")
    book.close()
    return file.getvalue()


SOUND = {
    "pdf": PDF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "webp": WEBP,
    "docx": DOCX,
    "xlsx": xlsx(),
    "pptx": PPTX,
    "doc": DOC,
    "xls": XLS,
    "odt": ODT,
}
