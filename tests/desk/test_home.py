"""The desk's first page and its search."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from tests.desk.conftest import TODAY, browser, someone

from almoner.desk import queries
from almoner.disclosure.models import SearchEntry, SearchToken
from almoner.rules.roles import Actor, Role
from almoner.web.tasks import Task

DESK, FIND = "/en/desk/", "/en/desk/search/"


def task(about: str, due_on: date | None = None) -> Task:
    return Task(_("Publish the tender"), about, due_on, reverse("account"))


TASKS = [
    task("whenever"),
    task("later", date(2026, 7, 2)),
    task("today", TODAY),
    task("overdue", date(2026, 6, 30)),
]


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """What the stages have for whoever asks."""
    found = list(TASKS)

    def source(actor: Actor, at: datetime) -> list[Task]:
        return found if actor.login == "li" else []

    monkeypatch.setattr(queries, "SOURCES", (source, lambda actor, at: []))
    return found


@pytest.fixture
def li() -> Client:
    return browser(someone("li", Role.RATER))


def shown(client: Client, query: str = "", language: str = "en") -> list[str]:
    """What the tasks on the page are about, in order."""
    page = client.get(f"/{language}/desk/?{query}").content.decode()
    names = [one.about for one in TASKS]
    found = {page.find(f">{name}</td>"): name for name in names if f">{name}</td>" in page}
    return [found[at] for at in sorted(found)]


def test_tasks_stand_by_deadline_and_those_without_come_last(tasks: Any, li: Client) -> None:
    assert shown(li) == ["overdue", "today", "later", "whenever"]
    page = li.get(DESK).content.decode()
    assert page.count('<span class="tag bad">Overdue</span>') == 1
    assert "1 task is overdue." in page and "4 tasks, the most urgent first" in page


def test_they_are_filtered_by_words_and_by_being_overdue(tasks: Any, li: Client) -> None:
    assert shown(li, "text=LATER") == ["later"]
    assert shown(li, "text=publish+tender+today") == ["today"]
    assert shown(li, "overdue=on") == ["overdue"]
    assert shown(li, "overdue=on&text=today") == []
    assert "No task matches." in li.get(f"{DESK}?text=nothing").content.decode()
    assert shown(li, "text=发布+today", "zh-hans") == ["today"]
    assert shown(li, f"text={'x' * 101}") == ["overdue", "today", "later", "whenever"]


def test_many_tasks_come_in_pages(tasks: list[Task], li: Client) -> None:
    tasks[:] = [task(f"number {number}") for number in range(51)]
    assert li.get(DESK).content.decode().count(">number ") == 50
    assert li.get(f"{DESK}?page=2").content.decode().count(">number ") == 1


def test_whoever_has_nothing_to_do_is_told_so_in_both_languages(tasks: Any) -> None:
    client = browser(someone("wang"))
    assert "Nothing waits for you." in client.get(DESK).content.decode()
    assert "上方各栏目" in client.get("/zh-hans/desk/").content.decode()


def test_the_sections_are_those_that_somebody_may_open(li: Client, root: Client) -> None:
    mine, theirs = (client.get(DESK).content.decode() for client in (li, root))
    assert "/en/desk/people/" in theirs and "/en/desk/people/" not in mine
    assert 'aria-current="page">My tasks' in mine


ON_BOTH_DATABASES = (
    Role.SUPERVISOR,
    Role.PROVIDER_DIRECTOR,
    Role.PROVIDER_SUPERVISOR,
    Role.SOCIAL_WORKER,
    Role.PANEL_MEMBER,
    Role.ADMINISTRATOR,
)
"""Between them they are offered every section."""


@pytest.mark.parametrize(
    "role",
    [
        *ON_BOTH_DATABASES,
        *(
            pytest.param(role, marks=pytest.mark.one_database)
            for role in (None, *Role)
            if role not in ON_BOTH_DATABASES
        ),
    ],
)
def test_every_section_that_is_offered_opens(role: Role | None) -> None:
    import re

    client = browser(someone("li", *([role] if role else [])))
    page = client.get(DESK).content.decode()
    nav = page[page.index('<nav class="sections') :].split("</nav>")[0]
    addresses = re.findall('href="([^"]+)"', nav)
    assert DESK in addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def _entry(kind: str, ref: str, title: str) -> None:
    entry = SearchEntry.objects.create(kind=kind, ref=ref, title_zh="北街", title_en=title)
    SearchToken.objects.create(entry=entry, token="north")


def test_finding_leads_to_what_somebody_may_read(li: Client, root: Client) -> None:
    someone("north")
    _entry("contract", "C-1", "North Street")
    _entry("evaluator", "E 1", "North Agency")
    page = root.get(FIND, {"q": "north"}).content.decode()
    assert "/en/desk/people/accounts/north/" in page
    assert "/en/contracts/C-1/" in page and "/en/evaluations/?agency=E+1" in page
    theirs = li.get(FIND, {"q": "north"}).content.decode()
    assert "/en/contracts/C-1/" in theirs and "/en/desk/people/accounts/north/" not in theirs


def test_finding_nothing_asks_for_other_words(li: Client) -> None:
    page = li.get(FIND, {"q": "<b>nowhere"}).content.decode()
    assert "Nothing that you may read was found for “&lt;b&gt;nowhere”" in page
    assert "未找到" in li.get("/zh-hans/desk/search/", {"q": "无"}).content.decode()
    assert "Enter an id or words" in li.get(FIND, {"q": " "}).content.decode()
    assert "was found" not in li.get(FIND).content.decode()


def test_of_many_the_first_are_shown_and_the_number_is_said(root: Client) -> None:
    for number in range(11):
        someone(f"north{number}")
    page = root.get(FIND, {"q": "north"}).content.decode()
    assert page.count("/en/desk/people/accounts/north") == 10
    assert "The first 10 of 11." in page


def test_the_desk_asks_for_signing_in() -> None:
    for address in (DESK, FIND):
        assert Client().get(address)["Location"] == f"/en/sign-in/?next={address}"


@pytest.mark.parametrize(
    "role",
    [
        Role.ADMINISTRATOR,
        *(
            pytest.param(role, marks=pytest.mark.one_database)
            for role in Role
            if role is not Role.ADMINISTRATOR
        ),
    ],
)
def test_everybody_can_search_whatever_their_role(role: Role) -> None:
    client = browser(someone("li", role))
    assert client.get(FIND, {"q": "C-1 %_'"}).status_code == 200
