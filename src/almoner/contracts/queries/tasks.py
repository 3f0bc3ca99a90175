"""What waits for somebody about contracts."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.audit.models import Event
from almoner.contracts.models import Contract, ContractFile, Side, Signature
from almoner.contracts.queries.awarded import awaiting_contract
from almoner.contracts.queries.files import publication_deadline, signature_deadline
from almoner.rules.calendar import local_day
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import CONTRACT, Step
from almoner.tenders.models import Tender
from almoner.web.format import named
from almoner.web.tasks import Task

MOST = 100
"""Tasks of one kind that a desk lists; whoever has more finds the rest in the list of contracts."""


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """What `actor` has to do about contracts."""
    today = local_day(at)
    return [
        *_drafting(actor, today),
        *_answering(actor, today),
        *_signing(actor, today),
        *_ending(actor, today),
    ]


def _of(actor: Actor, permission: Permission, column: str) -> Q | None:
    """Rows of the bodies for which `actor` holds a permission; None where that is nobody."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return Q()
    return Q(**{f"{column}__in": bodies}) if bodies else None


def _drafting(actor: Actor, today: date) -> Iterator[Task]:
    """Awards without a contract, drafts to finish."""
    own = _of(actor, Permission.CONTRACT_DRAFT, "purchaser")
    if own is None:
        return
    for tender in awaiting_contract().filter(own)[:MOST]:
        url = reverse("contract-draft", args=[tender.pk])
        yield Task(_("Draft the contract"), named(tender.area), _sign_by(tender, today), url)
    for file in _files().filter(own, offered_at=None)[:MOST]:
        yield _task(_("Finish the draft and send it to the provider"), file, today, "desk-contract")


def _answering(actor: Actor, today: date) -> Iterator[Task]:
    """Texts that the provider agrees to or wants changed."""
    own = _of(actor, Permission.CONTRACT_NEGOTIATE, "provider")
    if own is None:
        return
    for file in _files().filter(own, offered_at__isnull=False, settled_at=None)[:MOST]:
        yield _task(_("Agree to the contract or propose changes"), file, today, "desk-contract")


def _signing(actor: Actor, today: date) -> Iterator[Task]:
    """Texts that wait for a signature."""
    by_provider = Exists(
        Signature.objects.filter(file=OuterRef("pk"), side=Side.PROVIDER, void=False)
    )
    for permission, column, condition, step in (
        (Permission.CONTRACT_SIGN_PROVIDER, "provider", ~by_provider, CONTRACT["sign"]),
        (Permission.CONTRACT_SIGN_PURCHASER, "purchaser", by_provider, CONTRACT["countersign"]),
    ):
        own = _of(actor, permission, column)
        if own is None:
            continue
        files = list(_files().filter(own, condition, settled_at__isnull=False)[:MOST])
        barred = _barred(actor, step, [file.pk for file in files])
        for file in files:
            if file.pk not in barred:
                yield _task(_("Sign the contract"), file, today, f"contract-{step.name}")


def _ending(actor: Actor, today: date) -> Iterator[Task]:
    """Contracts to publish, and those whose last day is over."""
    own = _of(actor, Permission.CONTRACT_DRAFT, "purchaser")
    if own is None:
        return
    rows = Contract.objects.filter(own, ended_on=None).select_related("area")
    unpublished = list(rows.filter(published_on=None).order_by("signed_on", "pk")[:MOST])
    barred = _barred(actor, CONTRACT["publish"], [contract.pk for contract in unpublished])
    for contract in unpublished:
        if contract.pk not in barred:
            due = publication_deadline(contract.signed_on).day
            yield _about(_("Publish the contract"), contract, due)
    over = rows.filter(published_on__isnull=False, ends_on__lt=today)
    for contract in over.order_by("ends_on", "pk")[:MOST]:
        yield _about(_("Close the contract as completed"), contract, None)


def _files() -> "QuerySet[ContractFile]":
    """Files of contracts that are not concluded."""
    rows = ContractFile.objects.filter(contract=None).select_related("tender__area")
    return rows.order_by("saved_at", "pk")


def _barred(actor: Actor, step: Step, ids: list[str]) -> set[str]:
    """Those of the contracts on which an earlier deed of `actor` keeps this step from them."""
    apart = [f"{step.thing}.{name}" for name in step.apart_from]
    if not apart or not ids:
        return set()
    deeds = Event.objects.filter(
        subject_table=CONTRACT.table, subject_id__in=ids, kind__in=apart, actor=actor.login
    )
    return set(deeds.values_list("subject_id", flat=True))


def _sign_by(tender: Tender, today: date) -> date | None:
    announced = tender.award_published_on
    return signature_deadline(announced, today).day if announced else None


def _task(what: str | Promise, file: ContractFile, today: date, to: str) -> Task:
    about = f"{named(file.tender.area)} · {file.pk}"
    return Task(what, about, _sign_by(file.tender, today), reverse(to, args=[file.pk]))


def _about(what: str | Promise, contract: Contract, due_on: date | None) -> Task:
    about = f"{named(contract.area)} · {contract.pk}"
    return Task(what, about, due_on, reverse("desk-contract", args=[contract.pk]))
