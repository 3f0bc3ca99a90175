"""Intervals drawn on the server, each with its figures beside it in words and in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.safestring import SafeString, mark_safe

from almoner.web.charts import both, nice_step
from almoner.web.format import figure
from almoner.web.html import escaped

ROW, ABOVE, FOOT, SIDE = 46, 8, 26, 14


@dataclass(frozen=True)
class Interval:
    """A line of a drawing; `mark` is a hollow mark beside the dot, where there is one."""

    label: str
    spoken: str
    value: float
    low: float
    high: float
    mark: float | None = None


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, a gridline at each of `ticks`, a dashed one at each of `limits`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    limits: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value stands, from 0 on the left to 1 on the right."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def around_zero(rows: Sequence[Interval]) -> Axis:
    """An axis as long to the left of 0 as to the right, that holds every interval."""
    widest = max(max(abs(row.low), abs(row.high)) for row in rows)
    step = float(nice_step(Fraction(widest).limit_denominator(10**6) * 2))
    return Axis(-2 * step, 2 * step, tuple(step * n for n in range(-2, 3)), (0.0,))


def of_scores(low: float, limits: Sequence[float]) -> Axis:
    """From a round score up to 100, with the limits of the grades."""
    return Axis(low, 100.0, tuple(float(n) for n in range(int(low), 101, 10)), tuple(limits))


def bar(low: float, high: float, value: float, *, axis: tuple[float, float]) -> SafeString:
    """The interval of a score in a line of a list, on the same axis in every line."""
    scale = Axis(*axis, (), ())
    left, right, at = (100 * scale.share(each) for each in (low, high, value))
    return mark_safe(  # noqa: S308 - numbers only
        f'<svg class="bar" aria-hidden="true"><rect x="{left:.1f}%" width="{right - left:.1f}%"'
        f' height="100%"/><rect class="at" x="{at - 1:.1f}%" width="2%" height="100%"/></svg>'
    )


def intervals(
    rows: Sequence[Interval], axis: Axis, *, chart_id: str, title: str, desc: str
) -> SafeString:
    """Intervals under one another, for a wide and a narrow screen (the stylesheet shows one)."""
    height = ABOVE + ROW * len(rows) + FOOT
    return both(height, chart_id, title, desc, lambda width: _drawing(rows, axis, width, height))


def _drawing(rows: Sequence[Interval], axis: Axis, width: int, height: int) -> str:
    foot = height - FOOT

    def x(value: float) -> float:
        return SIDE + (width - 2 * SIDE) * axis.share(value)

    parts = [_line(x(tick), foot, "g") + _tick(x(tick), foot, tick) for tick in axis.ticks]
    parts += [_line(x(limit), foot, "t") for limit in axis.limits]
    for place, row in enumerate(rows):
        top = ABOVE + ROW * place
        middle = top + 30
        mark = ""
        if row.mark is not None:
            mark = f'<circle class="raw" cx="{x(row.mark):.1f}" cy="{middle}" r="5"/>'
        left, right = x(row.low), x(row.high)
        parts.append(
            f"<g><title>{escaped(row.spoken)}</title>"
            f'<text class="lab over" x="{SIDE}" y="{top + 14}">{escaped(row.label)}</text>'
            f'<rect class="b" x="{left:.1f}" y="{middle - 5}" width="{right - left:.1f}"'
            f' height="10"/>{mark}<circle class="dot" cx="{x(row.value):.1f}" cy="{middle}" r="5"/>'
            "</g>"
        )
    return "".join(parts)


def _line(x: float, foot: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{ABOVE}" y2="{foot}"/>'


def _tick(x: float, foot: float, value: float) -> str:
    return f'<text x="{x:.1f}" y="{foot + 18}" text-anchor="middle">{escaped(figure(value))}</text>'
