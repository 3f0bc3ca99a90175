"""Bids at the desk: what their bidders write, and what the purchaser sees of them once open."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.gate import steps_for
from almoner.files.queries import attachment_of
from almoner.files.views import download
from almoner.rules.bid import read
from almoner.rules.roles import Permission
from almoner.rules.workflow import BID
from almoner.tenders.forms.bids import BidForm, DisqualifyForm, initial_of
from almoner.tenders.models import Bid, BidFile
from almoner.tenders.operations import bids as operations
from almoner.tenders.queries import bids as queries
from almoner.tenders.queries import debrief as debriefs
from almoner.tenders.queries.drafting import title_of
from almoner.tenders.queries.files import file_for
from almoner.tenders.queries.panel import opened_bid
from almoner.tenders.reasons_award import refusal
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import moment, named, yuan
from almoner.web.lists import show_list
from almoner.web.reasons import sentence
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES

Offered = queries.Offered


def _link(row: Offered) -> str:
    address = (
        reverse("bid", args=[row.bid.pk]) if row.bid else reverse("bid-save", args=[row.file.pk])
    )
    return format_html('<a href="{}">{}</a>', address, title_of(row.file))


COLUMNS = (
    Column(_("Tender"), lambda row: title_of(row.file), _link),
    Column(_("Purchaser"), lambda row: named(row.file.purchaser)),
    Column(_("Place"), lambda row: named(row.tender.area)),
    Column(
        _("Deadline of bids"),
        lambda row: row.tender.bid_deadline,
        lambda row: moment(row.tender.bid_deadline),
    ),
    Column(
        _("Ceiling in yuan"),
        lambda row: None if row.tender.ceiling_fen is None else row.tender.ceiling_fen / 100,
        lambda row: yuan(row.tender.ceiling_fen),
        numeric=True,
    ),
    Column(_("Your bid"), lambda row: STATES[row.state] if row.bid else _("None yet")),
)


@requires(Permission.BID_MAKE)
@never_cache
@require_safe
def bids(request: HttpRequest) -> HttpResponse:
    """Open tenders, and all that the actor's body has bid for."""
    provider = queries.bidder_of(the_actor(request))
    return show_list(
        request,
        title=_("Tenders to bid for"),
        columns=COLUMNS,
        rows=queries.offered(provider, clock.now()),
        name="bids",
        help=_(
            "Open tenders, the most urgent first, and every tender that you have bid for. "
            "Nobody but your organisation sees a bid before the opening."
        ),
    )


def _own(request: HttpRequest, ref: str) -> BidFile:
    file = queries.bid_file(the_actor(request), ref)
    if file is None:
        raise Http404(_("There is no bid %(id)s.") % {"id": ref})
    return file


