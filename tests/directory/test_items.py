"""Publishing, revising and ending items, and what everybody sees of them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.directory.people import AT, TODAY, actor, client, events
from tests.disclosure.cast import stage
from tests.disclosure.portal import words
from tests.rules.test_directory import DRAFT, GOOD

from almoner.directory.models import ItemFile, PastVersion, ServiceItem
from almoner.directory.operations import end_item, publish_item, revise_item
from almoner.directory.queries import ItemFilter, found_items, versions_of
from almoner.rules.directory import TEST, TEXTS, Answer, refuse_list
from almoner.rules.refusal import Refused
from almoner.rules.roles import Role

pytestmark = pytest.mark.django_db
SUPERVISOR = actor(Role.SUPERVISOR, "11440106CIVIL00001", "lin")
OTHERS = [role for role in Role if role is not Role.SUPERVISOR]
LATER = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)


def publish(**facts: Any) -> ServiceItem:
    return publish_item(actor=SUPERVISOR, at=AT, draft=replace(DRAFT, **facts))


def refused(do: Any, *arguments: Any, **options: Any) -> Refused:
    """The refusal; nothing may have been written."""
    before = (ServiceItem.objects.count(), PastVersion.objects.count(), len(events("item.publish")))
    with pytest.raises(Refused) as caught:
        do(*arguments, **options)
    after = (ServiceItem.objects.count(), PastVersion.objects.count(), len(events("item.publish")))
    assert before == after
    return caught.value


def test_an_item_is_published_with_its_texts_and_its_test() -> None:
    item = publish()
    assert (item.content, item.valid_from, item.valid_to) == (DRAFT.content, TODAY, None)
    assert item.file.test["market"] == {"choice": "several", "reason": "because"}
    [event] = events("item.publish")
    assert (event.actor, event.role, event.subject_id) == ("lin", "supervisor", "A0305")
    after = json.loads(event.after)
    assert after["content"] == DRAFT.content and after["test"]["duty"]["choice"] == "owed"


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_publishes(role: Role) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        publish_item(actor=actor(role), at=AT, draft=DRAFT)


def test_what_the_refuse_list_forbids_is_refused_with_words_and_source() -> None:
    found = refused(publish, content="Users report to the officer")
    assert (found.code, found.field) == ("item_enforces", "content")
    assert found.values["words"] == "report to the officer"
    assert found.values["source"] == refuse_list().enforcement.source
    with translation.override("zh-hans"):
        found = refused(publish, declared=frozenset({"financing"}))
    assert (found.code, found.field) == ("item_refused_kind", "declared_financing")
    assert "第102号" in found.values["source"]


def test_it_begins_today_at_the_earliest_as_the_day_is_in_shanghai() -> None:
    late = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # 1 July, 0:00 in Shanghai
    assert refused(publish, valid_from=TODAY - timedelta(1)).code == "item_backdated"
    assert publish_item(actor=SUPERVISOR, at=late, draft=DRAFT).valid_from == TODAY


def test_a_code_is_taken_once() -> None:
    publish()
    assert refused(publish, name_en="Another").code == "item_exists"


def test_an_item_stands_below_one_that_is_there_and_never_below_itself() -> None:
    assert refused(publish, parent_code="A99").code == "item_unknown_parent"
    assert refused(publish, parent_code="A0305").code == "item_own_parent"
    publish()
    publish(code="A030501", parent_code="A0305")
    found = refused(revise, parent_code="A030501")
    assert (found.code, found.field) == ("item_own_parent", "parent_code")


def revise(at: datetime = LATER, version: int = 1, **facts: Any) -> ServiceItem:
    return revise_item(actor=SUPERVISOR, at=at, draft=replace(DRAFT, **facts), version=version)


def test_a_revision_keeps_what_was_said_with_its_days() -> None:
    publish()
    revise(fee_basis="by hour")
    revise(LATER + timedelta(30), 2, fee_basis="by case and hour")
    newest, middle, first = versions_of(ServiceItem.objects.get(pk="A0305"))
    assert (newest.number, newest.held_from, newest.replaced_on) == (3, date(2026, 8, 31), None)
    assert (middle.held_from, middle.replaced_on) == (date(2026, 8, 1), date(2026, 8, 31))
    assert (first.held_from, first.replaced_on) == (TODAY, date(2026, 8, 1))
    assert [one.said["fee_basis"] for one in (newest, middle, first)] == [
        "by case and hour",
        "by hour",
        DRAFT.fee_basis,
    ]
    event = events("item.revise")[0]
    assert json.loads(event.before)["fee_basis"] == DRAFT.fee_basis
    assert json.loads(event.after)["fee_basis"] == "by hour"


def test_the_first_day_of_an_item_stays_when_it_is_revised() -> None:
    publish()
    assert revise(name_en="New name").valid_from == TODAY


def test_an_item_from_elsewhere_is_revised_too() -> None:
    stage()  # A0301, without any file, since 2020
    draft = replace(DRAFT, code="A0301")
    revise_item(actor=SUPERVISOR, at=AT, draft=draft, version=1)
    newest, first = versions_of(ServiceItem.objects.get(pk="A0301"))
    assert (first.held_from, first.replaced_on, first.test) == (date(2020, 1, 1), TODAY, {})
    assert newest.held_from == TODAY and newest.test


def test_whoever_read_an_older_version_is_told() -> None:
    publish()
    revise(fee_basis="by hour")
    found = refused(revise, fee_basis="by day")
    assert (found.code, found.values["by"]) == ("edited_meanwhile", "lin")


def test_a_revision_is_judged_as_a_new_item_is() -> None:
    publish()
    assert refused(revise, content="law enforcement work").code == "item_enforces"
    assert refused(revise, test={}).code == "item_test_incomplete"
    assert refused(revise).code == "item_unchanged"
    assert refused(revise, valid_to=date(2026, 7, 31)).code == "item_end_too_early"
    assert revise(valid_to=date(2026, 8, 1)).valid_to == date(2026, 8, 1)


def end(valid_to: date, reason: str = "nobody needs it", at: datetime = LATER) -> ServiceItem:
    return end_item(actor=SUPERVISOR, at=at, code="A0305", valid_to=valid_to, reason=reason)


def test_an_item_ends_today_or_later_with_a_reason() -> None:
    publish()
    assert refused(end, date(2026, 7, 31)).code == "item_end_too_early"
    assert refused(end, date(2026, 8, 1), " ").code == "reason_missing"
    assert end(date(2026, 8, 1)).valid_to == date(2026, 8, 1)
    [event] = events("item.end")
    assert event.reason == "nobody needs it" and "2026-08-01" in event.after
    assert refused(end, date(2026, 9, 1), at=LATER + timedelta(1)).code == "item_over"
    assert refused(revise, LATER + timedelta(1), name_en="Back").code == "item_over"


def test_the_list_by_words_kind_and_state() -> None:
    publish()
    publish(code="B02", kind="auxiliary", valid_from=date(2026, 7, 2), name_en="Later")
    publish(code="C01", valid_to=TODAY)

    def codes(day: date = TODAY, **wanted: str) -> list[str]:
        return [item.code for item in found_items(ItemFilter(**wanted), day)]

    assert codes() == ["A0305", "B02", "C01"]
    assert codes(q="later") == codes(kind="auxiliary") == codes(state="not_yet") == ["B02"]
    assert codes(q="心理") == codes()
    assert codes(state="valid") == ["A0305", "C01"]
    assert codes(date(2026, 7, 2), state="ended") == ["C01"]
    assert codes(date(2026, 7, 2), state="valid") == ["A0305", "B02"]


FORM = {
    "code": "A0305",
    "parent_code": "",
    "kind": "public_service",
    "valid_from": "2026-07-01",
    "valid_to": "",
    **DRAFT.texts(),
    **GOOD,
    **{f"{name}_reason": "because" for name in TEST},
    **{f"declared_{kind.code}": "no" for kind in refuse_list().kinds},
}


@pytest.fixture
def supervisor(db: None) -> Client:
    return client("lin", Role.SUPERVISOR)


def test_a_supervisor_publishes_through_the_form(supervisor: Client) -> None:
    assert "Publish an item" in supervisor.get("/en/desk/directory/").content.decode()
    answer = supervisor.post("/en/desk/directory/new/", FORM)
    assert answer["Location"] == "/en/desk/directory/A0305/?done=item.publish"
    page = words(supervisor.get(answer["Location"]).content.decode())
    assert "The item is published." in page and "Government owes it to people" in page
    public = words(Client().get("/zh-hans/directory/A0305/").content.decode())
    assert "社区矫正帮扶" in public and "counselling" in public and "属于政府应尽的职责" in public


def test_the_form_names_everything_that_is_wrong_at_once(supervisor: Client) -> None:
    bad = FORM | {
        "content": "Users report to the officer",
        "name_zh": "矫正执法",
        "declared_staff": "yes",
        "gain": "less",
    }
    answer = supervisor.post("/en/desk/directory/new/", bad)
    page = words(answer.content.decode())
    assert answer.status_code == 422 and not ServiceItem.objects.exists()
    for text in ("“report to the officer”", "“矫正执法”", "art. 10 (5)", "speaks against buying"):
        assert text in page
    assert "source not verified" in page
    # Nothing that was typed is lost.
    assert "Users report to the officer" in answer.content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize("field", [*TEXTS, "name_en", "duty", "duty_reason", "declared_financing"])
def test_the_form_asks_for_every_field(supervisor: Client, field: str) -> None:
    answer = supervisor.post("/en/desk/directory/new/", FORM | {field: ""})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_a_supervisor_revises_and_ends_through_the_forms(supervisor: Client) -> None:
    publish()
    form = {name: FORM[name] for name in FORM if name not in ("code", "valid_from")}
    page = supervisor.get("/en/desk/directory/A0305/revise/").content.decode()
    assert 'name="version" value="1"' in page and "because" in page
    changed = form | {"fee_basis": "by hour", "version": "1"}
    answer = supervisor.post("/en/desk/directory/A0305/revise/", changed)
    assert answer["Location"] == "/en/desk/directory/A0305/?done=item.revise"
    public = words(Client().get("/en/directory/A0305/").content.decode())
    assert "by hour" in public and "Version 1, replaced on the day it began" in public
    assert supervisor.post("/en/desk/directory/A0305/revise/", changed).status_code == 409
    gone = {"valid_to": "2026-07-31", "reason": "no demand"}
    answer = supervisor.post("/en/desk/directory/A0305/end/", gone)
    assert answer["Location"] == "/en/desk/directory/A0305/?done=item.end"
    assert "31 July 2026" in words(Client().get("/en/directory/A0305/").content.decode())


def test_the_public_page_is_made_anew_after_each_change() -> None:
    publish()
    reader = client()
    assert "by case" in reader.get("/en/directory/A0305/").content.decode()
    revise(AT, fee_basis="by place")
    assert "by place" in reader.get("/en/directory/A0305/").content.decode()
    assert "no end set" in reader.get("/en/directory/").content.decode()
    end(TODAY, at=AT)
    assert "no end set" not in reader.get("/en/directory/").content.decode()


def test_public_pages_set_no_cookie_and_an_unknown_item_is_not_found() -> None:
    publish()
    for address in ("directory/", "directory/A0305/"):
        answer = client().get(f"/en/{address}")
        assert answer.status_code == 200 and not answer.cookies
    for address in ("directory/A9/", "directory/%00/"):
        assert client().get(f"/en/{address}").status_code == 404


def test_a_clerk_reads_the_directory_and_changes_nothing() -> None:
    publish()
    clerk = client("chen", Role.PURCHASER_CLERK, stage().purchaser.uscc)
    assert "Publish an item" not in clerk.get("/en/desk/directory/").content.decode()
    assert "Revise it" not in clerk.get("/en/desk/directory/A0305/").content.decode()
    assert clerk.get("/en/desk/directory/new/").status_code == 403
    assert clerk.get("/en/desk/directory/?format=csv").content.decode().count("A0305") == 1


def test_a_reason_of_the_test_is_kept_by_version() -> None:
    publish()
    test = {**DRAFT.test, "market": Answer("none", "nobody yet")}
    revise(test=test)
    newest, first = versions_of(ServiceItem.objects.get(pk="A0305"))
    assert newest.test["market"]["choice"] == "none" and first.test["market"]["choice"] == "several"
    assert ItemFile.objects.get().version == 2
