"""The desk as everybody who works at it sees it: each page accessible, and as wide as a phone."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import Page
from tests.browser.chromium import fits
from tests.browser.conftest import PageFor

PEOPLE = [
    "supervisor",
    "clerk",
    "signatory",
    "finance",
    "director",
    "teamleader",
    "socialworker",
    "panel",
    "lead",
    "rater",
    "auditor",
    "administrator",
]
FIRST = ("clerk", "en")
"""Who is visited in every run; make verify visits the others, and in both languages."""
VISITS = [
    pytest.param(person, language, marks=[] if (person, language) == FIRST else [pytest.mark.slow])
    for person in PEOPLE
    for language in ("en", "zh-hans")
]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PAGES = "main a[href]:not([download]), nav a[href]:not([download])"
LINKS = "every => every.map(one => one.href)"


def _page_name(address: str) -> str:
    """What the site calls the page of an address; empty where it is none of the desk."""
    path = urlsplit(address).path
    try:
        with override(path.split("/")[1]):
            found = resolve(path)
    except Resolver404:
        return ""
    return found.url_name or "" if path.split("/")[2:3] == ["desk"] else ""


@pytest.mark.parametrize(("person", "language"), VISITS)
def test_every_page_of_the_desk_is_accessible_and_fits(
    portal: str, page_for: PageFor, axe: Callable[[Page], list[str]], person: str, language: str
) -> None:
    page = page_for("phone", language)
    page.goto(f"{portal}/{language}/demonstration/")
    page.locator(f"#person-{person}").get_by_role("button").click()
    page.wait_for_url("**/desk/")
    seen: dict[str, str] = {"desk": page.url}
    waiting = [page.url]
    faults = []
    while waiting:
        address = waiting.pop(0)
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in axe(page)]
        if not fits(page):
            faults.append(f"{address}: wider than the screen")
        if page.locator("h1").count() != 1:
            faults.append(f"{address}: not one heading")
        for link in page.locator(PAGES).evaluate_all(LINKS):
            name = _page_name(link)
            plain = not urlsplit(link).query or name not in seen
            if name and plain and name not in seen and "format=" not in link:
                seen[name] = link
                waiting.append(link)
    assert faults == []
    assert len(seen) > 2
