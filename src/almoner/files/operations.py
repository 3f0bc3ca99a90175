"""Attaching a file, and checking that what was attached is still there."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from almoner.audit.operations import Act, record
from almoner.files import kinds, store
from almoner.files.models import Attachment
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor


def check(upload: "UploadedFile[Any]", *, text: bool = False) -> str:
    """The media type of an upload; Refused file_empty, file_too_big or file_kind_refused."""
    name, size = upload.name or "", upload.size or 0
    if size == 0:
        raise Refused("file_empty", name=kinds.safe_name(name))
    if size > settings.MAX_FILE_MB * 1_000_000:
        raise Refused("file_too_big", name=kinds.safe_name(name), limit=settings.MAX_FILE_MB)
    return kinds.media_type_of(upload.open(), name, text=text)


@transaction.atomic
def attach(
    *,
    actor: Actor,
    at: datetime,
    upload: "UploadedFile[Any]",
    subject_table: str,
    subject_id: str,
    purpose: str,
    role: str = "",
    text: bool = False,
) -> Attachment:
    """Keep a file that belongs to a subject; Refused as in `check`.

    The file is on disk before its row is committed, so that no row is without its file. The
    record names its hash and size, not its name: that may tell what is still sealed. `role` is
    the one acted in, where the caller knows.
    """
    media_type = check(upload, text=text)
    attachment = Attachment(
        id=secrets.token_hex(16),
        subject_table=subject_table,
        subject_id=subject_id,
        purpose=purpose,
        name=kinds.safe_name(upload.name or ""),
        media_type=media_type,
        size=upload.size or 0,
        uploaded_by=actor.login,
        uploaded_at=at,
    )
    attachment.sha256 = store.keep(attachment.id, upload.chunks())
    attachment.save(force_insert=True)
    after = {"purpose": purpose, "size": attachment.size, "sha256": attachment.sha256}
    act = Act("file.attach", subject_table, subject_id, after=after)
    record(actor=actor.login, role=role, at=at, acts=[act])
    return attachment


def faults() -> Iterator[str]:
    """What is wrong with the files, an English sentence a fault; a file without a row is none."""
    for attachment in Attachment.objects.order_by("id").iterator(chunk_size=1_000):
        try:
            there = store.sha256_of(store.path_of(attachment.id))
        except OSError:
            yield f"attachment {attachment.id} ({attachment.name}): its file cannot be read"
            continue
        if there != attachment.sha256:
            yield f"attachment {attachment.id} ({attachment.name}): its file was changed"
