"""Charts drawn on the server: SVG and plain HTML without scripts, the same bytes for the same data.

Every chart stands before the table of its figures (in <details>): it is never the only way to them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from unicodedata import east_asian_width

from django.utils.safestring import SafeString, mark_safe

from almoner.web.format import Number, figure, number, unknown
from almoner.web.html import escaped
from almoner.web.language import gettext as _

Series = Sequence[tuple[str, Number | None]]

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
_NICE = (1, Fraction(3, 2), 2, Fraction(5, 2), 3, 4, 5, 6, 8, 10)
_DIGIT_WIDTH, _WIDE_LETTER_WIDTH, _GAP = 7, 12, 8


@dataclass(frozen=True)
class _Frame:
    """The size of a drawing, and how much room there is above and below its bars."""

    name: str
    width: int
    height: int
    above: int = 40
    below: int = 34


_FRAMES = (_Frame("wide", 720, 280), _Frame("narrow", 340, 240))


@dataclass(frozen=True)
class Tile:
    """One place of a tile grid: `level` 0 (nothing, or unknown) to 4 (most) gives its shade."""

    label: str
    value: str
    level: int
    url: str | None = None
    note: str = ""


@dataclass(frozen=True)
class _Bar:
    """One bar of any drawing, its texts as HTML. Without a value it is a gap."""

    label: str
    spoken: str
    value: float | None
    figure: str
    low: bool
    extreme: bool


@dataclass(frozen=True)
class _Bars:
    """What is to be drawn, whatever the frame: exact figures as HTML, places as floats.

    Widths are those of the widest label of a bar and of a gridline, and of the target's label.
    """

    bars: list[_Bar]
    label_width: int
    ticks: list[tuple[float, str]]
    tick_width: int
    unit: str
    goal: float | None
    goal_label: str
    goal_width: int


@dataclass(frozen=True)
class _Plot:
    """Where values stand: the corners of the field of bars, and the value of its top gridline."""

    left: float
    right: float
    above: float
    foot: float
    top: float

    def y(self, value: float) -> float:
        return self.foot - value / self.top * (self.foot - self.above)


def bars(
    series: Series,
    *,
    chart_id: str,
    title: str,
    desc: str,
    unit: str,
    target: Number | None = None,
    target_label: str = "",
    low_below_target: bool = True,
) -> SafeString:
    """Upright bars, one a label, for a wide and for a narrow screen (the stylesheet shows one).

    Values are zero or more (ValueError below); None leaves a gap marked "?". The highest and the
    lowest carry their figure. With a target comes a dashed line, and bars below it are marked low.
    `chart_id` must be unique on its page.
    """
    goal = None if target is None else number(target)
    values = [None if value is None else number(value) for _label, value in series]
    sizes = [None if value is None else float(value) for value in values]
    given = [size for size in sizes if size is not None]
    line = 0.0 if goal is None else float(goal)
    if min([*given, line]) < 0:
        raise ValueError("a bar chart shows values of zero or more")
    low = line if low_below_target else 0.0
    extremes = {sizes.index(max(given)), sizes.index(min(given))} if given else set()
    ticks = _ticks([value for value in (*values, goal) if value is not None])
    unit = _escape(unit)
    chart = _Bars(
        bars=[
            _bar_of(label, value, size, unit, low, place in extremes)
            for place, ((label, _value), value, size) in enumerate(
                zip(series, values, sizes, strict=True)
            )
        ],
        label_width=max([text_width(label) for label, _value in series], default=0),
        ticks=ticks,
        tick_width=max([text_width(label) for _value, label in ticks]),
        unit=unit,
        goal=None if goal is None else line,
        goal_label=_escape(target_label),
        goal_width=text_width(target_label),
    )
    drawings = (
        svg(
            frame.name,
            (frame.width, frame.height),
            chart_id,
            title,
            desc,
            _drawing(chart, frame),
        )
        for frame in _FRAMES
    )
    return mark_safe("".join(drawings))  # noqa: S308 - every text in it passed _escape


def tiles(cells: Sequence[Tile], *, chart_id: str, title: str, desc: str) -> SafeString:
    """Places as equal tiles, in the order given, shaded by level: a scheme, and it says so.

    Plain HTML rather than SVG, so that it reflows on a phone and its links are ordinary links.
    """
    heading, note = f"{_checked(chart_id)}-title", f"{chart_id}-desc"
    scheme = _("Schematic, not a map.")
    return mark_safe(  # noqa: S308 - every text in it passed _escape
        f'<figure aria-labelledby="{heading}" aria-describedby="{note}">'
        f'<figcaption id="{heading}">{_escape(title)}</figcaption>'
        f'<p class="small muted" id="{note}">{_escape(desc)} {scheme}</p>'
        f'<ul class="tiles" role="list">{"".join(map(_tile, cells))}</ul></figure>'
    )


def _drawing(chart: _Bars, frame: _Frame) -> str:
    """The bars in one frame, with gridlines behind them and the target before them."""
    left, foot = _GAP + chart.tick_width, frame.height - frame.below
    plot = _Plot(left, frame.width, frame.above, foot, chart.ticks[-1][0])
    parts = [_text(0, 14, chart.unit)]
    parts += [_tick(value, label, plot) for value, label in chart.ticks]
    slot = (plot.right - plot.left) / max(len(chart.bars), 1)
    every = max(1, ceil((chart.label_width + _GAP) / slot))  # or labels run into one another
    for place, bar in enumerate(chart.bars):
        middle = plot.left + slot * (place + 0.5)
        classes = ' class="on"' if bar.extreme else ""
        drawn = _bar(bar, middle, slot * 0.68, plot)
        cut_off = middle + chart.label_width / 2 > plot.right
        if place % every == 0 and (place == 0 or not cut_off):
            drawn += _text(middle, plot.foot + 20, bar.label, "lab", "middle")
        parts.append(f"<g{classes}><title>{bar.spoken}</title>{drawn}</g>")
    if chart.goal is not None:
        parts.append(_target_line(chart.goal, chart.goal_label, chart.goal_width, plot))
    return "".join(parts)


def nice_step(highest: Fraction) -> Fraction:
    """The distance of gridlines of which four reach `highest`: a round number times 10^n."""
    least = highest / 4
    if least <= 0:
        return Fraction(1)
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 < least:
        power *= 10
    return next(power * nice for nice in _NICE if power * nice >= least)


def text_width(text: str) -> int:
    """About how many units of the drawing a text of 12 px takes."""
    if text.isascii():
        return len(text) * _DIGIT_WIDTH
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return wide * _WIDE_LETTER_WIDTH + (len(text) - wide) * _DIGIT_WIDTH


def _bar_of(
    label: str, value: Fraction | None, size: float | None, unit: str, low: float, extreme: bool
) -> _Bar:
    written = _escape(label)
    if value is None or size is None:
        return _Bar(written, f"{written}: {_escape(unknown())}", None, "?", False, False)
    exact = figure(value)
    return _Bar(written, f"{written}: {exact} {unit}", size, exact, size < low, extreme)


def _bar(bar: _Bar, middle: float, width: float, plot: _Plot) -> str:
    if bar.value is None:
        return _text(middle, plot.foot - 6, bar.figure, "", "middle")
    y = plot.y(bar.value)
    half = text_width(bar.figure) / 2
    beside_axis = min(max(middle, plot.left + half), plot.right - half)
    return (
        f'<rect class="b{" lo" if bar.low else ""}" x="{middle - width / 2:.1f}" y="{y:.1f}"'
        f' width="{width:.1f}" height="{plot.foot - y:.1f}"/>'
        f"{_text(beside_axis, y - 5, bar.figure, 'val', 'middle')}"
    )


def _ticks(values: Sequence[Fraction]) -> list[tuple[float, str]]:
    """Five gridlines from zero up to all values at least, and what stands beside them.

    Where all values are whole numbers, those of gridlines are.
    """
    step = nice_step(max(values, default=Fraction(0)))
    if all(value.denominator == 1 for value in values):
        step = Fraction(ceil(step))
    places = 0  # as many decimals as the step has, so that no two gridlines read the same
    while (step * 10**places).denominator != 1:
        places += 1
    lines = [step * count for count in range(5)]
    return [(float(line), figure(line, places)) for line in lines]


def _tick(value: float, label: str, plot: _Plot) -> str:
    y = plot.y(value)
    return (
        f'<line class="g" x1="{plot.left}" x2="{plot.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f"{_text(plot.left - 6, y + 4, label, '', 'end')}"
    )


def _target_line(goal: float, label: str, width: int, plot: _Plot) -> str:
    """The dashed line, and above the bars a sample of it with its label."""
    y = plot.y(goal)
    sample = plot.right - width - _GAP
    return (
        f'<line class="t" x1="{plot.left}" x2="{plot.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<line class="t" x1="{sample - 22}" x2="{sample}" y1="10" y2="10"/>'
        f"{_text(plot.right, 14, label, 'lab', 'end')}"
    )


def _text(x: float, y: float, text: str, classes: str = "", anchor: str = "start") -> str:
    """A text that is HTML already."""
    attributes = f' class="{classes}"' if classes else ""
    return f'<text{attributes} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def svg(name: str, size: tuple[int, int], chart_id: str, title: str, desc: str, body: str) -> str:
    """A drawing with its name and its description for those who hear it; `body` is HTML.

    `name` is "wide" or "narrow", the screen that shows it; `size` its width and height in pixels.
    """
    prefix = f"{_checked(chart_id)}-{name}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {name}" role="img"'
        f' viewBox="0 0 {size[0]} {size[1]}"'
        f' aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{_escape(title)}</title>'
        f'<desc id="{prefix}-desc">{_escape(desc)}</desc>{body}</svg>'
    )


def both(
    height: int, chart_id: str, title: str, desc: str, draw: Callable[[int], str]
) -> SafeString:
    """A drawing for a wide and for a narrow screen; `draw` gives its HTML for a width in pixels."""
    parts = (
        svg(frame.name, (frame.width, height), chart_id, title, desc, draw(frame.width))
        for frame in _FRAMES
    )
    return mark_safe("".join(parts))  # noqa: S308 - every text in it passed _escape


def _tile(cell: Tile) -> str:
    if not 0 <= cell.level <= 4:
        raise ValueError(f"a tile's level is 0 to 4, not {cell.level}")
    note = f'<span class="small">{_escape(cell.note)}</span>' if cell.note else ""
    inner = f'<b>{_escape(cell.label)}</b><span class="v">{_escape(cell.value)}</span>{note}'
    if cell.url is None:
        return f'<li class="l{cell.level}"><div>{inner}</div></li>'
    return f'<li class="l{cell.level}"><a href="{_escape(cell.url)}">{inner}</a></li>'


def _checked(chart_id: str) -> str:
    if not _ID.fullmatch(chart_id):
        raise ValueError(f"{chart_id!r} is no id: letters, digits and hyphens, a letter first")
    return chart_id


def _escape(text: str) -> str:
    """Text that cannot end its element, without the characters that XML does not know."""
    return escaped(_UNPRINTABLE.sub("", str(text)))
