"""Fixtures of the browser tests: watched pages, axe, a served demonstration."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
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


@pytest.fixture
def page_for(browser: Browser) -> Iterator[PageFor]:
    """A fresh page for a device and a language; the test fails if a page misbehaves."""
    offences: list[list[str]] = []
    with ExitStack() as contexts:

        def open_page(device: Device, language: str) -> Page:
            context = browser.new_context(locale=LOCALES[language], **DEVICES[device])
            contexts.callback(context.close)
            page = context.new_page()
            offences.append(chromium.watch(page))
            return page

        yield open_page
    assert [offence for page in offences for offence in page] == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds wrong with a page: WCAG 2.2 A and AA, and best practice."""
    return chromium.violations


@pytest.fixture(scope="session")
def portal(once_a_run: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[str]:
    """The address of a served demonstration."""
    with served(environment(once_a_run("demonstration", demonstrate))) as site:
        yield site.address
