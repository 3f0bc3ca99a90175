"""Fifty who write at once: nobody is turned away and nothing is lost."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from almoner.accounts.models import Grant, Person
from almoner.accounts.operations import add_person, grant_role
from almoner.audit.models import Event
from almoner.audit.operations import faults
from almoner.rules.roles import Role

WRITERS, WRITES = 50, 4
AT = datetime(2026, 6, 30, tzinfo=UTC)


def _write(number: int, errors: list[Exception], together: threading.Barrier) -> None:
    together.wait()
    try:
        login = f"writer-{number}"
        person = add_person(
            actor=login, at=AT, login=login, name_zh="写", name_en="Writer", password=None
        )
        for month in range(1, WRITES):
            grant_role(
                actor=login,
                at=AT,
                person=person,
                role=Role.AUDITOR,
                organisation_uscc=None,
                from_on=date(2026, month, 1),
            )
    except Exception as error:
        errors.append(error)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_fifty_concurrent_writers_lose_nothing() -> None:
    errors: list[Exception] = []
    together = threading.Barrier(WRITERS)
    threads = [
        threading.Thread(target=_write, args=(number, errors, together))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Person.objects.count() == WRITERS
    assert Grant.objects.count() == WRITERS * (WRITES - 1)
    assert Event.objects.count() == WRITERS * WRITES
    assert list(faults()) == []
