"""A month of sessions as a spreadsheet: its columns, its template, and what its cells say."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import xlsxwriter

from almoner.contracts.models import ContractTerm
from almoner.delivery.models import WhyNot
from almoner.delivery.workbook import Cell
from almoner.parties.models import Worker
from almoner.rules.calendar import SHANGHAI
from almoner.rules.refusal import Refused
from almoner.rules.sessions import (
    LONGEST_NOTE,
    Entry,
    client_fault,
    note_names_somebody,
)

HEADINGS: Mapping[str, tuple[str, str]] = {
    "number": ("序号", "No."),
    "day": ("日期", "Day"),
    "time": ("开始时间", "Start"),
    "term": ("条款", "Term"),
    "worker": ("社工", "Worker"),
    "happened": ("是否开展", "Happened"),
    "minutes": ("分钟", "Minutes"),
    "client_id": ("服务对象代码", "Client code"),
    "participants": ("人数", "People"),
    "late_minutes": ("迟到分钟", "Minutes late"),
    "why_not": ("未开展原因", "Why not"),
    "why_note": ("说明", "Note"),
}
REQUIRED = ("day", "time", "term", "worker", "happened", "minutes")
EXAMPLE = "示例 Example"
_YES_NO = {"是": True, "yes": True, "y": True, "否": False, "no": False, "n": False}
_WHY_NOT = {
    "可接受": WhyNot.ACCEPTABLE,
    "acceptable": WhyNot.ACCEPTABLE,
    "不可接受": WhyNot.NOT_ACCEPTABLE,
    "not acceptable": WhyNot.NOT_ACCEPTABLE,
    "not_acceptable": WhyNot.NOT_ACCEPTABLE,
    "后勤": WhyNot.LOGISTICS,
    "logistics": WhyNot.LOGISTICS,
}
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_KEPT_OUT = "!"
LONGEST_CELL = LONGEST_NOTE + 1

Texts = dict[str, str]


@dataclass(frozen=True)
class Said:
    """What a row says: a session of a worker for a term, or what is wrong with its cells."""

    row: int
    entry: Entry | None
    term: str
    worker: str
    faults: tuple[Refused, ...] = ()


def rows_of(table: Sequence[Sequence[Cell]]) -> list[Texts]:
    """The rows below the headings as texts by column, `row` being the number of the sheet's row.

    Empty rows and the example are left out, columns with other headings too. What may name somebody
    is not kept: in its place stands why. Refused: no_headings, no_rows.
    """
    places = _places(table[0] if table else ())
    missing = [
        f"“{zh} {en}”"
        for key, (zh, en) in HEADINGS.items()
        if key in REQUIRED and key not in places
    ]
    if missing:
        raise Refused("no_headings", field="file", missing=" ".join(missing))
    found = []
    for number, cells in enumerate(table[1:], start=2):
        texts = {key: _text(cells[at]) for key, at in places.items() if at < len(cells)}
        first = texts.pop("number", "").casefold()
        if any(texts.values()) and not first.startswith(("示例", "example")):
            found.append({"row": str(number)} | _without_names(texts))
    if not found:
        raise Refused("no_rows", field="file")
    return found


def _places(headings: Sequence[Cell]) -> dict[str, int]:
    """Where each column stands; a heading may be Chinese, English or both."""
    names: dict[str, str] = {}
    for key, (zh, en) in HEADINGS.items():
        names |= dict.fromkeys((zh, en.casefold(), f"{zh} {en}".casefold()), key)
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        known = names.get(" ".join(str(heading).split()).casefold())
        if known:
            found.setdefault(known, at)
    return found


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        day = "" if cell.date() <= date(1900, 1, 1) else f"{cell:%Y-%m-%d}"
        clock = f"{cell:%H:%M}" if not day or cell.time() != time() else ""
        return f"{day} {clock}".strip()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        return _clock(round(cell.total_seconds() / 60))
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    return _CONTROL.sub(" ", str(cell)).strip()[:LONGEST_CELL]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _without_names(texts: Texts) -> Texts:
    client, note = texts.get("client_id", ""), texts.get("why_note", "")
    fault = client_fault(client.upper()) if client else None
    if fault:
        texts["client_id"] = _KEPT_OUT + fault.code
    if note_names_somebody(note):
        texts["why_note"] = f"{_KEPT_OUT}note_number"
    return texts


def said(texts: Texts) -> Said:
    """What a row says, or every cell of it that cannot be read."""
    reading = _Reading(texts)
    day, clock = reading.day(), reading.clock()
    happened, why_not = reading.happened(), reading.why_not()
    minutes, people, late = map(reading.whole, ("minutes", "participants", "late_minutes"))
    client = reading.kept("client_id").upper() or None
    note = reading.kept("why_note")
    for key in ("day", "time", "term", "worker", "happened"):
        if not texts.get(key):
            reading.faults.append(Refused("cell_empty", field=key))
    entry = None
    if not reading.faults and day and clock and happened is not None:
        came: bool | None = True if client and happened else None
        if not happened and why_not != WhyNot.LOGISTICS:
            came = False
        entry = Entry(
            started_at=datetime.combine(day, clock, SHANGHAI),
            happened=happened,
            attended=came,
            minutes=minutes,
            participants=people,
            late_minutes=late,
            client_id=client,
            why_not=why_not,
            why_note=note,
        )
    faults = tuple(reading.faults)
    return Said(int(texts["row"]), entry, texts.get("term", ""), texts.get("worker", ""), faults)


class _Reading:
    """Reads the texts of one row and notes what cannot be read."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.faults: list[Refused] = []

    def _fault(self, code: str, key: str) -> None:
        self.faults.append(Refused(code, field=key, text=self._texts[key][:40]))

    def day(self) -> date | None:
        text = self._texts.get("day", "").partition(" ")[0]
        if not text:
            return None
        match = _DAY.fullmatch(text) or re.fullmatch(r"(20\d\d)(\d\d)(\d\d)", text)
        try:
            if match:
                return date(*(int(part) for part in match.groups()))
        except ValueError:
            pass
        self._fault("cell_day", "day")
        return None

    def clock(self) -> time | None:
        text = self._texts.get("time", "").rpartition(" ")[2]
        if not text:
            return None
        if re.fullmatch(r"0\.\d+", text):  # a part of a day, as spreadsheets keep times
            text = _clock(round(float(text) * 24 * 60))
        match = _TIME.fullmatch(text)
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            self._fault("cell_time", "time")
            return None
        return time(int(match[1]), int(match[2]))

    def whole(self, key: str) -> int | None:
        text = self._texts.get(key, "")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            self._fault("cell_whole", key)
            return None
        return int(text)

    def happened(self) -> bool | None:
        text = self._texts.get("happened", "").casefold()
        if text and text not in _YES_NO:
            self._fault("cell_yes_no", "happened")
        return _YES_NO.get(text)

    def why_not(self) -> WhyNot | None:
        text = self._texts.get("why_not", "").casefold()
        if text and text not in _WHY_NOT:
            self._fault("cell_why_not", "why_not")
        return _WHY_NOT.get(text)

    def kept(self, key: str) -> str:
        text = self._texts.get(key, "")
        if text.startswith(_KEPT_OUT):
            self.faults.append(Refused(text.removeprefix(_KEPT_OUT), field=key))
            return ""
        return text


