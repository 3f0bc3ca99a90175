"""An officer who pays one instalment after another, in a process of its own that can be killed.

`python -m tests.reliability.paying prepare NUMBER | pay | count`
"""

import json
import sys
from datetime import UTC, date, datetime

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
YUAN = 100


def prepare(number: int) -> None:
    """A contract with so many accepted instalments, in the ledger."""
    from tests.disclosure.cast import commitment, contract, stage

    from almoner.contracts.models import Instalment
    from almoner.payments.operations import reconcile_ledger

    on = stage()
    made = contract(on)
    commitment(on, made, number * YUAN)
    Instalment.objects.bulk_create(
        Instalment(
            contract=made,
            seq=seq,
            amount_fen=YUAN,
            due_on=date(2026, 7, 1),
            accepted_on=date(2026, 6, 1),
        )
        for seq in range(1, number + 1)
    )
    reconcile_ledger()


def pay() -> None:
    """Pay whatever is not paid, the first due first, saying so after each."""
    from almoner.contracts.models import Instalment
    from almoner.payments import operations
    from almoner.rules.roles import Actor, Held, Role

    actor = Actor("finance", (Held(Role.FINANCE_OFFICER, None),))
    for seq in (
        Instalment.objects.filter(paid_on=None).order_by("seq").values_list("seq", flat=True)
    ):
        operations.pay(actor=actor, at=NOW, contract_id="C-1", seq=seq, amount_fen=YUAN)
        sys.stdout.write(f"{seq}\n")
        sys.stdout.flush()


def count() -> None:
    """How many payments the instalments, the ledger and the audit record have."""
    from almoner.audit.models import Event
    from almoner.budget.models import LedgerEntry
    from almoner.contracts.models import Instalment

    counts = [
        Instalment.objects.filter(paid_on__isnull=False).count(),
        LedgerEntry.objects.filter(kind="pay").count(),
        Event.objects.filter(kind="instalment.pay").count(),
    ]
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    import django

    django.setup()
    command, *numbers = sys.argv[1:]
    {"prepare": prepare, "pay": pay, "count": count}[command](*map(int, numbers))
