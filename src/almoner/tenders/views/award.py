"""The opening and the award at the desk, and how a panel was drawn, for everybody."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from almoner.rules.draw import ticket
from almoner.rules.roles import Permission
from almoner.tenders.operations import award as awarding
from almoner.tenders.operations import opening
from almoner.tenders.queries import award as queries
from almoner.tenders.queries.panel import order_of, seats_of
from almoner.tenders.views.drafting import the_file
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.pages import public_page


def _button(
    request: HttpRequest, ref: str, permission: Permission, step: str, do: Callable[..., Any]
) -> HttpResponse:
    the_file(request, ref, permission)
    actor, now = the_actor(request), clock.now()
    return desk.take(
        request,
        lambda: do(actor=actor, at=now, tender_id=ref),
        back=reverse("desk-tender", args=[ref]),
        step=f"tender.{step}",
    )


@requires(Permission.TENDER_OPEN)
@never_cache
@require_POST
def unseal(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin the opening."""
    return _button(request, ref, Permission.TENDER_OPEN, "unseal", opening.unseal)


@requires(Permission.TENDER_OPEN)
@never_cache
@require_POST
def open_bids(request: HttpRequest, ref: str) -> HttpResponse:
    """Open the bids as the second person."""
    return _button(request, ref, Permission.TENDER_OPEN, "open", opening.open_bids)


@requires(Permission.AWARD_DECIDE)
@never_cache
@require_POST
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide the award."""
    return _button(request, ref, Permission.AWARD_DECIDE, "decide", awarding.decide)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def announce(request: HttpRequest, ref: str) -> HttpResponse:
    """Announce it."""
    return _button(request, ref, Permission.TENDER_DRAFT, "announce", awarding.announce)


@public_page(tokens=lambda ref: [f"tender:{ref}"])
def draw(request: HttpRequest, ref: str) -> HttpResponse:
    """How the panel was drawn, so that anybody can draw it again."""
    shown = queries.public_award(ref, clock.now())
    if shown is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    found = queries.panel_draw(ref)
    seats = {seat.drawn_order: seat for seat in seats_of(ref)} if found else {}
    order = order_of(found) if found else []
    context = {
        "title": _("How the panel was drawn"),
        "tender": shown.tender,
        "draw": found,
        "rows": [
            (number, ticket(found.seed, number) if found else "", seats.get(place))
            for place, number in enumerate(order, start=1)
        ],
        "named": [seat for seat in seats_of(ref) if not seat.expert] if found else [],
    }
    return render(request, "tenders/award_draw.html", context)
