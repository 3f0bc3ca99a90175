"""The people of a demonstration."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from almoner.accounts.operations import add_person, grant_role
from almoner.demo import Person
from almoner.rules.roles import Role

FROM_ON = date(2000, 1, 1)


@transaction.atomic
def add_demonstration_people(people: Iterable[Person], *, actor: str, at: datetime) -> None:
    """Give each an account without password, which only the one-click page opens, and a role."""
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
