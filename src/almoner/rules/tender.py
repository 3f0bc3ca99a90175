"""What a tender says, as typed by its clerk and as the rules read it.

What was typed is a mapping of texts and lists of texts, so that half a draft can be kept:
`read` makes of it what can be made, and names what is missing or cannot be read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from almoner.rules.calendar import SHANGHAI
from almoner.rules.money import yuan_to_fen
from almoner.rules.workload import Workload, WorkloadError, evaluate, total

YUAN_A_WORKER = 100_000
"""A centre of CNY 2 million has 20 staff (document S3): one for each CNY 100,000 a year."""
PROFESSIONAL_SHARE = Fraction(2, 3)
"""Of which two thirds are professionals: 14 of 20."""
LONG_TERM_CONDITIONS = ("fixed_content", "continuous", "secured_funds", "stable_price")
"""The four under which a contract may run for more than a year (Order 102)."""
KINDS = ("price", "workload", "staffing", "experience", "quality", "outcome")
GROUPS = ("direct", "indirect")
TARGETS = ("all_residents", "listed_groups", "both")
METHODS = ("open", "invited", "negotiation", "consultation", "inquiry") + (
    "single_source",
    "framework",
)
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)


class Gap(StrEnum):
    """Why a field cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    REPEATED = "repeated"
    BACKWARDS = "backwards"


@dataclass(frozen=True)
class Term:
    """One line of the workload table; `group` is direct or indirect, `formula` has units."""

    code: str
    group: str
    type: str
    category: str
    formula: str


@dataclass(frozen=True)
class Criterion:
    """An award criterion; `kind` as in the exchange format, `weight` in points of 100."""

    code: str
    name: str
    kind: str
    weight: Decimal


@dataclass(frozen=True)
class TenderContent:
    """A tender that is complete enough to be read. Money in fen, `staff` in full-time workers."""

    title_en: str
    title_zh: str
    specification: str
    target_group: str
    service_item: str
    area: str
    method: str
    starts_on: date
    ends_on: date
    bid_deadline: datetime
    ceiling_fen: int
    staff: Decimal
    terms: tuple[Term, ...]
    criteria: tuple[Criterion, ...]
    panel_size: int
    appropriations: tuple[str, ...]
    framework: tuple[str, str] | None
    supervisor: str | None
    conditions: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """The same as far as it can be read. `gaps`: field (terms.2.formula) -> what is wrong."""

    title_en: str = ""
    title_zh: str = ""
    specification: str = ""
    target_group: str = ""
    service_item: str = ""
    area: str = ""
    method: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    bid_deadline: datetime | None = None
    ceiling_fen: int | None = None
    staff: Decimal | None = None
    terms: tuple[Term, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    panel_size: int | None = None
    appropriations: tuple[str, ...] = ()
    framework: tuple[str, str] | None = None
    supervisor: str | None = None
    conditions: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)


def complete(draft: Draft) -> TenderContent:
    """The draft as a whole tender; ValueError naming the fields while it has gaps."""
    if draft.gaps:
        raise ValueError(f"the draft has gaps: {', '.join(sorted(draft.gaps))}")
    return TenderContent(**{one.name: getattr(draft, one.name) for one in fields(TenderContent)})


def read(typed: Mapping[str, Any]) -> Draft:
    """What a draft says. Nothing is refused: what cannot be read is a gap."""
    reader = _Reader(typed)
    starts, ends = reader.day("starts_on"), reader.day("ends_on")
    if starts and ends and ends < starts:
        reader.gaps["ends_on"] = Gap.BACKWARDS
        ends = None
    terms, criteria = tuple(reader.terms()), tuple(reader.criteria())
    for name, rows in (("terms", typed.get("terms")), ("criteria", typed.get("criteria"))):
        if not rows:
            reader.gaps[name] = Gap.MISSING
    return Draft(
        title_en=reader.text("title_en"),
        title_zh=reader.text("title_zh"),
        specification=reader.text("specification"),
        target_group=reader.choice("target_group", TARGETS),
        service_item=reader.text("service_item"),
        area=reader.text("area"),
        method=reader.choice("method", METHODS),
        starts_on=starts,
        ends_on=ends,
        bid_deadline=reader.instant("bid_deadline"),
        ceiling_fen=reader.money("ceiling"),
        staff=reader.number("staff"),
        terms=terms,
        criteria=criteria,
        panel_size=reader.whole("panel_size"),
        appropriations=reader.several("appropriations", needed=True),
        framework=_framework(_text(typed, "framework")),
        supervisor=_text(typed, "supervisor") or None,
        conditions=frozenset(reader.several("conditions")) & frozenset(LONG_TERM_CONDITIONS),
        needs=reader.several("needs"),
        reasons={
            str(code): str(reason).strip()
            for code, reason in dict(typed.get("reasons") or {}).items()
            if str(reason).strip()
        },
        gaps=reader.gaps,
    )


def workloads(terms: Sequence[Term], population: int | None) -> list[Workload | None]:
    """What each line comes to in hours a year; None where its formula cannot be read."""
    values = {} if population is None else {"population": population}
    found: list[Workload | None] = []
    for term in terms:
        try:
            found.append(evaluate(term.formula, values))
        except WorkloadError:
            found.append(None)
    return found


