"""Confirming and correcting lines of the log, and linking people to workers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.delivery.log_cast import (
    CLIENT,
    FAILED,
    GROUP,
    NINE,
    NOW,
    TODAY,
    Centre,
    actor,
    centre,
    hours_later,
    log,
    person,
    token,
    worker,
)
from tests.once import once_a_module, own_copy

from almoner.accounts.models import Delegation, Person
from almoner.audit.models import Event
from almoner.delivery.models import MonthlyDelivery, ServiceRecord, Session, WorkerAccount
from almoner.delivery.operations.months import months_from_records
from almoner.delivery.operations.sessions import confirm, supersede
from almoner.delivery.operations.workers import link_worker, unlink_worker
from almoner.delivery.queries import sessions as queries
from almoner.delivery.queries.agreement import faults
from almoner.rules.refusal import Refused
from almoner.rules.roles import Role
from almoner.rules.sessions import Entry, SessionState

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


copies = once_a_module(centre)
there = own_copy()


def state(session_id: str) -> SessionState:
    return queries.state_of(Session.objects.get(pk=session_id))


def correct(there: Centre, **facts: Any) -> Session:
    given: dict[str, Any] = {
        "actor": actor("zhou"),
        "at": LATER,
        "session_id": token(1),
        "id": token(9),
        "term_id": there.case.id,
        "entry": replace(CLIENT, minutes=45),
        "reason": "Looked at the clock again.",
        "channel": "web",
    }
    return supersede(**{**given, **facts})


def refuses(code: str, do: Any, **facts: Any) -> Refused:
    before = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as caught:
        do(**facts)
    assert caught.value.code == code
    after = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    assert after == before
    return caught.value


def all_agrees() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(months_from_records())
        added = set(cursor.fetchall())
    names = ("term_id", "month", "records", "minutes", "participants", "clients")
    kept = set(MonthlyDelivery.objects.values_list(*names, "largest_session"))
    return added == kept and list(faults()) == []


def test_the_supervisor_confirms_one_or_many(there: Centre) -> None:
    for number in (1, 2, 3):
        log(there, number, hours_later(CLIENT, number))
    assert confirm(actor=actor("lead"), at=LATER, ids=[token(1)]) == 1
    assert confirm(actor=actor("lead"), at=LATER, ids=[token(3), token(2)]) == 2
    assert {state(token(n)) for n in (1, 2, 3)} == {SessionState.CONFIRMED}
    assert Session.objects.get(pk=token(2)).confirmed_by == "lead"
    assert Event.objects.filter(kind="session.confirm").count() == 3


def test_confirming_is_all_or_nothing_and_once(there: Centre) -> None:
    log(there)
    log(there, 2, hours_later(CLIENT, 2))
    confirm(actor=actor("lead"), at=LATER, ids=[token(1)])
    both = {"actor": actor("lead"), "at": LATER, "ids": [token(2), token(1)]}
    assert refuses("not_waiting", confirm, **both).values["id"] == token(1)
    assert state(token(2)) is SessionState.WAITING


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("rival", "not_permitted"),
        ("zhou", "not_permitted"),
        ("boss", "not_permitted"),
        ("eye", "not_permitted"),
    ],
)
def test_only_the_supervisor_of_the_own_provider_confirms(
    there: Centre, login: str, code: str
) -> None:
    log(there)
    refuses(code, confirm, actor=actor(login), at=LATER, ids=[token(1)])


def test_nobody_confirms_what_he_wrote_or_did(there: Centre) -> None:
    log(there)
    correct(there, actor=actor("lead"))
    refuses("own_session", confirm, actor=actor("lead"), at=LATER, ids=[token(9)])
    lead = Person.objects.get(login="lead")
    WorkerAccount.objects.filter(worker=there.worker).update(person=lead)
    log(there, 2, hours_later(CLIENT, 2), actor=actor("wu"))
    Session.objects.filter(pk=token(2)).update(worker=there.worker)
    refuses("own_session", confirm, actor=actor("lead"), at=LATER, ids=[token(2)])


def test_what_a_deputy_wrote_is_confirmed_by_neither_of_both(there: Centre) -> None:
    person("chief", Role.PROVIDER_SUPERVISOR, body=there.on.provider)
    people = {one.login: one for one in Person.objects.all()}
    Delegation.objects.create(
        person=people["lead"], to=people["new"], from_on=TODAY, to_on=TODAY, entered_by="admin"
    )
    log(there)
    line = correct(there, actor=actor("new"))
    assert (line.entered_by, line.instead_of) == ("new", "lead")
    for login in ("lead", "new"):
        refuses("own_session", confirm, actor=actor(login), at=LATER, ids=[token(9)])
    week = LATER + timedelta(days=8)
    assert queries.tasks_for(actor("lead"), week) == []
    assert confirm(actor=actor("chief"), at=LATER, ids=[token(9)]) == 1


def test_a_deputy_confirms_nothing_that_the_absent_wrote_or_did(there: Centre) -> None:
    people = {one.login: one for one in Person.objects.all()}
    WorkerAccount.objects.filter(worker=there.colleague).update(person=people["lead"])
    Delegation.objects.create(
        person=people["lead"], to=people["new"], from_on=TODAY, to_on=TODAY, entered_by="admin"
    )
    log(there)
    correct(there, actor=actor("lead"))
    log(there, 2, hours_later(CLIENT, 2))
    Session.objects.filter(pk=token(2)).update(worker=there.colleague)
    for id in (token(9), token(2)):
        refuses("own_session", confirm, actor=actor("new"), at=LATER, ids=[id])


def test_nothing_to_confirm_is_said(there: Centre) -> None:
    refuses("nothing_chosen", confirm, actor=actor("lead"), at=LATER, ids=[])
    refuses("no_session", confirm, actor=actor("lead"), at=LATER, ids=["R-0"])


def test_a_wrong_line_is_superseded_not_overwritten(there: Centre) -> None:
    log(there)
    new = correct(there)
    old = Session.objects.get(pk=token(1))
    assert (old.minutes, state(old.id)) == (60, SessionState.SUPERSEDED)
    assert (new.minutes, new.reason) == (45, "Looked at the clock again.")
    record = ServiceRecord.objects.get()
    assert (record.id, record.minutes) == (new.id, 45)
    assert [line.id for line in queries.versions_of(old)] == [old.id, new.id]
    assert all_agrees()
    event = Event.objects.get(kind="session.supersede")
    assert event.subject_id == new.id and old.id in event.before


def test_both_cells_are_counted_anew(there: Centre) -> None:
    log(there)
    earlier = hours_later(CLIENT, -24 * 30)
    correct(there, entry=earlier, term_id=there.group.id, sure=True)
    assert list(MonthlyDelivery.objects.values_list("term_id", "month")) == [
        (there.group.id, "2026-05")
    ]
    assert all_agrees()


@pytest.mark.parametrize(
    ("before", "after", "records"),
    [
        (CLIENT, FAILED, 0),
        (FAILED, GROUP, 1),
        (CLIENT, Entry(NINE, False, withdrawn=True), 0),
        (FAILED, Entry(NINE, False, withdrawn=True), 0),
    ],
)
def test_what_it_was_may_change(there: Centre, before: Any, after: Any, records: int) -> None:
    log(there, entry=before)
    correct(there, entry=after)
    assert ServiceRecord.objects.count() == records
    assert all_agrees()


def test_only_the_latest_line_can_be_superseded_and_once(there: Centre) -> None:
    log(there)
    new = correct(there)
    sent_again = correct(there)
    assert sent_again.id == new.id
    refuses("superseded_already", correct, there=there, id=token(10))
    correct(there, session_id=new.id, id=token(10), entry=replace(CLIENT, minutes=50))
    assert ServiceRecord.objects.get().id == token(10)
    assert [line.id for line in queries.versions_of(new)] == [token(1), token(9), token(10)]


def test_a_confirmed_line_can_be_wrong_too_and_waits_again(there: Centre) -> None:
    log(there)
    confirm(actor=actor("lead"), at=LATER, ids=[token(1)])
    correct(there)
    assert state(token(9)) is SessionState.WAITING
    confirm(actor=actor("lead"), at=LATER, ids=[token(9)])


@pytest.mark.parametrize("login", ["wu", "boss", "rival", "eye", "new"])
def test_others_may_not_correct_it(there: Centre, login: str) -> None:
    log(there)
    refuses("not_permitted", correct, there=there, actor=actor(login))


def test_the_supervisor_corrects_in_the_workers_place(there: Centre) -> None:
    log(there)
    new = correct(there, actor=actor("lead"))
    assert (new.worker_id, new.entered_by) == ("W-1", "lead")


def test_what_a_correction_needs(there: Centre) -> None:
    log(there)
    assert refuses("reason_needed", correct, there=there, reason=" ").field == "reason"
    refuses("nothing_changed", correct, there=there, entry=CLIENT)
    refuses("no_session", correct, there=there, session_id="R-none")
    log(there, 2, hours_later(CLIENT, 2))
    overlapping = hours_later(CLIENT, 1)
    correct(there, entry=overlapping)
    refuses(
        "two_places",
        correct,
        there=there,
        session_id=token(9),
        id=token(11),
        entry=replace(overlapping, minutes=61),
    )


def test_the_law_of_the_log_over_a_story(there: Centre) -> None:
    """Whatever is logged, corrected and withdrawn in turn: log, record and months agree."""
    group = replace(GROUP, minutes=60)
    for number in range(1, 7):
        log(there, number, hours_later((CLIENT, group, FAILED)[number % 3], number))
        assert all_agrees()
    for number in range(1, 7):
        entry = hours_later((FAILED, CLIENT, group)[number % 3], number)
        changed = correct(there, session_id=token(number), id=token(20 + number), entry=entry)
        assert all_agrees()
        gone = replace(Entry(entry.started_at, False), withdrawn=True)
        correct(there, session_id=changed.id, id=token(40 + number), entry=gone)
        assert all_agrees()
    assert not ServiceRecord.objects.exists()


def test_shares_keep_logistics_apart(there: Centre) -> None:
    log(there, 1, replace(CLIENT, late_minutes=5))
    log(there, 2, hours_later(GROUP, 1))
    log(there, 3, replace(FAILED, why_not="acceptable"))
    log(there, 4, replace(hours_later(FAILED, 1), why_not="not_acceptable"))
    log(there, 5, hours_later(FAILED, 2))
    found = queries.shares(queries.readable(actor("boss")))
    assert (found.happened, found.acceptable, found.not_acceptable) == (2, 1, 1)
    assert (found.logistics, found.late) == (1, 1)
    assert found.share is not None and float(found.share) == 0.5
    correct(there, session_id=token(4), entry=Entry(NINE, False, withdrawn=True))
    assert queries.shares(queries.readable(actor("boss"))).not_acceptable == 0


def test_who_reads_what(there: Centre) -> None:
    log(there)
    log(there, 2, hours_later(CLIENT, 3), actor=actor("wu"))
    seen = {
        login: {line.id for line in queries.readable(actor(login))}
        for login in ("zhou", "wu", "lead", "boss", "eye", "rival", "new")
    }
    both = {token(1), token(2)}
    assert seen == {
        "zhou": {token(1)},
        "wu": {token(2)},
        "lead": both,
        "boss": both,
        "eye": both,
        "rival": set(),
        "new": set(),
    }


def test_a_week_later_the_supervisor_is_reminded(there: Centre) -> None:
    log(there)
    week = NOW + timedelta(days=7)
    assert queries.tasks_for(actor("lead"), week - timedelta(seconds=1)) == []
    (task,) = queries.tasks_for(actor("lead"), week)
    assert task.due_on == week.date() and task.about.startswith("1 session")
    for login in ("zhou", "boss", "eye", "rival"):
        assert queries.tasks_for(actor(login), week) == []
    confirm(actor=actor("lead"), at=week, ids=[token(1)])
    assert queries.tasks_for(actor("lead"), week) == []


def link(there: Centre, login: str = "new", by: str = "boss", worker_id: str = "W-3") -> None:
    someone = Person.objects.get(login=login)
    link_worker(actor=actor(by), at=NOW, person_id=someone.pk, worker_id=worker_id)


@pytest.mark.parametrize("by", ["boss", "admin"])
def test_a_director_or_administrator_links(there: Centre, by: str) -> None:
    worker("W-3", there.on.provider)
    link(there, by=by)
    log(there, actor=actor("new"))
    assert Session.objects.get().worker_id == "W-3"
    unlink_worker(actor=actor(by), at=NOW, worker_id="W-3")
    refuses("no_worker", log, at_centre=there, number=2, actor=actor("new"))
    events = Event.objects.filter(kind__startswith="worker.").order_by("seq")
    assert [event.kind for event in events] == ["worker.link", "worker.unlink"]


def test_whom_nobody_can_link(there: Centre) -> None:
    worker("W-3", there.on.provider)
    worker("W-4", there.on.provider, employed_to=NOW.date() - timedelta(days=1))
    refuses("not_permitted", link, there=there, by="rival")
    refuses("not_permitted", link, there=there, by="zhou")
    refuses("not_permitted", link, there=there, worker_id="W-9")
    refuses("linked_already", link, there=there, login="zhou")
    refuses("linked_already", link, there=there, worker_id="W-1")
    refuses("not_social_worker", link, there=there, login="lead")
    refuses("not_social_worker", link, there=there, worker_id="W-4")
    refuses("no_such_worker", link, there=there, worker_id="W-none")
    nobody = {"actor": actor("boss"), "at": NOW, "person_id": 10**9, "worker_id": "W-3"}
    refuses("no_person", link_worker, **nobody)
    refuses("no_such_worker", unlink_worker, actor=actor("boss"), at=NOW, worker_id="W-3")
    refuses("not_permitted", unlink_worker, actor=actor("rival"), at=NOW, worker_id="W-1")
