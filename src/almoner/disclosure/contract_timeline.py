"""The way of a contract drawn on one axis of time, and the table of the same figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from almoner.disclosure.contract_clocks import Clock, Leg, State, Step
from almoner.findings.definition import definition
from almoner.supervision.labels import title
from almoner.web.charts import svg
from almoner.web.format import day, figure, unknown
from almoner.web.html import escaped

TAGS = {
    State.INSIDE: "ok",
    State.OUTSIDE: "warn",
    State.RUNNING: "info",
    State.OVERDUE: "bad",
    State.AHEAD: "",
    State.UNKNOWN: "",
}
PAST = (State.OUTSIDE, State.OVERDUE)


def word(state: State) -> str:
    """A state in one or two words."""
    return {
        State.INSIDE: _("inside"),
        State.OUTSIDE: _("outside"),
        State.RUNNING: _("running"),
        State.OVERDUE: _("overdue"),
        State.AHEAD: _("not begun"),
        State.UNKNOWN: unknown(),
    }[state]


@dataclass(frozen=True)
class Line:
    """A leg with its clock in words; empty where it has none."""

    leg: Leg
    length: str
    limit: str
    state: str
    tag: str
    code: str
    url: str
    question: str
    note: str

    @property
    def figures(self) -> str:
        """What stands beside the leg's name in the picture."""
        measured = self.length or self.limit
        if self.length and self.limit:
            both = {"length": self.length, "limit": self.limit}
            measured = _("%(length)s (%(limit)s)") % both
        return " · ".join(part for part in (measured, self.state, self.leg.note) if part)


@dataclass(frozen=True)
class Timeline:
    """The picture, its lines, and how many clocks stand in each state (word, tag, number)."""

    legs: Sequence[Leg]
    today: date

    @cached_property
    def lines(self) -> list[Line]:
        return [_line(leg) for leg in self.legs]

    @property
    def clocks(self) -> int:
        return sum(leg.clock is not None for leg in self.legs)

    @property
    def states(self) -> list[tuple[str, str, int]]:
        found = Counter(leg.clock.state for leg in self.legs if leg.clock)
        return [(word(state), TAGS[state], found[state]) for state in State if found[state]]

    @property
    def picture(self) -> SafeString:
        return drawn(self.lines, self.today)


def _line(leg: Leg) -> Line:
    clock = leg.clock
    if clock is None:
        return Line(leg, "", "", "", "", "", "", "", "")
    return Line(
        leg=leg,
        length=_length(clock),
        limit=_limit(clock),
        state=word(clock.state),
        tag=TAGS[clock.state],
        code=clock.code,
        url=reverse("finding-kind", args=[clock.code]),
        question=title(definition(clock.code)),
        note=_estimated(clock.estimated),
    )


