"""`verify` finds a line of the log and a service record that say different things."""

import pytest
from django.db import connection
from tests.delivery.log_cast import CLIENT, FAILED, Centre, centre, hours_later, log, token
from tests.once import once_a_module, own_copy

from almoner.delivery.models import ServiceRecord, Session
from almoner.exchange.verify import verify

pytestmark = pytest.mark.django_db


def _logged() -> Centre:
    made = centre()
    log(made)
    log(made, 2, hours_later(FAILED, 3))
    return made


copies = once_a_module(_logged)
there = own_copy()


def found() -> list[str]:
    return dict(verify())["sessions"]


def test_a_record_without_a_line_came_in_a_package(there: Centre) -> None:
    assert found() == []
    Session.objects.filter(pk=token(1)).delete()
    assert found() == []


def test_a_line_without_its_record(there: Centre) -> None:
    ServiceRecord.objects.all().delete()
    assert found() == [f"session {token(1)} happened, but there is no service record of it"]


@pytest.mark.parametrize(
    "change",
    [
        "minutes = 61",
        "client_id = NULL",
        "client_id = 'K9'",
        "participants = NULL",
        "worker_id = 'W-2'",
        "channel = 'web'",
        "started_at = '2026-06-30 01:01:00+00:00'",
        "entered_at = '2026-06-30 01:01:00+00:00'",
    ],
)
def test_a_record_that_says_something_else(there: Centre, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE service_records SET {change}")
    assert found() == [f"session {token(1)} and its service record say different things"]


@pytest.mark.parametrize("facts", [{"undone": True}, {"happened": False}])
def test_a_record_of_a_line_that_does_not_stand(there: Centre, facts: dict[str, bool]) -> None:
    Session.objects.filter(pk=token(1)).update(**facts)
    assert found() == [f"session {token(1)} does not stand, but there is a service record of it"]


def test_a_record_of_a_line_that_was_superseded(there: Centre) -> None:
    log(there, 3, hours_later(CLIENT, 5))
    Session.objects.filter(pk=token(3)).update(supersedes=token(1))
    assert found() == [f"session {token(1)} does not stand, but there is a service record of it"]
