"""What may enter the directory: complete, worth buying, and nothing that may not be bought.

The refuse list is data (packs/cn_refuse.toml): `[[kind]]` tables, each a question that is answered
by yes or no, and phrases by which law enforcement is recognised in names and texts. A phrase is
parts separated by blanks: `a/b` is either, `[list]` one word of a list, `{list}` any number of its
words or none (never first). A phrase right after a negation does not count: "does not report to
the officer".
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from almoner.rules.refusal import Refused

TEXTS = ("content", "procedure", "fee_basis", "evaluation")
NAMES = ("name_zh", "name_en")


class ItemState(StrEnum):
    VALID = "valid"
    NOT_YET = "not_yet"
    ENDED = "ended"


def state_on(day: date, valid_from: date, valid_to: date | None) -> ItemState:
    """Whether an item may be bought on a day; it may on its first and on its last day."""
    if day < valid_from:
        return ItemState.NOT_YET
    return ItemState.VALID if valid_to is None or day <= valid_to else ItemState.ENDED


class Duty(StrEnum):
    OWED = "owed"
    OPTIONAL = "optional"
    GIVEN_UP = "given_up"


class Market(StrEnum):
    SEVERAL = "several"
    FEW = "few"
    NONE = "none"


class Measurability(StrEnum):
    OUTCOMES = "outcomes"
    OUTPUTS = "outputs"
    NEITHER = "neither"


class Gain(StrEnum):
    MORE = "more"
    SAME = "same"
    LESS = "less"


# The questions of the make-or-buy test. A market that is not there yet may be cultivated, and a
# gain that is the same may be wanted for choice: only what AGAINST names rules buying out.
TEST: Mapping[str, type[StrEnum]] = {
    "duty": Duty,
    "market": Market,
    "measurability": Measurability,
    "gain": Gain,
}
AGAINST: frozenset[str] = frozenset({Duty.GIVEN_UP, Measurability.NEITHER, Gain.LESS})


@dataclass(frozen=True)
class Answer:
    """One answer of the make-or-buy test, with its reason."""

    choice: str
    reason: str


@dataclass(frozen=True)
class ItemDraft:
    """An item as somebody wants it. `declared` are the codes of the kinds answered with yes."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    content: str
    procedure: str
    fee_basis: str
    evaluation: str
    valid_from: date
    valid_to: date | None = None
    parent_code: str | None = None
    test: Mapping[str, Answer] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()

    def texts(self) -> dict[str, str]:
        """Every name and text, by the name of its field."""
        return {name: getattr(self, name) for name in (*NAMES, *TEXTS)}


@dataclass(frozen=True)
class Ground:
    """A ground on which something may not be bought, and the text that it rests on."""

    code: str
    question: str
    question_zh: str
    source: str
    source_zh: str
    verified: bool


@dataclass(frozen=True)
class Refusal:
    """Why an item is refused: a kind that was declared, or `words` found in one of its fields."""

    ground: Ground
    field: str
    words: str = ""


class RefuseList:
    """The kinds that are asked for, and the words that are looked for."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.kinds = tuple(Ground(**table) for table in document["kind"])
        self.enforcement = Ground(**document["enforcement"])
        self._languages = [
            _Language(document["en"], between=r"[\s-]+", letters="[A-Za-z]"),
            _Language(document["zh"], between=r"\s*"),
        ]

    def recognised(self, text: str) -> list[str]:
        """The words of a text by which it is law enforcement, in their order, as they stand."""
        plain = "".join(
            letter
            for letter in unicodedata.normalize("NFKC", text)
            if unicodedata.category(letter) != "Cf"
        )
        found = [hit for language in self._languages for hit in language.found(plain)]
        return [words for _place, words in sorted(set(found))]


class _Language:
    """The phrases of one language; `between` is what stands between two parts of a phrase.

    A word of `letters` is bounded by what is none of them; where words stand without blanks there
    are none. (\\b would take a Chinese character beside a Latin word for a part of it.)
    """

    def __init__(self, table: Mapping[str, Any], between: str, letters: str = "") -> None:
        before, after = (f"(?<!{letters})", f"(?!{letters})") if letters else ("", "")
        lists = {name: words.split() for name, words in table["lists"].items()}
        phrases = "|".join(_pattern(phrase.split(), lists, between) for phrase in table["phrases"])
        self._phrases = re.compile(f"{before}(?:{phrases}){after}", re.IGNORECASE)
        no, link = _either(table["negations"].split()), _either(table["linking"].split())
        # "Must not but" (不得不) is a duty; "don't" is a negation.
        negation = f"(?:{before}(?<!不得)(?<!不能)(?<!不可){no}|n['’]t)"
        self._negated = re.compile(f"{negation}(?:{between}{link})*{between}$", re.IGNORECASE)

    def found(self, text: str) -> Iterator[tuple[int, str]]:
        """Where and how the phrases stand in a text, those that are negated left out."""
        for hit in self._phrases.finditer(text):
            if not self._negated.search(text[: hit.start()]):
                yield hit.start(), " ".join(hit[0].split())


def _pattern(parts: Iterable[str], lists: Mapping[str, list[str]], between: str) -> str:
    pattern = ""
    for part in parts:
        if part.startswith("{"):
            pattern += f"(?:{between}{_either(lists[part[1:-1]])})*"
        else:
            words = lists[part[1:-1]] if part.startswith("[") else part.split("/")
            pattern += (between if pattern else "") + _either(words)
    return pattern


def _either(words: Iterable[str]) -> str:
    """One of the words, the longest first: a shorter one may begin it."""
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


@cache
def refuse_list() -> RefuseList:
    """The refuse list that ships with Almoner; a city may change its file."""
    file = files("almoner.rules.packs").joinpath("cn_refuse.toml")
    return RefuseList(tomllib.loads(file.read_text(encoding="utf-8")))


def refusals(texts: Mapping[str, str], declared: Collection[str] = ()) -> list[Refusal]:
    """Everything for which an item may not be bought: kinds declared, then words recognised."""
    listed = refuse_list()
    found = [
        Refusal(kind, f"declared_{kind.code}") for kind in listed.kinds if kind.code in declared
    ]
    for name, text in texts.items():
        if words := listed.recognised(text):
            found.append(Refusal(listed.enforcement, name, ", ".join(dict.fromkeys(words))))
    return found


def refusal(texts: Mapping[str, str], declared: Collection[str] = ()) -> Refusal | None:
    """The first of these; None where nothing speaks against it."""
    return next(iter(refusals(texts, declared)), None)


def faults(draft: ItemDraft) -> list[Refused]:
    """Everything for which a draft cannot be published, each with its field.

    Names in both languages and all four texts are there; the make-or-buy test is complete and does
    not speak against buying; nothing of it is on the refuse list.
    """
    found = [
        Refused("item_text_missing", field=name)
        for name, text in draft.texts().items()
        if not text.strip()
    ]
    if draft.valid_to and draft.valid_to < draft.valid_from:
        found.append(Refused("item_ends_before_it_begins", field="valid_to"))
    for name, choices in TEST.items():
        answer = draft.test.get(name)
        if answer is None or answer.choice not in set(choices) or not answer.reason.strip():
            found.append(Refused("item_test_incomplete", field=f"{name}_reason"))
        elif answer.choice in AGAINST:
            found.append(Refused("item_not_for_buying", field=name))
    for one in refusals(draft.texts(), draft.declared):
        code = "item_enforces" if one.words else "item_refused_kind"
        found.append(Refused(code, field=one.field, words=one.words, ground=one.ground))
    return found
