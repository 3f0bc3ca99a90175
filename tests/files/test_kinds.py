"""A file is what it holds; its name is believed only where both agree."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.files.samples import DOC, MACROS, ODT, PDF, PNG, SOUND, XLS, office, packed

from almoner.files.kinds import media_type_of, safe_name
from almoner.rules.refusal import Refused


def taken(content: bytes, name: str, *, text: bool = False) -> bool:
    try:
        media_type_of(io.BytesIO(content), name, text=text)
    except Refused as refused:
        assert refused.code == "file_kind_refused"
        return False
    return True


@pytest.mark.parametrize("ending", sorted(SOUND))
def test_each_kind_is_known_by_its_content_and_under_no_other_name(ending: str) -> None:
    content = SOUND[ending]
    same = {"jpg", "jpeg"}
    for other in SOUND:
        fits = ending == other or {ending, other} == same
        assert taken(content, f"plan.{other}") == fits, other
    assert taken(content, f"PLAN.{ending.upper()}")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + bytes(100), "report.pdf"),
        (b"MZ" + bytes(100), "report.exe"),
        (PDF, "report.pdf.exe"),
        (PDF, "report"),
        (PDF, ".pdf.html"),
        (b"<html><script>alert(1)</script>", "report.html"),
        (b"<html>%PDF-1.7", "report.pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "plan.svg"),
        (b"<svg/>" + PNG, "plan.png"),
        (b"GIF89a" + PDF, "plan.pdf"),
        (b"x" + ODT, "plan.odt"),
        (MACROS, "plan.docx"),
        (MACROS, "plan.docm"),
        (packed(("plan.exe", b"MZ")), "plan.docx"),
        (packed(("plan.exe", b"MZ")), "plan.zip"),
        (DOC, "plan.xls"),
        (XLS, "plan.doc"),
        (b"PK\x03\x04" + bytes(100), "plan.docx"),
        (b"PK\x05\x06" + bytes(18), "plan.xlsx"),
        (SOUND["docx"][:-30], "plan.docx"),
        (b"", "plan.pdf"),
        (b"", "plan.docx"),
    ],
)
def test_what_only_seems_to_be_something_is_refused(content: bytes, name: str) -> None:
    assert not taken(content, name) and not taken(content, name, text=True)


def test_text_is_taken_only_where_it_is_asked_for() -> None:
    for content in ("日期,时长\n".encode(), "日期,时长\n".encode("gb18030"), b"\xef\xbb\xbfa,b\n"):
        for name in ("month.csv", "month.txt"):
            assert not taken(content, name)
            assert taken(content, name, text=True)
    for content in (b"", b" \n", b"a\0b", b"\xff\xff\xff"):
        assert not taken(content, "month.csv", text=True)


def test_a_member_that_unpacks_without_end_is_not_unpacked() -> None:
    with zipfile.ZipFile(io.BytesIO(SOUND["docx"])) as archive:
        types = archive.read("[Content_Types].xml")
    for spaces, is_found in ((100_000, True), (20_000_000, False)):
        bomb = packed(("[Content_Types].xml", b" " * spaces + types))
        assert len(bomb) < 30_000
        assert taken(bomb, "plan.docx") is is_found


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_manner_of_packing_that_no_office_program_uses_is_refused(method: int) -> None:
    types = office("a", "b")
    with zipfile.ZipFile(io.BytesIO(types)) as archive:
        content = archive.read("[Content_Types].xml")
    assert not taken(packed(("[Content_Types].xml", content), method=method), "plan.docx")


def test_a_zip_with_a_long_list_is_not_read() -> None:
    types = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    few = [("[Content_Types].xml", types), *((f"{n}", b"") for n in range(4_999))]
    assert taken(packed(*few), "plan.docx")
    assert not taken(packed(*few, ("one more", b"")), "plan.docx")


def test_a_list_beyond_65535_members_is_refused_whatever_its_end_says() -> None:
    sound = SOUND["docx"]
    end = sound.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)
    assert not taken(sound[:end] + locator + sound[end:], "plan.docx")


@given(st.binary(max_size=300), st.sampled_from(sorted(SOUND)))
def test_no_content_breaks_the_look_into_it(content: bytes, ending: str) -> None:
    for head in (b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")):
        taken(head + content, f"x.{ending}")


@given(st.data())
def test_no_damage_breaks_the_look_into_it(data: st.DataObject) -> None:
    ending = data.draw(st.sampled_from(["docx", "xlsx", "odt"]))
    content = bytearray(SOUND[ending])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(content), f"x.{ending}")


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\plan.pdf", "plan.pdf"),
        ("pl\0an\r\n.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("服务方案（终稿）.pdf", "服务方案（终稿）.pdf"),
        ('a"b;c%.pdf', "a_b_c_.pdf"),
        ("  .pdf", "pdf"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@given(st.text())
def test_a_safe_name_is_short_names_no_place_and_stays(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 121 and safe not in {".", ".."}
    assert not set(safe) & set('/\\\0\r\n"<>:|?*%;')
    assert safe_name(safe) == safe
