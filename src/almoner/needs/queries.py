"""Reads of what residents asked for."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from almoner.needs.models import Need


@dataclass(frozen=True)
class NeedCount:
    """How many needs were raised, and how many of them were answered."""

    raised: int
    answered: int


def needs_in(area_codes: Collection[str]) -> NeedCount:
    """Needs raised in any of the places."""
    found = Need.objects.filter(area__in=area_codes).aggregate(
        raised=Count("id"), answered=Count("id", filter=Q(answered_on__isnull=False))
    )
    return NeedCount(found["raised"], found["answered"])
