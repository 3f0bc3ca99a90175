"""Proposing and approving money through the pages, as the officers do."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.budget.office import YUAN, clerk, faults, officer, proposal, somebody, started
from tests.disclosure.cast import Stage

from almoner.accounts.models import Person
from almoner.budget import operations
from almoner.budget.models import Appropriation, AppropriationFile
from almoner.budget.queries import left
from almoner.rules.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NEW = "/en/desk/budget/proposals/new/"


@pytest.fixture
def on() -> Stage:
    return started()


@pytest.fixture
def finance(on: Stage) -> Client:
    return somebody("finance", Role.FINANCE_OFFICER, on.finance.uscc)[0]


@pytest.fixture
def second(on: Stage) -> Client:
    return somebody("finance2", Role.FINANCE_OFFICER, on.finance.uscc)[0]


def _form(on: Stage, **facts: Any) -> dict[str, Any]:
    return {
        "body": on.finance.uscc,
        "area": on.district.code,
        "service_item": on.item.code,
        "first_year": "2026",
        "years": "3",
        "total": "6,000,000",
        "note": "Decision 12 of 2026",
        "payer_1": on.finance.uscc,
        "level_1": "district",
        "source_1": "budget",
        "ratio_1": "50",
        "payer_2": on.finance.uscc,
        "level_2": "district",
        "source_2": "donation",
        "ratio_2": "1/2",
    } | facts


def test_one_officer_proposes_and_a_second_one_approves(
    on: Stage, finance: Client, second: Client
) -> None:
    response = finance.post(NEW, _form(on))
    file = AppropriationFile.objects.get()
    assert response.status_code == 302
    address = f"/en/desk/budget/proposals/{file.id}/"
    assert response["Location"] == f"{address}?done=appropriation.propose"
    page = finance.get(response["Location"]).content.decode()
    assert "A second officer has to approve it." in page
    assert "Approve it" not in page
    page = second.get(address).content.decode()
    assert "¥2,000,000" in page and "¥1,000,000" in page and "Approve it" in page
    task = second.get("/en/desk/").content.decode()
    assert "Approve or return the money" in task
    assert "Approve or return the money" not in finance.get("/en/desk/").content.decode()

    assert second.post(f"{address}approve/").status_code == 302
    rows = list(Appropriation.objects.order_by("id"))
    assert [(row.fiscal_year, row.source, row.amount_fen) for row in rows] == [
        (year, source, 1_000_000 * YUAN)
        for year in (2026, 2027, 2028)
        for source in ("budget", "donation")
    ]
    assert set(left(row.id for row in rows).values()) == {1_000_000 * YUAN}
    assert faults() == []
    listed = finance.get("/en/desk/budget/").content.decode()
    assert all(row.id in listed for row in rows)
    assert "¥6,000,000" in listed
    money = finance.get(f"/en/desk/budget/money/{rows[0].id}/").content.decode()
    assert "¥1,000,000" in money and "Donation" not in money


def test_the_proposer_is_refused_with_a_sentence(on: Stage, finance: Client) -> None:
    finance.post(NEW, _form(on))
    file = AppropriationFile.objects.get()
    response = finance.post(f"/en/desk/budget/proposals/{file.id}/approve/")
    assert response.status_code == 409
    assert "a colleague has to do it" in response.content.decode()
    assert not Appropriation.objects.exists()


def test_what_was_returned_is_proposed_again(on: Stage, finance: Client, second: Client) -> None:
    finance.post(NEW, _form(on))
    file = AppropriationFile.objects.get()
    address = f"/en/desk/budget/proposals/{file.id}/"
    response = second.post(f"{address}return/", {"reason": " "})
    assert response.status_code == 422
    second.post(f"{address}return/", {"reason": "The donation is not confirmed."})
    page = finance.get(address).content.decode()
    assert "The donation is not confirmed." in page and "Propose the money again" in page
    assert 'value="6000000"' in finance.get(f"{address}again/").content.decode()
    finance.post(f"{address}again/", _form(on, source_2="special"))
    file.refresh_from_db()
    assert file.returned_at is None and file.lines[1]["source"] == "special"
    assert "Approve it" in second.get(address).content.decode()


@pytest.mark.parametrize(
    ("facts", "status", "words"),
    [
        ({"ratio_2": "49.9"}, 409, "The shares add up to 99.9 %."),
        ({"ratio_1": "1/3", "ratio_2": "33.3333"}, 409, "The shares add up to 66.6666 %."),
        ({"ratio_2": "half"}, 422, "Enter a share in percent or as a fraction"),
        ({"total": "12.345"}, 422, "two decimals at most"),
        ({"total": "0"}, 422, "Enter an amount above zero"),
        ({"payer_2": ""}, 422, "Complete line 2, or empty it"),
        ({"first_year": "2025"}, 409, "The fiscal year 2025 is over."),
        ({"source_2": "budget"}, 409, "Put them together into one line."),
        ({"service_item": "Z9"}, 422, "There is no such choice here"),
    ],
)
def test_faults_are_named_and_nothing_is_written(
    on: Stage, finance: Client, facts: dict[str, str], status: int, words: str
) -> None:
    response = finance.post(NEW, _form(on, **facts))
    assert response.status_code == status
    page = response.content.decode()
    assert words in page and "Decision 12 of 2026" in page
    assert not AppropriationFile.objects.exists()


def test_compute_shows_the_split_without_sending(on: Stage, finance: Client) -> None:
    page = finance.post(NEW, _form(on, total="100.01", compute="1")).content.decode()
    for part in ("¥33.34", "¥33.33", "¥16.67", "¥16.66", "¥100.01"):
        assert part in page, part
    assert "Line 3" in page and "Line 4" not in page
    assert not AppropriationFile.objects.exists()
    third = {"payer_3": on.finance.uscc, "level_3": "city", "source_3": "budget", "ratio_3": "1"}
    page = finance.post(NEW, _form(on, compute="1", **third)).content.decode()
    assert "The shares add up to 101 %, not to 100 %." in page
    assert "Line 4" in page


def test_the_live_table_answers_alone(on: Stage, finance: Client) -> None:
    response = finance.post("/en/desk/budget/proposals/compute/", _form(on))
    page = response.content.decode()
    assert "<html" not in page and "¥1,000,000" in page
    page = finance.post("/en/desk/budget/proposals/compute/", {}).content.decode()
    assert "Enter the total and the shares" in page


def test_what_was_refused_leaves_the_page_once_it_is_put_right(on: Stage, finance: Client) -> None:
    address, gone = "/en/desk/budget/proposals/compute/", 'id="errors" hx-swap-oob="delete"'
    refused = finance.post(NEW, _form(on, ratio_2="40")).content.decode()
    assert 'id="errors"' in refused and "add up to 90 %" in refused
    assert gone not in finance.post(address, _form(on, ratio_2="40")).content.decode()
    assert gone not in finance.post(address, _form(on, area="")).content.decode()
    assert gone in finance.post(address, _form(on)).content.decode()
    assert gone not in finance.post(NEW, _form(on, compute="1")).content.decode()


def test_the_list_is_filtered_and_downloaded(on: Stage, finance: Client) -> None:
    file = operations.propose(
        actor=officer(on, "x"), at=_now(), proposal=proposal(on, service_item=None)
    )
    operations.approve(actor=officer(on, "y"), at=_now(), file_id=file.id)
    address = "/en/desk/budget/"
    assert "6 entries" in finance.get(address).content.decode()
    assert "2 entries" in finance.get(address, {"year": "2027"}).content.decode()
    assert "Nothing here matches." in finance.get(address, {"source": "donation"}).content.decode()
    assert "6 entries" in finance.get(address, {"place": on.city.code}).content.decode()
    assert "Nothing here" in finance.get(address, {"place": on.street.code}).content.decode()
    lines = finance.get(address, {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    assert lines[1].endswith(",1000000.00,0.00,0.00,0.00,1000000.00")
    assert finance.get(address, {"format": "xlsx"}).content[:2] == b"PK"


def _now() -> Any:
    from tests.budget.office import NOW

    return NOW


def test_each_hand_over_is_told(
    on: Stage,
    finance: Client,
    second: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Person.objects.filter(login="finance2").update(email="second@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        finance.post(NEW, _form(on))
    assert [message.to for message in mail.outbox] == [["second@example.org"]]
    assert "Money waits for your approval" in mail.outbox[0].subject


def test_a_clerk_reads_but_does_not_propose(on: Stage) -> None:
    client, _ = somebody("clerk", Role.PURCHASER_CLERK, on.purchaser.uscc)
    file = operations.propose(actor=officer(on), at=_now(), proposal=proposal(on))
    assert client.get("/en/desk/budget/").status_code == 200
    assert client.get(f"/en/desk/budget/proposals/{file.id}/").status_code == 404
    assert client.get(NEW).status_code == 403
    auditor, _ = somebody("auditor", Role.AUDITOR, None)
    assert auditor.get(f"/en/desk/budget/proposals/{file.id}/").status_code == 200
    assert clerk(on).login == "clerk"


def test_in_chinese(on: Stage, finance: Client) -> None:
    page = finance.get(NEW.replace("/en/", "/zh-hans/")).content.decode()
    for word in ("提出资金安排", "分担", "计算", "第1行"):
        assert word in page, word
