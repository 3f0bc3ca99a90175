"""Writing the draft: the form on the left, what is still missing beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from almoner.contracts.forms import DraftForm
from almoner.contracts.models import ContractFile
from almoner.contracts.operations import drafting
from almoner.contracts.queries.files import checks_of, frameworks, sources_for
from almoner.contracts.reasons import missing_text
from almoner.contracts.views.shown import found_or_404, page_of
from almoner.rules.contract import Draft, missing, read, usual_instalments
from almoner.rules.roles import Permission
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import in_one_language, named, yuan
from almoner.web.workflow_labels import STEPS


def _file(request: HttpRequest, ref: str) -> ContractFile:
    """The working file of a contract that whoever asks may draft."""
    actor = the_actor(request)
    found = found_or_404(actor, ref)
    if found.file is None or not actor.may(Permission.CONTRACT_DRAFT, found.purchaser):
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    return found.file


@requires(Permission.CONTRACT_DRAFT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, ref: str) -> HttpResponse:
    """The draft's form."""
    file = _file(request, ref)

    def do(form: DraftForm) -> HttpResponse:
        drafting.save_draft(
            actor=the_actor(request),
            at=clock.now(),
            contract_id=ref,
            version=_number(request.POST.get("version", "")),
            draft=_draft(request, form, file),
        )
        stay = "usual" in request.POST or "stay" in request.POST
        return desk.done(request.path if stay else page_of(ref), "contract.save")

    def context() -> Mapping[str, Any]:
        # Looked up anew: after a conflict the form carries on from the version that won.
        now = _file(request, ref)
        return {
            "title": _("Write the draft"),
            "help": _(
                "Settle what the tender left open: days, instalments, where the money comes from, "
                "what each side does, and the clauses. Nothing is lost if you stop half-way."
            ),
            "button": STEPS["contract.save"],
            "file": now,
            "amount_fen": now.bid.price_fen,
            **_beside(read(now.content), now),
        }

    return desk.fill(
        request,
        lambda data, _files: _form(data, file),
        do=do,
        template="contracts/draft.html",
        context=context,
    )


@requires(Permission.CONTRACT_DRAFT)
@require_POST
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """What the form as it stands would still lack: the list beside it, without saving anything."""
    file = _file(request, ref)
    form = _form(request.POST, file)
    form.is_valid()
    typed = _readable(form)
    context = _beside(typed, file) if typed else {"faulty": True}
    return render(request, "contracts/missing.html", context)


def _readable(form: forms.BaseForm) -> Draft | None:
    assert isinstance(form, DraftForm)
    return None if form.errors else form.draft()


def _draft(request: HttpRequest, form: DraftForm, file: ContractFile) -> Draft:
    """What was typed; with the usual schedule in place of the instalments where asked for."""
    draft = form.draft()
    first, last = draft.starts_on, draft.ends_on
    if "usual" not in request.POST or not first or not last or last < first:
        return draft
    return replace(draft, instalments=usual_instalments(file.bid.price_fen, first, last))


def _form(data: Any, file: ContractFile) -> DraftForm:
    draft = read(file.content)
    sources = [
        (
            choice.appropriation.pk,
            _("%(year)s, %(payer)s: %(left)s left")
            % {
                "year": choice.appropriation.fiscal_year,
                "payer": named(choice.appropriation.payer),
                "left": yuan(choice.left_fen),
            },
        )
        for choice in sources_for(file, draft)
    ]
    known = [
        (
            f"{one.code}|{one.version}",
            f"{in_one_language(one.name or one.code)}, {one.version}",
        )
        for one in frameworks()
    ]
    return DraftForm(data, draft=draft, frameworks=known, sources=sources)


def _beside(draft: Draft, file: ContractFile) -> dict[str, Any]:
    """What stands beside the form: how complete the draft is, and what is missing."""
    found = checks_of(draft, file.bid.price_fen, clock.today())
    lacking = missing(found)
    return {
        "missing": [missing_text(check) for check in lacking],
        "there": len(found) - len(lacking),
        "asked": len(found),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