def sum_of(
    terms: Sequence[Term], population: int | None, group: str | None = None
) -> Workload | None:
    """The lines of one group (None: all) together; None while one cannot be read."""
    found = workloads([t for t in terms if group in (None, t.group)], population)
    return None if None in found else total(one for one in found if one is not None)


def suggested_staff(yearly_fen: int) -> tuple[int, int]:
    """Staff, and professionals among them, for the money of one year (document S3).

    CNY 2,000,000 gives 20 and 14: a worker for each full CNY 100,000, two thirds rounded up.
    """
    staff = yearly_fen // (100 * YUAN_A_WORKER)
    return staff, -((-staff * PROFESSIONAL_SHARE) // 1)


def framework_text(code: str, version: str) -> str:
    """How a draft names a version of an evaluation framework."""
    return f"{code}|{version}"


def _framework(text: str) -> tuple[str, str] | None:
    code, bar, version = text.rpartition("|")
    return (code, version) if bar else None


def _text(typed: Mapping[str, Any], name: str) -> str:
    return str(typed.get(name) or "").strip()


class _Reader:
    """Reads fields one by one and notes the gaps."""

    def __init__(self, typed: Mapping[str, Any]) -> None:
        self.typed = typed
        self.gaps: dict[str, Gap] = {}

    def text(self, name: str) -> str:
        found = _text(self.typed, name)
        if not found:
            self.gaps[name] = Gap.MISSING
        return found

    def choice(self, name: str, choices: Sequence[str]) -> str:
        return self._among(name, self.text(name), choices)

    def several(self, name: str, needed: bool = False) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(str(one) for one in self.typed.get(name) or () if one))
        if needed and not found:
            self.gaps[name] = Gap.MISSING
        return found

    def day(self, name: str) -> date | None:
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.gaps[name] = Gap.UNREADABLE
            return None

    def instant(self, name: str) -> datetime | None:
        """A local time of Shanghai, as a browser writes it: 2026-08-30T17:00."""
        text = self.text(name)
        try:
            found = datetime.fromisoformat(text) if text else None
        except ValueError:
            found = None
        if text and (found is None or "T" not in text or found.tzinfo is not None):
            self.gaps[name] = Gap.UNREADABLE
            return None
        return found.replace(tzinfo=SHANGHAI) if found else None

    def money(self, name: str) -> int | None:
        """Fen of an amount in yuan above zero; commas between digits are allowed."""
        text = self.text(name).replace(",", "")
        try:
            fen = yuan_to_fen(text) if NUMBER.fullmatch(text) else 0
        except ValueError:
            fen = 0
        if text and fen <= 0:
            self.gaps[name] = Gap.UNREADABLE
        return fen or None

    def number(self, name: str) -> Decimal | None:
        """A number above zero."""
        return self._number(name, self.text(name))

    def whole(self, name: str) -> int | None:
        found = self._number(name, self.text(name))
        if found is not None and found != found.to_integral_value():
            self.gaps[name] = Gap.UNREADABLE
            return None
        return None if found is None else int(found)

    def terms(self) -> Iterator[Term]:
        seen: set[str] = set()
        for place, row in self._rows("terms"):
            if not _text(row, "formula"):
                self.gaps[f"{place}.formula"] = Gap.MISSING
                continue
            try:
                evaluate(_text(row, "formula"))
            except WorkloadError:
                self.gaps[f"{place}.formula"] = Gap.UNREADABLE
            yield Term(
                self._code(place, row, seen),
                self._among(f"{place}.group", _text(row, "group"), GROUPS),
                self._needed(place, row, "type"),
                _text(row, "category"),
                _text(row, "formula"),
            )

    def criteria(self) -> Iterator[Criterion]:
        seen: set[str] = set()
        for place, row in self._rows("criteria"):
            weight = self._number(f"{place}.weight", self._needed(place, row, "weight"))
            code = self._code(place, row, seen)
            kind = self._among(f"{place}.kind", _text(row, "kind"), KINDS)
            name = self._needed(place, row, "name")
            if weight is not None and kind:
                yield Criterion(code, name, kind, weight)

    def _rows(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, row in enumerate(self.typed.get(name) or ()):
            yield f"{name}.{number}", row

    def _needed(self, place: str, row: Mapping[str, Any], name: str) -> str:
        found = _text(row, name)
        if not found:
            self.gaps[f"{place}.{name}"] = Gap.MISSING
        return found

    def _code(self, place: str, row: Mapping[str, Any], seen: set[str]) -> str:
        code = self._needed(place, row, "code")
        if code in seen:
            self.gaps[f"{place}.code"] = Gap.REPEATED
        seen.add(code)
        return code

    def _among(self, place: str, value: str, choices: Sequence[str]) -> str:
        if value in choices:
            return value
        self.gaps[place] = Gap.UNREADABLE if value else Gap.MISSING
        return ""

    def _number(self, name: str, text: str) -> Decimal | None:
        if not text:
            return None
        found = Decimal(text) if NUMBER.fullmatch(text) else Decimal(0)
        if found <= 0:
            self.gaps[name] = Gap.UNREADABLE
            return None
        return found
