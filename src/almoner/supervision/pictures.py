"""Pictures of findings, each with the table of its figures beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from almoner.findings.definition import Definition
from almoner.parties.queries import Areas
from almoner.supervision.labels import STAGES, title
from almoner.supervision.queries import District, Values
from almoner.web import charts
from almoner.web.format import figure, month, named, percent
from almoner.web.html import escaped

BINS = 12


@dataclass(frozen=True)
class DistrictRow:
    """A district's line of the table; `share` is its total in percent of the largest one."""

    name: str
    code: str
    known: bool
    total: int
    share: int
    numbers: list[tuple[str | Promise, int]]


def districts(found: Sequence[District], tree: Areas) -> list[DistrictRow]:
    """Questions by district and stage, the district with most of them first.

    `numbers` are those of the stages that have any, with their names.
    """
    stages = [stage for stage in STAGES if any(stage in each.numbers for each in found)]
    most = max((each.total for each in found), default=0)
    return [
        DistrictRow(
            name=named(tree.by_code[each.code]) if each.code in tree.by_code else each.code,
            code=each.code,
            known=each.code in tree.by_code,
            total=each.total,
            share=max(1, each.total * 100 // most),
            numbers=[(STAGES[stage], each.numbers.get(stage, 0)) for stage in stages],
        )
        for each in found
    ]


@dataclass(frozen=True)
class Trend:
    """A chart and the figures in it."""

    chart: SafeString
    rows: list[tuple[str, int]]


def trend(months: Sequence[tuple[str, int]]) -> Trend | None:
    """Open questions at the end of each month; None before there is anything to compare."""
    if len(months) < 2:
        return None
    rows = [(month(text), number) for text, number in months]
    chart = charts.bars(
        [(text[5:], number) for text, number in months],
        chart_id="trend",
        title=_("Open questions at the end of each month"),
        desc=_("From %(first)s to %(last)s.") % {"first": rows[0][0], "last": rows[-1][0]},
        unit=_("questions"),
    )
    return Trend(chart, rows)


@dataclass(frozen=True)
class Bin:
    """How many values lie from `low` up to `high`, as texts."""

    low: str
    high: str
    number: int


@dataclass(frozen=True)
class Distribution:
    """The values of a kind: drawn, and as a table."""

    chart: SafeString
    bins: list[Bin]
    limit: str | None


def distribution(entry: Definition, of: Values) -> Distribution | None:
    """How the values of a kind lie, with its limit drawn in; None without values."""
    if not of.found:
        return None
    limit, values = of.limit, of.found
    low, high = min([*values, *_some(limit)]), max([*values, *_some(limit)])
    width = (high - low) / BINS or 1.0
    counts = [0] * BINS
    for value in values:
        counts[min(int((value - low) / width), BINS - 1)] += 1
    edges = [low + width * place for place in range(BINS + 1)]
    text = _texts(entry.unit)
    return Distribution(
        chart=_histogram(entry, counts, [text(edge) for edge in edges], _place(limit, low, width)),
        bins=[
            Bin(text(edges[place]), text(edges[place + 1]), count)
            for place, count in enumerate(counts)
        ],
        limit=None if limit is None else text(limit),
    )


def _some(limit: float | None) -> list[float]:
    return [] if limit is None else [limit]


def _place(limit: float | None, low: float, width: float) -> float | None:
    """Where the limit stands, in widths of a bin from the left."""
    return None if limit is None else (limit - low) / width


def _texts(unit: str) -> Callable[[float], str]:
    """How a value of a unit is written under the chart."""
    if unit == "share":
        return lambda value: percent(Fraction(value).limit_denominator(10**6))
    if unit == "fen":
        return lambda value: f"¥{figure(Fraction(round(value), 100), 0)}"
    return lambda value: figure(Fraction(value).limit_denominator(10**4), 1)


HEIGHT, LEFT, FOOT, TOP = 260, 8, 216, 34


def _histogram(
    entry: Definition, counts: Sequence[int], edges: Sequence[str], limit: float | None
) -> SafeString:
    """Upright bars side by side along the scale of the values, the limit a dashed line."""
    desc = _("Number of findings by value.")

    def drawn(width: int) -> str:
        slot = (width - 2 * LEFT) / len(counts)
        return _bins(counts, edges, slot) + _scale(edges, limit, slot)

    return charts.both(HEIGHT, "values", str(title(entry)), desc, drawn)


def _bins(counts: Sequence[int], edges: Sequence[str], slot: float) -> str:
    """The bars, each `slot` pixels wide, with their numbers."""
    most = max(counts)
    parts = []
    for place, count in enumerate(counts):
        height = (FOOT - TOP) * count / most
        x = LEFT + slot * place
        spoken = _("%(low)s to %(high)s: %(number)s") % {
            "low": edges[place],
            "high": edges[place + 1],
            "number": count,
        }
        parts.append(
            f'<g><title>{escaped(spoken)}</title><rect class="b" x="{x + 1:.1f}"'
            f' y="{FOOT - height:.1f}" width="{slot - 2:.1f}" height="{height:.1f}"/>'
            + (_text(x + slot / 2, FOOT - height - 5, str(count), "middle") if count else "")
            + "</g>"
        )
    return "".join(parts)


def _scale(edges: Sequence[str], limit: float | None, slot: float) -> str:
    """Every third edge under the bars, and the limit across them."""
    last = len(edges) - 1
    parts = []
    for place in range(0, last + 1, 3):
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        parts.append(_text(LEFT + slot * place, FOOT + 18, edges[place], anchor))
    if limit is not None:
        x = LEFT + slot * limit
        parts.append(f'<line class="t" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 14}" y2="{FOOT}"/>')
        parts.append(_text(x + 4, TOP - 18, _("limit"), "start" if limit < last - 1 else "end"))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="lab" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escaped(text)}</text>'
    )
