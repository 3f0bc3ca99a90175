"""A picture of growth: seconds by size, both on logarithmic axes, as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, LEFT, BOTTOM, EDGE = 640, 300, 60, 40, 16
COLOURS = ("#1d4f91", "#b3541e", "#4a7c3a", "#6b4a8b")
HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
    'font-family="sans-serif" font-size="12">'
)


def draw(path: Path, size: str, lines: Mapping[str, Points]) -> None:
    """Write the picture; `lines` are (size, seconds) by name, `size` says what sizes are."""
    path.write_text("\n".join(_svg(size, lines)) + "\n", "utf-8")


def _svg(size: str, lines: Mapping[str, Points]) -> Iterator[str]:
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    across, up = (_decades(values) for values in (xs, ys))

    def place(x: float, y: float) -> tuple[float, float]:
        right, top = (_share(value, ends) for value, ends in ((x, across), (y, up)))
        return (
            round(LEFT + right * (WIDTH - LEFT - EDGE), 1),
            round(HEIGHT - BOTTOM - top * (HEIGHT - BOTTOM - EDGE), 1),
        )

    yield HEAD
    yield f"<title>Seconds of the processor by {escape(size)}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    for power in range(across[0], across[1] + 1):
        x, bottom = place(10.0**power, 10.0 ** up[0])
        yield f'<path d="M{x} {EDGE}V{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>'
    for power in range(up[0], up[1] + 1):
        left, y = place(10.0 ** across[0], 10.0**power)
        yield f'<path d="M{left} {y}H{WIDTH - EDGE}" stroke="#ddd"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g} s</text>'
    yield f'<text x="{WIDTH - EDGE}" y="{HEIGHT - 6}" text-anchor="end">{escape(size)}</text>'
    for number, ((name, points), colour) in enumerate(zip(lines.items(), COLOURS, strict=False)):
        places = [place(x, y) for x, y in points]
        joined = " ".join(f"{x},{y}" for x, y in places)
        yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>'
        top = EDGE + 16 * (number + 1)
        yield f'<text x="{LEFT + 12}" y="{top}" fill="{colour}">{escape(name)}</text>'
    yield "</svg>"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that hold the values."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _share(value: float, ends: tuple[int, int]) -> float:
    return (log10(value) - ends[0]) / (ends[1] - ends[0])