def _length(clock: Clock) -> str:
    """The length in the limit's unit, cut to a tenth: rounding never lifts it over a limit."""
    if clock.length is None:
        return ""
    size = abs(clock.length)
    tenths = Fraction(size.numerator * 10 // size.denominator, 10)
    count, number = (1 if tenths == 1 else 2), {"n": figure(tenths)}
    if clock.length < 0:
        return ngettext("%(n)s day before", "%(n)s days before", count) % number
    if clock.in_working_days:
        return ngettext("%(n)s working day", "%(n)s working days", count) % number
    return ngettext("%(n)s day", "%(n)s days", count) % number


def _limit(clock: Clock) -> str:
    if clock.limit is None:
        return _("by the due day")
    number = {"n": figure(clock.limit.value)}
    return _("at least %(n)s") % number if clock.at_least else _("at most %(n)s") % number


def _estimated(years: Sequence[int]) -> str:
    if not years:
        return ""
    listed = {"years": ", ".join(map(str, years))}
    return _("Monday to Friday counted: no calendar is published for %(years)s.") % listed


@dataclass(frozen=True)
class _Frame:
    """A size of the drawing; `row` high lines, whose bars lie `bar` below their tops.

    On a narrow screen the figures stand under the name, else beside it.
    """

    name: str
    width: int
    row: int
    bar: int
    ticks: int


_FRAMES = (_Frame("wide", 720, 44, 29, 9), _Frame("narrow", 340, 60, 46, 4))
SIDE, ABOVE, FOOT = 14, 24, 26
MONTHS_APART = (1, 2, 3, 6)


@dataclass(frozen=True)
class _Axis:
    """Days from the first to the last, across a frame."""

    first: date
    last: date
    frame: _Frame

    def x(self, on: date) -> float:
        share = (on - self.first).days / max((self.last - self.first).days, 1)
        return SIDE + (self.frame.width - 2 * SIDE) * min(max(share, 0.0), 1.0)

    def ticks(self) -> Iterator[date]:
        """First days of months, as far apart as their labels need."""
        first, last = (12 * on.year + on.month - 1 for on in (self.first, self.last))
        months = last - first
        apart = next(
            (n for n in MONTHS_APART if months <= n * self.frame.ticks),
            12 * -(-months // (12 * self.frame.ticks)),
        )
        for number in range(-(-first // apart) * apart, last + 1, apart):
            on = date(number // 12, number % 12 + 1, 1)
            if on >= self.first:
                yield on


def drawn(lines: Sequence[Line], today: date) -> SafeString:
    """The legs under one another, for a wide and a narrow screen (the stylesheet shows one)."""
    days = [on for line in lines for on in _days(line)]
    first, last = min(days), max(days)
    heading = _("The way of the contract, from intention to consequence")
    desc = _("From %(first)s to %(last)s.") % {"first": day(first), "last": day(last)}
    parts = []
    for frame in _FRAMES:
        height = ABOVE + frame.row * len(lines) + FOOT
        body = _drawing(lines, today, _Axis(first, last, frame), height - FOOT)
        parts.append(svg(frame.name, (frame.width, height), "way", heading, desc, body))
    return mark_safe("".join(parts))  # noqa: S308 - every text in it passed escaped


def _days(line: Line) -> list[date]:
    """All that is drawn of a line."""
    clock = line.leg.clock
    more = (clock.start, clock.until, clock.limit_on) if clock else ()
    return [*line.leg.days, *(on for on in more if on)]


def _drawing(lines: Sequence[Line], today: date, axis: _Axis, foot: int) -> str:
    parts = []
    for on in axis.ticks():
        parts.append(_upright("g", axis.x(on), ABOVE, foot))
        label = f"{on.year}-{on.month:02}"
        anchor = _anchor(axis.x(on), axis.frame.width)
        parts.append(_text(axis.x(on), foot + 18, label, "", anchor))
    if axis.first <= today <= axis.last:
        x = axis.x(today)
        parts.append(_upright("t", x, ABOVE - 6, foot))
        parts.append(_text(x, 12, _("Today"), "lab", _anchor(x, axis.frame.width)))
    for place, line in enumerate(lines):
        parts.append(_leg(line, axis, ABOVE + axis.frame.row * place))
    return "".join(parts)


def _leg(line: Line, axis: _Axis, top: int) -> str:
    """A line: its name and figures, the span, the mark of the limit, and a dot for each step."""
    middle = top + axis.frame.bar
    name = f'<tspan class="lab">{escaped(line.leg.name)}</tspan>'
    figures = escaped(line.figures)
    below = f'<tspan x="{SIDE}" dy="17">' if axis.frame.name == "narrow" else '<tspan dx="10">'
    dots = "".join(_dot(step, axis, middle) for step in line.leg.steps)
    return (
        f'<g><text class="over" x="{SIDE}" y="{top + 14}">{name}{below}{figures}</tspan></text>'
        f"{_span(line.leg, axis, middle)}{dots}</g>"
    )


def _span(leg: Leg, axis: _Axis, middle: int) -> str:
    """A filled bar where a clock measures, a hollow one where none does; nothing of the unknown."""
    clock = leg.clock
    if clock is None:
        kind, ends, mark = "raw", (min(leg.days), max(leg.days)) if leg.days else None, ""
    else:
        kind = "b lo" if clock.state in PAST else "b"
        ends = (clock.start, clock.until) if clock.start and clock.until else None
        at = axis.x(clock.limit_on) if clock.limit_on else None
        mark = "" if at is None else _upright("t", at, middle - 9, middle + 9)
    if ends is None:
        return mark
    left, right = sorted(axis.x(on) for on in ends)
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{middle - 6}" width="{right - left:.1f}"'
        f' height="12"/>{mark}'
    )


def _dot(step: Step, axis: _Axis, middle: int) -> str:
    if step.day is None:
        return ""
    spoken = escaped(f"{step.title}: {day(step.day)}")
    return (
        f'<circle class="dot" cx="{axis.x(step.day):.1f}" cy="{middle}" r="3">'
        f"<title>{spoken}</title></circle>"
    )


def _anchor(x: float, width: int) -> str:
    """Text beside an edge stays within the drawing."""
    return "start" if x < 40 else "end" if x > width - 40 else "middle"


def _upright(kind: str, x: float, above: int, below: int) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{above}" y2="{below}"/>'


def _text(x: float, y: int, text: str, classes: str, anchor: str) -> str:
    kind = f' class="{classes}"' if classes else ""
    return f'<text{kind} x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escaped(text)}</text>'