@requires(Permission.BID_MAKE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a bid for the tender `ref`, and keep it."""
    actor, now = the_actor(request), clock.now()
    provider = queries.bidder_of(actor)
    tender_file = queries.tender_to_bid_for(ref)
    if provider is None or tender_file is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    file = queries.own_bid(ref, provider)
    workers = queries.workers_on(provider, now.date())
    before: dict[str, Any] = initial_of(file.content) if file else {}

    def make(data: Any, files: Any) -> BidForm:
        initial = {**before, "version": file.version if file else 0}
        return BidForm(data, files, workers=workers, initial=initial)

    def do(form: BidForm) -> HttpResponse:
        saved = operations.save_bid(
            actor=actor,
            at=now,
            tender_id=ref,
            provider=provider,
            version=form.cleaned_data["version"],
            content=form.content,
            proposal=form.cleaned_data["proposal"],
        )
        return desk.done(reverse("bid", args=[saved.pk]), "bid.save")

    context = {
        "title": _("Bid for %(tender)s") % {"tender": title_of(tender_file)},
        "file": file,
        "tender_file": tender_file,
        "tender": tender_file.tender,
        "ties": queries.ties_between(tender_file.purchaser_id, provider, now.date()),
        "help": _(
            "Fill in what you know and save: a draft may have gaps, and nobody else sees it. On "
            "the next page you read it over, see what would stop it, and submit it."
        ),
    }
    return desk.fill(request, make, do=do, template="tenders/bid_form.html", context=context)


@requires(Permission.BID_MAKE)
@never_cache
@require_safe
def bid(request: HttpRequest, ref: str) -> HttpResponse:
    """One's own bid: what it says, what stops it, and what can be done."""
    actor, now = the_actor(request), clock.now()
    file = _own(request, ref)
    state = queries.state_of_bid(file)
    steps = steps_for(BID, actor=actor, state=state, body=file.provider_id, subject_id=file.pk)
    still_open = queries.still_open(file.tender.file, now)
    writable = still_open and "save" in steps
    checks = queries.checks_of(file, now.date()) if writable else []
    context = {
        "title": _("Bid for %(tender)s") % {"tender": title_of(file.tender.file)},
        "file": file,
        "bid": read(file.content),
        "proposal": file.content.get("proposal"),
        "tender": file.tender,
        "state": STATES[f"bid.{state}"],
        "sealed": state == "sealed",
        "steps": steps if still_open else frozenset(),
        "still_open": still_open,
        "cancelled": file.tender.file.cancel_reason,
        "checks": [(check.stops, sentence(refusal(check))) for check in checks],
        "stopped": any(check.stops for check in checks),
        "fingerprint": queries.fingerprint_of(file),
        "ties": queries.ties_between(file.tender.purchaser_id, file.provider_id, now.date()),
        "debrief": file.bid and debriefs.debrief(file.bid, now.date()),
        "help": HELP.get(state, ""),
    }
    return render(request, "tenders/bid.html", context)


HELP = {
    "draft": _("Read it over. You can still change everything; nobody else sees it."),
    "withdrawn": _("You took it back. Until the deadline you can change it and submit again."),
    "sealed": _(
        "It is sealed: until the opening nobody but your organisation sees it, nor that you bid."
    ),
}


@requires(Permission.BID_MAKE)
@never_cache
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Submit it as it was shown."""
    actor, now = the_actor(request), clock.now()
    _own(request, ref)
    shown = request.POST.get("version", "")
    version = int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 10 else 0
    return desk.take(
        request,
        lambda: operations.submit(actor=actor, at=now, bid_id=ref, version=version),
        back=reverse("bid", args=[ref]),
        step="bid.submit",
    )


@requires(Permission.BID_MAKE)
@never_cache
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back."""
    actor, now = the_actor(request), clock.now()
    _own(request, ref)
    return desk.take(
        request,
        lambda: operations.withdraw(actor=actor, at=now, bid_id=ref),
        back=reverse("bid", args=[ref]),
        step="bid.withdraw",
    )


def proposal_of(file: BidFile | None, name: str) -> HttpResponseBase:
    """The proposal that belongs to a bid as it is now."""
    kept = (file.content.get("proposal") or {}) if file else {}
    found = attachment_of(kept.get("id", ""), queries.SUBJECT, file.pk) if file else None
    if found is None:
        raise Http404(_("There is no bid %(id)s.") % {"id": name})
    return download(found)


@requires(Permission.BID_MAKE)
@never_cache
@require_safe
def proposal(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One's own proposal."""
    return proposal_of(_own(request, ref), ref)


def opened_page(request: HttpRequest, bid: Bid, proposal_url: str) -> HttpResponse:
    """A bid that was opened, for those who may read it."""
    file = queries.file_of(bid)
    context = {
        "title": named(bid.provider),
        "bid": bid,
        "staff": queries.named_staff(bid),
        "proposal": file.content.get("proposal") if file else None,
        "proposal_url": proposal_url,
        "fingerprint": queries.fingerprint_of(file) if file else None,
        "ties": queries.ties_between(bid.tender.purchaser_id, bid.provider_id, clock.today()),
        "help": _("What the bidder offers, as it was when the bid was opened."),
    }
    return render(request, "tenders/bid_opened.html", context)


def _opened(request: HttpRequest, ref: str, permission: Permission) -> Bid:
    bid = opened_bid(ref)
    if bid is None or file_for(the_actor(request), bid.tender_id, permission) is None:
        raise Http404(_("There is no bid %(id)s.") % {"id": ref})
    return bid


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def opened(request: HttpRequest, ref: str) -> HttpResponse:
    """A bid after the opening, for the purchaser's side and the auditor."""
    bid = _opened(request, ref, Permission.TENDER_READ)
    return opened_page(request, bid, reverse("bid-opened-proposal", args=[ref]))


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def opened_proposal(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Its proposal."""
    return proposal_of(queries.file_of(_opened(request, ref, Permission.TENDER_READ)), ref)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def disqualify(request: HttpRequest, ref: str) -> HttpResponse:
    """Leave a bid out of the scoring, with a public reason."""
    actor, now = the_actor(request), clock.now()
    bid = _opened(request, ref, Permission.TENDER_DRAFT)

    def make(data: Any, _files: Any) -> DisqualifyForm:
        return DisqualifyForm(data, label_suffix="")

    def do(form: DisqualifyForm) -> HttpResponse:
        operations.disqualify(actor=actor, at=now, bid_id=ref, reason=form.cleaned_data["reason"])
        return desk.done(reverse("desk-tender", args=[bid.tender_id]), "bid.disqualify")

    context = {
        "title": _("Disqualify the bid of %(bidder)s") % {"bidder": named(bid.provider)},
        "button": _("Disqualify the bid"),
        "help": _(
            "Only for a reason that the tender or the law gives, and only before any member has "
            "begun to score. The bid is not scored and its price does not count."
        ),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.BID_MAKE)
@never_cache
@require_safe
def debrief(request: HttpRequest, ref: str) -> HttpResponse:
    """Why one's own bid did not win, or that it did."""
    file = _own(request, ref)
    found = debriefs.debrief(file.bid, clock.today()) if file.bid else None
    if found is None:
        raise Http404(_("There is no bid %(id)s.") % {"id": ref})
    context = {
        "title": _("How your bid was judged"),
        "file": file,
        "debrief": found,
        "tender_title": title_of(file.tender.file),
        "ask_by": debriefs.ask_by(found.award.tender),
        "help": _(
            "Your points beside those of the bid that won, criterion by criterion, and what the "
            "panel advises you. Nobody else gets this page."
        ),
    }
    return render(request, "tenders/bid_debrief.html", context)
