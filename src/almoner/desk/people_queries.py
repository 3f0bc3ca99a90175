"""People as their administrator sees them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from almoner.accounts.models import Delegation, Grant, Person
from almoner.accounts.queries import in_force
from almoner.rules.roles import Role
from almoner.web.format import name_of
from almoner.web.labels import ROLES


@dataclass(frozen=True)
class GrantLine:
    """A grant of a person: its state is running, coming or over."""

    grant: Grant
    role: str
    state: str


def people(*, text: str, role: str, day: date) -> QuerySet[Person]:
    """Everybody, or those whose name or login has `text` and who hold `role` on `day`."""
    running = Grant.objects.filter(in_force(day)).select_related("organisation").order_by("id")
    found = Person.objects.order_by("login").prefetch_related(
        Prefetch("grants", queryset=running, to_attr="running")
    )
    if text:
        names = Q(login__icontains=text) | Q(name_zh__contains=text) | Q(name_en__icontains=text)
        found = found.filter(names)
    if role:
        found = found.filter(pk__in=Grant.objects.filter(in_force(day), role=role).values("person"))
    return found


def roles_of(person: Person) -> str:
    """The roles of one of `people`, in words."""
    running: list[Grant] = person.running  # type: ignore[attr-defined]
    return "; ".join(dict.fromkeys(str(ROLES[Role(grant.role)]) for grant in running))


def person_of(login: str) -> Person | None:
    """The person with that login."""
    if "\0" in login:  # PostgreSQL refuses to look for it
        return None
    return Person.objects.filter(login=login).first()


def grant_lines(person: Person, day: date) -> list[GrantLine]:
    """All grants of a person, the latest first."""
    found = person.grants.select_related("organisation").order_by("-from_on", "-id")
    return [GrantLine(grant, str(ROLES[Role(grant.role)]), _state(grant, day)) for grant in found]


def delegations(person: Person, day: date) -> list[tuple[Delegation, str]]:
    """Who stands or stood in for a person, and for whom that person does, with its state."""
    found = Delegation.objects.filter(Q(person=person) | Q(to=person))
    ordered = found.select_related("person", "to").order_by("-from_on", "-id")
    return [(delegation, _state(delegation, day)) for delegation in ordered]


def possible_deputies(person: Person) -> list[tuple[str, str]]:
    """Everybody else with an open account: login, and name with login."""
    others = Person.objects.filter(is_active=True).exclude(pk=person.pk).order_by("login")
    return [(other.login, f"{name_of(other)} ({other.login})") for other in others]


def _state(days: Grant | Delegation, day: date) -> str:
    if days.revoked_at is not None or (days.to_on is not None and days.to_on < day):
        return "over"
    return "coming" if day < days.from_on else "running"
