"""Money in whole fen (CNY 1 = 100 fen): one rounding, shares that add up, sharing schedules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

EXACT_TYPES = (int, Decimal, Fraction)
Exact = int | Decimal | Fraction

LARGEST_FEN = 2**63 - 1
"""Amounts are stored in 64 bits."""


def exact(value: Exact) -> Fraction:
    """The value as a fraction. Binary floats are refused: they are not exact (TypeError)."""
    if type(value) is Fraction:
        return value
    if isinstance(value, bool) or not isinstance(value, EXACT_TYPES):
        raise TypeError(f"an exact number (int, Decimal, Fraction) is needed, not {value!r}")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 100):
        raise ValueError(f"{value} is not a number of ordinary size")
    return Fraction(value)


def round_half_away(value: Exact) -> int:
    """The one rounding of the platform: to the nearest whole number, halves away from zero.

    2.5 gives 3 and -2.5 gives -3, as in commerce and in the Chinese 四舍五入.
    """
    return rounded_ratio(*exact(value).as_integer_ratio())


def rounded_ratio(numerator: int, denominator: int) -> int:
    """The same for a numerator and a denominator above zero, which need have no lowest terms."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def share(total_fen: int, weights: Sequence[Exact]) -> list[int]:
    """Divide an amount in proportion to the weights; the parts add up to it to the fen.

    Largest remainder: every part is rounded down, then the fen that are left go one each to the
    parts that lost most, on a tie to the earlier one. A negative amount (a reduction) is divided
    as its positive counterpart and given the sign back. Weights that are negative, or all zero,
    raise ValueError.
    """
    exact_weights = [exact(weight) for weight in weights]
    whole = sum(exact_weights)
    if any(weight < 0 for weight in exact_weights) or whole <= 0:
        raise ValueError("weights must not be negative, and at least one must be above zero")
    if total_fen < 0:
        return [-part for part in share(-total_fen, weights)]
    ideal = [total_fen * weight / whole for weight in exact_weights]
    parts = [amount.__floor__() for amount in ideal]
    by_loss = sorted(range(len(parts)), key=lambda place: parts[place] - ideal[place])
    for place in by_loss[: total_fen - sum(parts)]:
        parts[place] += 1
    return parts


@dataclass(frozen=True)
class SharingSchedule:
    """Who carries which share of a cost (central, province, city, district) from a date on.

    The ratios are exact and sum to 1; 0.6 is Decimal("0.6") or Fraction(3, 5).
    """

    holds_from: date
    ratios: tuple[tuple[str, Exact], ...]

    def __post_init__(self) -> None:
        parties = [party for party, _ in self.ratios]
        ratios = [exact(ratio) for _, ratio in self.ratios]
        if len(set(parties)) != len(parties):
            raise ValueError(f"a party is named twice: {', '.join(parties)}")
        if any(ratio < 0 for ratio in ratios):
            raise ValueError("a party's ratio must not be negative")
        if sum(ratios) != 1:
            raise ValueError(f"the ratios must sum to 1, these sum to {sum(ratios)}")

    def split(self, amount_fen: int) -> dict[str, int]:
        """Fen for each party, in the order of the schedule, adding up to the amount."""
        parts = share(amount_fen, [ratio for _, ratio in self.ratios])
        return {party: part for (party, _), part in zip(self.ratios, parts, strict=True)}


def schedule_on(schedules: Iterable[SharingSchedule], day: date) -> SharingSchedule:
    """The schedule in force on a day: the one that began last on or before it.

    LookupError where none had begun, ValueError where two began on that same day.
    """
    begun = [schedule for schedule in schedules if schedule.holds_from <= day]
    if not begun:
        raise LookupError(f"no sharing schedule was in force on {day}")
    latest = max(schedule.holds_from for schedule in begun)
    in_force = [schedule for schedule in begun if schedule.holds_from == latest]
    if len(in_force) > 1:
        raise ValueError(f"two sharing schedules begin on {latest}; keep one")
    return in_force[0]


def yuan_to_fen(yuan: Decimal | str) -> int:
    """Exact fen of an amount in yuan such as "94.03"; ValueError where it has part of a fen."""
    try:
        amount = exact(Decimal(yuan)) * 100
    except InvalidOperation:
        raise ValueError(f"{yuan!r} is not an amount in yuan, such as 94.03") from None
    if amount.denominator != 1:
        raise ValueError(f"{yuan} yuan has part of a fen; give two decimals at most")
    return _in_range(amount.numerator)


def fen_to_yuan(fen: int) -> Decimal:
    """Exact yuan with two decimals: 9403 gives Decimal("94.03")."""
    return Decimal(_in_range(fen)).scaleb(-2)


def _in_range(fen: int) -> int:
    if abs(fen) > LARGEST_FEN:
        raise ValueError(f"an amount may be {LARGEST_FEN:,} fen at most")
    return fen
