"""Exact sums of products of unknowns, such as 22,276.8 + X + 0.005 population.

Sums are never multiplied out against each other: (X + 1) * (Y + 1) keeps its brackets as one
factor, and so does a sum that is divided by. The size of a result therefore grows only in step with
what was written, and dividing by an unknown needs no algebra.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Monomial = tuple[tuple[str, int], ...]
"""Factors with their powers, in the order of their text: an unknown or a sum in brackets."""


def number_text(value: Fraction) -> str:
    """A number in full, 22,276.8; one without a finite decimal as a fraction, 10/3."""
    rest = value.denominator
    powers = {2: 0, 5: 0}
    for prime in powers:
        while rest % prime == 0:
            rest //= prime
            powers[prime] += 1
    if rest != 1:
        return f"{value.numerator:,}/{value.denominator:,}"
    places = max(powers.values())
    whole, part = divmod(int(abs(value) * 10**places), 10**places)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}" + (f".{part:0{places}}" if places else "")


@dataclass(frozen=True)
class Expression:
    """A sum: its terms without zeros, in the order in which they appeared."""

    terms: Mapping[Monomial, Fraction]

    @classmethod
    def number(cls, value: Fraction) -> "Expression":
        return cls({(): value} if value else {})

    @classmethod
    def unknown(cls, name: str) -> "Expression":
        return cls({((name, 1),): Fraction(1)})

    @property
    def constant(self) -> Fraction | None:
        """The value of an expression in which no unknown is left, otherwise None."""
        return None if any(self.terms) else self.terms.get((), Fraction(0))

    def __add__(self, other: "Expression") -> "Expression":
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
        return Expression({monomial: number for monomial, number in terms.items() if number})

    def __neg__(self) -> "Expression":
        return Expression({monomial: -number for monomial, number in self.terms.items()})

    def __mul__(self, other: "Expression") -> "Expression":
        left, right = self, other
        if not (left._spreads_over(right) or right._spreads_over(left)):
            left, right = left._as_one_term(), right._as_one_term()
        product = Expression({})
        for one, first in left.terms.items():
            for two, second in right.terms.items():
                product += Expression({_joined(one, two): first * second})
        return product

    def inverse(self) -> "Expression":
        """One over the expression; ZeroDivisionError where it is zero."""
        if not self.terms:
            raise ZeroDivisionError
        [(monomial, number)] = self._as_one_term().terms.items()
        return Expression({tuple((name, -power) for name, power in monomial): 1 / number})

    def _spreads_over(self, other: "Expression") -> bool:
        """Whether it is one term of bare unknowns, or both are one term, or one is nothing."""
        if not self.terms or (len(self.terms) == 1 == len(other.terms)):
            return True
        return len(self.terms) == 1 and not any(
            _is_sum(name) for (name, _) in next(iter(self.terms))
        )

    def _as_one_term(self) -> "Expression":
        return self if len(self.terms) < 2 else Expression.unknown(f"({self})")

    def __str__(self) -> str:
        """For people: the number first, then the other terms as they appeared."""
        ordered = sorted(self.terms.items(), key=lambda term: term[0] != ())
        text = ""
        for monomial, number in ordered:
            if text:
                text += " - " if number < 0 else " + "
            elif number < 0:
                text = "-"
            text += _term_text(monomial, abs(number))
        return text or "0"


def _is_sum(factor: str) -> bool:
    return factor.startswith("(")


def _joined(one: Monomial, two: Monomial) -> Monomial:
    powers = dict(one)
    for name, power in two:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _term_text(monomial: Monomial, number: Fraction) -> str:
    above = [name for name, power in monomial for _ in range(power)]
    below = [name for name, power in monomial for _ in range(-power)]
    coefficient = number_text(number)
    if not above:
        text = coefficient
    elif number == 1:
        text = " * ".join(above)
    else:
        # "1/3 X" would read as one over 3 X.
        close = "/" not in coefficient and not _is_sum(above[0])
        text = coefficient + (" " if close else " * ") + " * ".join(above)
    return " / ".join([text, *below])
