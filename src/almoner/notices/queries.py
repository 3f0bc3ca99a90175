"""Reads of public notices."""

from datetime import datetime

from django.db.models import QuerySet

from almoner.notices.models import Notice


def issued(*, kind: str = "", until: datetime) -> QuerySet[Notice]:
    """Notices published by an instant, the newest first; of one kind where it is given."""
    notices = Notice.objects.filter(published_at__lte=until)
    return (notices.filter(kind=kind) if kind else notices).order_by("-published_at", "-pk")


def is_issued(kind: str, subject_id: str) -> bool:
    """Whether there is a notice of that kind about a tender, contract, complaint or evaluation."""
    return Notice.objects.filter(kind=kind, subject_id=subject_id).exists()
