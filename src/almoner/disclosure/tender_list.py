"""The public list of tenders: those of the exchange format, and intentions announced before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.directory.models import ServiceItem
from almoner.disclosure.queries import Title, contract_title, service_items
from almoner.notices.models import Notice, NoticeKind
from almoner.parties.models import Area, Organisation
from almoner.parties.queries import Areas
from almoner.rules.calendar import SHANGHAI, local_day
from almoner.rules.tender import read
from almoner.tenders.models import Tender, TenderFile

OPEN, INTENDED, CLOSED, AWARDED, CANCELLED = "open", "intended", "closed", "awarded", "cancelled"
STATES: Mapping[str, str | Promise] = {
    OPEN: _("Open for bids"),
    INTENDED: _("Intended"),
    CLOSED: _("Being decided"),
    AWARDED: _("Awarded"),
    CANCELLED: _("Cancelled"),
}
TAGS = {OPEN: "ok", INTENDED: "info", CLOSED: "info", AWARDED: "info", CANCELLED: "warn"}
ORDER = {state: place for place, state in enumerate((OPEN, INTENDED, CLOSED, AWARDED))}


@dataclass(frozen=True)
class TenderFilter:
    """What is wanted of the list; empty = all."""

    area: str = ""
    item: str = ""
    state: str = ""


@dataclass(frozen=True)
class TenderLine:
    """One tender of the list; an intention has no deadline yet."""

    id: str
    title: Title
    item: str
    purchaser: Organisation
    area: Area
    state: str
    shown_on: date
    deadline: datetime | None
    ceiling_fen: int | None

    @property
    def label(self) -> str | Promise:
        return STATES[self.state]

    @property
    def tag(self) -> str:
        return TAGS[self.state]


def public_state(tender: Tender, cancelled: bool, today: date) -> str:
    """Where a published tender stands on a day: its deadline's day is the last on which it is open.

    Pages are kept for a day, so that none may depend on the hour; each names the hour itself.
    """
    if cancelled:
        return CANCELLED
    if tender.award_published_on and tender.award_published_on <= today:
        return AWARDED
    closed = tender.opened_at or local_day(tender.bid_deadline) < today
    return CLOSED if closed else OPEN


def cancelled_among(ids: Collection[str]) -> dict[str, datetime]:
    """When those of the tenders were cancelled that were, by their notices."""
    ended = Notice.objects.filter(kind=NoticeKind.TERMINATION, subject_id__in=ids)
    return dict(ended.order_by("-published_at").values_list("subject_id", "published_at"))


def intentions(id: str = "") -> list[TenderFile]:
    """Files of tenders that were announced and are not published yet."""
    found = TenderFile.objects.filter(tender=None, intention_published_on__isnull=False)
    return list((found.filter(pk=id) if id else found).select_related("purchaser"))


def tender_lines(wanted: TenderFilter, tree: Areas, today: date) -> list[TenderLine]:
    """Tenders that answer the filter: those open for bids first, the next deadline first."""
    condition = Q(published_at__lt=end_of(today))
    places = set(tree.within(wanted.area)) if wanted.area else set(tree.by_code)
    if wanted.area:
        condition &= Q(area__in=places)
    if wanted.item:
        condition &= Q(service_item=wanted.item)
    tenders = list(Tender.objects.filter(condition).select_related("purchaser", "area", "file"))
    ended = cancelled_among([tender.pk for tender in tenders])
    items = service_items()
    lines = [_published(tender, tender.pk in ended, items, today) for tender in tenders]
    lines += [
        line
        for file in intentions()
        if (line := _intended(file, items, tree))
        and line.area.code in places
        and wanted.item in ("", line.item)
    ]
    return sorted((one for one in lines if wanted.state in ("", one.state)), key=_rank)


def end_of(today: date) -> datetime:
    """The instant after which what is published belongs to a later day."""
    return datetime.combine(today + timedelta(days=1), time.min, SHANGHAI)


def _published(
    tender: Tender, cancelled: bool, items: Mapping[str, ServiceItem], today: date
) -> TenderLine:
    return TenderLine(
        id=tender.pk,
        title=title_of(tender, items),
        item=tender.service_item,
        purchaser=tender.purchaser,
        area=tender.area,
        state=public_state(tender, cancelled, today),
        shown_on=local_day(tender.published_at),
        deadline=tender.bid_deadline,
        ceiling_fen=tender.ceiling_fen,
    )


def title_of(tender: Tender, items: Mapping[str, ServiceItem]) -> Title:
    """The title that its clerk gave it, or else item and place, as contracts are called."""
    file = getattr(tender, "file", None)
    if file is None:
        return contract_title(items.get(tender.service_item), tender.service_item, tender.area)
    return Title(file.content.get("title_zh", ""), file.content.get("title_en", ""))


def _intended(file: TenderFile, items: Mapping[str, ServiceItem], tree: Areas) -> TenderLine | None:
    announced = read(file.intended)
    area = tree.by_code.get(announced.area)
    if area is None or file.intention_published_on is None:
        return None
    return TenderLine(
        id=file.pk,
        title=Title(announced.title_zh, announced.title_en),
        item=announced.service_item,
        purchaser=file.purchaser,
        area=area,
        state=INTENDED,
        shown_on=file.intention_published_on,
        deadline=None,
        ceiling_fen=announced.ceiling_fen,
    )


def _rank(line: TenderLine) -> tuple[int, float, str]:
    """Open ones by deadline; then intentions, then the rest, the newest first."""
    if line.state == OPEN and line.deadline:
        return 0, line.deadline.timestamp(), line.id
    return ORDER.get(line.state, len(ORDER)), -line.shown_on.toordinal(), line.id
