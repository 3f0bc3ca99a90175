"""A month of sessions from a spreadsheet: read, applied at most once, undone at most once."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from almoner.audit.operations import Act
from almoner.contracts.models import Contract
from almoner.delivery.models import ImportBatch, RecordChannel, Session
from almoner.delivery.month_file import rows_of
from almoner.delivery.operations.sessions import (
    audit,
    enter,
    line_of,
    lock_workers,
    remove,
    touched,
)
from almoner.delivery.queries.imports import checked, state_of, terms_and_staff
from almoner.delivery.workbook import first_sheet
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission

LONGEST_NAME = 200


@transaction.atomic
def upload(
    *, actor: Actor, at: datetime, contract_id: str, file_name: str, data: bytes
) -> ImportBatch:
    """Read a file and keep its rows for the preview; nothing is in the log yet.

    The same file again is the same import as long as it was not applied. Refused: no_contract,
    not_permitted, file_applied, and whatever `workbook` and `month_file` find.
    """
    contract = Contract.objects.filter(pk=contract_id).first()
    if contract is None:
        raise Refused("no_contract", field="contract")
    held = _importing(actor, contract.provider_id)
    digest = hashlib.sha256(data).hexdigest()
    same = ImportBatch.objects.filter(
        file_sha256=digest, contract__provider=contract.provider_id, undone_at=None
    )
    for earlier in same.order_by("uploaded_at"):
        if earlier.applied_at:
            raise Refused("file_applied", field="file", id=earlier.id)
        if earlier.contract_id == contract_id:
            return earlier
    batch = ImportBatch(
        id=f"I-{secrets.token_hex(4).upper()}",
        contract=contract,
        file_name="".join(c for c in file_name if c.isprintable())[:LONGEST_NAME],
        file_sha256=digest,
        rows=rows_of(first_sheet(data)),
        uploaded_by=actor.login,
        uploaded_at=at,
    )
    audit(actor, held, at, [_act("import.upload", batch, len(batch.rows))])
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def apply(*, actor: Actor, at: datetime, batch_id: str) -> int:
    """Put the rows of an import into the log and the record, all of them; how many.

    Refused: no_import, not_permitted, import_applied, import_undone, file_applied, import_faulty.
    """
    batch, held = _locked(actor, batch_id)
    if (state := state_of(batch)) != "uploaded":
        raise Refused(f"import_{state}", id=batch.id)
    # Whoever else imports for this provider waits here, so that one of two equal files wins.
    lock_workers(worker.id for worker in terms_and_staff(batch.contract)[1])
    twin = ImportBatch.objects.filter(
        file_sha256=batch.file_sha256,
        contract__provider=batch.contract.provider_id,
        applied_at__isnull=False,
        undone_at=None,
    ).first()
    if twin:
        raise Refused("file_applied", id=twin.id)
    found = checked(batch, at)
    if found.faults:
        raise Refused("import_faulty", number=len({fault.row for fault in found.faults}))
    lines = [
        line_of(
            f"{batch.id}-{line.row:05d}",
            line.entry,
            line.term,
            line.worker.id,
            RecordChannel.IMPORT,
            actor,
            held,
            at,
        )
        for line in found.lines
    ]
    for line in lines:
        line.batch = batch
    audit(actor, held, at, [_act("import.apply", batch, len(lines))])
    ImportBatch.objects.filter(pk=batch.id).update(applied_at=at)
    enter(lines)
    return len(lines)


@transaction.atomic
def undo(*, actor: Actor, at: datetime, batch_id: str) -> int:
    """Take an applied import back as a whole; its lines stay in the log, marked. How many.

    A line that somebody corrected by hand meanwhile is marked too; the correction, which is theirs,
    stays. Refused: no_import, not_permitted, import_uploaded, import_undone.
    """
    batch, held = _locked(actor, batch_id)
    if (state := state_of(batch)) != "applied":
        raise Refused(f"import_{state}", id=batch.id)
    rows = Session.objects.select_for_update(of=("self",)).filter(batch=batch)
    lines = list(rows.select_related("term__contract").order_by("pk"))
    audit(actor, held, at, [_act("import.undo", batch, len(lines))])
    ImportBatch.objects.filter(pk=batch.id).update(undone_at=at)
    Session.objects.filter(batch=batch).update(undone=True)
    remove(lines)
    touched(lines)
    return len(lines)


def _act(kind: str, batch: ImportBatch, rows: int) -> Act:
    facts = {"contract": batch.contract_id, "rows": rows, "sha256": batch.file_sha256}
    return Act(kind, "import_batches", batch.id, after=facts)


def _locked(actor: Actor, batch_id: str) -> tuple[ImportBatch, Held]:
    rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("contract")
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise Refused("no_import", id=batch_id)
    return batch, _importing(actor, batch.contract.provider_id)


def _importing(actor: Actor, provider: str) -> Held:
    held = actor.acting(Permission.SESSION_IMPORT, provider)
    if held is None:
        raise Refused("not_permitted", permission=Permission.SESSION_IMPORT.value)
    return held
