"""Signing in and out, one's own account, and the demonstration."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts.models import Person
from almoner.accounts.operations import note_sign_in
from almoner.audit.queries import TrailPaginator
from almoner.rules.roles import Permission
from almoner.web import clock, queries
from almoner.web.access import permissions_for, requires
from almoner.web.forms import ClockForm, PersonForm, SignInForm
from almoner.web.models import Site


class SignIn(LoginView):
    """The sign-in page; whoever comes in, or tries to, is on record."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        note_sign_in(login=_person(self.request).login, kind="person.sign_in", at=clock.now())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if form.has_error(NON_FIELD_ERRORS, "invalid_login"):
            name = form.cleaned_data.get("username", "")
            note_sign_in(login=name, kind="person.sign_in_failed", at=clock.now())
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Signing out, which is on record too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, Person):
            note_sign_in(login=request.user.login, kind="person.sign_out", at=clock.now())
        return super().post(request, *args, **kwargs)


sign_in = requires(Permission.PORTAL_READ)(SignIn.as_view())
sign_out = requires(Permission.PORTAL_READ)(SignOut.as_view())


@requires(Permission.ACCOUNT_READ)
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and what they may do today."""
    person = _person(request)
    context = {
        "person": person,
        "roles": queries.held_roles(person, clock.today()),
        "may_read_audit": Permission.AUDIT_READ in permissions_for(request),
    }
    return render(request, "web/account.html", context)


@requires(Permission.AUDIT_READ)
@never_cache
@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Everything that was done, the newest first."""
    page = TrailPaginator().get_page(request.GET.get("page"))
    return render(request, "web/audit.html", {"page": page})


@requires(Permission.PORTAL_READ)
@never_cache
@require_safe
def demonstration(request: HttpRequest) -> HttpResponse:
    """The demonstration's people, and its clock; there is no such page in a real installation."""
    return _demonstration(request, ClockForm(initial={"day": _demonstration_site().clock_day}))


@requires(Permission.PORTAL_READ)
@require_POST
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people, without a password."""
    _demonstration_site()
    form = PersonForm(request.POST)
    person = queries.demonstration_person(form.cleaned_data["person"]) if form.is_valid() else None
    if person is None:
        raise Http404("this is none of the demonstration's people")
    login(request, person)
    note_sign_in(login=person.login, kind="person.sign_in", at=clock.now())
    return redirect("desk")


@requires(Permission.CLOCK_SET)
@require_http_methods(["GET", "HEAD", "POST"])
def demonstration_clock(request: HttpRequest) -> HttpResponse:
    """Set the day that the demonstration shows."""
    _demonstration_site()
    if request.method != "POST":
        return redirect("demonstration")  # the way back from signing in, or from a refused day
    form = ClockForm(request.POST)
    if not form.is_valid():
        return _demonstration(request, form, status=422)
    clock.set_day(actor=_person(request).login, at=timezone.now(), day=form.cleaned_data["day"])
    return redirect("demonstration")


def _demonstration(request: HttpRequest, form: ClockForm, status: int = 200) -> HttpResponse:
    context = {
        "people": queries.demonstration_people(clock.today()),
        "form": form,
        "may_set_clock": Permission.CLOCK_SET in permissions_for(request),
    }
    return render(request, "web/demonstration.html", context, status=status)


def _demonstration_site() -> Site:
    site = clock.site()
    if not site.demonstration:
        raise Http404("this is not a demonstration")
    return site


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied("nobody is signed in")
    return request.user
