"""A second journey that goes wrong at every step, and is refused with a sentence each time."""

from pathlib import Path

import pytest
from tests.journeys import procurement, service, settlement, upstream
from tests.journeys.conftest import StartWalk
from tests.journeys.sites import demonstration
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
CONTRACT = "C-2025-440103001"
JOURNEYS = [("zh-hans", "sqlite"), ("en", "postgresql")]


@pytest.mark.parametrize(("language", "database"), JOURNEYS)
def test_everything_that_goes_wrong_is_refused(
    language: str, database: str, start_walk: StartWalk, tmp_path: Path
) -> None:
    with demonstration(tmp_path / "site", database) as site:
        walk, other = start_walk(site, language), start_walk(site, language)
        an_item_without_its_texts(walk)
        a_wrong_tracking_code(walk)
        delivery_goes_wrong(walk)
        an_evaluation_goes_wrong(walk)
        needs = upstream.say_and_answer_needs(walk)
        an_officer_approves_his_own_proposal(walk)
        money = upstream.appropriate_money(walk)
        a_draft_that_two_people_edit(walk, other)
        tender = procurement.draft_a_tender(walk, needs, money)
        a_bid_that_comes_late(walk, tender, tmp_path)
        an_award_of_two_bids(walk, tender)
        a_grant_that_has_ended(walk, other)


def an_item_without_its_texts(walk: Walker) -> None:
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


def a_wrong_tracking_code(walk: Walker) -> None:
    """Steps 2 and 12: a guessed code opens nothing, neither a need nor a complaint."""
    walk.be_nobody()
    for path in ("needs/track/", "ask/track/"):
        walk.go(path)
        walk.fill({"code": "AAAAA-BBBBB-CCCCC-DDDDD"})
        walk.press("Look it up")
        walk.refused()


def an_officer_approves_his_own_proposal(walk: Walker) -> None:
    """Step 3: shares that do not add up; approving what one proposed oneself."""
    walk.be("finance")
    proposal = upstream.propose_money(walk)
    walk.is_refused(f"desk/budget/proposals/{proposal}/approve/", "same_person")


def a_draft_that_two_people_edit(walk: Walker, other: Walker) -> None:
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


def a_bid_that_comes_late(walk: Walker, tender: str, folder: Path) -> None:
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


def an_award_of_two_bids(walk: Walker, tender: str) -> None:
    """Step 6: nobody opens alone; two bids are too few; it is cancelled and tendered again."""
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
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Tender it again")
    walk.picture("wrong-06-again")


def delivery_goes_wrong(walk: Walker) -> None:
    """Steps 8 to 10: a name as code, law enforcement as a task, money before acceptance."""
    walk.be("socialworker")
    walk.go("desk/sessions/today/")
    service.choose_term(walk, CONTRACT)
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


def an_evaluation_goes_wrong(walk: Walker) -> None:
    """Step 11: a period outside the contract; half a sheet; scores of others."""
    walk.be("supervisor")
    settlement.choose_agency(walk, CONTRACT)
    walk.fill({"stage": "midterm", "period_from": "2020-01-01", "period_to": "2026-06-30"})
    for box in walk.page.locator("main [name='raters']").all():
        box.check()
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


def a_grant_that_has_ended(walk: Walker, other: Walker) -> None:
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
