"""Linking people who log sessions to the pseudonyms of their employments."""

from datetime import datetime

from django.db import transaction

from almoner.accounts.models import Person
from almoner.audit.operations import Act
from almoner.delivery.models import WorkerAccount
from almoner.delivery.operations.sessions import audit
from almoner.parties.models import Worker
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission, Role


@transaction.atomic
def link_worker(*, actor: Actor, at: datetime, person_id: int, worker_id: str) -> WorkerAccount:
    """Let a person log sessions as a worker of the provider for which they hold that role.

    By the provider's director or an administrator. Refused: no_person, no_such_worker,
    not_permitted, not_social_worker, linked_already.
    """
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    worker = Worker.objects.select_for_update().filter(pk=worker_id).first()
    if person is None:
        raise Refused("no_person", field="person")
    if worker is None:
        raise Refused("no_such_worker", field="worker")
    held = _linking(actor, worker.organisation_id)
    if not _works_for(person, worker, at):
        raise Refused("not_social_worker", field="person", worker=worker.id)
    if (
        WorkerAccount.objects.filter(person=person).exists()
        or WorkerAccount.objects.filter(worker=worker).exists()
    ):
        raise Refused("linked_already", worker=worker.id)
    act = Act("worker.link", "people", person.login, after={"worker": worker.id})
    audit(actor, held, at, [act])
    return WorkerAccount.objects.create(person=person, worker=worker)


@transaction.atomic
def unlink_worker(*, actor: Actor, at: datetime, worker_id: str) -> None:
    """End a link; what was logged stays the worker's. Refused: no_such_worker, not_permitted."""
    rows = WorkerAccount.objects.select_for_update(of=("self",)).filter(worker=worker_id)
    account = rows.select_related("person", "worker").first()
    if account is None:
        raise Refused("no_such_worker")
    held = _linking(actor, account.worker.organisation_id)
    act = Act("worker.unlink", "people", account.person.login, before={"worker": worker_id})
    audit(actor, held, at, [act])
    account.delete()


def _linking(actor: Actor, provider: str) -> Held:
    held = actor.acting(Permission.SESSION_IMPORT, provider) or actor.acting(
        Permission.PEOPLE_MANAGE
    )
    if held is None:
        raise Refused("not_permitted", permission=Permission.SESSION_IMPORT.value)
    return held


def _works_for(person: Person, worker: Worker, at: datetime) -> bool:
    """Whether the person holds the role for the worker's provider, and the employment runs."""
    day = local_day(at)
    grants = person.grants.filter(
        role=Role.SOCIAL_WORKER, organisation=worker.organisation_id, from_on__lte=day
    ).exclude(to_on__lt=day)
    ended = worker.employed_to is not None and worker.employed_to < day
    return grants.exists() and not ended
