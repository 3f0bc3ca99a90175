"""The people of a demonstration."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from almoner.accounts import models
from almoner.accounts.operations import add_person, grant_role
from almoner.delivery.models import WorkerAccount
from almoner.demo import Person
from almoner.parties.models import Worker
from almoner.rules.roles import Role

FROM_ON = date(2000, 1, 1)


@transaction.atomic
def add_demonstration_people(people: Iterable[Person], *, actor: str, at: datetime) -> None:
    """Give each an account without password, which only the one-click page opens, and a role.

    A social worker becomes one of the workers whom their provider employs, so as to log sessions.
    """
    for person in people:
        account = add_person(
            actor=actor,
            at=at,
            login=person.login,
            name_zh=person.name_zh,
            name_en=person.name_en,
            password=None,
            is_demonstration=True,
        )
        grant_role(
            actor=actor,
            at=at,
            person=account,
            role=Role(person.role),
            organisation_uscc=person.organisation,
            from_on=FROM_ON,
        )
        if person.role == Role.SOCIAL_WORKER:
            _link_to_worker(account, person.organisation)


def _link_to_worker(account: models.Person, uscc: str | None) -> None:
    employed = Worker.objects.filter(organisation=uscc, employed_to=None, retired_rehire=False)
    free = employed.exclude(pk__in=WorkerAccount.objects.values("worker"))
    worker = free.order_by("id").first()
    if worker is not None:
        WorkerAccount.objects.create(person=account, worker=worker)
