"""The documents of a tender at the desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.files.queries import attachment_of
from almoner.files.views import download
from almoner.rules.roles import Permission
from almoner.tenders.forms.drafting import DocumentForm
from almoner.tenders.operations import documents
from almoner.tenders.queries.drafting import DOCUMENT, SUBJECT
from almoner.tenders.views.drafting import the_file
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Attach a document to a draft."""
    file = the_file(request, ref)

    def make(data: Any, files: Any) -> DocumentForm:
        return DocumentForm(data, files, label_suffix="")

    def do(form: DocumentForm) -> HttpResponse:
        upload = form.cleaned_data["upload"]
        documents.add(actor=the_actor(request), at=clock.now(), file_id=ref, upload=upload)
        return desk.done(reverse("desk-tender", args=[ref]))

    context = {
        "title": _("Attach a document to tender %(id)s") % {"id": file.pk},
        "help": _("Bidders and the public can read it once the tender is published."),
        "button": _("Attach"),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def document(request: HttpRequest, ref: str, id: str) -> HttpResponseBase:
    """One document, for everybody who may read the tender."""
    file = the_file(request, ref, Permission.TENDER_READ)
    found = attachment_of(id, SUBJECT, file.pk)
    if found is None or found.purpose != DOCUMENT:
        raise Http404(_("There is no such document."))
    return download(found)
