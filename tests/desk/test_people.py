"""The administrator's pages, in the browser's own manner: forms, refusals, what is on record."""

import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from tests.desk.conftest import AT, browser, someone

from almoner.accounts.models import Delegation, Grant, Person
from almoner.accounts.queries import actor_on
from almoner.audit.models import Event
from almoner.parties.models import Organisation
from almoner.rules.roles import Held, Role

PEOPLE = "/en/desk/people/"
NEW = f"{PEOPLE}new/"
LI = {"login": "li", "name_zh": "李", "name_en": "Li", "email": "", "language": "zh-hans"}
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def of(login: str, what: str = "") -> str:
    return f"{PEOPLE}accounts/{login}/{what}"


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def kinds() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


def link_in(page: str) -> str:
    found = re.search(r'<code id="address">http://testserver([^<]+)</code>', page)
    assert found
    return found[1]


def test_a_person_is_added_and_chooses_a_password_by_a_link_that_works_once(root: Client) -> None:
    response = root.post(NEW, LI)
    assert response["Location"] == of("li", "?done=person.add")
    assert "The account is made" in text(root.get(response["Location"]))
    link = link_in(text(root.post(of("li", "link/"))))
    assert link.startswith("/zh-hans/")
    link = link.replace("/zh-hans/", "/en/")
    visitor = Client()
    assert "Choose your password" in text(visitor.get(link))
    words = {"password": "ten green bottles", "again": "ten green bottles"}
    assert visitor.post(link, words)["Location"] == "/en/sign-in/?done=person.password"
    assert visitor.post(link, words).status_code == visitor.get(link).status_code == 404
    assert "was used already" in text(visitor.get(link))
    entry = {"username": "li", "password": "ten green bottles"}
    assert visitor.post("/en/sign-in/", entry)["Location"] == "/en/desk/"
    assert kinds()[-4:] == ["person.add", "person.link", "person.password", "person.sign_in"]


@pytest.mark.parametrize(
    ("password", "again", "fault"),
    [
        ("", "", "Enter a password"),
        ("short", "short", "too short"),
        ("password", "password", "too common"),
        ("ten green bottles", "ten green bottle", "This is not the same password"),
    ],
)
def test_a_password_that_others_would_guess_is_refused(
    root: Client, password: str, again: str, fault: str
) -> None:
    someone("li")
    link = link_in(text(root.post(of("li", "link/"))))
    response = Client().post(link, {"password": password, "again": again})
    assert response.status_code == 422 and fault in text(response)
    assert not Person.objects.get(login="li").has_usable_password()


def test_a_new_link_and_three_days_end_the_one_before(root: Client, settings: object) -> None:
    someone("li")
    first = link_in(text(root.post(of("li", "link/"))))
    second = link_in(text(root.post(of("li", "link/"))))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    settings.PASSWORD_RESET_TIMEOUT = -1  # type: ignore[attr-defined]
    assert Client().get(second).status_code == 404
    assert Client().get(second.replace("/li/", "/root/")).status_code == 404


def test_a_link_is_mailed_where_there_is_an_address_in_its_readers_language(root: Client) -> None:
    root.post(NEW, {**LI, "email": "li@example.org"})
    page = text(root.post(of("li", "link/")))
    assert "It was mailed to li@example.org." in page
    (message,) = mail.outbox
    assert message.subject == "设置您的密码" and link_in(page) in message.body


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"login": "root"}, "There is an account “root” already"),
        ({"login": "Root"}, "Use small letters"),
        ({"login": "a/b"}, "Use small letters"),
        ({"login": ""}, "Enter a login name"),
        ({"name_zh": ""}, "Enter the name in Chinese"),
        ({"email": "x"}, "Enter an address such as name@example.org"),
        ({"language": "fr"}, "fr is not one of the available choices"),
    ],
)
def test_a_person_that_cannot_be_added_is_explained(
    root: Client, change: dict[str, str], fault: str
) -> None:
    response = root.post(NEW, {**LI, **change})
    assert response.status_code in {409, 422} and fault in text(response)
    assert Person.objects.count() == 1


