"""The steps of a contract from the award to both signatures, each at the address of its name."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from almoner.contracts.forms import RemarksForm, ReopenForm, SignForm, TerminateForm
from almoner.contracts.operations import drafting, living, signing
from almoner.contracts.operations.drafting import Remark
from almoner.contracts.queries.awarded import awarded_tender
from almoner.contracts.queries.files import Held, fingerprint, signature_deadline
from almoner.contracts.views.shown import found_or_404, page_of, text_of
from almoner.rules.roles import Permission
from almoner.tenders.queries.award import winning_bid
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.workflow_labels import STEPS

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@requires(Permission.CONTRACT_DRAFT)
@never_cache
@_form_page
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin the contract of an award."""
    tender = awarded_tender(the_actor(request), ref)
    if tender is None:
        raise Http404(_("There is no tender %(id)s.") % {"id": ref})
    announced = tender.award_published_on

    def do(_form: forms.BaseForm) -> HttpResponse:
        file = drafting.draft(actor=the_actor(request), at=clock.now(), tender_id=ref)
        return desk.done(reverse("contract-save", args=[file.pk]), "contract.draft")

    context = {
        "title": STEPS["contract.draft"],
        "help": _(
            "The tender’s text, its table of work, the winner’s price and staff, the usual clauses "
            "and a schedule of instalments are filled in. You settle what is left."
        ),
        "button": STEPS["contract.draft"],
        "tender": tender,
        "bid": winning_bid(tender.pk, clock.today()),
        "due": signature_deadline(announced, clock.today()).day if announced else None,
    }
    return desk.fill(
        request, _make(forms.Form), do=do, template="contracts/begin.html", context=context
    )


@requires(Permission.CONTRACT_DRAFT)
@never_cache
@_form_page
def offer(request: HttpRequest, ref: str) -> HttpResponse:
    """Send the text to the provider, with what was changed and why."""
    found = found_or_404(the_actor(request), ref)

    def do(form: RemarksForm) -> HttpResponse:
        drafting.offer(
            actor=the_actor(request), at=clock.now(), contract_id=ref, remarks=_remarks(form)
        )
        return desk.done(page_of(ref), "contract.offer")

    help = _(
        "The text is fixed as it is now and the provider reads it. You may say what was changed "
        "and why; the provider reads it, and later everybody."
    )
    return _fill(request, found, "offer", _make(RemarksForm, needed=False), do, help)


@requires(Permission.CONTRACT_NEGOTIATE)
@never_cache
@_form_page
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for changes."""
    found = found_or_404(the_actor(request), ref)

    def do(form: RemarksForm) -> HttpResponse:
        drafting.propose(
            actor=the_actor(request), at=clock.now(), contract_id=ref, remarks=_remarks(form)
        )
        return desk.done(page_of(ref), "contract.propose")

    help = _(
        "Say which part you would like to be changed, and how. The text goes back to the "
        "purchaser. Both sides keep the log of what was said; it is public later."
    )
    return _fill(request, found, "propose", _make(RemarksForm, needed=True), do, help)


@requires(Permission.CONTRACT_NEGOTIATE)
@require_POST
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to the text that was shown."""
    found_or_404(the_actor(request), ref)
    return desk.take(
        request,
        lambda: drafting.settle(
            actor=the_actor(request),
            at=clock.now(),
            contract_id=ref,
            sha256=request.POST.get("sha256", ""),
        ),
        back=page_of(ref),
        step="contract.settle",
    )


@requires(Permission.CONTRACT_DRAFT)
@never_cache
@_form_page
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the text back to change it."""
    found = found_or_404(the_actor(request), ref)

    def do(form: ReopenForm) -> HttpResponse:
        drafting.reopen(
            actor=the_actor(request),
            at=clock.now(),
            contract_id=ref,
            reason=form.cleaned_data["reason"],
        )
        return desk.done(page_of(ref), "contract.reopen")

    help = _("The text becomes a draft again. A signature under the old text no longer counts.")
    return _fill(request, found, "reopen", _make(ReopenForm), do, help)


@requires(Permission.CONTRACT_SIGN_PROVIDER)
@never_cache
@_form_page
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """The provider's director reads the text and signs its fingerprint."""
    return _sign(request, ref, "sign", signing.sign)


