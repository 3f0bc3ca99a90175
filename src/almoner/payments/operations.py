"""Bringing the ledger in line with what was budgeted, committed, accepted and paid."""

from collections.abc import Iterator

from almoner.budget.models import Appropriation, EntryKind
from almoner.budget.operations import (
    Posting,
    accepted,
    available,
    committed,
    paid,
    post_differences,
    source,
)
from almoner.contracts.models import Commitment
from almoner.payments.models import Instalment


def reconcile_ledger() -> int:
    """Post what the facts say and the ledger does not; how many entries that took."""
    return post_differences(postings())


def postings() -> Iterator[Posting]:
    """What the ledger must say, from appropriations, commitments and instalments.

    An instalment counts as accepted with its amount on the day of acceptance, and as paid with
    what was paid. Zero amounts are posted nowhere.
    """
    for fact in (*_appropriated(), *_committed(), *_accepted_and_paid()):
        if fact.amount_fen:
            yield fact


def _appropriated() -> Iterator[Posting]:
    for row in Appropriation.objects.order_by("id"):
        reference = f"appropriations/{row.id}"
        debit, credit = available(row.id), source(row.payer_id)
        yield Posting(EntryKind.APPROPRIATE, reference, debit, credit, row.amount_fen, None)


def _committed() -> Iterator[Posting]:
    rows = Commitment.objects.select_related("contract")
    for row in rows.order_by("contract_id", "appropriation_id"):
        reference = f"commitments/{row.contract_id}/{row.appropriation_id}"
        debit, credit = committed(row.contract_id), available(row.appropriation_id)
        on = row.contract.signed_on
        yield Posting(EntryKind.COMMIT, reference, debit, credit, row.amount_fen, on)


def _accepted_and_paid() -> Iterator[Posting]:
    for row in Instalment.objects.order_by("contract_id", "seq"):
        reference = f"instalments/{row.contract_id}/{row.seq}"
        if row.accepted_on:
            debit, credit = accepted(row.contract_id), committed(row.contract_id)
            on = row.accepted_on
            yield Posting(EntryKind.ACCEPT, reference, debit, credit, row.amount_fen, on)
        if row.paid_on and row.paid_fen:
            debit, credit = paid(row.contract_id), accepted(row.contract_id)
            yield Posting(EntryKind.PAY, reference, debit, credit, row.paid_fen, row.paid_on)
