"""Reading the record, the newest first."""

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

from almoner.audit.models import Event, Head

EVENTS_A_PAGE = 50


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
        return Page(events.order_by("-seq"), whole, self)
