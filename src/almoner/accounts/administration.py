"""What administrators do: people, their roles, who stands in for whom. All of it is on record."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.timezone import localtime

from almoner.accounts.gate import acted_as
from almoner.accounts.models import Delegation, Grant, Person
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import in_force
from almoner.audit.operations import Act, record
from almoner.rules.refusal import Refused
from almoner.rules.roles import ROLE_PERMISSIONS, Actor, Permission, Role

_MANAGING = [role.value for role in Role if Permission.PEOPLE_MANAGE in ROLE_PERMISSIONS[role]]


@transaction.atomic
def enrol(
    *,
    actor: Actor,
    at: datetime,
    login: str,
    name_zh: str,
    name_en: str,
    email: str = "",
    language: str = "en",
) -> Person:
    """A new person without a role or a password; Refused login_taken where the login is used."""
    _allowed(actor)
    if Person.objects.filter(login__iexact=login).exists():
        raise Refused("login_taken", field="login", login=login)
    person = add_person(
        actor=actor.login, at=at, login=login, name_zh=name_zh, name_en=name_en, password=None
    )
    person.email, person.language = email, language
    person.save(update_fields=["email", "language"])
    return person


@transaction.atomic
def new_link(*, actor: Actor, at: datetime, login: str) -> str:
    """The token of a link by which the person sets a password: once, within three days.

    Whatever link was made before is worth nothing from then on, and so is the password.
    """
    role = _allowed(actor)
    person = _locked(login)
    if not person.is_active:
        raise Refused("account_closed", login=login)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    _log(actor, role, at, "person.link", login)
    return default_token_generator.make_token(person)


def link_holds(login: str, token: str) -> Person | None:
    """Whom a link for setting a password is of; None where it was used, is too old or made up."""
    if "\0" in login:  # PostgreSQL refuses to look for it
        return None
    person = Person.objects.filter(login=login, is_active=True).first()
    return person if person and default_token_generator.check_token(person, token) else None


@transaction.atomic
def choose_password(*, at: datetime, login: str, token: str, password: str) -> None:
    """Set the password by a link that holds; Refused link_spent where it does not (any more)."""
    person = Person.objects.select_for_update().filter(login=login, is_active=True).first()
    if person is None or not default_token_generator.check_token(person, token):
        raise Refused("link_spent")
    person.set_password(password)
    person.save(update_fields=["password"])
    record(actor=login, role="", at=at, acts=[Act("person.password", "people", login)])


@transaction.atomic
def give_role(
    *,
    actor: Actor,
    at: datetime,
    login: str,
    role: Role,
    body: str | None,
    from_on: date,
    to_on: date | None = None,
) -> Grant:
    """Grant a role; Refused where it is for oneself, ends before it begins, or is over already."""
    _allowed(actor)
    person = _locked(login)
    if login == actor.login:
        raise Refused("own_role")
    if not person.is_active:
        raise Refused("account_closed", login=login)
    _check_days(from_on, to_on, at)
    return grant_role(
        actor=actor.login,
        at=at,
        person=person,
        role=role,
        organisation_uscc=body,
        from_on=from_on,
        to_on=to_on,
    )


@transaction.atomic
def end_role(*, actor: Actor, at: datetime, grant_id: int, last_day: date | None) -> None:
    """End a grant with `last_day` (today or later), or at once where it is None.

    Refused last_administrator where nobody could manage people any more.
    """
    acted_as = _allowed(actor)
    grant = Grant.objects.select_for_update().select_related("person").get(id=grant_id)
    today = localtime(at).date()
    if grant.revoked_at is not None or (grant.to_on is not None and grant.to_on < today):
        raise Refused("role_over")
    before = {"role": grant.role, "to_on": grant.to_on or ""}
    if last_day is None:
        grant.revoked_at = at
    else:
        _check_days(max(grant.from_on, today), last_day, at, field="last_day")
        grant.to_on = last_day
    if grant.role in _MANAGING and last_day != date.max:  # after that day comes none
        first_without = today if last_day is None else last_day + timedelta(days=1)
        _somebody_manages(Grant.objects.exclude(id=grant.id), first_without)
    grant.save(update_fields=["to_on", "revoked_at"])
    after = {"role": grant.role, "to_on": grant.to_on or "", "at_once": last_day is None}
    _log(actor, acted_as, at, "role.end", grant.person.login, before, after)


@transaction.atomic
def close(*, actor: Actor, at: datetime, login: str) -> None:
    """Close an account: it cannot sign in, and whoever is signed in by it is not any more."""
    role = _allowed(actor)
    person = _locked(login)
    if not person.is_active:
        raise Refused("account_closed", login=login)
    if person.grants.filter(role__in=_MANAGING).exists():
        _somebody_manages(Grant.objects.exclude(person=person), localtime(at).date())
    person.is_active = False
    person.save(update_fields=["is_active"])
    _log(actor, role, at, "person.close", login)


@transaction.atomic
def reopen(*, actor: Actor, at: datetime, login: str) -> None:
    """Open a closed account again, with the roles that still run."""
    role = _allowed(actor)
    person = _locked(login)
    if person.is_active:
        raise Refused("account_open", login=login)
    person.is_active = True
    person.save(update_fields=["is_active"])
    _log(actor, role, at, "person.reopen", login)


@transaction.atomic
def delegate(
    *, actor: Actor, at: datetime, login: str, to_login: str, from_on: date, to_on: date
) -> Delegation:
    """Let a deputy hold a person's roles while that person is away.

    Refused where one is one's own deputy, an account is closed, the days are in disorder, or an
    administrator would make themself the deputy of somebody.
    """
    role = _allowed(actor)
    person = _locked(login)
    deputy = Person.objects.filter(login=to_login).first()
    if deputy is None or not deputy.is_active or not person.is_active:
        raise Refused("account_closed", field="to", login=to_login)
    if deputy == person:
        raise Refused("own_deputy", field="to")
    if to_login == actor.login:
        raise Refused("own_role", field="to")
    _check_days(from_on, to_on, at)
    made = Delegation.objects.create(
        person=person, to=deputy, from_on=from_on, to_on=to_on, entered_by=actor.login
    )
    days = {"to": to_login, "from_on": from_on, "to_on": to_on}
    _log(actor, role, at, "delegation.begin", login, after=days)
    return made


@transaction.atomic
def end_delegation(*, actor: Actor, at: datetime, delegation_id: int) -> None:
    """End a delegation at once: the person is back."""
    role = _allowed(actor)
    found = Delegation.objects.select_for_update().select_related("person", "to")
    delegation = found.get(id=delegation_id)
    if delegation.revoked_at is not None or delegation.to_on < localtime(at).date():
        raise Refused("role_over")
    delegation.revoked_at = at
    delegation.save(update_fields=["revoked_at"])
    after = {"to": delegation.to.login}
    _log(actor, role, at, "delegation.end", delegation.person.login, after=after)


def _allowed(actor: Actor) -> str:
    """The role in which `actor` manages people, as the record names it."""
    held = actor.acting(Permission.PEOPLE_MANAGE)
    if held is None:
        raise Refused("not_permitted", permission=Permission.PEOPLE_MANAGE.value)
    return acted_as(held)


def _locked(login: str) -> Person:
    return Person.objects.select_for_update().get(login=login)


def _check_days(from_on: date, to_on: date | None, at: datetime, *, field: str = "to_on") -> None:
    if to_on is None:
        return
    if to_on < from_on:
        raise Refused("days_in_disorder", field=field)
    if to_on < localtime(at).date():
        raise Refused("day_past", field=field)


def _somebody_manages(left: Any, day: date) -> None:
    """Refuse where none of the grants `left` lets somebody manage people on `day`."""
    # Locked in order, so that of two administrators who end each other one comes second and sees.
    everything = Grant.objects.select_for_update(of=("self",)).filter(role__in=_MANAGING)
    list(everything.order_by("id"))
    still = left.filter(in_force(day), role__in=_MANAGING, person__is_active=True)
    if not still.exists():
        raise Refused("last_administrator")


def _log(
    actor: Actor,
    role: str,
    at: datetime,
    kind: str,
    login: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    act = Act(kind, "people", login, before or {}, after or {})
    record(actor=actor.login, role=role, at=at, acts=[act])
