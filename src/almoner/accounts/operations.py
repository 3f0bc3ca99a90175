"""Making people and granting roles."""

from datetime import date, datetime

from django.db import transaction

from almoner.accounts.models import Grant, Person
from almoner.audit.operations import Act, record
from almoner.rules.roles import Role


@transaction.atomic
def add_person(
    *,
    actor: str,
    at: datetime,
    login: str,
    name_zh: str,
    name_en: str,
    password: str | None,
    is_demonstration: bool = False,
) -> Person:
    """A new person, without any role; without a password nobody can sign in by one."""
    person = Person(
        login=login, name_zh=name_zh, name_en=name_en, is_demonstration=is_demonstration
    )
    person.set_password(password)
    person.save(force_insert=True)
    names = {"name_zh": name_zh, "name_en": name_en}
    act = Act("person.add", "people", login, after=names)
    record(actor=actor, role=Role.ADMINISTRATOR, at=at, acts=[act])
    return person


@transaction.atomic
def note_sign_in(*, login: str, kind: str, at: datetime) -> None:
    """Record a "person.sign_in", "person.sign_in_failed" or "person.sign_out" of an account.

    A name that no account has is left out: it could be anything, such as a password that slipped
    into the wrong field.
    """
    known = Person.objects.filter(login=login).exists()
    actor = "" if kind == "person.sign_in_failed" else login
    act = Act(kind, "people", login if known else "")
    record(actor=actor, role="", at=at, acts=[act])


@transaction.atomic
def grant_role(
    *,
    actor: str,
    at: datetime,
    person: Person,
    role: Role,
    organisation_uscc: str | None,
    from_on: date,
    to_on: date | None = None,
) -> Grant:
    """Grant `person` a role from a day on, for one organisation or (None) for the whole city."""
    grant = Grant(
        person=person,
        role=role.value,
        organisation_id=organisation_uscc,
        from_on=from_on,
        to_on=to_on,
    )
    grant.save(force_insert=True)
    granted = {
        "role": role.value,
        "organisation": organisation_uscc or "",
        "from_on": from_on,
        "to_on": to_on or "",
    }
    act = Act("role.grant", "people", person.login, after=granted)
    record(actor=actor, role=Role.ADMINISTRATOR, at=at, acts=[act])
    return grant
