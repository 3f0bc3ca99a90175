"""The pages of instalments: what is due, the payments of a contract, and each step."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.accounts.gate import steps_for
from almoner.contracts.models import Contract, DelayCause, Instalment
from almoner.contracts.queries.ending import released_fen
from almoner.payments import forms, labels, operations, queries
from almoner.payments.queries import Settled
from almoner.rules.money import fen_to_yuan
from almoner.rules.roles import Permission
from almoner.rules.settlement import days_late
from almoner.rules.workflow import INSTALMENT, InstalmentState
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import day, named, yuan
from almoner.web.lists import show_list
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES

form_page = require_http_methods(["GET", "HEAD", "POST"])


@requires(Permission.PAYMENT_READ)
@never_cache
@require_safe
def instalments(request: HttpRequest) -> HttpResponse:
    """What is due, overdue, accepted and paid."""
    actor, today = the_actor(request), clock.today()
    bodies = [
        (uscc, named({"name_zh": zh, "name_en": en})) for uscc, zh, en in queries.purchasers(actor)
    ]
    form = forms.InstalmentFilterForm(request.GET, purchasers=bodies)
    return show_list(
        request,
        title=_("Payments"),
        help=_(
            "What contracts have to be paid, by due day. Every late payment shows its days and "
            "its cause, here and in public."
        ),
        columns=_columns(),
        rows=queries.instalments(actor, form.wanted(), today),
        name="payments",
        form=form,
    )


def _columns() -> list[Column]:
    today = clock.today()

    def link(row: Instalment) -> str:
        url = reverse("settlement", args=[row.contract_id])
        return format_html('<a href="{}#i{}">{}</a>', url, row.seq, row.contract_id)

    def late(row: Instalment) -> int:
        return days_late(row.due_on, row.paid_on or today)

    def disputed(row: Instalment) -> int | None:
        return row.amount_fen - queries.accepted_fen(row) if row.accepted_on else None

    def cause(row: Instalment) -> str:
        return str(DelayCause(row.delay_cause).label) if row.delay_cause else ""

    def money(label: Any, fen: Callable[[Instalment], int | None]) -> Column:
        def value(row: Instalment) -> Any:
            amount = fen(row)
            return None if amount is None else fen_to_yuan(amount)

        def shown(row: Instalment) -> str:
            amount = fen(row)
            return "–" if amount is None else yuan(amount)

        return Column(label, value, shown, numeric=True)

    return [
        Column(gettext_lazy("Contract"), lambda row: row.contract_id, link),
        Column(gettext_lazy("Instalment"), lambda row: row.seq),
        Column(gettext_lazy("Purchaser"), lambda row: named(row.contract.purchaser)),
        Column(gettext_lazy("Provider"), lambda row: named(row.contract.provider)),
        Column(gettext_lazy("Due"), lambda row: row.due_on, lambda row: day(row.due_on)),
        money(gettext_lazy("Amount"), lambda row: row.amount_fen),
        Column(gettext_lazy("State"), lambda row: STATES[f"instalment.{queries.state_of(row)}"]),
        money(gettext_lazy("Disputed"), disputed),
        money(gettext_lazy("Paid"), lambda row: row.paid_fen),
        Column(gettext_lazy("Days late"), late, lambda row: str(late(row) or "–"), numeric=True),
        Column(gettext_lazy("Cause"), cause, lambda row: cause(row) or "–"),
    ]


@requires(Permission.PAYMENT_READ)
@never_cache
@require_safe
def settlement(request: HttpRequest, ref: str) -> HttpResponse:
    """The payments of a contract: what is checked, said, accepted and paid."""
    actor = the_actor(request)
    contract = _contract(request, ref)
    paying = queries.paying_body(actor, contract)
    # But for those who accept and who audit, what users said stands without their pseudonyms.
    tells_who = actor.may(Permission.PAYMENT_ACCEPT, contract.purchaser_id)
    tells_who |= actor.may(Permission.AUDIT_READ)
    context = {
        "title": _("Payments of %(id)s") % {"id": ref},
        "help": _(
            "Two users at least are heard, one person accepts what was done, another one pays it. "
            "What nobody disputes is paid on time, whether or not an evaluation is late."
        ),
        "contract": contract,
        "released_fen": released_fen(contract),
        "rows": [
            _row(one, contract, _steps(request, one, contract, paying), tells_who)
            for one in queries.settled(contract, clock.today())
        ],
    }
    return render(request, "payments/settlement.html", context)


def _steps(request: HttpRequest, one: Settled, contract: Contract, paying: str) -> frozenset[str]:
    """The names of the steps that get a button; nothing is done to what is paid."""
    if one.state in (InstalmentState.PAID, InstalmentState.LAPSED):
        return frozenset()

    def open_for(body: str) -> frozenset[str]:
        return steps_for(
            INSTALMENT,
            actor=the_actor(request),
            state=one.state,
            body=body,
            subject_id=operations.subject_of(one.instalment),
        )

    own = open_for(contract.purchaser_id) - {"pay", "pay_part"}
    found = own | (open_for(paying) & {"pay"})
    return found if labels.lateness(one) else found - {"explain"}


def _row(
    one: Settled, contract: Contract, steps: frozenset[str], tells_who: bool
) -> dict[str, Any]:
    row = one.instalment
    return {
        "row": row,
        "state": one.state,
        "label": STATES[f"instalment.{one.state}"],
        "late": labels.lateness(one),
        "cause": DelayCause(row.delay_cause).label if row.delay_cause else "",
        # Of what is paid nothing is said that counts from today.
        "checks": [
            (labels.sentence(check), *labels.verdict(check))
            for check in one.checks
            if one.state is not InstalmentState.PAID or check.day is None
        ],
        "opinions": [
            (labels.who(opinion.who) if tells_who else _("A user"), opinion)
            for opinion in one.opinions
        ],
        "acceptance": one.acceptance,
        "accepted_fen": queries.accepted_fen(row) if row.accepted_on else None,
        "disputed_fen": one.disputed_fen,
        "part_fen": 0 if row.paid_on else row.paid_fen or 0,
        "rest_fen": queries.rest_fen(row) if row.accepted_on else 0,
        "steps": steps,
    }


def _contract(request: HttpRequest, ref: str) -> Contract:
    contract = queries.contract_for(the_actor(request), ref)
    if contract is None:
        raise Http404(_("There is no contract %(id)s.") % {"id": ref})
    return contract


def _step(
    request: HttpRequest,
    ref: str,
    seq: int,
    *,
    step: str,
    make: Callable[[Settled, Any], django_forms.Form],
    do: Callable[[Any, dict[str, Any]], object],
    title: str,
    button: str,
    help: str,
) -> HttpResponse:
    """The page of one step: the instalment and its checks, a form, a button."""
    contract = _contract(request, ref)
    found = {one.instalment.seq: one for one in queries.settled(contract, clock.today())}
    if seq not in found:
        raise Http404(_("The contract has no instalment %(n)s.") % {"n": seq})
    one = found[seq]
    known = {"actor": the_actor(request), "at": clock.now(), "contract_id": ref, "seq": seq}
    back = reverse("settlement", args=[ref])

    def taken(form: Any) -> HttpResponse:
        whole = do(form, known)
        # Only paying says so: False where a rest stays open.
        return desk.done(back, f"instalment.{'pay_part' if whole is False else step}")

    context: Mapping[str, Any] = {
        "title": f"{title} · {ref} · {seq}",
        "help": help,
        "button": button,
        "row": one.instalment,
        "checks": [(labels.sentence(check), *labels.verdict(check)) for check in one.checks],
        "back": back,
        "back_label": _("Payments of %(id)s") % {"id": ref},
    }
    return desk.fill(
        request,
        lambda data, files: make(one, data),
        do=taken,
        template="payments/step.html",
        context=context,
    )


@requires(Permission.PAYMENT_ACCEPT)
@never_cache
@form_page
def hear(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Record what a user says."""
    return _step(
        request,
        ref,
        seq,
        step="hear",
        make=lambda one, data: forms.OpinionForm(data, initial={"day": clock.today()}),
        do=lambda form, known: operations.hear(opinion=form.opinion(), **known),
        title=_("Hear a user"),
        button=_("Record the opinion"),
        help=_(
            "Whoever the service is for says how it was, before it is accepted. Ask users "
            "yourself; the provider does not choose them."
        ),
    )


