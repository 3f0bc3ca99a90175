"""A month from a spreadsheet: checked row by row, applied at most once, undone at most once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.delivery.log_cast import (
    CLIENT,
    NINE,
    NOW,
    Centre,
    actor,
    centre,
    hours_later,
    log,
    token,
)
from tests.delivery.month_files import client_row, failed_row, row, workbook
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.delivery.models import ImportBatch, MonthlyDelivery, ServiceRecord, Session
from almoner.delivery.operations import imports
from almoner.delivery.operations.sessions import confirm, supersede
from almoner.delivery.queries import imports as queries
from almoner.delivery.queries import sessions as log_queries
from almoner.delivery.queries.agreement import faults
from almoner.rules.refusal import Refused
from almoner.rules.sessions import SessionState

pytestmark = pytest.mark.django_db
GOOD = (client_row(), row(term="02", time="10:00"), failed_row(time="12:00"))


copies = once_a_module(centre)
there = own_copy()


def upload(*rows: Sequence[Any], login: str = "boss", contract: str = "C-1") -> ImportBatch:
    return imports.upload(
        actor=actor(login),
        at=NOW,
        contract_id=contract,
        file_name="六月.xlsx",
        data=workbook(*rows),
    )


def apply(batch: ImportBatch, login: str = "boss") -> int:
    return imports.apply(actor=actor(login), at=NOW, batch_id=batch.id)


def undo(batch: ImportBatch, login: str = "boss") -> int:
    return imports.undo(actor=actor(login), at=NOW, batch_id=batch.id)


def refused(code: str, do: Any, *args: Any, **facts: Any) -> Refused:
    counts = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as caught:
        do(*args, **facts)
    assert caught.value.code == code
    after = (Session.objects.count(), ServiceRecord.objects.count(), Event.objects.count())
    assert after == counts
    return caught.value


def named(batch: ImportBatch) -> list[tuple[int, str, str]]:
    found = queries.checked(ImportBatch.objects.get(pk=batch.id), NOW)
    return [(fault.row, fault.refused.field, fault.refused.code) for fault in found.faults]


def test_upload_writes_nothing_into_the_log(there: Centre) -> None:
    batch = upload(*GOOD)
    assert named(batch) == []
    assert not Session.objects.exists()
    assert [event.kind for event in Event.objects.all()] == ["import.upload"]
    found = queries.checked(batch, NOW)
    sums = [
        (one.term.code, one.happened, one.minutes, one.not_happened)
        for one in queries.sums(found.lines)
    ]
    assert sums == [("01", 1, 60, 1), ("02", 1, 60, 0)]


def test_apply_puts_all_rows_into_log_record_and_months(there: Centre) -> None:
    batch = upload(*GOOD)
    assert apply(batch) == 3
    lines = {line.id: line for line in Session.objects.all()}
    assert set(lines) == {f"{batch.id}-{number:05d}" for number in (2, 3, 4)}
    assert {line.channel for line in lines.values()} == {"import"}
    assert {line.entered_by for line in lines.values()} == {"boss"}
    assert ServiceRecord.objects.count() == 2
    assert MonthlyDelivery.objects.count() == 2
    assert list(faults()) == []
    assert Event.objects.filter(kind="import.apply").count() == 1
    assert confirm(actor=actor("lead"), at=NOW, ids=sorted(lines)) == 3


def test_it_is_applied_once_and_undone_once(there: Centre) -> None:
    batch = upload(*GOOD)
    refused("import_uploaded", undo, batch)
    apply(batch)
    refused("import_applied", apply, batch)
    assert undo(batch) == 3
    refused("import_undone", undo, batch)
    refused("import_undone", apply, batch)
    assert not ServiceRecord.objects.exists()
    assert not MonthlyDelivery.objects.exists()
    assert list(faults()) == []
    states = {log_queries.state_of(line) for line in Session.objects.all()}
    assert states == {SessionState.UNDONE}


def test_the_same_file_again(there: Centre) -> None:
    batch = upload(*GOOD)
    assert upload(*GOOD).id == batch.id
    apply(batch)
    assert refused("file_applied", upload, *GOOD).values["id"] == batch.id
    undo(batch)
    again = upload(*GOOD)
    assert again.id != batch.id
    assert apply(again) == 3


def test_every_faulty_row_is_named_with_its_column(there: Centre) -> None:
    batch = upload(
        row(day="x", time="25:00"),
        client_row(client_id="王小明", time="11:00"),
        row(term="99", worker="W-9", time="12:00"),
        row(minutes=0, time="13:00"),
        row(participants="", time="14:00"),
        row(day="2026-07-01"),
        row(time="17:00"),
    )
    assert named(batch) == [
        (2, "day", "cell_day"),
        (2, "time", "cell_time"),
        (3, "client_id", "client_name"),
        (4, "term", "cell_term"),
        (4, "worker", "cell_worker"),
        (5, "minutes", "minutes_range"),
        (6, "participants", "participants_missing"),
        (7, "day", "other_month"),
    ]
    assert refused("import_faulty", apply, batch).values["number"] == 6


def test_the_future_is_refused_by_row(there: Centre) -> None:
    batch = upload(
        row(day="2026-06-30", time="17:00"), row(day="2026-06-30", time="17:01", worker="W-2")
    )
    assert named(batch) == [(3, "time", "not_over")]


def test_rows_that_meet_each_other_are_named(there: Centre) -> None:
    batch = upload(row(), row(time="09:30"), row(time="10:00"), row(worker="W-2"))
    assert named(batch) == [(3, "time", "two_places")]


def test_rows_that_are_in_the_record_already_are_named(there: Centre) -> None:
    log(there, entry=CLIENT)
    log(
        there,
        2,
        replace(
            CLIENT,
            started_at=NINE - timedelta(days=1),
            client_id=None,
            happened=False,
            attended=None,
            minutes=None,
            why_not="logistics",
            why_note="停电",
        ),
    )
    batch = upload(
        client_row(day="2026-06-30"),
        failed_row(day="2026-06-29"),
        failed_row(day="2026-06-29", worker="W-2"),
    )
    assert named(batch) == [(2, "time", "logged_already"), (3, "time", "logged_already")]
    found = queries.checked(batch, NOW).faults
    assert [fault.refused.values["other"] for fault in found] == [token(1), token(2)]


def test_what_the_record_says_meanwhile_counts_when_it_is_applied(there: Centre) -> None:
    batch = upload(client_row(day="2026-06-30"))
    log(there, entry=CLIENT)
    refused("import_faulty", apply, batch)


def test_a_term_that_lost_its_zero_is_found(there: Centre) -> None:
    assert named(upload(row(term=1))) == []


def test_a_long_day_is_shown_once_and_late_rows_are_counted(there: Centre) -> None:
    batch = upload(
        row(day="2026-06-10", time="00:00", minutes=600),
        row(day="2026-06-10", time="10:00", minutes=1),
        row(day="2026-06-10", time="11:00", minutes=1),
    )
    codes = [one.refused.code for one in queries.checked(batch, NOW).warnings]
    assert sorted(codes) == ["late_entry"] * 3 + ["long_day"]
    assert apply(batch) == 3


def test_a_correction_by_hand_stays_when_the_import_is_undone(there: Centre) -> None:
    batch = upload(client_row(day="2026-06-30"))
    apply(batch)
    old = Session.objects.get()
    new = supersede(
        actor=actor("lead"),
        at=NOW,
        session_id=old.id,
        id=token(5),
        term_id=there.case.id,
        entry=replace(CLIENT, minutes=45),
        reason="It was shorter.",
        channel="web",
    )
    assert queries.corrected_in(batch) == 1
    assert undo(batch) == 1
    old.refresh_from_db()
    assert log_queries.state_of(old) is SessionState.UNDONE
    assert ServiceRecord.objects.get().id == new.id
    assert list(faults()) == []


@pytest.mark.parametrize("login", ["zhou", "lead", "rival", "eye", "admin"])
def test_only_the_providers_director_imports(there: Centre, login: str) -> None:
    refused("not_permitted", upload, *GOOD, login=login)
    batch = upload(*GOOD)
    refused("not_permitted", apply, batch, login=login)
    apply(batch)
    refused("not_permitted", undo, batch, login=login)


def test_who_sees_an_import(there: Centre) -> None:
    batch = upload(*GOOD)
    for login, sees in (
        ("boss", True),
        ("lead", True),
        ("eye", True),
        ("rival", False),
        ("zhou", False),
    ):
        assert (queries.batch_for(actor(login), batch.id) is not None) is sees


def test_what_is_not_there(there: Centre) -> None:
    refused("no_contract", upload, *GOOD, contract="C-none")
    with pytest.raises(Refused, match="no_import"):
        imports.apply(actor=actor("boss"), at=NOW, batch_id="I-none")
    refused("not_permitted", upload, *GOOD, contract="C-2")


def test_contracts_for_which_there_may_be_a_file(there: Centre) -> None:
    def importable(days: int) -> list[str]:
        day = there.contract.ends_on + timedelta(days=days)
        return [one.id for one in queries.importable(actor("boss"), day)]

    assert importable(0) == importable(92) == ["C-1"]
    assert importable(93) == []


def test_log_and_import_do_not_count_twice(there: Centre) -> None:
    log(there, entry=hours_later(CLIENT, 2))
    apply(upload(client_row(day="2026-06-30"), row(day="2026-06-30", time="10:00")))
    month = MonthlyDelivery.objects.get()
    assert (month.records, month.minutes, month.clients) == (3, 180, 1)
