"""Reading proposals, appropriations and the ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.budget.accounts import ACCEPTED, AVAILABLE, COMMITTED, PAID, available
from almoner.budget.models import Appropriation, AppropriationFile, EntryKind, LedgerEntry
from almoner.directory.models import ServiceItem
from almoner.parties.models import Organisation, OrganisationKind
from almoner.parties.queries import Areas, areas, is_kind
from almoner.rules.money import drawn
from almoner.rules.roles import Actor, Permission, Role
from almoner.rules.workflow import AppropriationState
from almoner.web.tasks import Task


def balances(accounts: Sequence[str]) -> dict[str, int]:
    """What each account holds, in fen: all that was debited less all that was credited.

    Two queries; an account without entries holds 0.
    """
    held = dict.fromkeys(accounts, 0)
    for side, sign in (("debit", 1), ("credit", -1)):
        sums = LedgerEntry.objects.filter(**{f"{side}__in": accounts}).values_list(side)
        for account, amount in sums.annotate(amount=Sum("amount_fen")).order_by():
            held[account] += sign * int(amount)
    return held


def left(appropriation_ids: Iterable[str]) -> dict[str, int]:
    """What each appropriation has left, in fen, from the ledger; 0 for one that is not there."""
    accounts = {id_: available(id_) for id_ in appropriation_ids}
    held = balances(list(accounts.values()))
    return {id_: held[account] for id_, account in accounts.items()}


@dataclass(frozen=True)
class Flow:
    """What became of an appropriation, in fen, as the ledger has it.

    Of what was appropriated a part is committed and the rest left; of what is committed a part is
    accepted, and of that a part paid. Accepting and paying happen by contract: the earliest fiscal
    year behind a contract counts as used first, the sources of one year in proportion.
    """

    appropriation: Appropriation
    appropriated: int
    committed: int
    accepted: int
    paid: int

    @property
    def left(self) -> int:
        return self.appropriated - self.committed

    @property
    def agrees(self) -> bool:
        """Whether the ledger has what the appropriation's own row says."""
        return self.appropriated == self.appropriation.amount_fen


def flows(appropriations: Iterable[Appropriation]) -> list[Flow]:
    """What became of each appropriation, in three queries however many they are."""
    rows = list(appropriations)
    moved = _moved()
    used = _used(moved)
    found = []
    for row in rows:
        account = available(row.id)
        committed, accepted, paid = used.get(account, (0, 0, 0))
        found.append(Flow(row, moved.appropriated.get(account, 0), committed, accepted, paid))
    return found


@dataclass(frozen=True)
class _Moved:
    """The ledger by account, net of releases: appropriated, committed (contract, from), ..."""

    appropriated: Mapping[str, int]
    committed: Mapping[str, Mapping[str, int]]
    accepted: Mapping[str, int]
    paid: Mapping[str, int]


def _moved() -> _Moved:
    appropriated: dict[str, int] = defaultdict(int)
    committed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    accepted: dict[str, int] = defaultdict(int)
    paid: dict[str, int] = defaultdict(int)
    sums = LedgerEntry.objects.values_list("kind", "debit", "credit")
    for kind, debit, credit, amount in sums.annotate(amount=Sum("amount_fen")).order_by():
        fen = int(amount)
        if kind == EntryKind.RELEASE:
            debit, credit, fen = credit, debit, -fen
        if debit.startswith(AVAILABLE):
            appropriated[debit] += fen
        elif debit.startswith(COMMITTED):
            committed[debit.removeprefix(COMMITTED)][credit] += fen
        elif debit.startswith(ACCEPTED):
            accepted[debit.removeprefix(ACCEPTED)] += fen
        elif debit.startswith(PAID):
            paid[debit.removeprefix(PAID)] += fen
    return _Moved(appropriated, committed, accepted, paid)


def _used(moved: _Moved) -> dict[str, tuple[int, int, int]]:
    """What of each appropriation's account is committed, accepted and paid."""
    years = {
        available(id_): year for id_, year in Appropriation.objects.values_list("id", "fiscal_year")
    }
    used: dict[str, tuple[int, int, int]] = {}
    for contract_id, sources in moved.committed.items():
        accounts = sorted(sources)
        behind = [(years.get(account, 0), sources[account]) for account in accounts]
        accepted = drawn(moved.accepted.get(contract_id, 0), behind)
        paid = drawn(moved.paid.get(contract_id, 0), behind)
        for account, at, one, other in zip(accounts, behind, accepted, paid, strict=True):
            before = used.get(account, (0, 0, 0))
            used[account] = (before[0] + at[1], before[1] + one, before[2] + other)
    return used


