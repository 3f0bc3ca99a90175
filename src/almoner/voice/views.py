"""Complaints: raised by anybody, answered by the supervising authority, seen by all."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.accounts.gate import steps_for
from almoner.directory.views import day_column
from almoner.needs import residents
from almoner.rules.refusal import Refused
from almoner.rules.roles import Permission
from almoner.rules.workflow import COMPLAINT, ComplaintState
from almoner.voice import operations, queries
from almoner.voice.forms import AnswerForm, AskForm, ComplaintFilters
from almoner.voice.labels import STANDINGS, TAGS
from almoner.voice.models import Complaint, ComplaintOutcome
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.limits import limit
from almoner.web.lists import show_list
from almoner.web.pages import public_page
from almoner.web.sheets import Column

ROWS = 50
SENDINGS = 20  # complaints an hour from one address
LOOKS = 60


def _stamps(**_kwargs: str) -> list[str]:
    return ["complaints"]


def _row(complaint: Complaint) -> dict[str, Any]:
    """What is public about a complaint."""
    stands = queries.clock_of(complaint, clock.today())
    file = queries.file_of(complaint)
    outcome = complaint.outcome
    return {
        "complaint": complaint,
        "about": complaint.contract or complaint.tender,
        "clock": stands,
        "standing": STANDINGS[stands.standing],
        "tag": TAGS[stands.standing],
        "outcome": ComplaintOutcome(outcome).label if outcome else None,
        "answer": file.answer if file else "",
        "summary": file.summary if file else "",
    }


def _crumbs(last: str) -> list[tuple[str, str | None]]:
    return [(_("Complaints"), reverse("complaints")), (last, None)]


def _complaint(ref: str, seen: Any = None) -> Complaint:
    found = queries.complaint_of(ref, seen)
    if found is None:
        raise Http404(_("There is no complaint %(id)s.") % {"id": ref})
    return found


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Complain or ask, without an account."""

    def make(data: Any, files: Any) -> AskForm:
        asked = request.GET
        return AskForm(data, contract=asked.get("contract", ""), tender=asked.get("tender", ""))

    def do(form: AskForm) -> HttpResponse:
        limit(request, "complaint", SENDINGS)
        _raised, code = operations.raise_complaint(at=clock.now(), **form.cleaned_data)
        return residents.hand_over(reverse("complaint-received"), code)

    context = {
        "title": _("Complain or ask"),
        "lede": _(
            "Something is wrong with a service, a contract or a tender? The supervising authority "
            "answers within %(days)s working days, or this site says that it did not. You need no "
            "account, and you may stay anonymous."
        )
        % {"days": queries.answer_days(clock.today())},
        "button": _("Send it"),
        "crumbs": _crumbs(_("Complain or ask")),
    }
    return desk.fill(request, make, do=do, template="needs/public_form.html", context=context)


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """The tracking code, shown once."""

    def context(code_hash: str | None) -> dict[str, Any]:
        raised = queries.complaint_by_code(code_hash) if code_hash else None
        return {
            "title": _("Your complaint is received"),
            "number": raised and raised.id,
            "due": raised and raised.due_on,
            "track": reverse("complaint-track"),
            "next": _(
                "With the code you see the answer, or that there is none, and you can withdraw."
            ),
            "crumbs": _crumbs(_("Your complaint is received")),
        }

    return residents.show_code(request, context)


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """What became of a complaint, for whoever has its code. The code stays out of addresses."""

    def do(form: residents.CodeForm) -> HttpResponse:
        limit(request, "track", LOOKS)
        code = form.cleaned_data["code"]
        found = queries.complaint_by_code(residents.hash_of(code))
        if found is None:
            raise Refused("code_unknown", field="code")
        file = queries.file_of(found)
        context = {
            **_row(found),
            "own": file.text if file else "",
            "code": code,
            "open": queries.state_of(found) is ComplaintState.RECEIVED,
            "crumbs": _crumbs(found.id),
        }
        return render(request, "voice/tracked.html", context)

    return residents.ask_for_code(
        request,
        do,
        title=_("What became of my complaint?"),
        lede=_("Enter the tracking code that you were given when you sent it."),
        button=_("Look it up"),
        crumbs=_crumbs(_("What became of my complaint?")),
    )


