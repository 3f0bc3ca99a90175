"""Pages of tasks that officials ask for, and of the changes that they lead to."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.gate import steps_for
from almoner.contracts.queries import commitments_of, terms_of
from almoner.delivery.forms import tasks as forms
from almoner.delivery.labels import imposed_in_words
from almoner.delivery.models import ChangeProposal, Ruling, TaskRequest
from almoner.delivery.operations import changes, tasks
from almoner.delivery.queries import tasks as queries
from almoner.delivery.queries.promises import terms_left
from almoner.delivery.views.task_words import (
    amount_for,
    grounds_in_words,
    left_in_words,
    proposal_in_words,
)
from almoner.rules.money import yuan_to_fen
from almoner.rules.roles import Permission
from almoner.rules.scope import without_override
from almoner.rules.workflow import CHANGE, TASK_REQUEST
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.desk import done, fill, take
from almoner.web.format import named
from almoner.web.links import link
from almoner.web.lists import show_list
from almoner.web.sheets import Column

form_page = require_http_methods(["GET", "HEAD", "POST"])
HELP = gettext_lazy(
    "Work that officials ask of a provider beyond its contract. The rule answers, not the person: "
    "only a paid variation or a swap of targets makes such a task part of the contract."
)
COLUMNS = (
    Column(
        gettext_lazy("Request"),
        lambda row: row.id,
        lambda row: link("task-request", row.id),
    ),
    Column(gettext_lazy("Contract"), lambda row: row.contract_id),
    Column(gettext_lazy("Provider"), lambda row: named(row.contract.provider)),
    Column(gettext_lazy("Asked by"), lambda row: named(row.requested_by)),
    Column(gettext_lazy("On"), lambda row: row.requested_on),
    Column(gettext_lazy("Hours"), lambda row: row.hours, numeric=True),
    Column(gettext_lazy("State"), lambda row: str(Ruling(row.ruling).label)),
)


@requires(Permission.TASK_READ)
@never_cache
@require_safe
def task_requests(request: HttpRequest) -> HttpResponse:
    """The requests that one may read."""
    actor = the_actor(request)
    form = forms.RequestFilters(request.GET, Ruling.choices)
    create = None
    if actor.may(Permission.TASK_ASK):
        create = (_("Ask for a task"), reverse("task-request-ask"))
    elif actor.may(Permission.TASK_AGREE):
        create = (_("Report a task asked for by word of mouth"), reverse("task-request-report"))
    return show_list(
        request,
        title=_("Tasks outside contracts"),
        columns=COLUMNS,
        rows=queries.found(actor, form.cleaned_data if form.is_valid() else {}),
        name="task-requests",
        form=form,
        help=HELP,
        create=create,
    )


@requires(Permission.TASK_ASK)
@never_cache
@form_page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a task, for the purchaser."""
    return _ask(request, Permission.TASK_ASK, tasks.ask, "task_request.ask", _("Ask for a task"))


@requires(Permission.TASK_AGREE)
@never_cache
@form_page
def report(request: HttpRequest) -> HttpResponse:
    """Report a task that was asked for by word of mouth, for the provider."""
    title = _("Report a task asked for by word of mouth")
    return _ask(request, Permission.TASK_AGREE, tasks.report, "task_request.report", title)


def _ask(
    request: HttpRequest, permission: Permission, do: Any, step: str, title: str
) -> HttpResponse:
    actor, now = the_actor(request), clock.now()
    contracts = queries.contracts_of(actor, permission, now.date())
    wanted = request.GET.get("contract", "").replace("\0", "")  # PostgreSQL looks for no NUL
    chosen = contracts.filter(pk=wanted).first()
    if chosen is None:
        choice = forms.ContractChoice(None, contracts)
        context = {"title": title, "help": HELP, "form": choice, "button": _("Go on")}
        return render(request, "delivery/task_contract.html", context)

    def act(form: forms.AskForm) -> HttpResponse:
        task = do(
            actor=actor, at=now, contract_id=chosen.id, asked=tasks.Asked(**form.cleaned_data)
        )
        return done(reverse("task-request", args=[task.id]), step)

    context = {
        "title": title,
        "help": HELP,
        "button": _("Record the request"),
        "contract": chosen,
        "left": left_in_words(terms_left(chosen, now.date())),
    }
    askers = queries.askers(chosen)
    return fill(
        request,
        lambda data, files: forms.AskForm(data, askers),
        do=act,
        template="delivery/task_ask.html",
        context=context,
    )


@requires(Permission.TASK_READ)
@never_cache
@require_safe
def task_request(request: HttpRequest, ref: str) -> HttpResponse:
    """One request: the rule's answer, what was proposed, and what can be done."""
    task, actor = _task(request, ref), the_actor(request)
    file = queries.file_of(task)
    summary, imposed = without_override(task.summary or "")
    steps = frozenset[str]()
    for body in (task.contract.purchaser_id, task.contract.provider_id):
        steps |= steps_for(
            TASK_REQUEST, actor=actor, state=task.ruling, body=body, subject_id=task.id
        )
    context = {
        "title": _("Request %(id)s") % {"id": task.id},
        "help": HELP,
        "task": task,
        "summary": summary,
        "imposed": imposed_in_words(imposed, task.contract.purchaser) if imposed else "",
        "ruling": Ruling(task.ruling).label,
        "grounds": grounds_in_words(file.clause) if file else "",
        "proposals": [proposal_in_words(one) for one in queries.proposals_of(task)],
        "steps": steps,
        "may_propose": "drop" in steps and not queries.is_proposed(task),
        "crumbs": _crumbs((task.id, None)),
    }
    return render(request, "delivery/task_request.html", context)