def template(terms: Iterable[ContractTerm], workers: Iterable[Worker], day: date) -> bytes:
    """An empty file to fill in: headings in both languages, an example, and the lists to use."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    grey = book.add_format({"italic": True, "font_color": "#4f5d6b"})
    there, staff = list(terms), list(workers)
    sheet = book.add_worksheet("服务记录 Sessions")
    sheet.write_row(0, 0, [f"{zh} {en}" for zh, en in HEADINGS.values()], bold)
    sheet.write_row(1, 0, _example(there, staff, day), grey)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(HEADINGS) - 1, 14)
    lists = book.add_worksheet("可填内容 Lists")
    for column, values in enumerate(_lists(there, staff)):
        lists.write_column(0, column, values)
    lists.set_row(0, None, bold)
    lists.set_column(0, 4, 24)
    book.set_properties({"created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001
    book.close()
    return file.getvalue()


def _example(terms: Sequence[ContractTerm], staff: Sequence[Worker], day: date) -> list[str]:
    term, worker = terms[0].code if terms else "01", staff[0].id if staff else "W-0001"
    values = {
        "number": f"{EXAMPLE}（不导入 not imported）",
        "day": day.isoformat(),
        "time": "14:30",
        "term": term,
        "worker": worker,
        "happened": "是",
        "minutes": "60",
        "client_id": "K0012-3",
    }
    return [values.get(key, "") for key in HEADINGS]


def _lists(terms: Sequence[ContractTerm], staff: Sequence[Worker]) -> Iterator[list[str]]:
    yield ["条款 Term", *(term.code for term in terms)]
    yield ["内容 What", *(term.category or term.type for term in terms)]
    yield ["社工 Worker", *(worker.id for worker in staff)]
    yield ["是否开展 Happened", "是", "否", "yes", "no"]
    yield ["未开展原因 Why not", *(word for word in _WHY_NOT if "_" not in word)]
