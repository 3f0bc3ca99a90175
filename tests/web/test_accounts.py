"""Signing in and out, and one's own account."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils.translation import override
from tests.web.conftest import PASSWORD, AddPerson

from almoner.accounts.models import Grant
from almoner.parties.models import Organisation
from almoner.rules.roles import Permission, Role
from almoner.web.labels import PERMISSIONS, ROLES

SIGN_IN, ACCOUNT, DESK = "/en/sign-in/", "/en/account/", "/en/desk/"


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_in_leads_to_the_desk(client: Client, add: AddPerson) -> None:
    add("li")
    response = client.post(SIGN_IN, {"username": "li", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, DESK)
    assert "Person li" in client.get(ACCOUNT).content.decode()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/en/notices/?page=2", "/en/notices/?page=2"),
        ("https://evil.example/", DESK),
        ("//evil.example/", DESK),
        ("javascript:alert(1)", DESK),
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(
    client: Client, add: AddPerson, wanted: str, reached: str
) -> None:
    add("li")
    response = client.post(SIGN_IN, {"username": "li", "password": PASSWORD, "next": wanted})
    assert response["Location"] == reached


@pytest.mark.parametrize(
    ("address", "problem", "fault"),
    [
        (SIGN_IN, "There is a problem", "No account has this login name and password. Check both."),
        ("/zh-hans/sign-in/", "请更正以下问题", "没有与此用户名和密码相符的账户，请核对两者。"),
    ],
)
def test_a_wrong_password_is_said_so(
    client: Client, add: AddPerson, address: str, problem: str, fault: str
) -> None:
    add("li")
    page = client.post(address, {"username": "li", "password": "wrong"}).content.decode()
    assert problem in page and f'<a href="#id_username">{fault}</a>' in page
    assert not is_signed_in(client)


def test_each_empty_field_is_named_linked_and_described(client: Client, db: None) -> None:
    page = client.post(SIGN_IN, {}).content.decode()
    assert "<title>Error: Sign in" in page
    for name, fault in (("username", "Enter your login name"), ("password", "Enter your password")):
        assert f'<a href="#id_{name}">{fault}</a>' in page
        assert f'<p class="fault" id="id_{name}_error">{fault}</p>' in page
        assert f'aria-describedby="id_{name}_error"' in page


def test_signing_out_is_a_deed_and_not_a_link(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    assert client.get("/en/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/en/sign-out/")["Location"] == "/en/"
    assert not is_signed_in(client)


def test_the_account_asks_for_signing_in_first(client: Client, db: None) -> None:
    assert client.get(ACCOUNT)["Location"] == f"{SIGN_IN}?next={ACCOUNT}"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (ACCOUNT, ["Person somebody", "Auditor", "The whole city", "Read the audit record"]),
        ("/zh-hans/account/", ["甲somebody", "审计人员", "全市", "查阅审计记录"]),
    ],
)
def test_the_account_shows_roles_and_what_they_allow(
    signed_in: Callable[..., Client], demonstration: None, address: str, words: list[str]
) -> None:
    page = signed_in(Role.AUDITOR).get(address).content.decode()
    assert [word for word in words if word not in page] == []
    assert "Set the demonstration" not in page and "设置演示日期" not in page


def test_a_role_for_an_organisation_names_it(
    signed_in: Callable[..., Client], demonstration: None
) -> None:
    client = signed_in(Role.RATER)
    agency = Organisation.objects.create(
        uscc="A-1", name_zh="明智评估中心", name_en="Mingzhi", kinds="evaluator", status="active"
    )
    Grant.objects.update(organisation=agency, to_on=date(2026, 12, 31))
    page = client.get(ACCOUNT).content.decode()
    assert "Mingzhi" in page and "31 December 2026" in page and "The whole city" not in page


@pytest.mark.parametrize(
    ("last_day", "held"), [(date(2026, 6, 30), True), (date(2026, 6, 29), False)]
)
def test_a_role_ends_with_its_last_day(
    signed_in: Callable[..., Client], demonstration: None, last_day: date, held: bool
) -> None:
    page = signed_in(Role.AUDITOR, to_on=last_day).get(ACCOUNT).content.decode()
    assert ("Auditor" in page) == held
    assert ("You hold no role today." in page) != held


def test_every_role_and_permission_has_a_name_of_its_own_in_both_languages() -> None:
    assert set(ROLES) == set(Role) and set(PERMISSIONS) == set(Permission)
    for names in (ROLES, PERMISSIONS):
        with override("en"):
            english = [str(name) for name in names.values()]
        with override("zh-hans"):
            chinese = [str(name) for name in names.values()]
        assert len(set(english)) == len(set(chinese)) == len(names)
        assert not set(english) & set(chinese)
