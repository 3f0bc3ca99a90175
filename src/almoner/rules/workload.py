"""Workload terms: formulas with units whose value is hours, exact and symbolic in what is unknown.

The grammar (the city package's findings catalogue):

    sum     := product (('+' | '-') product)*
    product := factor (('*' | '/') factor)*
    factor  := number [name] | name [name] | '(' sum ')'

- A number is digits, optionally a point and digits; it has no sign, exponent or power.
- `population` is a pure number. A name with a capital letter is an unknown, a pure number too. Only
  after these two may a second name follow. Any other name is a unit of value 1; a plural s is
  ignored. Names are letters, then letters, digits and underscores, of any script.
- A number and the name right after it bind first; * and / go from left to right.
- Units must cancel to hour, and what is added must have the same unit.
- At most 1,000 characters, brackets at most 50 deep.

Definitions that the catalogue leaves open: unknowns may be multiplied with each other and divided
by; the result keeps them as they stand (4 / X). A formula that names an unknown has no value until
one is supplied, also where the unknown would cancel out. Dividing by zero is an error as soon as it
is known to be zero, which may be only when values are supplied.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from almoner.rules.money import Exact, exact
from almoner.rules.symbols import Expression

MAX_CHARACTERS = 1_000
MAX_DEPTH = 50
MAX_NUMBER = 10**1000
"""No formula of 1,000 characters can pass it by itself; large values supplied for unknowns can."""
MAX_VALUE = 10**30
POPULATION = "population"


class WorkloadFault(StrEnum):
    """Why a formula cannot be read; a shell may translate by these codes and the details."""

    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    UNEXPECTED = "unexpected"
    ENDED_EARLY = "ended_early"
    DIVISION_BY_ZERO = "division_by_zero"
    UNITS_DIFFER = "units_differ"
    UNITS_LEFT_OVER = "units_left_over"
    VALUE_REFUSED = "value_refused"
    TOO_LARGE = "too_large"


MESSAGES = {
    WorkloadFault.TOO_LONG: "the formula has {characters:,} characters; {limit:,} are allowed",
    WorkloadFault.TOO_DEEP: "brackets are nested deeper than {limit} at character {position}",
    WorkloadFault.UNEXPECTED: "{expected} is expected at character {position}, not {found}",
    WorkloadFault.ENDED_EARLY: "the formula ends where {expected} is expected",
    WorkloadFault.DIVISION_BY_ZERO: "something is divided by zero",
    WorkloadFault.UNITS_DIFFER: "{left} and {right} cannot be added or subtracted",
    WorkloadFault.UNITS_LEFT_OVER: "the units do not cancel to hour: {sides}",
    WorkloadFault.VALUE_REFUSED: "{name} cannot be set: {reason}",
    WorkloadFault.TOO_LARGE: "the values supplied make a number of more than 1,000 digits",
}
WORDS = {
    "factor": "a number, a name or (",
    "operator": "one of + - * / or the end",
    "operator_or_bracket": "one of + - * / )",
    "not_exact": "a plain number is needed",
    "no_unknown": "only population and names with a capital letter can be set",
    "out_of_range": "a number from 0 to 10 to the 30th is needed, of 30 decimals at most",
}
"""English for the codes that stand in `details` under `expected` and `reason`."""


class WorkloadError(ValueError):
    """A formula that cannot be read: `code`, `details` for a translation, and a message."""

    def __init__(self, code: WorkloadFault, **details: str | int) -> None:
        self.code = code
        self.details = details
        words = dict(details)
        for key in ("expected", "reason"):
            if key in details:
                words[key] = WORDS[str(details[key])]
        sides = [
            f"{details[side]} is left over in the {side}"
            for side in ("numerator", "denominator")
            if details.get(side)
        ]
        if details.get("hour") == "missing":
            sides.insert(0, "hour is missing in the numerator")
        super().__init__(MESSAGES[code].format(**words, sides="; ".join(sides)))


@dataclass(frozen=True)
class Workload:
    """What a formula comes to in hours, and the unknowns that it names and nobody supplied."""

    expression: Expression
    unknowns: tuple[str, ...]

    @property
    def hours(self) -> Fraction | None:
        """The exact value; None while an unknown has none."""
        return None if self.unknowns else self.expression.constant

    def __str__(self) -> str:
        return str(self.expression)


def evaluate(formula: str, values: Mapping[str, Exact] | None = None) -> Workload:
    """Read a formula and work it out in hours.

    `values` supplies unknowns and `population`: exact, not negative, and of ordinary size. Any
    fault raises WorkloadError, and nothing else is raised for any text.
    """
    if len(formula) > MAX_CHARACTERS:
        raise WorkloadError(WorkloadFault.TOO_LONG, characters=len(formula), limit=MAX_CHARACTERS)
    reader = _Reader(formula, _checked(values or {}))
    quantity = reader.whole()
    _require_hours(quantity.units)
    return Workload(quantity.number, tuple(reader.unknowns))


def total(workloads: Iterable[Workload]) -> Workload:
    """The sum of several terms; what is unknown stays symbolic."""
    expression = Expression({})
    unknowns: dict[str, None] = {}
    for workload in workloads:
        expression += workload.expression
        unknowns |= dict.fromkeys(workload.unknowns)
    return Workload(expression, tuple(unknowns))


def names_unknown(name: str) -> bool:
    """Whether a value can be supplied for a name: `population`, or one with a capital letter."""
    return name == POPULATION or any(letter.isupper() for letter in name)


def _checked(values: Mapping[str, Exact]) -> dict[str, Fraction]:
    checked = {}
    for name, value in values.items():
        reason = None
        try:
            number = exact(value)
        except (TypeError, ValueError):
            reason = "not_exact"
        else:
            if not names_unknown(name):
                reason = "no_unknown"
            elif number < 0 or max(number.numerator, number.denominator) > MAX_VALUE:
                reason = "out_of_range"
        if reason:
            raise WorkloadError(WorkloadFault.VALUE_REFUSED, name=name, reason=reason)
        checked[name] = number
    return checked


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/()])|(?P<other>\S))"
)


def _tokens(formula: str) -> Iterator[_Token]:
    for match in TOKEN.finditer(formula):
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind) + 1)


@dataclass(frozen=True)
class _Quantity:
    """A number with units and their powers; a power of 0 may stand among them."""

    number: Expression
    units: Mapping[str, int]

    def times(self, other: "_Quantity", power: int) -> "_Quantity":
        """Multiplied (power 1) or divided (power -1) by the other."""
        try:
            factor = other.number if power > 0 else other.number.inverse()
        except ZeroDivisionError:
            raise WorkloadError(WorkloadFault.DIVISION_BY_ZERO) from None
        units = Counter(self.units)
        for unit, exponent in other.units.items():
            units[unit] += power * exponent
        return _Quantity(_of_ordinary_size(self.number * factor), units)

    def plus(self, other: "_Quantity", sign: int) -> "_Quantity":
        """The other added (sign 1) or subtracted (sign -1)."""
        left, right = _unit_text(self.units), _unit_text(other.units)
        if left != right:
            raise WorkloadError(WorkloadFault.UNITS_DIFFER, left=left, right=right)
        term = other.number if sign > 0 else -other.number
        return _Quantity(_of_ordinary_size(self.number + term), self.units)


class _Reader:
    """Reads by the grammar, one method a rule. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, formula: str, values: Mapping[str, Fraction]) -> None:
        self.tokens = list(_tokens(formula))
        self.place = 0
        self.values = values
        self.unknowns: dict[str, None] = {}

    def whole(self) -> _Quantity:
        quantity = self.sum(0)
        if self.place < len(self.tokens):
            raise self.fault("operator")
        return quantity

    def sum(self, depth: int) -> _Quantity:
        quantity = self.product(depth)
        while sign := self.taken("+", "-"):
            quantity = quantity.plus(self.product(depth), 1 if sign == "+" else -1)
        return quantity

    def product(self, depth: int) -> _Quantity:
        quantity = self.factor(depth)
        while sign := self.taken("*", "/"):
            quantity = quantity.times(self.factor(depth), 1 if sign == "*" else -1)
        return quantity

    def factor(self, depth: int) -> _Quantity:
        if number := self.taken_kind("number"):
            quantity = _Quantity(Expression.number(Fraction(number)), {})
            name = self.taken_kind("name")
            return quantity.times(self.named(name), 1) if name else quantity
        if name := self.taken_kind("name"):
            quantity = self.named(name)
            second = self.taken_kind("name") if names_unknown(name) else ""
            return quantity.times(self.named(second), 1) if second else quantity
        if self.taken("("):
            if depth == MAX_DEPTH:
                position = self.tokens[self.place - 1].position
                raise WorkloadError(WorkloadFault.TOO_DEEP, limit=MAX_DEPTH, position=position)
            quantity = self.sum(depth + 1)
            if not self.taken(")"):
                raise self.fault("operator_or_bracket")
            return quantity
        raise self.fault("factor")

    def named(self, name: str) -> _Quantity:
        if not names_unknown(name):
            unit = name[:-1] if name.endswith("s") and len(name) > 1 else name
            return _Quantity(Expression.number(Fraction(1)), {unit: 1})
        if name in self.values:
            return _Quantity(Expression.number(self.values[name]), {})
        self.unknowns[name] = None
        return _Quantity(Expression.unknown(name), {})

    def taken(self, *signs: str) -> str:
        """The next token where it is one of the signs, otherwise nothing."""
        return self.taken_kind("sign", signs)

    def taken_kind(self, kind: str, texts: tuple[str, ...] = ()) -> str:
        if self.place == len(self.tokens):
            return ""
        token = self.tokens[self.place]
        if token.kind != kind or (texts and token.text not in texts):
            return ""
        self.place += 1
        return token.text

    def fault(self, expected: str) -> WorkloadError:
        if self.place == len(self.tokens):
            return WorkloadError(WorkloadFault.ENDED_EARLY, expected=expected)
        token = self.tokens[self.place]
        found = token.text if len(token.text) <= 30 else f"{token.text[:30]}..."
        return WorkloadError(
            WorkloadFault.UNEXPECTED, expected=expected, found=repr(found), position=token.position
        )


def _of_ordinary_size(expression: Expression) -> Expression:
    for number in expression.terms.values():
        if max(abs(number.numerator), number.denominator) > MAX_NUMBER:
            raise WorkloadError(WorkloadFault.TOO_LARGE)
    return expression


def _unit_text(units: Mapping[str, int]) -> str:
    above = [unit for unit in sorted(units) for _ in range(units[unit])]
    below = [unit for unit in sorted(units) for _ in range(-units[unit])]
    return "/".join(["*".join(above) or ("1" if below else "a pure number"), *below])


def _require_hours(units: Mapping[str, int]) -> None:
    left_over = Counter(units)
    missing = not left_over["hour"]
    if left_over["hour"] > 0:
        left_over["hour"] -= 1
    above = ", ".join(unit for unit in sorted(left_over) if left_over[unit] > 0)
    below = ", ".join(unit for unit in sorted(left_over) if left_over[unit] < 0)
    if missing or above or below:
        raise WorkloadError(
            WorkloadFault.UNITS_LEFT_OVER,
            numerator=above,
            denominator=below,
            hour="missing" if missing else "given",
        )
