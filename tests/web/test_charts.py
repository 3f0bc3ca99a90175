"""Charts: sound XML whatever the data, the same bytes for the same data, nothing but the data."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.web.charts import Series, Tile, bars, nice_step, tiles
from almoner.web.format import Number

SVG = "{http://www.w3.org/2000/svg}"
MONTHS: Series = [("Jan", 812), ("Feb", 640), ("Mar", None), ("Apr", Decimal("920")), ("May", 1010)]
HOSTILE = "</title><script>alert(1)</script>\"'&\x00\x0b\ud800]]>"
VALUES = st.none() | st.integers(0, 10**12) | st.decimals(0, 10**6, places=3) | st.floats(1e-6, 1e6)


def drawn(series: Series, **options: Any) -> list[ElementTree.Element]:
    """The wide and the narrow drawing, parsed."""
    texts = {"chart_id": "c1", "title": "Hours", "desc": "By month", "unit": "hours"}
    svg = bars(series, **(texts | options))
    return list(ElementTree.fromstring(f"<div>{svg}</div>"))


def texts_of(drawing: ElementTree.Element, kind: str) -> list[str]:
    return [
        element.text or "" for element in drawing.iter(f"{SVG}text") if element.get("class") == kind
    ]


def test_a_wide_and_a_narrow_drawing_each_with_its_title_and_description() -> None:
    drawings = drawn(MONTHS, target=920, target_label="contract: 920")
    assert [drawing.get("class") for drawing in drawings] == ["chart wide", "chart narrow"]
    for drawing in drawings:
        title, desc = drawing[0], drawing[1]
        assert (title.text, desc.text) == ("Hours", "By month")
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert drawing.get("role") == "img"
    ids = [element.get("id") for drawing in drawings for element in drawing.iter()]
    named = [each for each in ids if each]
    assert len(named) == len(set(named)) == 4


def test_bars_are_as_high_as_their_values_and_low_below_the_target() -> None:
    for drawing in drawn(MONTHS, target=920):
        rects = list(drawing.iter(f"{SVG}rect"))
        assert [rect.get("class") for rect in rects] == ["b lo", "b lo", "b", "b"]
        heights = [float(rect.get("height", "")) for rect in rects]
        assert heights[1] / heights[3] == pytest.approx(640 / 1010, abs=0.002)


def test_without_a_target_or_on_demand_no_bar_is_low() -> None:
    for options in ({}, {"target": 920, "low_below_target": False}):
        for drawing in drawn(MONTHS, **options):
            assert {rect.get("class") for rect in drawing.iter(f"{SVG}rect")} == {"b"}


def test_the_highest_and_the_lowest_carry_their_figure_and_every_bar_its_name() -> None:
    for drawing in drawn(MONTHS):
        marked = [group for group in drawing.iter(f"{SVG}g") if group.get("class") == "on"]
        assert [group[0].text for group in marked] == ["Feb: 640 hours", "May: 1,010 hours"]
        names = [group[0].text for group in drawing.iter(f"{SVG}g")]
        assert names[2] == "Mar: unknown"
        assert "1,010" in texts_of(drawing, "val")


def test_what_is_unknown_is_a_mark_and_no_bar() -> None:
    for drawing in drawn([("Jan", None), ("Feb", None)]):
        assert list(drawing.iter(f"{SVG}rect")) == []
        assert [text.text for text in drawing.iter(f"{SVG}text")].count("?") == 2
        assert not [group for group in drawing.iter(f"{SVG}g") if group.get("class")]


@pytest.mark.parametrize("series", [[], [("Jan", 5)], [("Jan", 0)], [("Jan", 0), ("Feb", 0)]])
def test_none_one_and_zero(series: Series) -> None:
    for drawing in drawn(series):
        assert len(list(drawing.iter(f"{SVG}rect"))) == len(series)


def test_gridlines_read_differently_and_labels_never_run_together() -> None:
    for drawing in drawn([(f"2026-{n:02}", Decimal(n) / 100) for n in range(1, 61)]):
        ticks = [
            text.text for text in drawing.iter(f"{SVG}text") if text.get("text-anchor") == "end"
        ]
        assert len(ticks) == len(set(ticks)) == 5
        labels = [text for text in drawing.iter(f"{SVG}text") if text.get("class") == "lab"]
        places = [float(label.get("x", "")) for label in labels]
        assert min(b - a for a, b in zip(places, places[1:], strict=False)) >= 7 * 7


@pytest.mark.parametrize("months", [1, 15, 36])
def test_no_label_is_cut_off_at_the_right(months: int) -> None:
    for drawing in drawn([(f"2026-{n:02}", n) for n in range(1, months + 1)]):
        labels = [text for text in drawing.iter(f"{SVG}text") if text.get("class") == "lab"]
        width = float(drawing.get("viewBox", "").split()[2])
        assert labels and float(labels[-1].get("x", "")) + 7 * 7 / 2 <= width


@pytest.mark.parametrize(
    ("highest", "lines"),
    [
        (0, ["0", "1", "2", "3", "4"]),
        (2, ["0", "1", "2", "3", "4"]),
        (6, ["0", "2", "4", "6", "8"]),
        (Decimal("2.5"), ["0.0", "0.8", "1.6", "2.4", "3.2"]),
    ],
)
def test_gridlines_of_whole_numbers_are_whole(highest: Number, lines: list[str]) -> None:
    for drawing in drawn([("Jan", 0), ("Feb", highest)]):
        texts = [text for text in drawing.iter(f"{SVG}text") if text.get("text-anchor") == "end"]
        assert [text.text for text in texts] == lines


@settings(max_examples=settings().max_examples * 2 // 5)
@given(st.lists(st.tuples(st.text(), VALUES), max_size=40), st.none() | st.integers(0, 10**9))
def test_any_data_give_sound_xml_twice_the_same(series: Series, target: int | None) -> None:
    first = drawn(series, target=target, title=HOSTILE, desc=HOSTILE, target_label=HOSTILE)
    again = drawn(series, target=target, title=HOSTILE, desc=HOSTILE, target_label=HOSTILE)
    assert [*map(ElementTree.tostring, first)] == [*map(ElementTree.tostring, again)]
    for drawing in first:
        assert all(element.tag != f"{SVG}script" for element in drawing.iter())
        for rect in drawing.iter(f"{SVG}rect"):
            assert float(rect.get("y", "")) >= 39.9 and float(rect.get("height", "")) >= 0


def test_hostile_text_stays_text() -> None:
    for drawing in drawn([(HOSTILE, 1)], unit=HOSTILE):
        assert [element.tag for element in drawing.iter()].count(f"{SVG}title") == 2
        assert "<script>" in "".join(drawing.itertext())


@pytest.mark.parametrize("chart_id", ["", "1c", 'c"', "c d", "图"])
def test_an_id_that_is_none_is_refused(chart_id: str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        drawn(MONTHS, chart_id=chart_id)
    with pytest.raises(ValueError, match="is no id"):
        tiles([], chart_id=chart_id, title="", desc="")


@pytest.mark.parametrize("options", [{"series": [("Jan", -1)]}, {"series": [], "target": -1}])
def test_values_below_zero_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        drawn(**options)


@given(st.fractions(Fraction(1, 10**6), 10**12))
def test_four_steps_reach_the_highest_value_and_not_far_beyond(highest: Fraction) -> None:
    assert highest <= 4 * nice_step(highest) <= highest * Fraction(3, 2)


def test_tiles_say_that_they_are_no_map_and_link_where_they_can() -> None:
    cells = [
        Tile("Liwan", "¥12m", 4, "/en/places/440103/?a=1&b=2", "7 contracts"),
        Tile(HOSTILE, HOSTILE, 0, None, HOSTILE),
    ]
    for language, words in (("en", "Schematic, not a map."), ("zh-hans", "示意图，并非地图。")):
        with override(language):
            html = tiles(cells, chart_id="t1", title="Paid by district", desc="Darker is more.")
        figure = ElementTree.fromstring(html)
        caption, note, grid = figure
        assert (caption.text, note.text) == ("Paid by district", f"Darker is more. {words}")
        assert figure.get("aria-labelledby") == caption.get("id")
        assert figure.get("aria-describedby") == note.get("id")
        assert [tile.get("class") for tile in grid] == ["l4", "l0"]
        assert [tile[0].tag for tile in grid] == ["a", "div"]
        assert grid[0][0].get("href") == "/en/places/440103/?a=1&b=2"
        assert list(grid.iter("script")) == []


@pytest.mark.parametrize("level", [-1, 5])
def test_a_shade_that_there_is_not_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="0 to 4"):
        tiles([Tile("Liwan", "1", level)], chart_id="t1", title="", desc="")
