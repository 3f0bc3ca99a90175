"""What accounts of the ledger hold."""

import pytest

from almoner.budget.models import LedgerEntry
from almoner.budget.queries import balances

pytestmark = pytest.mark.django_db


def test_balances_are_debits_less_credits() -> None:
    for kind, debit, credit, fen in (
        ("appropriate", "a", "source", 100),
        ("commit", "b", "a", 70),
        ("release", "a", "b", 30),
        ("commit", "other", "a", 5),
    ):
        LedgerEntry.objects.create(
            kind=kind, debit=debit, credit=credit, amount_fen=fen, reference="r"
        )
    assert balances(["a", "b", "none"]) == {"a": 55, "b": 40, "none": 0}
