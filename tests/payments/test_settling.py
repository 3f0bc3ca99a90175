"""Accepting and paying whatever amounts: the ledger says what the facts say, to the fen."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.budget.office import NOW, clerk, officer, started
from tests.disclosure.cast import commitment, contract, instalment

from almoner.budget.operations import accepted, available, committed, paid
from almoner.budget.queries import balances, flows
from almoner.payments import operations
from almoner.payments.models import Satisfied
from almoner.payments.operations import Opinion, reconcile_ledger
from almoner.payments.queries import settled
from almoner.rules.settlement import RESIDENT, Ground

PARTS = st.lists(
    st.tuples(st.integers(1, 10**12), st.fractions(0, 1), st.fractions(0, 1)),
    min_size=1,
    max_size=4,
)


class AnyAmounts(TestCase):
    @settings(max_examples=settings().max_examples // 8)
    @given(PARTS)
    def test_due_accepted_disputed_paid_and_owed_add_up(
        self, parts: list[tuple[int, object, object]]
    ) -> None:
        on = started()
        made = contract(on)
        commitment(on, made, sum(due for due, *_ in parts))
        for seq, (due, *_) in enumerate(parts):
            instalment(made, seq, date(2026, 7, 1), amount_fen=due)
        reconcile_ledger()
        all_accepted = all_paid = 0
        for seq, (due, of_due, of_accepted) in enumerate(parts):
            fen = max(1, int(due * of_due))
            now = max(1, int(fen * of_accepted))
            at = {"at": NOW, "contract_id": made.id, "seq": seq}
            for _ in range(2):
                said = Opinion(RESIDENT, Satisfied.YES, "", date(2026, 6, 1))
                operations.hear(actor=clerk(on), opinion=said, **at)
            operations.accept(
                actor=clerk(on), amount_fen=fen, ground=Ground.OTHER, reason="So it was", **at
            )
            operations.pay(actor=officer(on), amount_fen=now, **at)
            all_accepted, all_paid = all_accepted + fen, all_paid + now
        assert reconcile_ledger() == 0
        accounts = [committed(made.id), accepted(made.id), paid(made.id), available("A-1")]
        whole = sum(due for due, *_ in parts)
        assert list(balances(accounts).values()) == [
            whole - all_accepted,
            all_accepted - all_paid,
            all_paid,
            0,
        ]
        rows = settled(made, date(2026, 6, 30))
        assert sum(one.disputed_fen for one in rows) == whole - all_accepted
        (flow,) = flows([made.commitments.get().appropriation])
        assert (flow.committed, flow.accepted, flow.paid) == (whole, all_accepted, all_paid)
