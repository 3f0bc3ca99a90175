"""Single postings: what is left, nothing committed twice, and the ledger beside the facts."""

from datetime import date

import pytest
from tests.budget.office import NOW, YUAN, faults, officer, proposal, started
from tests.disclosure.cast import Stage, commitment, contract, instalment

from almoner.audit.models import Event
from almoner.budget import operations
from almoner.budget.models import Appropriation, AppropriationFile, LedgerEntry
from almoner.budget.operations import Line, post, release
from almoner.budget.operations import commitment as commits
from almoner.budget.queries import choices_for, flows, left, proposals, state_of
from almoner.contracts.models import Commitment, Instalment
from almoner.payments.operations import reconcile_ledger
from almoner.rules.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> Stage:
    return started()


def _approved(on: Stage, **facts: object) -> list[Appropriation]:
    file = operations.propose(actor=officer(on), at=NOW, proposal=proposal(on, **facts))
    return operations.approve(actor=officer(on, "finance2"), at=NOW, file_id=file.id)


def test_what_is_left_is_committed_once(on: Stage) -> None:
    row = _approved(on, years=1, total_fen=100, lines=(_line(on, "100"),))[0]
    post([commits("C-1", row.id, 60, None)], NOW)
    assert left([row.id]) == {row.id: 40}
    with pytest.raises(Refused) as refused:
        post([commits("C-2", row.id, 41, None)], NOW)
    assert refused.value.code == "over_committed"
    assert refused.value.values == {"appropriation": row.id, "left": "0.40", "wanted": "0.41"}
    post([commits("C-2", row.id, 40, None)], NOW)
    assert left([row.id]) == {row.id: 0}


def test_two_commitments_of_one_posting_count_together(on: Stage) -> None:
    row = _approved(on, years=1, total_fen=100, lines=(_line(on, "100"),))[0]
    with pytest.raises(Refused):
        post([commits("C-1", row.id, 60, None), commits("C-2", row.id, 41, None)], NOW)
    assert left([row.id]) == {row.id: 100}


