"""A second journey that goes wrong at every step, and is refused with a sentence each time."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest
from tests.journeys import agreement, procurement, settlement, upstream
from tests.journeys.conftest import StartWalk
from tests.journeys.in_browser import BrowserWalker
from tests.journeys.sites import Site, demonstration
from tests.reliability.processes import run

from almoner.citypackage import write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
CONTRACT = "C-2025-440103001"
UNPAID = 4
SECOND_OPENING = "2026-08-15"
JOURNEYS = [("zh-hans", "sqlite"), ("en", "sqlite"), ("en", "postgresql")]


@pytest.mark.parametrize(("language", "database"), JOURNEYS)
def test_everything_that_goes_wrong_is_refused(
    language: str, database: str, start_walk: StartWalk, city: Path, tmp_path: Path
) -> None:
    with demonstration(city, database) as site:
        walk, other = start_walk(site, language), start_walk(site, language)
        an_item_without_its_texts(walk)
        a_wrong_tracking_code(walk)
        delivery_goes_wrong(walk)
        a_payment_goes_wrong(walk)
        an_evaluation_goes_wrong(walk)
        a_tied_agency(walk, site, tmp_path)
        needs = upstream.say_and_answer_needs(walk)
        an_officer_approves_his_own_proposal(walk)
        money = upstream.appropriate_money(walk)
        a_draft_that_two_people_edit(walk, other)
        tender = procurement.draft_a_tender(walk, needs, money)
        a_bid_that_comes_late(walk, tender, tmp_path)
        an_award_of_two_bids(walk, tender)
        again = procurement.draft_a_tender(walk, needs, money)
        bids = procurement.bid(walk, again, tmp_path)
        procurement.open_score_and_award(walk, again, bids, SECOND_OPENING)
        a_contract_goes_wrong(walk, again)
        a_stolen_link(walk, other)
        a_grant_that_has_ended(walk, other)


def an_item_without_its_texts(walk: BrowserWalker) -> None:
    """Step 1: each missing text is named, and what was entered stays."""
    walk.be("supervisor")
    walk.go("desk/directory/new/")
    facts = upstream.item("Home support for older people", "高龄长者居家支援", "")
    walk.fill({**facts, "procedure": "", "valid_from": upstream.FROM_ON})
    walk.press("Publish the item")
    walk.refused("Write this down")
    walk.fill({"content": "Visits and mutual help", "procedure": "Referral, plan, review"})
    walk.press("Publish the item")
    walk.shows(upstream.ITEM)


def a_wrong_tracking_code(walk: BrowserWalker) -> None:
    """Steps 2 and 12: a guessed code opens nothing, neither a need nor a complaint."""
    walk.be_nobody()
    for path in ("needs/track/", "ask/track/"):
        walk.go(path)
        walk.fill({"code": "AAAAA-BBBBB-CCCCC-DDDDD"})
        walk.press("Look it up")
        walk.refused()


def an_officer_approves_his_own_proposal(walk: BrowserWalker) -> None:
    """Step 3: shares that do not add up; approving what one proposed oneself."""
    walk.be("finance")
    proposal = upstream.propose_money(walk)
    walk.is_refused(f"desk/budget/proposals/{proposal}/approve/", "same_person")


def a_draft_that_two_people_edit(walk: BrowserWalker, other: BrowserWalker) -> None:
    """Step 4: the second to save is told; more than there is cannot be tendered."""
    walk.be("clerk")
    walk.go("desk/tenders/new/")
    walk.fill({"service_item": upstream.ITEM, "area": upstream.STREET, "ceiling": "90000000"})
    walk.press("Begin with the template")
    tender = walk.id_in_address(-2)
    other.be("clerk2")
    other.go(f"desk/tenders/{tender}/draft/")
    other.fill({"specification": "Written by the colleague"})
    other.press("Save")
    other.done("tender.save")
    walk.fill({"specification": "Written by me"})
    walk.press("Save")
    walk.refused("Not saved")
    walk.shows("Written by the colleague", "Written by me")
    walk.press("Save")
    walk.done("tender.save")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Send it to the signatory")
    walk.refused()
    walk.picture("wrong-04-over-committed")


def a_bid_that_comes_late(walk: BrowserWalker, tender: str, folder: Path) -> None:
    """Steps 5 and 6: opening too soon, a late bid, a bidder's page in other hands."""
    bids = procurement.bid(walk, tender, folder, only=("director", "director2"))
    walk.be("director3")
    late = procurement.draft_a_bid(walk, tender, "director3", folder)
    walk.be("director3")
    walk.go(f"desk/bids/{bids['director']}/")
    walk.sees("Page not found")
    walk.hides("1,900,000", "1900000")
    walk.be("clerk")
    walk.is_refused(f"desk/tenders/{tender}/unseal/", "before_deadline")
    walk.set_day(procurement.OPENING_DAY)
    walk.be("director3")
    walk.go(f"desk/bids/{late}/")
    walk.is_refused(f"desk/bids/{late}/submit/", "late_bid")
    walk.be("director")
    walk.is_refused(f"desk/bids/{bids['director']}/withdraw/", "late_bid")


