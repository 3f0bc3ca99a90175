"""The pages of the budget: what is appropriated, proposals, and their approval."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.gate import steps_for
from almoner.budget import forms, labels, operations, queries
from almoner.budget.models import Appropriation, AppropriationFile, BudgetLevel, Source
from almoner.parties.queries import areas
from almoner.rules.money import fen_to_yuan, ratio_of
from almoner.rules.roles import Permission
from almoner.rules.workflow import APPROPRIATION
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import day, named, yuan
from almoner.web.lists import show_list
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES


def _money(label: Any, fen: Any) -> Column:
    """A column of money: yuan as a number in files, as text on the page."""
    return Column(
        label, lambda row: fen_to_yuan(fen(row)), lambda row: yuan(fen(row)), numeric=True
    )


def _columns(items: dict[str, Any]) -> list[Column]:
    def service(row: queries.Flow) -> str:
        code = row.appropriation.service_item
        return named(items[code]) if code in items else code or _("Any service")

    def link(row: queries.Flow) -> str:
        url = reverse("appropriation", args=[row.appropriation.id])
        return format_html('<a href="{}">{}</a>', url, row.appropriation.id)

    return [
        Column(gettext_lazy("Number"), lambda row: row.appropriation.id, link),
        Column(gettext_lazy("Fiscal year"), lambda row: row.appropriation.fiscal_year),
        Column(gettext_lazy("Who pays"), lambda row: named(row.appropriation.payer)),
        Column(gettext_lazy("Level"), lambda row: BudgetLevel(row.appropriation.level).label),
        Column(gettext_lazy("Source"), lambda row: Source(row.appropriation.source).label),
        Column(gettext_lazy("Service"), service),
        Column(gettext_lazy("Place"), lambda row: labels.place(row.appropriation)),
        _money(gettext_lazy("Appropriated"), lambda row: row.appropriated),
        _money(gettext_lazy("Committed"), lambda row: row.committed),
        _money(gettext_lazy("Accepted"), lambda row: row.accepted),
        _money(gettext_lazy("Paid"), lambda row: row.paid),
        _money(gettext_lazy("Left"), lambda row: row.left),
    ]


@requires(Permission.BUDGET_READ)
@never_cache
@require_safe
def appropriations(request: HttpRequest) -> HttpResponse:
    """Every appropriation and what became of it."""
    tree = areas()
    form = forms.AppropriationFilterForm(
        request.GET,
        years=queries.fiscal_years(),
        payers=forms.names(queries.payers()),
        places=labels.places(tree, tree.by_code),
    )
    rows = queries.flows(queries.appropriations(form.wanted()))
    actor = the_actor(request)
    may_propose = actor.may(Permission.BUDGET_PROPOSE)
    return show_list(
        request,
        title=_("Budget"),
        help=_(
            "No purchase without money: every appropriation, and what of it is committed to "
            "contracts, accepted, paid and left. The figures come from the ledger."
        ),
        columns=_columns(queries.item_names(row.appropriation.service_item for row in rows)),
        rows=rows,
        name="appropriations",
        form=form,
        create=(_("Propose money"), reverse("appropriation-propose")) if may_propose else None,
        context={"sums": labels.sums(rows)},
        template="budget/appropriations.html",
    )


@requires(Permission.BUDGET_READ)
@never_cache
@require_safe
def appropriation(request: HttpRequest, ref: str) -> HttpResponse:
    """One appropriation and every move of its money."""
    row = queries.appropriation(ref)
    if row is None:
        raise Http404(_("There is no appropriation %(id)s.") % {"id": ref})
    context = {
        "title": _("Appropriation %(id)s") % {"id": ref},
        "flow": queries.flows([row])[0],
        "row": row,
        "facts": _facts(row),
        "entries": [labels.Move.of(entry, ref) for entry in queries.entries_of(ref)],
    }
    return render(request, "budget/appropriation.html", context)


def _facts(row: Appropriation | AppropriationFile) -> list[tuple[str, str]]:
    items = queries.item_names([row.service_item])
    code = row.service_item
    service = named(items[code]) if code in items else code or _("Any service")
    return [(_("Service"), service), (_("Place"), labels.place(row))]


@requires(Permission.BUDGET_READ)
@never_cache
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Every proposal and where it stands."""
    actor = the_actor(request)
    form = forms.ProposalFilterForm(request.GET)
    rows = queries.proposals(actor)
    if form.is_valid() and form.cleaned_data["state"]:
        rows = rows.filter(queries.waiting(form.cleaned_data["state"]))

    def link(row: AppropriationFile) -> str:
        return format_html('<a href="{}">{}</a>', reverse("proposal", args=[row.id]), row.id)

    columns = [
        Column(gettext_lazy("Number"), lambda row: row.id, link),
        Column(gettext_lazy("Proposed by"), lambda row: named(row.body)),
        Column(
            gettext_lazy("Proposed on"),
            lambda row: row.proposed_at,
            lambda row: day(row.proposed_at),
        ),
        Column(gettext_lazy("Fiscal years"), labels.years),
        Column(gettext_lazy("Place"), labels.place),
        _money(gettext_lazy("In all"), lambda row: row.total_fen),
        Column(gettext_lazy("State"), lambda row: STATES[f"appropriation.{queries.state_of(row)}"]),
    ]
    may_propose = actor.may(Permission.BUDGET_PROPOSE)
    return show_list(
        request,
        title=_("Proposals for the budget"),
        help=_("One officer proposes money, a second one approves it or returns it."),
        columns=columns,
        rows=rows,
        name="proposals",
        form=form,
        create=(_("Propose money"), reverse("appropriation-propose")) if may_propose else None,
    )


