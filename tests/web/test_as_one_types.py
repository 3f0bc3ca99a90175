"""Pages that judge what is being typed, in a browser: the tender, the proposal, the contract."""

from collections.abc import Callable, Iterator
from contextvars import copy_context

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser import chromium
from tests.budget.office import somebody, started
from tests.contracts.parts import NOW, award, drafted
from tests.contracts.readers import clerk
from tests.tenders.draft_cast import cast, draft

from almoner.rules.roles import Role
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.browser]
SITE = "http://localhost"
Open = Callable[[Client, str], Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A page of the site in Chromium, answered here, with whoever is signed in at the client."""
    page = browser.new_page()
    offences = chromium.watch(page)

    def opened(client: Client, path: str) -> Page:
        here = copy_context()

        def answer(route: Route) -> None:
            asked = route.request
            # Chromium's questions come from outside the test, which alone sees what it wrote.
            answered = here.copy().run(
                client.generic,
                asked.method,
                asked.url.removeprefix(SITE),
                asked.post_data_buffer or b"",
                asked.headers.get("content-type", ""),
                headers=asked.headers,
            )
            route.fulfill(
                status=answered.status_code,
                headers=dict(answered.items()),
                body=answered.getvalue(),
            )

        page.route("**/*", answer)
        page.goto(f"{SITE}{path}")
        return page

    yield opened
    page.context.close()
    assert offences == []


def test_the_hours_of_a_tender(open_page: Open) -> None:
    made = cast()
    file = draft(made)
    page = open_page(made.client("clerk"), reverse("tender-save", args=[file.pk]))
    formula = page.locator("[name='term-formula']").first
    hours, checks = page.locator("#hours-0"), page.locator("#checks")
    before, judged, whole = hours.inner_text(), checks.inner_text(), formula.input_value()
    formula.fill("80 case/staff * 5 session/case * 6 hour/session * 14 staff")
    expect(hours).to_have_text("33,600")
    expect(checks).not_to_have_text(judged, use_inner_text=True)
    formula.fill(whole)
    expect(hours).to_have_text(before)
    file.refresh_from_db()
    assert file.version == 1


def test_the_shares_of_a_proposal(open_page: Open) -> None:
    on = started()
    finance, _actor = somebody("finance", Role.FINANCE_OFFICER, on.finance.uscc)
    page = open_page(finance, "/en/desk/budget/proposals/new/")
    page.locator("[name='total']").fill("6,000,000")
    for name in ("payer_1", "level_1", "source_1"):
        page.locator(f"[name='{name}']").select_option(index=1)
    page.locator("[name='ratio_1']").fill("99")
    expect(page.locator("#split")).to_contain_text("add up to 99 %")
    page.locator("[name='ratio_1']").fill("100")
    expect(page.locator("#split tfoot")).to_contain_text("¥6,000,000")


def test_what_a_contract_lacks(open_page: Open) -> None:
    clock.start_demonstration(actor="t", at=NOW, day=NOW.date())
    page = open_page(clerk(), f"/en/desk/contracts/{drafted(award()).pk}/draft/")
    before = page.locator("#missing").inner_text()
    staff = page.locator("[name='staff']")
    whole = staff.input_value()
    staff.fill("")
    staff.blur()
    expect(page.locator("#missing")).not_to_have_text(before)
    staff.fill(whole)
    staff.blur()
    expect(page.locator("#missing")).to_have_text(before)
