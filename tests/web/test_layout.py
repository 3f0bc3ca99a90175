"""The frame around every page, the pages of errors, and the stylesheet."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override

from almoner.web import context

CSS = Path("src/almoner/web/static/web/almoner.css")
NOWHERE = "/en/nothing-here/"


@pytest.mark.parametrize(
    ("address", "language", "other"),
    [
        ("/en/", "zh-hans", "/zh-hans/"),
        ("/en", "zh-hans", "/zh-hans/"),
        ("/zh-hans/contracts/?q=%E8%AF%84&page=2", "en", "/en/contracts/?q=%E8%AF%84&page=2"),
        ("/en/contracts/A~1B%20%E5%90%88/", "zh-hans", "/zh-hans/contracts/A~1B%20%E5%90%88/"),
        ("/en/en/x?next=/en/", "zh-hans", "/zh-hans/en/x?next=/en/"),
        ("/", "zh-hans", "/zh-hans/"),
        ("//evil.example/en/", "zh-hans", "/zh-hans/"),
        ("/english/", "zh-hans", "/zh-hans/"),
    ],
)
def test_the_other_language_is_the_same_page(
    db: None, address: str, language: str, other: str
) -> None:
    with override("en" if language == "zh-hans" else "zh-hans"):
        layout = context.site(RequestFactory().get(address))["layout"]
    assert [each.url for each in layout.others] == [other]


def test_the_frame_costs_one_query_and_sets_no_cookie(
    client: Client, db: None, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(1):
        response = client.get(NOWHERE)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_frame_tells_nothing_of_who_reads(client: Client, add: Callable) -> None:
    before = client.get(NOWHERE).content
    client.force_login(add("li"))
    assert client.get(NOWHERE).content == before


@pytest.mark.parametrize(
    ("address", "tag", "words"),
    [
        (NOWHERE, "en", ["Open Service Ledger", "Page not found", "简体中文", "Skip to content"]),
        ("/zh-hans/x/", "zh-Hans", ["购买服务明账", "页面不存在", "English", "跳到正文"]),
    ],
)
def test_a_page_that_is_not_there(
    client: Client, db: None, address: str, tag: str, words: list[str]
) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 404
    assert f'<html lang="{tag}">' in page
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/en/sign-out/", "It only takes what a form sends."),
        ("/zh-hans/sign-out/", "此网址只接收表单提交的内容。"),
    ],
)
def test_an_address_that_answers_forms_alone_says_so(
    client: Client, db: None, address: str, words: str
) -> None:
    response = client.get(address)
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert words in response.content.decode()


def test_the_banner_is_on_every_page_of_a_demonstration_and_on_no_other(
    client: Client, db: None, request: pytest.FixtureRequest
) -> None:
    assert "Demonstration data" not in client.get(NOWHERE).content.decode()
    request.getfixturevalue("demonstration")
    for address in (NOWHERE, "/en/sign-in/", "/en/demonstration/"):
        assert "Demonstration data" in client.get(address).content.decode()


@pytest.mark.parametrize("template", ["400.html", "403_csrf.html", "405.html", "500.html"])
def test_the_last_resort_needs_neither_request_nor_database(template: str) -> None:
    pages = {}
    for language in ("en", "zh-hans"):
        with override(language):
            pages[language] = render_to_string(template)
    assert '<html lang="en">' in pages["en"] and '<html lang="zh-Hans">' in pages["zh-hans"]
    assert pages["en"].count("<h1>") == 1
    assert not re.search("[a-z]{4,} [a-z]{2,} ", re.sub("<[^>]*>", "", pages["zh-hans"]))


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", css))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    *(
        (ink, ground)
        for ink in ("ink", "muted", "link", "visited")
        for ground in ("paper", "canvas")
    ),
    *(("bad", ground) for ground in ("paper", "canvas")),
    *((tag, f"{tag}-bg") for tag in ("ok", "warn", "bad", "info")),
    *(("ink", f"t{level}") for level in (1, 2)),
    *((f"on-t{level}", f"t{level}") for level in (3, 4)),
    *((("on-brand", "brand"), ("on-action", "action"))),
]
GRAPHICS = ["c1", "c2", "c3", "c4", "edge"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read_on_its_ground(scheme: str) -> None:
    """WCAG 2.2: 4.5 for text (1.4.3), 3 for what a chart or a field is made of (1.4.11)."""
    light, dark = CSS.read_text("utf-8").split("@media (prefers-color-scheme: dark)", 1)
    colours = tokens(light) | (tokens(dark) if scheme == "dark" else {})
    pale = {
        pair: round(contrast(colours[f"--{pair[0]}"], colours[f"--{pair[1]}"]), 2)
        for pair in TEXT_ON
        if contrast(colours[f"--{pair[0]}"], colours[f"--{pair[1]}"]) < 4.5
    }
    assert pale == {}
    assert all(contrast(colours[f"--{each}"], colours["--paper"]) >= 3 for each in GRAPHICS)


def test_the_stylesheet_is_small_and_speaks_to_old_browsers() -> None:
    css = re.sub(r"/\*.*?\*/", "", CSS.read_text("utf-8"), flags=re.DOTALL)
    assert len(gzip.compress(css.encode(), 9)) < 6 * 1024
    assert "light-dark(" not in css and "&" not in css
    assert css.count("{") == css.count("}")
    for needed in ("prefers-reduced-motion", "@media print", ":lang(zh)"):
        assert needed in css
