"""The demonstration: who may be anybody, and who may set the clock."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.web.conftest import TODAY, AddPerson

from almoner.accounts.models import Person
from almoner.audit.models import Event
from almoner.rules.roles import Role
from almoner.web import clock

PAGE = "/en/demonstration/"
SIGN_IN, CLOCK = f"{PAGE}sign-in/", f"{PAGE}clock/"


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (PAGE, ["Person li", "Social worker", "Today is", "30 June 2026", "names of places"]),
        ("/zh-hans/demonstration/", ["甲li", "社会工作者", "2026年6月30日", "除地名外"]),
    ],
)
def test_its_people_their_roles_and_its_day(
    client: Client, add: AddPerson, demonstration: None, address: str, words: list[str]
) -> None:
    add("li", Role.SOCIAL_WORKER)
    add("real", Role.SOCIAL_WORKER, demo=False)
    page = client.get(address).content.decode()
    assert [word for word in words if word not in page] == []
    assert "Person real" not in page and "甲real" not in page


def test_its_page_takes_as_many_queries_for_many_people(
    client: Client, add: AddPerson, demonstration: None, django_assert_max_num_queries: Callable
) -> None:
    for number in range(12):
        add(f"p{number}", Role.RATER, Role.AUDITOR)
    with django_assert_max_num_queries(6):
        client.get(PAGE)


def test_one_click_signs_in(client: Client, add: AddPerson, demonstration: None) -> None:
    person = add("li")
    response = client.post(SIGN_IN, {"person": person.pk})
    assert response["Location"] == "/en/desk/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_one_click_signs_in_nobody_real(
    client: Client, add: AddPerson, demonstration: None
) -> None:
    real, closed = add("real", demo=False), add("closed")
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    for person in (real.pk, closed.pk, 999_999, -1, 0, 10**30, "", "x"):
        assert client.post(SIGN_IN, {"person": person}).status_code == 404
    assert not is_signed_in(client)


def test_outside_a_demonstration_there_is_nothing_of_the_kind(
    client: Client, add: AddPerson
) -> None:
    person = add("li", Role.ADMINISTRATOR)
    assert client.get(PAGE).status_code == 404
    assert client.post(SIGN_IN, {"person": person.pk}).status_code == 404
    assert not is_signed_in(client)
    client.force_login(person)
    assert client.post(CLOCK, {"day": "2026-07-01"}).status_code == 404
    assert "Demonstration data" not in client.get("/en/account/").content.decode()


def test_one_click_takes_a_post_of_our_own_page(add: AddPerson, demonstration: None) -> None:
    person, client = add("li"), Client(enforce_csrf_checks=True)
    assert client.get(SIGN_IN, {"person": person.pk}).status_code == 405
    refused = client.post(SIGN_IN, {"person": person.pk})
    assert refused.status_code == 403
    assert "The form could not be accepted" in refused.content.decode()
    assert not is_signed_in(client)


def test_an_administrator_sets_the_day(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    assert 'value="2026-06-30"' in client.get(PAGE).content.decode()
    assert client.post(CLOCK, {"day": "2026-07-24"})["Location"] == PAGE
    assert clock.today() == date(2026, 7, 24)
    assert "24 July 2026" in client.get(PAGE).content.decode()
    event = Event.objects.latest("seq")
    assert (event.kind, event.actor) == ("clock.set", "somebody")


@pytest.mark.one_database
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_others_see_the_day_and_cannot_set_it(
    signed_in: Callable[..., Client], demonstration: None, role: Role
) -> None:
    client = signed_in(role)
    page = client.get(PAGE).content.decode()
    assert "30 June 2026" in page and CLOCK not in page
    assert client.post(CLOCK, {"day": "2026-07-24"}).status_code == 403
    assert clock.today() == TODAY


def test_who_is_not_signed_in_is_asked_to(client: Client, demonstration: None) -> None:
    response = client.post(CLOCK, {"day": "2026-07-24"})
    assert response["Location"].startswith(f"/en/sign-in/?next={CLOCK}%3Fkept%3D")
    assert clock.today() == TODAY


def test_the_way_back_from_signing_in_is_the_page(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    assert signed_in(Role.ADMINISTRATOR).get(CLOCK)["Location"] == PAGE


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("", "Enter a day"),
        ("30/06/2026", "Enter a day as year-month-day, such as 2026-06-30"),
        ("2026-02-30", "Enter a day as year-month-day, such as 2026-06-30"),
        ("1999-12-31", "Enter a day from 2000 on"),
        ("2100-01-01", "Enter a day up to 2099"),
    ],
)
def test_a_day_that_is_none_is_explained(
    signed_in: Callable[..., Client], demonstration: None, day: str, fault: str
) -> None:
    response = signed_in(Role.ADMINISTRATOR).post(CLOCK, {"day": day})
    assert response.status_code == 422
    assert f'<a href="#id_day">{fault}</a>' in response.content.decode()
    assert clock.today() == TODAY


@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31", "2028-02-29"])
def test_the_first_and_the_last_day_that_can_be_set(
    signed_in: Callable[..., Client], demonstration: None, day: str
) -> None:
    assert signed_in(Role.ADMINISTRATOR).post(CLOCK, {"day": day}).status_code == 302
    assert clock.today() == date.fromisoformat(day)