@requires(Permission.PAYMENT_ACCEPT)
@never_cache
@form_page
def accept(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Accept an instalment, or what of it nobody disputes."""
    return _step(
        request,
        ref,
        seq,
        step="accept",
        make=lambda one, data: forms.AcceptForm(
            data, initial={"amount": one.instalment.amount_fen}
        ),
        do=lambda form, known: operations.accept(
            amount_fen=form.cleaned_data["amount"],
            ground=form.ground_given(),
            reason=form.cleaned_data["reason"],
            **known,
        ),
        title=_("Accept"),
        button=_("Accept"),
        help=_(
            "Accept what was done as agreed. What is in doubt stays visible as disputed; the rest "
            "is paid without waiting for it."
        ),
    )


@requires(Permission.PAYMENT_ACCEPT)
@never_cache
@form_page
def explain(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Name the cause of a delay."""
    return _step(
        request,
        ref,
        seq,
        step="explain",
        make=lambda one, data: forms.CauseForm(
            data, initial={"cause": one.instalment.delay_cause or ""}
        ),
        do=lambda form, known: operations.explain(
            cause=DelayCause(form.cleaned_data["cause"]), **known
        ),
        title=_("Name the cause of the delay"),
        button=_("Name the cause"),
        help=_("The cause stands beside the days late, also in public."),
    )


@requires(Permission.PAYMENT_PAY)
@never_cache
@form_page
def pay(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Pay what was accepted."""

    def make(one: Settled, data: Any) -> django_forms.Form:
        row = one.instalment
        initial = {
            "amount": queries.rest_fen(row),
            "before": row.paid_fen or 0,
            "cause": row.delay_cause or "",
        }
        return forms.PayForm(data, late=clock.today() > row.due_on, initial=initial)

    return _step(
        request,
        ref,
        seq,
        step="pay",
        make=make,
        do=lambda form, known: operations.pay(
            amount_fen=form.cleaned_data["amount"],
            before_fen=form.cleaned_data["before"] or 0,
            cause=form.cause_given(),
            **known,
        ),
        title=_("Pay"),
        button=_("Pay"),
        help=_(
            "Pay what was accepted, at once or in parts. Whoever heard users or accepted may not "
            "pay."
        ),
    )
