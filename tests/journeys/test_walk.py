"""One purchase, walked by everybody who has a part in it, in a real browser and without scripts."""

import re
from pathlib import Path

import pytest
from tests.journeys import agreement, procurement, service, settlement, upstream
from tests.journeys.conftest import StartWalk
from tests.journeys.in_browser import BrowserWalker
from tests.journeys.sites import Site, demonstration, loaded, watched
from tests.journeys.walker import Walker
from tests.journeys.without_scripts import PlainWalker
from tests.reliability.processes import run

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]
PAGES = ("", "payments/", "service/", "evaluation/", "history/")


def test_one_purchase_without_scripts(city: Path, tmp_path: Path) -> None:
    """The walk of each run: findings follow it only where it asks for them."""
    with demonstration(city, "sqlite", watch="off") as site:
        _walk(PlainWalker(site.address, "en"), site, tmp_path)
        _verify(site)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_one_purchase(
    language: str, database: str, start_walk: StartWalk, city: Path, tmp_path: Path
) -> None:
    with demonstration(city, database) as site:
        walk = start_walk(site, language)
        contract = _walk(walk, site, tmp_path)
        _verify(site)
        _shows_the_same_elsewhere(walk, site, contract, tmp_path)


def _verify(site: Site) -> None:
    checked = run("verify", env=site.env)
    assert checked.returncode == 0, checked.stdout


def _walk(walk: Walker, site: Site, folder: Path) -> str:
    """All twelve steps; the number of the contract."""
    upstream.refuse_and_publish_an_item(walk)
    needs = upstream.say_and_answer_needs(walk)
    money = upstream.appropriate_money(walk)
    tender = procurement.draft_a_tender(walk, needs, money)
    bids = procurement.bid(walk, tender, folder)
    procurement.nothing_is_seen_before_the_opening(walk, tender, bids)
    procurement.open_score_and_award(walk, tender, bids)
    contract = agreement.conclude_a_contract(walk, tender)
    service.log_and_confirm(walk, contract)
    with watched(walk, site):
        service.be_asked_about_a_long_day(walk, contract)
    service.import_a_month(walk, contract, folder)
    service.ask_for_a_task(walk, contract)
    settlement.pay_an_instalment(walk, contract)
    settlement.judge(walk, contract)
    settlement.complain(walk, contract)
    return contract


def _shows_the_same_elsewhere(walk: BrowserWalker, site: Site, contract: str, folder: Path) -> None:
    """Exported and loaded into an empty database, the record gives the same public pages."""
    package = folder / "package"
    made = run("export", package, env=site.env)
    assert made.returncode == 0, made.stdout + made.stderr
    _compute(site)
    walk.be_nobody()
    here = {page: _main(walk, f"contracts/{contract}/{page}") for page in PAGES}
    with loaded(folder / "elsewhere", package, settlement.JUDGE_DAY) as other:
        _compute(other)
        walk.site = other.address
        there = {page: _main(walk, f"contracts/{contract}/{page}") for page in PAGES}
    for page in PAGES:
        assert there[page] == here[page], page


def _compute(site: Site) -> None:
    made = run("findings", "--database", "--store", env=site.env)
    assert made.returncode == 0, made.stdout + made.stderr


def _main(walk: BrowserWalker, path: str) -> str:
    """What a page says, without its questions: they bear the day on which each was first found."""
    walk.go(path)
    walk.page.evaluate("document.querySelector('#questions')?.remove()")
    text = walk.page.locator("main").inner_text()
    return re.sub(r"\s+", " ", text)