@requires(Permission.BUDGET_READ)
@never_cache
@require_safe
def proposal(request: HttpRequest, ref: str) -> HttpResponse:
    """One proposal: who would pay how much, and what may be done with it."""
    actor = the_actor(request)
    file = _proposal(request, ref)
    steps = steps_for(
        APPROPRIATION,
        actor=actor,
        state=queries.state_of(file),
        body=file.body_id,
        subject_id=file.id,
    )
    names = queries.bodies_named(line["payer"] for line in file.lines)
    context = {
        "title": _("Proposal %(id)s") % {"id": ref},
        "help": _("Whoever proposed this money may not approve it: a second officer does."),
        "file": file,
        "state": queries.state_of(file),
        "state_label": STATES[f"appropriation.{queries.state_of(file)}"],
        "years": labels.years(file),
        "facts": _facts(file),
        "split": forms.split(
            file.total_fen,
            file.first_year,
            file.years,
            [labels.line(line, names) for line in file.lines],
            [ratio_of(line["ratio"]) for line in file.lines],
        ),
        "steps": steps,
    }
    return render(request, "budget/proposal.html", context)


def _proposal(request: HttpRequest, ref: str) -> AppropriationFile:
    file = queries.proposal(the_actor(request), ref)
    if file is None:
        raise Http404(_("There is no proposal %(id)s.") % {"id": ref})
    return file


@requires(Permission.BUDGET_PROPOSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, ref: str = "") -> HttpResponse:
    """Propose money, or again what was returned; "Compute" shows the split without sending it."""
    actor = the_actor(request)
    before = operations.proposal_of(_proposal(request, ref)) if ref else None
    options = _options(request)

    def make(data: Any, files: Any = None) -> forms.ProposalForm:
        return forms.ProposalForm(data, options, forms.initial_of(before) if before else {})

    def do(form: forms.ProposalForm) -> HttpResponse:
        made = operations.propose(
            actor=actor, at=clock.now(), proposal=form.proposal(), file_id=ref
        )
        return desk.done(reverse("proposal", args=[made.id]), "appropriation.propose")

    shown = {
        "title": _("Propose the money again") if ref else _("Propose money"),
        "help": _(
            "Money of four kinds (budget, special fund, extra-budgetary fund, donation) may come "
            "together. The shares make 100 %, and every amount is exact to the fen."
        ),
    }
    if "compute" in request.POST:
        form = make(request.POST)
        context = {"form": form, "split": forms.split_of(form), **shown}
        return render(request, "budget/propose.html", context)
    return desk.fill(
        request,
        make,
        do=do,
        template="budget/propose.html",
        context=lambda: {"split": forms.split_of(make(request.POST or None)), **shown},
    )


def _options(request: HttpRequest) -> forms.Options:
    tree, this_year = areas(), clock.today().year
    bodies = queries.finance_bodies(the_actor(request), Permission.BUDGET_PROPOSE)
    return forms.Options(
        bodies=forms.names(bodies),
        places=labels.places(tree, queries.places_of(bodies, tree)),
        items=[(item.code, f"{item.code} · {named(item)}") for item in queries.items_of(this_year)],
        payers=labels.payers(queries.possible_payers(bodies, tree)),
        this_year=this_year,
    )


@requires(Permission.BUDGET_PROPOSE)
@never_cache
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """What the form comes to while it is being filled in (htmx)."""
    form = forms.ProposalForm(request.POST, _options(request))
    found = forms.split_of(form)
    # What an earlier sending found at fault is taken off the page once nothing is any more.
    context = {"split": found, "whole": form.is_valid() and not found.problem}
    return render(request, "budget/split.html", context)


@requires(Permission.BUDGET_APPROVE)
@never_cache
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Approve a proposal."""
    _proposal(request, ref)
    return desk.take(
        request,
        lambda: operations.approve(actor=the_actor(request), at=clock.now(), file_id=ref),
        back=reverse("proposal", args=[ref]),
        step="appropriation.approve",
    )


@requires(Permission.BUDGET_APPROVE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Return a proposal with a reason."""
    _proposal(request, ref)

    def do(form: forms.ReturnForm) -> HttpResponse:
        operations.give_back(
            actor=the_actor(request),
            at=clock.now(),
            file_id=ref,
            reason=form.cleaned_data["reason"],
        )
        return desk.done(reverse("proposal", args=[ref]), "appropriation.return")

    context = {"title": _("Return the proposal %(id)s") % {"id": ref}, "button": _("Return it")}
    return desk.fill(
        request,
        lambda data, files: forms.ReturnForm(data),
        do=do,
        template="web/form.html",
        context=context,
    )
