"""Reads of places, bodies and their staff."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from almoner.parties.models import (
    Area,
    Licence,
    Organisation,
    OrganisationKind,
    OrganisationLink,
    Worker,
)
from almoner.rules.small_cells import TOTAL, Cell, fewest_told, suppress


class Areas:
    """All places as a tree; a city has a few hundred."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.by_code = {area.code: area for area in areas}
        self._children: dict[str | None, list[Area]] = {}
        for area in self.by_code.values():
            self._children.setdefault(area.parent_id, []).append(area)

    def children(self, code: str | None) -> list[Area]:
        """The places right below one, by code; of None those without a parent."""
        return self._children.get(code, [])

    def within(self, code: str) -> list[str]:
        """The codes of a place and of everything below it."""
        codes, at = [code], 0
        while at < len(codes):
            codes += [child.code for child in self.children(codes[at])]
            at += 1
        return codes

    def path(self, code: str) -> list[Area]:
        """From the top down to the place itself."""
        area: Area | None = self.by_code[code]
        path: list[Area] = []
        while area:
            path.insert(0, area)
            area = self.by_code[area.parent_id] if area.parent_id else None
        return path

    def streets_by_district(self) -> list[tuple[Area, list[Area]]]:
        """Every place that has places below it, top down, with these."""
        return [
            (area, below) for area in self.by_code.values() if (below := self.children(area.code))
        ]


def areas() -> Areas:
    """The tree of places, in the order of their codes."""
    return Areas(Area.objects.order_by("code"))


def organisation(uscc: str) -> Organisation | None:
    """A body by its Unified Social Credit Code."""
    if "\0" in uscc:  # PostgreSQL refuses to look for it
        return None
    return Organisation.objects.select_related("area").filter(pk=uscc).first()


def bodies_around(usccs: Collection[str]) -> frozenset[str]:
    """The bodies in the places of these bodies, and in what lies below those places."""
    tree = areas()
    places = Organisation.objects.filter(pk__in=usccs).values_list("area", flat=True)
    codes = {code for place in places if place for code in tree.within(place)}
    return frozenset(Organisation.objects.filter(area__in=codes).values_list("pk", flat=True))


def is_kind(kind: OrganisationKind) -> Q:
    """Bodies with that kind among theirs; `kinds` joins them by a bar."""
    return (
        Q(kinds=kind)
        | Q(kinds__startswith=f"{kind}|")
        | Q(kinds__endswith=f"|{kind}")
        | Q(kinds__contains=f"|{kind}|")
    )


def organisations(kind: OrganisationKind) -> list[Organisation]:
    """All bodies of a kind, by code."""
    return list(Organisation.objects.filter(is_kind(kind)).select_related("area").order_by("uscc"))


@dataclass(frozen=True)
class StaffCell:
    """How many workers hold a licence; None where that is hidden to protect few people."""

    label: str
    workers: int | None


@dataclass(frozen=True)
class Staff:
    """Workers employed on a day; `total` None where hidden."""

    total: int | None
    cells: tuple[StaffCell, ...]

    @property
    def hides(self) -> bool:
        return self.total is None or any(cell.workers is None for cell in self.cells)


def staff_on(uscc: str, day: date) -> Staff:
    """Licences of a body's workers; small counts, and what would reveal them, are hidden."""
    held = Counter(
        dict(
            Worker.objects.filter(
                Q(employed_to=None) | Q(employed_to__gte=day),
                organisation=uscc,
                employed_from__lte=day,
            )
            .values_list("licence")
            .annotate(number=Count("id"))
        )
    )
    minimum = fewest_told(day)
    cells = {
        ("staff", licence.value): Cell(held[licence], held[licence])
        for licence in Licence
        if held[licence]
    }
    hidden = suppress(cells, minimum)
    return Staff(
        total=None if ("staff", TOTAL) in hidden else sum(held.values()),
        cells=tuple(
            StaffCell(str(licence.label), None if ("staff", licence) in hidden else held[licence])
            for licence in Licence
        ),
    )


@dataclass(frozen=True)
class Tie:
    """A declared tie, seen from one of its two ends."""

    other: Organisation
    link: OrganisationLink


def ties(uscc: str) -> list[Tie]:
    """The ties that a body declared or that were declared about it."""
    links = (
        OrganisationLink.objects.filter(Q(organisation=uscc) | Q(other=uscc))
        .select_related("organisation", "other")
        .order_by("from_on", "pk")
    )
    return [
        Tie(link.other if link.organisation_id == uscc else link.organisation, link)
        for link in links
    ]
