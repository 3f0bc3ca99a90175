"""Posting to the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Sum

from almoner.budget.models import EntryKind, LedgerEntry


@dataclass(frozen=True)
class Posting:
    """An amount in fen that `reference` moves from the account `credit` to the account `debit`."""

    kind: EntryKind
    reference: str
    debit: str
    credit: str
    amount_fen: int
    posted_on: date | None


def available(appropriation_id: str) -> str:
    """The account of what an appropriation has left."""
    return f"available:{appropriation_id}"


def source(payer_uscc: str) -> str:
    """The account from which a payer's appropriations come; its balance is never positive."""
    return f"budget:{payer_uscc}"


def committed(contract_id: str) -> str:
    """The account of what is committed to a contract and not yet accepted."""
    return f"committed:{contract_id}"


def accepted(contract_id: str) -> str:
    """The account of what was accepted and not yet paid."""
    return f"accepted:{contract_id}"


def paid(contract_id: str) -> str:
    """The account of what was paid."""
    return f"paid:{contract_id}"


@transaction.atomic
def post_differences(postings: Iterable[Posting]) -> int:
    """Post whatever the ledger lacks, or has too much of, so that it says what `postings` say.

    The ledger is append-only: a fact that grew is posted with its growth, one that shrank or went
    with a release in the other direction. Returns how many entries were added.
    """
    there = posted()
    entries = []
    for posting in postings:
        key = (posting.reference, posting.debit, posting.credit)
        missing = posting.amount_fen - there.pop(key, 0)
        if missing > 0:
            entries.append(_entry(posting, missing))
        elif missing < 0:
            entries.append(_release(*key, -missing, posting.posted_on))
    entries += [_release(*key, amount, None) for key, amount in sorted(there.items()) if amount]
    LedgerEntry.objects.bulk_create(entries, batch_size=1_000)
    return len(entries)


def posted() -> dict[tuple[str, str, str], int]:
    """What was posted, net of releases, in fen by (reference, debit, credit)."""
    net: dict[tuple[str, str, str], int] = {}
    sums = LedgerEntry.objects.values_list("reference", "debit", "credit", "kind").annotate(
        amount=Sum("amount_fen")
    )
    for reference, debit, credit, kind, amount in sums.order_by():
        if kind == EntryKind.RELEASE:
            debit, credit, amount = credit, debit, -amount
        key = (reference, debit, credit)
        net[key] = net.get(key, 0) + int(amount)
    return net


def _entry(posting: Posting, amount_fen: int) -> LedgerEntry:
    return LedgerEntry(
        posted_on=posting.posted_on,
        kind=posting.kind,
        debit=posting.debit,
        credit=posting.credit,
        amount_fen=amount_fen,
        reference=posting.reference,
    )


def _release(
    reference: str, debit: str, credit: str, amount_fen: int, on: date | None
) -> LedgerEntry:
    return LedgerEntry(
        posted_on=on,
        kind=EntryKind.RELEASE,
        debit=credit,
        credit=debit,
        amount_fen=amount_fen,
        reference=reference,
    )
