"""A signatory who signs one contract after another, in a process of its own that can be killed.

`python -m tests.reliability.signing prepare NUMBER | sign | count`
"""

import json
import sys
from typing import Any

INSTALMENTS = 9


# The models are imported late: as a process of its own, this module sets Django up itself.


def many(number: int, state: str) -> list[str]:
    """So many contracts that wait for a signature (state settled or signed); their ids.

    Copies of one that was drafted and offered, each with a bid of its own, and money for all.
    """
    from tests.contracts.parts import PRICE, award, settled, signed

    from almoner.contracts.models import ContractFile, Signature
    from almoner.contracts.queries.files import fingerprint

    made = award(left_fen=number * PRICE)
    first = {"settled": settled, "signed": signed}[state](made)
    copies = [
        replaced(first, id=f"C-{turn:04}", bid=copy_of_bid(made.bid, turn))
        for turn in range(1, number)
    ]
    ContractFile.objects.bulk_create(copies)
    if state == "signed":
        given = Signature.objects.get()
        assert given.sha256 == fingerprint(first)
        Signature.objects.bulk_create(replaced(given, id=None, file=one) for one in copies)
    return [first.pk, *(one.pk for one in copies)]


def copy_of_bid(bid: Any, turn: int) -> Any:
    """A bid once more, under another id."""
    made = replaced(bid, id=f"B-copy-{turn:04}", status="withdrawn")
    made.save(force_insert=True)
    return made


def replaced(row: Any, **changes: Any) -> Any:
    """A copy of a row with other values."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for name, value in changes.items():
        field = row._meta.get_field(name)
        values[field.attname] = value.pk if hasattr(value, "pk") else value
    return type(row)(**values)


def prepare(number: int) -> None:
    many(number, "signed")


def sign() -> None:
    """Sign whatever waits for it, saying so before each."""
    from tests.contracts.parts import NOW, SIGNATORY

    from almoner.contracts.models import ContractFile
    from almoner.contracts.operations.signing import countersign
    from almoner.contracts.queries.files import fingerprint

    for file in ContractFile.objects.filter(contract=None).order_by("pk"):
        sys.stdout.write(f"{file.pk}\n")
        sys.stdout.flush()
        countersign(actor=SIGNATORY, at=NOW, contract_id=file.pk, sha256=fingerprint(file))


def count() -> None:
    """How often each trace of a conclusion is there: all must be the same number."""
    from almoner.audit.models import Event
    from almoner.budget.models import LedgerEntry
    from almoner.contracts.models import (
        Commitment,
        Contract,
        ContractFile,
        ContractTerm,
        Instalment,
        Signature,
    )

    counts = [
        Contract.objects.count(),
        ContractFile.objects.filter(contract__isnull=False).count(),
        Signature.objects.filter(side="purchaser").count(),
        Event.objects.filter(kind="contract.countersign").count(),
        ContractTerm.objects.count() / 2,
        Commitment.objects.count() / 2,
        LedgerEntry.objects.filter(kind="commit").count() / 2,
        Instalment.objects.count() / INSTALMENTS,
    ]
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    import django

    django.setup()
    command, *numbers = sys.argv[1:]
    {"prepare": prepare, "sign": sign, "count": count}[command](*map(int, numbers))