@requires(Permission.PORTAL_WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw a complaint by its code."""

    def do(form: residents.CodeForm) -> HttpResponse:
        limit(request, "track", LOOKS)
        withdrawn = operations.withdraw_complaint(at=clock.now(), code=form.cleaned_data["code"])
        return HttpResponseRedirect(reverse("complaint", args=[withdrawn.id]))

    return residents.ask_for_code(
        request,
        do,
        title=_("Withdraw a complaint"),
        lede=_("Nobody answers a complaint that was withdrawn. That it was made stays public."),
        button=_("Withdraw the complaint"),
        crumbs=_crumbs(_("Withdraw a complaint")),
    )


@public_page(tokens=_stamps)
def complaints(request: HttpRequest) -> HttpResponse:
    """Every complaint with its clock; never its wording."""
    form = ComplaintFilters(request.GET)
    found = queries.found_complaints(form.wanted(), clock.today())
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(one) for one in page],
        "days": queries.answer_days(clock.today()),
        "crumbs": [(_("Complaints"), None)],
    }
    return render(request, "voice/complaints.html", context)


@public_page(tokens=_stamps)
def complaint(request: HttpRequest, ref: str) -> HttpResponse:
    """One complaint: its clock and its answer."""
    shown = _complaint(ref)
    return render(request, "voice/complaint.html", {**_row(shown), "crumbs": _crumbs(shown.id)})


def _columns() -> list[Column]:
    def link(one: Complaint) -> str:
        return format_html('<a href="{}">{}</a>', reverse("desk-complaint", args=[one.id]), one.id)

    def standing(one: Complaint) -> str:
        return str(STANDINGS[queries.clock_of(one, clock.today()).standing])

    def tag(one: Complaint) -> str:
        kind = TAGS[queries.clock_of(one, clock.today()).standing]
        return format_html('<span class="tag {}">{}</span>', kind, standing(one))

    return [
        Column(_("Number"), lambda one: one.id, link),
        Column(
            _("What it is about"),
            lambda one: one.contract_id or one.tender_id or _("nothing named"),
        ),
        Column(_("Sent by"), lambda one: one.get_from_kind_display()),
        day_column(_("Received on"), lambda one: one.received_on),
        day_column(_("Answer due"), lambda one: one.due_on),
        day_column(_("Answered on"), lambda one: one.answered_on),
        Column(
            _("What was decided"), lambda one: one.get_outcome_display() if one.outcome else "–"
        ),
        Column(_("State"), standing, tag),
    ]


@requires(Permission.COMPLAINT_READ)
@never_cache
@require_safe
def desk_complaints(request: HttpRequest) -> HttpResponse:
    """The complaints that one's body has to answer, by deadline."""
    form = ComplaintFilters(request.GET)
    seen = queries.seen_by(the_actor(request), Permission.COMPLAINT_READ)
    return show_list(
        request,
        title=_("Complaints"),
        help=_(
            "Each has a number, a clock of %(days)s working days and an answer. The purchaser may "
            "not answer complaints about itself: you do."
        )
        % {"days": queries.answer_days(clock.today())},
        columns=_columns(),
        rows=queries.found_complaints(form.wanted(), clock.today()).filter(seen),
        name="complaints",
        form=form,
    )


def _own(request: HttpRequest, ref: str, permission: Permission) -> Complaint:
    return _complaint(ref, queries.seen_by(the_actor(request), permission))


@requires(Permission.COMPLAINT_READ)
@never_cache
@require_safe
def desk_complaint(request: HttpRequest, ref: str) -> HttpResponse:
    """One complaint at the desk, with its wording."""
    shown, actor = _own(request, ref, Permission.COMPLAINT_READ), the_actor(request)
    steps = steps_for(
        COMPLAINT,
        actor=actor,
        state=queries.state_of(shown),
        body=queries.answering_body(shown, actor),
        subject_id=ref,
    )
    context = {
        **_row(shown),
        "title": _("Complaint %(id)s") % {"id": ref},
        "file": queries.file_of(shown),
        "may_answer": "answer" in steps,
    }
    return render(request, "voice/desk_complaint.html", context)


@requires(Permission.COMPLAINT_ANSWER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer a complaint."""
    shown = _own(request, ref, Permission.COMPLAINT_ANSWER)

    def do(form: AnswerForm) -> HttpResponse:
        operations.answer_complaint(
            actor=the_actor(request), at=clock.now(), complaint_id=ref, **form.cleaned_data
        )
        return desk.done(reverse("desk-complaint", args=[ref]), "complaint.answer")

    context = {
        **_row(shown),
        "title": _("Answer complaint %(id)s") % {"id": ref},
        "button": _("Publish the answer"),
        "help": _("Outcome and answer are public at once and cannot be taken back."),
        "file": queries.file_of(shown),
    }
    return desk.fill(
        request,
        lambda data, files: AnswerForm(data, label_suffix=""),
        do=do,
        template="voice/answer.html",
        context=context,
    )
