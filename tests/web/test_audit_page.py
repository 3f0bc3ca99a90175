"""The audit trail as a page: for auditors and administrators, the newest first."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from almoner.accounts.operations import add_person, grant_role
from almoner.audit.operations import Act, record
from almoner.rules.roles import Role

AT = datetime(2026, 6, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Client:
    person = add_person(actor="t", at=AT, login="a", name_zh="审", name_en="Aud", password=None)
    grant_role(
        actor="t",
        at=AT,
        person=person,
        role=Role.AUDITOR,
        organisation_uscc=None,
        from_on=date(2026, 1, 1),
    )
    client = Client()
    client.force_login(person)
    return client


def _numbers(client: Client, page: str) -> list[int]:
    response = client.get(reverse("audit"), {"page": page})
    return [event.seq for event in response.context["page"]]


def test_pages_run_from_the_newest_to_the_first(auditor: Client) -> None:
    with transaction.atomic():
        record(actor="t", role="r", at=AT, acts=[Act("k", "t", str(n)) for n in range(99)])
    assert _numbers(auditor, "1") == list(range(101, 51, -1))
    assert _numbers(auditor, "3") == [1]
    assert _numbers(auditor, "nonsense") == list(range(101, 51, -1))


def test_what_an_event_holds_is_shown_escaped(auditor: Client) -> None:
    with transaction.atomic():
        act = Act("k", "t", "i", after={"name": "<script>"}, reason="because")
        record(actor="t", role="r", at=AT, acts=[act])
    text = auditor.get(reverse("audit")).content.decode()
    assert "because" in text and "<script>" not in text
