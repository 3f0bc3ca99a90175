"""The administrator's pages: people, what they may do, and who stands in for them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from almoner.accounts import administration
from almoner.accounts.mail import address_of, path_in, write_to
from almoner.accounts.models import Person
from almoner.desk import forms, people_queries
from almoner.rules.refusal import Refused
from almoner.rules.roles import Permission, Role
from almoner.web import clock, desk
from almoner.web.access import requires, the_actor
from almoner.web.format import name_of
from almoner.web.lists import show_list
from almoner.web.reasons import sentence
from almoner.web.sheets import Column

_both = require_http_methods(["GET", "HEAD", "POST"])


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account."""
    form = forms.PeopleFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "role": ""}
    rows = people_queries.people(text=wanted["q"], role=wanted["role"], day=clock.today())
    columns = (
        Column(_("Login name"), lambda person: person.login, html=_link),
        Column(_("Name"), name_of),
        Column(_("Roles today"), people_queries.roles_of),
        Column(_("E-mail address"), lambda person: person.email or _("None")),
        Column(_("Account"), lambda person: _("In use") if person.is_active else _("Closed")),
    )
    return show_list(
        request,
        title=_("People and roles"),
        columns=columns,
        rows=rows,
        name="people",
        form=form,
        help=_("Whoever signs in has an account here. What they may do follows from their roles."),
        create=(_("Add a person"), reverse("person-add")),
    )


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@_both
def add(request: HttpRequest) -> HttpResponse:
    """A new account."""

    def do(form: forms.PersonForm) -> HttpResponse:
        values = form.cleaned_data
        administration.enrol(actor=the_actor(request), at=clock.now(), **values)
        return desk.done(reverse("person", args=[values["login"]]), "person.add")

    context = {
        "title": _("Add a person"),
        "button": _("Add the person"),
        "help": _(
            "Next you grant a role and make a link by which they choose a password themselves."
        ),
    }
    return desk.fill(
        request,
        lambda data, files: forms.PersonForm(data),
        do=do,
        template="web/form.html",
        context=context,
    )


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@require_safe
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """One person: roles, deputies, and what can be done about them."""
    found, today = _person(ref), clock.today()
    context = {
        "title": name_of(found),
        "person": found,
        "language": found.get_language_display(),
        "grants": people_queries.grant_lines(found, today),
        "delegations": people_queries.delegations(found, today),
    }
    return render(request, "desk/person.html", context)


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@require_POST
def link(request: HttpRequest, ref: str) -> HttpResponse:
    """A link for choosing a password: shown this once, and mailed where there is an address."""
    found, at = _person(ref), clock.now()
    back = reverse("person", args=[ref])
    try:
        token = administration.new_link(actor=the_actor(request), at=at, login=ref)
    except Refused as refused:
        why = {"title": _("Not done"), "sentence": sentence(refused), "back": back}
        return render(request, "web/refused.html", why, status=desk.REFUSED)
    path = reverse("password", args=[ref, token])
    address = address_of(path, found.language)

    def message() -> tuple[str, str]:
        text = _(
            "Choose a password for “%(login)s” here, within three days:\n\n%(address)s\n\n"
            "The link works once. Whoever has it can choose the password: pass it to nobody."
        )
        return _("Choose your password"), text % {"login": ref, "address": address}

    mailed = write_to(found, message)
    context: dict[str, Any] = {
        "title": _("A link for %(name)s") % {"name": name_of(found)},
        "address": request.build_absolute_uri(path_in(path, found.language)),
        "mailed": mailed,
        "person": found,
    }
    return render(request, "desk/link.html", context)


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@_both
def grant(request: HttpRequest, ref: str) -> HttpResponse:
    """A role for somebody."""
    found = _person(ref)

    def do(form: forms.GrantForm) -> HttpResponse:
        values = form.cleaned_data
        administration.give_role(
            actor=the_actor(request),
            at=clock.now(),
            login=ref,
            role=Role(values["role"]),
            body=values["body"] or None,
            from_on=values["from_on"],
            to_on=values["to_on"],
        )
        return desk.done(reverse("person", args=[ref]), "role.grant")

    context = {
        "title": _("A role for %(name)s") % {"name": name_of(found)},
        "button": _("Grant the role"),
        "help": _(
            "Whoever decides may not check himself: two steps that watch each other are refused "
            "to the same person, whatever roles they hold."
        ),
    }
    return desk.fill(
        request,
        lambda data, files: forms.GrantForm(data, initial=forms.first_day(clock.today())),
        do=do,
        template="web/form.html",
        context=context,
    )


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@_both
def end(request: HttpRequest, ref: str, grant_id: int) -> HttpResponse:
    """The end of a role."""
    found = _person(ref)
    line = next(
        (
            one
            for one in people_queries.grant_lines(found, clock.today())
            if one.grant.pk == grant_id
        ),
        None,
    )
    if line is None:
        raise Http404("this person has no such grant")

    def do(form: forms.EndForm) -> HttpResponse:
        administration.end_role(
            actor=the_actor(request),
            at=clock.now(),
            grant_id=grant_id,
            last_day=form.cleaned_data["last_day"],
        )
        return desk.done(reverse("person", args=[ref]), "role.end")

    values = {"role": line.role, "name": name_of(found)}
    context = {
        "title": _("End a role: %(role)s, %(name)s") % values,
        "button": _("End the role"),
        "help": _("What was done in the role stays as it is, on record."),
    }
    return desk.fill(
        request,
        lambda data, files: forms.EndForm(data),
        do=do,
        template="web/form.html",
        context=context,
    )


