"""The pages of the log, as people of each part see them, in both languages."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.delivery.log_cast import CLIENT, NOW, Centre, actor, centre, hours_later, log, token
from tests.delivery.month_files import client_row, row, workbook
from tests.once import once_a_module

from almoner.accounts.models import Person
from almoner.delivery.models import ImportBatch, ServiceRecord, Session
from almoner.delivery.workbook import first_sheet
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
TODAY = "/en/desk/sessions/today/"
SignIn = Callable[[str], Client]


copies = once_a_module(centre)


@pytest.fixture
def there(copies: Callable[[], Centre], monkeypatch: pytest.MonkeyPatch) -> Centre:
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone(clock.timezone.get_default_timezone()))
    monkeypatch.setattr(clock, "today", lambda: NOW.date())
    return copies()


@pytest.fixture
def sign_in(there: Centre) -> SignIn:
    def one(login: str) -> Client:
        browser = Client()
        browser.force_login(Person.objects.get(login=login))
        return browser

    return one


def filled(there: Centre, **fields: Any) -> dict[str, Any]:
    sound = {
        "token": token(),
        "term": there.case.id,
        "day": "2026-06-30",
        "time": "09:00",
        "outcome": "client",
        "minutes": "60",
        "client_id": "k0012-3",
    }
    return {**sound, **fields}


def test_today_is_logged_in_one_page(there: Centre, sign_in: SignIn) -> None:
    zhou = sign_in("zhou")
    page = zhou.get(TODAY).content.decode()
    assert "Log this session" in page and 'name="token" value="R-' in page
    answer = zhou.post(TODAY, filled(there), HTTP_USER_AGENT="Mobi", follow=True)
    assert "It is logged" in answer.content.decode()
    line = Session.objects.get()
    assert (line.channel, line.client_id) == ("phone", "K0012-3")
    again = zhou.post(TODAY, filled(there))
    assert again.status_code == 302
    assert Session.objects.count() == 1


def test_the_last_entry_is_repeated_with_one_tap(there: Centre, sign_in: SignIn) -> None:
    log(there)
    zhou = sign_in("zhou")
    assert f"?again={token()}#log" in zhou.get(TODAY).content.decode()
    form = zhou.get(f"{TODAY}?again={token()}").context["form"]
    values = {name: form[name].value() for name in ("term", "outcome", "minutes", "client_id")}
    assert values == {
        "term": there.case.id,
        "outcome": "client",
        "minutes": 60,
        "client_id": "K0012-3",
    }
    assert form["time"].value().isoformat() == "17:00:00"
    assert form["token"].value() != token()


def test_terms_last_used_come_first(there: Centre, sign_in: SignIn) -> None:
    log(there, term_id=there.group.id)
    form = sign_in("zhou").get(TODAY).context["form"]
    assert [term.id for term in form.terms] == [there.group.id, there.case.id]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Ask the director of your centre"), ("zh-hans", "本中心负责人")],
)
def test_who_is_not_linked_is_told_whom_to_ask(
    sign_in: SignIn, language: str, sentence: str
) -> None:
    page = sign_in("new").get(f"/{language}/desk/sessions/today/")
    assert page.status_code == 200 and sentence in page.content.decode()
    assert sign_in("new").post(f"/{language}/desk/sessions/today/", {}).status_code == 200
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"client_id": "王小明"}, "client_id", "never a name"),
        ({"client_id": "13812345678"}, "client_id", "phone number"),
        ({"minutes": ""}, "minutes", "how many minutes"),
        ({"term": ""}, "term", "Choose what it was"),
        ({"outcome": ""}, "outcome", "whether it happened"),
        ({"outcome": "not"}, "why_not", "why it did not happen"),
        ({"outcome": "group"}, "participants", "how many people"),
        ({"day": "2026-07-01"}, "time", "has not come yet"),
    ],
)
def test_faults_stand_beside_their_field_and_nothing_is_lost(
    there: Centre, sign_in: SignIn, fields: dict[str, str], name: str, sentence: str
) -> None:
    answer = sign_in("zhou").post(TODAY, filled(there, **fields))
    assert answer.status_code in (409, 422)
    form = answer.context["form"]
    assert sentence in str(form.errors[name])
    assert form["token"].value() == token()
    assert "There is a problem" in answer.content.decode()
    assert not ServiceRecord.objects.exists()


def test_what_the_choice_makes_meaningless_is_not_read(there: Centre, sign_in: SignIn) -> None:
    sign_in("zhou").post(
        TODAY, filled(there, outcome="group", participants="9", why_not="logistics")
    )
    line = Session.objects.get()
    assert (line.client_id, line.attended, line.why_not, line.participants) == (None, None, None, 9)


def test_a_long_day_shows_a_box_to_tick(there: Centre, sign_in: SignIn) -> None:
    zhou, long = sign_in("zhou"), filled(there, time="00:00", minutes="601")
    page = zhou.post(TODAY, long).content.decode()
    assert 'name="sure"' in page and "601" in page
    zhou.post(TODAY, {**long, "sure": "on"})
    assert Session.objects.get().minutes == 601


def test_the_supervisor_ticks_and_confirms(there: Centre, sign_in: SignIn) -> None:
    for number in (1, 2, 3):
        log(there, number, hours_later(CLIENT, number))
    lead, address = sign_in("lead"), "/en/desk/sessions/confirm/"
    assert "3 sessions wait" in lead.get(address).content.decode()
    assert lead.post(address, {"ticked": "1", "all": [token(2)]}).status_code == 409
    lead.post(address, {"ticked": "1", "line": [token(1)], "all": [token(1), token(2), token(3)]})
    assert Session.objects.filter(confirmed_by="lead").count() == 1
    lead.post(address, {"everything": "1", "all": [token(2), token(3)]})
    assert Session.objects.filter(confirmed_by="lead").count() == 3


def test_a_line_is_corrected_from_its_page(there: Centre, sign_in: SignIn) -> None:
    log(there)
    for login, step in (("zhou", "correct"), ("lead", "correct-checked")):
        line = Session.objects.latest("entered_at", "id")
        browser = sign_in(login)
        address = f"/en/desk/sessions/lines/{line.id}/{step}/"
        assert address in browser.get(f"/en/desk/sessions/lines/{line.id}/").content.decode()
        assert browser.get(address).status_code == 200
        minutes = 45 if login == "zhou" else 40
        fields = filled(there, token=token(minutes), minutes=minutes, reason="Wrong clock.")
        assert browser.post(address, fields).status_code == 302
    page = sign_in("eye").get(f"/en/desk/sessions/lines/{token()}/").content.decode()
    assert page.count("Wrong clock.") == 2
    assert "Correct this line" not in page


def test_strangers_find_nothing(there: Centre, sign_in: SignIn) -> None:
    log(there)
    for login in ("wu", "rival"):
        assert sign_in(login).get(f"/en/desk/sessions/lines/{token()}/").status_code == 404
        assert token() not in sign_in(login).get("/en/desk/sessions/").content.decode()


def test_the_log_is_filtered_and_goes_to_a_file(there: Centre, sign_in: SignIn) -> None:
    log(there)
    log(there, 2, hours_later(CLIENT, 3), actor=actor("wu"), term_id=there.group.id)
    boss, address = sign_in("boss"), "/en/desk/sessions/"
    for query, found in (
        ("", {1, 2}),
        ("?month=2026-06", {1, 2}),
        ("?month=2026-05", set()),
        ("?worker=W-2", {2}),
        (f"?term={there.case.id}", {1}),
        ("?state=confirmed", set()),
        ("?state=waiting&worker=W-1", {1}),
        ("?month=x&term=x&state=x", {1, 2}),
    ):
        page = boss.get(f"{address}{query}").content.decode()
        assert {n for n in (1, 2) if token(n) in page} == found, query
    file = boss.get(f"{address}?worker=W-2&format=csv")
    assert token(2) in file.content.decode() and token(1) not in file.content.decode()
    assert boss.get(f"{address}?format=xlsx").content.startswith(b"PK")
    assert "because of logistics" in boss.get(address).content.decode()


def test_a_month_is_imported_in_the_browser(there: Centre, sign_in: SignIn) -> None:
    boss = sign_in("boss")
    template = boss.get("/en/desk/sessions/imports/template/C-1/")
    assert first_sheet(template.content)[1][3] == "01"
    assert boss.get("/en/desk/sessions/imports/template/C-2/").status_code == 404

    def send(*rows: Any) -> Any:
        file = SimpleUploadedFile("june.xlsx", workbook(*rows))
        address = "/en/desk/sessions/imports/upload/"
        return boss.post(address, {"contract": "C-1", "file": file}, follow=True)

    page = send(row(minutes="x"), client_row(client_id="王小明", time="10:00")).content.decode()
    assert "Row 2" in page and "Row 3" in page and "2 rows cannot be imported" in page
    assert "王小明" not in page and "into the log</button>" not in page
    page = send(client_row(), row(time="10:00")).content.decode()
    assert "Put 2 rows into the log" in page
    batch = ImportBatch.objects.get(rows__1__time="10:00", rows__0__minutes="60")
    at = f"/en/desk/sessions/imports/{batch.id}/"
    assert "are in the log" in boss.post(f"{at}apply/", follow=True).content.decode()
    assert boss.post(f"{at}apply/").status_code == 409
    assert "undone as a whole" in boss.post(f"{at}undo/", follow=True).content.decode()
    assert boss.post(f"{at}undo/").status_code == 409
    assert batch.id in sign_in("eye").get("/en/desk/sessions/imports/").content.decode()
    assert sign_in("rival").get(at).status_code == 404


def test_a_file_that_is_too_large_or_none_is_said(there: Centre, sign_in: SignIn) -> None:
    boss, address = sign_in("boss"), "/en/desk/sessions/imports/upload/"
    for content, sentence in ((b"0" * 2_000_001, "larger than 2 MB"), (b"", "no XLSX file")):
        file = io.BytesIO(content)
        file.name = "june.xlsx"
        answer = boss.post(address, {"contract": "C-1", "file": file})
        assert answer.status_code in (409, 422)
        assert sentence in answer.content.decode()


def test_a_director_links_staff_in_the_browser(there: Centre, sign_in: SignIn) -> None:
    from tests.delivery.log_cast import worker

    worker("W-3", there.on.provider)
    new = Person.objects.get(login="new")
    for login, place in (("boss", "sessions"), ("admin", "people")):
        browser, address = sign_in(login), f"/en/desk/{place}/workers/"
        fields = {"person": new.pk, "worker": "W-3"}
        assert "They are linked" in browser.post(address, fields, follow=True).content.decode()
        answer = browser.post(f"{address}W-3/unlink/", follow=True)
        assert "The link is ended" in answer.content.decode()
    assert "W-9" not in sign_in("boss").get("/en/desk/sessions/workers/").content.decode()


ADDRESSES = {
    TODAY: {"zhou", "wu", "new"},
    "/en/desk/sessions/": {"zhou", "wu", "new", "lead", "boss", "rival", "eye"},
    "/en/desk/sessions/confirm/": {"lead", "rival"},
    "/en/desk/sessions/imports/": {"zhou", "wu", "new", "lead", "boss", "rival", "eye"},
    "/en/desk/sessions/imports/upload/": {"boss", "rival"},
    "/en/desk/sessions/workers/": {"boss", "rival"},
    "/en/desk/people/workers/": {"admin"},
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_part_opens_its_own_pages(sign_in: SignIn, address: str) -> None:
    everybody = ("zhou", "wu", "new", "lead", "boss", "rival", "eye", "admin")
    opened = {login for login in everybody if sign_in(login).get(address).status_code == 200}
    assert opened == ADDRESSES[address]
    assert Client().get(address).status_code == 302