@requires(Permission.TASK_ASK)
@never_cache
@form_page
def propose_variation(request: HttpRequest, ref: str) -> HttpResponse:
    """Offer money for a task."""
    task, actor = _task(request, ref), the_actor(request)
    contract = task.contract

    def act(form: forms.VariationForm) -> HttpResponse:
        facts = form.cleaned_data
        changes.propose_variation(
            actor=actor,
            at=clock.now(),
            task_id=ref,
            amount_fen=yuan_to_fen(facts["amount"]),
            appropriation_id=facts["appropriation"],
            due_on=facts["due_on"],
            reason=facts["reason"],
        )
        return done(reverse("task-request", args=[ref]), "change.propose")

    commitments = commitments_of(contract.id)
    context = {
        "title": _("Offer a paid variation"),
        "help": _("The provider has to agree. Additions may come to a tenth of the contract."),
        "button": _("Propose a change"),
        "task": task,
        "room_fen": queries.room_of(contract, clock.today()),
        "suggested_fen": amount_for(task),
        "crumbs": _crumbs((task.id, reverse("task-request", args=[ref])), (_("Variation"), None)),
    }
    return fill(
        request,
        lambda data, files: forms.VariationForm(data, commitments),
        do=act,
        template="delivery/task_variation.html",
        context=context,
    )


@requires(Permission.TASK_ASK)
@never_cache
@form_page
def propose_swap(request: HttpRequest, ref: str) -> HttpResponse:
    """Offer to drop other targets for a task."""
    task, actor = _task(request, ref), the_actor(request)

    def act(form: forms.SwapForm) -> HttpResponse:
        facts = form.cleaned_data
        changes.propose_swap(
            actor=actor,
            at=clock.now(),
            task_id=ref,
            term_code=facts["term"],
            from_on=facts["from_on"],
            reason=facts["reason"],
        )
        return done(reverse("task-request", args=[ref]), "change.propose")

    terms = terms_of(task.contract_id)
    context = {
        "title": _("Offer a swap of targets"),
        "help": _(
            "The provider has to agree. As many hours of a term fall away as the task takes."
        ),
        "button": _("Propose a change"),
        "task": task,
        "left": left_in_words(terms_left(task.contract, clock.today())),
        "crumbs": _crumbs((task.id, reverse("task-request", args=[ref])), (_("Swap"), None)),
    }
    return fill(
        request,
        lambda data, files: forms.SwapForm(data, terms),
        do=act,
        template="delivery/task_swap.html",
        context=context,
    )


@requires(Permission.TASK_READ)
@never_cache
@require_safe
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """One proposed change, and the answer to it."""
    proposal, actor = _proposal(request, ref), the_actor(request)
    steps = steps_for(
        CHANGE,
        actor=actor,
        state=queries.state_of(proposal),
        body=proposal.contract.provider_id,
        subject_id=proposal.id,
    )
    context = {
        "title": _("Proposed change %(id)s") % {"id": proposal.id},
        "help": _("A change of the contract holds from its day on. The past stays as it was."),
        "proposal": proposal_in_words(proposal),
        "contract": proposal.contract,
        "task": proposal.task,
        "steps": steps,
        "crumbs": _crumbs((proposal.id, None)),
    }
    return render(request, "delivery/change.html", context)


@requires(Permission.TASK_AGREE)
@require_POST
def agree(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to a change, for the provider."""
    proposal = _proposal(request, ref)
    do = partial(changes.agree, actor=the_actor(request), at=clock.now(), proposal_id=ref)
    return take(request, do, back=_page_of(proposal), step="change.agree")


@requires(Permission.TASK_AGREE)
@never_cache
@form_page
def refuse(request: HttpRequest, ref: str) -> HttpResponse:
    """Refuse a change, for the provider."""
    proposal = _proposal(request, ref)

    def act(form: forms.ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        changes.refuse(actor=the_actor(request), at=clock.now(), proposal_id=ref, reason=reason)
        return done(_page_of(proposal), "change.refuse")

    return _reason(request, _("Refuse the change"), act, _page_of(proposal))


@requires(Permission.TASK_ASK)
@require_POST
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    """Give up a request."""
    _task(request, ref)
    do = partial(tasks.drop, actor=the_actor(request), at=clock.now(), task_id=ref)
    back = reverse("task-request", args=[ref])
    return take(request, do, back=back, step="task_request.drop")


@requires(Permission.TASK_OVERRIDE)
@never_cache
@form_page
def override(request: HttpRequest, ref: str) -> HttpResponse:
    """Impose a task, with one's name and a reason."""
    _task(request, ref)
    back = reverse("task-request", args=[ref])

    def act(form: forms.ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        tasks.override(actor=the_actor(request), at=clock.now(), task_id=ref, reason=reason)
        return done(back, "task_request.override")

    return _reason(request, _("Impose the task, with your name"), act, back)


def _reason(request: HttpRequest, title: str, act: Any, back: str) -> HttpResponse:
    return fill(
        request,
        lambda data, files: forms.ReasonForm(data),
        do=act,
        template="web/form.html",
        context={
            "title": title,
            "help": _("Your reason is kept for good and is public."),
            "button": title,
            "crumbs": _crumbs((_("Back to the request"), back), (title, None)),
        },
    )


def _task(request: HttpRequest, ref: str) -> TaskRequest:
    task = queries.request_for(the_actor(request), ref)
    if task is None:
        raise Http404(_("There is no such request."))
    return task


def _proposal(request: HttpRequest, ref: str) -> ChangeProposal:
    proposal = queries.proposal_for(the_actor(request), ref)
    if proposal is None:
        raise Http404(_("There is no such change."))
    return proposal


def _page_of(proposal: ChangeProposal) -> str:
    return reverse("change", args=[proposal.id])


def _crumbs(*rest: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [(_("Tasks outside contracts"), reverse("task-requests")), *rest]
