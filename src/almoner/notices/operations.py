"""Issuing public notices."""

from datetime import datetime

from django.db import transaction

from almoner.notices.models import Notice, NoticeKind
from almoner.web.stamps import bump


@transaction.atomic
def issue(*, kind: NoticeKind, subject_id: str, at: datetime) -> Notice:
    """Publish a notice about a tender, contract, complaint or evaluation.

    It raises the stamps of the lists, and of the page of a tender or contract of that id. Whoever
    issues one about an evaluation or a complaint raises that of its contract.
    """
    notice = Notice.objects.create(kind=kind, subject_id=subject_id, published_at=at)
    bump(["city", f"tender:{subject_id}", f"contract:{subject_id}"])
    return notice
