"""The portal as its readers see it: the demonstration, served as `almoner demo` serves it."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Page, expect
from tests.browser.chromium import fits
from tests.browser.conftest import DEVICES, Device, PageFor

CONTRACT = "C-2025-440103001"
PAGES = {
    "home": "",
    "contracts": "contracts/",
    "contract": f"contracts/{CONTRACT}/",
    "payments": f"contracts/{CONTRACT}/payments/",
    "service": f"contracts/{CONTRACT}/service/",
    "evaluation": f"contracts/{CONTRACT}/evaluation/",
    "history": f"contracts/{CONTRACT}/history/",
    "places": "places/",
    "place": "places/440103001/",
    "district": "places/440103/",
    "providers": "providers/",
    "purchasers": "purchasers/",
    "evaluations": "evaluations/",
    "notices": "notices/",
    "findings": "findings/",
    "findings-of-a-kind": "findings/kinds/T05/",
    "finding": "findings/175beda27f60d39be19e32c9a01551bd/",
    "search": "search/?q=%E7%A4%BE%E5%B7%A5",
    "how-we-count": "how-we-count/",
    "accessibility": "accessibility/",
    "privacy": "privacy/",
    "sign-in": "sign-in/",
    "demonstration": "demonstration/",
}
BANNERS = {"en": ("en", "Demonstration data"), "zh-hans": ("zh-Hans", "演示数据")}
READ_MOST = ("home", "contract", "place")
"""These in both languages on both devices in each run, and a provider's by a test of its own."""


def _visit(name: str, language: str, device: str) -> ParameterSet:
    """Each run sees every page where room is shortest; make verify sees the rest."""
    seen = name in READ_MOST or (language, device) == ("en", "phone")
    return pytest.param(name, language, device, marks=[] if seen else [pytest.mark.slow])


VISITS = [_visit(*visit) for visit in product(PAGES, BANNERS, DEVICES)]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def _sign_in(page: Page, name: str) -> None:
    """Press the button in the row of the demonstration person of that name."""
    page.locator("tr, li").filter(has_text=name).get_by_role("button").click()
    page.wait_for_url("**/desk/")


@pytest.mark.parametrize(("name", "language", "device"), VISITS)
def test_every_page_is_accessible_and_fits(
    portal: str,
    page_for: PageFor,
    axe: Callable[[Page], list[str]],
    name: str,
    language: str,
    device: Device,
) -> None:
    page = page_for(device, language)
    page.goto(f"{portal}/{language}/{PAGES[name]}")
    expect(page.locator("h1")).to_have_count(1)
    assert axe(page) == []
    assert fits(page)
    tag, banner = BANNERS[language]
    assert page.locator("html").get_attribute("lang") == tag
    expect(page.get_by_text(banner).first).to_be_visible()


@pytest.mark.parametrize("name", ["home", "contract"])
def test_the_dark_theme_and_the_narrowest_phone_hold_too(
    portal: str, page_for: PageFor, axe: Callable[[Page], list[str]], name: str
) -> None:
    page = page_for("phone", "zh-hans")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{portal}/zh-hans/{PAGES[name]}")
    assert axe(page) == []
    assert fits(page)


def test_from_the_bare_address_to_a_result_by_clicks(portal: str, page_for: PageFor) -> None:
    page = page_for("desktop", "en")
    page.goto(portal)
    assert page.url == f"{portal}/en/"
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Places").click()
    page.get_by_role("link", name="Shamian").first.click()
    page.get_by_role("link", name="Comprehensive family services").first.click()
    expect(page.get_by_role("heading", name="Was the service delivered?")).to_be_visible()
    expect(page.get_by_role("heading", name="What was paid, and was it on time?")).to_be_visible()
    page.get_by_role("link", name="Evaluation", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/evaluation/$"))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_provider_is_read_from_its_contract(
    portal: str,
    page_for: PageFor,
    axe: Callable[[Page], list[str]],
    language: str,
    device: Device,
) -> None:
    page = page_for(device, language)
    page.goto(f"{portal}/{language}/{PAGES['contract']}")
    page.locator("a[href*='/providers/']").last.click()
    expect(page).to_have_url(re.compile(r"/providers/[^/]+/$"))
    assert axe(page) == []


@pytest.mark.parametrize("words", ["评估", "社工"])
def test_the_search_finds_two_characters(portal: str, page_for: PageFor, words: str) -> None:
    page = page_for("phone", "zh-hans")
    page.goto(f"{portal}/zh-hans/")
    page.get_by_role("searchbox").first.fill(words)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?"))
    expect(page.locator("main a").filter(has_text=words[:1]).first).to_be_visible()


def test_the_first_tab_leads_to_the_content(portal: str, page_for: PageFor) -> None:
    page = page_for("desktop", "en")
    page.goto(f"{portal}/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/#main")


def test_the_administrator_sets_the_clock_and_the_pages_follow(
    portal: str, page_for: PageFor
) -> None:
    page = page_for("desktop", "en")
    page.goto(f"{portal}/en/demonstration/")
    expect(page.locator("main")).to_contain_text("30 June 2026")
    _sign_in(page, "Sun Lihua")
    page.goto(f"{portal}/en/demonstration/")
    for day, shown in (("2026-07-15", "15 July 2026"), ("2026-06-30", "30 June 2026")):
        page.locator("input[type=date]").fill(day)
        form = page.locator("form").filter(has=page.locator("input[type=date]"))
        with page.expect_navigation():
            form.get_by_role("button").click()
        page.goto(f"{portal}/en/")
        expect(page.locator("footer")).to_contain_text(shown)
        page.goto(f"{portal}/en/demonstration/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_auditor_reads_the_account_and_the_trail(
    portal: str, page_for: PageFor, axe: Callable[[Page], list[str]], language: str
) -> None:
    page = page_for("phone", language)
    page.goto(f"{portal}/{language}/demonstration/")
    _sign_in(page, "Zheng Wenbo" if language == "en" else "郑文博")
    assert axe(page) == []
    page.locator("main a[href*='/audit/']").click()
    expect(page.locator("main")).to_contain_text("person.sign_in")
    assert axe(page) == []
    page.goto(f"{page.url}?page=999")  # the last one, where the trail begins
    expect(page.locator("main")).to_contain_text("package.load")
    assert fits(page)
