"""The browser tests' own instruments: each sees what it is there to see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Error, Page
from tests.browser.chromium import watch
from tests.browser.conftest import Device, PageFor

pytestmark = pytest.mark.browser
SOUND = """<!doctype html><html lang="en"><title>Ledger</title>
<body><main><h1>Ledger</h1><p>Nothing was paid late.</p>{}</main></body></html>"""


def show(page: Page, html: str) -> None:
    """The page begins anew: writing into it would leave the policy of what it showed before."""
    page.goto("about:blank")
    page.set_content(html)


def test_a_sound_page_has_no_violation(page_for: PageFor, axe: Callable[[Page], list[str]]) -> None:
    page = page_for("desktop", "en")
    show(page, SOUND)
    assert axe(page) == []


def test_a_violation_is_found_and_located(
    page_for: PageFor, axe: Callable[[Page], list[str]]
) -> None:
    page = page_for("phone", "zh-hans")
    show(page, SOUND.format('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" id="m">'))
    (violation,) = axe(page)
    assert violation.startswith("image-alt: ") and "#m" in violation


@pytest.mark.parametrize(("ink", "found"), [("#767676", 0), ("#777777", 1)])
def test_a_text_too_faint_to_read_is_found(
    page_for: PageFor, axe: Callable[[Page], list[str]], ink: str, found: int
) -> None:
    page = page_for("desktop", "en")
    faint = f'<p style="color: {ink}">Nor was this.</p>'
    show(page, SOUND.format("<p>All of it was.</p>" + faint))
    assert [one.split(":")[0] for one in axe(page)] == ["color-contrast"] * found


def test_axe_works_where_the_page_may_run_no_script(
    page_for: PageFor, axe: Callable[[Page], list[str]]
) -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    page = page_for("desktop", "en")
    show(page, SOUND.replace("<title>", f"{policy}<title>"))
    assert axe(page) == []


@pytest.mark.parametrize(("device", "width"), [("desktop", 1280), ("phone", 390)])
@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("zh-hans", "zh-CN")])
def test_devices_and_languages(
    page_for: PageFor, device: Device, width: int, language: str, locale: str
) -> None:
    page = page_for(device, language)
    assert page.evaluate("[screen.width, navigator.language]") == [width, locale]


@pytest.mark.parametrize(
    ("html", "offence"),
    [
        ("<script>console.error('broken')</script>", "console: broken"),
        ("<script>throw new TypeError('undone')</script>", "script: undone"),
        ('<img alt="" src="http://cdn.example/a.png">', "request to another host"),
        (
            '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
            "<script>alert(1)</script>",
            "Content Security Policy",
        ),
        ("<script>console.warn('fine')</script>", ""),
    ],
)
def test_a_watched_page_cannot_misbehave_unseen(browser: Browser, html: str, offence: str) -> None:
    with browser.new_page() as page:
        offences = watch(page)
        page.set_content(html, wait_until="load")
        page.wait_for_timeout(50)
    assert any(offence in seen for seen in offences) if offence else offences == []


def test_no_other_host_can_be_reached(browser: Browser) -> None:
    with browser.new_page() as page, pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")
