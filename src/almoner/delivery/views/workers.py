"""Linking people who log sessions to the workers of their provider."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from almoner.delivery.forms.sessions import LinkForm
from almoner.delivery.operations.workers import link_worker, unlink_worker
from almoner.delivery.queries import workers as queries
from almoner.rules.roles import Permission
from almoner.web import clock
from almoner.web.access import requires, the_actor
from almoner.web.desk import done, fill, take
from almoner.web.format import name_of

View = Callable[..., HttpResponse]


def _workers(request: HttpRequest, name: str) -> HttpResponse:
    """Who is linked, and a form to link one more person."""
    actor, now = the_actor(request), clock.now()
    scope = queries.staff_scope(actor)
    people = queries.people_without(scope, now.date())
    free = queries.workers_without(scope, now.date())

    def make(data: Any, files: Any) -> LinkForm:
        return LinkForm(
            data,
            [(one.id, f"{one.login} · {name_of(one)} · {body}") for one, body in people],
            [(one.id, f"{one.id} · {name_of(one.organisation)}") for one in free],
        )

    def link(form: LinkForm) -> HttpResponse:
        given = form.cleaned_data
        link_worker(actor=actor, at=now, person_id=given["person"], worker_id=given["worker"])
        return done(reverse(name), "worker.link")

    context = {
        "title": _("Who logs as whom"),
        "help": _(
            "A social worker logs sessions under the pseudonym of the register of staff. Only this "
            "page knows which person that is; nothing public does."
        ),
        "button": _("Link them"),
        "accounts": queries.linked(scope),
        "unlink": "session-worker-unlink" if name == "session-workers" else "people-worker-unlink",
        "nobody": not people,
    }
    template = "delivery/session_workers.html"
    return fill(request, make, do=link, template=template, context=context)


def _page(permission: Permission, name: str) -> View:
    @requires(permission)
    @require_http_methods(["GET", "HEAD", "POST"])
    def workers(request: HttpRequest) -> HttpResponse:
        return _workers(request, name)

    return workers


def _end(permission: Permission, name: str) -> View:
    @requires(permission)
    @require_POST
    def unlink(request: HttpRequest, ref: str) -> HttpResponse:
        actor, now = the_actor(request), clock.now()

        def end() -> None:
            unlink_worker(actor=actor, at=now, worker_id=ref)

        return take(request, end, back=reverse(name), step="worker.unlink")

    return unlink


workers = _page(Permission.SESSION_IMPORT, "session-workers")
unlink = _end(Permission.SESSION_IMPORT, "session-workers")
workers_everywhere = _page(Permission.PEOPLE_MANAGE, "people-workers")
unlink_everywhere = _end(Permission.PEOPLE_MANAGE, "people-workers")
