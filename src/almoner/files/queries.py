"""Which files belong to what."""

from almoner.files.models import Attachment


def attached(subject_table: str, subject_id: str, purpose: str | None = None) -> list[Attachment]:
    """The files of a subject, oldest first; only those of one purpose where that is named."""
    found = Attachment.objects.filter(subject_table=subject_table, subject_id=subject_id)
    if purpose is not None:
        found = found.filter(purpose=purpose)
    return list(found.order_by("uploaded_at", "id"))


def attachment_of(attachment_id: str, subject_table: str, subject_id: str) -> Attachment | None:
    """One file, if it belongs to that subject: a known id opens nothing else's files."""
    return Attachment.objects.filter(
        id=attachment_id, subject_table=subject_table, subject_id=subject_id
    ).first()
