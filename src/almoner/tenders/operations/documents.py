"""Documents that belong to a tender: drawings, long specifications, forms to fill in."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from almoner.files.models import Attachment
from almoner.files.operations import attach
from almoner.rules.roles import Actor
from almoner.tenders.operations.registers import draft_of
from almoner.tenders.queries.drafting import DOCUMENT, SUBJECT


@transaction.atomic
def add(*, actor: Actor, at: datetime, file_id: str, upload: "UploadedFile[Any]") -> Attachment:
    """Attach a document to a draft; it is public once the tender is published.

    Refused as in `files.operations.check`, and where the tender is no draft any more.
    """
    file, held = draft_of(actor, file_id)
    return attach(
        actor=actor,
        at=at,
        upload=upload,
        subject_table=SUBJECT,
        subject_id=file.pk,
        purpose=DOCUMENT,
        role=held.role.value,
    )