def test_a_role_is_granted_and_ended(root: Client, office: Organisation) -> None:
    someone("li")
    form = {"role": "purchaser_clerk", "body": "O-1", "from_on": "2026-07-01", "to_on": ""}
    assert 'value="2026-07-01"' in text(root.get(of("li", "grant/")))
    assert root.post(of("li", "grant/"), form)["Location"] == of("li", "?done=role.grant")
    grant = Grant.objects.get(person__login="li")
    li = Person.objects.get(login="li")
    assert actor_on(li, date(2026, 7, 1)).held == (Held(Role.PURCHASER_CLERK, "O-1"),)
    page = text(root.get(of("li")))
    assert "Sample Office" in page and "since" in page
    end = of("li", f"grants/{grant.pk}/end/")
    assert root.post(end, {"last_day": "2026-07-01"})["Location"] == of("li", "?done=role.end")
    assert actor_on(li, date(2026, 7, 1)).held and not actor_on(li, date(2026, 7, 2)).held
    assert root.post(end, {"last_day": ""}).status_code == 302
    assert not actor_on(li, date(2026, 7, 1)).held
    assert "This is over already" in text(root.post(end, {"last_day": ""}))
    assert kinds()[-3:] == ["role.grant", "role.end", "role.end"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"role": "provider_director"}, "This role needs a body of the kind: Provider"),
        ({"body": ""}, "This role needs a body of the kind: Purchaser"),
        ({"role": "auditor"}, "This role serves no single body"),
        ({"to_on": "2026-06-30"}, "The last day is before the first"),
        ({"from_on": "2026-06-01", "to_on": "2026-06-30"}, "The last day is in the past"),
        ({"from_on": "1 July"}, "Enter a day as year-month-day"),
    ],
)
def test_a_role_that_cannot_be_granted_is_explained(
    root: Client, office: Organisation, change: dict[str, str], fault: str
) -> None:
    someone("li")
    form = {"role": "purchaser_clerk", "body": "O-1", "from_on": "2026-07-01", "to_on": ""}
    response = root.post(of("li", "grant/"), {**form, **change})
    assert response.status_code in {409, 422} and fault in text(response)
    assert not Grant.objects.filter(person__login="li").exists()


def test_nobody_grants_a_role_to_themself(root: Client) -> None:
    form = {"role": "auditor", "body": "", "from_on": "2026-07-01", "to_on": ""}
    response = root.post(of("root", "grant/"), form)
    assert response.status_code == 409 and "Ask another administrator" in text(response)
    away = {"to": "root", "from_on": "2026-07-01", "to_on": "2026-07-02"}
    someone("li", Role.AUDITOR)
    assert root.post(of("li", "deputy/"), away).status_code == 409
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("last_day", ["", "2026-07-01", "2026-12-31"])
def test_the_last_administrator_cannot_end_himself(root: Client, last_day: str) -> None:
    grant = Grant.objects.get(person__login="root")
    end = of("root", f"grants/{grant.pk}/end/")
    response = root.post(end, {"last_day": last_day})
    assert response.status_code == 409 and "Nobody would be left" in text(response)
    assert "Nobody would be left" in text(root.post(of("root", "close/")))
    assert Person.objects.get(login="root").is_active
    other = someone("other", Role.ADMINISTRATOR, to_on=date(2026, 7, 31))
    expected = 409 if last_day == "2026-12-31" else 302
    assert root.post(end, {"last_day": last_day}).status_code == expected
    assert actor_on(other, date(2026, 7, 1)).held


def test_a_role_may_end_with_the_last_day_of_all(root: Client) -> None:
    grant = Grant.objects.get(person__login="root")
    response = root.post(of("root", f"grants/{grant.pk}/end/"), {"last_day": "9999-12-31"})
    assert response.status_code == 302
    assert Grant.objects.get().to_on == date.max


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(root: Client) -> None:
    li = someone("li", Role.AUDITOR)
    client = browser(li)
    assert client.get("/en/audit/").status_code == 200
    assert root.post(of("li", "close/"))["Location"] == of("li", "?done=person.close")
    assert client.get("/en/audit/").status_code == 302
    assert "is closed or not there" in text(root.post(of("li", "close/")))
    assert "is closed or not there" in text(root.post(of("li", "link/")))
    root.post(of("li", "reopen/"))
    assert Person.objects.get(login="li").is_active
    assert "is open already" in text(root.post(of("li", "reopen/")))
    assert kinds()[-2:] == ["person.close", "person.reopen"]


