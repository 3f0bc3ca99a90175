"""Who opens the pages of a contract in the tests, and what they read there."""

import re
from typing import Any

from django.test import Client
from tests.contracts.parts import PROVIDER, PURCHASER, person

from almoner.rules.roles import Role


def browser(login: str, role: Role, body: str | None) -> Client:
    client = Client()
    client.force_login(person(login, role, body))
    return client


def clerk() -> Client:
    return browser("clerk", Role.PURCHASER_CLERK, PURCHASER)


def signatory() -> Client:
    return browser("signatory", Role.PURCHASER_SIGNATORY, PURCHASER)


def director() -> Client:
    return browser("director", Role.PROVIDER_DIRECTOR, PROVIDER)


def words(response: Any) -> str:
    """The text of a page without its tags."""
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def form_of(response: Any) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    form = response.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        if value is True:
            sent[field.html_name] = "on"
        elif value not in (None, False):
            sent[field.html_name] = str(field.field.prepare_value(value))
    return sent
