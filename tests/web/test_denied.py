"""Whoever is refused is told whether the role ended or never was, and whom to ask."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.web.conftest import NOW, AddPerson

from almoner.accounts.models import Grant, Person
from almoner.rules.roles import Role

AUDIT, ZH_AUDIT = "/en/audit/", "/zh-hans/audit/"


def page(client: Client, address: str = AUDIT) -> str:
    response = client.get(address)
    assert response.status_code == 403
    return response.content.decode()


def test_a_role_that_ended_is_named_with_its_last_day(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    client = signed_in(Role.AUDITOR, to_on=date(2026, 6, 29))
    shown = page(client)
    assert "Read the audit record" in shown and "Your role “Auditor” ended on" in shown
    assert "29 June 2026" in shown
    assert "您的角色“审计人员”已于" in page(client, ZH_AUDIT)


def test_a_role_ended_at_once_ended_on_that_day(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    client = signed_in(Role.AUDITOR, to_on=date(2026, 12, 31))
    Grant.objects.update(revoked_at=NOW)
    assert "30 June 2026" in page(client).split("Why not")[1]


def test_a_role_that_is_to_come_is_named_with_its_first_day(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    client = signed_in(Role.AUDITOR)
    Grant.objects.update(from_on=date(2026, 7, 1))
    assert "Your role “Auditor” begins on" in page(client)
    assert "自<time" in page(client, ZH_AUDIT)


def test_whoever_never_had_such_a_role_is_told_so_and_whom_to_ask(
    signed_in: Callable[..., Client], add: AddPerson, demonstration: None
) -> None:
    client = signed_in(Role.RATER)
    assert "You were never granted a role" in page(client)
    assert "An administrator of this site" in page(client)
    add("boss", Role.ADMINISTRATOR)
    Person.objects.filter(login="boss").update(email="boss@example.org")
    shown = page(client)
    assert "Person boss" in shown and "mailto:boss@example.org" in shown
    assert "您从未被授予" in page(client, ZH_AUDIT)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_refused_post_changes_nothing_and_says_so(
    signed_in: Callable[..., Client], demonstration: None, language: str
) -> None:
    client = signed_in(Role.AUDITOR)
    response = client.post(f"/{language}/demonstration/clock/", {"day": "2026-07-01"})
    assert response.status_code == 403
    words = {"en": "Nothing was changed.", "zh-hans": "未作任何更改。"}
    assert words[language] in response.content.decode()
