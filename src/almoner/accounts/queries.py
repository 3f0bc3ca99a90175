"""Which roles a person holds on a day, of their own or in the place of somebody who is away."""

from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from almoner.accounts.models import Delegation, Grant, Person
from almoner.prepared import Prepared
from almoner.rules.roles import ROLE_PERMISSIONS, Actor, Held, Permission, Role


def in_force(day: date, prefix: str = "") -> Q:
    """What holds on `day`, both ends included, and was not ended at once: grants, delegations."""
    return Q(
        Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gte": day}),
        **{f"{prefix}from_on__lte": day, f"{prefix}revoked_at__isnull": True},
    )


def names_of(login: str) -> tuple[str, str]:
    """The Chinese and the English name of whoever has a login; the login itself for nobody."""
    found = Person.objects.filter(login=login).values_list("name_zh", "name_en").first()
    return found or (login, login)


def grants_on(person: Person, day: date) -> QuerySet[Grant]:
    """A person's own grants that are in force on `day`."""
    return Grant.objects.filter(in_force(day), person=person).select_related("organisation")


def roles_on(person: Person, day: date) -> list[Role]:
    """The roles that a person was granted and holds on `day`."""
    return [Role(value) for value in grants_on(person, day).values_list("role", flat=True)]


@lru_cache(maxsize=8)
def _held_on(day: date) -> Prepared[tuple[str, str | None, int, str]]:
    """What somebody, by number, holds on `day`, as a deputy too: each page of the desk asks it."""

    def held(person: int) -> QuerySet[Grant, tuple[str, str | None, int, str]]:
        absent = Delegation.objects.filter(in_force(day), to=person, person__is_active=True)
        whose = Q(person=person) | Q(person__in=absent.values("person"))
        found = Grant.objects.filter(in_force(day), whose).order_by("id")
        return found.values_list("role", "organisation_id", "person_id", "person__login")

    return Prepared(held)


def actor_on(person: Person, day: date) -> Actor:
    """The person as an actor, with the roles held on `day`: first their own, then as a deputy.

    A deputy holds what the absent person was granted, not what that person holds as a deputy.
    """
    rows = _held_on(day)(person.pk)
    own = [Held(Role(role), body) for role, body, owner, _login in rows if owner == person.pk]
    others = [
        Held(Role(role), body, instead_of=login)
        for role, body, owner, login in rows
        if owner != person.pk
    ]
    return Actor(person.login, (*own, *others))


def holders(permission: Permission, body: str | None, day: date) -> list[Person]:
    """Active people who hold `permission` for a body (or the whole city) on `day`, and deputies."""
    roles = [role.value for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed]
    scope = Q(organisation__isnull=True)
    if body is not None:
        scope |= Q(organisation=body)
    granted = Grant.objects.filter(in_force(day), scope, role__in=roles, person__is_active=True)
    owners = granted.values("person")
    standing_in = Delegation.objects.filter(in_force(day), person__in=owners)
    found = Person.objects.filter(Q(pk__in=owners) | Q(pk__in=standing_in.values("to")))
    return list(found.filter(is_active=True).order_by("id"))
