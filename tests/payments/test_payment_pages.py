"""Hearing users, accepting and paying through the pages, as each person does."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests.budget.office import NOW, YUAN, faults, somebody, started
from tests.disclosure.cast import Stage, commitment, contract, evaluation, instalment
from tests.once import once_a_module, own_copy

from almoner.accounts.models import Person
from almoner.audit.models import Event
from almoner.budget.operations import accepted, committed, paid
from almoner.budget.queries import balances
from almoner.contracts.models import Instalment
from almoner.notices.models import Notice
from almoner.payments.models import Acceptance, UserOpinion
from almoner.payments.operations import reconcile_ledger
from almoner.rules.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PAYMENTS = "/en/desk/payments/C-1/"
MILLION = 1_000_000 * YUAN


def _stage() -> Stage:
    """A contract with two instalments, the first of which is three days late."""
    on = started()
    made = contract(on)
    commitment(on, made, 2 * MILLION)
    instalment(made, 1, date(2026, 6, 27), condition="Mid-term evaluation accepted")
    instalment(made, 2, date(2026, 7, 30))
    reconcile_ledger()
    return on


copies = once_a_module(_stage)
on = own_copy()


@pytest.fixture
def clerk(on: Stage) -> Client:
    return somebody("clerk", Role.PURCHASER_CLERK, on.purchaser.uscc)[0]


@pytest.fixture
def finance(on: Stage) -> Client:
    return somebody("finance", Role.FINANCE_OFFICER, on.finance.uscc)[0]


def _hear(client: Client, seq: int = 1, **facts: str) -> Any:
    given = {"who": "U-1", "satisfied": "yes", "words": "Good", "day": "2026-06-29"} | facts
    return client.post(f"{PAYMENTS}{seq}/hear/", given)


def _accept(client: Client, seq: int = 1, amount: str = "1000000", **facts: str) -> Any:
    given = {"amount": amount, "condition_met": "on", "ground": "", "reason": ""} | facts
    return client.post(f"{PAYMENTS}{seq}/accept/", given)


def _pay(client: Client, seq: int = 1, amount: str = "1000000", cause: str = "paperwork") -> Any:
    return client.post(f"{PAYMENTS}{seq}/pay/", {"amount": amount, "cause": cause})


def _both_heard(client: Client, seq: int = 1) -> None:
    assert _hear(client, seq).status_code == 302
    assert _hear(client, seq, who="", satisfied="partly").status_code == 302


def _held() -> list[int]:
    return list(balances([committed("C-1"), accepted("C-1"), paid("C-1")]).values())


def test_two_users_one_acceptance_and_another_who_pays(clerk: Client, finance: Client) -> None:
    assert "Hear users, then accept" in clerk.get("/en/desk/").content.decode()
    assert "Pay the instalment" not in finance.get("/en/desk/").content.decode()
    response = _accept(clerk)
    assert response.status_code == 409
    assert "0 of at least 2 users were heard." in response.content.decode()
    _both_heard(clerk)
    response = _accept(clerk)
    assert response["Location"] == f"{PAYMENTS}?done=instalment.accept"
    assert _held() == [MILLION, MILLION, 0]
    assert faults() == []

    assert "Pay the instalment" in finance.get("/en/desk/").content.decode()
    page = finance.get(PAYMENTS).content.decode()
    assert "3 days late so far" in page and "Not accepted" not in page
    response = _pay(finance, cause="")
    assert response.status_code == 409
    assert "This payment is 3 days late. Name the cause" in response.content.decode()
    assert _held() == [MILLION, MILLION, 0]
    assert _pay(finance).status_code == 302
    assert _held() == [MILLION, 0, MILLION]
    row = Instalment.objects.get(seq=1)
    assert (row.paid_on, row.paid_fen, row.delay_cause) == (date(2026, 6, 30), MILLION, "paperwork")
    assert faults() == []
    public = Client().get("/en/contracts/C-1/payments/").content.decode()
    assert "Paid 3 days late" in public
    kinds = list(Event.objects.filter(subject_id="C-1/1").values_list("kind", flat=True))
    assert kinds == [f"instalment.{step}" for step in ("hear", "hear", "accept", "pay")]


def test_what_is_disputed_stays_visible(clerk: Client, finance: Client) -> None:
    _both_heard(clerk)
    less = {"amount": "600000.01", "ground": "not_done", "reason": "Two groups did not meet."}
    assert _accept(clerk, **{**less, "ground": ""}).status_code == 409
    assert _accept(clerk, **{**less, "reason": " "}).status_code == 409
    response = _accept(clerk, **{**less, "ground": "evaluation_late"})
    assert "A late evaluation never holds back money" in response.content.decode()
    assert not Acceptance.objects.exists()
    assert _accept(clerk, **less).status_code == 302
    assert faults() == []
    page = finance.get(PAYMENTS).content.decode()
    assert "¥399,999.99 disputed" in page and "Two groups did not meet." in page
    response = _pay(finance, amount="600000.02")
    assert "CNY 600,000.01 of what was accepted is not paid yet." in response.content.decode()
    assert _pay(finance, amount="600000.01").status_code == 302
    assert _held() == [139_999_999, 0, 60_000_001]
    assert faults() == []
    listed = finance.get("/en/desk/payments/", {"state": "paid", "format": "csv"})
    assert ",1000000.00,Paid,399999.99,600000.01,3,Paperwork" in listed.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1000000.01", "CNY 1,000,000.00 is due."), ("0", "Accept the part that nobody disputes.")],
)
def test_amounts_out_of_bounds_are_refused(clerk: Client, amount: str, words: str) -> None:
    _both_heard(clerk)
    response = _accept(clerk, amount=amount)
    assert response.status_code == 409
    assert words in response.content.decode()
    assert Instalment.objects.filter(accepted_on=None).count() == 2
    assert faults() == []


def test_opinions_are_of_different_people_and_days_that_were(clerk: Client) -> None:
    assert _hear(clerk).status_code == 302
    assert "was already heard" in _hear(clerk).content.decode()
    assert "still to come" in _hear(clerk, who="U-2", day="2026-07-01").content.decode()
    assert _hear(clerk, who="U-2", day="2026-06-30").status_code == 302
    assert _hear(clerk, seq=2).status_code == 302  # another instalment, another hearing
    assert UserOpinion.objects.count() == 3


def test_what_was_heard_is_no_part_of_the_audit_record(clerk: Client) -> None:
    _hear(clerk, who="U-77", words="They came late")
    assert not Event.objects.filter(after__contains="U-77").exists()
    assert not Event.objects.filter(after__contains="late").exists()


def test_a_provider_reads_opinions_without_pseudonyms(on: Stage, clerk: Client) -> None:
    _hear(clerk, who="U-77", words="They came late")
    director, _ = somebody("director", Role.PROVIDER_DIRECTOR, on.provider.uscc)
    page = director.get(PAYMENTS).content.decode()
    assert "They came late" in page and "U-77" not in page
    assert "U-77" in clerk.get(PAYMENTS).content.decode()
    auditor, _ = somebody("auditor", Role.AUDITOR, None)
    assert "U-77" in auditor.get(PAYMENTS).content.decode()
    rival, _ = somebody("rival", Role.PROVIDER_DIRECTOR, on.rival.uscc)
    assert rival.get(PAYMENTS).status_code == 404


def test_a_late_evaluation_is_said_and_holds_nothing_back(on: Stage, clerk: Client) -> None:
    made = Instalment.objects.get(seq=1).contract
    evaluation(on, made, reported_on=None)
    page = clerk.get(f"{PAYMENTS}1/accept/").content.decode()
    assert "That is no ground to wait" in page
    assert "Condition: Mid-term evaluation accepted." in page
    _both_heard(clerk)
    assert _accept(clerk).status_code == 302


def test_a_cause_is_named_while_the_delay_lasts(clerk: Client, finance: Client) -> None:
    assert clerk.post(f"{PAYMENTS}1/explain/", {"cause": "budget"}).status_code == 302
    response = clerk.post(f"{PAYMENTS}2/explain/", {"cause": "budget"})
    assert "This instalment is not late" in response.content.decode()
    _both_heard(clerk)
    _accept(clerk)
    assert '<option value="budget" selected>' in finance.get(f"{PAYMENTS}1/pay/").content.decode()
    assert _pay(finance, cause="").status_code == 302
    assert Instalment.objects.get(seq=1).delay_cause == "budget"


def test_the_last_acceptance_is_published(clerk: Client) -> None:
    _both_heard(clerk, 1)
    _accept(clerk, 1)
    assert not Notice.objects.exists()
    _both_heard(clerk, 2)
    _accept(clerk, 2)
    assert [(one.kind, one.subject_id) for one in Notice.objects.all()] == [
        ("acceptance_result", "C-1")
    ]


def test_who_does_both_is_refused(on: Stage) -> None:
    both, _ = somebody("both", Role.PURCHASER_CLERK, None)
    from almoner.accounts.operations import grant_role

    grant_role(
        actor="t",
        at=NOW,
        person=Person.objects.get(login="both"),
        role=Role.FINANCE_OFFICER,
        organisation_uscc=None,
        from_on=date(2026, 1, 1),
    )
    _both_heard(both)
    assert _accept(both).status_code == 302
    assert "Pay the instalment" not in both.get("/en/desk/").content.decode()
    response = _pay(both)
    assert response.status_code == 409 and "a colleague has to do it" in response.content.decode()
    assert _held() == [MILLION, MILLION, 0]


def test_only_those_of_the_body_may(on: Stage, clerk: Client) -> None:
    _both_heard(clerk)
    _accept(clerk)
    elsewhere, _ = somebody("elsewhere", Role.FINANCE_OFFICER, on.agency.uscc)
    assert elsewhere.get(PAYMENTS).status_code == 404
    assert _pay(elsewhere).status_code == 404
    assert _pay(clerk).status_code == 403
    auditor, _ = somebody("auditor", Role.AUDITOR, None)
    page = auditor.get(PAYMENTS).content.decode()
    assert "Payments of C-1" in page and "/pay/" not in page
    supervisor, _ = somebody("supervisor", Role.SUPERVISOR, on.agency.uscc)
    assert supervisor.get(PAYMENTS).status_code == 200  # the contract names no supervisor


def test_what_is_done_is_not_done_twice(clerk: Client, finance: Client) -> None:
    _both_heard(clerk)
    _accept(clerk)
    assert "cannot be done any more" in _accept(clerk).content.decode()
    assert "cannot be done any more" in _hear(clerk, who="U-3").content.decode()
    _pay(finance)
    assert "cannot be done any more" in _pay(finance).content.decode()
    assert faults() == []


def test_the_list_is_filtered(on: Stage, finance: Client) -> None:
    address = "/en/desk/payments/"
    assert "2 entries" in finance.get(address).content.decode()
    assert "1 entry" in finance.get(address, {"state": "overdue"}).content.decode()
    assert "1 entry" in finance.get(address, {"due_from": "2026-07-30"}).content.decode()
    assert "1 entry" in finance.get(address, {"due_to": "2026-06-27"}).content.decode()
    assert "2 entries" in finance.get(address, {"words": "mingxin"}).content.decode()
    assert "Nothing here" in finance.get(address, {"words": "nobody"}).content.decode()
    assert "2 entries" in finance.get(address, {"purchaser": on.purchaser.uscc}).content.decode()
    assert "There is a problem" in finance.get(address, {"state": "x"}).content.decode()


def test_each_hand_over_is_told(
    on: Stage, clerk: Client, finance: Client, django_capture_on_commit_callbacks: Any
) -> None:
    Person.objects.filter(login="finance").update(email="finance@example.org")
    _both_heard(clerk)
    with django_capture_on_commit_callbacks(execute=True):
        _accept(clerk)
    assert [message.to for message in mail.outbox] == [["finance@example.org"]]


def test_in_chinese(clerk: Client) -> None:
    _both_heard(clerk)
    page = clerk.get(PAYMENTS.replace("/en/", "/zh-hans/")).content.decode()
    for word in ("第1期", "已听取2位服务对象的意见", "目前已延误3天", "听取意见"):
        assert word in page, word
