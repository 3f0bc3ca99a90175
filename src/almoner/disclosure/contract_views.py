"""The public pages of one contract."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from almoner.disclosure import contract_pages as pages
from almoner.disclosure.contract_head import Head, head_of
from almoner.disclosure.contract_links import documents
from almoner.disclosure.contract_main import main_part
from almoner.fairness.operations import STAMP
from almoner.fairness.panels import contract_panels
from almoner.supervision.shown import questions
from almoner.web import clock
from almoner.web.pages import public_page


def _stamps(ref: str) -> list[str]:
    return [f"contract:{ref}"]


def _head(ref: str) -> Head:
    """The contract of an address, as of now; 404 where there is none."""
    head = head_of(ref, clock.now())
    if head is None:
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    return head


@public_page(tokens=_stamps)
def contract(request: HttpRequest, ref: str) -> HttpResponse:
    """Money, contract, delivery and result on one page."""
    page = pages.contract_page(_head(ref))
    context = {
        "title": page.head.title,
        "crumbs": page.head.crumbs(),
        "main": main_part(page),
        "documents": documents(page.head.contract),
        "ref": ref,
        "questions": questions("contract", ref),
    }
    return render(request, "disclosure/contract.html", context)


@public_page(tokens=_stamps)
def payments(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole trail of the money."""
    page = pages.payments_page(_head(ref))
    context = {"page": page, "crumbs": page.head.crumbs(_("Payments"))}
    return render(request, "disclosure/contract_payments.html", context)


@public_page(tokens=_stamps)
def service(request: HttpRequest, ref: str) -> HttpResponse:
    """What was delivered, in one contract year (?year=)."""
    asked = request.GET.get("year")
    number = _number(asked) if asked is not None else None
    page = pages.service_page(_head(ref), number)
    if page is None:
        raise Http404(_("The contract has no year %(year)s.") % {"year": asked})
    context = {"page": page, "crumbs": page.head.crumbs(_("Service"))}
    return render(request, "disclosure/contract_service.html", context)


def _number(text: str) -> int:
    """A short decimal number, or 0, which is no year."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


@public_page(tokens=lambda ref: [*_stamps(ref), STAMP])
def evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """Every evaluation."""
    page = pages.evaluation_page(_head(ref))
    context = {
        "page": page,
        "fair": contract_panels(ref),
        "crumbs": page.head.crumbs(_("Evaluation")),
    }
    return render(request, "disclosure/contract_evaluation.html", context)


@public_page(tokens=_stamps)
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Every dated fact."""
    page = pages.history_page(_head(ref))
    context = {"page": page, "crumbs": page.head.crumbs(_("History"))}
    return render(request, "disclosure/contract_history.html", context)
