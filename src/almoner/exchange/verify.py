"""Whether the record is whole: audit chain, ledger, rollups, contracts, sessions and files."""

from collections.abc import Callable, Iterator

from django.db import connection, transaction

from almoner.audit import triggers
from almoner.audit.operations import faults as audit_faults
from almoner.budget.operations import posted
from almoner.contracts.queries.agreement import faults as contract_faults
from almoner.delivery.operations.months import months_from_records
from almoner.delivery.queries.agreement import faults as session_faults
from almoner.exchange.bulk import fetch
from almoner.files.operations import faults as file_faults
from almoner.payments.operations import postings

_MONTHS = "term_id, month, records, minutes, participants, clients, largest_session"


def verify() -> Iterator[tuple[str, list[str]]]:
    """Each check's name and the faults that it found, English sentences; none where all is well."""
    checks: dict[str, Callable[[], Iterator[str]]] = {
        "audit chain": audit_faults,
        "append-only triggers": _trigger_faults,
        "ledger": _ledger_faults,
        "monthly rollups": _rollup_faults,
        "signed contracts": contract_faults,
        "sessions": session_faults,
        "attachments": file_faults,
    }
    with transaction.atomic():
        for name, check in checks.items():
            yield name, list(check())


def _trigger_faults() -> Iterator[str]:
    for name in sorted(triggers.missing(connection)):
        yield f"the trigger {name} is missing: rows could be changed unseen"


def _ledger_faults() -> Iterator[str]:
    """Each row balances by construction; left is that the sums are those of the facts."""
    there = posted()
    for fact in postings():
        key = (fact.reference, fact.debit, fact.credit)
        amount = there.pop(key, 0)
        if amount != fact.amount_fen:
            yield f"{fact.reference}: {fact.kind} of {fact.amount_fen} fen, the ledger has {amount}"
    for (reference, debit, credit), amount in sorted(there.items()):
        if amount:
            yield f"{reference}: the ledger moves {amount} fen from {credit} to {debit} for nothing"


def _rollup_faults() -> Iterator[str]:
    kept = f"SELECT {_MONTHS} FROM monthly_delivery"  # noqa: S608
    added = months_from_records()
    for first, second, sentence in (
        (added, kept, "the records of term {} in {} add up to something else than its rollup"),
        (kept, added, "the rollup of term {} in {} says something else than its records"),
    ):
        for row in fetch(f"{first} EXCEPT {second} ORDER BY 1, 2"):
            yield sentence.format(row[0], row[1])
