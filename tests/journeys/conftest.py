"""Walkers in front of a browser, and where to keep pictures if they are wanted."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser import chromium
from tests.journeys.in_browser import BrowserWalker
from tests.journeys.sites import Site, demonstrate
from tests.journeys.walker import LOCALES

# What refusals are answered with; the browser calls them errors, the walk wants them.
REFUSALS = ("status of 403", "status of 404", "status of 409", "status of 422")
StartWalk = Callable[[Site, str], BrowserWalker]


@pytest.fixture
def city(once_a_run: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A data folder of one's own that holds the demonstration city."""
    return once_a_run("demonstration", demonstrate)


@pytest.fixture
def start_walk(browser: Browser) -> Iterator[StartWalk]:
    """A walker on a site; the test fails if a page misbehaves, refusals aside.

    ALMONER_WALK_PICTURES names a folder for pictures of the steps.
    """
    offences: list[list[str]] = []
    folder = os.environ.get("ALMONER_WALK_PICTURES")

    def start(site: Site, language: str) -> BrowserWalker:
        context = browser.new_context(
            locale=LOCALES[language], viewport={"width": 1280, "height": 900}
        )
        page = context.new_page()
        offences.append(chromium.watch(page))
        return BrowserWalker(page, site.address, language, Path(folder) if folder else None)

    yield start
    wrong = [one for page in offences for one in page]
    assert [one for one in wrong if not any(known in one for known in REFUSALS)] == []
