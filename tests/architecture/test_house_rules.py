"""Rules of the house that no linter knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path("src/almoner")
MOST_LINES = 400
# What the content security policy would block, and what would make a page depend on other hosts.
FORBIDDEN_IN_TEMPLATES = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "a script without src": r"<script\b(?![^>]*\ssrc\s*=)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
    "something fetched from elsewhere": (
        r"<(?:script|link|img|iframe|source|use|image|form)\b[^>]*"
        r"\s(?:src|href|srcset|action)\s*=\s*[\"']?(?:https?:)?//"
    ),
}


def offences(paths: Iterator[Path], pattern: str) -> list[str]:
    """Each place where one of the files matches, as file:line."""
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        for path in sorted(paths)
        for text in [path.read_text("utf-8")]
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def templates(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("templates/**/*") if path.suffix in {".html", ".svg"})


def test_a_file_is_one_room() -> None:
    lengths = {path: path.read_text("utf-8").count("\n") for path in SOURCE.rglob("*.py")}
    long = {
        str(path): lines
        for path, lines in lengths.items()
        if lines >= MOST_LINES and "migrations" not in path.parts
    }
    assert long == {}, f"split these: {MOST_LINES} lines or more"


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_templates_pass_the_content_security_policy(what: str) -> None:
    assert offences(templates(SOURCE), FORBIDDEN_IN_TEMPLATES[what]) == [], what


@pytest.mark.parametrize(
    ("what", "html"),
    [
        ("a style attribute", '<p class="a"\n style="color: red">'),
        ("a style element", "<style>p { color: red }</style>"),
        ("a script without src", "<script>alert(1)</script>"),
        ("an event attribute", '<a href="#" onclick="go()">'),
        ("a javascript: address", '<a href="javascript:go()">'),
        ("something fetched from elsewhere", '<link rel="x" href="https://cdn.example/a.css">'),
        ("something fetched from elsewhere", "<script src=//cdn.example/a.js>"),
    ],
)
def test_the_rule_for_templates_sees_what_it_is_for(what: str, html: str, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(f"\n{html}", "utf-8")
    found = offences(templates(tmp_path), FORBIDDEN_IN_TEMPLATES[what])
    assert found == [f"{tmp_path}/templates/a.html:2"]


def test_stylesheets_and_scripts_fetch_nothing_from_elsewhere() -> None:
    files = (path for path in SOURCE.rglob("static/**/*") if path.suffix in {".css", ".js"})
    assert offences(files, r"(?:https?:)?//[\w-]+\.[a-z]{2,}|@import\s+url") == []


def test_views_neither_query_nor_save() -> None:
    views = (path for path in SOURCE.rglob("*.py") if path.stem == "views" or "views" in path.parts)
    assert offences(views, r"\.objects\b|\.save\(") == []


def test_no_text_hides_from_the_catalogue_in_an_f_string() -> None:
    """Before Python 3.12 what collects texts does not look into them."""
    assert (
        offences(
            SOURCE.rglob("*.py"), r"\bf['\"][^\n]*\{(?:\w+\()?n?gettext\w*\(|\bf['\"][^\n]*\{_\("
        )
        == []
    )


def test_requirement_files_are_hashed_and_name_no_address() -> None:
    folder = Path("requirements")
    assert offences(folder.iterdir(), r"https?:|index-url|find-links|trusted-host") == []
    for path in folder.glob("*.txt"):
        pinned = re.findall(r"^[\w.\-\[\]]+==\S+[^\\\n]*(\\?)$", path.read_text("utf-8"), re.M)
        assert pinned and all(pinned), f"{path}: every pin is followed by its hashes"
