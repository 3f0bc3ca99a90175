"""Quartiles and fences, as Cardinal works them out."""

from collections.abc import Sequence
from fractions import Fraction


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of a sorted sample, not empty: Hyndman and Fan's eighth kind, as Cardinal has."""
    rank = (len(ordered) + 1 / 3) * share + 1 / 3
    below = int(rank)
    if below <= 0 or share == 0:
        return ordered[0]
    if below >= len(ordered) or share == 1:
        return ordered[-1]
    low, high = ordered[below - 1], ordered[below]
    return low + (rank - below) * (high - low)


def beyond(quartile: float, spread: float, times: float) -> float:
    """The quartile and so many times the spread, rounded once: the fence where ties are decided."""
    return float(Fraction(quartile) + Fraction(spread) * Fraction(times))
