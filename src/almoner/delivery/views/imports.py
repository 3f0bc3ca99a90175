"""Importing a month of sessions: template, upload, preview, apply, undo."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.contracts.labels import term_name
from almoner.delivery.forms.imports import ImportForm
from almoner.delivery.models import ImportBatch
from almoner.delivery.month_file import HEADINGS, template
from almoner.delivery.operations import imports as operations
from almoner.delivery.queries import imports as queries
from almoner.rules.refusal import Refused
from almoner.rules.roles import Permission
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.desk import done, fill, take
from almoner.web.format import in_chinese, moment, named
from almoner.web.lists import show_list
from almoner.web.reasons import sentence
from almoner.web.sheets import FORMATS, Column

FIRST_ROWS = 10
STATES = {
    "uploaded": gettext_lazy("Read, not in the log"),
    "applied": gettext_lazy("In the log"),
    "undone": gettext_lazy("Undone"),
}
HELP = gettext_lazy(
    "A month of sessions of one contract from a spreadsheet. The file is checked row by row and "
    "shown before anything is written; what was written can be undone once, as a whole."
)


def _link(batch: ImportBatch) -> str:
    return format_html('<a href="{}">{}</a>', reverse("import", args=[batch.id]), batch.id)


COLUMNS = (
    Column(gettext_lazy("Import"), lambda row: row.id, _link),
    Column(gettext_lazy("Contract"), lambda row: row.contract_id),
    Column(gettext_lazy("Provider"), lambda row: named(row.contract.provider)),
    Column(gettext_lazy("File"), lambda row: row.file_name),
    Column(gettext_lazy("Rows"), lambda row: len(row.rows), numeric=True),
    Column(
        gettext_lazy("Uploaded"), lambda row: row.uploaded_at, lambda row: moment(row.uploaded_at)
    ),
    Column(gettext_lazy("State"), lambda row: STATES[queries.state_of(row)]),
)


@requires(Permission.SESSION_READ)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Every import of the own provider."""
    actor = the_actor(request)
    may = actor.may(Permission.SESSION_IMPORT)
    return show_list(
        request,
        title=_("Imports"),
        columns=COLUMNS,
        rows=queries.batches_for(actor),
        name="imports",
        help=HELP,
        create=(_("Import a month"), reverse("import-upload")) if may else None,
    )


@requires(Permission.SESSION_IMPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The templates to download, and the form to send a file that was filled in."""
    actor, now = the_actor(request), clock.now()
    contracts = queries.importable(actor, now.date())

    def make(data: Any, files: Any) -> ImportForm:
        return ImportForm(data, files, contracts)

    def send(form: ImportForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        batch = operations.upload(
            actor=actor,
            at=now,
            contract_id=form.cleaned_data["contract"],
            file_name=file.name,
            data=file.read(),
        )
        return done(reverse("import", args=[batch.id]), "import.upload")

    context = {
        "title": _("Import a month"),
        "help": HELP,
        "button": _("Read the file"),
        "contracts": contracts,
        "crumbs": [(_("Imports"), reverse("imports")), (_("Import a month"), None)],
    }
    return fill(request, make, do=send, template="delivery/import_upload.html", context=context)


@requires(Permission.SESSION_IMPORT)
@require_safe
def import_template(request: HttpRequest, ref: str) -> HttpResponse:
    """An empty file for one contract."""
    today = clock.today()
    contract = next(
        (one for one in queries.importable(the_actor(request), today) if one.id == ref), None
    )
    if contract is None:
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    file = template(*queries.terms_and_staff(contract), day=today)
    response = HttpResponse(file, content_type=FORMATS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="sessions-{contract.pk}.xlsx"'
    return response


@requires(Permission.SESSION_READ)
@never_cache
@require_safe
def batch(request: HttpRequest, ref: str) -> HttpResponse:
    """One import: each fault by row and column, or what it adds up to, and its first rows."""
    actor, now = the_actor(request), clock.now()
    found = queries.batch_for(actor, ref)
    if found is None:
        raise Http404(_("There is no import %(id)s.") % {"id": ref})
    state = queries.state_of(found)
    checked = queries.checked(found, now) if state == "uploaded" else None
    context = {
        "title": _("Import %(id)s") % {"id": found.id},
        "batch": found,
        "state": state,
        "state_text": STATES[state],
        "may": actor.may(Permission.SESSION_IMPORT, found.contract.provider_id),
        "corrected": queries.corrected_in(found),
        "headings": [_heading(key) for key in list(HEADINGS)[1:]],
        "rows": [
            (row["row"], [row.get(key, "") for key in list(HEADINGS)[1:]])
            for row in queries.first_rows(found, FIRST_ROWS)
        ],
        "crumbs": [(_("Imports"), reverse("imports")), (found.id, None)],
    }
    if checked:
        context |= {
            "faults": [_shown(fault) for fault in checked.faults],
            "faulty_rows": len({fault.row for fault in checked.faults}),
            "good_rows": len(checked.lines),
            "long_days": [
                _shown(one) for one in checked.warnings if one.refused.code == "long_day"
            ],
            "late": Counter(one.refused.code for one in checked.warnings)["late_entry"],
            "sums": [(term_name(one.term), one) for one in queries.sums(checked.lines)],
        }
    return render(request, "delivery/import.html", context)


def _heading(key: str) -> str:
    return HEADINGS[key][0 if in_chinese() else 1] if key in HEADINGS else ""


def _shown(fault: queries.Fault) -> tuple[int, str, str]:
    """Row, column and sentence of a fault."""
    return fault.row, _heading(fault.refused.field), sentence(_in_a_file(fault.refused))


def _in_a_file(refused: Refused) -> Refused:
    """The same in the words for a file, where those for the form would not fit."""
    other = {"long_day": "long_day_row", "two_places": "two_places_row"}
    return Refused(other.get(refused.code, refused.code), field=refused.field, **refused.values)


def _button(name: str) -> Callable[..., HttpResponse]:
    operation = getattr(operations, name)

    @requires(Permission.SESSION_IMPORT)
    @require_POST
    def press(request: HttpRequest, ref: str) -> HttpResponse:
        actor, now = the_actor(request), clock.now()
        back = reverse("import", args=[ref])

        def do() -> None:
            operation(actor=actor, at=now, batch_id=ref)

        return take(request, do, back=back, step=f"import.{name}")

    return press


apply = _button("apply")
undo = _button("undo")
