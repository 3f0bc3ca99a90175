"""A picture of growth: seconds by size, both on logarithmic axes, as SVG."""

from collections.abc import Collection, Iterator, Mapping
from html import escape
from math import ceil, floor, log10
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 640, 300, 60, 48, 40, 16
COLOUR = "#1d4f91"
HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
    'font-family="sans-serif" font-size="12">'
)


def draw(path: Path, size: str, seconds: Mapping[int, float]) -> None:
    """Write the picture of seconds by size; `size` says what sizes are."""
    path.write_text("\n".join(_svg(size, seconds)) + "\n", "utf-8")


def _svg(size: str, seconds: Mapping[int, float]) -> Iterator[str]:
    across, up = _decades(seconds), _decades(seconds.values())

    def place(x: float, y: float) -> tuple[float, float]:
        right, top = (_share(value, ends) for value, ends in ((x, across), (y, up)))
        return (
            round(LEFT + right * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - top * (HEIGHT - BOTTOM - TOP), 1),
        )

    yield HEAD
    yield f"<title>Seconds of the processor by {escape(size)}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    for power in range(across[0], across[1] + 1):
        x, bottom = place(10.0**power, 10.0 ** up[0])
        yield f'<path d="M{x} {TOP}V{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>'
    for power in range(up[0], up[1] + 1):
        left, y = place(10.0 ** across[0], 10.0**power)
        yield f'<path d="M{left} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g} s</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{escape(size)}</text>'
    places = [place(x, y) for x, y in seconds.items()]
    joined = " ".join(f"{x},{y}" for x, y in places)
    yield f'<polyline points="{joined}" fill="none" stroke="{COLOUR}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="{COLOUR}"/>'
    yield "</svg>"


def _decades(values: Collection[float]) -> tuple[int, int]:
    """The powers of ten that hold the values."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _share(value: float, ends: tuple[int, int]) -> float:
    return (log10(value) - ends[0]) / (ends[1] - ends[0])
