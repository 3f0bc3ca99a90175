"""The table that `make bench` prints."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure beside its target: a ratio to reach, or (`at_most`) a size to stay within."""

    name: str
    value: float
    target: float
    detail: str
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the target is reached; exactly at it counts."""
        return self.value <= self.target if self.at_most else self.value >= self.target


HEADING = f"{'':<48} {'':>8} {'target':>10}"


def text(line: Line) -> str:
    """A line of the table."""
    sign, word = "<=" if line.at_most else ">=", "reached" if line.reached else "not reached"
    unit = " MB" if line.at_most else ""
    value = f"{line.value:.0f}{unit}" if line.at_most else f"{line.value:.3f}"
    target = f"{sign} {line.target:g}{unit}"
    return f"{line.name:<48} {value:>8} {target:>10}  {word:<12} {line.detail}"


def median(rounds: Sequence[dict[str, float]], what: str) -> float:
    """The median of one of the things measured."""
    return statistics.median(found[what] for found in rounds)
