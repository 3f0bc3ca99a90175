"""Reads of what residents asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.directory.models import ServiceItem
from almoner.needs.models import Need, NeedFile
from almoner.parties.models import Organisation
from almoner.parties.queries import Areas, areas
from almoner.rules.calendar import deadline, local_day
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Held, Permission
from almoner.web.format import named
from almoner.web.tasks import Task


@dataclass(frozen=True)
class NeedCount:
    """How many needs were raised, and how many of them were answered."""

    raised: int
    answered: int


def needs_in(area_codes: Collection[str]) -> NeedCount:
    """Needs raised in any of the places."""
    found = Need.objects.filter(area__in=area_codes).aggregate(
        raised=Count("id"), answered=Count("id", filter=Q(answered_on__isnull=False))
    )
    return NeedCount(found["raised"], found["answered"])


@dataclass(frozen=True)
class NeedFilter:
    """What is asked of a list; empty means anything. `state` is open, answered or unseen."""

    area: str = ""
    item: str = ""
    state: str = ""


def found_needs(
    wanted: NeedFilter, tree: Areas, within: Collection[str] | None = None
) -> QuerySet[Need]:
    """The needs that answer a filter, the newest first; only those in the places `within`."""
    needs = Need.objects.select_related("area", "file").order_by("-raised_on", "id")
    if within is not None:
        needs = needs.filter(area__in=within)
    if wanted.area:
        needs = needs.filter(area__in=tree.within(wanted.area))
    if wanted.item:
        needs = needs.filter(service_item=wanted.item)
    if wanted.state == "unseen":
        needs = needs.filter(file__shown_at=None, file__isnull=False)
    elif wanted.state:
        needs = needs.filter(answered_on__isnull=wanted.state == "open")
    return needs


def open_needs(area_codes: Collection[str]) -> list[Need]:
    """Needs in the places that nobody has answered, the best supported first; with their files."""
    needs = Need.objects.filter(area__in=area_codes, answered_on=None)
    found = needs.select_related("area", "file").order_by("raised_on", "id")
    return sorted(found, key=lambda need: -(need.supporters or 0))


def need_of(id: str, within: Collection[str] | None = None) -> Need | None:
    """A need by its id, if it is in one of the places `within` (None: anywhere)."""
    if "\0" in id:  # PostgreSQL refuses to look for it
        return None
    needs = Need.objects.filter(pk=id).select_related("area", "file")
    return (needs if within is None else needs.filter(area__in=within)).first()


def need_by_code(tracking_hash: str) -> Need | None:
    """The need that a tracking code was given for."""
    return (
        Need.objects.select_related("area", "file")
        .filter(file__tracking_hash=tracking_hash)
        .first()
    )


def file_of(need: Need) -> NeedFile | None:
    """The wording of a need, if the platform has it."""
    try:
        return need.file
    except ObjectDoesNotExist:
        return None


def shown_wording(need: Need) -> str:
    """The wording that is public; empty where nobody has looked at it, or there is none."""
    file = file_of(need)
    return file.shown if file else ""


def item_names(needs: Collection[Need]) -> dict[str, ServiceItem]:
    """The items that the needs name, by code."""
    return ServiceItem.objects.in_bulk({need.service_item for need in needs if need.service_item})


def answer_due(raised_on: date) -> date:
    """The last day on which an answer is in time."""
    return deadline(raised_on, days=answer_days(raised_on)).day


def answer_days(day: date) -> int:
    """Within how many days a need raised on a day is to be answered."""
    return int(china().limit("need.answer_days", day).value)


def scope(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """The places that somebody's bodies serve, with all below them; None means every one."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return None
    tree = areas()
    own = Organisation.objects.filter(uscc__in=bodies, area__isnull=False)
    tops = own.values_list("area", flat=True)
    return frozenset(code for top in tops if top for code in tree.within(top))


def acting_over(actor: Actor, permission: Permission, area_code: str) -> Held | None:
    """The role by which somebody may act for a place: held for a body that serves it."""
    bodies = actor.bodies(permission)
    if bodies is None:
        return actor.acting(permission)
    above = [area.code for area in areas().path(area_code)]
    serving = Organisation.objects.filter(uscc__in=bodies, area__in=above).order_by("uscc").first()
    return actor.acting(permission, serving.uscc) if serving else None


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Needs that wait for an answer, and wordings that wait for somebody to look at them."""
    if not actor.may(Permission.NEED_RECORD):
        return []
    within = scope(actor, Permission.NEED_RECORD)
    tree = areas()
    unanswered = found_needs(NeedFilter(state="open"), tree, within)
    tasks = []
    for need in unanswered.filter(raised_on__lte=local_day(at)).reverse()[:TASKS]:
        file = file_of(need)
        unseen = file is not None and file.shown_at is None
        what = _("Read and answer what was asked for") if unseen else _("Answer what was asked for")
        about = f"{need.id} · {named(need.area)}"
        url = reverse("desk-need", args=[need.id])
        tasks.append(Task(what, about, answer_due(need.raised_on), url))
    return tasks


TASKS = 100
"""So many needs at most stand among somebody's tasks, the oldest; the list has them all."""