def test_a_release_gives_back_and_may_be_used_at_once(on: Stage) -> None:
    row = _approved(on, years=1, total_fen=100, lines=(_line(on, "100"),))[0]
    first = commits("C-1", row.id, 100, None)
    post([first], NOW)
    post([release(first), commits("C-2", row.id, 100, None)], NOW)
    assert left([row.id]) == {row.id: 0}
    kinds = list(LedgerEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["appropriate", "commit", "release", "commit"]


def test_nothing_is_posted_for_nothing(on: Stage) -> None:
    post([commits("C-1", "A-1", 0, None)], NOW)
    assert not LedgerEntry.objects.exists()


def test_a_release_and_a_smaller_fact_agree(on: Stage) -> None:
    row = _approved(on, years=1, total_fen=100, lines=(_line(on, "100"),))[0]
    made = contract(on)
    fact = Commitment.objects.create(contract=made, appropriation=row, amount_fen=60)
    post([commits(made.id, row.id, 60, made.signed_on)], NOW)
    assert faults() == []
    Commitment.objects.filter(pk=fact.pk).update(amount_fen=45)
    post([release(commits(made.id, row.id, 15, None))], NOW)
    assert faults() == []
    assert reconcile_ledger() == 0


def test_flows_are_reconciled_from_the_ledger(on: Stage) -> None:
    made = contract(on)
    commitment(on, made, 1_000 * YUAN)
    instalment(made, 1, date(2026, 6, 1), amount_fen=600 * YUAN, accepted_on=date(2026, 6, 1))
    reconcile_ledger()
    (flow,) = flows(Appropriation.objects.all())
    assert (flow.appropriated, flow.committed, flow.left) == (100_000, 100_000, 0)
    assert (flow.accepted, flow.paid, flow.agrees) == (60_000, 0, True)
    Instalment.objects.update(paid_on=date(2026, 6, 2), paid_fen=500 * YUAN)
    Appropriation.objects.update(amount_fen=1_500 * YUAN)
    (flow,) = flows(Appropriation.objects.all())
    assert (flow.paid, flow.agrees) == (0, False)
    reconcile_ledger()
    (flow,) = flows(Appropriation.objects.all())
    assert (flow.paid, flow.left, flow.agrees) == (50_000, 50_000, True)


def test_choices_fit_place_service_and_year(on: Stage) -> None:
    line = (_line(on, "100"),)
    here = _approved(on, years=2, total_fen=200, lines=line)
    whole_city = _approved(on, years=1, total_fen=100, lines=line, area=on.city.code)
    anything = _approved(on, years=1, total_fen=100, lines=line, service_item=None)
    street = _approved(on, years=1, total_fen=100, lines=line, area=on.street.code)

    def found(area: str, item: str = on.item.code, years: tuple[int, ...] = (2026,)) -> set[str]:
        chosen = choices_for(area=area, service_item=item, years=years)
        assert all(one.left_fen == 100 for one in chosen)
        return {one.appropriation.id for one in chosen}

    first = {here[0].id, whole_city[0].id, anything[0].id}
    assert found(on.street.code) == first | {street[0].id}
    assert found(on.district.code) == first
    assert found(on.city.code) == {whole_city[0].id}
    assert found(on.district.code, item="other") == {anything[0].id}
    assert found(on.district.code, years=(2027,)) == {here[1].id}
    assert found(on.district.code, years=(2029,)) == set()


def test_every_step_is_on_record_and_a_refusal_writes_nothing(on: Stage) -> None:
    file = operations.propose(actor=officer(on), at=NOW, proposal=proposal(on))
    with pytest.raises(Refused, match="same_person"):
        operations.approve(actor=officer(on), at=NOW, file_id=file.id)
    with pytest.raises(Refused, match="same_person"):
        operations.give_back(actor=officer(on), at=NOW, file_id=file.id, reason="No")
    second = officer(on, "finance2")
    with pytest.raises(Refused, match="reason_missing"):
        operations.give_back(actor=second, at=NOW, file_id=file.id, reason=" ")
    with pytest.raises(Refused, match="wrong_state"):
        operations.propose(actor=second, at=NOW, proposal=proposal(on), file_id=file.id)
    operations.approve(actor=second, at=NOW, file_id=file.id)
    with pytest.raises(Refused, match="wrong_state"):
        operations.approve(actor=second, at=NOW, file_id=file.id)
    events = Event.objects.filter(subject_table="appropriations", subject_id=file.id)
    assert list(events.order_by("seq").values_list("kind", "actor")) == [
        ("appropriation.propose", "finance"),
        ("appropriation.approve", "finance2"),
    ]
    assert Appropriation.objects.count() == 6
    assert faults() == []


def test_whoever_proposed_an_earlier_version_may_not_approve_a_later_one(on: Stage) -> None:
    first, second, third = (officer(on, name) for name in ("f1", "f2", "f3"))
    file = operations.propose(actor=first, at=NOW, proposal=proposal(on))
    operations.give_back(actor=second, at=NOW, file_id=file.id, reason="Wrong year")
    file = operations.propose(actor=third, at=NOW, proposal=proposal(on), file_id=file.id)
    assert state_of(file) == "proposed"
    with pytest.raises(Refused, match="same_person"):
        operations.approve(actor=first, at=NOW, file_id=file.id)
    operations.approve(actor=second, at=NOW, file_id=file.id)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"first_year": 2025}, "year_over"),
        ({"service_item": "Z9"}, "item_not_in_directory"),
        ({"lines": "twice"}, "line_twice"),
        ({"lines": "short"}, "shares_do_not_add_up"),
    ],
)
def test_a_bad_proposal_is_refused(on: Stage, facts: dict[str, object], code: str) -> None:
    lines = {"twice": (_line(on, "50"), _line(on, "50")), "short": (_line(on, "99.99"),)}
    if "lines" in facts:
        facts = {"lines": lines[str(facts["lines"])]}
    with pytest.raises(Refused, match=code):
        operations.propose(actor=officer(on), at=NOW, proposal=proposal(on, **facts))
    assert not AppropriationFile.objects.exists() and not Event.objects.filter(
        subject_table="appropriations"
    )


def test_only_the_body_itself_proposes_and_reads(on: Stage) -> None:
    stranger = officer(on, "stranger")
    held = stranger.held[0]
    stranger = type(stranger)("stranger", (type(held)(held.role, on.agency.uscc),))
    with pytest.raises(Refused, match="not_permitted"):
        operations.propose(actor=stranger, at=NOW, proposal=proposal(on))
    operations.propose(actor=officer(on), at=NOW, proposal=proposal(on))
    assert not proposals(stranger) and len(proposals(officer(on))) == 1


def _line(on: Stage, ratio: str) -> Line:
    return Line(on.finance.uscc, "district", "budget", ratio)
