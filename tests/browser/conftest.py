"""Fixtures of the browser tests: watched pages, axe, a served demonstration."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page
from tests.browser import chromium
from tests.journeys.sites import demonstrate, served
from tests.reliability.processes import environment

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
Device = Literal["desktop", "phone"]
PageFor = Callable[[Device, str], Page]


@pytest.fixture(scope="session")
def _kept() -> dict[tuple[str, str], tuple[Page, list[str]]]:
    """A page for each device and language, with what it did that no page may do.

    Kept for all tests, because a page that has run axe before runs it again in half the time.
    """
    return {}


@pytest.fixture
def page_for(
    browser: Browser, _kept: dict[tuple[str, str], tuple[Page, list[str]]]
) -> Iterator[PageFor]:
    """The page of a device and a language, signed out; the test fails if a page misbehaves.

    It still shows what it showed last: a page that goes on within a site needs no new process.
    """

    def open_page(device: Device, language: str) -> Page:
        if (device, language) not in _kept:
            context = browser.new_context(locale=LOCALES[language], **DEVICES[device])
            context.add_init_script(path=chromium.AXE)
            page = context.new_page()
            _kept[device, language] = page, chromium.watch(page)
        page, _ = _kept[device, language]
        page.context.clear_cookies()
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DEVICES[device]["viewport"])
        return page

    yield open_page
    for page, _ in _kept.values():
        page.evaluate("0")  # what the page did before it answers has been told by then
    offences = [offence for _, seen in _kept.values() for offence in seen]
    for _, seen in _kept.values():
        seen.clear()
    assert offences == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds wrong with a page: WCAG 2.2 A and AA, and best practice."""
    return chromium.violations


@pytest.fixture(scope="session")
def portal(once_a_run: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[str]:
    """The address of a served demonstration."""
    with served(environment(once_a_run("demonstration", demonstrate))) as site:
        yield site.address
