"""What the record knows about what a draft names, and what a draft may name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.budget.models import Appropriation
from almoner.budget.operations import available
from almoner.budget.queries import balances
from almoner.directory.models import Framework, Indicator, ItemKind, ServiceItem
from almoner.needs.models import Need
from almoner.parties.models import Area, Organisation, OrganisationKind
from almoner.parties.queries import areas, is_kind
from almoner.rules.money import exact
from almoner.rules.roles import Actor, Permission
from almoner.rules.tender import Draft, framework_text, read
from almoner.rules.tender_checks import Facts, Item
from almoner.rules.workflow import TenderState
from almoner.tenders.models import RegisterKind, Tender, TenderFile
from almoner.tenders.queries.files import bodies_of, state_of, state_of_tender
from almoner.web.format import name_of
from almoner.web.tasks import Task

SUBJECT = "tenders"
"""The table under which the record, and the documents attached, know a tender."""
DOCUMENT = "document"
MOST_NEEDS = 200
MOST_TASKS = 50
RETURNED = _("Change a tender that came back")
TO_PUBLISH = _("Publish a tender, or return it")
UNFINISHED = _("Finish the draft of a tender")


def facts_of(file: TenderFile, draft: Draft, at: datetime) -> Facts:
    """The facts that the checks of a draft need, in about ten queries."""
    area = Area.objects.filter(pk=draft.area).first() if draft.area else None
    counts = dict.fromkeys(RegisterKind, 0)
    for kind in file.register.values_list("kind", flat=True):
        counts[RegisterKind(kind)] += 1
    left = balances([available(one) for one in draft.appropriations])
    return Facts(
        at=at,
        item=_item(draft.service_item),
        left_fen=sum(left.values()) if left else None,
        respondents=counts[RegisterKind.MARKET],
        users=counts[RegisterKind.USERS],
        bought=bought_already(file.pk, draft),
        population=area.population if area else None,
        intention_on=file.intention_published_on,
        output_benefit=_output_benefit(draft.framework),
    )


def _item(code: str) -> Item | None:
    found = ServiceItem.objects.filter(pk=code).first()
    if found is None:
        return None
    texts = (found.content, found.procedure, found.fee_basis, found.evaluation)
    return Item(
        found.kind == ItemKind.PUBLIC_SERVICE,
        found.valid_from,
        found.valid_to,
        sum(not text for text in texts),
    )


def bought_already(file_id: str, draft: Draft) -> int:
    """Contracts, and tenders running towards one, of the same item and place that share a day."""
    if not (draft.area and draft.service_item and draft.starts_on and draft.ends_on):
        return 0
    # Contracts come after tenders; a place knows the contracts about it.
    contracts = Area.objects.filter(pk=draft.area, contracts__service_item=draft.service_item)
    over = Coalesce("contracts__ended_on", "contracts__ends_on")
    sharing = contracts.annotate(over=over).filter(
        contracts__starts_on__lte=draft.ends_on, over__gte=draft.starts_on
    )
    running = TenderFile.objects.filter(
        tender__service_item=draft.service_item,
        tender__area=draft.area,
        tender__contracts=None,
        cancelled_at=None,
    ).exclude(pk=file_id)
    others = [read(content) for content in running.values_list("content", flat=True)]
    return sharing.count() + sum(_share_a_day(draft, other) for other in others)


def _share_a_day(one: Draft, other: Draft) -> bool:
    if not (one.starts_on and one.ends_on and other.starts_on and other.ends_on):
        return False
    return one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _output_benefit(framework: tuple[str, str] | None) -> Fraction | None:
    """Percent of the leaf weights that output and benefit have (finding C07)."""
    if framework is None:
        return None
    code, version = framework
    indicators = list(Indicator.objects.filter(framework__code=code, framework__version=version))
    parents = {one.parent_code for one in indicators}
    leaves = [one for one in indicators if one.code not in parents]
    whole = sum((exact(one.weight or 0) for one in leaves), start=Fraction(0))
    part = sum(
        (exact(one.weight or 0) for one in leaves if one.dimension in ("output", "benefit")),
        start=Fraction(0),
    )
    return 100 * part / whole if whole else None


@dataclass(frozen=True)
class Money:
    """An appropriation that may pay, and what it has left in fen."""

    appropriation: Appropriation
    left_fen: int


@dataclass(frozen=True)
class Choices:
    """What a draft may name, on a day."""

    items: list[ServiceItem]
    places: list[tuple[Area, list[Area]]]
    money: list[Money]
    frameworks: list[Framework]
    supervisors: list[Organisation]
    needs: list[Need]


def choices_for(draft: Draft, day: date) -> Choices:
    """What may be chosen, and what the draft chose already, whether or not it still may be."""
    tree = areas()
    path = [area.code for area in tree.path(draft.area)] if draft.area in tree.by_code else []
    return Choices(
        items=items_on(day, {draft.service_item}),
        places=tree.streets_by_district(),
        money=_money(draft, path, day),
        frameworks=list(
            Framework.objects.filter(Q(valid_from=None) | Q(valid_from__lte=day)).order_by(
                "code", "-version"
            )
        ),
        supervisors=list(
            Organisation.objects.filter(is_kind(OrganisationKind.SUPERVISOR)).order_by("uscc")
        ),
        needs=_needs(draft, path),
    )


def purchasers_of(actor: Actor) -> list[Organisation]:
    """The bodies for which `actor` may draft tenders."""
    bodies = bodies_of(actor, Permission.TENDER_DRAFT)
    mine = Q() if bodies is None else Q(pk__in=bodies)
    found = Organisation.objects.filter(is_kind(OrganisationKind.PURCHASER) & mine)
    return list(found.order_by("uscc"))


def suggestions(content: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Money that covers the ceiling, the newest framework and the nearest supervising body."""
    draft = read(content)
    choices = choices_for(draft, day)
    wanted, chosen = draft.ceiling_fen or 0, []
    for money in choices.money:
        if wanted > 0:
            chosen.append(money.appropriation.pk)
            wanted -= money.left_fen
    newest = max(choices.frameworks, key=lambda one: one.valid_from or date.min, default=None)
    tree = areas()
    path = [area.code for area in tree.path(draft.area)] if draft.area in tree.by_code else []
    near = [one for one in choices.supervisors if one.area_id in path]
    nearest = max(near, key=lambda one: path.index(one.area_id or ""), default=None)
    return {
        "appropriations": chosen,
        "framework": framework_text(newest.code, newest.version) if newest else "",
        "supervisor": nearest.uscc if nearest else "",
    }


