"""Reading instalments, what was said of them, and how far they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Commitment, Contract, Instalment
from almoner.contracts.queries.ending import LAPSED, is_lapsed
from almoner.directory.models import ServiceItem
from almoner.evaluation.models import Evaluation
from almoner.payments.models import Acceptance, UserOpinion
from almoner.prepared import Prepared
from almoner.rules.calendar import local_day
from almoner.rules.roles import Actor, Permission, Role
from almoner.rules.settlement import Check, Claim, checks, heard
from almoner.rules.workflow import InstalmentState
from almoner.web.tasks import Task

SOON = timedelta(days=30)
"""So long before its due day an instalment becomes a task."""
MOST_TASKS = 50

_INSTALMENTS = Prepared(
    lambda contract_id: Instalment.objects.filter(contract=contract_id).order_by("seq")
)


def instalments_of(contract_id: str) -> list[Instalment]:
    """The instalments of a contract by their numbers."""
    return _INSTALMENTS(contract_id)


def state_of(instalment: Instalment) -> InstalmentState:
    """How far an instalment is; it is paid once all that was accepted is."""
    if instalment.paid_on:
        return InstalmentState.PAID
    if instalment.accepted_on:
        return InstalmentState.ACCEPTED
    lapsed = is_lapsed(instalment, instalment.contract)
    return InstalmentState.LAPSED if lapsed else InstalmentState.SCHEDULED


def accepted_fen(instalment: Instalment) -> int:
    """What of an accepted instalment was accepted: all of it unless an acceptance says less."""
    given = acceptance_of(instalment)
    return given.accepted_fen if given else instalment.amount_fen


def rest_fen(instalment: Instalment) -> int:
    """What of an accepted instalment is still to be paid."""
    return accepted_fen(instalment) - (instalment.paid_fen or 0)


def acceptance_of(instalment: Instalment) -> Acceptance | None:
    """What was accepted and why not all; None before acceptance, and for what came otherwise."""
    return getattr(instalment, "acceptance", None)


def payers_of(contract_id: str) -> list[str]:
    """The bodies (uscc) whose appropriations are committed to a contract."""
    rows = Commitment.objects.filter(contract=contract_id)
    return sorted(set(rows.values_list("appropriation__payer_id", flat=True)))


def paying_body(actor: Actor, contract: Contract) -> str:
    """On whose behalf `actor` would pay: a payer that they act for, or any payer."""
    payers = payers_of(contract.id) or [contract.purchaser_id]
    mine = [payer for payer in payers if actor.may(Permission.PAYMENT_PAY, payer)]
    return (mine or payers)[0]


@dataclass(frozen=True)
class Settled:
    """An instalment with all that its acceptance and payment rest on."""

    instalment: Instalment
    state: InstalmentState
    opinions: tuple[UserOpinion, ...]
    acceptance: Acceptance | None
    claim: Claim

    @property
    def checks(self) -> tuple[Check, ...]:
        """What whoever accepts has to see."""
        return checks(self.claim)

    @property
    def disputed_fen(self) -> int:
        """What was due and not accepted."""
        return self.acceptance.disputed_fen if self.acceptance else 0


def settled(contract: Contract, today: date) -> list[Settled]:
    """The instalments of a contract by their numbers, in three queries."""
    rows = (
        Instalment.objects.filter(contract=contract)
        .select_related("acceptance", "contract")
        .prefetch_related("opinions")
        .order_by("seq")
    )
    evaluations = list(Evaluation.objects.filter(contract=contract))
    past = [one.reported_on for one in evaluations if one.reported_on and one.reported_on <= today]
    known = len(past) < len(evaluations), max(past, default=None)
    return [_settled(row, today, *known) for row in rows]


def _settled(
    row: Instalment, today: date, evaluation_open: bool, reported_on: date | None
) -> Settled:
    opinions = tuple(sorted(row.opinions.all(), key=lambda one: (one.day, one.id)))
    acceptance = acceptance_of(row)
    claim = Claim(
        amount_fen=row.amount_fen,
        due_on=row.due_on,
        condition=row.condition or "",
        today=today,
        opinions=heard(one.who for one in opinions),
        evaluation_open=evaluation_open,
        reported_on=reported_on,
        accepted_fen=acceptance.accepted_fen if acceptance else None,
    )
    return Settled(row, state_of(row), opinions, acceptance, claim)


def contracts_for(actor: Actor) -> Q:
    """The contracts whose payments `actor` may read: those of the bodies that they act for.

    That is the purchaser, the provider, the supervisor and whoever pays. Where a contract names no
    supervisor, every supervisor reads it.
    """
    bodies = actor.bodies(Permission.PAYMENT_READ)
    if bodies is None:
        return Q()
    paying = Commitment.objects.filter(contract=OuterRef("pk"), appropriation__payer__in=bodies)
    mine = Q(purchaser__in=bodies) | Q(provider__in=bodies) | Q(supervisor__in=bodies)
    if any(held.role is Role.SUPERVISOR for held in actor.held):
        mine |= Q(supervisor=None)
    return mine | Q(Exists(paying))


def contract_for(actor: Actor, contract_id: str) -> Contract | None:
    """One contract whose payments `actor` may read, with its parties."""
    rows = Contract.objects.filter(contracts_for(actor), pk=contract_id)
    return rows.select_related("purchaser", "provider", "area").first()


@dataclass(frozen=True)
class InstalmentFilter:
    """Which instalments; empty ones leave all."""

    state: str = ""
    due_from: date | None = None
    due_to: date | None = None
    purchaser: str = ""
    words: str = ""


def instalments(actor: Actor, wanted: InstalmentFilter, today: date) -> "QuerySet[Instalment]":
    """The instalments that `actor` may read, the first due first."""
    contracts = Contract.objects.filter(contracts_for(actor))
    if wanted.purchaser:
        contracts = contracts.filter(purchaser=wanted.purchaser)
    if wanted.words:
        items = ServiceItem.objects.filter(
            Q(name_zh__icontains=wanted.words) | Q(name_en__icontains=wanted.words)
        )
        contracts = contracts.filter(
            Q(pk__icontains=wanted.words)
            | Q(provider__name_zh__icontains=wanted.words)
            | Q(provider__name_en__icontains=wanted.words)
            | Q(service_item__in=items.values("code"))
        )
    found = Instalment.objects.filter(_in_state(wanted.state, today), contract__in=contracts)
    if wanted.state not in ("lapsed", "all"):
        found = found.exclude(LAPSED)
    if wanted.due_from:
        found = found.filter(due_on__gte=wanted.due_from)
    if wanted.due_to:
        found = found.filter(due_on__lte=wanted.due_to)
    related = ("contract__purchaser", "contract__provider", "acceptance")
    return found.select_related(*related).order_by("due_on", "contract_id", "seq")


def _in_state(state: str, today: date) -> Q:
    return {
        "": Q(paid_on=None),
        "overdue": Q(paid_on=None, due_on__lt=today),
        "accept": Q(paid_on=None, accepted_on=None),
        "pay": Q(paid_on=None, accepted_on__isnull=False),
        "paid": Q(paid_on__isnull=False),
        "lapsed": LAPSED,
        "all": Q(),
    }[state]


def purchasers(actor: Actor) -> "Collection[tuple[str, str, str | None]]":
    """(uscc, Chinese, English name) of the purchasers whose payments `actor` may read."""
    rows = Contract.objects.filter(contracts_for(actor)).order_by("purchaser_id")
    return rows.values_list("purchaser_id", "purchaser__name_zh", "purchaser__name_en").distinct()


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Instalments due soon or overdue that wait for `actor`: to be accepted, or to be paid."""
    soon = local_day(at) + SOON
    found: list[Task] = []
    for permission, what, waiting in (
        (
            Permission.PAYMENT_ACCEPT,
            _("Hear users, then accept the instalment"),
            Q(accepted_on=None, due_on__lte=soon),
        ),
        (Permission.PAYMENT_PAY, _("Pay the instalment"), Q(accepted_on__isnull=False)),
    ):
        if not actor.may(permission):
            continue
        rows = Instalment.objects.filter(waiting, _of(actor, permission), paid_on=None)
        rows = rows.exclude(LAPSED)
        if permission is Permission.PAYMENT_PAY:
            # Whoever heard users or accepted may not pay.
            rows = rows.exclude(acceptance__by=actor.login).exclude(opinions__by=actor.login)
        found += [
            Task(
                what,
                f"{row.contract_id} · {row.seq}",
                row.due_on,
                reverse("settlement", args=[row.contract_id]),
            )
            for row in rows.order_by("due_on", "contract_id", "seq")[:MOST_TASKS]
        ]
    return found


def _of(actor: Actor, permission: Permission) -> Q:
    """The instalments for which `actor` holds the permission."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return Q()
    if permission is Permission.PAYMENT_ACCEPT:
        return Q(contract__purchaser__in=bodies)
    paying = Commitment.objects.filter(
        contract=OuterRef("contract_id"), appropriation__payer__in=bodies
    )
    return Q(Exists(paying))