def entries_of(appropriation_id: str) -> "QuerySet[LedgerEntry]":
    """The ledger's entries that move money of an appropriation, in their order."""
    account = available(appropriation_id)
    return LedgerEntry.objects.filter(Q(debit=account) | Q(credit=account)).order_by("id")


@dataclass(frozen=True)
class Choice:
    """An appropriation that may pay for a purchase, and what it has left in fen."""

    appropriation: Appropriation
    left_fen: int


def choices_for(*, area: str, service_item: str, years: Collection[int]) -> list[Choice]:
    """Appropriations of those fiscal years that may pay for a service in an area.

    They are for that service or any, and for that area, one above it, or the whole city.
    """
    tree = areas()
    above = [one.code for one in tree.path(area)] if area in tree.by_code else [area]
    rows = list(
        Appropriation.objects.filter(
            Q(service_item=service_item) | Q(service_item=None),
            Q(area__in=above) | Q(area=None),
            fiscal_year__in=years,
        )
        .select_related("payer")
        .order_by("fiscal_year", "id")
    )
    held = left(row.id for row in rows)
    return [Choice(row, held[row.id]) for row in rows]


@dataclass(frozen=True)
class AppropriationFilter:
    """Which appropriations: empty ones leave all."""

    year: int | None = None
    level: str = ""
    source: str = ""
    payer: str = ""
    place: str = ""
    words: str = ""


def appropriations(wanted: AppropriationFilter) -> "QuerySet[Appropriation]":
    """Appropriations, the newest fiscal year first; `place` includes what lies below it."""
    found = Appropriation.objects.select_related("payer", "area").order_by("-fiscal_year", "id")
    for name, value in (
        ("fiscal_year", wanted.year),
        ("level", wanted.level),
        ("source", wanted.source),
        ("payer", wanted.payer),
    ):
        if value:
            found = found.filter(**{name: value})
    if wanted.place:
        found = found.filter(area__in=areas().within(wanted.place))
    if wanted.words:
        items = ServiceItem.objects.filter(
            Q(name_zh__icontains=wanted.words) | Q(name_en__icontains=wanted.words)
        )
        found = found.filter(
            Q(id__icontains=wanted.words)
            | Q(service_item__icontains=wanted.words)
            | Q(service_item__in=items.values("code"))
        )
    return found


def appropriation(appropriation_id: str) -> Appropriation | None:
    """One appropriation, with its payer and place."""
    rows = Appropriation.objects.select_related("payer", "area")
    return rows.filter(id=appropriation_id).first()


def fiscal_years() -> list[int]:
    """The fiscal years for which anything is appropriated, the newest first."""
    years = Appropriation.objects.values_list("fiscal_year", flat=True)
    return list(years.distinct().order_by("-fiscal_year"))


def payers() -> list[Organisation]:
    """Whoever has appropriated anything, by code."""
    return list(
        Organisation.objects.filter(pk__in=Appropriation.objects.values("payer")).order_by("uscc")
    )


def state_of(file: AppropriationFile) -> AppropriationState:
    """Where a proposal stands."""
    if file.approved_at:
        return AppropriationState.APPROVED
    return AppropriationState.RETURNED if file.returned_at else AppropriationState.PROPOSED


def proposals(actor: Actor) -> "QuerySet[AppropriationFile]":
    """The proposals that `actor` may read, the newest first.

    Those of the bodies for which the budget may be read; a supervisor reads every one.
    """
    rows = AppropriationFile.objects.select_related("body", "area").order_by("-proposed_at", "id")
    bodies = actor.bodies(Permission.BUDGET_READ)
    if bodies is None or any(held.role is Role.SUPERVISOR for held in actor.held):
        return rows
    return rows.filter(body__in=bodies)


def proposal(actor: Actor, file_id: str) -> AppropriationFile | None:
    """One of them."""
    return proposals(actor).filter(id=file_id).first()


