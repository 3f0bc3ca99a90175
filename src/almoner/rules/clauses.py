"""The library of contract clauses: texts in both languages with a few numbers to settle.

`packs/clauses.toml` consists of
- `[[clause]]` tables: `code`; `title_en`, `title_zh`; `text_en`, `text_zh`, where {name} stands for
  a number; `why_en`, `why_zh`; `answers`, the rows of the requirements that it answers; `required`;
  `duty`, who is bound; and `parameters`, a table of name = {least, default, most, unit};
- `[[obligation]]` tables: `side`, `text_en`, `text_zh`, with which a new draft begins.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SIDES = ("purchaser", "provider")
DUTIES = (*SIDES, "both")
UNITS = frozenset(
    {"count", "day", "hour", "minute", "percent", "working_day", "year"},
)
_MARK = re.compile(r"\{(\w+)\}")
_TEXTS = ("code", "title_en", "title_zh", "text_en", "text_zh", "why_en", "why_zh")


class ClauseError(ValueError):
    """A library that cannot be read, or a number that a clause does not allow."""


@dataclass(frozen=True)
class Parameter:
    """A whole number that the sides settle, from `least` to `most`."""

    name: str
    least: int
    default: int
    most: int
    unit: str

    def allows(self, value: int | None) -> bool:
        """Whether the number may stand in a contract."""
        return value is not None and self.least <= value <= self.most


@dataclass(frozen=True)
class Clause:
    """One clause; `duty` names whom it binds."""

    code: str
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    why_en: str
    why_zh: str
    answers: tuple[int, ...]
    required: bool
    duty: str
    parameters: tuple[Parameter, ...]

    def filled(self, values: Mapping[str, int]) -> tuple[str, str]:
        """The text in English and in Chinese with its numbers; an ellipsis where one is missing."""

        def put(text: str) -> str:
            return _MARK.sub(lambda mark: str(values.get(mark[1], "…")), text)

        return put(self.text_en), put(self.text_zh)

    @property
    def defaults(self) -> dict[str, int]:
        """The numbers that a new draft begins with."""
        return {one.name: one.default for one in self.parameters}


@dataclass(frozen=True)
class Usual:
    """An obligation that a new draft begins with."""

    side: str
    text_en: str
    text_zh: str


@dataclass(frozen=True)
class Library:
    """The clauses in the order in which a contract prints them."""

    clauses: tuple[Clause, ...]
    obligations: tuple[Usual, ...]

    @property
    def by_code(self) -> dict[str, Clause]:
        return {clause.code: clause for clause in self.clauses}


def read_library(text: str) -> Library:
    """A library from its TOML; ClauseError names the clause and what is wrong with it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ClauseError(f"the library of clauses is not TOML: {error}") from None
    if set(document) != {"clause", "obligation"}:
        raise ClauseError("a library consists of [[clause]] and [[obligation]] tables")
    clauses = tuple(_clause(table) for table in document["clause"])
    codes = [clause.code for clause in clauses]
    for code in codes:
        if codes.count(code) > 1:
            raise ClauseError(f"clause {code} stands there twice")
    return Library(clauses, tuple(_usual(table) for table in document["obligation"]))


def _clause(table: Mapping[str, object]) -> Clause:
    code = table.get("code")
    wanted = {*_TEXTS, "answers", "required", "duty"}
    if not wanted <= set(table) <= wanted | {"parameters"}:
        odd = ", ".join(sorted(wanted.symmetric_difference(set(table) - {"parameters"})))
        raise ClauseError(f"clause {code}: missing or unknown: {odd}")
    texts = {name: table[name] for name in _TEXTS}
    if not all(isinstance(value, str) and value.strip() for value in texts.values()):
        raise ClauseError(f"clause {code}: {', '.join(_TEXTS)} must be texts")
    answers, given = table["answers"], table.get("parameters", {})
    if not isinstance(answers, list) or not answers or not isinstance(given, dict):
        raise ClauseError(f"clause {code}: answers is a list of rows, parameters a table")
    if table["duty"] not in DUTIES or not isinstance(table["required"], bool):
        raise ClauseError(f"clause {code}: duty is one of {', '.join(DUTIES)}, required a flag")
    parameters = tuple(_parameter(str(code), name, value) for name, value in given.items())
    names = {one.name for one in parameters}
    for language in ("text_en", "text_zh"):
        if set(_MARK.findall(str(texts[language]))) != names:
            raise ClauseError(f"clause {code}: {language} must name {', '.join(names) or 'none'}")
    return Clause(
        **{name: str(value) for name, value in texts.items()},
        answers=tuple(int(row) for row in answers),
        required=table["required"],
        duty=str(table["duty"]),
        parameters=parameters,
    )


def _parameter(code: str, name: str, table: Mapping[str, object]) -> Parameter:
    if set(table) != {"least", "default", "most", "unit"} or table["unit"] not in UNITS:
        raise ClauseError(f"clause {code}, {name}: least, default, most and a unit are needed")
    least, default, most = table["least"], table["default"], table["most"]
    numbers = isinstance(least, int) and isinstance(default, int) and isinstance(most, int)
    if not numbers or not least <= default <= most:  # type: ignore[operator]
        raise ClauseError(f"clause {code}, {name}: least <= default <= most is needed")
    return Parameter(name, int(least), int(default), int(most), str(table["unit"]))  # type: ignore[call-overload]


def _usual(table: Mapping[str, str]) -> Usual:
    if set(table) != {"side", "text_en", "text_zh"} or table["side"] not in SIDES:
        raise ClauseError(f"an obligation has a side, text_en and text_zh: {dict(table)}")
    return Usual(**table)


@cache
def library() -> Library:
    """The clauses that ship with Almoner; a city may change their file."""
    text = files("almoner.rules.packs").joinpath("clauses.toml").read_text(encoding="utf-8")
    return read_library(text)
