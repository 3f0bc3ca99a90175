"""The public page of one tender. What only the platform keeps of it may be missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from almoner.contracts.models import Contract
from almoner.disclosure import tender_list as listed
from almoner.disclosure.queries import Title, service_items
from almoner.files.models import Attachment
from almoner.files.queries import attached
from almoner.needs.models import Need
from almoner.parties.models import Area, Organisation
from almoner.rules.calendar import local_day
from almoner.rules.tender import Draft, read, sum_of, workloads
from almoner.tenders.labels_drafting import CHECKS, MEANINGS
from almoner.tenders.labels_formulas import WORK
from almoner.tenders.models import CriterionKind, Method, Tender, TenderFile
from almoner.tenders.queries.drafting import DOCUMENT, SUBJECT
from almoner.web.format import in_one_language, named


@dataclass(frozen=True)
class Step:
    """One dated fact of the timeline, or one that is planned."""

    label: str
    day: date
    at: datetime | None = None
    planned: bool = False
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class WorkLine:
    """One line of the workload table."""

    name: str
    formula: str
    hours: str


@dataclass(frozen=True)
class Advice:
    """A check that was advice and was not taken, with the reason that was published."""

    title: str | Promise
    meaning: str | Promise
    reason: str


@dataclass(frozen=True)
class TenderPage:
    """A tender, or an intention (then `tender` is None)."""

    id: str
    title: Title
    state: str
    purchaser: Organisation
    area: Area
    item: str
    ceiling_fen: int | None
    today: date
    tender: Tender | None
    file: TenderFile | None
    said: Draft | None
    criteria: list[tuple[str, str, Any]]
    lines: list[WorkLine]
    direct: str
    needs: list[Need]
    steps: list[Step]
    contracts: list[Contract]
    documents: list[Attachment]

    @property
    def label(self) -> str | Promise:
        return listed.STATES[self.state]

    @property
    def tag(self) -> str:
        return listed.TAGS[self.state]

    @property
    def method(self) -> str | None:
        return str(Method(self.tender.method).label) if self.tender else None

    @property
    def days_left(self) -> int | None:
        """Whole days from today to the day of the deadline, while it is open."""
        if self.tender is None or self.state != listed.OPEN:
            return None
        return (local_day(self.tender.bid_deadline) - self.today).days

    @property
    def advice(self) -> list[Advice]:
        """What was unwise, and why it was done all the same."""
        reasons = self.said.reasons if self.said and self.tender else {}
        return [
            Advice(CHECKS[code], MEANINGS[code], reason)
            for code, reason in reasons.items()
            if code in CHECKS
        ]

    @property
    def successor(self) -> str | None:
        """The public tender that replaces a cancelled one."""
        again = self.file.replaced_by.first() if self.file else None
        public = again and (again.tender_id or again.intention_published_on)
        return again.pk if again and public else None

    def crumbs(self) -> list[tuple[str, str | None]]:
        """The way here."""
        return [(_("Tenders"), reverse("tenders")), (str(self.title), None)]


def tender_page(ref: str, now: datetime) -> TenderPage | None:
    """The page of a tender or an intention; None where neither is public."""
    if "\0" in ref:
        return None
    found = Tender.objects.select_related("purchaser", "area", "file", "file__replaces")
    tender = found.filter(pk=ref, published_at__lt=listed.end_of(local_day(now))).first()
    return _published(tender, now) if tender else _intention(ref, now)


def _published(tender: Tender, now: datetime) -> TenderPage:
    today, items = local_day(now), service_items()
    file: TenderFile | None = getattr(tender, "file", None)
    said = read(file.content) if file else None
    ended = listed.cancelled_among([tender.pk]).get(tender.pk)
    contracts = list(tender.contracts.select_related("provider").order_by("id"))
    item = items.get(tender.service_item)
    return TenderPage(
        id=tender.pk,
        title=listed.title_of(tender, items),
        state=listed.public_state(tender, ended is not None, today),
        purchaser=tender.purchaser,
        area=tender.area,
        item=named(item) if item else tender.service_item,
        ceiling_fen=tender.ceiling_fen,
        today=today,
        tender=tender,
        file=file,
        said=said,
        criteria=[
            (str(CriterionKind(one.kind).label), in_one_language(one.name or ""), one.weight)
            for one in tender.criteria.order_by("code")
        ],
        lines=_lines(said, tender.area.population),
        direct=_direct(said, tender.area.population),
        needs=_needs(file),
        steps=sorted(_steps(tender, file, ended, contracts, today), key=lambda one: one.day),
        contracts=contracts,
        documents=attached(SUBJECT, tender.pk, DOCUMENT),
    )


def _intention(ref: str, now: datetime) -> TenderPage | None:
    file = next(iter(listed.intentions(ref)), None)
    said = read(file.intended) if file else None
    area = Area.objects.filter(pk=said.area).first() if said else None
    if file is None or said is None or area is None or file.intention_published_on is None:
        return None
    item = service_items().get(said.service_item)
    return TenderPage(
        id=ref,
        title=Title(said.title_zh, said.title_en),
        state=listed.INTENDED,
        purchaser=file.purchaser,
        area=area,
        item=named(item) if item else said.service_item,
        ceiling_fen=said.ceiling_fen,
        today=local_day(now),
        tender=None,
        file=file,
        said=said,
        criteria=[],
        lines=[],
        direct="",
        needs=_needs(file),
        steps=[Step(_("Intention announced"), file.intention_published_on)],
        contracts=[],
        documents=[],
    )


def _lines(said: Draft | None, population: int | None) -> list[WorkLine]:
    if said is None:
        return []
    found = zip(said.terms, workloads(said.terms, population), strict=True)
    return [
        WorkLine(
            in_one_language(term.category) or str(WORK.get(term.type, term.type)),
            term.formula,
            str(work) if work else "",
        )
        for term, work in found
    ]


def _direct(said: Draft | None, population: int | None) -> str:
    direct = sum_of(said.terms, population, "direct") if said else None
    return str(direct) if direct else ""


def _needs(file: TenderFile | None) -> list[Need]:
    if file is None:
        return []
    return list(Need.objects.filter(tenders__file=file).select_related("area").order_by("id"))


def _steps(
    tender: Tender,
    file: TenderFile | None,
    ended: datetime | None,
    contracts: list[Contract],
    today: date,
) -> Iterator[Step]:
    """Every date that is known, up to today, and the deadline where it lies ahead."""
    if file and file.replaces:
        cancelled = file.replaces.cancelled_at
        if cancelled:
            link = (file.replaces_id or "", "tender")
            yield Step(_("An earlier tender was cancelled"), local_day(cancelled), link=link)
    if tender.intention_published_on:
        yield Step(_("Intention announced"), tender.intention_published_on)
    yield Step(_("Published"), local_day(tender.published_at), tender.published_at)
    due = local_day(tender.bid_deadline)
    if ended is None or due <= local_day(ended):
        yield Step(_("Deadline of bids"), due, tender.bid_deadline, planned=due > today)
    if tender.opened_at:
        yield Step(_("Bids opened"), local_day(tender.opened_at), tender.opened_at)
    if tender.award_decided_on:
        yield Step(_("Award decided"), tender.award_decided_on)
    if tender.award_published_on:
        yield Step(_("Award announced"), tender.award_published_on)
    if ended:
        yield Step(_("Cancelled"), local_day(ended), ended)
    for contract in contracts:
        yield Step(_("Contract signed"), contract.signed_on, link=(contract.pk, "contract"))
