"""The list of contracts and the page of one, on the desk."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from almoner.accounts.gate import steps_for
from almoner.contracts.forms import ListFilters
from almoner.contracts.operations.drafting import PROVIDER_STEPS
from almoner.contracts.pdf import html_of
from almoner.contracts.queries.ending import released_fen
from almoner.contracts.queries.files import (
    Held,
    end_reason,
    fingerprint,
    missing_of,
    negotiation_of,
    publication_deadline,
    signature_deadline,
)
from almoner.contracts.queries.listed import Row, listed
from almoner.contracts.reasons import missing_text
from almoner.contracts.text import remarks
from almoner.contracts.views.shown import (
    crumbs,
    found_or_404,
    is_drafting_side,
    page_of,
    pdf_response,
    text_of,
)
from almoner.rules.money import fen_to_yuan
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import CONTRACT, ContractState
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.format import day, named, yuan
from almoner.web.html import escaped
from almoner.web.lists import show_list
from almoner.web.sheets import Column
from almoner.web.workflow_labels import STATES, STEPS

# In this order on the page: what leads on first, what leads back last.
BUTTONS = (
    ("save", "link"),
    ("offer", "link"),
    ("settle", "press"),
    ("propose", "link"),
    ("sign", "link"),
    ("countersign", "link"),
    ("publish", "press"),
    ("complete", "press"),
    ("reopen", "link"),
    ("terminate", "link"),
)


@dataclass(frozen=True)
class Button:
    """A step that may be taken now: a link to its page, or a button that takes it."""

    label: Any
    url: str
    press: bool
    first: bool


@dataclass(frozen=True)
class Clock:
    """A day by which something is to be done: `tag` says how it stands."""

    what: str
    due_on: date
    done_on: date | None
    tag: str


COLUMNS = (
    Column(gettext_lazy("Contract"), lambda row: row.id, lambda row: _link(row)),
    Column(gettext_lazy("Service"), lambda row: named(row.title)),
    Column(gettext_lazy("Purchaser"), lambda row: named(row.purchaser)),
    Column(gettext_lazy("Provider"), lambda row: named(row.provider)),
    Column(
        gettext_lazy("Amount in yuan"),
        lambda row: fen_to_yuan(row.amount_fen),
        lambda row: yuan(row.amount_fen),
        numeric=True,
    ),
    Column(gettext_lazy("From"), lambda row: row.starts_on, lambda row: day(row.starts_on)),
    Column(gettext_lazy("To"), lambda row: row.ends_on, lambda row: day(row.ends_on)),
    Column(gettext_lazy("State"), lambda row: str(STATES[f"contract.{row.state}"])),
)


def _link(row: Row) -> str:
    return SafeString(f'<a href="{escaped(page_of(row.id))}">{escaped(row.id)}</a>')


@requires(Permission.CONTRACT_READ)
@never_cache
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Every contract that one may read, drafts included."""
    states = [(state.value, STATES[f"contract.{state}"]) for state in ContractState]
    form = ListFilters(request.GET, states)
    rows = listed(the_actor(request), words=form.value("q"), state=form.value("state"))
    return show_list(
        request,
        title=_("Contracts"),
        columns=COLUMNS,
        rows=rows,
        name="contracts",
        form=form,
        help=_("From the draft to the end. A contract is public from its conclusion on."),
    )


@requires(Permission.CONTRACT_READ)
@never_cache
@require_safe
def contract(request: HttpRequest, ref: str) -> HttpResponse:
    """One contract: where it stands, what can be done now, its text and its history."""
    actor = the_actor(request)
    found = found_or_404(actor, ref)
    drafting = is_drafting_side(actor, found)
    file = found.file
    context = {
        "title": _("Contract %(id)s") % {"id": found.id},
        "held": found,
        "state": STATES[f"contract.{found.state}"],
        "tag": TAGS[ContractState(found.state)],
        "buttons": buttons(actor, found),
        "sha256": fingerprint(file) if file else "",
        "clocks": clocks(found),
        "text": text_of(found, working=drafting),
        "being_changed": found.state == ContractState.DRAFT and not drafting,
        "missing": (
            [missing_text(check) for check in missing_of(file, clock.today())]
            if file and drafting and found.state == ContractState.DRAFT
            else []
        ),
        "remarks": remarks(negotiation_of(file.pk)) if file else [],
        "released_fen": released_fen(found.contract) if found.contract else 0,
        "end_reason": end_reason(found.id) if found.state == ContractState.ENDED else "",
        "crumbs": crumbs(found),
    }
    return render(request, "contracts/contract.html", context)


TAGS = {
    ContractState.DRAFT: "",
    ContractState.OFFERED: "info",
    ContractState.SETTLED: "info",
    ContractState.SIGNED: "info",
    ContractState.CONCLUDED: "warn",
    ContractState.PUBLISHED: "ok",
    ContractState.ENDED: "",
}


def buttons(actor: Actor, found: Held) -> list[Button]:
    """What `actor` may do with it now."""
    own = steps_for(
        CONTRACT, actor=actor, state=found.state, body=found.purchaser, subject_id=found.id
    )
    other = steps_for(
        CONTRACT, actor=actor, state=found.state, body=found.provider, subject_id=found.id
    )
    may = (own - PROVIDER_STEPS) | (other & PROVIDER_STEPS)
    if found.contract and clock.today() <= found.contract.ends_on:
        may -= {"complete"}  # it would be refused until the last day is over
    shown = [(step, how) for step, how in BUTTONS if step in may]
    return [
        Button(
            _("Write the draft") if step == "save" else STEPS[f"contract.{step}"],
            reverse(f"contract-{step}", args=[found.id]),
            how == "press",
            place == 0,
        )
        for place, (step, how) in enumerate(shown)
    ]


def clocks(found: Held) -> list[Clock]:
    """The days by which the law wants the contract signed (C01) and published (C02)."""
    contract, today = found.contract, clock.today()
    tender = found.file.tender if found.file else contract.tender if contract else None
    shown = []
    if tender and tender.award_published_on:
        due = signature_deadline(tender.award_published_on, today).day
        done = contract.signed_on if contract else None
        shown.append(_clock(_("Sign after the award notice"), due, done, today))
    if contract:
        due = publication_deadline(contract.signed_on).day
        shown.append(_clock(_("Publish after signing"), due, contract.published_on, today))
    return shown


def _clock(what: str, due: date, done: date | None, today: date) -> Clock:
    late = (done or today) > due
    return Clock(what, due, done, "bad" if late else "ok" if done else "warn")


@requires(Permission.CONTRACT_READ)
@never_cache
@require_safe
def printed(request: HttpRequest, ref: str) -> HttpResponse:
    """The text alone, for the printer."""
    actor = the_actor(request)
    text = text_of(found := found_or_404(actor, ref), working=is_drafting_side(actor, found))
    if text is None:
        raise Http404(_("The text of this contract is not kept here."))
    return HttpResponse(html_of(text, get_language() or "en"))


@requires(Permission.CONTRACT_READ)
@never_cache
@require_safe
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The text as PDF."""
    actor = the_actor(request)
    text = text_of(found := found_or_404(actor, ref), working=is_drafting_side(actor, found))
    if text is None:
        raise Http404(_("The text of this contract is not kept here."))
    return pdf_response(request, text, ref, reverse("desk-contract-print", args=[ref]))