def waiting(state: AppropriationState) -> Q:
    """Proposals in a state that waits for somebody."""
    if state is AppropriationState.APPROVED:
        return Q(approved_at__isnull=False)
    returned = state is AppropriationState.RETURNED
    return Q(approved_at=None, returned_at__isnull=not returned)


def item_in_directory(code: str, year: int) -> bool:
    """Whether a service is in the directory at some time of a year."""
    return _items_of(year).filter(code=code).exists()


def items_of(year: int) -> list[ServiceItem]:
    """The services that are in the directory at some time of a year or after it, by code.

    Headings, below which others stand, are none: a purchase names the service itself.
    """
    still = Q(valid_to=None) | Q(valid_to__gte=date(year, 1, 1))
    headings = ServiceItem.objects.filter(parent_code__isnull=False).values("parent_code")
    return list(ServiceItem.objects.filter(still).exclude(code__in=headings).order_by("code"))


def _items_of(year: int) -> "QuerySet[ServiceItem]":
    still = Q(valid_to=None) | Q(valid_to__gte=date(year, 1, 1))
    return ServiceItem.objects.filter(still, valid_from__lte=date(year, 12, 31))


def item_names(codes: Iterable[str | None]) -> dict[str, ServiceItem]:
    """The directory's entries of these codes."""
    return ServiceItem.objects.in_bulk({code for code in codes if code})


def bodies_named(usccs: Iterable[str]) -> dict[str, Organisation]:
    """Bodies by their codes."""
    return Organisation.objects.in_bulk(set(usccs))


def purchasers_in(area: str) -> list[str]:
    """The codes of the purchasers of a place itself (not of those below it)."""
    found = Organisation.objects.filter(is_kind(OrganisationKind.PURCHASER), area=area)
    return list(found.order_by("uscc").values_list("uscc", flat=True))


def finance_bodies(actor: Actor, permission: Permission) -> list[Organisation]:
    """The bodies on whose behalf `actor` may do something with the budget, by code."""
    bodies = actor.bodies(permission)
    rows = Organisation.objects.select_related("area").order_by("uscc")
    if bodies is None:
        return list(rows.filter(is_kind(OrganisationKind.FINANCE)))
    return list(rows.filter(pk__in=bodies))


def places_of(bodies: Iterable[Organisation], tree: Areas) -> list[str]:
    """The codes of the places for which these bodies may appropriate, in the tree's order.

    Theirs and all below; every place for a body that has none on file.
    """
    codes: set[str] = set()
    for body in bodies:
        codes.update(tree.within(body.area_id) if body.area_id else tree.by_code)
    return [code for code in tree.by_code if code in codes]


def possible_payers(bodies: Iterable[Organisation], tree: Areas) -> list[Organisation]:
    """Who may carry a share: finance, supervisors and purchasers of the places around, by code."""
    codes: set[str] = set()
    for body in bodies:
        codes.update(one.code for one in (tree.path(body.area_id) if body.area_id else []))
        codes.update(places_of([body], tree))
    kinds = (OrganisationKind.FINANCE, OrganisationKind.SUPERVISOR, OrganisationKind.PURCHASER)
    wanted = reduce(or_, (is_kind(kind) for kind in kinds))
    return list(Organisation.objects.filter(wanted, area__in=codes).order_by("uscc"))


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Proposals that wait for this officer: to approve, or to propose again."""
    found = []
    for state, permission, what in (
        (AppropriationState.PROPOSED, Permission.BUDGET_APPROVE, _("Approve or return the money")),
        (AppropriationState.RETURNED, Permission.BUDGET_PROPOSE, _("Propose the money again")),
    ):
        if not actor.may(permission):
            continue
        bodies = actor.bodies(permission)
        rows = AppropriationFile.objects.filter(waiting(state)).select_related("area")
        if bodies is not None:
            rows = rows.filter(body__in=bodies)
        if permission is Permission.BUDGET_APPROVE:
            rows = rows.exclude(proposed_by=actor.login)
        found += [
            Task(what, file.id, None, reverse("proposal", args=[file.id]))
            for file in rows.order_by("proposed_at")[:MOST_TASKS]
        ]
    return found


MOST_TASKS = 50
