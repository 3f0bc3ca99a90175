"""Whether a task that officials ask for is part of a contract: the rule answers, not the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from almoner.rules.money import Exact, exact
from almoner.rules.workflow import TaskState


class Asked(StrEnum):
    """Kinds of task that no workload term names."""

    ENFORCEMENT = "enforcement"
    ADMINISTRATIVE = "administrative"
    OTHER_SERVICE = "other_service"


class Ground(StrEnum):
    """What an answer rests on."""

    TERM = "term"
    TERM_SPENT = "term_spent"
    NO_TERM = "no_term"
    NOT_A_SERVICE = "not_a_service"
    ENFORCEMENT = "enforcement"


@dataclass(frozen=True)
class TermLeft:
    """A workload term: its type and what of this contract year's hours is left (None: unknown)."""

    code: str
    type: str
    left: Fraction | None


@dataclass(frozen=True)
class Answer:
    """The state that a request gets at once, the ground, and the term that it names, if any."""

    state: TaskState
    ground: Ground
    term: str = ""


def answer(kind: str, hours: Exact, terms: Sequence[TermLeft]) -> Answer:
    """What the rule says to a task of `kind` (a term's type, or one of Asked) of so many hours.

    Enforcement is refused: it may not be bought, so it may not be asked for either. A type that
    a term names is within the contract as long as the term has the hours left; a term whose hours
    are unknown covers nothing by itself. Everything else is outside: it needs a paid variation or
    a swap of targets.
    """
    if kind == Asked.ENFORCEMENT:
        return Answer(TaskState.REFUSED, Ground.ENFORCEMENT)
    fitting = [term for term in terms if term.type == kind]
    for term in fitting:
        if term.left is not None and exact(hours) <= term.left:
            return Answer(TaskState.IN_SCOPE, Ground.TERM, term.code)
    if fitting:
        return Answer(TaskState.OPEN, Ground.TERM_SPENT, fitting[0].code)
    if kind == Asked.ADMINISTRATIVE:
        return Answer(TaskState.OPEN, Ground.NOT_A_SERVICE)
    return Answer(TaskState.OPEN, Ground.NO_TERM)


def room_fen(amount_fen: int, added_fen: int, limit: Exact) -> int:
    """What may still be added to a contract, in whole fen (finding C04: at most `limit` of it)."""
    return max(int(exact(limit) * amount_fen) - added_fen, 0)


@dataclass(frozen=True)
class Override:
    """Who imposed a task against the rule's answer, in which role (its code), and why."""

    role: str
    name_zh: str
    name_en: str
    reason: str


_IMPOSED = "imposed"
_BETWEEN = " | "


def with_override(summary: str, override: Override) -> str:
    """What was asked for, with a last line that says who imposed it and why.

    The exchange format has no column for that; in the summary it goes wherever the request goes.
    """
    parts = [override.role, override.name_zh, override.name_en]
    plain = [" ".join(part.replace("|", " ").split()) for part in parts]
    line = _BETWEEN.join([_IMPOSED, *plain, " ".join(override.reason.split())])
    return f"{summary}\n{line}"


def without_override(summary: str) -> tuple[str, Override | None]:
    """A summary without that line, and what the line says; None where there is none."""
    before, _, last = summary.rpartition("\n")
    parts = last.split(_BETWEEN, 4)
    if len(parts) < 5 or parts[0] != _IMPOSED:
        return summary, None
    return before, Override(*parts[1:])
