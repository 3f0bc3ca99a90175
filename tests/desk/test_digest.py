"""The weekly list: to whoever has tasks, once in an ISO week, and again where it failed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from tests.desk.conftest import AT, someone

from almoner.accounts.models import Digest, Person
from almoner.cli import main
from almoner.desk import digest, queries
from almoner.rules.roles import Actor, Role
from almoner.web.tasks import Task


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """li has one task, wang (who reads Chinese) sixty, zhao none, qian no address."""
    for login, language in (("li", "en"), ("wang", "zh-hans"), ("zhao", "en"), ("qian", "en")):
        someone(login, Role.RATER)
        email = "" if login == "qian" else f"{login}@example.org"
        Person.objects.filter(login=login).update(email=email, language=language)
    asked: list[int] = []

    def source(actor: Actor, at: datetime) -> list[Task]:
        asked.append(1)
        numbers = range({"li": 1, "wang": 60, "qian": 1}.get(actor.login, 0))
        days = date(2026, 6, 30), None
        return [Task(_("Score a service"), f"E-{n}", days[n % 2], reverse("desk")) for n in numbers]

    monkeypatch.setattr(queries, "SOURCES", (source,))
    return asked


def send(at: datetime = AT, **options: Any) -> list[tuple[str, int, str]]:
    return list(digest.send_all(at, **options))


def test_everybody_with_tasks_gets_a_list_in_their_language() -> None:
    assert send() == [("li", 1, "sent"), ("wang", 60, "sent")]
    english, chinese = mail.outbox
    assert (english.to, english.subject) == (["li@example.org"], "1 task waits for you")
    assert "Score a service: E-0 (overdue since 30 June 2026)" in english.body
    assert "http://127.0.0.1:8000/en/desk/" in english.body
    assert chinese.subject == "有 60 项待办等您处理"
    assert "另有 10 项" in chinese.body and "/zh-hans/desk/" in chinese.body
    assert "2026年6月30日" in chinese.body and "/en/" not in chinese.body


@pytest.mark.parametrize(
    ("days", "again"), [(0, False), (4, False), (5, True), (-2, False), (-3, True)]
)
def test_nobody_gets_two_in_one_week(days: int, again: bool) -> None:
    """AT is a Wednesday in the city, as is the day: its week runs from two days before on."""
    assert len(send()) == 2
    assert len(send(AT + timedelta(days=days))) == (2 if again else 0)


def test_a_dry_run_sends_and_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert send(dry_run=True) == [("li", 1, "would go"), ("wang", 60, "would go")]
    assert main(["digest", "--dry-run"]) == 0
    assert capsys.readouterr() == ("li: 1 task, would go\nwang: 60 tasks, would go\n", "")
    assert mail.outbox == [] and not Digest.objects.exists()
    assert main(["digest"]) == 0
    assert capsys.readouterr() == ("li: 1 task, sent\nwang: 60 tasks, sent\n", "")
    assert len(mail.outbox) == 2


def test_what_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("almoner.accounts.mail.send_mail", refuse)
        assert {outcome for _login, _number, outcome in send()} == {"failed"}
    assert not Digest.objects.exists()
    assert len(send()) == 2


def test_of_two_runs_at_once_one_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other run was faster between our look for whoever waits and our own row."""
    run = digest.send_all(AT)
    assert next(run)[0] == "li"
    Digest.objects.create(
        person=Person.objects.get(login="wang"), week=digest.week_of(AT.date()), sent_at=AT
    )
    assert list(run) == [] and len(mail.outbox) == 1


def test_a_closed_account_gets_nothing() -> None:
    Person.objects.filter(login="li").update(is_active=False)
    assert [login for login, _number, _outcome in send()] == ["wang"]


def test_each_person_costs_as_much(people: list[int], django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        someone(f"p{number}")
    Person.objects.filter(login__startswith="p").update(email="p@example.org")
    with django_assert_max_num_queries(3 + 23 + 2 * 5):
        send()


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 7, 1), "2026-W27"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_weeks_at_the_turn_of_the_year(day: date, week: str) -> None:
    assert digest.week_of(day) == week


def test_the_week_is_the_citys() -> None:
    late_on_sunday = datetime(2026, 7, 5, 16, 30, tzinfo=UTC)  # half past midnight, Monday
    send(late_on_sunday)
    assert set(Digest.objects.values_list("week", flat=True)) == {"2026-W28"}
