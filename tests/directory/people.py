"""Actors and signed-in browsers for the tests of directory, needs and voice."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.cache import cache
from django.test import Client

from almoner.accounts.operations import add_person, grant_role
from almoner.audit.models import Event
from almoner.rules.roles import Actor, Held, Role
from almoner.web.models import Site

AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 7, 1)


def actor(role: Role, body: str | None = None, login: str = "somebody") -> Actor:
    """Somebody with one role, for one body or the whole city."""
    return Actor(login, (Held(role, body),))


def client(login: str = "", role: Role | None = None, body: str | None = None) -> Client:
    """A browser on the cast's day, signed in as a new person where a login is given."""
    cache.clear()
    Site.objects.update_or_create(id=1, defaults={"demonstration": True, "clock_day": TODAY})
    browser = Client()
    if login:
        person = add_person(
            actor="test", at=AT, login=login, name_zh="甲", name_en="A", password=None
        )
        if role:
            grant_role(
                actor="test",
                at=AT,
                person=person,
                role=role,
                organisation_uscc=body,
                from_on=date(2020, 1, 1),
            )
        browser.force_login(person)
    return browser


def events(kind: str) -> list[Any]:
    """What the audit record has of a kind, oldest first."""
    return list(Event.objects.filter(kind=kind).order_by("seq"))
