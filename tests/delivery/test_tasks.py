"""Tasks outside the contract: the rule answers, and only two ways lead in."""

from datetime import date
from decimal import Decimal

import pytest
from tests.delivery.task_cast import NOW, YUAN, Walk, walk
from tests.disclosure import cast
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.contracts.models import (
    Commitment,
    Contract,
    ContractChange,
    EndKind,
    Instalment,
)
from almoner.delivery.models import ChangeProposal, Ruling, TaskFile, TaskRequest
from almoner.delivery.operations import changes, tasks
from almoner.delivery.queries.promises import terms_left, versions_of
from almoner.delivery.queries.tasks import contracts_of, requests_for, room_of, tasks_for
from almoner.disclosure.queries import facts
from almoner.exchange.verify import verify
from almoner.payments.operations import reconcile_ledger
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission, Role
from almoner.rules.scope import Override, without_override
from almoner.rules.terms import promised

pytestmark = pytest.mark.django_db
AUDITOR = Actor("auditor", (Held(Role.AUDITOR, None),))


copies = once_a_module(walk)
on = own_copy()


def asked(on: Walk, **facts: object) -> TaskRequest:
    return tasks.ask(actor=on.clerk, at=NOW, contract_id=on.contract.id, asked=on.asked(**facts))


def varied(on: Walk, task: TaskRequest, yuan: int = 100_000) -> ChangeProposal:
    return changes.propose_variation(
        actor=on.clerk,
        at=NOW,
        task_id=task.id,
        amount_fen=yuan * YUAN,
        appropriation_id="A-1",
        due_on=date(2026, 9, 30),
        reason="The campaign lasts two months",
    )


def swapped(on: Walk, task: TaskRequest, from_on: date = date(2026, 7, 2)) -> ChangeProposal:
    return changes.propose_swap(
        actor=on.clerk, at=NOW, task_id=task.id, term_code="T1", from_on=from_on, reason="Instead"
    )


def refusal(code: str) -> "pytest.RaisesExc[Refused]":
    return pytest.RaisesExc(Refused, check=lambda refused: refused.code == code)


def whole() -> bool:
    return all(not faults for _, faults in verify())


@pytest.mark.parametrize(
    ("facts", "ruling", "clause"),
    [
        ({}, "open", "not_a_service"),
        ({"kind": "case_work", "hours": Decimal(3360)}, "in_scope", "term:T1"),
        ({"kind": "case_work", "hours": Decimal("3360.25")}, "open", "term_spent:T1"),
        ({"kind": "enforcement"}, "refused", "enforcement"),
    ],
)
def test_the_rule_answers_at_once(
    on: Walk, facts: dict[str, object], ruling: str, clause: str
) -> None:
    task = asked(on, **facts)
    assert (task.ruling, task.file.clause) == (ruling, clause)
    assert (task.ruled_on is None) == (ruling == "open")
    event = Event.objects.order_by("-seq")[0]
    assert (event.actor, event.subject_id) == ("clerk", task.id)


def test_what_was_delivered_this_year_is_no_longer_left(on: Walk) -> None:
    term = on.contract.terms.get()
    cast.month(term, "2025-12", 1000)
    cast.month(term, "2026-01", 3000)
    assert [one.left for one in terms_left(on.contract, date(2026, 7, 2))] == [360]
    assert [one.left for one in terms_left(on.contract, date(2027, 1, 1))] == [3360]
    assert terms_left(on.contract, date(2025, 12, 31)) == []


@pytest.mark.parametrize("who", ["director", "signatory", "stranger"])
def test_only_a_clerk_of_the_purchaser_asks(on: Walk, who: str) -> None:
    with refusal("not_permitted"):
        tasks.ask(actor=getattr(on, who), at=NOW, contract_id="C-1", asked=on.asked())
    assert not TaskRequest.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize(("day", "fine"), [("2025-12-31", False), ("2026-01-01", True)])
def test_a_task_is_asked_of_a_contract_in_force(on: Walk, day: str, fine: bool) -> None:
    def ask() -> TaskRequest:
        at = cast.at(day)
        return tasks.ask(actor=on.clerk, at=at, contract_id="C-1", asked=on.asked())

    if fine:
        assert ask().ruling == "open"
    else:
        with refusal("contract_not_running"):
            ask()


def test_who_reported_a_task_stands_in_the_audit_record_alone(on: Walk) -> None:
    task = tasks.report(actor=on.director, at=NOW, contract_id="C-1", asked=on.asked())
    assert task.file.asked_by == ""
    assert "director" not in str(vars(task)) + str(vars(task.file))
    assert Event.objects.get(subject_id=task.id).actor == "director"
    with refusal("not_permitted"):
        tasks.report(actor=on.clerk, at=NOW, contract_id="C-1", asked=on.asked())


