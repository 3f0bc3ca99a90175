"""The public pages of tenders."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from almoner.disclosure.tender_forms import TenderFilters
from almoner.disclosure.tender_list import tender_lines
from almoner.disclosure.tender_pages import tender_page
from almoner.files.queries import attachment_of
from almoner.files.views import download
from almoner.parties.queries import areas
from almoner.rules.roles import Permission
from almoner.tenders.queries.award import public_award
from almoner.tenders.queries.drafting import DOCUMENT, SUBJECT
from almoner.web import clock
from almoner.web.access import requires
from almoner.web.pages import public_page

ROWS = 50


@public_page(tokens=lambda **_kwargs: ["city"])
def tenders(request: HttpRequest) -> HttpResponse:
    """Every tender, those open for bids first."""
    tree = areas()
    form = TenderFilters(request.GET, tree)
    lines = tender_lines(form.wanted(), tree, clock.today())
    context = {
        "form": form,
        "page": Paginator(lines, ROWS).get_page(request.GET.get("page")),
        "crumbs": [(_("Tenders"), None)],
    }
    return render(request, "disclosure/tenders.html", context)


@requires(Permission.PORTAL_READ)
@require_safe
def document(request: HttpRequest, ref: str, id: str) -> HttpResponseBase:
    """A document of a published tender."""
    page = tender_page(ref, clock.now())
    found = attachment_of(id, SUBJECT, ref) if page and page.tender else None
    if found is None or found.purpose != DOCUMENT:
        raise Http404(_("There is no such document."))
    return download(found)


@public_page(tokens=lambda ref: [f"tender:{ref}"])
def tender(request: HttpRequest, ref: str) -> HttpResponse:
    """One tender or announced intention."""
    now = clock.now()
    page = tender_page(ref, now)
    if page is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    context = {
        "page": page,
        "tender": page.tender,
        "award": public_award(ref, now),
        "crumbs": page.crumbs(),
    }
    return render(request, "disclosure/tender.html", context)
