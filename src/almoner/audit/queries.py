"""Reading the record, the newest first; what is sealed shows only that it is there."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

from almoner.audit.models import Event, Head, Seal

EVENTS_A_PAGE = 50
INSTEAD_OF = " instead of "  # in an event's role: before the login of whoever was away


class TrailPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """All events in pages; as their numbers have no gap, nothing is counted or skipped over."""

    def __init__(self) -> None:
        super().__init__(Event.objects.order_by("-seq"), EVENTS_A_PAGE)

    @cached_property
    def count(self) -> int:
        return Head.objects.get(id=1).seq

    def page(self, number: int | str) -> "Page[Event]":
        whole = self.validate_number(number)
        last = self.count - (whole - 1) * EVENTS_A_PAGE
        events = Event.objects.filter(seq__gt=last - EVENTS_A_PAGE, seq__lte=last)
        return Page(unread(events.order_by("-seq")), whole, self)


@dataclass(frozen=True)
class SealedEvent:
    """All that is told of an event about a sealed subject: its place in the chain."""

    seq: int
    hash: str


def unread(events: Iterable[Event]) -> list[Event | SealedEvent]:
    """The events in their order, those about a sealed subject without what they say.

    Nothing tells one sealed event from another: not who, not when, not about what. How many there
    are tells nothing either, as whoever writes them adds a random number of empty ones (`blanks`
    in `audit.operations`).
    """
    found = list(events)
    ids = {event.subject_id for event in found}
    sealed = set(Seal.objects.filter(subject_id__in=ids).values_list("subject_table", "subject_id"))
    return [
        SealedEvent(event.seq, event.hash)
        if (event.subject_table, event.subject_id) in sealed
        else event
        for event in found
    ]


def head() -> tuple[int, str]:
    """The number and the hash of the newest event."""
    newest = Head.objects.get(id=1)
    return newest.seq, newest.hash


def deeds(subject_table: str, subject_id: str) -> list[tuple[str, str]]:
    """The (kind, login) of everything that was done to a subject, oldest first.

    What a deputy did counts twice: as the deputy's, and as that of whoever was away.
    """
    done = Event.objects.filter(subject_table=subject_table, subject_id=subject_id)
    found = []
    for kind, actor, role in done.order_by("seq").values_list("kind", "actor", "role"):
        _role, _between, absent = role.partition(INSTEAD_OF)
        found += [(kind, login) for login in (actor, absent) if login]
    return found