@requires(Permission.PEOPLE_MANAGE)
@never_cache
@_both
def delegate(request: HttpRequest, ref: str) -> HttpResponse:
    """A deputy for somebody who is away."""
    found = _person(ref)

    def make(data: Any, files: Any) -> forms.DelegationForm:
        others = people_queries.possible_deputies(found)
        return forms.DelegationForm(others, data, initial=forms.first_day(clock.today()))

    def do(form: forms.DelegationForm) -> HttpResponse:
        values = form.cleaned_data
        administration.delegate(
            actor=the_actor(request),
            at=clock.now(),
            login=ref,
            to_login=values["to"],
            from_on=values["from_on"],
            to_on=values["to_on"],
        )
        return desk.done(reverse("person", args=[ref]), "delegation.begin")

    context = {
        "title": _("A deputy for %(name)s") % {"name": name_of(found)},
        "button": _("Appoint the deputy"),
        "help": _(
            "On these days the deputy holds the roles of the person who is away. Each step is "
            "recorded under the deputy's own name, and counts as taken by both."
        ),
    }
    return desk.fill(request, make, do=do, template="web/form.html", context=context)


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def end_delegation(request: HttpRequest, ref: str, delegation_id: int) -> HttpResponse:
    """The person is back."""
    found = _person(ref)
    known = people_queries.delegations(found, clock.today())
    if delegation_id not in {delegation.pk for delegation, _state in known}:
        raise Http404("this person has no such delegation")
    return desk.take(
        request,
        lambda: administration.end_delegation(
            actor=the_actor(request), at=clock.now(), delegation_id=delegation_id
        ),
        back=reverse("person", args=[ref]),
        step="delegation.end",
    )


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close an account."""
    _person(ref)
    return desk.take(
        request,
        lambda: administration.close(actor=the_actor(request), at=clock.now(), login=ref),
        back=reverse("person", args=[ref]),
        step="person.close",
    )


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a closed account again."""
    _person(ref)
    return desk.take(
        request,
        lambda: administration.reopen(actor=the_actor(request), at=clock.now(), login=ref),
        back=reverse("person", args=[ref]),
        step="person.reopen",
    )


@requires(Permission.PORTAL_READ)
@never_cache
@_both
def password(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Choose a password by a link that an administrator made."""
    if administration.link_holds(ref, token) is None:
        context = {
            "title": _("This link does not work"),
            "sentence": sentence(Refused("link_spent")),
        }
        return render(request, "desk/spent.html", context, status=404)

    def do(form: forms.PasswordForm) -> HttpResponse:
        administration.choose_password(
            at=clock.now(), login=ref, token=token, password=form.cleaned_data["password"]
        )
        return desk.done(reverse("sign-in"), "person.password")

    context = {
        "title": _("Choose your password"),
        "button": _("Save the password"),
        "help": _("For the login name “%(login)s”. Then sign in with it.") % {"login": ref},
    }
    return desk.fill(
        request,
        lambda data, files: forms.PasswordForm(data),
        do=do,
        template="web/form.html",
        context=context,
    )


def _link(person: Person) -> str:
    return format_html('<a href="{}">{}</a>', reverse("person", args=[person.login]), person.login)


def _person(login: str) -> Person:
    found = people_queries.person_of(login)
    if found is None:
        raise Http404("there is no such account")
    return found
