"""How many people are known to stand behind a month, and what was asked beyond a contract."""

from datetime import date

import pytest
from tests.disclosure import cast

from almoner.delivery.models import TaskRequest
from almoner.delivery.queries.delivered import people_behind, task_requests_of


@pytest.mark.parametrize(
    ("clients", "largest", "people"),
    [(0, None, None), (0, 0, 0), (3, None, 3), (3, 8, 8), (9, 8, 9)],
)
def test_people_behind_a_month(clients: int, largest: int | None, people: int | None) -> None:
    assert people_behind(clients, largest) == people


@pytest.mark.django_db
def test_task_requests_oldest_first() -> None:
    on = cast.stage()
    contract = cast.contract(on)
    for id, day in (("Q-1", date(2026, 5, 1)), ("Q-2", date(2026, 4, 1))):
        TaskRequest.objects.create(
            id=id, contract=contract, requested_by=on.purchaser, requested_on=day, ruling="open"
        )
    assert [row.id for row in task_requests_of("C-1")] == ["Q-2", "Q-1"]
