"""What the account and demonstration pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.functional import Promise

from almoner.accounts.models import Grant, Person
from almoner.accounts.queries import grants_on, in_force
from almoner.rules.roles import Permission, Role, permissions_of
from almoner.web.labels import PERMISSIONS, ROLES


@dataclass(frozen=True)
class HeldRole:
    """A role somebody holds, for an organisation or (None) for the whole city."""

    role: str | Promise
    organisation: object | None
    from_on: date
    to_on: date | None
    may: tuple[str | Promise, ...]


@dataclass(frozen=True)
class DemonstrationPerson:
    id: int
    person: Person
    roles: tuple[HeldRole, ...]


def held_roles(person: Person, day: date) -> tuple[HeldRole, ...]:
    """The roles of a person on a day, in the order in which they were granted."""
    return _held(grants_on(person, day).order_by("id"))


def demonstration_people(day: date) -> list[DemonstrationPerson]:
    """The people of the demonstration with their roles on a day, in two queries."""
    grants = Grant.objects.filter(in_force(day)).select_related("organisation").order_by("id")
    people = Person.objects.filter(is_demonstration=True, is_active=True).order_by("id")
    return [
        DemonstrationPerson(
            person.pk,
            person,
            _held(person.grants.all()),
        )
        for person in people.prefetch_related(Prefetch("grants", queryset=grants))
    ]


def demonstration_person(person_id: int) -> Person | None:
    """One of the people of the demonstration; nobody else is ever found here."""
    return Person.objects.filter(pk=person_id, is_demonstration=True, is_active=True).first()


def _held(grants: Iterable[Grant]) -> tuple[HeldRole, ...]:
    return tuple(
        HeldRole(
            ROLES[Role(grant.role)],
            grant.organisation,
            grant.from_on,
            grant.to_on,
            _may(Role(grant.role)),
        )
        for grant in grants
    )


def _may(role: Role) -> tuple[str | Promise, ...]:
    """What a role allows, in the order of the permissions."""
    allowed = permissions_of([role], signed_in=True)
    return tuple(PERMISSIONS[permission] for permission in Permission if permission in allowed)
