"""Finding something at the desk: whatever somebody may read, in the order of a purchase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.contracts.queries import listed as contracts
from almoner.desk import people_queries
from almoner.disclosure import search as public
from almoner.evaluation import queries_work as evaluations
from almoner.rules.roles import Actor, Permission
from almoner.tenders.queries import drafting as tenders
from almoner.voice import queries as voice
from almoner.voice.models import Complaint
from almoner.web.format import in_chinese, name_of

MOST = 10


@dataclass(frozen=True)
class Hit:
    """One page that was found: its id, its title and its address."""

    ref: str
    title: str
    url: str


@dataclass(frozen=True)
class Hits:
    """What was found of one kind, at most MOST, and of how many."""

    kind: str | Promise
    hits: Sequence[Hit]
    number: int


Source = Callable[[Actor, str, date], Hits]


def search(actor: Actor, text: str, day: date) -> list[Hits]:
    """What `actor` may read and `text` is about, by kind; kinds without any are left out."""
    found = [source(actor, text, day) for source in SOURCES]
    return [hits for hits in found if hits.number]


def _tenders(actor: Actor, text: str, day: date) -> Hits:
    may = actor.may(Permission.TENDER_READ)
    rows = tenders.tender_rows(actor, words=text) if may else []
    hits = [Hit(row.id, row.title, reverse("desk-tender", args=[row.id])) for row in rows[:MOST]]
    return Hits(_("Tenders"), hits, len(rows))


def _contracts(actor: Actor, text: str, day: date) -> Hits:
    rows = contracts.listed(actor, words=text) if actor.may(Permission.CONTRACT_READ) else []
    hits = [
        Hit(
            row.id,
            f"{name_of(row.title) or row.id}, {name_of(row.area)}",
            reverse("desk-contract", args=[row.id]),
        )
        for row in rows[:MOST]
    ]
    return Hits(_("Contracts"), hits, len(rows))


def _evaluations(actor: Actor, text: str, day: date) -> Hits:
    if not actor.may(Permission.EVALUATION_READ):
        return Hits(_("Evaluations"), [], 0)
    named = Q(pk__icontains=text) | Q(contract__id__icontains=text)
    rows = evaluations.evaluations_for(actor).filter(named)
    hits = [
        Hit(row.pk, row.contract_id, reverse("evaluation", args=[row.pk])) for row in rows[:MOST]
    ]
    return Hits(_("Evaluations"), hits, rows.count())


def _complaints(actor: Actor, text: str, day: date) -> Hits:
    if not actor.may(Permission.COMPLAINT_READ):
        return Hits(_("Complaints"), [], 0)
    named = Q(pk__icontains=text) | Q(contract__id__icontains=text)
    seen = voice.seen_by(actor, Permission.COMPLAINT_READ)
    rows = Complaint.objects.filter(named, seen).order_by("-received_on", "id")
    hits = [
        Hit(row.pk, row.contract_id or row.pk, reverse("desk-complaint", args=[row.pk]))
        for row in rows[:MOST]
    ]
    return Hits(_("Complaints"), hits, rows.count())


def _people(actor: Actor, text: str, day: date) -> Hits:
    if not actor.may(Permission.PEOPLE_MANAGE):
        return Hits(_("People and roles"), [], 0)
    rows = people_queries.people(text=text, role="", day=day)
    hits = [
        Hit(row.login, name_of(row) or row.login, reverse("person", args=[row.login]))
        for row in rows[:MOST]
    ]
    return Hits(_("People and roles"), hits, rows.count())


def _public(actor: Actor, text: str, day: date) -> Hits:
    wanted = public.wanted(text)
    if wanted is None:
        return Hits(_("Public pages"), [], 0)
    rows, chinese = public.found(wanted), in_chinese()
    hits = []
    for row in rows[:MOST]:
        title = row.title_zh if chinese else row.title_en
        url = (
            f"{reverse('evaluations')}?{urlencode({'agency': row.ref})}"
            if row.kind == "evaluator"
            else reverse(row.kind, args=[row.ref])
        )
        hits.append(Hit(row.ref, title, url))
    return Hits(_("Public pages"), hits, rows.count())


# In the order of a purchase. A stage that wants to be found adds its line here.
SOURCES: tuple[Source, ...] = (
    _tenders,
    _contracts,
    _evaluations,
    _complaints,
    _people,
    _public,
)
