"""The panel at the desk: drawing it, and what each member declares and scores."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.rules.roles import Permission
from almoner.tenders.forms.panel import AppointForm, ScoreForm, TiesForm
from almoner.tenders.models import Bid, PanelSeat
from almoner.tenders.operations import panel as operations
from almoner.tenders.queries import panel as queries
from almoner.tenders.queries.bids import file_of
from almoner.tenders.queries.drafting import title_of
from almoner.tenders.queries.files import content_of
from almoner.tenders.views.bids import opened_page, proposal_of
from almoner.tenders.views.drafting import the_file
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import moment, named
from almoner.web.lists import show_list
from almoner.web.sheets import Column


def _link(seat: PanelSeat) -> str:
    title = title_of(seat.tender.file)
    if seat.tender.opened_at is None:
        return title
    name = "tender-score" if seat.declared_at and not seat.tied else "tender-declare"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[seat.tender_id]), title)


def _progress(seat: PanelSeat) -> str | Promise:
    if seat.tied:
        return _("Tied, replaced")
    if seat.submitted_at:
        return _("Submitted")
    if seat.tender.opened_at is None:
        return _("Bids are still sealed")
    return _("To be scored") if seat.declared_at else _("Ties to be declared")


COLUMNS = (
    Column(_("Tender"), lambda seat: title_of(seat.tender.file), _link),
    Column(_("Purchaser"), lambda seat: named(seat.tender.purchaser)),
    Column(_("Your seat"), lambda seat: seat.code),
    Column(
        _("Bids opened"),
        lambda seat: seat.tender.opened_at,
        lambda seat: moment(seat.tender.opened_at),
    ),
    Column(_("Your scores"), _progress),
)


@requires(Permission.PANEL_SCORE)
@never_cache
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The tenders on whose panel the actor sits."""
    return show_list(
        request,
        title=_("Panels"),
        columns=COLUMNS,
        rows=queries.my_seats(the_actor(request).login),
        name="panels",
        help=_(
            "Tenders whose bids you were drawn or named to judge. You score by yourself; nobody "
            "sees your scores before every member has submitted."
        ),
    )


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, ref: str) -> HttpResponse:
    """Name members and draw the others."""
    actor, now = the_actor(request), clock.now()
    file = the_file(request, ref, Permission.TENDER_DRAFT)
    if file.tender is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    limits = queries.panel_limits(content_of(file).panel_size, now.date())
    own = queries.representatives(file.purchaser_id, now.date())
    pool = queries.experts(file.purchaser_id, now.date())

    def make(data: Any, _files: Any) -> AppointForm:
        return AppointForm(data, own=own, most=limits.size - limits.experts)

    def do(form: AppointForm) -> HttpResponse:
        operations.appoint(actor=actor, at=now, tender_id=ref, named=form.chosen)
        return desk.done(reverse("desk-tender", args=[ref]), "tender.appoint")

    context = {
        "title": _("Draw the panel: %(tender)s") % {"tender": title_of(file)},
        "limits": limits,
        "pool": len(pool),
        "help": _(
            "Experts are drawn by lot. Once the list of those who can be drawn is written down, "
            "the record's next fingerprint is the seed, so that nobody chooses who sits; anybody "
            "can draw again and compare."
        ),
    }
    return desk.fill(request, make, do=do, template="tenders/panel_appoint.html", context=context)


def _seat(request: HttpRequest, ref: str) -> PanelSeat:
    """One's own seat on the panel of a tender that is open."""
    seat = queries.seat_of(the_actor(request).login, ref)
    if seat is None or seat.tender.opened_at is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    return seat


@requires(Permission.PANEL_SCORE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, ref: str) -> HttpResponse:
    """Say, bidder by bidder, whether there is a tie."""
    actor, now = the_actor(request), clock.now()
    seat = _seat(request, ref)
    bids = queries.opened_bids(ref)

    def make(data: Any, _files: Any) -> TiesForm:
        return TiesForm(data, bids=bids)

    def do(form: TiesForm) -> HttpResponse:
        after = operations.declare(actor=actor, at=now, tender_id=ref, ties=form.ties)
        back = reverse("panels") if after.tied else reverse("tender-score", args=[ref])
        return desk.done(back, "tender.declare")

    known = {bid.pk: queries.known_ties(seat, bid, now.date()) for bid in bids}
    context = {
        "title": _("Your ties: %(tender)s") % {"tender": title_of(seat.tender.file)},
        "seat": seat,
        "known": known,
        "help": _(
            "A tie is whatever makes your independence doubtful: work, money, family, office, "
            "now or in the last three years. With a tie to any bidder you do not score, and the "
            "next expert of the draw takes your place. What you write stays with the purchaser's "
            "file; the record names only the bidder."
        ),
    }
    return desk.fill(request, make, do=do, template="tenders/panel_ties.html", context=context)


@requires(Permission.PANEL_SCORE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, ref: str) -> HttpResponse:
    """Score every bid: saved as often as wanted, submitted once."""
    actor, now = the_actor(request), clock.now()
    seat = _seat(request, ref)
    bids, criteria = queries.valid(queries.opened_bids(ref)), queries.scored_criteria(ref)

    def make(data: Any, _files: Any) -> ScoreForm:
        initial = ScoreForm.initial_of(bids, criteria, seat.scores, seat.remarks)
        return ScoreForm(data, bids=bids, criteria=criteria, initial=initial)

    def do(form: ScoreForm) -> HttpResponse:
        scores, remarks = form.scores, form.remarks
        if request.POST.get("do") == "submit":
            operations.submit_scores(
                actor=actor, at=now, tender_id=ref, scores=scores, remarks=remarks
            )
            return desk.done(reverse("panels"), "tender.score")
        operations.save_scores(actor=actor, tender_id=ref, scores=scores, remarks=remarks)
        return desk.done(reverse("tender-score", args=[ref]))

    context = {
        "title": _("Score the bids: %(tender)s") % {"tender": title_of(seat.tender.file)},
        "seat": seat,
        "criteria": criteria,
        "open": not (seat.submitted_at or seat.tied or seat.declared_at is None),
        "help": _(
            "Each bid gets 0 to 100 on each criterion. The price is not scored: its points follow "
            "from the prices. Save as often as you like; once submitted, nothing changes."
        ),
    }
    return desk.fill(request, make, do=do, template="tenders/panel_score.html", context=context)


def _bid(request: HttpRequest, ref: str) -> Bid:
    """A bid that the actor's panel judges."""
    bid = queries.opened_bid(ref)
    seat = queries.seat_of(the_actor(request).login, bid.tender_id) if bid else None
    if bid is None or seat is None or seat.tied or seat.declared_at is None:
        raise Http404(_("There is no bid %(id)s.") % {"id": ref})
    return bid


@requires(Permission.PANEL_SCORE)
@never_cache
@require_safe
def bid(request: HttpRequest, ref: str) -> HttpResponse:
    """A bid, for the members that judge it."""
    return opened_page(request, _bid(request, ref), reverse("panel-bid-proposal", args=[ref]))


@requires(Permission.PANEL_SCORE)
@never_cache
@require_safe
def bid_proposal(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Its proposal."""
    return proposal_of(file_of(_bid(request, ref)), ref)
