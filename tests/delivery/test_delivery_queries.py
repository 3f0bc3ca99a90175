"""Months of a contract, and how many people are known to stand behind them."""

from datetime import date

import pytest
from tests.disclosure import cast

from almoner.delivery.models import TaskRequest
from almoner.delivery.queries.delivered import TermMonth, months_of, people_behind, task_requests_of


@pytest.mark.parametrize(
    ("clients", "largest", "people"),
    [(0, None, None), (0, 0, 0), (3, None, 3), (3, 8, 8), (9, 8, 9)],
)
def test_people_behind_a_month(clients: int, largest: int | None, people: int | None) -> None:
    assert people_behind(clients, largest) == people


@pytest.mark.django_db
def test_months_up_to_one_of_this_contract_only() -> None:
    on = cast.stage()
    case = cast.term(cast.contract(on))
    for name in ("2026-03", "2026-01", "2026-02"):
        cast.month(case, name, 10, people=6)
    cast.month(cast.term(cast.contract(on, "C-2")), "2026-01", 99)
    assert months_of("C-1", "2026-02") == [
        TermMonth(case.id, "2026-01", 5, 600, 6, 6),
        TermMonth(case.id, "2026-02", 5, 600, 6, 6),
    ]


@pytest.mark.django_db
def test_task_requests_oldest_first() -> None:
    on = cast.stage()
    contract = cast.contract(on)
    for id, day in (("Q-1", date(2026, 5, 1)), ("Q-2", date(2026, 4, 1))):
        TaskRequest.objects.create(
            id=id, contract=contract, requested_by=on.purchaser, requested_on=day, ruling="open"
        )
    assert [row.id for row in task_requests_of("C-1")] == ["Q-2", "Q-1"]