def an_award_of_two_bids(walk: BrowserWalker, tender: str) -> None:
    """Steps 6 and 7: nobody opens alone; two bids are too few, and give no contract."""
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/panel/")
    walk.press("Draw the panel")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Begin the opening")
    walk.done("tender.unseal")
    walk.is_refused(f"desk/tenders/{tender}/open/", "same_person")
    walk.be("signatory")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Open the bids")
    walk.done("tender.open")
    walk.is_refused(f"desk/tenders/{tender}/decide/", "too_few_bids")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Cancel the tender")
    walk.fill({"reason": "Two valid bids are fewer than three"})
    walk.press("Cancel the tender")
    walk.done("tender.cancel")
    walk.be("clerk")
    walk.is_refused(f"desk/tenders/{tender}/announce/", "wrong_state")
    walk.is_refused(f"desk/tenders/{tender}/contract/", "not_awarded")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Tender it again")
    walk.picture("wrong-06-again")


def a_contract_goes_wrong(walk: BrowserWalker, tender: str) -> None:
    """Step 7: half a draft is not offered; nobody signs another text, or what is his own."""
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/contract/")
    walk.press("Draft the contract")
    walk.done("contract.draft")
    contract = walk.id_in_address(-2)
    staff = walk.value("staff")
    walk.fill({"staff": ""})
    walk.press("Save the draft contract")
    walk.is_refused(f"desk/contracts/{contract}/offer/", "incomplete")
    walk.go(f"desk/contracts/{contract}/draft/")
    walk.fill({"staff": staff})
    walk.press("Save the draft contract")
    agreement.step(walk, "clerk", contract, "Send it to the provider", "contract.offer")
    walk.be("director")
    another = {"sha256": "0" * 64}
    walk.is_refused(f"desk/contracts/{contract}/settle/", "content_changed", **another)
    agreement.step(walk, "director", contract, "Agree to the text", "contract.settle")
    agreement.step(walk, "director", contract, "Sign for the provider", "contract.sign")
    walk.be("clerk")
    walk.is_forbidden(f"desk/contracts/{contract}/countersign/")
    walk.be("signatory")
    walk.is_refused(f"desk/contracts/{contract}/countersign/", "content_changed", **another)
    walk.go(f"desk/contracts/{contract}/countersign/")
    walk.picture("wrong-07-unsigned")


def delivery_goes_wrong(walk: BrowserWalker) -> None:
    """Steps 8 and 9: a name as code, law enforcement as a task."""
    walk.be("socialworker")
    walk.go("desk/sessions/today/")
    walk.choose("term", CONTRACT)
    tomorrow = {"day": "2026-07-01", "time": "09:00", "minutes": "60", "client_id": "K0001"}
    walk.fill({"outcome": "client", **tomorrow})
    walk.press("Log this session")
    walk.refused()
    walk.fill({"day": "2026-06-30", "time": "01:00", "client_id": "13800138000"})
    walk.press("Log this session")
    walk.refused()
    walk.be("clerk")
    walk.go(f"desk/tasks/ask/?contract={CONTRACT}")
    walk.fill({"kind": "enforcement", "summary": "Check on people", "hours": "5"})
    walk.press("Record the request")
    task = walk.id_in_address()
    walk.be("signatory")
    walk.go(f"desk/tasks/{task}/override/")
    walk.fill({"reason": "It was ordered"})
    walk.press("Impose the task, with your name")
    walk.refused_because("forbidden_task")
    walk.be("teamleader")
    walk.is_forbidden(f"desk/tasks/{task}/drop/")


