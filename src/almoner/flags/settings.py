"""The settings: Cardinal's own INI file, and sections of ours for the indicators of the guide."""

import configparser
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from almoner.flags.catalogue import CARDINAL, CATALOGUE

# Sections of Cardinal's `prepare`, which corrects a file before it is counted; not done here.
PREPARATION = re.compile(r"output|defaults|redactions|corrections|modifications|codelists\..+")
GENERAL = {
    "currency",
    "no_price_comparison_procurement_methods",
    "price_comparison_procurement_methods",
}
TOP = "\n"


class SettingsError(Exception):
    """A settings file that cannot be understood; its text says what and where."""


@dataclass(frozen=True)
class Settings:
    """What is counted, and by which limits; a limit that is not given follows from the data."""

    codes: tuple[str, ...] = CARDINAL
    currency: str | None = None
    compared: frozenset[str] = frozenset()
    not_compared: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    limits: Mapping[tuple[str, str], float] = field(default_factory=dict)
    choices: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether an indicator of the guide is among what is counted."""
        return not set(CARDINAL).issuperset(self.codes)

    def limit(self, code: str, name: str) -> float | None:
        """The limit as set in the file, else its default; None where it follows from the data."""
        given = self.limits.get((code, name))
        return CATALOGUE[code].settings[name] if given is None else given

    def number(self, code: str, name: str) -> float:
        """A limit that has a default."""
        limit = self.limit(code, name)
        assert limit is not None, f"{code} {name} has no default"
        return limit

    def why_left_out(self, tender_status: str | None, method_details: str | None) -> str | None:
        """Why a process is not counted; None where it is."""
        if tender_status == "cancelled":
            return "the tender was cancelled"
        if method_details in self.excluded:
            return "a procurement method that the settings exclude"
        return None

    def methods(self, code: str) -> frozenset[str]:
        """The procurement methods that an indicator counts; empty for all."""
        return self.choices.get((code, "procurement_methods"), CATALOGUE[code].methods)


def settings_for(path: Path | None, with_guide: bool) -> Settings:
    """The settings of a file; without one, Cardinal's indicators or (`with_guide`) all of them."""
    if path is None:
        return Settings(codes=tuple(CATALOGUE) if with_guide else CARDINAL)
    return read_settings(path)


def read_settings(path: Path) -> Settings:
    """Read a settings file; SettingsError where it cannot be understood, as Cardinal does."""
    parser = configparser.RawConfigParser(
        delimiters=("=",),
        comment_prefixes=(";", "#"),
        inline_comment_prefixes=(";", "#"),
        default_section=TOP,
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        text = path.read_text("utf-8-sig")
        parser.read_string(f"[{GENERAL_SECTION}]\n{text}", source=str(path))
    except OSError as error:
        raise SettingsError(f"{path} cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8") from None
    except configparser.Error as error:
        raise SettingsError(f"{path}, {_fault(error)}") from None
    return _understood(parser, path)


GENERAL_SECTION = "general settings"


def _fault(error: configparser.Error) -> str:
    """What is wrong in which line, of which the first one is not the file's own."""
    match error:
        case configparser.DuplicateSectionError(lineno=int(line)):
            return f"line {line - 1}: the section [{error.section}] stands there again"
        case configparser.DuplicateOptionError(lineno=int(line)):
            return f"line {line - 1}: the setting {error.option} stands there again"
        case configparser.ParsingError(errors=[(line, _), *_]):
            return f"line {line - 1}: no [section], no setting = value, no ; comment"
    return " ".join(str(error).split())


def _understood(parser: configparser.RawConfigParser, path: Path) -> Settings:
    sections = {
        name: {key: _unquoted(text) for key, text in parser.items(name)}
        for name in parser.sections()
    }
    general = sections.pop(GENERAL_SECTION)
    _check_names(general, GENERAL, f"{path}, above the first section")
    limits: dict[tuple[str, str], float] = {}
    choices: dict[tuple[str, str], frozenset[str]] = {}
    days: dict[str, int] = {}
    excluded: frozenset[str] = frozenset()
    ignored = []
    for name, given in sections.items():
        where = f"{path}, section [{name}]"
        if name == "exclusions":
            _check_names(given, {"procurement_method_details"}, where)
            excluded = _listed(given.get("procurement_method_details", ""))
        elif name == "R003.procurement_method_details":
            days = {method: _whole(text, f"{where}, {method}") for method, text in given.items()}
        elif name in CATALOGUE:
            _read_section(name, given, where, limits, choices)
        elif PREPARATION.fullmatch(name):
            ignored.append(name)
        else:
            raise SettingsError(f"{where} is not known; indicators are {', '.join(CATALOGUE)}")
    if limits.get(("R025", "percentile"), 0) > 100:
        raise SettingsError(f"{path}, section [R025]: percentile must be at most 100")
    # A section within that of an indicator asks for it as well.
    asked = {name.partition(".")[0] for name in sections}
    return Settings(
        codes=tuple(code for code in CATALOGUE if code in asked),
        currency=general.get("currency") or None,
        compared=_listed(general.get("price_comparison_procurement_methods", "")),
        not_compared=_listed(general.get("no_price_comparison_procurement_methods", "")),
        excluded=excluded,
        limits=limits,
        choices=choices,
        days=days,
        ignored=tuple(ignored),
    )


def _read_section(
    code: str,
    given: dict[str, str],
    where: str,
    limits: dict[tuple[str, str], float],
    choices: dict[tuple[str, str], frozenset[str]],
) -> None:
    indicator = CATALOGUE[code]
    choosable = {"procurement_methods"} if indicator.chooses_methods else set[str]()
    _check_names(given, {*indicator.settings, *choosable}, where)
    for name, text in given.items():
        if name in choosable:
            choices[code, name] = _listed(text)
        elif name in indicator.whole:
            limits[code, name] = _whole(text, f"{where}, {name}")
        else:
            limits[code, name] = _number(text, f"{where}, {name}")


def _check_names(given: Iterable[str], known: set[str], where: str) -> None:
    if unknown := sorted(set(given) - known):
        able = f"; it may have {', '.join(sorted(known))}" if known else "; it takes none"
        raise SettingsError(f"{where}: the setting {unknown[0]} is not known{able}")


def _unquoted(text: str) -> str:
    """Cardinal takes the quotation marks around a value for no part of it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("|")))


def _whole(text: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise SettingsError(f"{where} must be a whole number, not {text[:50]!r}")
    return int(text)


def _number(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise SettingsError(f"{where} must be a number, not {text[:50]!r}")
    return number
