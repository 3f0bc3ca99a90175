"""Paying in parts until all that was accepted is paid, and what an ended contract gives back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from tests.budget.office import NOW, YUAN, clerk, faults, officer, somebody, started
from tests.disclosure.cast import Stage, commitment, contract, instalment
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.budget.operations import accepted, available, committed, paid
from almoner.budget.queries import balances, left
from almoner.contracts.models import Contract, EndKind, Instalment
from almoner.contracts.operations import living
from almoner.notices.models import Notice
from almoner.payments import operations
from almoner.payments.models import Satisfied
from almoner.payments.operations import Opinion, reconcile_ledger
from almoner.payments.queries import InstalmentFilter, instalments, state_of, tasks_for
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Role
from almoner.rules.settlement import RESIDENT, Ground, kept
from almoner.rules.workflow import InstalmentState

pytestmark = pytest.mark.django_db
THOUSAND = 1_000 * YUAN
PAGE = "/en/desk/payments/C-1/"
LATER = datetime(2026, 8, 1, 4, 0, tzinfo=UTC)


def _stage() -> Stage:
    """Two instalments of CNY 1,000, due in July 2026 and in January 2027, from two budgets."""
    made_on = started()
    made = contract(made_on)
    commitment(made_on, made, THOUSAND, "A-1")
    commitment(made_on, made, THOUSAND, "A-2")
    instalment(made, 1, date(2026, 7, 30), amount_fen=THOUSAND)
    instalment(made, 2, date(2027, 1, 30), amount_fen=THOUSAND)
    reconcile_ledger()
    return made_on


copies = once_a_module(_stage)
on = own_copy()


def _accept(on: Stage, seq: int = 1, fen: int = THOUSAND, at: datetime = NOW) -> None:
    known: Any = {"actor": clerk(on), "at": at, "contract_id": "C-1", "seq": seq}
    for _ in range(2):
        said = Opinion(RESIDENT, Satisfied.YES, "", date(2026, 6, 1))
        operations.hear(opinion=said, **known)
    operations.accept(amount_fen=fen, ground=Ground.NOT_DONE, reason="So it was", **known)


def _pay(on: Stage, fen: int, before: int = 0, at: datetime = NOW, **more: Any) -> bool:
    return operations.pay(
        actor=officer(on),
        at=at,
        contract_id="C-1",
        seq=1,
        amount_fen=fen,
        before_fen=before,
        **more,
    )


def _terminate(on: Stage, at: datetime = NOW) -> None:
    signatory = Actor("signatory", (Held(Role.PURCHASER_SIGNATORY, on.purchaser.uscc),))
    living.terminate(
        actor=signatory,
        at=at,
        contract_id="C-1",
        kind=EndKind.BY_PURCHASER.value,
        reason="No staff was left",
    )


def _row(seq: int = 1) -> Instalment:
    return Instalment.objects.select_related("contract").get(seq=seq)


def _held() -> list[int]:
    return list(balances([committed("C-1"), accepted("C-1"), paid("C-1")]).values())


def test_a_rest_is_paid_until_all_that_was_accepted_is(on: Stage) -> None:
    _accept(on, fen=THOUSAND - 1)
    assert not _pay(on, 1)
    assert (state_of(_row()), _row().paid_fen, _row().paid_on) == ("accepted", 1, None)
    assert faults() == []
    assert not _pay(on, THOUSAND - 3, before=1)
    with pytest.raises(Refused) as more:
        _pay(on, 2, before=THOUSAND - 2)
    assert (more.value.code, more.value.values["rest"]) == ("above_accepted", "0.01")
    assert _pay(on, 1, before=THOUSAND - 2)
    assert state_of(_row()) is InstalmentState.PAID
    assert (_row().paid_fen, _row().paid_on) == (THOUSAND - 1, date(2026, 6, 30))
    assert _held() == [THOUSAND + 1, 0, THOUSAND - 1]
    assert faults() == [] and reconcile_ledger() == 0
    kinds = Event.objects.filter(subject_id="C-1/1", kind__startswith="instalment.pay")
    assert list(kinds.order_by("seq").values_list("kind", flat=True)) == [
        "instalment.pay_part",
        "instalment.pay_part",
        "instalment.pay",
    ]
    with pytest.raises(Refused, match="wrong_state"):
        _pay(on, 1, before=THOUSAND - 1)


def test_a_part_is_not_paid_twice_by_two_who_saw_the_same(on: Stage) -> None:
    _accept(on)
    _pay(on, 400)
    with pytest.raises(Refused, match="paid_meanwhile"):
        _pay(on, 400)
    assert _row().paid_fen == 400 and _held()[2] == 400


def test_a_rest_paid_late_names_its_cause_and_the_days_count_to_it(on: Stage) -> None:
    _accept(on)
    _pay(on, 400)
    with pytest.raises(Refused, match="delay_cause_missing"):
        _pay(on, THOUSAND - 400, before=400, at=LATER)
    from almoner.contracts.models import DelayCause

    assert _pay(on, THOUSAND - 400, before=400, at=LATER, cause=DelayCause.BUDGET)
    assert (_row().paid_on, _row().delay_cause) == (date(2026, 8, 1), "budget")


def test_the_pages_offer_the_rest(on: Stage) -> None:
    _accept(on)
    finance, _ = somebody("finance", Role.FINANCE_OFFICER, on.finance.uscc)
    form = finance.get(f"{PAGE}1/pay/").content.decode()
    assert 'value="1000"' in form and 'name="before" value="0"' in form
    response = finance.post(f"{PAGE}1/pay/", {"amount": "400", "before": "0"})
    assert response["Location"] == f"{PAGE}?done=instalment.pay_part"
    assert "¥400, ¥600 still to be paid" in finance.get(PAGE).content.decode()
    assert "Pay the instalment" in finance.get("/en/desk/").content.decode()
    public = Client().get("/en/contracts/C-1/payments/").content.decode()
    assert "¥400 paid, ¥600 of the instalment not" in public and "Not yet due" in public
    form = finance.get(f"{PAGE}1/pay/").content.decode()
    assert 'value="600"' in form and 'name="before" value="40000"' in form
    response = finance.post(f"{PAGE}1/pay/", {"amount": "100", "before": "0"})
    assert response.status_code == 409
    assert "CNY 400.00 of this instalment is paid" in response.content.decode()
    response = finance.post(f"{PAGE}1/pay/", {"amount": "600", "before": "40000"})
    assert response["Location"] == f"{PAGE}?done=instalment.pay"
    assert "of the instalment not" not in Client().get("/en/contracts/C-1/").content.decode()


def test_termination_releases_what_is_neither_spent_nor_owed(on: Stage) -> None:
    _accept(on, fen=THOUSAND - 300)
    _pay(on, 200)
    _terminate(on)
    # Accepted stays payable; the disputed part and the later instalment go back.
    assert _held() == [0, THOUSAND - 500, 200]
    assert sum(left(["A-1", "A-2"]).values()) == THOUSAND + 300
    assert state_of(_row(2)) is InstalmentState.LAPSED
    assert faults() == [] and reconcile_ledger() == 0
    act = Event.objects.get(kind="contract.release")
    assert act.subject_id == "C-1" and "released_fen" in act.after
    with pytest.raises(Refused, match="wrong_state"):
        _accept(on, 2)
    assert _pay(on, THOUSAND - 500, before=200)
    assert faults() == []


def test_what_was_due_by_the_last_day_may_still_be_accepted(on: Stage) -> None:
    _row(2).contract.instalments.filter(seq=2).update(due_on=date(2026, 6, 30))
    _terminate(on)
    assert _held() == [THOUSAND, 0, 0]  # of the second; the first fell due a month later
    assert state_of(_row(2)) is InstalmentState.SCHEDULED
    assert state_of(_row(1)) is InstalmentState.LAPSED
    _accept(on, 2, fen=THOUSAND - 1)
    assert _held() == [0, THOUSAND - 1, 0]
    assert Event.objects.filter(kind="contract.release").count() == 2
    assert faults() == [] and reconcile_ledger() == 0
    assert Notice.objects.filter(kind="acceptance_result").count() == 1


def test_a_completed_contract_keeps_what_may_still_be_accepted(on: Stage) -> None:
    _accept(on, fen=THOUSAND - 300)
    Contract.objects.update(ends_on=date(2026, 6, 29))
    living.complete(actor=clerk(on), at=NOW, contract_id="C-1")
    assert _held() == [THOUSAND, THOUSAND - 300, 0]
    assert left(["A-1", "A-2"]) == {"A-1": 150, "A-2": 150}
    assert faults() == []
    _accept(on, 2)
    assert _held() == [0, 2 * THOUSAND - 300, 0]
    assert faults() == [] and reconcile_ledger() == 0


def test_a_contract_that_runs_releases_nothing(on: Stage) -> None:
    _accept(on, fen=1)
    assert _held() == [2 * THOUSAND - 1, 1, 0]
    assert not Event.objects.filter(kind="contract.release").exists()


def test_the_pages_say_what_was_released_and_ask_nobody_for_what_lapsed(on: Stage) -> None:
    _accept(on)
    _terminate(on)
    reader, actor = somebody("reader", Role.PURCHASER_CLERK, on.purchaser.uscc)
    for address in (PAGE, "/en/desk/contracts/C-1/"):
        page = reader.get(address).content.decode()
        assert "Released to the budget" in page and "¥1,000" in page
    page = reader.get(PAGE).content.decode()
    assert "Lapsed with the contract" in page and "/2/accept/" not in page
    public = Client().get("/en/contracts/C-1/payments/").content.decode()
    assert "¥1,000 that was committed to it went back to the budget" in public
    assert "Lapsed: the contract ended before" in public and "Overdue" not in public
    assert tasks_for(actor, datetime(2027, 3, 1, tzinfo=UTC)) == []
    seen = instalments(actor, InstalmentFilter(state="lapsed"), date(2027, 3, 1))
    assert [row.seq for row in seen] == [2]
    assert not instalments(actor, InstalmentFilter(state="overdue"), date(2027, 3, 1)).filter(seq=2)


def test_money_of_later_years_goes_back_first() -> None:
    assert kept([(2026, 100), (2027, 100)], 150) == [100, 50]
    assert kept([(2026, 100), (2026, 50)], 75) == [50, 25]
    assert kept([(2026, 100)], 300) == [100]


def test_a_later_instalment_is_accepted_without_a_second_notice(on: Stage) -> None:
    _accept(on, 1)
    assert not Notice.objects.exists()
    _accept(on, 2)
    assert Notice.objects.count() == 1
    instalment(Contract.objects.get(), 3, date(2027, 1, 30), amount_fen=1)
    _accept(on, 3, fen=1)
    assert Notice.objects.count() == 1


def test_available_grows_by_what_was_released(on: Stage) -> None:
    before = sum(balances([available("A-1"), available("A-2")]).values())
    _terminate(on)
    after = sum(balances([available("A-1"), available("A-2")]).values())
    assert after - before == 2 * THOUSAND