def test_a_paid_variation_becomes_part_of_the_contract(on: Walk) -> None:
    task = asked(on)
    changes.agree(actor=on.director, at=NOW, proposal_id=varied(on, task).id)
    task.refresh_from_db()
    change = ContractChange.objects.get()
    assert task.ruling == Ruling.PAID_VARIATION and task.ruled_on == date(2026, 7, 2)
    assert (change.seq, change.kind, change.amount_delta_fen, change.agreed_by_provider) == (
        1,
        "amount",
        100_000 * YUAN,
        True,
    )
    assert Commitment.objects.get().amount_fen == 6_000_000 * YUAN
    added = Instalment.objects.get(seq=2)
    assert (added.amount_fen, added.due_on) == (100_000 * YUAN, date(2026, 9, 30))
    assert whole()


@pytest.mark.parametrize(("yuan", "fine"), [(590_000, True), (590_001, False)])
def test_additions_come_to_a_tenth_at_most(on: Walk, yuan: int, fine: bool) -> None:
    task = asked(on)
    if fine:
        varied(on, task, yuan)
        return
    with refusal("above_ten_percent"):
        varied(on, task, yuan)


def test_additions_count_together(on: Walk) -> None:
    changes.agree(actor=on.director, at=NOW, proposal_id=varied(on, asked(on), 500_000).id)
    assert room_of(on.contract, date(2026, 7, 2)) == 90_000 * YUAN
    with refusal("above_ten_percent"):
        varied(on, asked(on), 90_001)


def test_two_proposals_for_the_last_of_the_room_do_not_both_pass(on: Walk) -> None:
    first, second = varied(on, asked(on), 500_000), varied(on, asked(on), 500_000)
    changes.agree(actor=on.director, at=NOW, proposal_id=first.id)
    with refusal("above_ten_percent"):
        changes.agree(actor=on.director, at=NOW, proposal_id=second.id)
    assert ContractChange.objects.count() == 1 and whole()


def test_money_that_is_not_there_is_not_promised(on: Walk) -> None:
    proposal = varied(on, asked(on), 400_000)
    Commitment.objects.update(amount_fen=6_800_000 * YUAN)
    reconcile_ledger()
    with refusal("over_committed"):
        changes.agree(actor=on.director, at=NOW, proposal_id=proposal.id)
    assert not ContractChange.objects.exists() and whole()


def test_a_swap_makes_a_new_version_from_its_day_and_leaves_the_past(on: Walk) -> None:
    task = asked(on)
    changes.agree(actor=on.director, at=NOW, proposal_id=swapped(on, task).id)
    task.refresh_from_db()
    assert task.ruling == Ruling.SWAPPED
    later = versions_of("C-1")["T1"]
    year = (date(2026, 1, 1), date(2026, 12, 31))
    before = promised(3360, later, *year, until=date(2026, 7, 1))
    assert before == promised(3360, (), *year, until=date(2026, 7, 1))
    whole_year = promised(3360, later, *year)
    assert whole_year is not None and 3040 - Decimal("0.01") <= whole_year <= 3040
    assert promised(3360, later, date(2027, 1, 1), date(2027, 12, 31)) == 3360
    assert terms_left(on.contract, date(2026, 7, 2))[0].left == whole_year


def test_the_past_cannot_be_changed(on: Walk) -> None:
    task = asked(on)
    with refusal("day_has_passed"):
        swapped(on, task, date(2026, 7, 1))


def test_more_than_a_term_has_cannot_be_swapped(on: Walk) -> None:
    task = asked(on, hours=Decimal(3000))
    with refusal("too_few_hours_to_swap"):
        swapped(on, task)


def test_one_proposal_at_a_time(on: Walk) -> None:
    task = asked(on)
    varied(on, task)
    with refusal("proposal_waits"):
        swapped(on, task)


def test_a_refused_change_leaves_the_request_open(on: Walk) -> None:
    task = asked(on)
    proposal = varied(on, task)
    changes.refuse(actor=on.director, at=NOW, proposal_id=proposal.id, reason="Too little")
    task.refresh_from_db()
    assert task.ruling == "open" and not ContractChange.objects.exists()
    with refusal("wrong_state"):
        changes.agree(actor=on.director, at=NOW, proposal_id=proposal.id)
    swapped(on, task)


@pytest.mark.parametrize("who", ["clerk", "signatory", "stranger"])
def test_only_the_provider_answers(on: Walk, who: str) -> None:
    proposal = varied(on, asked(on))
    for answer in (changes.agree, changes.refuse):
        more = {"reason": "x"} if answer is changes.refuse else {}
        with refusal("not_permitted"):
            answer(actor=getattr(on, who), at=NOW, proposal_id=proposal.id, **more)


