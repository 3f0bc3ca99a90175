"""The desk's pages of evaluations."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.gate import steps_for
from almoner.evaluation import forms, operations
from almoner.evaluation import queries_work as queries
from almoner.evaluation.models import Evaluation, RaterSeat, Stage
from almoner.files.queries import attachment_of
from almoner.files.views import download
from almoner.rules.money import yuan_to_fen
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import EVALUATION, EvaluationState
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.desk import done, fill, take
from almoner.web.format import day, named
from almoner.web.links import link
from almoner.web.lists import show_list
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES

form_page = require_http_methods(["GET", "HEAD", "POST"])
HELP = gettext_lazy(
    "One framework for the whole contract, two raters who score by themselves, a reason and "
    "evidence for each score, a reply by the provider, and a result that leads to something."
)
COLUMNS = (
    Column(gettext_lazy("Evaluation"), lambda row: row.id, lambda row: link("evaluation", row.id)),
    Column(gettext_lazy("Contract"), lambda row: row.contract_id),
    Column(gettext_lazy("Provider"), lambda row: named(row.contract.provider)),
    Column(gettext_lazy("Agency"), lambda row: named(row.agency)),
    Column(gettext_lazy("Stage"), lambda row: str(Stage(row.stage).label)),
    Column(gettext_lazy("Assigned"), lambda row: row.assigned_on),
    Column(
        gettext_lazy("Concluded"),
        lambda row: row.reported_on,
        lambda row: day(row.reported_on) if row.reported_on else _("not yet"),
    ),
)


@requires(Permission.EVALUATION_READ)
@never_cache
@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """The evaluations that one may read."""
    actor = the_actor(request)
    form = forms.Filters(request.GET)
    create = None
    if actor.may(Permission.EVALUATION_ASSIGN):
        create = (_("Assign an evaluation"), reverse("evaluation-assign"))
    return show_list(
        request,
        title=_("Evaluations"),
        columns=COLUMNS,
        rows=queries.found(actor, form.cleaned_data if form.is_valid() else {}),
        name="evaluations",
        form=form,
        help=HELP,
        create=create,
    )


@requires(Permission.EVALUATION_ASSIGN)
@never_cache
@form_page
def assign(request: HttpRequest) -> HttpResponse:
    """First the contract and the agency (in the address), then the rest."""
    actor, now = the_actor(request), clock.now()
    contracts = queries.contracts_to_judge(actor, now.date())
    choice = forms.ChooseForm(request.GET or None, contracts, queries.agencies())
    shown = {
        "title": _("Assign an evaluation"),
        "help": HELP,
        "crumbs": _crumbs((_("Assign"), None)),
    }
    if not choice.is_valid():
        context = {**shown, "form": choice, "button": _("Go on")}
        return render(request, "evaluation/choose.html", context)
    contract = contracts.get(pk=choice.cleaned_data["contract"])
    agency = choice.cleaned_data["agency"]

    def act(form: forms.AssignForm) -> HttpResponse:
        assignment = operations.Assignment(contract.id, agency, **form.cleaned_data)
        made = operations.assign(actor=actor, at=now, assignment=assignment)
        return done(_page(made.id), "evaluation.assign")

    context = {**shown, "contract": contract, "button": _("Assign an evaluation")}
    raters = queries.raters_of(agency, now.date())
    return fill(
        request,
        lambda data, files: forms.AssignForm(data, raters),
        do=act,
        template="evaluation/assign.html",
        context=context,
    )


@requires(Permission.EVALUATION_READ)
@never_cache
@require_safe
def evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """One evaluation: where it stands, its scores once they are in, and what can be done."""
    found, actor = _evaluation(request, ref), the_actor(request)
    state = queries.state_of(found)
    file = getattr(found, "file", None)
    context = {
        "title": _("Evaluation %(id)s") % {"id": found.id},
        "help": HELP,
        "evaluation": found,
        "stage": Stage(found.stage).label,
        "state": STATES[f"evaluation.{state}"],
        "file": file,
        "reply_until": queries.reply_deadline(file) if file else None,
        "seats": queries.seats_of(found),
        "own": queries.seat_of(found, actor.login),
        "table": _table(found) if state is not EvaluationState.ASSIGNED else [],
        "consequences": found.consequences.order_by("decided_on", "pk"),
        "steps": _steps(found, actor, state) if file else frozenset(),
        "crumbs": _crumbs((found.id, None)),
    }
    return render(request, "evaluation/evaluation.html", context)


def _steps(found: Evaluation, actor: Actor, state: EvaluationState) -> frozenset[str]:
    contract = found.contract
    steps = frozenset[str]()
    for body in (found.agency_id, contract.provider_id, contract.purchaser_id):
        steps |= steps_for(EVALUATION, actor=actor, state=state, body=body, subject_id=found.id)
    return steps


def _table(found: Evaluation) -> list[dict[str, Any]]:
    """Each indicator with what every rater gave and why; only for when all sheets are in."""
    seats = queries.seats_of(found)
    labels = {one.reference: one for one in queries.evidence_of(found)}
    return [
        {
            "question": question,
            "given": [
                {
                    "rater": seat.rater_id,
                    **seat.sheet[question.leaf.code],
                    "evidence": [
                        labels[reference]
                        for reference in seat.sheet[question.leaf.code]["evidence"]
                        if reference in labels
                    ],
                }
                for seat in seats
                if question.leaf.code in seat.sheet
            ],
        }
        for question in queries.questions_of(found.framework_id)
    ]


@requires(Permission.EVALUATION_RATE)
@never_cache
@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """One's own sheet: each indicator, what it has and what it lacks."""
    found = _evaluation(request, ref)
    seat = _seat(request, found)
    rows = [
        {
            "number": number,
            "question": question,
            "entry": seat.sheet.get(question.leaf.code, {}),
            "gaps": forms.gaps_in_words(question, seat.sheet.get(question.leaf.code, {})),
        }
        for number, question in enumerate(queries.questions_of(found.framework_id), start=1)
    ]
    context = {
        "title": _("Your scores"),
        "help": _("Nobody sees your scores before every rater has handed in."),
        "evaluation": found,
        "seat": seat,
        "rows": rows,
        "ready": not any(row["gaps"] for row in rows),
        "crumbs": _crumbs((found.id, _page(ref)), (_("Your scores"), None)),
    }
    return render(request, "evaluation/sheet.html", context)


