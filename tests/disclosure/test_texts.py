"""The pages about the portal itself, and that all pages read well in both languages."""

import re
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from django.test import Client
from tests.disclosure import cast
from tests.disclosure.portal import LANGUAGES, html, read, set_day

from almoner.rules.packs import Pack, china

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGES = [
    "",
    "contracts/",
    "places/",
    "places/440106/",
    "providers/",
    "providers/52440106PROVIDER01/",
    "purchasers/",
    "purchasers/11440106PURCHASER1/",
    "evaluations/",
    "notices/",
    "search/?q=wushan",
    "how-we-count/",
    "accessibility/",
    "privacy/",
]


@pytest.fixture(autouse=True)
def on() -> cast.Stage:
    set_day()
    on = cast.stage()
    cast.evaluation(on, cast.contract(on))
    return on


@pytest.mark.parametrize(
    ("language", "unverified"), [("en", "source not verified"), ("zh-hans", "来源未核实")]
)
def test_every_limit_stands_with_its_title_and_source(language: str, unverified: str) -> None:
    page = unescape(html("how-we-count/", language))
    chinese = language == "zh-hans"
    for limit in china().entries():
        title, source = limit.title_zh if chinese else limit.title, limit.source
        assert f">{title} <" in page and f">{limit.name}<" in page
        assert f">{limit.source_zh if chinese else source} <" in page
    assert page.count(f"{unverified}</span>") == sum(
        not limit.verified for limit in china().entries()
    )


def test_a_day_from_which_a_limit_holds_stands_with_its_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Holds from" not in html("how-we-count/")
    first, *_others = china().entries()
    dated = replace(first, holds_from=date(2021, 7, 1), verified=True)
    monkeypatch.setattr("almoner.disclosure.views.china", lambda: Pack([dated]))
    set_day()
    page = read("how-we-count/")
    assert f"{first.source} Holds from 1 July 2021" in page
    assert "source not verified" not in page


def test_definitions_name_the_boundary_cases() -> None:
    page = read("how-we-count/")
    assert "89.99 is good, not excellent" in page
    assert "Paid on the day itself is in time." in page
    assert "fewer than 5 people" in page
    assert "80% of what the days" in page and "80%%" not in page


def test_every_definition_that_a_page_links_to_is_there() -> None:
    anchors = set(re.findall(r'id="([\w-]+)"', html("how-we-count/")))
    wanted = {
        anchor for path in PAGES for anchor in re.findall(r"how-we-count/#([\w-]+)", html(path))
    }
    assert wanted and wanted <= anchors


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole(path: str, language: str) -> None:
    page = html(path, language)
    assert len(re.findall("<h1", page)) == 1
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "style=" not in page and ">None<" not in page and "{%" not in page and "{{" not in page


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_set_no_cookie(path: str) -> None:
    answer = Client().get(f"/en/{path}")
    assert answer.status_code == 200 and not answer.cookies


@pytest.mark.parametrize("path", PAGES)
def test_chinese_pages_leave_no_english_sentence(path: str) -> None:
    page = re.sub(r'<(\w+) lang="en">.*?</\1>', "", html(path, "zh-hans"))
    main = page.split("<main", 1)[1].split("</main>")[0]
    text = re.sub("<[^>]*>", "|", main)
    assert re.findall(r"[A-Za-z]+ [a-z]+ [a-z]+", text) == []
