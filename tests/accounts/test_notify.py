"""Mail after a step: to those whose step is next, in their language, and never in its way."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from almoner.accounts.models import Delegation, Person
from almoner.accounts.notify import tell
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import holders
from almoner.parties.models import Organisation
from almoner.rules.roles import Permission, Role

AT = datetime(2026, 7, 1, 1, tzinfo=UTC)
DAY = date(2026, 7, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bodies() -> None:
    for uscc in ("O-1", "O-2"):
        Organisation.objects.create(
            uscc=uscc, name_zh="处", name_en="Office", kinds="purchaser", status="active"
        )


def someone(login: str, role: Role | None, body: str | None = "O-1", **more: Any) -> Person:
    person = add_person(actor="t", at=AT, login=login, name_zh="甲", name_en=login, password=None)
    person.email = f"{login}@example.org"
    person.language = more.get("language", "en")
    person.save()
    if role:
        grant_role(
            actor="t",
            at=AT,
            person=person,
            role=role,
            organisation_uscc=body,
            from_on=more.get("from_on", date(2026, 1, 1)),
            to_on=more.get("to_on"),
        )
    return person


def logins(
    permission: Permission = Permission.TENDER_PUBLISH, body: str | None = "O-1"
) -> set[str]:
    return {person.login for person in holders(permission, body, DAY)}


def publish(**more: Any) -> None:
    given: dict[str, Any] = {
        "about": "Family services, North",
        "what": _("Publish the tender"),
        "url": reverse("desk"),
        "at": AT,
        **more,
    }
    tell(Permission.TENDER_PUBLISH, "O-1", **given)


def test_who_holds_a_permission_for_a_body_on_a_day() -> None:
    someone("signs", Role.PURCHASER_SIGNATORY)
    someone("everywhere", Role.PURCHASER_SIGNATORY, None)
    someone("elsewhere", Role.PURCHASER_SIGNATORY, "O-2")
    someone("clerk", Role.PURCHASER_CLERK)
    someone("before", Role.PURCHASER_SIGNATORY, to_on=date(2026, 6, 30))
    someone("last", Role.PURCHASER_SIGNATORY, to_on=DAY)
    someone("later", Role.PURCHASER_SIGNATORY, from_on=date(2026, 7, 2))
    closed = someone("closed", Role.PURCHASER_SIGNATORY)
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    assert logins() == {"signs", "everywhere", "last"}
    assert logins(body=None) == {"everywhere"}


def test_a_deputy_counts_while_the_other_is_away() -> None:
    signs, deputy = someone("signs", Role.PURCHASER_SIGNATORY), someone("deputy", None)
    Delegation.objects.create(person=signs, to=deputy, from_on=DAY, to_on=DAY, entered_by="t")
    assert logins() == {"signs", "deputy"}
    Delegation.objects.update(revoked_at=AT)
    assert logins() == {"signs"}


def test_each_is_written_to_in_their_language_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    someone("li", Role.PURCHASER_SIGNATORY)
    someone("wang", Role.PURCHASER_SIGNATORY, language="zh-hans")
    for language in ("en", "zh-hans"):  # whoever took the step may read another language
        mail.outbox.clear()
        with override(language), django_capture_on_commit_callbacks(execute=True):
            publish()
            assert mail.outbox == []
        english, chinese = sorted(mail.outbox, key=lambda one: one.to)
        assert english.subject == "Publish the tender: Family services, North"
        assert "http://127.0.0.1:8000/en/desk/" in english.body
        assert chinese.subject.startswith("发布采购公告")
        assert "/zh-hans/desk/" in chinese.body and "工作台" in chinese.body


def test_a_step_that_is_rolled_back_tells_nobody(django_capture_on_commit_callbacks: Any) -> None:
    someone("li", Role.PURCHASER_SIGNATORY)
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        publish()
        1 / 0  # noqa: B018
    assert mail.outbox == []


def test_mail_that_fails_breaks_nothing_and_is_logged(
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionRefusedError("no mail server")

    someone("li", Role.PURCHASER_SIGNATORY)
    monkeypatch.setattr("almoner.accounts.mail.send_mail", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        publish()
    assert "mail to li could not be sent" in caplog.text and "no mail server" in caplog.text


def test_a_title_with_a_line_break_makes_no_second_header(
    django_capture_on_commit_callbacks: Any,
) -> None:
    someone("li", Role.PURCHASER_SIGNATORY)
    with django_capture_on_commit_callbacks(execute=True):
        publish(about="North\r\nBcc: all@example.org")
    (message,) = mail.outbox
    assert message.subject.endswith("North Bcc: all@example.org") and message.bcc == []
