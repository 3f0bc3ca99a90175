"""Reading the record, the newest first."""

from almoner.audit.models import Event, Head


class Trail:
    """All events, for a paginator; as numbers have no gap, a page is found without counting."""

    def count(self) -> int:
        return Head.objects.get(id=1).seq

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Event]:
        last = self.count() - (wanted.start or 0)
        first = self.count() - (wanted.stop or 0)
        return list(Event.objects.filter(seq__gt=first, seq__lte=last).order_by("-seq"))
