"""The text of a contract for everybody, from its publication on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from almoner.contracts.pdf import html_of
from almoner.contracts.queries.files import Held, end_reason, held, negotiation_of
from almoner.contracts.text import Text, remarks
from almoner.contracts.views.shown import pdf_response, text_of
from almoner.rules.roles import Permission
from almoner.rules.workflow import ContractState
from almoner.web.access import requires
from almoner.web.pages import public_page

PUBLIC = (ContractState.PUBLISHED, ContractState.ENDED)


def _stamps(ref: str) -> list[str]:
    return [f"contract:{ref}"]


def _published(ref: str) -> tuple[Held, Text]:
    """A published contract with its text; 404 where there is none, or none is kept here."""
    found = held(ref)
    text = text_of(found) if found and found.state in PUBLIC else None
    if found is None or text is None:
        raise Http404(
            _("The text of contract %(id)s is not public, or not kept here.") % {"id": ref}
        )
    return found, text


@public_page(tokens=_stamps)
def text(request: HttpRequest, ref: str) -> HttpResponse:
    """The contract's clauses and obligations, who signed, and what was said before.

    A contract that was concluded elsewhere has no text here; its page says so.
    """
    there = held(ref)
    if there is not None and there.file is None:
        return render(request, "contracts/no_text.html", {"ref": ref})
    found, shown = _published(ref)
    assert found.file is not None
    context = {
        "held": found,
        "text": shown,
        "remarks": remarks(negotiation_of(found.file.pk)),
        "end_reason": end_reason(ref) if found.state == ContractState.ENDED else "",
        "files": [(name, address_in(language, ref)) for language, name in LANGUAGES],
        "crumbs": [
            (_("Contracts"), reverse("contracts")),
            (ref, reverse("contract", args=[ref])),
            (_("Text"), None),
        ],
    }
    return render(request, "contracts/public.html", context)


LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


def address_in(language: str, ref: str) -> str:
    """Where the PDF of a language is."""
    with translation.override(language):
        return reverse("contract-pdf", args=[ref])


@requires(Permission.PORTAL_READ)
@require_safe
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The text as PDF in the language of the address."""
    _found, shown = _published(ref)
    return pdf_response(request, shown, ref, reverse("contract-print", args=[ref]))


@public_page(tokens=_stamps)
def printed(request: HttpRequest, ref: str) -> HttpResponse:
    """The text alone, for the printer."""
    return HttpResponse(html_of(_published(ref)[1], get_language() or "en"))
