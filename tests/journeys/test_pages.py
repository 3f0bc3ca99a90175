"""What a browser without scripts shows of a page and sends from it, by the rules of HTML."""

from pathlib import Path

import pytest
from tests.journeys.pages import Page, words_of

ADDRESS = "http://127.0.0.1/en/desk/needs/?page=2"
HTML = """<!doctype html><html><body><main>
<p>Seen<script>not run</script><template>kept</template><noscript> without scripts</noscript>
<span hidden>not yet</span></p>
<form method="post" action="../send/" enctype="multipart/form-data" id="one">
<input type="hidden" name="token" value="t"><input name="title" value="Old" maxlength="5">
<input name="off" value="x" disabled><input value="nameless"><input name="note" readonly value="r">
<textarea name="text">
First</textarea>
<select name="kind"><option>a</option><option value="b">B</option>
<option value="c" disabled>C</option></select>
<select name="years" multiple><option selected>1</option><option>2</option></select>
<input type="radio" name="way" value="by foot">
<input type="radio" name="way" value="by bus" checked>
<input type="checkbox" name="sure"><input type="checkbox" name="day" value="1" checked>
<input type="checkbox" name="day" value="2"><input type="file" name="file">
<button name="do" value="save">Save</button><button name="do" value="drop">Drop</button>
<button type="button" name="idle">Only a script does this</button>
</form>
<input name="outside" value="too" form="one">
<button id="away" form="one" formaction="/en/other/" formmethod="get">Elsewhere</button>
<form><input name="q" required><button id="search">Search</button></form>
</main></body></html>"""
UNTOUCHED = [
    ("token", "t"),
    ("title", "Old"),
    ("note", "r"),
    ("text", "First"),
    ("kind", "a"),
    ("years", "1"),
    ("way", "by bus"),
    ("day", "1"),
    ("file", Path()),
]


@pytest.fixture
def page() -> Page:
    return Page(ADDRESS, HTML)


def test_a_reader_sees_what_stands_there_without_scripts(page: Page) -> None:
    assert words_of(page.main).startswith("Seen without scripts First")


def test_a_form_is_sent_with_the_button_that_was_pressed(page: Page) -> None:
    save, _drop = page.named("do")
    assert page.request(save) == (
        "http://127.0.0.1/en/desk/send/",
        "post",
        "multipart/form-data",
        [*UNTOUCHED, ("do", "save"), ("outside", "too")],
    )


def test_a_button_outside_may_send_it_elsewhere(page: Page) -> None:
    away = next(one for one in page.owners if one.get("id") == "away")
    address, method, _encoding, entries = page.request(away)
    assert (address, method) == ("http://127.0.0.1/en/other/", "get")
    assert entries == [*UNTOUCHED, ("outside", "too")]


def test_what_is_filled_in_is_sent(page: Page, tmp_path: Path) -> None:
    page.enter("title", "New")
    page.enter("text", "\nTwo\nlines")
    page.enter("kind", "b")
    page.enter("years", ["2"])
    page.enter("way", "by foot")
    page.enter("sure", True)
    page.enter("day", "2")
    page.enter("file", str(tmp_path / "a.pdf"))
    *_, entries = page.request(page.named("do")[0])
    assert entries == [
        ("token", "t"),
        ("title", "New"),
        ("note", "r"),
        ("text", "\r\nTwo\r\nlines"),
        ("kind", "b"),
        ("years", "2"),
        ("way", "by foot"),
        ("sure", "on"),
        ("day", "1"),
        ("day", "2"),
        ("file", tmp_path / "a.pdf"),
        ("do", "save"),
        ("outside", "too"),
    ]
    page.enter("day", ["2"])
    page.enter("sure", False)
    *_, entries = page.request(page.named("do")[0])
    assert [value for name, value in entries if name in {"day", "sure"}] == ["2"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Longer"),
        ("off", "y"),
        ("note", "y"),
        ("token", "y"),
        ("kind", "c"),
        ("way", "by car"),
        ("nowhere", "x"),
    ],
)
def test_nobody_can_fill_in_what_the_page_does_not_let_them(
    page: Page, name: str, value: str
) -> None:
    with pytest.raises(AssertionError):
        page.enter(name, value)


def test_what_is_required_is_filled_in_first(page: Page) -> None:
    search = next(one for one in page.owners if one.get("id") == "search")
    with pytest.raises(AssertionError, match="still to be filled in: {'q'}"):
        page.request(search)
    page.enter("q", "visits")
    assert page.request(search) == (ADDRESS, "get", "", [("q", "visits")])


def test_a_button_that_waits_for_a_script_sends_nothing(page: Page) -> None:
    (idle,) = page.named("idle")
    with pytest.raises(AssertionError, match="Only a script does this sends nothing"):
        page.request(idle)


def test_a_page_with_an_element_left_open_is_refused() -> None:
    with pytest.raises(AssertionError, match="</main> within <p>"):
        Page(ADDRESS, "<html><body><main><p>Open</main></body></html>")
