"""The ledger: append-only, balanced, and saying what the facts say."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from almoner.budget.models import EntryKind, LedgerEntry
from almoner.budget.operations import Posting, post_differences, posted

DAY = date(2026, 1, 31)


def _posting(amount: int, reference: str = "commitments/C-1/A-1") -> Posting:
    return Posting(EntryKind.COMMIT, reference, "committed:C-1", "available:A-1", amount, DAY)


@pytest.mark.django_db
def test_a_fact_is_posted_once() -> None:
    assert post_differences([_posting(200)]) == 1
    assert post_differences([_posting(200)]) == 0
    assert posted() == {("commitments/C-1/A-1", "committed:C-1", "available:A-1"): 200}


@pytest.mark.django_db
def test_growth_and_shrinking_add_entries_and_keep_the_old() -> None:
    post_differences([_posting(200)])
    post_differences([_posting(250)])
    post_differences([_posting(120)])
    entries = list(LedgerEntry.objects.order_by("id").values_list("kind", "debit", "amount_fen"))
    assert entries == [
        ("commit", "committed:C-1", 200),
        ("commit", "committed:C-1", 50),
        ("release", "available:A-1", 130),
    ]
    assert list(posted().values()) == [120]


@pytest.mark.django_db
def test_a_fact_that_went_is_released() -> None:
    post_differences([_posting(200), _posting(5, "commitments/C-2/A-1")])
    post_differences([_posting(200)])
    assert posted()[("commitments/C-2/A-1", "committed:C-1", "available:A-1")] == 0
    assert post_differences([_posting(200)]) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("debit", "amount"), [("a", 0), ("a", -1), ("b", 1)])
def test_the_database_refuses_entries_that_move_nothing(debit: str, amount: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            kind="pay", debit=debit, credit="b", amount_fen=amount, reference="r"
        )


class AnyHistory(TestCase):
    @settings(max_examples=settings().max_examples // 3)
    @given(st.lists(st.dictionaries(st.sampled_from("rst"), st.integers(1, 10**15)), max_size=6))
    def test_whatever_happened_the_ledger_says_the_last_facts(
        self, history: list[dict[str, int]]
    ) -> None:
        for facts in history:
            post_differences([_posting(amount, reference) for reference, amount in facts.items()])
        left = {key[0]: amount for key, amount in posted().items() if amount}
        assert left == (history[-1] if history else {})
