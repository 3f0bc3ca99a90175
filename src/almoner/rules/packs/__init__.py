"""Rule packs: limits as effective-dated data, each with the text that it rests on.

A pack is a TOML file of `[[limit]]` tables:
- `name`: code of the finding and name of the limit ("T05.working_days"), or topic and name;
- `title`, `title_zh`: what is limited, in a few plain words;
- `value`: a whole number, a decimal (read exactly) or a fraction in quotes ("2/3");
- `unit`: one of UNITS;
- `source`, `source_zh`: the article or the document that the limit comes from;
- `verified`: whether somebody has checked that source in its text;
- `holds_from`: the day from which it holds; absent where no document gives it, and then it always
  holds. Several versions of one limit are several tables that differ in `holds_from`.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from importlib.resources import files

UNITS = frozenset(
    {"count", "day", "flag", "hour", "hour/day", "index", "minute", "percent", "point", "ratio"}
    | {"share", "standard_error", "working_day", "year"}
)
TEXTS = ("name", "title", "title_zh", "unit", "source", "source_zh")
REQUIRED = frozenset({*TEXTS, "value", "verified"})


class PackError(ValueError):
    """A pack that cannot be read, or a limit that it does not have."""


@dataclass(frozen=True)
class Limit:
    """One version of one limit. `written` is the value as the pack writes it."""

    name: str
    title: str
    title_zh: str
    value: Fraction
    written: str
    unit: str
    source: str
    source_zh: str
    verified: bool
    holds_from: date | None

    @property
    def source_note(self) -> str:
        """The source for a page: with "source not verified" until somebody has checked it."""
        return self.source if self.verified else f"{self.source} (source not verified)"


class Pack:
    """The limits of one jurisdiction, in the order in which the file gives them."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._entries = tuple(limits)
        self._versions: dict[str, list[Limit]] = {}
        for entry in self._entries:
            versions = self._versions.setdefault(entry.name, [])
            if any(entry.holds_from == other.holds_from for other in versions):
                raise PackError(f"{entry.name}: two versions hold from {entry.holds_from}")
            versions.append(entry)

    def entries(self) -> tuple[Limit, ...]:
        """Every version of every limit, for a public page."""
        return self._entries

    def limit(self, name: str, on: date) -> Limit:
        """The version of a limit that is in force on a day.

        PackError where the pack has no such limit or its first version holds from a later day.
        """
        if name not in self._versions:
            near = get_close_matches(name, self._versions, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise PackError(f"the rule pack has no limit named {name}{hint}")
        begun = [v for v in self._versions[name] if _begin(v) <= on]
        if not begun:
            first = min(map(_begin, self._versions[name]))
            raise PackError(f"{name} was not yet in force on {on}; it holds from {first}")
        return max(begun, key=_begin)

    def limits(self, code: str, on: date) -> dict[str, Fraction]:
        """The limits of one finding or topic by their short names ("T05" has "working_days"...)."""
        prefix = f"{code}."
        names = [name for name in self._versions if name.startswith(prefix)]
        if not names:
            raise PackError(f"the rule pack has no limits of {code}")
        return {name.removeprefix(prefix): self.limit(name, on).value for name in names}


def _begin(limit: Limit) -> date:
    return limit.holds_from or date.min


def read_pack(text: str) -> Pack:
    """A pack from the text of its TOML file; PackError says which limit is at fault and why."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"the rule pack is not TOML: {error}") from None
    tables = document.get("limit")
    if set(document) != {"limit"} or not isinstance(tables, list):
        raise PackError("a rule pack consists of [[limit]] tables and nothing else")
    return Pack(_read_limit(table) for table in tables)


def _read_limit(table: object) -> Limit:
    if not isinstance(table, dict):
        raise PackError(f"{table!r} is not a [[limit]] table")
    name = table.get("name")
    missing, unknown = REQUIRED - set(table), set(table) - REQUIRED - {"holds_from"}
    if missing or unknown:
        found = ", ".join(sorted(missing)) or "nothing", ", ".join(sorted(unknown)) or "nothing"
        raise PackError(f"limit {name}: {found[0]} missing, {found[1]} unknown")
    for key in TEXTS:
        if not isinstance(table[key], str) or not table[key].strip():
            raise PackError(f"limit {name}: {key} must be a text")
    if table["unit"] not in UNITS:
        units = ", ".join(sorted(UNITS))
        raise PackError(f"limit {name}: unit {table['unit']} is none of {units}")
    if not isinstance(table["verified"], bool):
        raise PackError(f"limit {name}: verified must be true or false")
    holds_from = table.get("holds_from")
    if holds_from is not None and type(holds_from) is not date:
        raise PackError(f"limit {name}: holds_from must be a date such as 2020-03-01")
    return Limit(
        **{key: table[key] for key in TEXTS},
        value=_number(table["name"], table["value"]),
        written=str(table["value"]),
        verified=table["verified"],
        holds_from=holds_from,
    )


def _number(name: str, value: object) -> Fraction:
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 20:
        return Fraction(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and value.count("/") == 1 and len(value) < 20:
        above, below = value.split("/")
        if above.isdecimal() and below.isdecimal() and int(below):
            return Fraction(int(above), int(below))
    raise PackError(f'limit {name}: {value!r} is not a number such as 30, 0.10 or "2/3"')


@cache
def china() -> Pack:
    """The pack "cn" that ships with Almoner; a city may change its file."""
    text = files("almoner.rules.packs").joinpath("cn.toml").read_text(encoding="utf-8")
    return read_pack(text)
