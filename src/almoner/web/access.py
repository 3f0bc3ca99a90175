"""Who may open which address: each view declares a permission, and none is open without one."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from almoner.accounts.models import Person
from almoner.accounts.queries import roles_on
from almoner.rules.roles import Permission, permissions_of
from almoner.web import clock

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
    person = request.user
    if not isinstance(person, Person):
        return EVERYBODY
    return permissions_of(roles_on(person, clock.today()), signed_in=True)


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
            return redirect_to_login(request.get_full_path())
        raise PermissionDenied(permission.value)
