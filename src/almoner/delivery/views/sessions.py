"""The log of sessions: today's, one's own, a provider's; confirming and correcting lines."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from almoner.contracts.models import ContractTerm
from almoner.delivery.forms import sessions as forms
from almoner.delivery.models import RecordChannel, Session
from almoner.delivery.operations import sessions as operations
from almoner.delivery.queries import sessions as queries
from almoner.delivery.views.session_words import COLUMNS, OWN_COLUMNS, shown_line
from almoner.rules.roles import Actor, Permission
from almoner.rules.sessions import SessionState
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.desk import done, fill
from almoner.web.lists import show_list

SHOWN_TO_CONFIRM = 100
LOG_HELP = gettext_lazy(
    "Enter it once, right after the session: it counts for the contract, for payment and for every "
    "evaluation. A client is a code here, never a name."
)
CONFIRM_HELP = gettext_lazy(
    "You vouch that these sessions were as they are written. Whoever worked or wrote a line may "
    "not confirm it. A wrong line is not confirmed but corrected."
)


@requires(Permission.SESSION_LOG)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Today: what was logged, and the form of the next session."""
    actor, now = the_actor(request), clock.now()
    worker = queries.worker_of(actor.login)
    if worker is None:
        return render(request, "delivery/session_unlinked.html", {"title": _("Today")})
    latest = queries.latest_of(worker.id)
    terms = last_ones_first(queries.running_terms(worker.organisation_id, now.date()), latest)
    initial = _initial(request, latest, now)

    def make(data: Any, files: Any) -> forms.SessionForm:
        return forms.SessionForm(data, terms, initial=initial)

    def send(form: forms.SessionForm) -> HttpResponse:
        operations.log(**_sent(form, request), actor=actor, at=now)
        return done(reverse("session-log"), "session.log")

    context = {
        "title": _("Today"),
        "help": LOG_HELP,
        "now": now,
        "terms": terms,
        "clients": sorted({line.client_id for line in latest if line.client_id}),
        "last": next((shown_line(line) for line in latest if line.happened), None),
        "lines": [shown_line(line) for line in queries.lines_on(worker.id, now.date())],
    }
    return fill(request, make, do=send, template="delivery/session_log.html", context=context)


def last_ones_first(terms: list[ContractTerm], latest: list[Session]) -> list[ContractTerm]:
    """The terms, those last used before the others."""
    rank = {line.term_id: -number for number, line in reversed(list(enumerate(latest)))}
    return sorted(terms, key=lambda term: -rank.get(term.id, -len(latest)))


def _initial(request: HttpRequest, latest: list[Session], now: datetime) -> dict[str, Any]:
    """An empty form, or with ?again=<id> one that says the same again, as if it had just ended."""
    again = next((line for line in latest if line.id == request.GET.get("again")), None)
    same = forms.said_by(again) if again else {}
    fresh = {"token": forms.new_token(now), **forms.just_now(now, same.get("minutes"))}
    return same | fresh | {"late_minutes": None}


def _sent(form: forms.SessionForm, request: HttpRequest) -> dict[str, Any]:
    """What an operation takes from a valid form."""
    on_a_phone = "Mobi" in request.headers.get("User-Agent", "")
    return {
        "id": form.cleaned_data["token"],
        "term_id": form.cleaned_data["term"],
        "entry": form.entry,
        "channel": RecordChannel.PHONE if on_a_phone else RecordChannel.WEB,
        "sure": form.cleaned_data["sure"],
    }


