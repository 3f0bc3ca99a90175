"""The law of a single cell, in plain Python: what it may say and what it means.

``vector`` holds the same law for whole columns; it leaves to this module whatever it does
not recognise at once, so that a fault is worded in one place only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from stdnum.cn import uscc

from almoner.citypackage.schema import Column

Value = str | int | bool | date | datetime

YEARS = (1900, 2200)  # first and last year that a date may bear
# The first instant of those years and the first after them, at the offset that the writer writes.
INSTANTS = [
    datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=8))) for year in (YEARS[0], YEARS[1] + 1)
]
NUMBER_DIGITS = 40
ORGANISATION_KINDS = ("purchaser", "finance", "supervisor", "provider", "evaluator", "registrar")
OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # tab (09) and newline (0a) are allowed

_USCC_CHARACTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
_CONTROL = re.compile(CONTROL)


class CellFault(Exception):
    """A cell that breaks the law: its reason code, and what was expected."""

    def __init__(self, code: str, expected: str) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected


def parse(column: Column, text: str) -> Value:
    """The value of a non-empty cell; a number stays text, in canonical form.

    Raises CellFault for the first rule that the cell breaks.
    """
    control = _CONTROL.search(text)
    if control:
        character = ord(control[0])
        name = "a NUL byte" if character == 0 else f"the control character U+{character:04X}"
        raise CellFault("control_character", f"text without control characters; found {name}")
    if len(text) > column.max_length:
        raise CellFault("too_long", f"at most {column.max_length:,} characters, not {len(text):,}")
    value = _PARSERS[column.type](text)
    _constrain(column, text, value)
    return value


def plain_number(text: str) -> str:
    """Canonical form of a plain decimal: "268.80" -> "268.8", "-0" -> "0"."""
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.removeprefix("-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return number if number == "0" else sign + number


def is_month(text: str) -> bool:
    """Whether text is YYYY-MM with a month from 01 to 12, in a year that a date may bear."""
    found = re.fullmatch("([0-9]{4})-([0-9]{2})", text)
    return bool(found and YEARS[0] <= int(found[1]) <= YEARS[1] and 1 <= int(found[2]) <= 12)


def is_uscc(text: str) -> bool:
    """Whether text can name an organisation.

    A Unified Social Credit Code has 18 characters, the last computed from the others (GB
    32100-2015). An org-id.guide identifier is told by its hyphen and taken as it is.
    """
    if "-" in text:
        return True
    return (
        len(text) == 18
        and _USCC_CHARACTERS.issuperset(text)
        and uscc.calc_check_digit(text[:17]) == text[17]
    )


def is_kinds(text: str) -> bool:
    """Whether text lists kinds of organisation joined by |, each once."""
    kinds = text.split("|")
    return len(set(kinds)) == len(kinds) and set(kinds) <= set(ORGANISATION_KINDS)


def _string(text: str) -> str:
    return text


def _integer(text: str) -> int:
    if not re.fullmatch("-?[0-9]+", text):
        raise CellFault("not_integer", "an integer: digits only, with - before them if negative")
    return int(plain_number(text)[:20])  # what is longer is out of range already by its beginning


def _number(text: str) -> str:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise CellFault("not_number", "a plain decimal such as 268.8, without exponent or spaces")
    number = plain_number(text)
    if sum(map(str.isdigit, number)) > NUMBER_DIGITS:
        raise CellFault("number_digits", f"a number of at most {NUMBER_DIGITS} digits")
    return number


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise CellFault("not_boolean", "true or false")
    return text == "true"


def _date(text: str) -> date:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise CellFault("not_date", "a date YYYY-MM-DD")
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise CellFault("no_such_date", "a date that the calendar has, YYYY-MM-DD") from None
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise CellFault("year_range", f"a year from {YEARS[0]} to {YEARS[1]}")
    return value


def _datetime(text: str) -> datetime:
    found = re.fullmatch(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})T{CLOCK}({OFFSET})?", text)
    if not found:
        raise CellFault("not_datetime", "a date-time such as 2026-03-02T09:30:00+08:00")
    if not found[2]:
        raise CellFault("no_offset", "a date-time with its offset from UTC, such as +08:00 or Z")
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise CellFault("no_such_date", "a date-time on a date that the calendar has") from None
    if not INSTANTS[0] <= value < INSTANTS[1]:
        raise CellFault("year_range", f"a year from {YEARS[0]} to {YEARS[1]} at +08:00")
    return value.astimezone(UTC)


_PARSERS: dict[str, Callable[[str], Value]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}


def _constrain(column: Column, text: str, value: Value) -> None:
    if column.enum and text not in column.enum:
        raise CellFault("not_in_enum", f"one of {', '.join(column.enum)}")
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise CellFault("pattern", f"text of the form {column.pattern}")
    if isinstance(value, int) and abs(value) > column.largest:
        raise CellFault("integer_range", f"an integer within ±{column.largest:,}")
    if (
        column.minimum is not None
        and isinstance(value, str | int)
        and Decimal(value) < column.minimum
    ):
        raise CellFault("below_minimum", f"at least {column.minimum}")
    if column.name == "month" and not is_month(text):
        raise CellFault("no_such_month", f"a month YYYY-MM, 01 to 12, {YEARS[0]} to {YEARS[1]}")
    if column.name == "kinds" and not is_kinds(text):
        raise CellFault(
            "not_kinds", f"one or more of {', '.join(ORGANISATION_KINDS)}, each once, joined by |"
        )
    if column.is_uscc and not is_uscc(text):
        raise CellFault(
            "wrong_uscc",
            "a Unified Social Credit Code (18 characters, the last a check character) or an "
            "org-id.guide identifier (with a hyphen)",
        )