@requires(Permission.CONTRACT_SIGN_PURCHASER)
@never_cache
@_form_page
def countersign(request: HttpRequest, ref: str) -> HttpResponse:
    """The purchaser's signatory reads the text and signs the same fingerprint."""
    return _sign(request, ref, "countersign", signing.countersign)


def _sign(
    request: HttpRequest, ref: str, step: str, operation: Callable[..., object]
) -> HttpResponse:
    found = found_or_404(the_actor(request), ref)

    def do(form: SignForm) -> HttpResponse:
        operation(
            actor=the_actor(request),
            at=clock.now(),
            contract_id=ref,
            sha256=form.cleaned_data["sha256"],
        )
        return desk.done(page_of(ref), f"contract.{step}")

    def context() -> Mapping[str, Any]:
        # Made anew after a refusal: the text may have changed since the page was opened.
        shown = found_or_404(the_actor(request), ref)
        return {
            **_context(shown, step),
            "help": _(
                "You sign the fingerprint of exactly this text, in both languages. Whoever changes "
                "one character of it later gets another fingerprint. Read it, then confirm."
            ),
            "text": text_of(shown),
            "sha256": fingerprint(shown.file) if shown.file else "",
        }

    if found.file is None:
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    return desk.fill(
        request, _make(SignForm), do=do, template="contracts/sign.html", context=context
    )


@requires(Permission.CONTRACT_DRAFT)
@require_POST
def publish(request: HttpRequest, ref: str) -> HttpResponse:
    """Publish a concluded contract."""
    return _press(request, ref, "publish", living.publish)


@requires(Permission.CONTRACT_DRAFT)
@require_POST
def complete(request: HttpRequest, ref: str) -> HttpResponse:
    """Close a contract that ran to its end."""
    return _press(request, ref, "complete", living.complete)


@requires(Permission.CONTRACT_SIGN_PURCHASER)
@never_cache
@_form_page
def terminate(request: HttpRequest, ref: str) -> HttpResponse:
    """End a contract early."""
    found = found_or_404(the_actor(request), ref)

    def do(form: TerminateForm) -> HttpResponse:
        typed = form.cleaned_data
        living.terminate(
            actor=the_actor(request),
            at=clock.now(),
            contract_id=ref,
            kind=typed["kind"],
            reason=typed["reason"],
        )
        return desk.done(page_of(ref), "contract.terminate")

    help = _(
        "The contract ends today. A notice with the reason is published at once. Instalments that "
        "fall due later and are not accepted lapse, and their money goes back to the budget: "
        "accept first, in whole or in part, what was done."
    )
    return _fill(request, found, "terminate", _make(TerminateForm), do, help)


def _press(
    request: HttpRequest, ref: str, step: str, operation: Callable[..., object]
) -> HttpResponse:
    found_or_404(the_actor(request), ref)
    return desk.take(
        request,
        lambda: operation(actor=the_actor(request), at=clock.now(), contract_id=ref),
        back=page_of(ref),
        step=f"contract.{step}",
    )


def _make(form: Callable[..., forms.BaseForm], **options: Any) -> Callable[..., forms.BaseForm]:
    return lambda data, _files: form(data, **options)


def _remarks(form: RemarksForm) -> list[Remark]:
    return [Remark(clause, text) for clause, text in form.remarks()]


def _context(found: Held, step: str) -> dict[str, Any]:
    return {"title": STEPS[f"contract.{step}"], "button": STEPS[f"contract.{step}"], "held": found}


def _fill(
    request: HttpRequest,
    found: Held,
    step: str,
    make: Callable[..., forms.BaseForm],
    do: Callable[[Any], HttpResponse],
    help: str,
) -> HttpResponse:
    """A page with one form about one contract."""
    context = {**_context(found, step), "help": help}
    return desk.fill(request, make, do=do, template="contracts/step.html", context=context)
