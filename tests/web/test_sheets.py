"""Lists as files: what a spreadsheet reads is what was meant, and never a formula of somebody's."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from almoner.web.lists import ROWS, show_list
from almoner.web.sheets import Column, harmless, sheet

HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")']
PLAIN = ["", "李", "1=1", " =1", "'", "a\nb", 'say "x"', "a,b", "<b>", "2026-07-01", "00123"]


def made(format: str, values: Sequence[Any]) -> HttpResponse:
    column = Column("内容 =", lambda row: row)
    return sheet("list", format, [Column("", lambda row: "x"), column], values)


def from_csv(values: Sequence[Any]) -> list[str]:
    text = made("csv", values).content.decode("utf-8-sig")
    return [row[1] for row in csv.reader(io.StringIO(text, newline=""))][1:]


def from_xlsx(values: Sequence[Any]) -> list[Any]:
    file = io.BytesIO(made("xlsx", values).content)
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    return [row[1] for row in rows][1:]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_a_formula_is_made_harmless(text: str) -> None:
    assert from_csv([text]) == [f"'{text}"]
    assert str(from_xlsx([text])[0]).startswith("'")


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert from_csv([text]) == [text] and from_xlsx([text]) == [text]


def test_numbers_stay_numbers_and_negative_ones_too() -> None:
    numbers = [-5, 0, Decimal("-94.03"), 1.5]
    assert from_csv(numbers) == ["-5", "0", "-94.03", "1.5"]
    assert from_xlsx(numbers) == [-5, 0, -94.03, 1.5]
    assert from_csv([None]) == [""] and from_xlsx([None]) == [""]


def test_days_and_instants_are_written_as_the_city_reads_them() -> None:
    values = [date(2026, 7, 1), datetime(2026, 6, 30, 16, 5, tzinfo=UTC)]
    assert from_csv(values) == ["2026-07-01", "2026-07-01 00:05+08:00"]


def test_a_csv_begins_with_the_mark_by_which_excel_knows_utf8_and_says_what_it_is() -> None:
    response = made("csv", ["李"])
    assert response.content.startswith(b"\xef\xbb\xbf") and "李".encode() in response.content
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'


@given(st.text())
def test_no_text_of_a_cell_begins_like_a_formula(text: str) -> None:
    assert harmless(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert harmless(text).removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=20), max_size=5))
def test_what_is_written_is_read_back(texts: list[str]) -> None:
    assert from_csv(texts) == [harmless(text) for text in texts]


@pytest.mark.django_db
def test_a_file_holds_every_row_and_a_page_only_some() -> None:
    def shown(query: str) -> str:
        request = RequestFactory().get(f"/en/desk/?{query}")
        request.user = request.resolver_match = None  # type: ignore[assignment]
        columns = [Column("N", lambda row: f"row-{row}")]
        rows = range(ROWS * 2 + 1)
        return show_list(request, title="T", columns=columns, rows=rows, name="n").content.decode()

    assert shown("format=csv").count("row-") == ROWS * 2 + 1
    assert shown("format=csv&page=2").count("row-") == ROWS * 2 + 1
    assert shown("").count("row-") == ROWS
    assert shown("page=3").count("row-") == 1
    assert shown("format=exe").count("row-") == ROWS
