"""A form that was sent after its session had ended waits for its sender, and for nobody twice."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone
from tests.web.conftest import PASSWORD, AddPerson

from almoner.accounts.models import Person
from almoner.rules.roles import Role
from almoner.web import kept
from almoner.web.models import KeptForm

NEW = "/en/desk/people/new/"
LI = {"login": "li", "name_zh": "李", "name_en": "", "email": "", "language": "zh-hans"}


def next_of(response: Any) -> str:
    """Where a redirect to the sign-in page leads afterwards."""
    assert response.status_code == 302
    (address,) = parse_qs(urlsplit(response["Location"]).query)["next"]
    return address


def test_what_was_typed_is_there_again_after_signing_in(
    client: Client, add: AddPerson, demonstration: None
) -> None:
    add("boss", Role.ADMINISTRATOR)
    back = next_of(client.post(NEW, LI))
    assert not Person.objects.filter(login="li").exists()
    entry = {"username": "boss", "password": PASSWORD, "next": back}
    assert client.post("/en/sign-in/", entry)["Location"] == back
    page = client.get(back).content.decode()
    assert 'value="李"' in page and 'value="li"' in page
    assert "You had been signed out." in page
    assert "Enter the name in English" in page, "its faults stand beside it"
    again = client.get(back).content.decode()
    assert 'value="李"' not in again and "You had been signed out." not in again


def test_whoever_was_only_handed_the_address_finds_an_empty_form(
    client: Client, add: AddPerson, demonstration: None
) -> None:
    boss = add("boss", Role.ADMINISTRATOR)
    back = next_of(Client().post(NEW, LI))
    client.force_login(boss)
    page = client.get(back).content.decode()
    assert 'value="李"' not in page and "You had been signed out." not in page


def test_it_opens_nothing_without_signing_in(client: Client, db: None) -> None:
    back = next_of(client.post(NEW, LI))
    assert next_of(client.get(back)) == back
    assert KeptForm.objects.count() == 1


def test_files_and_tokens_are_not_kept_and_the_token_is_not_stored(db: None) -> None:
    request = RequestFactory().post(NEW, {**LI, "csrfmiddlewaretoken": "secret"})
    token = parse_qs(urlsplit(kept.address_after(request)).query)["kept"][0]
    (row,) = KeptForm.objects.all()
    assert "secret" not in row.fields and token not in f"{row.fields}{row.token_hash}"


def sent(path: str = NEW, **fields: str) -> str:
    """Where somebody without a session who sends a form is led afterwards."""
    return kept.address_after(RequestFactory().post(path, fields))


def fields_at(address: str) -> QueryDict | None:
    """What an address gives to the browser that has its token as a cookie."""
    factory = RequestFactory()
    factory.cookies[kept.COOKIE] = address.partition("=")[2]
    return kept.fields_of(factory.get(address))


@pytest.mark.django_db
def test_it_is_given_once_at_its_own_address_only() -> None:
    address = sent(name="李")
    token = address.split("=")[1]
    assert fields_at(f"/en/desk/people/?kept={token}") is None
    assert fields_at(f"{NEW}?kept={token}x") is None
    assert fields_at(NEW) is None and fields_at(f"{NEW}?kept=") is None
    assert fields_at(address) == QueryDict("name=李")
    assert fields_at(address) is None


@pytest.mark.django_db
def test_it_is_found_again_where_an_id_holds_signs_of_addresses() -> None:
    address = sent("/en/desk/people/accounts/a%3Fb%23c%2541/grant/", role="auditor")
    assert fields_at(address) == QueryDict("role=auditor")


@pytest.mark.django_db
def test_several_values_of_one_field_are_kept_in_order() -> None:
    request = RequestFactory().post(NEW, {"role": ["b", "a", "b"]})
    found = fields_at(kept.address_after(request))
    assert found is not None and found.getlist("role") == ["b", "a", "b"]


@pytest.mark.django_db
def test_it_is_kept_for_a_day() -> None:
    for minutes, there in ((-1, True), (1, False)):
        address = sent(name="li")
        age = kept.KEPT_FOR + timedelta(minutes=minutes)
        KeptForm.objects.update(kept_at=timezone.now() - age)
        assert (fields_at(address) is not None) == there
    KeptForm.objects.update(kept_at=timezone.now() - kept.KEPT_FOR - timedelta(minutes=1))
    sent(name="wang")
    assert KeptForm.objects.count() == 1, "what is too old goes"


@pytest.mark.django_db
def test_strangers_cannot_fill_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    most = kept.MOST_CHARACTERS - len("name=")
    assert "kept" in sent(name="x" * most)
    assert sent(name="x" * (most + 1)) == NEW
    monkeypatch.setattr(kept, "MOST_FORMS", 2)
    assert "kept" in sent(name="one more")
    assert sent(name="one too many") == NEW
    assert KeptForm.objects.count() == 2


def test_a_page_that_was_only_read_is_led_back_to_with_its_query(client: Client, db: None) -> None:
    assert next_of(client.get("/en/desk/people/?q=li")) == "/en/desk/people/?q=li"
    assert not KeptForm.objects.exists()
