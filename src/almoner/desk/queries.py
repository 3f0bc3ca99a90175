"""Everything that waits for somebody, whichever stage it comes from."""

from collections.abc import Callable
from datetime import date, datetime

from almoner.budget import queries as budget
from almoner.contracts.queries import tasks as contracts
from almoner.delivery.queries import sessions as delivery_sessions
from almoner.delivery.queries import tasks as delivery_tasks
from almoner.evaluation import queries_work as evaluation_work
from almoner.needs import queries as needs
from almoner.payments import queries as payments
from almoner.rules.roles import Actor
from almoner.tenders.queries import award, bids, drafting, panel
from almoner.voice import queries as voice
from almoner.web.tasks import Task

TaskSource = Callable[[Actor, datetime], list[Task]]
SOURCES: tuple[TaskSource, ...] = (
    budget.tasks_for,
    drafting.tasks_for,
    bids.tasks_for,
    panel.tasks_for,
    award.tasks_for,
    contracts.tasks_for,
    delivery_sessions.tasks_for,
    delivery_tasks.tasks_for,
    evaluation_work.tasks_for,
    payments.tasks_for,
    needs.tasks_for,
    voice.tasks_for,
)


def tasks_of(actor: Actor, at: datetime) -> list[Task]:
    """What `actor` has to do, the most urgent first; what has no deadline comes last."""
    found = [task for source in SOURCES for task in source(actor, at)]
    return sorted(found, key=lambda task: (task.due_on is None, task.due_on or date.max))


def having(tasks: list[Task], *, text: str = "", overdue_on: date | None = None) -> list[Task]:
    """The tasks that hold every word of `text`, and that were due before `overdue_on`."""
    words = text.casefold().split()
    return [
        task
        for task in tasks
        if all(word in f"{task.what} {task.about}".casefold() for word in words)
        and (overdue_on is None or (task.due_on is not None and task.due_on < overdue_on))
    ]
