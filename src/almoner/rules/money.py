"""Money in whole fen (CNY 1 = 100 fen): one rounding, shares that add up, sharing schedules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from almoner.rules.refusal import Refused

EXACT_TYPES = (int, Decimal, Fraction)
Exact = int | Decimal | Fraction

LARGEST_FEN = 10**14
"""A trillion yuan, beyond all money here: 90,000 such amounts still add up in 64 bits."""


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


_RATIO = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?[%％]?|(\d{1,9}) ?[/／] ?(\d{1,9})", re.ASCII)


def ratio_of(text: str) -> Fraction:
    """A share as people write it: "50", "33.3 %" and "50％" are percent, "1/3" is a fraction.

    ValueError where it is neither, or has a zero below the stroke.
    """
    found = _RATIO.fullmatch(text.strip())
    if found is None or (found[3] and not int(found[3])):
        raise ValueError(f"{text!r} is no share such as 50, 33.3 % or 1/3")
    if found[1]:
        return Fraction(found[1]) / 100
    return Fraction(int(found[2]), int(found[3]))


def tranches(total_fen: int, years: int, ratios: Sequence[Fraction]) -> list[list[int]]:
    """What each line of a sharing schedule pays in each of so many years, to the fen.

    The years are equal (earlier ones take the fen that is left over), and each is shared by the
    ratios. Refused shares_do_not_add_up with their `sum` in percent, unless they make 100 %.
    """
    whole = sum(ratios, Fraction(0))
    if whole != 1 or any(ratio <= 0 for ratio in ratios):
        raise Refused("shares_do_not_add_up", sum=percent_text(whole))
    return [share(of_year, ratios) for of_year in share(total_fen, [1] * years)]


def percent_text(ratio: Fraction) -> str:
    """A share in percent, four decimals at most; as a fraction where that would look whole."""
    rounded = Decimal(round_half_away(ratio * 1_000_000)).scaleb(-4)
    if rounded == rounded.to_integral_value() and exact(rounded) != ratio * 100:
        return str(ratio * 100)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".")


def drawn(amount_fen: int, commitments: Sequence[tuple[int, int]]) -> list[int]:
    """How much of each commitment (fiscal year, fen) a contract's money of `amount_fen` used up.

    The earliest fiscal year is used first, the commitments of one year in proportion to their
    amounts. What goes beyond all of them is left out.
    """
    used = [0] * len(commitments)
    for year in sorted({year for year, _ in commitments}):
        places = [at for at, (of, fen) in enumerate(commitments) if of == year and fen > 0]
        amounts = [commitments[at][1] for at in places]
        now = min(amount_fen, sum(amounts))
        if now > 0:
            for at, part in zip(places, share(now, amounts), strict=True):
                used[at] = part
            amount_fen -= now
    return used


def yuan_to_fen(yuan: Decimal | str) -> int:
    """Exact fen of an amount in yuan such as "94.03".

    ValueError where it has part of a fen, or is beyond LARGEST_FEN.
    """
    try:
        amount = exact(Decimal(yuan)) * 100
    except InvalidOperation:
        raise ValueError(f"{yuan!r} is not an amount in yuan, such as 94.03") from None
    if amount.denominator != 1:
        raise ValueError(f"{yuan} yuan has part of a fen; give two decimals at most")
    if abs(amount) > LARGEST_FEN:
        raise ValueError(f"an amount may be {LARGEST_FEN:,} fen at most")
    return amount.numerator


def fen_to_yuan(fen: int) -> Decimal:
    """Exact yuan with two decimals: 9403 gives Decimal("94.03")."""
    return Decimal(fen).scaleb(-2)


def yuan_digits(fen: int) -> str:
    """An amount in grouped digits that both languages read: 200000000 is "2,000,000.00"."""
    return f"{fen_to_yuan(fen):,}"