@requires(Permission.EVALUATION_RATE)
@never_cache
@form_page
def score(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One indicator: the rubric, the evidence beside it, a score and its reason."""
    found = _evaluation(request, ref)
    seat = _seat(request, found)
    questions = queries.questions_of(found.framework_id)
    if not 1 <= number <= len(questions):
        raise Http404(_("There is no such indicator."))
    question, evidence = questions[number - 1], queries.evidence_of(found)
    entry = seat.sheet.get(question.leaf.code, {})

    def act(form: forms.ScoreForm) -> HttpResponse:
        facts = dict(form.cleaned_data)
        operations.save_score(
            actor=the_actor(request),
            at=clock.now(),
            evaluation_id=ref,
            version=facts.pop("version"),
            indicator=question.leaf.code,
            entry=facts,
        )
        onward = number + 1 if "next" in request.POST else number - 1
        if 1 <= onward <= len(questions) and "stay" not in request.POST:
            return redirect("evaluation-score-one", ref=ref, number=onward)
        return done(reverse("evaluation-score", args=[ref]), "evaluation.score")

    context = {
        "title": named(question),
        "evaluation": found,
        "question": question,
        "number": number,
        "of": len(questions),
        "evidence": evidence,
        "crumbs": _crumbs(
            (found.id, _page(ref)),
            (_("Your scores"), reverse("evaluation-score", args=[ref])),
            (str(number), None),
        ),
    }
    initial = {"version": seat.version, **entry}
    return fill(
        request,
        lambda data, files: forms.ScoreForm(data, initial, evidence),
        do=act,
        template="evaluation/score.html",
        context=context,
    )


@requires(Permission.EVALUATION_RATE)
@never_cache
@form_page
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Attach a file as evidence."""
    found = _evaluation(request, ref)
    _seat(request, found)
    back = reverse("evaluation-score", args=[ref])

    def act(form: forms.EvidenceForm) -> HttpResponse:
        operations.attach_evidence(
            actor=the_actor(request),
            at=clock.now(),
            evaluation_id=ref,
            upload=form.cleaned_data["file"],
        )
        return done(back)

    context = {
        "title": _("Attach evidence"),
        "help": _("Photographs, plans and reports. Make users' names unreadable first."),
        "button": _("Attach"),
        "crumbs": _crumbs((found.id, _page(ref)), (_("Your scores"), back), (_("File"), None)),
    }
    return fill(request, forms.EvidenceForm, do=act, template="web/form.html", context=context)


@requires(Permission.EVALUATION_READ)
@require_safe
def evidence(request: HttpRequest, ref: str, file: str) -> HttpResponseBase:
    """A file that was attached: for the raters, and once the scores are in for both sides."""
    found, actor = _evaluation(request, ref), the_actor(request)
    attachment = attachment_of(file, queries.FILES, ref)
    in_time = queries.state_of(found) is not EvaluationState.ASSIGNED
    if attachment is None or not (in_time or actor.may(Permission.EVALUATION_RATE)):
        raise Http404(_("There is no such file."))
    return download(attachment)


@requires(Permission.EVALUATION_RATE)
@require_POST
def hand_in(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand in one's scores."""
    _evaluation(request, ref)
    do = partial(operations.hand_in, actor=the_actor(request), at=clock.now(), evaluation_id=ref)
    return take(request, do, back=reverse("evaluation-score", args=[ref]), step="evaluation.rate")


@requires(Permission.EVALUATION_REPLY)
@never_cache
@form_page
def reply(request: HttpRequest, ref: str) -> HttpResponse:
    """The provider's reply."""
    return _say(request, ref, forms.ReplyForm, operations.reply, "reply", _("Reply to the scores"))


@requires(Permission.EVALUATION_CONCLUDE)
@never_cache
@form_page
def conclude(request: HttpRequest, ref: str) -> HttpResponse:
    """The lead's conclusion."""
    title = _("Conclude the evaluation")
    return _say(request, ref, forms.ConcludeForm, operations.conclude, "conclude", title)


def _say(
    request: HttpRequest, ref: str, form_class: Any, do: Any, step: str, title: str
) -> HttpResponse:
    found = _evaluation(request, ref)

    def act(form: Any) -> HttpResponse:
        do(actor=the_actor(request), at=clock.now(), evaluation_id=ref, **form.cleaned_data)
        return done(_page(ref), f"evaluation.{step}")

    context = {
        "title": title,
        "help": HELP,
        "button": title,
        "crumbs": _crumbs((found.id, _page(ref)), (title, None)),
    }
    return fill(
        request,
        lambda data, files: form_class(data),
        do=act,
        template="web/form.html",
        context=context,
    )


@requires(Permission.CONSEQUENCE_DECIDE)
@never_cache
@form_page
def follow(request: HttpRequest, ref: str) -> HttpResponse:
    """What follows from the result."""
    found = _evaluation(request, ref)

    def act(form: forms.FollowForm) -> HttpResponse:
        amount = form.cleaned_data["amount"]
        operations.follow(
            actor=the_actor(request),
            at=clock.now(),
            evaluation_id=ref,
            kind=form.cleaned_data["kind"],
            amount_fen=None if amount is None else yuan_to_fen(amount),
        )
        return done(_page(ref), "evaluation.follow")

    context = {
        "title": _("Decide what follows"),
        "help": _("A result without a consequence is a finding against the purchaser."),
        "button": _("Decide what follows"),
        "crumbs": _crumbs((found.id, _page(ref)), (_("What follows"), None)),
    }
    return fill(
        request,
        lambda data, files: forms.FollowForm(data),
        do=act,
        template="web/form.html",
        context=context,
    )


def _evaluation(request: HttpRequest, ref: str) -> Evaluation:
    found = queries.evaluation_for(the_actor(request), ref)
    if found is None:
        raise Http404(_("There is no such evaluation."))
    return found


def _seat(request: HttpRequest, found: Evaluation) -> RaterSeat:
    seat = queries.seat_of(found, the_actor(request).login)
    if seat is None:
        raise Http404(_("You are not a rater of this evaluation."))
    return seat


def _page(ref: str) -> str:
    return reverse("evaluation", args=[ref])


def _crumbs(*rest: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Evaluations"), reverse("desk-evaluations")), *rest]
