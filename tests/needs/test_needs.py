"""Needs: raised by anybody, recorded and answered by the office of the place, seen by all."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from tests.directory.people import AT, TODAY, actor, client, events
from tests.disclosure.cast import Stage, area, organisation, stage
from tests.disclosure.portal import words
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.needs import operations, residents
from almoner.needs.models import Need, NeedFile, NeedSupport
from almoner.needs.queries import answer_due, need_by_code, open_needs, tasks_for
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission, Role

pytestmark = pytest.mark.django_db
TEXT = "Evening visits for Mrs Wang, 5 Lotus Lane"


copies = once_a_module(stage)
on = own_copy()


def clerk(on: Stage, login: str = "chen") -> Actor:
    return actor(Role.PURCHASER_CLERK, on.purchaser.uscc, login)


def elsewhere(on: Stage) -> Actor:
    """A clerk of another street of the same district."""
    street = area("440106002", "street", on.district, "石牌街道", "Shipai Sub-district")
    office = organisation("11440106PURCHASER2", "purchaser", "石牌", "Shipai Office", street)
    return actor(Role.PURCHASER_CLERK, office.uscc, "elsewhere")


def raised(on: Stage, **facts: Any) -> tuple[Need, str]:
    about = {"area_code": on.street.code, "text": TEXT, "target_group": "older"}
    return operations.raise_need(at=AT, **{**about, "service_item": None, **facts})


def record(by: Actor, on: Stage, **facts: Any) -> Need:
    given = {
        "area_code": on.street.code,
        "channel": "meeting",
        "raised_on": TODAY,
        "supporters": 12,
        "text": "A reading room",
        "target_group": "young",
        "service_item": "A0301",
    }
    return operations.record_need(actor=by, at=AT, **{**given, **facts})


def code_of(do: Any, *arguments: Any, **options: Any) -> str:
    """Why it is refused."""
    with pytest.raises(Refused) as caught:
        do(*arguments, **options)
    return caught.value.code


def test_a_resident_gets_a_code_of_which_only_the_hash_is_kept(on: Stage) -> None:
    need, code = raised(on)
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}", code)
    assert need.file.tracking_hash == residents.hash_of(code) != code
    for typed in (code.lower(), code.replace("-", ""), f" {code} "):
        assert need_by_code(residents.hash_of(typed)) == need
    assert need_by_code(residents.hash_of(code[:-1])) is None
    assert raised(on)[1] != code


def test_no_wording_and_no_code_reach_the_audit_record(on: Stage) -> None:
    need, code = raised(on)
    operations.show_wording(actor=clerk(on), at=AT, need_id=need.id, shown=TEXT)
    operations.hide_wording(actor=clerk(on), at=AT, need_id=need.id)
    record(clerk(on), on, text=TEXT)
    said = " ".join(f"{one.before}{one.after}{one.reason}" for one in Event.objects.all())
    assert "Wang" not in said and code not in said
    [event] = events("need.raise")
    assert (event.actor, event.role) == (residents.PUBLIC, residents.PUBLIC)


def test_the_wording_is_public_only_after_somebody_looked_at_it(on: Stage) -> None:
    need, _code = raised(on)
    reader = client()
    for address in ("/en/needs/", f"/en/needs/{need.id}/"):
        assert "Wang" not in reader.get(address).content.decode()
    clean = "Evening visits for people living alone"
    operations.show_wording(actor=clerk(on), at=AT, need_id=need.id, shown=clean)
    for address in ("/en/needs/", f"/en/needs/{need.id}/"):
        page = reader.get(address).content.decode()
        assert clean in page and "Wang" not in page
    operations.hide_wording(actor=clerk(on), at=AT, need_id=need.id)
    for address in ("/en/needs/", f"/en/needs/{need.id}/"):
        assert clean not in reader.get(address).content.decode()
    assert NeedFile.objects.get().text == TEXT


def test_a_browser_supports_once_and_until_the_answer(on: Stage) -> None:
    need, _code = raised(on)
    support = operations.support_need
    support(at=AT, need_id=need.id, browser="one")
    assert code_of(support, at=AT, need_id=need.id, browser="one") == "already_supported"
    support(at=AT, need_id=need.id, browser="two")
    assert Need.objects.get().supporters == 3
    operations.answer_need(actor=clerk(on), at=AT, need_id=need.id, answer="Yes, in March")
    assert code_of(support, at=AT, need_id=need.id, browser="three") == "need_answered"
    assert Need.objects.get().supporters == 3 and NeedSupport.objects.count() == 2


def test_one_browser_is_not_recognised_across_needs(on: Stage) -> None:
    for _turn in range(2):
        operations.support_need(at=AT, need_id=raised(on)[0].id, browser="one")
    assert len(set(NeedSupport.objects.values_list("browser_hash", flat=True))) == 2


def test_a_need_without_known_supporters_begins_to_count(on: Stage) -> None:
    Need.objects.create(id="N-1", area=on.street, channel="paper", raised_on=TODAY)
    operations.support_need(at=AT, need_id="N-1", browser="one")
    assert Need.objects.get().supporters == 1


def test_a_clerk_records_what_was_said_elsewhere(on: Stage) -> None:
    need = record(clerk(on), on)
    assert (need.channel, need.supporters, need.file.entered_by) == ("meeting", 12, "chen")
    [event] = events("need.record")
    assert (event.actor, event.role, event.subject_id) == ("chen", "purchaser_clerk", need.id)


def test_recording_stays_in_the_clerks_area_in_the_past_and_offline(on: Stage) -> None:
    by = clerk(on)
    assert code_of(record, by, on, area_code=on.district.code) == "need_not_here"
    assert code_of(record, elsewhere(on), on) == "need_not_here"
    assert code_of(record, by, on, raised_on=date(2026, 7, 2)) == "need_raised_later"
    assert code_of(record, by, on, channel="online") == "need_not_online"
    assert code_of(record, by, on, text=" ") == "text_missing"
    assert code_of(record, actor(Role.AUDITOR), on) == "not_permitted"
    assert not Need.objects.exists() and not events("need.record")


def test_an_office_of_the_district_serves_every_street_of_it(on: Stage) -> None:
    office = organisation("11440106PURCHASER3", "purchaser", "区", "District", on.district)
    by = actor(Role.PURCHASER_CLERK, office.uscc)
    assert record(by, on).area == on.street
    assert record(by, on, area_code=on.district.code).area == on.district


def test_a_need_is_answered_once(on: Stage) -> None:
    need = record(clerk(on), on)
    answer = operations.answer_need
    assert code_of(answer, actor=clerk(on), at=AT, need_id=need.id, answer="") == "text_missing"
    other = elsewhere(on)
    assert code_of(answer, actor=other, at=AT, need_id=need.id, answer="No") == "need_not_here"
    late = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)  # 2 July in Shanghai
    answer(actor=clerk(on), at=late, need_id=need.id, answer="Yes")
    need.refresh_from_db()
    assert (need.answered_on, need.answer) == (date(2026, 7, 2), "Yes")
    again = code_of(answer, actor=clerk(on, "tan"), at=late, need_id=need.id, answer="No")
    assert again == "need_answered" and len(events("need.answer")) == 1


def test_a_need_from_elsewhere_has_no_wording_to_show(on: Stage) -> None:
    Need.objects.create(id="N-1", area=on.street, channel="paper", raised_on=TODAY)
    show = operations.show_wording
    refused = code_of(show, actor=clerk(on), at=AT, need_id="N-1", shown="x")
    assert refused == "need_without_wording"


def test_an_answer_is_due_thirty_days_after_a_need_was_raised() -> None:
    assert answer_due(date(2026, 7, 1)) == date(2026, 7, 31)


def test_open_needs_come_best_supported_first_and_only_from_the_places(on: Stage) -> None:
    few, many = record(clerk(on), on, supporters=2), record(clerk(on), on, supporters=30)
    answered = record(clerk(on), on)
    operations.answer_need(actor=clerk(on), at=AT, need_id=answered.id, answer="Done")
    assert open_needs([on.street.code]) == [many, few]
    assert open_needs([on.district.code]) == []


def test_the_tasks_of_a_clerk_are_the_open_needs_of_the_area(on: Stage) -> None:
    need, _code = raised(on)
    record(clerk(on), on, raised_on=date(2026, 6, 1))
    oldest, newest = tasks_for(clerk(on), AT)
    assert (oldest.due_on, newest.due_on) == (date(2026, 7, 1), date(2026, 7, 31))
    assert need.id in newest.about and newest.url == f"/en/desk/needs/{need.id}/"
    assert tasks_for(elsewhere(on), AT) == []
    assert tasks_for(actor(Role.AUDITOR), AT) == []


SAY = {"area": "440106001", "text": TEXT, "target_group": "older", "service_item": ""}


def test_the_code_is_shown_once(on: Stage) -> None:
    browser = client()
    answer = browser.post("/en/needs/new/", SAY)
    assert answer["Location"] == "/en/needs/received/"
    shown = browser.get("/en/needs/received/").content.decode()
    code = re.search(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", shown)
    assert code and Need.objects.get().id in shown
    again = browser.get("/en/needs/received/").content.decode()
    assert code[0] not in again and "shown already" in again
    tracked = browser.post("/en/needs/track/", {"code": code[0].lower()}).content.decode()
    assert "Mrs Wang" in tracked and "Nobody has looked at it yet" in tracked
    assert browser.post("/en/needs/track/", {"code": "nonsense"}).status_code == 409


@pytest.mark.parametrize("field", ["area", "text", "target_group"])
def test_the_form_says_what_is_missing(on: Stage, field: str) -> None:
    answer = client().post("/zh-hans/needs/new/", SAY | {field: ""})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert not Need.objects.exists()


def test_what_fills_in_the_hidden_field_is_stopped(on: Stage) -> None:
    answer = client().post("/en/needs/new/", SAY | {"website": "spam.example"})
    assert answer.status_code == 422 and not Need.objects.exists()
    assert "has to stay empty" in answer.content.decode()


@pytest.mark.one_database
def test_a_flood_from_one_address_is_stopped_and_the_address_not_kept(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    counts = caches["limits"]
    add = counts.add
    monkeypatch.setattr(counts, "add", lambda key, *rest: kept.append(key) or add(key, *rest))
    browser = client()
    statuses = [browser.post("/en/needs/new/", SAY).status_code for _turn in range(21)]
    assert statuses == [302] * 20 + [409]
    assert client_from("10.0.0.9").post("/en/needs/new/", SAY).status_code == 302
    assert kept and not any("127.0.0.1" in key for key in kept)


def client_from(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


@pytest.mark.one_database
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(on: Stage, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    def send(forwarded: str) -> int:
        return (
            client_from("10.0.0.1")
            .post("/en/needs/new/", SAY, headers={"x-forwarded-for": forwarded})
            .status_code
        )

    # Whatever a sender claims comes first, and does not help.
    assert {send(f"1.2.3.{turn}, 203.0.113.7") for turn in range(20)} == {302}
    assert send("9.9.9.9, 203.0.113.7") == 409
    assert send("203.0.113.8") == 302


def test_csrf_is_asked_for(on: Stage) -> None:
    strict = Client(enforce_csrf_checks=True)
    need, _code = raised(on)
    for address in ("needs/new/", "needs/track/", f"needs/{need.id}/support/"):
        assert strict.post(f"/en/{address}", SAY).status_code == 403


def test_support_through_the_browser_counts_once(on: Stage) -> None:
    need, _code = raised(on)
    browser = client()
    answer = browser.post(f"/en/needs/{need.id}/support/")
    assert answer["Location"] == f"/en/needs/{need.id}/?supported=1"
    assert browser.post(f"/en/needs/{need.id}/support/").status_code == 409
    assert Client().post(f"/en/needs/{need.id}/support/").status_code == 302
    forged = Client()
    forged.cookies["browser"] = "forged:signature"
    assert forged.post(f"/en/needs/{need.id}/support/").status_code == 302
    assert Need.objects.get().supporters == 4


def test_the_public_list_sets_no_cookie_and_is_made_anew(on: Stage) -> None:
    reader = client()
    answer = reader.get("/en/needs/")
    assert answer.status_code == 200 and not answer.cookies
    record(clerk(on), on)
    assert "1 need" in words(reader.get("/en/needs/").content.decode())
    assert "0 needs" in words(reader.get("/en/needs/?state=answered").content.decode())
    assert "1 need" in words(reader.get("/en/needs/?area=440106&item=A0301").content.decode())


def test_a_late_answer_shows(on: Stage) -> None:
    record(clerk(on), on, raised_on=date(2026, 6, 1))  # due today
    assert "No answer" not in words(client().get("/en/needs/").content.decode())
    record(clerk(on), on, raised_on=date(2026, 5, 31))
    assert "was due 30 June 2026" in words(client().get("/en/needs/").content.decode())


def test_the_desk_is_scoped_to_the_area(on: Stage) -> None:
    need, _code = raised(on)
    mine = client("chen", Role.PURCHASER_CLERK, on.purchaser.uscc)
    theirs = client("far", Role.PURCHASER_CLERK, elsewhere(on).held[0].body)
    reads = client("auditor", Role.AUDITOR)
    page = mine.get(f"/en/desk/needs/{need.id}/").content.decode()
    assert "Mrs Wang" in page and "Answer it" in page
    assert theirs.get(f"/en/desk/needs/{need.id}/").status_code == 404
    assert theirs.post(f"/en/desk/needs/{need.id}/answer/", {"answer": "x"}).status_code == 404
    assert need.id not in theirs.get("/en/desk/needs/").content.decode()
    assert "Answer it" not in reads.get(f"/en/desk/needs/{need.id}/").content.decode()
    assert reads.get("/en/desk/needs/new/").status_code == 403


def test_a_clerk_shows_hides_and_answers_through_the_pages(on: Stage) -> None:
    need, _code = raised(on)
    mine = client("chen", Role.PURCHASER_CLERK, on.purchaser.uscc)
    desk = f"/en/desk/needs/{need.id}/"
    assert "Mrs Wang" in mine.get(f"{desk}show/").content.decode()
    answer = mine.post(f"{desk}show/", {"shown": "Evening visits"})
    assert answer["Location"] == f"{desk}?done=need.show"
    assert mine.post(f"{desk}hide/")["Location"] == f"{desk}?done=need.hide"
    answer = mine.post(f"{desk}answer/", {"answer": "From March on."})
    assert answer["Location"] == f"{desk}?done=need.answer"
    assert "From March on." in Client().get(f"/zh-hans/needs/{need.id}/").content.decode()
    assert mine.post(f"{desk}answer/", {"answer": "No."}).status_code == 409


def test_a_clerk_records_through_the_form(on: Stage) -> None:
    mine = client("chen", Role.PURCHASER_CLERK, on.purchaser.uscc)
    form = SAY | {"channel": "paper", "raised_on": "2026-06-20", "supporters": "40"}
    answer = mine.post("/en/desk/needs/new/", form)
    need = Need.objects.get()
    assert answer["Location"] == f"/en/desk/needs/{need.id}/?done=need.record"
    assert (need.channel, need.supporters, need.raised_on) == ("paper", 40, date(2026, 6, 20))
    for bad in ({"channel": "online"}, {"supporters": "0"}, {"area": "440106"}):
        assert mine.post("/en/desk/needs/new/", form | bad).status_code == 422


def test_only_the_clerk_of_the_roles_records_needs() -> None:
    assert [role for role in Role if actor(role).may(Permission.NEED_RECORD)] == [
        Role.PURCHASER_CLERK
    ]