def a_payment_goes_wrong(walk: BrowserWalker) -> None:
    """Step 10: accepting with nobody heard, paying before acceptance."""
    walk.be("clerk")
    walk.go(f"desk/payments/{CONTRACT}/{UNPAID}/accept/")
    walk.fill({"condition_met": True})
    walk.press("Accept")
    walk.refused_because("too_few_opinions")
    walk.be("finance")
    money = {"amount": "200000", "before": "0"}
    walk.is_refused(f"desk/payments/{CONTRACT}/{UNPAID}/pay/", "wrong_state", **money)


def an_evaluation_goes_wrong(walk: BrowserWalker) -> None:
    """Step 11: a period outside the contract; half a sheet; scores of others."""
    walk.be("supervisor")
    settlement.choose_agency(walk, CONTRACT)
    walk.fill({"stage": "midterm", "period_from": "2020-01-01", "period_to": "2026-06-30"})
    walk.fill({"raters": walk.choices("raters")})
    walk.press("Assign an evaluation")
    walk.refused_because("period_outside")
    walk.fill({"period_from": "2026-01-01", "period_to": "2026-03-31"})
    walk.press("Assign an evaluation")
    ref = walk.id_in_address()
    walk.be("rater")
    walk.is_refused(f"desk/evaluations/{ref}/hand-in/", "sheet_incomplete")
    walk.be("lead")
    walk.is_refused(f"desk/evaluations/{ref}/conclude/", "wrong_state", conclusion="Good")
    walk.be("director2")
    walk.go(f"desk/evaluations/{ref}/")
    walk.sees("Page not found")


def a_tied_agency(walk: BrowserWalker, site: Site, folder: Path) -> None:
    """Step 11: once the register of ties names agency and provider, neither judges the other."""
    walk.go(f"contracts/{CONTRACT}/")
    provider = walk.page.locator("main a[href*='/providers/']").last.get_attribute("href") or ""
    walk.be("supervisor")
    settlement.choose_agency(walk, CONTRACT)
    agency = walk.address.rpartition("agency=")[2]
    tie = {"uscc": agency, "other_uscc": provider.split("/")[-2], "kind": "founder"}
    write(folder / "ties", {"organisation_links": [pl.DataFrame([tie])]}, date(2026, 6, 30))
    made = run("load", folder / "ties", env=site.env)
    assert made.returncode == 0, made.stdout + made.stderr
    walk.fill({"stage": "annual", "period_from": "2026-04-01", "period_to": "2026-06-30"})
    walk.fill({"raters": walk.choices("raters")})
    walk.press("Assign an evaluation")
    walk.refused_because("tied_agency")
    walk.picture("wrong-11-tied")


def a_stolen_link(walk: BrowserWalker, other: BrowserWalker) -> None:
    """A link for choosing a password works once: whoever finds it afterwards chooses none."""
    walk.be("administrator")
    walk.go("desk/people/accounts/clerk2/")
    walk.press("Make a link for the password")
    address = walk.page.locator("#address").inner_text()
    _language, path = urlsplit(address).path.removeprefix("/").split("/", 1)
    other.be_nobody()
    other.go(path)
    other.fill({"password": "ten green bottles", "again": "ten green bottles"})
    other.press("Save the password")
    other.done("person.password")
    other.signed_in.pop("clerk2", None)  # a new password ends what was open with the old one
    walk.be_nobody()
    walk.go(path)
    walk.sees("This link does not work")
    walk.shows(walk.reason("link_spent"))
    walk.picture("wrong-link")


def a_grant_that_has_ended(walk: BrowserWalker, other: BrowserWalker) -> None:
    """A role that ended opens nothing from the next page on, not even one that stands open."""
    other.be("clerk2")
    other.go("desk/needs/new/")
    walk.be("administrator")
    walk.go("desk/people/accounts/clerk2/")
    walk.press("End")
    walk.press("End the role")
    other.press("Record it")
    other.sees("Your desk")
    assert other.page.locator("main form").count() == 0
    other.picture("wrong-grant")
