"""Reading a month from a file that anybody may have sent: what it says, or a sentence why not."""

import io
import random
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from tests.delivery.month_files import (
    EXAMPLE,
    HEAD,
    client_row,
    failed_row,
    row,
    with_part,
    with_sheet,
    workbook,
)

from almoner.delivery import month_file
from almoner.delivery import workbook as reader
from almoner.delivery.month_file import rows_of, said
from almoner.rules.calendar import SHANGHAI
from almoner.rules.refusal import Refused

SHEET = "xl/worksheets/sheet1.xml"


def read(data: bytes) -> list[month_file.Said]:
    return [said(texts) for texts in rows_of(reader.first_sheet(data))]


def refusal(data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.field == "file"
    return caught.value


def faults(cells: list[Any]) -> list[tuple[str, str]]:
    (found,) = read(workbook(cells))
    return [(fault.code, fault.field) for fault in found.faults]


def test_a_row_says_a_session() -> None:
    client, group, failed = read(workbook(EXAMPLE, client_row(late_minutes=5), row(), failed_row()))
    assert client.entry is not None and group.entry is not None and failed.entry is not None
    assert (client.row, client.term, client.worker, client.faults) == (3, "01", "W-1", ())
    assert client.entry.started_at == datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)
    assert (client.entry.attended, client.entry.client_id) == (True, "K0012-3")
    assert (client.entry.minutes, client.entry.late_minutes) == (60, 5)
    assert (group.entry.attended, group.entry.participants) == (None, 8)
    assert (failed.entry.happened, failed.entry.why_not) == (False, "logistics")
    assert (failed.entry.attended, failed.entry.why_note) == (None, "停电")


@pytest.mark.parametrize(
    "day",
    [
        "2026-06-01",
        "2026/6/1",
        "2026.6.1",
        "2026年6月1日",
        "20260601",
        20260601,
        date(2026, 6, 1),
        datetime(2026, 6, 1, 0, 0),
        " 2026-06-01 ",
    ],
)
@pytest.mark.parametrize("clock", ["09:00", "9:00", "9：00", "09:00:00", time(9, 0), 0.375])
def test_days_and_times_as_people_and_spreadsheets_write_them(day: Any, clock: Any) -> None:
    (found,) = read(workbook(row(day=day, time=clock)))
    assert found.entry is not None
    assert found.entry.started_at == datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (row(day="2026-02-30"), ("cell_day", "day")),
        (row(day=46174), ("cell_day", "day")),
        (row(day="昨天"), ("cell_day", "day")),
        (row(day=""), ("cell_empty", "day")),
        (row(time="24:00"), ("cell_time", "time")),
        (row(time="9:60"), ("cell_time", "time")),
        (row(time="9"), ("cell_time", "time")),
        (row(time=""), ("cell_empty", "time")),
        (row(term=""), ("cell_empty", "term")),
        (row(worker=""), ("cell_empty", "worker")),
        (row(happened="maybe"), ("cell_yes_no", "happened")),
        (row(happened=""), ("cell_empty", "happened")),
        (row(minutes="1.5"), ("cell_whole", "minutes")),
        (row(minutes=1.5), ("cell_whole", "minutes")),
        (row(minutes="-5"), ("cell_whole", "minutes")),
        (row(minutes="９０"), ("cell_whole", "minutes")),
        (row(minutes="9" * 30), ("cell_whole", "minutes")),
        (row(participants="many"), ("cell_whole", "participants")),
        (failed_row(why_not="because"), ("cell_why_not", "why_not")),
    ],
)
def test_each_cell_that_cannot_be_read_is_named(cells: Any, expected: tuple[str, str]) -> None:
    assert faults(cells) == [expected]


def test_all_faults_of_a_row_are_named() -> None:
    wrong = row(day="x", time="x", happened="x", minutes="x", term="")
    assert {field for _, field in faults(wrong)} == {"day", "time", "happened", "minutes", "term"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("王小明", "client_name"),
        ("13812345678", "client_phone"),
        (13812345678, "client_phone"),
        ("44010619900101123X", "client_id_card"),
    ],
)
def test_what_names_somebody_is_not_even_kept(text: Any, code: str) -> None:
    (texts,) = rows_of(reader.first_sheet(workbook(client_row(client_id=text))))
    assert str(text) not in str(texts)
    assert [(f.code, f.field) for f in said(texts).faults] == [(code, "client_id")]


def test_a_note_with_a_phone_is_not_kept() -> None:
    (texts,) = rows_of(reader.first_sheet(workbook(failed_row(why_note="打 13812345678"))))
    assert "13812345678" not in str(texts)
    assert [f.code for f in said(texts).faults] == ["note_number"]


def test_columns_may_stand_in_any_order_and_others_are_not_kept() -> None:
    cells = ["Wang Xiaoming", *reversed(row())]
    (texts,) = rows_of(reader.first_sheet(workbook(cells, head=["姓名", *reversed(HEAD)])))
    assert said(texts).entry is not None
    assert "Wang" not in str(texts)


@pytest.mark.parametrize("which", [0, 1])
def test_headings_in_one_language_will_do(which: int) -> None:
    head = [names[which] for names in month_file.HEADINGS.values()]
    (found,) = read(workbook(row(), head=head))
    assert found.entry is not None


