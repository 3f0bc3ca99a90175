"""Reads of the directory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet

from almoner.directory.models import ItemFile, ItemKind, PastVersion, ServiceItem
from almoner.rules.directory import NAMES, TEXTS, ItemState, state_on

REVISABLE = (*NAMES, "kind", "parent_code", *TEXTS)
"""The columns that a new version may change."""


@dataclass(frozen=True)
class ItemFilter:
    """What is asked of the list; empty means anything."""

    q: str = ""
    state: str = ""
    kind: str = ""


def found_items(wanted: ItemFilter, today: date) -> QuerySet[ServiceItem]:
    """The items that answer a filter, by code."""
    items = ServiceItem.objects.order_by("code")
    if wanted.q:
        words = Q(code__icontains=wanted.q)
        for column in (*NAMES, *TEXTS):
            words |= Q(**{f"{column}__icontains": wanted.q})
        items = items.filter(words)
    if wanted.kind:
        items = items.filter(kind=wanted.kind)
    ended, begun = Q(valid_to__lt=today), Q(valid_from__lte=today)
    if wanted.state == ItemState.VALID:
        items = items.filter(begun).exclude(ended)
    elif wanted.state == ItemState.NOT_YET:
        items = items.exclude(begun)
    elif wanted.state == ItemState.ENDED:
        items = items.filter(begun & ended)
    return items


def state_of(item: ServiceItem, today: date) -> ItemState:
    """Whether an item may be bought today."""
    return state_on(today, item.valid_from, item.valid_to)


def item_of(code: str) -> ServiceItem | None:
    """An item by its code."""
    if "\0" in code:  # PostgreSQL refuses to look for it
        return None
    return ServiceItem.objects.filter(pk=code).first()


def valid_items(today: date) -> list[ServiceItem]:
    """The items that may be bought today, by code."""
    return list(found_items(ItemFilter(state=ItemState.VALID), today))


def children_of(item: ServiceItem) -> list[ServiceItem]:
    """The items right below one, by code."""
    return list(ServiceItem.objects.filter(parent_code=item.code).order_by("code"))


def below(code: str) -> set[str]:
    """The codes of an item and of everything below it: none of these can be its parent."""
    children: dict[str | None, list[str]] = {}
    for child, parent in ServiceItem.objects.values_list("code", "parent_code"):
        children.setdefault(parent, []).append(child)
    found, waiting = {code}, [code]
    while waiting:
        new = set(children.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def file_of(item: ServiceItem) -> ItemFile | None:
    """What the platform keeps of an item, if it does."""
    try:
        return item.file
    except ObjectDoesNotExist:
        return None


@dataclass(frozen=True)
class Version:
    """What an item said, from its first day until (not including) another; None: it still does."""

    number: int
    held_from: date
    replaced_on: date | None
    said: Mapping[str, Any]
    test: Mapping[str, Mapping[str, str]]

    @property
    def kind(self) -> str:
        return str(ItemKind(self.said["kind"]).label)


def versions_of(item: ServiceItem) -> list[Version]:
    """Every version that is known, the newest, which is the item itself, first."""
    return list(_versions(item))


def _versions(item: ServiceItem) -> Iterator[Version]:
    file = file_of(item)
    yield Version(
        file.version if file else 1,
        file.held_from if file else item.valid_from,
        None,
        said_by(item),
        file.test if file else {},
    )
    for past in PastVersion.objects.filter(item=item).order_by("-number"):
        yield Version(past.number, past.held_from, past.replaced_on, past.said, past.test)


def said_by(item: ServiceItem) -> dict[str, Any]:
    """The columns of an item that a new version may change."""
    return {name: getattr(item, name) for name in REVISABLE}