def items_on(day: date, also: Collection[str] = ()) -> list[ServiceItem]:
    """Items of the directory that may be bought on a day, by code."""
    valid = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    return list(ServiceItem.objects.filter(valid | Q(pk__in=also)).order_by("code"))


def first_leaf(items: list[ServiceItem]) -> str | None:
    """The code of the first item that is no heading of others."""
    headings = {item.parent_code for item in items}
    return next((item.code for item in items if item.code not in headings), None)


def _money(draft: Draft, path: list[str], day: date) -> list[Money]:
    fits = Q(fiscal_year__gte=day.year)
    if draft.service_item:
        fits &= Q(service_item=None) | Q(service_item=draft.service_item)
    if path:
        fits &= Q(area=None) | Q(area__in=path)
    found = Appropriation.objects.filter(fits | Q(pk__in=draft.appropriations))
    rows = list(found.select_related("payer", "area").order_by("fiscal_year", "id")[:MOST_NEEDS])
    left = balances([available(one.pk) for one in rows])
    money = [Money(one, left[available(one.pk)]) for one in rows]
    return [
        one for one in money if one.left_fen > 0 or one.appropriation.pk in draft.appropriations
    ]


def _needs(draft: Draft, path: list[str]) -> list[Need]:
    """Needs of the place or around it, of the item or of none, the most supported first."""
    fits = Q(area__in=path)
    if draft.service_item:
        fits &= Q(service_item=None) | Q(service_item=draft.service_item)
    found = Need.objects.filter(fits | Q(pk__in=draft.needs)).select_related("area")
    return list(found.order_by("-supporters", "-raised_on", "id")[:MOST_NEEDS])


