"""Reading what was delivered: months of a contract's terms, and work asked beyond them."""

from typing import NamedTuple

from django.db.models.functions import Coalesce, Greatest

from almoner.delivery.models import TaskRequest


class TermMonth(NamedTuple):
    """One month of one term. `people` bounds from below who took part; None = nobody wrote it."""

    term_id: int
    month: str
    sessions: int
    minutes: int
    participants: int | None
    people: int | None


def people_behind(clients: int, largest_session: int | None) -> int | None:
    """At least how many people a month is about; None where no record tells."""
    if clients == 0 and largest_session is None:
        return None
    return max(clients, largest_session or 0)


# The same within a query, 0 where no record tells.
PEOPLE_BEHIND = Greatest("clients", Coalesce("largest_session", 0))


def task_requests_of(contract_id: str) -> list[TaskRequest]:
    """Work that was asked of the provider outside the contract, oldest first."""
    return list(
        TaskRequest.objects.filter(contract=contract_id)
        .select_related("requested_by")
        .order_by("requested_on", "id")
    )
