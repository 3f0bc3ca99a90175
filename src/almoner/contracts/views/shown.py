"""What the pages of a contract share."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from almoner.contracts.pdf import NoPrinter, pdf_of
from almoner.contracts.queries.files import (
    Held,
    drafted,
    fingerprint,
    readable,
    signatures_of,
)
from almoner.contracts.text import Text, signature_lines
from almoner.contracts.text import readable as readable_text
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import ContractState


def found_or_404(actor: Actor, ref: str) -> Held:
    """A contract that `actor` may read."""
    found = readable(actor, ref)
    if found is None:
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    return found


def is_drafting_side(actor: Actor, found: Held) -> bool:
    """Whether `actor` sees the purchaser's working draft and not only what was offered."""
    bodies = actor.bodies(Permission.CONTRACT_READ)
    return bodies is None or found.purchaser in bodies or found.provider not in bodies


def text_of(found: Held, *, working: bool = False) -> Text | None:
    """The text as it was last offered, with its signatures; as drafted now where `working`.

    None where the platform holds none.
    """
    if found.file is None:
        return None
    if working and found.state == ContractState.DRAFT:
        return readable_text(drafted(found.file))
    document = found.document
    if not document:
        return None
    signatures = signature_lines(signatures_of(found.file.pk), document)
    return readable_text(document, fingerprint(found.file), signatures)


def pdf_response(request: HttpRequest, text: Text, name: str, print_url: str) -> HttpResponse:
    """The PDF in the language of the address; where none can be made, how to print instead."""
    language = get_language() or "en"
    try:
        made = pdf_of(text, language)
    except NoPrinter:
        context = {
            "title": _("No PDF can be made here"),
            "sentence": _(
                "This installation lacks the library that makes PDF files. Open the page for "
                "printing instead and print it, or save it as PDF, with your browser."
            ),
            "back": print_url,
            "back_label": _("Page for printing"),
        }
        return render(request, "contracts/no_pdf.html", context)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{language}.pdf"'
    return response


def crumbs(found: Held) -> list[tuple[str, str | None]]:
    """From the list to the contract."""
    return [(_("Contracts"), reverse("desk-contracts")), (found.id, None)]


def page_of(ref: str) -> str:
    """The address of a contract on the desk."""
    return reverse("desk-contract", args=[ref])