def register_of(file: TenderFile, kind: RegisterKind) -> Any:
    """The entries of one register, in the order in which people were asked."""
    return file.register.filter(kind=kind).order_by("asked_on", "id")


@dataclass(frozen=True)
class TenderRow:
    """One tender of the list at the desk."""

    id: str
    title: str
    purchaser: Organisation
    area: Area | None
    state: TenderState
    deadline: datetime | None
    ceiling_fen: int | None
    loaded: bool = False


def place_of(code: str) -> Area | None:
    """The place of a draft, if it names one that there is."""
    return Area.objects.filter(pk=code).first() if code else None


def title_of(file: TenderFile) -> str:
    """The title as far as it is typed, in the active language or else the other; else its id."""
    typed = {name: str(file.content.get(f"title_{name}") or "") for name in ("en", "zh")}
    return name_of({"name_en": typed["en"], "name_zh": typed["zh"]}) or file.pk


def tender_rows(actor: Actor, *, words: str = "", state: str = "") -> list[TenderRow]:
    """The tenders that `actor` may read, in four queries: the latest saved first.

    Those that came in a package follow; they are only read here, and have no page of the desk.
    """
    bodies = bodies_of(actor, Permission.TENDER_READ)
    mine = Q() if bodies is None else Q(purchaser__in=bodies)
    files = TenderFile.objects.filter(mine).select_related("tender", "purchaser")
    places = areas().by_code
    rows = [_row(file, places) for file in files.order_by("-saved_at", "-id")]
    loaded = Tender.objects.filter(mine, file=None).select_related("purchaser", "area")
    items = ServiceItem.objects.only("code", "name_zh", "name_en").in_bulk()
    rows += [_loaded_row(tender, items) for tender in loaded.order_by("-published_at", "-id")]
    return [
        row
        for row in rows
        if (not state or row.state == state)
        and all(word.casefold() in _words_of(row) for word in words.split())
    ]


def _row(file: TenderFile, places: Mapping[str, Area]) -> TenderRow:
    draft = read(file.content)
    return TenderRow(
        file.pk,
        title_of(file),
        file.purchaser,
        places.get(draft.area),
        state_of(file),
        draft.bid_deadline,
        draft.ceiling_fen,
    )


def _loaded_row(tender: Tender, items: Mapping[str, ServiceItem]) -> TenderRow:
    item = items.get(tender.service_item)
    return TenderRow(
        tender.pk,
        name_of(item) or tender.service_item,
        tender.purchaser,
        tender.area,
        state_of_tender(tender),
        tender.bid_deadline,
        tender.ceiling_fen,
        loaded=True,
    )


def _words_of(row: TenderRow) -> str:
    named = [row.purchaser.name_zh, row.purchaser.name_en or ""]
    if row.area:
        named += [row.area.name_zh, row.area.name_en or ""]
    return " ".join([row.id, row.title, *named]).casefold()


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Drafts that came back, and drafts that wait for somebody else to publish them."""
    found = []
    for permission, condition, what in (
        (Permission.TENDER_DRAFT, Q(submitted_at=None) & ~Q(returned_reason=""), RETURNED),
        (Permission.TENDER_PUBLISH, Q(submitted_at__isnull=False, tender=None), TO_PUBLISH),
        (Permission.TENDER_DRAFT, Q(submitted_at=None, returned_reason=""), UNFINISHED),
    ):
        if not actor.may(permission):
            continue
        bodies = bodies_of(actor, permission)
        mine = Q() if bodies is None else Q(purchaser__in=bodies)
        files = TenderFile.objects.filter(mine & condition).order_by("saved_at")[:MOST_TASKS]
        for file in files:
            url = reverse("desk-tender", args=[file.pk])
            found.append(Task(what, f"{title_of(file)} ({file.pk})", None, url))
    return found
