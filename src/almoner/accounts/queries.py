"""Which roles a person holds on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from almoner.accounts.models import Grant, Person
from almoner.rules.roles import Role


def grants_on(person: Person, day: date) -> QuerySet[Grant]:
    """The grants of a person that are in force on `day`, both ends included."""
    in_force = Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))
    return Grant.objects.filter(in_force, person=person).select_related("organisation")


def roles_on(person: Person, day: date) -> list[Role]:
    """The roles that a person holds on `day`."""
    return [Role(value) for value in grants_on(person, day).values_list("role", flat=True)]
