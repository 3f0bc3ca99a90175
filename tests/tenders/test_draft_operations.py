"""From draft to published tender: who may, what stops it, what is written, what is recorded."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from tests.disclosure.cast import contract
from tests.once import once_a_module, own_copy
from tests.tenders.draft_cast import (
    DAY,
    MONEY,
    NOW,
    Cast,
    cast,
    consulted,
    content,
    draft,
    published,
    submitted,
)

from almoner.audit.models import Event
from almoner.audit.queries import deeds
from almoner.needs.models import Need
from almoner.notices.models import Notice
from almoner.rules.refusal import Refused
from almoner.rules.tender import read
from almoner.rules.workflow import TenderState
from almoner.tenders.models import RegisterEntry, RegisterKind, Tender, TenderFile
from almoner.tenders.operations import drafting, registers
from almoner.tenders.queries.drafting import (
    bought_already,
    choices_for,
    facts_of,
    suggestions,
    tasks_for,
    tender_rows,
)
from almoner.tenders.queries.files import content_of, file_for, state_of

pytestmark = pytest.mark.django_db

copies = once_a_module(cast)
made = own_copy()


def _refused(code: str, do: Any, **arguments: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        do(at=NOW, **arguments)
    assert refusal.value.code == code
    return refusal.value


def test_a_tender_is_published_as_a_row_with_its_criteria(made: Cast) -> None:
    file = published(made)
    assert state_of(file) is TenderState.PUBLISHED
    tender = Tender.objects.get(pk=file.pk)
    assert (tender.purchaser_id, tender.service_item, tender.area_id, tender.method) == (
        *(made.office, "A0301", "440106001", "open"),
    )
    assert tender.published_at == NOW
    assert tender.bid_deadline == NOW + timedelta(days=22)
    assert (tender.ceiling_fen, tender.required_staff) == (200_000_000, Decimal(14))
    assert tender.required_direct_hours == Decimal("21268.8")
    assert (tender.demand_survey_respondents, tender.users_consulted) == (3, 1)
    assert tender.intention_published_on is None
    criteria = tender.criteria.order_by("code").values_list("code", "kind", "weight")
    assert list(criteria) == [
        ("1", "price", 20),
        ("2", "quality", 30),
        ("3", "outcome", 25),
        ("4", "staffing", 15),
        ("5", "experience", 10),
    ]
    assert list(Notice.objects.values_list("kind", "subject_id")) == [("tender", file.pk)]
    assert [kind for kind, _login in deeds("tenders", file.pk)] == [
        "tender.draft",
        *["tender.consult"] * 4,
        "tender.submit",
        "tender.publish",
    ]
    assert content_of(file).ceiling_fen == 200_000_000


def test_direct_hours_that_nobody_knows_yet_stay_unknown(made: Cast) -> None:
    line = {"code": "1", "group": "direct", "type": "x", "category": "", "formula": "X hour"}
    file = published(made, terms=[line])
    assert Tender.objects.get(pk=file.pk).required_direct_hours is None


def test_only_the_reasons_that_are_needed_are_published(made: Cast) -> None:
    file = published(made, reasons={"N02": "Urgent.", "P06": "Not needed at all."})
    assert content_of(file).reasons == {"N02": "Urgent."}


@pytest.mark.parametrize(
    ("changes", "market", "users", "codes"),
    [
        ({}, 2, 1, ("P04",)),
        ({}, 3, 0, ("P05",)),
        ({"bid_deadline": "2026-07-21T16:59"}, 3, 1, ("T02",)),
        ({"ceiling": "2000000.01"}, 3, 1, ("P02",)),
        ({"panel_size": "4"}, 3, 1, ("panel.members", "panel.odd")),
        ({"service_item": "Z99"}, 3, 1, ("P01",)),
        ({"ends_on": "2027-09-01"}, 3, 1, ("C03",)),
    ],
)
def test_a_law_stops_it(
    made: Cast, changes: dict[str, Any], market: int, users: int, codes: tuple[str, ...]
) -> None:
    file = draft(made, **changes)
    consulted(made, file, market, users)
    before = Event.objects.count()
    refusal = _refused("check_failed", drafting.submit, actor=made.actor("clerk"), file_id=file.pk)
    assert tuple(refusal.values["checks"]) == codes
    file.refresh_from_db()
    assert state_of(file) is TenderState.DRAFT and Event.objects.count() == before


def test_half_a_draft_is_kept_and_not_sent(made: Cast) -> None:
    file = draft(made, specification="", ceiling="a lot")
    assert file.content["ceiling"] == "a lot"
    refusal = _refused(
        "tender_incomplete", drafting.submit, actor=made.actor("clerk"), file_id=file.pk
    )
    assert tuple(refusal.values["fields"]) == ("ceiling", "specification")


def test_advice_wants_a_reason(made: Cast) -> None:
    contract(made.on, starts_on=date(2026, 1, 1), ends_on=date(2026, 9, 1))
    file = draft(made)  # from 2026-09-01: one day is shared
    consulted(made, file)
    refusal = _refused(
        "tender_reason_missing", drafting.submit, actor=made.actor("clerk"), file_id=file.pk
    )
    assert tuple(refusal.values["checks"]) == ("P06",)


def test_days_that_pass_before_publication_count(made: Cast) -> None:
    file = submitted(made)
    late = NOW + timedelta(days=2, seconds=1)  # 22 days were left, 20 less a second remain
    with pytest.raises(Refused) as refusal:
        drafting.publish(actor=made.actor("signatory"), at=late, file_id=file.pk)
    assert tuple(refusal.value.values["checks"]) == ("T02",)
    assert not Tender.objects.exists()
    drafting.publish(actor=made.actor("signatory"), at=NOW + timedelta(days=2), file_id=file.pk)


def test_whoever_wrote_it_may_not_publish_it(made: Cast) -> None:
    from almoner.accounts.operations import grant_role
    from almoner.rules.roles import Role

    grant_role(
        actor="t",
        at=NOW,
        person=made.people["clerk2"],
        role=Role.PURCHASER_SIGNATORY,
        organisation_uscc=made.office,
        from_on=DAY,
    )
    file = draft(made)
    consulted(made, file)
    drafting.save(
        actor=made.actor("clerk2"),
        at=NOW,
        file_id=file.pk,
        version=1,
        content=content(made.on, specification="Other words."),
    )
    drafting.submit(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    _refused("same_person", drafting.publish, actor=made.actor("clerk2"), file_id=file.pk)
    _refused("not_permitted", drafting.publish, actor=made.actor("clerk"), file_id=file.pk)
    drafting.publish(actor=made.actor("signatory"), at=NOW, file_id=file.pk)
    _refused("wrong_state", drafting.publish, actor=made.actor("signatory"), file_id=file.pk)


def test_nobody_of_another_office_may_write(made: Cast) -> None:
    file = draft(made)
    _refused(
        "not_permitted",
        drafting.save,
        actor=made.actor("stranger"),
        file_id=file.pk,
        version=1,
        content={},
    )
    assert file_for(made.actor("stranger"), file.pk) is None
    assert file_for(made.actor("auditor"), file.pk) == file
    assert file_for(made.actor("supervisor"), file.pk) == file
    assert file_for(made.actor("clerk"), "none") is None
    assert file_for(made.actor("clerk"), "a\0b") is None
    rows = {login: len(tender_rows(made.actor(login))) for login in made.people}
    assert rows == {
        "clerk": 1,
        "clerk2": 1,
        "signatory": 1,
        "stranger": 0,
        "supervisor": 1,
        "auditor": 1,
    }


def test_a_version_that_was_saved_meanwhile_is_not_overwritten(made: Cast) -> None:
    file = draft(made)
    save = {"at": NOW, "file_id": file.pk, "version": 1}
    theirs = content(made.on, specification="Theirs.")
    drafting.save(actor=made.actor("clerk2"), content=theirs, **save)
    with pytest.raises(Refused) as refusal:
        drafting.save(actor=made.actor("clerk"), content=content(made.on), **save)
    assert (refusal.value.code, refusal.value.values["by"]) == ("edited_meanwhile", "clerk2")
    same = drafting.save(actor=made.actor("clerk"), content=theirs, **save)
    assert (same.version, same.saved_by) == (2, "clerk2")
    assert [kind for kind, _ in deeds("tenders", file.pk)] == ["tender.draft", "tender.save"]


def test_a_draft_has_its_bounds(made: Cast) -> None:
    file = draft(made)
    arguments = {"actor": made.actor("clerk"), "file_id": file.pk, "version": 1}
    room = drafting.MOST_CHARACTERS - len('{"specification": ""}')
    _refused(
        "draft_too_long", drafting.save, content={"specification": "x" * (room + 1)}, **arguments
    )
    drafting.save(at=NOW, content={"specification": "x" * room}, **arguments)


def test_returned_with_a_reason_and_sent_again(made: Cast) -> None:
    file = submitted(made)
    signatory = made.actor("signatory")
    _refused("reason_missing", drafting.send_back, actor=signatory, file_id=file.pk, reason=" ")
    drafting.send_back(actor=signatory, at=NOW, file_id=file.pk, reason="Say who is meant.")
    file.refresh_from_db()
    assert (state_of(file), file.returned_reason) == (TenderState.DRAFT, "Say who is meant.")
    assert [task.url for task in tasks_for(made.actor("clerk"), NOW)] != []
    again = drafting.submit(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    assert again.returned_reason == ""
    assert tasks_for(made.actor("clerk"), NOW) == []
    assert len(tasks_for(signatory, NOW)) == 1


def test_cancelled_and_tendered_again(made: Cast) -> None:
    file = published(made)
    _refused("wrong_state", drafting.again, actor=made.actor("clerk"), file_id=file.pk)
    _refused(
        "reason_missing",
        drafting.cancel,
        actor=made.actor("signatory"),
        file_id=file.pk,
        reason="",
    )
    drafting.cancel(
        actor=made.actor("signatory"), at=NOW, file_id=file.pk, reason="The money is gone."
    )
    file.refresh_from_db()
    assert state_of(file) is TenderState.CANCELLED
    assert Notice.objects.filter(kind="termination", subject_id=file.pk).count() == 1
    new = drafting.again(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    assert (new.replaces_id, state_of(new)) == (file.pk, TenderState.DRAFT)
    assert new.content["specification"] == file.content["specification"]
    assert new.content["bid_deadline"] == "" and new.register.count() == 4
    _refused("tendered_again", drafting.again, actor=made.actor("clerk"), file_id=file.pk)


def test_an_intention_is_announced_once_with_what_it_says(made: Cast) -> None:
    unnamed = draft(made, title_en="")
    refusal = _refused(
        "tender_incomplete", drafting.intend, actor=made.actor("clerk"), file_id=unnamed.pk
    )
    assert tuple(refusal.values["fields"]) == ("title_en",)
    file = draft(made, specification="")
    drafting.intend(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    _refused("intention_announced", drafting.intend, actor=made.actor("clerk"), file_id=file.pk)
    file.refresh_from_db()
    assert file.intention_published_on == DAY and file.intended["area"] == "440106001"
    assert Notice.objects.get().kind == "intention"


def test_the_registers_count_each_once_and_nobody_of_tomorrow(made: Cast) -> None:
    file = draft(made)
    entry = {"file_id": file.pk, "actor": made.actor("clerk"), "said": "x"}
    market = {"kind": RegisterKind.MARKET, "respondent": "Mingxin"}
    registers.enter(at=NOW, asked_on=DAY, **market, **entry)
    _refused("asked_already", registers.enter, asked_on=DAY, **market, **entry)
    users = {"kind": RegisterKind.USERS, "respondent": "Mingxin"}
    tomorrow = DAY + timedelta(days=1)
    _refused("asked_later", registers.enter, asked_on=tomorrow, **users, **entry)
    there = RegisterEntry.objects.get()
    _refused(
        "not_permitted",
        registers.strike,
        actor=made.actor("stranger"),
        file_id=file.pk,
        entry_id=there.pk,
    )
    registers.strike(actor=made.actor("clerk"), at=NOW, file_id=file.pk, entry_id=there.pk)
    _refused(
        "no_such_entry",
        registers.strike,
        actor=made.actor("clerk"),
        file_id=file.pk,
        entry_id=there.pk,
    )
    consulted(made, file)
    drafting.submit(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    _refused("wrong_state", registers.enter, asked_on=DAY, **market, **entry)


def test_needs_are_linked_as_they_are_named(made: Cast) -> None:
    for id in ("N-1", "N-2"):
        Need.objects.create(id=id, area=made.on.street, channel="paper", raised_on=DAY)
    file = draft(made, needs=["N-1", "gone"])
    assert list(file.needs.values_list("need_id", flat=True)) == ["N-1"]
    drafting.save(
        actor=made.actor("clerk"),
        at=NOW,
        file_id=file.pk,
        version=1,
        content=content(made.on, needs=["N-2"]),
    )
    assert list(file.needs.values_list("need_id", flat=True)) == ["N-2"]


@pytest.mark.parametrize(
    ("facts", "bought"),
    [
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 9, 1)}, 1),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 8, 31)}, 0),
        ({"starts_on": date(2027, 8, 31), "ends_on": date(2028, 8, 30)}, 1),
        ({"starts_on": date(2027, 9, 1), "ends_on": date(2028, 8, 31)}, 0),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2028, 1, 1), "ended_on": DAY}, 0),
        ({"starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 1), "service_item": "B"}, 0),
    ],
)
def test_bought_twice_is_a_shared_day(made: Cast, facts: dict[str, Any], bought: int) -> None:
    contract(made.on, **facts)
    file = draft(made)
    assert bought_already(file.pk, read(file.content)) == bought


def test_a_running_tender_counts_as_bought_until_it_is_cancelled(made: Cast) -> None:
    file = published(made)
    other = draft(made)
    assert bought_already(other.pk, read(other.content)) == 1
    assert bought_already(file.pk, read(file.content)) == 0
    drafting.cancel(actor=made.actor("signatory"), at=NOW, file_id=file.pk, reason="x")
    assert bought_already(other.pk, read(other.content)) == 0


def test_output_and_benefit_are_weighed_over_the_leaves(made: Cast) -> None:
    file = draft(made)
    assert facts_of(file, read(file.content), NOW).output_benefit == 100
    made.on.framework.indicators.filter(code="1.1").update(dimension="process")
    assert facts_of(file, read(file.content), NOW).output_benefit == 60


def test_what_is_suggested_can_be_bought(made: Cast) -> None:
    assert suggestions(content(made.on), DAY) == {
        "appropriations": [MONEY],
        "framework": "F|2025",
        "supervisor": "",
    }
    choices = choices_for(read(content(made.on)), DAY)
    assert [(one.appropriation.pk, one.left_fen) for one in choices.money] == [(MONEY, 200_000_000)]


@pytest.mark.usefixtures("made")
def test_the_signatory_is_told_by_mail(made: Cast, django_capture_on_commit_callbacks: Any) -> None:
    made.people["signatory"].email = "s@example.org"
    made.people["signatory"].save()
    with django_capture_on_commit_callbacks(execute=True):
        file = submitted(made)
    assert [message.to for message in mail.outbox] == [["s@example.org"]]
    assert f"/desk/tenders/{file.pk}/" in mail.outbox[0].body


def test_a_file_without_its_tender_has_a_state_of_its_own(made: Cast) -> None:
    assert TenderFile.objects.count() == 0
    assert state_of(draft(made)) is TenderState.DRAFT


def test_the_list_asks_the_same_number_of_queries_however_long_it_is(
    made: Cast, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    draft(made)
    actor = made.actor("clerk")
    with CaptureQueriesContext(connection) as one:
        assert len(tender_rows(actor)) == 1
    draft(made)
    published(made)
    with django_assert_num_queries(len(one)):
        assert len(tender_rows(actor)) == 3