def test_headings_that_are_missing_are_named() -> None:
    fault = refusal(workbook(row(), head=[h for h in HEAD if "Worker" not in h]))
    assert fault.code == "no_headings" and "社工 Worker" in fault.values["missing"]


def test_nothing_to_import_is_said() -> None:
    assert refusal(workbook()).code == "no_rows"
    assert refusal(workbook(EXAMPLE, [""] * 12)).code == "no_rows"


def test_a_huge_text_is_cut_and_named() -> None:
    (found,) = read(workbook(failed_row(why_note="长" * 30_000)))
    assert found.entry is not None and len(found.entry.why_note) == 501


def test_control_characters_do_not_reach_the_database() -> None:
    (texts,) = rows_of(reader.first_sheet(workbook(failed_row(why_note="a_x0000_b\nc\td"))))
    assert "\x00" not in texts["why_note"] and "\n" not in texts["why_note"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"PK\x03\x04 cut",
        "日期,时间".encode(),
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        b"%PDF-1.7",
    ],
)
def test_other_files_end_in_a_sentence(data: bytes) -> None:
    assert refusal(data).code == "not_xlsx"


def test_a_zip_that_is_no_workbook() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("word/document.xml", "<a/>")
    assert refusal(made.getvalue()).code == "not_xlsx"


def test_too_large_a_file() -> None:
    assert refusal(b"PK" + b"0" * reader.MOST_BYTES).code == "file_big"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_part(workbook(row()), SHEET, b"<a>" + b" " * (reader.MOST_UNPACKED + 1))
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "file_unpacks"


def test_a_bomb_that_lies_about_its_size() -> None:
    data = with_part(workbook(row()), SHEET, b"<a>" + b" " * 5_000_000 + b"</a>")
    size = (5_000_007).to_bytes(4, "little")
    lying = data.replace(size, (100).to_bytes(4, "little"))
    assert lying != data
    assert refusal(lying).code == "not_xlsx"


def test_a_million_rows() -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 200_000)
    )
    data = with_part(
        workbook(row()), SHEET, b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    )
    assert refusal(data).code == "too_many_rows"


@pytest.mark.parametrize(
    ("place", "code"),
    [(b"A1048576", "too_many_rows"), (b"a1048576", "too_many_rows"), (b"XFD2", "too_many_columns")],
)
def test_one_cell_far_away_makes_no_huge_table(place: bytes, code: str) -> None:
    data = with_sheet(workbook(row()), b'r="B2"', b'r="' + place + b'"')
    assert refusal(data).code == code


def test_the_last_row_that_is_allowed() -> None:
    assert len(read(workbook(*[row()] * reader.MOST_ROWS))) == reader.MOST_ROWS
    assert refusal(workbook(*[row()] * (reader.MOST_ROWS + 1))).code == "too_many_rows"


def test_empty_formatted_rows_do_not_count() -> None:
    data = with_sheet(
        workbook(row()), b"</sheetData>", b'<row r="9000"><c r="A9000" s="1"/></row></sheetData>'
    )
    assert len(read(data)) == 1


def test_a_formula_is_named_by_its_cell() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, row())
    sheet.write_formula("G2", "=30+30", value=60)
    book.close()
    fault = refusal(file.getvalue())
    assert (fault.code, fault.values["cell"]) == ("has_formula", "G2")


def test_merged_cells_are_named() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.merge_range("B2:B5", "2026-06-01")
    book.close()
    fault = refusal(file.getvalue())
    assert (fault.code, fault.values["cells"]) == ("has_merged", "B2:B5")


def test_entities_are_not_followed() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><worksheet>&b;</worksheet>'
    assert refusal(with_part(workbook(row()), SHEET, laughs)).code == "file_broken"


def test_xml_that_is_none() -> None:
    assert refusal(with_part(workbook(row()), SHEET, b"<worksheet>")).code == "file_broken"
    assert (
        refusal(with_part(workbook(row()), "xl/workbook.xml", b"<workbook/>")).code == "file_broken"
    )


def test_a_place_that_is_none() -> None:
    data = with_sheet(workbook(row()), b'r="B2"', b'r="2B"')
    assert refusal(data).code == "file_broken"


def test_damaged_files_end_in_a_sentence_or_in_rows() -> None:
    sound, chance = workbook(EXAMPLE, client_row(), failed_row()), random.Random(7)
    for _ in range(300):
        broken = bytearray(sound)
        for _ in range(chance.randrange(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read(bytes(broken))
        except Refused as refused:
            assert refused.field == "file"


def test_damaged_sheets_end_in_a_sentence_or_in_rows() -> None:
    sound, chance = workbook(client_row(), failed_row()), random.Random(8)
    parts = {}
    with zipfile.ZipFile(io.BytesIO(sound)) as there:
        for name in (SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
            parts[name] = there.read(name)
    for _ in range(300):
        name = chance.choice(list(parts))
        broken = bytearray(parts[name])
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.choice(b'0123456789AZaz"<>/= ')
        try:
            read(with_part(sound, name, bytes(broken)))
        except Refused as refused:
            assert refused.field == "file"


def test_the_template_is_the_same_for_the_same_day() -> None:
    one, two = (month_file.template([], [], date(2026, 6, 30)) for _ in range(2))
    assert one == two
    table = reader.first_sheet(one)
    assert table[0] == HEAD and str(table[1][0]).startswith("示例")
    assert refusal(one).code == "no_rows"