@requires(Permission.SESSION_READ)
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The log as far as whoever is signed in may read it: a worker's own, a provider's, all."""
    actor = the_actor(request)
    rows, others = queries.readable(actor), queries.overseen(actor, Permission.SESSION_READ)
    own = others is not None and not others
    form = forms.LogFilters(request.GET, queries.terms_in(rows), with_worker=not own)
    found = queries.chosen(rows, **form.wanted())
    logs = actor.may(Permission.SESSION_LOG)
    return show_list(
        request,
        title=_("My log") if own else _("Log of sessions"),
        columns=OWN_COLUMNS if own else COLUMNS,
        rows=found,
        name="sessions",
        form=form,
        create=(_("Log a session"), reverse("session-log")) if logs else None,
        context={"shares": queries.shares(found), "imports": not own},
        template="delivery/session_list.html",
    )


@requires(Permission.SESSION_READ)
@require_safe
def session(request: HttpRequest, ref: str) -> HttpResponse:
    """One line with all its versions."""
    line = _line(request, ref)
    versions = queries.versions_of(line)
    actor = the_actor(request)
    context = {
        "title": _("Session %(id)s") % {"id": line.id},
        "versions": [shown_line(version) for version in versions],
        "correct": _correction(actor, versions[-1]),
        "crumbs": [(_("Log of sessions"), reverse("sessions")), (line.id, None)],
    }
    return render(request, "delivery/session.html", context)


def _line(request: HttpRequest, ref: str) -> Session:
    line = queries.readable_line(the_actor(request), ref)
    if line is None:
        raise Http404(_("There is no session %(id)s in the log.") % {"id": ref})
    return line


def _correction(actor: Actor, line: Session) -> str | None:
    """The address at which `actor` may correct a line; None where that is not theirs."""
    if queries.state_of(line) in (SessionState.UNDONE, SessionState.SUPERSEDED):
        return None
    provider = line.term.contract.provider_id
    own = queries.is_own(line, actor.login, queries.worker_of(actor.login))
    if own and actor.may(Permission.SESSION_LOG, provider):
        return reverse("session-supersede", args=[line.id])
    if actor.may(Permission.SESSION_CONFIRM, provider):
        return reverse("session-supersede-checked", args=[line.id])
    return None


def _supersede(request: HttpRequest, ref: str) -> HttpResponse:
    """Put another line in the place of a wrong one."""
    actor, now, old = the_actor(request), clock.now(), _line(request, ref)
    provider = old.term.contract.provider_id
    terms = queries.running_terms(provider, old.started_at.date())
    if old.term_id not in {term.id for term in terms}:
        terms.insert(0, old.term)
    initial = forms.said_by(old) | {"token": forms.new_token(now)}

    def make(data: Any, files: Any) -> forms.CorrectionForm:
        return forms.CorrectionForm(data, terms, initial=initial)

    def send(form: forms.CorrectionForm) -> HttpResponse:
        line = operations.supersede(
            **_sent(form, request),
            actor=actor,
            at=now,
            session_id=old.id,
            reason=form.cleaned_data["reason"],
        )
        return done(reverse("session", args=[line.id]), "session.supersede")

    context = {
        "title": _("Correct session %(id)s") % {"id": old.id},
        "help": _("The earlier line stays readable. The new one waits to be confirmed."),
        "line": shown_line(old),
        "crumbs": [
            (_("Log of sessions"), reverse("sessions")),
            (old.id, reverse("session", args=[old.id])),
            (_("Correct"), None),
        ],
    }
    return fill(request, make, do=send, template="delivery/session_correct.html", context=context)


def _as(permission: Permission, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view once more, for those who hold another permission."""

    def same(request: HttpRequest, ref: str) -> HttpResponse:
        return view(request, ref)

    guarded = require_http_methods(["GET", "HEAD", "POST"])(never_cache(same))
    return requires(permission)(guarded)


supersede = _as(Permission.SESSION_LOG, _supersede)
supersede_checked = _as(Permission.SESSION_CONFIRM, _supersede)


@requires(Permission.SESSION_CONFIRM)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """What waits to be confirmed, the oldest first: some lines, or all that are shown."""
    actor, now = the_actor(request), clock.now()
    rows = queries.to_confirm(actor)
    worker = queries.worker_of(actor.login)

    def make(data: Any, files: Any) -> forms.ConfirmForm:
        return forms.ConfirmForm(data)

    def send(form: forms.ConfirmForm) -> HttpResponse:
        operations.confirm(actor=actor, at=now, ids=form.chosen())
        return done(reverse("session-confirm"), "session.confirm")

    def context() -> dict[str, Any]:
        waiting = list(rows[:SHOWN_TO_CONFIRM])
        own = {line.id for line in waiting if queries.is_own(line, actor.login, worker)}
        return {
            "title": _("Confirm sessions"),
            "help": CONFIRM_HELP,
            "lines": [(shown_line(line), line.id in own) for line in waiting],
            "can": [line.id for line in waiting if line.id not in own],
            "number": rows.count(),
        }

    return fill(request, make, do=send, template="delivery/session_confirm.html", context=context)
