"""Tenders at the desk: the list, one tender with its steps, and the steps of its publication."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.gate import steps_for
from almoner.files.queries import attached
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import TENDER, TenderState
from almoner.tenders.forms.drafting import ReasonForm, TenderFilters
from almoner.tenders.models import RegisterKind, TenderFile
from almoner.tenders.operations import drafting
from almoner.tenders.queries.award import award_at_desk, may_disqualify
from almoner.tenders.queries.drafting import (
    DOCUMENT,
    SUBJECT,
    TenderRow,
    place_of,
    tender_rows,
    title_of,
)
from almoner.tenders.queries.files import state_of
from almoner.tenders.views.drafting import the_file
from almoner.tenders.views.examined import examine
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import moment, named, yuan
from almoner.web.html import escaped
from almoner.web.lists import show_list
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES

BEFORE_PUBLICATION = (TenderState.DRAFT, TenderState.SUBMITTED)


def _link(row: TenderRow) -> str:
    name = "tender" if row.loaded else "desk-tender"
    address = escaped(reverse(name, args=[row.id]))
    return SafeString(f'<a href="{address}">{escaped(row.id)}</a>')


COLUMNS = (
    Column(gettext_lazy("Tender"), lambda row: row.id, _link),
    Column(gettext_lazy("Title"), lambda row: row.title),
    Column(gettext_lazy("Purchaser"), lambda row: named(row.purchaser)),
    Column(gettext_lazy("Place"), lambda row: named(row.area) if row.area else None),
    Column(gettext_lazy("State"), lambda row: STATES[f"tender.{row.state.value}"]),
    Column(
        gettext_lazy("Deadline of bids"), lambda row: row.deadline, lambda row: moment(row.deadline)
    ),
    Column(
        gettext_lazy("Ceiling in yuan"),
        lambda row: None if row.ceiling_fen is None else row.ceiling_fen / 100,
        lambda row: yuan(row.ceiling_fen),
        numeric=True,
    ),
)


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """Every tender that whoever asks may read, the newest first."""
    actor, form = the_actor(request), TenderFilters(request.GET)
    rows = tender_rows(actor, words=form.value("q"), state=form.value("state"))
    may_draft = actor.may(Permission.TENDER_DRAFT)
    return show_list(
        request,
        title=_("Tenders"),
        columns=COLUMNS,
        rows=rows,
        name="tenders",
        form=form,
        create=(_("Begin a tender"), reverse("tender-draft")) if may_draft else None,
        help=_("Drafts, running tenders and what became of them."),
    )


@requires(Permission.TENDER_READ)
@never_cache
@require_safe
def tender(request: HttpRequest, ref: str) -> HttpResponse:
    """One tender: its state, what may be done, what happened, what it says."""
    actor, now = the_actor(request), clock.now()
    file = the_file(request, ref, Permission.TENDER_READ)
    state = state_of(file)
    before = state in BEFORE_PUBLICATION
    examined = examine(file, file.content, now)
    registers = file.register
    context = {
        "title": title_of(file),
        "file": file,
        "tender": file.tender,
        "state": STATES[f"tender.{state.value}"],
        "state_name": state.value,
        "before": before,
        "steps": steps_for(
            TENDER, actor=actor, state=state, body=file.purchaser_id, subject_id=file.pk
        ),
        "examined": examined,
        "content": examined.draft,
        "registers": [(kind, registers.filter(kind=kind).count()) for kind in RegisterKind],
        "may_begin": actor.may(Permission.TENDER_DRAFT, file.purchaser_id),
        "successor": file.replaced_by.first(),
        "documents": attached(SUBJECT, file.pk, DOCUMENT),
        "place": place_of(examined.draft.area),
        "award": award_at_desk(file, now),
        "may_disqualify": may_disqualify(actor, file),
        "now": now,
        "help": HELP.get(state, ""),
    }
    return render(request, "tenders/draft_tender.html", context)


HELP = {
    TenderState.DRAFT: gettext_lazy(
        "A draft. Announce the intention as soon as you know what and where, write the rest, and "
        "send it to the signatory when every check is met or explained."
    ),
    TenderState.SUBMITTED: gettext_lazy(
        "It waits for the signatory, who publishes it or returns it with a reason. Whoever wrote "
        "it may not publish it."
    ),
    TenderState.PUBLISHED: gettext_lazy(
        "It is public and open for bids until the deadline. What bidders offer stays sealed."
    ),
    TenderState.CANCELLED: gettext_lazy("It ended without an award. It can be tendered again."),
}


def _button(
    request: HttpRequest, ref: str, permission: Permission, step: str, do: Callable[..., Any]
) -> HttpResponse:
    """A step that asks for nothing more."""
    the_file(request, ref, permission)
    return desk.take(
        request,
        lambda: do(actor=the_actor(request), at=clock.now(), file_id=ref),
        back=reverse("desk-tender", args=[ref]),
        step=f"tender.{step}",
    )


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def intend(request: HttpRequest, ref: str) -> HttpResponse:
    """Announce the intention."""
    return _button(request, ref, Permission.TENDER_DRAFT, "intend", drafting.intend)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Send it to the signatory."""
    return _button(request, ref, Permission.TENDER_DRAFT, "submit", drafting.submit)


@requires(Permission.TENDER_PUBLISH)
@never_cache
@require_POST
def publish(request: HttpRequest, ref: str) -> HttpResponse:
    """Publish it."""
    return _button(request, ref, Permission.TENDER_PUBLISH, "publish", drafting.publish)


@requires(Permission.TENDER_DRAFT)
@never_cache
@require_POST
def again(request: HttpRequest, ref: str) -> HttpResponse:
    """Tender a cancelled one again."""
    the_file(request, ref)
    made: list[TenderFile] = []
    refusal = desk.take(
        request,
        lambda: made.append(drafting.again(actor=the_actor(request), at=clock.now(), file_id=ref)),
        back=reverse("desk-tender", args=[ref]),
        step="tender.draft",
    )
    if not made:
        return refusal
    return desk.done(reverse("tender-save", args=[made[0].pk]), "tender.draft")


def _with_reason(
    request: HttpRequest,
    ref: str,
    *,
    step: str,
    do: Callable[..., Any],
    title: str,
    help: str,
) -> HttpResponse:
    """A step that asks for a reason."""
    file = the_file(request, ref, Permission.TENDER_PUBLISH)
    actor: Actor = the_actor(request)

    def make(data: Any, _files: Any) -> ReasonForm:
        return ReasonForm(data, label_suffix="")

    def took(form: ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        do(actor=actor, at=clock.now(), file_id=ref, reason=reason)
        return desk.done(reverse("desk-tender", args=[ref]), f"tender.{step}")

    context = {"title": f"{title}: {title_of(file)}", "button": title, "help": help}
    return desk.fill(request, make, do=took, template="web/form.html", context=context)


@requires(Permission.TENDER_PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Return it to its clerk."""
    return _with_reason(
        request,
        ref,
        step="return",
        do=drafting.send_back,
        title=_("Return it to the clerk"),
        help=_("Say what has to change. The clerk sees it above the draft."),
    )


@requires(Permission.TENDER_PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    """End it without an award."""
    return _with_reason(
        request,
        ref,
        step="cancel",
        do=drafting.cancel,
        title=_("Cancel the tender"),
        help=_(
            "The tender ends without an award. The reason is published at once, and bidders can "
            "read it. It can be tendered again."
        ),
    )
