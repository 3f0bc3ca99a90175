"""Who may open which address: each view declares a permission, and none is open without one."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from almoner.accounts.models import Person
from almoner.accounts.queries import actor_on
from almoner.rules.roles import Actor, Permission, permissions_of
from almoner.web import clock, kept

EVERYBODY = permissions_of([], signed_in=False)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare what a view asks of whoever comes."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def permissions_for(request: HttpRequest) -> frozenset[Permission]:
    """What whoever sent the request may do today."""
    actor = actor_for(request)
    if actor is None:
        return EVERYBODY
    return permissions_of((held.role for held in actor.held), signed_in=True)


def actor_for(request: HttpRequest) -> Actor | None:
    """Whoever is signed in, with today's roles; None for everybody else. Looked up once."""
    if not hasattr(request, "almoner_actor"):
        person = request.user
        actor = actor_on(person, clock.today()) if isinstance(person, Person) else None
        request.almoner_actor = actor  # type: ignore[attr-defined]
    return request.almoner_actor  # type: ignore[attr-defined, no-any-return]


def the_actor(request: HttpRequest) -> Actor:
    """The same, for views that only those who are signed in reach."""
    actor = actor_for(request)
    if actor is None:
        raise PermissionDenied("nobody is signed in")
    return actor


class PermissionMiddleware:
    """Lets a request through to its view, to the sign-in page, or to a refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        permission = getattr(view, "permission", None)
        if permission is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} declares no permission")
        if permission in EVERYBODY:
            return None  # nobody is looked up: public pages touch no session and set no cookie
        if permission in permissions_for(request):
            return None
        if not request.user.is_authenticated:
            return kept.lead_away(request)
        raise PermissionDenied(permission.value)
