"""An administrator at the desk."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.parties.models import Organisation
from almoner.rules.roles import Role
from almoner.web import clock

AT = datetime(2026, 7, 1, 1, tzinfo=UTC)
TODAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _today(db: None) -> None:
    clock.start_demonstration(actor="t", at=AT, day=TODAY)


def someone(login: str, *roles: Role, body: str | None = None, **more: Any) -> Person:
    """A person who holds roles from the beginning of the year on."""
    person = add_person(
        actor="t", at=AT, login=login, name_zh=f"甲{login}", name_en=f"P {login}", password=None
    )
    for role in roles:
        grant_role(
            actor="t",
            at=AT,
            person=person,
            role=role,
            organisation_uscc=body,
            from_on=date(2026, 1, 1),
            to_on=more.get("to_on"),
        )
    return person


def browser(person: Person) -> Client:
    """A browser in which that person is signed in."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def root() -> Client:
    """The browser of the administrator `root`."""
    return browser(someone("root", Role.ADMINISTRATOR))


@pytest.fixture
def office(db: None) -> Organisation:
    """A Street Office."""
    return Organisation.objects.create(
        uscc="O-1",
        name_zh="示例街道办",
        name_en="Sample Office",
        kinds="purchaser",
        status="active",
    )
