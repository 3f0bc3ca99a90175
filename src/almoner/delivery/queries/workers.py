"""Which people log sessions as which social worker."""

from datetime import date

from django.db.models import Q, QuerySet

from almoner.accounts.models import Grant, Person
from almoner.delivery.models import WorkerAccount
from almoner.parties.models import Worker
from almoner.rules.roles import Actor, Permission, Role


def staff_scope(actor: Actor) -> frozenset[str] | None:
    """Whose staff `actor` may link: a director's own provider, every one for an administrator."""
    if actor.may(Permission.PEOPLE_MANAGE):
        return None
    return actor.bodies(Permission.SESSION_IMPORT)


def linked(scope: frozenset[str] | None) -> "QuerySet[WorkerAccount]":
    """The links of providers, by login."""
    rows = WorkerAccount.objects.select_related("person", "worker__organisation")
    if scope is not None:
        rows = rows.filter(worker__organisation__in=scope)
    return rows.order_by("person__login")


def people_without(scope: frozenset[str] | None, day: date) -> list[tuple[Person, str]]:
    """Social workers by their grants on `day` who are linked to nobody yet, with their provider."""
    grants = Grant.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=day),
        role=Role.SOCIAL_WORKER,
        from_on__lte=day,
        person__is_active=True,
    ).exclude(person__in=WorkerAccount.objects.values("person"))
    if scope is not None:
        grants = grants.filter(organisation__in=scope)
    found = grants.select_related("person").order_by("person__login", "id")
    return [(grant.person, grant.organisation_id or "") for grant in found]


def workers_without(scope: frozenset[str] | None, day: date) -> list[Worker]:
    """Workers employed on `day` whom nobody logs as yet, by provider and pseudonym."""
    rows = Worker.objects.filter(
        Q(employed_to__isnull=True) | Q(employed_to__gte=day), employed_from__lte=day
    ).exclude(pk__in=WorkerAccount.objects.values("worker"))
    if scope is not None:
        rows = rows.filter(organisation__in=scope)
    return list(rows.select_related("organisation").order_by("organisation_id", "id"))
