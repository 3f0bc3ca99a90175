"""Keeping the search index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from almoner.contracts.models import Contract
from almoner.disclosure.models import EntryKind, SearchEntry, SearchToken
from almoner.disclosure.queries import contract_title, service_items
from almoner.disclosure.search import tokens_of
from almoner.evaluation.models import Evaluation
from almoner.parties.models import Area, Organisation, OrganisationKind
from almoner.parties.queries import is_kind
from almoner.web.models import Site

BATCH = 5_000


@dataclass(frozen=True)
class _Page:
    kind: str
    ref: str
    title_zh: str
    title_en: str
    more: list[str] = field(default_factory=list)


@transaction.atomic
def rebuild_search_index() -> int:
    """Make the index anew from the record; the number of pages in it.

    For whoever loads a package, in the same transaction. Running it again changes nothing.
    """
    SearchToken.objects.all().delete()
    SearchEntry.objects.all().delete()
    return _add(_pages(), first=1)


def complete_search_index() -> int:
    """Add the contracts that were concluded since the index was made; how many.

    For whoever searches: the index is a copy, and the first who asks after a change brings it up
    to date. Where nothing is missing it costs one query.
    """
    known = SearchEntry.objects.filter(kind=EntryKind.CONTRACT).values("ref")
    missing = Contract.objects.exclude(pk__in=known)
    if not missing.exists():
        return 0
    with transaction.atomic():
        Site.objects.select_for_update().get(id=1)  # one at a time, and not during a load
        last = SearchEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        return _add(_contracts(missing), first=last + 1)


def _add(of: Iterable[_Page], *, first: int) -> int:
    pages = list(of)
    SearchEntry.objects.bulk_create(
        (
            SearchEntry(
                pk=number,
                kind=page.kind,
                ref=page.ref,
                title_zh=page.title_zh,
                title_en=page.title_en,
            )
            for number, page in enumerate(pages, start=first)
        ),
        batch_size=BATCH,
    )
    SearchToken.objects.bulk_create(
        (
            SearchToken(entry_id=number, token=token)
            for number, page in enumerate(pages, start=first)
            for token in sorted(tokens_of([page.title_zh, page.title_en, page.ref, *page.more]))
        ),
        batch_size=BATCH,
    )
    return len(pages)


def _contracts(of: "QuerySet[Contract]") -> Iterator[_Page]:
    items = service_items()
    for contract in of.select_related("area").order_by("id"):
        title = contract_title(
            items.get(contract.service_item), contract.service_item, contract.area
        )
        yield _Page(
            EntryKind.CONTRACT,
            contract.id,
            title.name_zh,
            title.name_en,
            [contract.service_item, contract.tender_id or ""],
        )


def _pages() -> Iterator[_Page]:
    yield from _contracts(Contract.objects.all())
    for area in Area.objects.order_by("code"):
        yield _Page(EntryKind.PLACE, area.code, area.name_zh, area.name_en or area.name_zh)
    contracts = Contract.objects.all()
    yield from _bodies(EntryKind.PROVIDER, OrganisationKind.PROVIDER, contracts.values("provider"))
    yield from _bodies(
        EntryKind.PURCHASER, OrganisationKind.PURCHASER, contracts.values("purchaser")
    )
    evaluations = Evaluation.objects.all()
    yield from _bodies(
        EntryKind.EVALUATOR, OrganisationKind.EVALUATOR, evaluations.values("agency")
    )


def _bodies(kind: str, of_kind: OrganisationKind, also: "QuerySet[Any, Any]") -> Iterator[_Page]:
    """The bodies of a kind, and those that act as such without being named so."""
    bodies = Organisation.objects.filter(is_kind(of_kind) | Q(pk__in=also))
    for body in bodies.order_by("uscc"):
        yield _Page(kind, body.uscc, body.name_zh, body.name_en or body.name_zh)
