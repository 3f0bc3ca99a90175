"""One definition a finding: its entry in a stage's TOML file and the function beside it."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from almoner.findings.city import City

STAGES = (
    "preparation",
    "tendering",
    "contracting",
    "delivery",
    "tasks",
    "workforce",
    "payment",
    "evaluation",
    "voice",
    "impact",
    "notices",
)

# What a rule found, one row a finding: `id`, and where the rule names them `key`, `value`, `limit`;
# `row_<table>` holds the id, or an array of ids, of rows that it was computed from; `variant` names
# another sentence of the definition; every other column is a figure for the sentence.
Rule = Callable[["City"], "ir.Table | list[dict[str, object]]"]


@dataclass(frozen=True)
class Definition:
    """A finding of the catalogue.

    `limits` are short names in the rule pack (`T05.day_hours`). `because` is the sentence with its
    figures in braces (sentence.py); `variants` are other sentences for cases that it does not fit.
    `severity` is 3 where public money or a law is at stake, 2 where trust in the record is, else 1.
    `choice` says what was chosen where the rule leaves something open. `months` is "own" for a rule
    whose findings of a month follow from the service records of that month, "reaching" where also
    from earlier sessions that last into it, and empty for any other. A rule that reads service
    records is one expression that follows from the code, the day and the pack: it asks for nothing
    beforehand.
    """

    code: str
    title: str
    title_zh: str
    subject: str
    asks: str
    basis: str
    basis_zh: str
    rule: str
    rule_zh: str
    needs: tuple[str, ...]
    unit: str
    because: str
    because_zh: str
    limits: tuple[str, ...] = ()
    about_persons: bool = False
    severity: int = 1
    months: Literal["", "own", "reaching"] = ""
    choice: str = ""
    choice_zh: str = ""
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def compute(self) -> Rule:
        """The rule itself. Only who computes needs an engine: the rules are imported here."""
        import_module(f"almoner.findings.stages.{self.stage}")
        return _RULES[self.code]

    @property
    def stage(self) -> str:
        """The stage whose files hold the definition."""
        return _stage_of()[self.code]


_RULES: dict[str, Rule] = {}


def finding(code: str) -> Callable[[Rule], Rule]:
    """Makes a function the rule of a finding that the stage's TOML file describes."""

    def register(rule: Rule) -> Rule:
        if code in _RULES:
            raise ValueError(f"{code} has two rules")
        _RULES[code] = rule
        return rule

    return register


@cache
def catalogue() -> Mapping[str, Definition]:
    """Every definition by its code, in the order of the stages."""
    return {code: definition(code) for code in codes()}


def codes() -> tuple[str, ...]:
    """The codes of the catalogue, in the order of the stages."""
    return tuple(_stage_of())


@cache
def definition(code: str) -> Definition:
    """One definition; KeyError where the catalogue has no such code."""
    stage = _stage_of()[code]
    entry = dict(_entries(stage)[code])
    for key in ("needs", "limits"):
        entry[key] = tuple(entry.get(key, ()))
    return Definition(code=code, **entry)


@cache
def _stage_of() -> Mapping[str, str]:
    return {code: stage for stage in STAGES for code in _entries(stage)}


@cache
def _entries(stage: str) -> dict[str, dict[str, Any]]:
    text = files("almoner.findings.stages").joinpath(f"{stage}.toml").read_text("utf-8")
    return tomllib.loads(text)
