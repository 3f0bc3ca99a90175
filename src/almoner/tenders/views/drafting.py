"""Writing a tender: beginning it, its form with the live checks, and who was asked before."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from almoner.parties.queries import areas
from almoner.rules.refusal import Refused
from almoner.rules.roles import Permission
from almoner.rules.tender import read
from almoner.rules.tender_template import prefilled
from almoner.rules.workflow import TenderState
from almoner.tenders.forms import drafting as forms
from almoner.tenders.labels_drafting import ADVICE, CHECKS, field_name
from almoner.tenders.labels_formulas import WORK
from almoner.tenders.models import CriterionKind, TenderFile
from almoner.tenders.operations.drafting import begin as begin_draft
from almoner.tenders.operations.drafting import save as save_draft
from almoner.tenders.queries import drafting as queries
from almoner.tenders.queries.files import file_for, state_of
from almoner.tenders.views.examined import examine
from almoner.web import clock, desk, kept
from almoner.web.access import requires, the_actor
from almoner.web.reasons import sentence

GROUPS = (("direct", gettext_lazy("Direct service")), ("indirect", gettext_lazy("Indirect work")))


def the_file(
    request: HttpRequest, ref: str, permission: Permission = Permission.TENDER_DRAFT
) -> TenderFile:
    """The file of an address, for those who may have it; 404 for everybody else."""
    file = file_for(the_actor(request), ref, permission)
    if file is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    return file


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a tender from the template."""
    actor, now = the_actor(request), clock.now()
    items, tree = queries.items_on(now.date()), areas()
    purchasers = queries.purchasers_of(actor)

    def make(data: Any, _files: Any) -> forms.BeginForm:
        first = purchasers[0] if purchasers else None
        initial = {
            "area": first.area_id if first else None,
            "service_item": queries.first_leaf(items),
            "ceiling": "2000000",
        }
        return forms.BeginForm(data, purchasers, items, tree.streets_by_district(), initial)

    def do(form: forms.BeginForm) -> HttpResponse:
        chosen = form.cleaned_data
        item = next(one for one in items if one.code == chosen["service_item"])
        area = tree.by_code[chosen["area"]]
        content = prefilled(
            today=now.date(),
            ceiling_fen=chosen["ceiling"],
            item={"code": item.code, "name_en": item.name_en or "", "name_zh": item.name_zh},
            area={"code": area.code, "name_en": area.name_en or "", "name_zh": area.name_zh},
        )
        content |= queries.suggestions(content, now.date())
        file = begin_draft(actor=actor, at=now, purchaser=chosen["purchaser"], content=content)
        return desk.done(reverse("tender-save", args=[file.pk]), "tender.draft")

    context = {
        "title": _("Begin a tender"),
        "button": _("Begin with the template"),
        "help": _(
            "The draft begins with the workload table of a family service centre, usual award "
            "criteria and dates that keep the limits. Change whatever does not fit: checks beside "
            "the form tell you at once what a law forbids and what is unwise."
        ),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """The draft's form: shown, saved by its buttons, and saved by itself while it is written."""
    file = the_file(request, ref)
    if request.method != "POST":
        if state_of(file) is not TenderState.DRAFT:
            return HttpResponseRedirect(reverse("desk-tender", args=[ref]))
        waiting = kept.fields_of(request)
        typed = forms.typed_from(waiting) if waiting else file.content
        return _editor(request, file, typed, file.version, came_back=waiting is not None)
    typed = forms.with_rows_changed(forms.typed_from(request.POST), request.POST.get("do", ""))
    version = _number(request.POST.get("version", ""))
    try:
        file = save_draft(
            actor=the_actor(request), at=clock.now(), file_id=ref, version=version, content=typed
        )
    except Refused as refused:
        said = sentence(refused)
        if request.headers.get("HX-Request"):
            return render(request, "tenders/draft_saved.html", {"refused": said})
        file = the_file(request, ref)
        differing = _differing(typed, file) if refused.code == "edited_meanwhile" else []
        return _editor(
            request, file, typed, file.version, refused=said, differing=differing, status=409
        )
    if request.headers.get("HX-Request"):
        return render(request, "tenders/draft_saved.html", {"file": file, "oob": True})
    return _after_saving(request, file)


def _after_saving(request: HttpRequest, file: TenderFile) -> HttpResponse:
    """Where a button of the form leads: on, or back to the place where it stands."""
    do = request.POST.get("do", "")
    if do == "finish":
        return desk.done(reverse("desk-tender", args=[file.pk]), "tender.save")
    what, _bar, rest = do.partition("-")
    name = rest.partition("-")[0]
    anchor = {"add": name, "remove": name, "check": "checks", "staff": "terms"}.get(what, "main")
    address = reverse("tender-save", args=[file.pk])
    answer = desk.done(address, "tender.save")
    answer["Location"] += f"#{anchor}"
    return answer


def _number(text: str) -> int:
    """A version, or 0, which is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _editor(
    request: HttpRequest,
    file: TenderFile,
    typed: Mapping[str, Any],
    version: int,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    now, draft = clock.now(), read(typed)
    form = forms.DraftForm(typed, queries.choices_for(draft, now.date()), draft)
    examined = examine(file, typed, now)
    reasons = dict(typed.get("reasons") or {})
    context = {
        "title": _("Draft of tender %(id)s") % {"id": file.pk},
        "file": file,
        "form": form,
        "version": version,
        "examined": examined,
        "criteria": list(enumerate(typed.get("criteria") or ())),
        "criterion_kinds": CriterionKind.choices,
        "groups": GROUPS,
        "work": list(WORK.items()),
        "reasons": [(code, CHECKS[code], reasons.get(code, "")) for code in ADVICE],
        "help": _(
            "Say what is bought and why. Everything you enter is kept, also half of it: nobody "
            "outside this office sees a draft. Beside the form stands what would stop it."
        ),
        **more,
    }
    return render(request, "tenders/draft.html", context, status=status)


def _differing(typed: Mapping[str, Any], file: TenderFile) -> list[tuple[str, str, str]]:
    """Name, what the other saved, and what was entered here, for each field that differs."""
    names = [name for name in typed if typed[name] != file.content.get(name)]
    return [(field_name(name), _told(file.content.get(name)), _told(typed[name])) for name in names]


def _told(value: Any) -> str:
    """A field in plain words, a row a line."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {one}" for key, one in value.items())
    if isinstance(value, list):
        rows = [" · ".join(one.values()) if isinstance(one, Mapping) else one for one in value]
        return "\n".join(rows)
    return str(value or "")


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """The checks and hours of what is typed now; nothing is saved."""
    typed = forms.typed_from(request.POST)
    examined = examine(the_file(request, ref), typed, clock.now())
    return render(request, "tenders/draft_checks.html", {"examined": examined, "live": True})
