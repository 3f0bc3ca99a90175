"""Fixtures of the browser tests: watched pages, axe, a served demonstration."""

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page
from tests.browser import chromium
from tests.reliability.processes import environment, run, start

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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def portal(once_a_run: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[str]:
    """The address of a served demonstration."""
    env = environment(once_a_run("portal", _demonstration))
    port = _free_port()
    server = start("serve", "--port", str(port), env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _demonstration(folder: Path) -> None:
    """The data folder of the demonstration city, as its first start makes it."""
    made = run("demo", "--no-serve", env=environment(folder))
    assert made.returncode == 0, made.stdout + made.stderr
    assert "administrator" in made.stdout


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address + "/en/privacy/", timeout=5).close()
            return
        except OSError:  # not there yet, or too slow to answer
            time.sleep(0.1)
    raise AssertionError("the site did not come up")
