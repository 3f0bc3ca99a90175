"""Reading what was delivered: months of a contract's terms, and work asked beyond them."""

from dataclasses import dataclass

from almoner.delivery.models import MonthlyDelivery, TaskRequest
from almoner.prepared import Prepared


@dataclass(frozen=True)
class TermMonth:
    """One month of one term. `people` bounds from below who took part; None = nobody wrote it."""

    term_id: int
    month: str
    sessions: int
    minutes: int
    participants: int | None
    people: int | None


_MONTHS = Prepared(
    lambda contract_id, until: (
        MonthlyDelivery.objects.filter(term__contract=contract_id, month__lte=until)
        .order_by("month", "term_id")
        .values_list(
            "term_id",
            "month",
            "records",
            "minutes",
            "participants",
            "clients",
            "largest_session",
        )
    )
)


def months_of(contract_id: str, until: str) -> list[TermMonth]:
    """Every month with records of a contract up to a month (YYYY-MM), in order; one query."""
    return [
        TermMonth(term, month, sessions, minutes, people, people_behind(clients, largest))
        for term, month, sessions, minutes, people, clients, largest in _MONTHS(contract_id, until)
    ]


def people_behind(clients: int, largest_session: int | None) -> int | None:
    """At least how many people a month is about; None where no record tells."""
    if clients == 0 and largest_session is None:
        return None
    return max(clients, largest_session or 0)


def task_requests_of(contract_id: str) -> list[TaskRequest]:
    """Work that was asked of the provider outside the contract, oldest first."""
    return list(
        TaskRequest.objects.filter(contract=contract_id)
        .select_related("requested_by")
        .order_by("requested_on", "id")
    )
