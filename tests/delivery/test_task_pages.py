"""The pages of tasks outside the contract, as the two sides click through them."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.delivery.task_cast import NOW, Walk, walk
from tests.once import once_a_module

from almoner.accounts.operations import add_person, grant_role
from almoner.contracts.models import ContractChange
from almoner.delivery.forms.tasks import VariationForm
from almoner.delivery.models import ChangeProposal, TaskRequest
from almoner.rules.roles import Role
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SignIn = Callable[[str], Client]


def _walk() -> Walk:
    clock.start_demonstration(actor="t", at=NOW, day=date(2026, 7, 2))
    return walk()


copies = once_a_module(_walk)


@pytest.fixture
def sign_in(copies: Callable[[], Walk]) -> SignIn:
    on = copies()
    bodies = {
        "clerk": (Role.PURCHASER_CLERK, on.on.purchaser.uscc),
        "signatory": (Role.PURCHASER_SIGNATORY, on.on.purchaser.uscc),
        "director": (Role.PROVIDER_DIRECTOR, on.on.provider.uscc),
        "stranger": (Role.PROVIDER_DIRECTOR, on.on.rival.uscc),
    }

    def enter(login: str) -> Client:
        role, body = bodies[login]
        person = add_person(
            actor="t", at=NOW, login=login, name_zh="某", name_en="Some", password=None
        )
        grant_role(
            actor="t",
            at=NOW,
            person=person,
            role=role,
            organisation_uscc=body,
            from_on=date(2026, 1, 1),
        )
        client = Client()
        client.force_login(person)
        return client

    return enter


ASKED = {
    "requested_by": "11440106PURCHASER1",
    "kind": "administrative",
    "summary": "Healthy city campaign",
    "hours": "320",
}


def ask(clerk: Client, language: str = "en", **facts: str) -> TaskRequest:
    clerk.post(f"/{language}/desk/tasks/ask/?contract=C-1", {**ASKED, **facts})
    return TaskRequest.objects.get()


def test_a_task_is_asked_offered_and_agreed(sign_in: SignIn) -> None:
    clerk, director = sign_in("clerk"), sign_in("director")
    task = ask(clerk)
    page = clerk.get(f"/en/desk/tasks/{task.id}/").content.decode()
    assert "Outside" not in page and "Administrative work is no social service" in page
    assert "Offer a paid variation" in page and "Offer a swap of targets" in page
    offer = {"term": "T1", "from_on": "2026-07-02", "reason": "Instead"}
    clerk.post(f"/en/desk/tasks/{task.id}/swap/", offer)
    proposal = ChangeProposal.objects.get()
    assert "Offer a swap" not in clerk.get(f"/en/desk/tasks/{task.id}/").content.decode()
    page = director.get(f"/en/desk/changes/{proposal.id}/").content.decode()
    assert "Agree to the change" in page and "T1: 3360 hour - " in page
    answered = director.post(f"/en/desk/changes/{proposal.id}/agree/", follow=True)
    assert "The change is agreed." in answered.content.decode()
    assert ContractChange.objects.get().kind == "workload"
    assert "Swapped for other targets" in clerk.get("/en/desk/tasks/").content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    task = ask(clerk)
    offer = {"amount": "600000", "appropriation": "A-1", "due_on": "2026-09-30", "reason": "Words"}
    refused = clerk.post(f"/en/desk/tasks/{task.id}/variation/", offer)
    page = refused.content.decode()
    assert refused.status_code == 409 and "590,000.00 yuan are left" in page
    assert 'href="#id_amount"' in page and "Words" in page and 'value="600000"' in page


def test_an_amount_has_an_end() -> None:
    def faulty(amount: str) -> bool:
        return "amount" in VariationForm({"amount": amount}, []).errors

    assert not faulty("999999999999.99")
    assert faulty("1000000000000.01")


def test_the_pages_speak_chinese(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    task = ask(clerk, "zh-hans", kind="enforcement")
    page = clerk.get(f"/zh-hans/desk/tasks/{task.id}/").content.decode()
    assert "执法事项不得购买" in page and "Law enforcement" not in page
    assert "合同外任务" in clerk.get("/zh-hans/desk/tasks/").content.decode()


def test_a_stranger_finds_no_page(sign_in: SignIn) -> None:
    task = ask(sign_in("clerk"))
    stranger = sign_in("stranger")
    assert stranger.get(f"/en/desk/tasks/{task.id}/").status_code == 404
    assert stranger.get("/en/desk/tasks/report/?contract=C-1").status_code == 200
    assert "C-1" not in stranger.get("/en/desk/tasks/report/").content.decode()


def test_the_signatory_imposes_with_a_reason(sign_in: SignIn) -> None:
    task, signatory = ask(sign_in("clerk")), sign_in("signatory")
    address = f"/en/desk/tasks/{task.id}/override/"
    assert signatory.post(address, {"reason": ""}).status_code == 422
    signatory.post(address, {"reason": "Ordered from above"})
    page = signatory.get(f"/en/desk/tasks/{task.id}/").content.decode()
    said = "Imposed by Some, Purchaser&#x27;s signatory, Wushan Office. "
    assert said + "Reason: Ordered from above" in page and "imposed |" not in page
    public = Client().get("/en/contracts/C-1/service/").content.decode()
    assert said + "Reason: Ordered from above" in public and "imposed |" not in public
    in_chinese = Client().get("/zh-hans/contracts/C-1/service/").content.decode()
    assert "由五山街道办事处购买方签署人某强制交办，理由：Ordered from above" in in_chinese
    listed = signatory.get("/en/desk/tasks/").content.decode()
    assert "imposed |" not in listed


def test_the_list_goes_to_a_file(sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    task = ask(clerk)
    file = clerk.get("/en/desk/tasks/?format=csv&ruling=open")
    assert task.id in file.content.decode("utf-8-sig")
    assert clerk.get("/en/desk/tasks/?format=csv&ruling=refused").content.count(b"\n") == 1


@pytest.mark.parametrize("words", ["healthy CITY", "c-1", "q-"])
def test_the_list_is_searched(sign_in: SignIn, words: str) -> None:
    clerk = sign_in("clerk")
    task = ask(clerk)
    assert task.id in clerk.get("/en/desk/tasks/", {"q": words}).content.decode()
    assert task.id not in clerk.get("/en/desk/tasks/", {"q": "c-2"}).content.decode()


def test_a_contract_that_no_database_can_look_for_is_none(sign_in: SignIn) -> None:
    response = sign_in("clerk").get("/en/desk/tasks/ask/", {"contract": "C-1\0"})
    assert response.status_code == 200 and response.context["contract"].id == "C-1"
