"""The weekly list of one's own tasks, by mail, once a week and person."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from almoner.accounts.mail import address_of, write_to
from almoner.accounts.models import Digest, Person
from almoner.accounts.queries import actor_on
from almoner.desk.queries import tasks_of
from almoner.web.format import day as written_day
from almoner.web.tasks import Task

MOST = 50


def week_of(day: date) -> str:
    """The ISO week of a day: 2027-01-03 lies in 2026-W53."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def send_all(at: datetime, *, dry_run: bool = False) -> Iterator[tuple[str, int, str]]:
    """Send everybody with tasks their list; login, number of tasks and what became of it.

    That is "sent", "failed" (logged; tried again by the next run) or, in a dry run, "would go".
    Nobody gets a second list in the same ISO week, even from two runs at once: whoever comes
    second finds the row of the first.
    """
    day = localtime(at).date()
    week = week_of(day)
    sent = Digest.objects.filter(week=week).values("person")
    waiting = Person.objects.filter(is_active=True).exclude(email="").exclude(pk__in=sent)
    for person in waiting.order_by("login"):
        with override(person.language):  # the sentences and addresses of tasks are made in it
            tasks = tasks_of(actor_on(person, day), at)
            if not tasks:
                continue
            if dry_run:
                yield person.login, len(tasks), "would go"
            elif (outcome := _send(person, week, at, tasks)) is not None:
                yield person.login, len(tasks), outcome


def _send(person: Person, week: str, at: datetime, tasks: list[Task]) -> str | None:
    """Send one list; None where another run was faster."""
    try:
        with transaction.atomic():
            row = Digest.objects.create(person=person, week=week, sent_at=at)
    except IntegrityError:
        return None
    if write_to(person, lambda: _message(tasks, localtime(at).date(), person.language)):
        return "sent"
    row.delete()
    return "failed"


def _message(tasks: list[Task], today: date, language: str) -> tuple[str, str]:
    number = len(tasks)
    subject = ngettext("%(number)d task waits for you", "%(number)d tasks wait for you", number)
    lines = [_("Your tasks, the most urgent first:"), ""]
    for task in tasks[:MOST]:
        lines += [_line(task, today), f"  {address_of(task.url, language)}"]
    if number > MOST:
        lines += ["", _("and %(number)d more") % {"number": number - MOST}]
    lines += ["", _("All of them:"), address_of(reverse("desk"), language)]
    return subject % {"number": number}, "\n".join(lines)


def _line(task: Task, today: date) -> str:
    due = _("no deadline")
    if task.due_on:
        values = {"day": written_day(task.due_on)}
        late = task.due_on < today
        due = (_("overdue since %(day)s") if late else _("due %(day)s")) % values
    return f"- {task.what}: {task.about} ({due})"