def test_a_deputy_holds_the_roles_of_whoever_is_away(root: Client, office: Organisation) -> None:
    li, wang = someone("li", Role.PURCHASER_SIGNATORY, body="O-1"), someone("wang", Role.AUDITOR)
    form = {"to": "wang", "from_on": "2026-07-02", "to_on": "2026-07-03"}
    assert root.post(of("li", "deputy/"), form)["Location"] == of("li", "?done=delegation.begin")
    held = {day: actor_on(wang, date(2026, 7, day)).held for day in (1, 2, 3, 4)}
    own, lent = Held(Role.AUDITOR, None), Held(Role.PURCHASER_SIGNATORY, "O-1", instead_of="li")
    assert held == {1: (own,), 2: (own, lent), 3: (own, lent), 4: (own,)}
    assert actor_on(li, date(2026, 7, 2)).held == (Held(Role.PURCHASER_SIGNATORY, "O-1"),)
    for login in ("li", "wang"):
        assert "P wang" in text(root.get(of(login)))
    delegation = Delegation.objects.get()
    stop = of("li", f"deputies/{delegation.pk}/end/")
    assert root.post(of("root", f"deputies/{delegation.pk}/end/")).status_code == 404
    assert root.post(stop)["Location"] == of("li", "?done=delegation.end")
    assert actor_on(wang, date(2026, 7, 2)).held == (own,)
    assert root.post(stop).status_code == 409


def test_what_a_deputy_holds_is_not_passed_on_nor_held_for_a_closed_account(root: Client) -> None:
    li, wang, zhao = someone("li", Role.RATER), someone("wang"), someone("zhao")
    for away, deputy in ((li, wang), (wang, zhao)):
        Delegation.objects.create(
            person=away, to=deputy, from_on=AT.date(), to_on=AT.date(), entered_by="t"
        )
    assert [held.role for held in actor_on(wang, AT.date()).held] == [Role.RATER]
    assert actor_on(zhao, AT.date()).held == ()
    root.post(of("li", "close/"))
    assert actor_on(wang, AT.date()).held == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"to_on": "2026-07-01"}, "The last day is before the first"),
        ({"from_on": "2026-06-01", "to_on": "2026-06-30"}, "The last day is in the past"),
        ({"to": "li"}, "li is not one of the available choices"),
        ({"to": ""}, "This field is required"),
        ({"to_on": ""}, "Enter a day"),
    ],
)
def test_a_deputy_that_cannot_be_is_explained(
    root: Client, change: dict[str, str], fault: str
) -> None:
    someone("li"), someone("wang")
    form = {"to": "wang", "from_on": "2026-07-02", "to_on": "2026-07-03", **change}
    response = root.post(of("li", "deputy/"), form)
    assert response.status_code in {409, 422} and fault in text(response)
    assert not Delegation.objects.exists()


def test_the_list_finds_people_by_name_and_role(root: Client) -> None:
    someone("li", Role.RATER)
    someone("wang", Role.RATER, to_on=date(2026, 6, 30))
    shown = {
        query: re.findall(r'accounts/([a-z]+)/"', text(root.get(f"{PEOPLE}?{query}")))
        for query in ("", "q=P+W", "q=甲li", "role=rater", "q=nobody")
    }
    assert shown == {
        "": ["li", "root", "wang"],
        "q=P+W": ["wang"],
        "q=甲li": ["li"],
        "role=rater": ["li"],
        "q=nobody": [],
    }


def test_the_list_costs_as_much_for_many_people(
    root: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        someone(f"p{number}", Role.RATER, Role.AUDITOR)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        root.get(PEOPLE)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_comes_in(role: Role) -> None:
    client = browser(someone("li", role))
    assert client.get(PEOPLE).status_code == 403
    assert client.post(NEW, {**LI, "login": "x"}).status_code == 403
    assert client.post(of("li", "close/")).status_code == 403
    assert Person.objects.count() == 1


def test_the_pages_are_in_chinese_too(root: Client) -> None:
    someone("li", Role.RATER)
    page = text(root.get("/zh-hans/desk/people/accounts/li/"))
    for words in ("生成设置密码的链接", "授予角色", "指定代理人", "生效中"):
        assert words in page
