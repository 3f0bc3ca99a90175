"""Logging a session: what is written, once, and what is refused with nothing written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from tests.delivery.log_cast import (
    CLIENT,
    FAILED,
    GROUP,
    NINE,
    NOW,
    Centre,
    actor,
    centre,
    hours_later,
    log,
    token,
)
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.delivery.models import MonthlyDelivery, ServiceRecord, Session, WorkerAccount
from almoner.delivery.operations.months import months_from_records, recount
from almoner.delivery.queries.agreement import faults
from almoner.rules.refusal import Refused
from almoner.web.stamps import serials

pytestmark = pytest.mark.django_db

copies = once_a_module(centre)
there = own_copy()


def refused(code: str, *args: object, **facts: object) -> Refused:
    """The refusal of a call that must leave nothing behind."""
    before = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as caught:
        log(*args, **facts)  # type: ignore[arg-type]
    after = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    assert caught.value.code == code
    assert after == before
    return caught.value


def months() -> set[tuple[object, ...]]:
    names = ("term_id", "month", "records", "minutes", "participants", "clients")
    return set(MonthlyDelivery.objects.values_list(*names, "largest_session"))


def added_up() -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(months_from_records())
        return set(cursor.fetchall())


def test_what_happened_is_a_record_at_once(there: Centre) -> None:
    before = serials(["city", "contract:C-1"])
    line = log(there)
    record = ServiceRecord.objects.get()
    assert record.id == line.id == token()
    assert (record.term, record.worker, record.started_at) == (there.case, there.worker, NINE)
    assert (record.minutes, record.participants, record.client_id) == (60, 1, "K0012-3")
    assert (record.entered_at, record.channel) == (NOW, "phone")
    assert months() == {(there.case.id, "2026-06", 1, 60, 1, 1, 1)}
    assert serials(["city", "contract:C-1"]) != before
    event = Event.objects.get()
    assert (event.kind, event.actor, event.role) == ("session.log", "zhou", "social_worker")
    assert "K0012-3" not in event.after + event.before
    assert list(faults()) == []


def test_what_did_not_happen_is_in_the_log_alone(there: Centre) -> None:
    line = log(there, entry=replace(FAILED, client_id="K0012-3"))
    assert (line.happened, line.why_not, line.why_note) == (False, "logistics", "No room.")
    assert not ServiceRecord.objects.exists()
    assert not MonthlyDelivery.objects.exists()
    assert list(faults()) == []


def test_sent_twice_it_is_one_line(there: Centre) -> None:
    first = log(there)
    again = log(there, at=NOW + timedelta(seconds=2))
    assert again.id == first.id
    assert Session.objects.count() == ServiceRecord.objects.count() == Event.objects.count() == 1


def test_sent_again_with_something_else_it_is_refused(there: Centre) -> None:
    log(there)
    refused("sent_already", there, entry=replace(CLIENT, minutes=61))
    wus = {"actor": actor("wu"), "entry": hours_later(CLIENT, 2)}
    refused("sent_already", there, **wus)


def test_somebody_without_a_link_is_told_whom_to_ask(there: Centre) -> None:
    refused("no_worker", there, actor=actor("new"))


def test_who_no_longer_holds_the_part_may_not_log(there: Centre) -> None:
    from almoner.accounts.models import Grant

    Grant.objects.filter(person__login="zhou").update(to_on=date(2026, 6, 29))
    refused("not_permitted", there, actor=actor("zhou"))


def test_whose_term_it_is(there: Centre) -> None:
    refused("other_provider", there, term_id=there.other_term.id)
    refused("no_term", there, term_id=10**9)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (replace(CLIENT, started_at=NOW), "not_over"),
        (replace(CLIENT, started_at=NOW + timedelta(minutes=1)), "future"),
        (
            replace(CLIENT, started_at=datetime(2025, 12, 31, 15, 59, tzinfo=UTC)),
            "outside_contract",
        ),
        (replace(CLIENT, client_id="王小明"), "client_name"),
        (replace(CLIENT, minutes=0), "minutes_range"),
    ],
)
def test_rules_decide(there: Centre, entry: object, code: str) -> None:
    refused(code, there, entry=entry, sure=True)


def test_a_contract_that_ended_early_takes_nothing_after_its_end(there: Centre) -> None:
    there.contract.ended_on = date(2026, 6, 29)
    there.contract.save()
    refused("outside_contract", there)
    log(there, entry=replace(CLIENT, started_at=NINE - timedelta(days=1)))


def test_nobody_is_in_two_places_at_once(there: Centre) -> None:
    first = log(there)
    late = replace(GROUP, started_at=NINE + timedelta(minutes=59))
    assert refused("two_places", there, 2, late).values["other"] == first.id
    log(there, 2, replace(GROUP, started_at=NINE + timedelta(minutes=60)))
    log(there, 3, CLIENT, actor=actor("wu"))


def test_records_that_came_in_a_package_count_for_the_time(there: Centre) -> None:
    ServiceRecord.objects.create(
        id="R0001",
        term=there.group,
        worker=there.worker,
        started_at=NINE,
        minutes=30,
        entered_at=NOW,
    )
    assert refused("two_places", there).values["other"] == "R0001"


def test_a_long_day_and_a_late_entry_ask_to_be_checked(there: Centre) -> None:
    long = replace(CLIENT, started_at=NINE - timedelta(hours=8), minutes=601)
    assert refused("long_day", there, entry=long).field == "sure"
    log(there, entry=replace(long, minutes=600))
    old = replace(CLIENT, started_at=NOW - timedelta(days=14, minutes=1))
    refused("late_entry", there, 2, old)
    log(there, 2, old, sure=True)


def test_months_are_those_of_shanghai_and_of_the_cell_alone(there: Centre) -> None:
    midnight = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)  # 1 June, 0:00 in Shanghai
    log(there, 1, replace(CLIENT, started_at=midnight), sure=True)
    log(there, 2, replace(CLIENT, started_at=midnight - timedelta(minutes=60)), sure=True)
    log(there, 3, replace(GROUP, started_at=midnight + timedelta(hours=2)), sure=True)
    log(there, 4, hours_later(GROUP, 2), term_id=there.group.id, sure=True)
    assert months() == added_up()
    assert {row[1] for row in months()} == {"2026-05", "2026-06"}


def test_recounting_touches_no_other_cell(there: Centre) -> None:
    log(there)
    MonthlyDelivery.objects.create(
        term=there.group, month="2026-06", records=7, minutes=7, participants=7, clients=7
    )
    recount([(there.case.id, "2026-06"), (there.case.id, "2026-07")])
    assert MonthlyDelivery.objects.get(term=there.group).records == 7
    ServiceRecord.objects.all().delete()
    recount([(there.case.id, "2026-06")])
    assert not MonthlyDelivery.objects.filter(term=there.case).exists()


def test_the_search_for_others_and_the_recount_go_by_their_indexes(there: Centre) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells how it will go about it")
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as caught:
        log(there)
    plans = []
    for query in caught.captured_queries:
        sql = query["sql"]
        if "FROM service_records" in sql or 'FROM "service_records"' in sql:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plans += [row[3] for row in cursor.fetchall()]
    searched = [plan for plan in plans if "service_records" in plan]
    assert any("record_worker_start" in plan for plan in searched)
    assert any("record_term_start" in plan for plan in searched)
    assert not [plan for plan in searched if plan.startswith("SCAN")]


def test_few_queries_whatever_there_is(
    there: Centre, django_assert_max_num_queries: object
) -> None:
    log(there)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        log(there, 2, hours_later(CLIENT, 3))


def test_unlinking_ends_it(there: Centre) -> None:
    WorkerAccount.objects.filter(worker=there.worker).delete()
    refused("no_worker", there)