def test_an_override_names_the_official_and_the_reason(on: Walk) -> None:
    task = asked(on)
    proposal = varied(on, task)
    tasks.override(actor=on.signatory, at=NOW, task_id=task.id, reason=" Ordered from above ")
    task.refresh_from_db()
    file = TaskFile.objects.get(task=task)
    assert task.ruling == Ruling.IMPOSED
    assert (file.override_by, file.override_reason) == ("signatory", "Ordered from above")
    said = Override("purchaser_signatory", "signatory", "signatory", "Ordered from above")
    assert without_override(task.summary or "") == ("Healthy city campaign", said)
    proposal.refresh_from_db()
    assert proposal.agreed is False
    with refusal("wrong_state"):
        changes.agree(actor=on.director, at=NOW, proposal_id=proposal.id)


def test_an_override_needs_a_reason_and_another_person(on: Walk) -> None:
    task = asked(on)
    with refusal("reason_missing"):
        tasks.override(actor=on.signatory, at=NOW, task_id=task.id, reason=" ")
    both = Actor("clerk", (*on.clerk.held, *on.signatory.held))
    with refusal("same_person"):
        tasks.override(actor=both, at=NOW, task_id=task.id, reason="I want it")
    with refusal("not_permitted"):
        tasks.override(actor=on.clerk, at=NOW, task_id=task.id, reason="I want it")


def test_nobody_can_impose_law_enforcement(on: Walk) -> None:
    task = asked(on, kind="enforcement")
    with refusal("forbidden_task"):
        tasks.override(actor=on.signatory, at=NOW, task_id=task.id, reason="Needed")


def test_a_dropped_request_is_refused_and_its_proposal_falls(on: Walk) -> None:
    task = asked(on)
    proposal = varied(on, task)
    tasks.drop(actor=on.clerk, at=NOW, task_id=task.id)
    task.refresh_from_db()
    proposal.refresh_from_db()
    assert (task.ruling, proposal.agreed) == (Ruling.REFUSED, False)


def test_each_sees_what_waits_for_him(on: Walk) -> None:
    task = asked(on)
    assert [one.due_on for one in tasks_for(on.clerk, NOW)] == [date(2026, 7, 9)]
    assert tasks_for(on.director, NOW) == tasks_for(on.stranger, NOW) == []
    varied(on, task)
    assert tasks_for(on.clerk, NOW) == []
    assert [one.about for one in tasks_for(on.director, NOW)] == ["C-1"]


def test_requests_are_read_by_the_sides_of_their_contract_and_by_auditors(on: Walk) -> None:
    asked(on)
    readers = [on.clerk, on.signatory, on.director, AUDITOR, on.stranger]
    assert [requests_for(one).count() for one in readers] == [1, 1, 1, 1, 0]
    assert contracts_of(on.stranger, Permission.TASK_AGREE, date(2026, 7, 2)).count() == 0
    assert contracts_of(on.clerk, Permission.TASK_ASK, date(2028, 12, 31)).count() == 1
    assert contracts_of(on.clerk, Permission.TASK_ASK, date(2029, 1, 1)).count() == 0


def test_lists_and_pages_promise_the_same_after_a_swap(on: Walk) -> None:
    changes.agree(actor=on.director, at=NOW, proposal_id=swapped(on, asked(on)).id)
    day = date(2026, 7, 31)
    listed = facts(Contract.objects.all(), day)[0]
    later = versions_of("C-1")["T1"]
    year = (date(2026, 1, 1), date(2026, 12, 31))
    exact = promised(3360, later, *year)
    assert exact is not None and abs(Decimal(listed.promised) - Decimal(float(exact))) < 1
    assert listed.by_now == promised(3360, later, *year, until=day)


@pytest.mark.parametrize("ended", [date(2026, 7, 1), None])
def test_nothing_is_added_to_a_contract_that_is_over(on: Walk, ended: date | None) -> None:
    proposal = varied(on, asked(on))
    Contract.objects.update(
        ended_on=ended,
        end_kind=EndKind.BY_BOTH if ended else None,
        ends_on=ended or date(2026, 7, 1),
    )
    before = Commitment.objects.values_list("amount_fen").get()
    with refusal("contract_not_running"):
        changes.agree(actor=on.director, at=NOW, proposal_id=proposal.id)
    assert Commitment.objects.values_list("amount_fen").get() == before
    assert not ContractChange.objects.exists() and Instalment.objects.count() == 1
    changes.refuse(actor=on.director, at=NOW, proposal_id=proposal.id, reason="It is over")


def test_a_contract_still_changes_on_its_last_day(on: Walk) -> None:
    proposal = varied(on, asked(on))
    Contract.objects.update(ends_on=NOW.date(), ended_on=None)
    changes.agree(actor=on.director, at=NOW, proposal_id=proposal.id)
    assert ContractChange.objects.count() == 1
