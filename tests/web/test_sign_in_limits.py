"""Guessing passwords is slowed down and on record; so are signing in and out."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from tests.web.conftest import PASSWORD, AddPerson

from almoner.audit.models import Event
from almoner.web.models import KeptForm

SIGN_IN = "/en/sign-in/"
TOO_OFTEN = "Signing in failed too often"


def _try(name: str, password: str = "wrong", address: str = "10.0.0.1", **more: Any) -> Any:
    entry = {"username": name, "password": password}
    return Client().post(more.get("page", SIGN_IN), entry, REMOTE_ADDR=address)


def _events() -> list[tuple[str, str, str]]:
    rows = Event.objects.filter(kind__startswith="person.sign").order_by("seq")
    return list(rows.values_list("kind", "actor", "subject_id"))


@pytest.mark.parametrize("name", ["li", "nobody"])
def test_a_name_is_refused_after_its_last_try_whether_or_not_it_is_there(
    add: AddPerson, settings: Any, name: str
) -> None:
    settings.SIGN_IN_TRIES = 3
    add("li")
    for place in range(3):
        assert TOO_OFTEN not in _try(name, address=f"10.0.0.{place}").content.decode()
    page = _try(name, PASSWORD, address="10.0.0.9").content.decode()
    assert TOO_OFTEN in page and "Wait a quarter of an hour" in page
    assert TOO_OFTEN in _try(name.upper(), PASSWORD, address="10.0.0.9").content.decode()


def test_the_last_try_may_be_the_right_one(add: AddPerson, settings: Any) -> None:
    settings.SIGN_IN_TRIES = 3
    add("li")
    for _ in range(2):
        _try("li")
    assert _try("li", PASSWORD).status_code == 302


def test_other_names_are_not_kept_out(add: AddPerson, settings: Any) -> None:
    settings.SIGN_IN_TRIES = 1
    add("li")
    add("wang")
    _try("li")
    assert _try("wang", PASSWORD).status_code == 302


def test_an_address_is_refused_after_failures_with_many_names(
    add: AddPerson, settings: Any
) -> None:
    settings.SIGN_IN_TRIES_BY_ADDRESS = 4
    add("li")
    for number in range(4):
        _try(f"guess{number}")
    assert TOO_OFTEN in _try("li", PASSWORD).content.decode()
    assert _try("li", PASSWORD, address="10.0.0.2").status_code == 302


def test_it_is_open_again_later(add: AddPerson, settings: Any) -> None:
    settings.SIGN_IN_TRIES = 1
    add("li")
    _try("li")
    assert TOO_OFTEN in _try("li", PASSWORD).content.decode()
    caches["limits"].clear()  # what a quarter of an hour does
    assert _try("li", PASSWORD).status_code == 302


def test_the_refusal_reads_in_chinese(add: AddPerson, settings: Any) -> None:
    settings.SIGN_IN_TRIES = 0
    add("li")
    page = _try("li", PASSWORD, page="/zh-hans/sign-in/").content.decode()
    assert "登录失败次数过多" in page and "一刻钟" in page


def test_coming_in_going_out_and_failing_are_on_record(client: Client, add: AddPerson) -> None:
    add("li")
    client.post(SIGN_IN, {"username": "li", "password": "wrong"})
    client.post(SIGN_IN, {"username": "pa55word", "password": "wrong"})
    client.post(SIGN_IN, {"username": "li", "password": ""})
    client.post(SIGN_IN, {"username": "li", "password": PASSWORD})
    client.post("/en/sign-out/")
    client.post("/en/sign-out/")
    assert _events() == [
        ("person.sign_in_failed", "", "li"),
        ("person.sign_in_failed", "", ""),
        ("person.sign_in", "li", "li"),
        ("person.sign_out", "li", "li"),
    ]
    words = [str(value) for event in Event.objects.values_list() for value in event]
    assert not any(word in one for one in words for word in ("pa55word", "wrong", PASSWORD))


def test_what_is_refused_without_a_look_is_not_on_record(add: AddPerson, settings: Any) -> None:
    settings.SIGN_IN_TRIES = 1
    add("li")
    for _ in range(3):
        _try("li")
    assert len(_events()) == 1


def test_one_address_cannot_fill_the_kept_forms(db: None, monkeypatch: Any) -> None:
    from almoner.web import kept

    monkeypatch.setattr(kept, "MOST_BY_ADDRESS", 2)
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"):
        response = Client().post("/en/desk/people/new/", {"login": "x"}, REMOTE_ADDR=address)
        assert response["Location"].startswith("/en/sign-in/?next=")
    assert KeptForm.objects.count() == 3
