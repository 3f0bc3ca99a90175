"""Pictures of findings, each with the table of its figures beside it."""

from collections.abc import Sequence
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
from almoner.web.format import figure, month, named, yuan
from almoner.web.html import escaped
from almoner.web.unit_labels import UNITS

BINS = 12
PLACES, FEW = 6, 4  # decimals
YUAN = 100  # fen


@dataclass(frozen=True)
class DistrictRow:
    """A district's line of the table; `share` is its total in percent of the largest one.

    `listed`: the filter of the list of questions has it, and finds just as many.
    """

    name: str
    code: str
    listed: bool
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
            name=_place(each.code, tree),
            code=each.code,
            listed=each.code in tree.by_code
            and tree.by_code[each.code].level == "district"
            and bool(tree.children(each.code)),
            total=each.total,
            share=max(1, each.total * 100 // most),
            numbers=[(STAGES[stage], each.numbers.get(stage, 0)) for stage in stages],
        )
        for each in found
    ]


def _place(code: str, tree: Areas) -> str:
    if not code:
        return _("No one place")
    return named(tree.by_code[code]) if code in tree.by_code else code


@dataclass(frozen=True)
class Trend:
    """A chart and the figures in it."""

    chart: SafeString
    rows: list[tuple[str, int]]


def trend(months: Sequence[tuple[str, int]]) -> Trend | None:
    """Questions by the month of what they ask about; None where there is nothing to compare."""
    if len(months) < 2:
        return None
    rows = [(month(text), number) for text, number in months]
    chart = charts.bars(
        months,
        chart_id="trend",
        title=_("Questions by the month of what they ask about"),
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
    """The values of a kind: drawn, and as a table; `unit` where no value is written with it."""

    unit: str | Promise
    chart: SafeString
    bins: list[Bin]
    limits: list[str]


def distribution(entry: Definition, of: Values) -> Distribution | None:
    """How the values of a kind lie, with its limits drawn in; None without values."""
    if not of.found:
        return None
    known = [*of.found, *of.limits]
    low, high = min(known), max(known)
    width = (high - low) / BINS or 1.0
    counts = [0] * BINS
    for value in of.found:
        counts[min(int((value - low) / width), BINS - 1)] += 1
    edges = _edges(entry.unit, [low + width * place for place in range(BINS + 1)])
    places = [(limit - low) / width for limit in of.limits]
    return Distribution(
        unit="" if entry.unit in _WITH_VALUES else UNITS[entry.unit],
        chart=_histogram(entry, counts, edges, places),
        bins=[Bin(edges[place], edges[place + 1], count) for place, count in enumerate(counts)],
        limits=[_exact(entry.unit, limit) for limit in of.limits],
    )


_WITH_VALUES = ("", "count", "fen", "share")


def _edges(unit: str, values: Sequence[float]) -> list[str]:
    """Evenly spaced values, written to a tenth of their distance or better."""
    distance = abs(_number(unit, values[1]) - _number(unit, values[0]))
    places = [n for n in range(PLACES) if 10 * Fraction(1, 10**n) <= distance]
    if unit == "fen" and distance >= 10 * YUAN:
        values = [round(value / YUAN) * YUAN for value in values]
    return [_written(unit, value, min(places, default=PLACES)) for value in values]


def _exact(unit: str, value: float) -> str:
    """A value with all of its decimals, where these are few; else with one."""
    number = _number(unit, value)
    places = [n for n in range(FEW) if round(number, n) == number]
    return _written(unit, value, min(places, default=1))


def _number(unit: str, value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**PLACES) * (100 if unit == "share" else 1)


def _written(unit: str, value: float, places: int) -> str:
    if unit == "fen":
        return yuan(round(value))
    return figure(_number(unit, value), places) + ("%" if unit == "share" else "")


HEIGHT, LEFT, FOOT, TOP, GAP = 260, 8, 216, 34, 8
STEPS = 3, 4, 6  # into which BINS can be parted


def _histogram(
    entry: Definition, counts: Sequence[int], edges: Sequence[str], limits: Sequence[float]
) -> SafeString:
    """Upright bars side by side along the scale of the values, the limits dashed lines."""
    desc = _("Number of findings by value.")

    def drawn(width: int) -> str:
        slot = (width - 2 * LEFT) / len(counts)
        return _bins(counts, edges, slot) + _scale(edges, limits, slot)

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


def _scale(edges: Sequence[str], limits: Sequence[float], slot: float) -> str:
    """Edges under the bars, none upon another, and the limits across, in widths from the left."""
    last = len(edges) - 1
    # The first and the last stand wholly within the drawing, so half a text nearer to the next.
    room = 1.5 * max(map(charts.text_width, edges)) + GAP
    every = next((n for n in STEPS if n * slot >= room), last)
    parts = []
    for place in range(0, last + 1, every):
        anchor = "start" if place == 0 else "end" if place == last else "middle"
        parts.append(_text(LEFT + slot * place, FOOT + 18, edges[place], anchor))
    for limit in limits:
        x = LEFT + slot * limit
        parts.append(f'<line class="t" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 14}" y2="{FOOT}"/>')
        parts.append(_text(x + 4, TOP - 18, _("limit"), "start" if limit < last - 1 else "end"))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="lab" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escaped(text)}</text>'
    )
