"""People, and a demonstration to put them in."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.rules.roles import Role
from almoner.web import clock

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 30)
PASSWORD = "a long enough phrase"
AddPerson = Callable[..., Person]


@pytest.fixture
def demonstration(db: None) -> None:
    """This installation is a demonstration, on 30 June 2026."""
    clock.start_demonstration(actor="test", at=NOW, day=TODAY)


@pytest.fixture
def add(db: None) -> AddPerson:
    """Add a person who can sign in with PASSWORD and holds the roles given for the whole city."""

    def person(login: str, *roles: Role, to_on: date | None = None, demo: bool = True) -> Person:
        someone = add_person(
            actor="test",
            at=NOW,
            login=login,
            name_zh=f"甲{login}",
            name_en=f"Person {login}",
            password=PASSWORD,
            is_demonstration=demo,
        )
        for role in roles:
            grant_role(
                actor="test",
                at=NOW,
                person=someone,
                role=role,
                organisation_uscc=None,
                from_on=date(2026, 1, 1),
                to_on=to_on,
            )
        return someone

    return person


@pytest.fixture
def signed_in(client: Client, add: AddPerson) -> Callable[..., Client]:
    """A browser signed in as somebody who holds the roles given."""

    def sign_in(*roles: Role, **options: Any) -> Client:
        client.force_login(add("somebody", *roles, **options))
        return client

    return sign_in
