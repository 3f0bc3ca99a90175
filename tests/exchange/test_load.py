"""Loading a package: all or nothing, by key, with an audit event for whatever changed."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from tests.citypackage.small import tables, with_referenced
from tests.exchange.loading import everything, load_rows

from almoner.audit.models import Event
from almoner.contracts.models import Contract, ContractTerm
from almoner.delivery.models import MonthlyDelivery, ServiceRecord
from almoner.evaluation.models import Consequence
from almoner.exchange.verify import verify
from almoner.parties.models import Area, Worker
from almoner.web.stamps import serials

pytestmark = pytest.mark.django_db


def _whole() -> bool:
    return all(not faults for _, faults in verify())


def test_every_row_of_every_table_arrives(tmp_path: Path) -> None:
    loaded = load_rows(tmp_path)
    assert loaded.report.faults == []
    assert {name: c.added for name, c in loaded.counts.items()} == {
        name: len(rows) for name, rows in tables().items()
    }
    assert len(loaded.counts) == 31
    assert loaded.report.as_of == date(2026, 6, 30)
    assert _whole()


def test_values_arrive_exactly(tmp_path: Path) -> None:
    load_rows(tmp_path, with_referenced("service_records"))
    row = tables()["service_records"][0]
    kept = ServiceRecord.objects.select_related("term").get(id=row["id"])
    assert kept.term.contract_id == row["contract_id"]
    assert kept.term.code == row["term_id"]
    assert kept.started_at == datetime.fromisoformat(row["started_at"])
    assert kept.minutes == int(row["minutes"])
    for wanted in tables()["contract_terms"]:
        term = ContractTerm.objects.get(contract_id=wanted["contract_id"], code=wanted["id"])
        assert (str(term.hours) if term.hours is not None else "") == wanted["hours"]
    assert Area.objects.get(code="440101001").population == 3000


def test_the_same_package_again_changes_nothing(tmp_path: Path) -> None:
    load_rows(tmp_path)
    before = everything()
    again = load_rows(tmp_path)
    assert not again.wrote and again.report.ok
    assert everything() == before


def test_a_newer_package_updates_by_key_and_keeps_what_it_lacks(tmp_path: Path) -> None:
    newer = with_referenced("workers", "payroll")
    load_rows(tmp_path, newer)
    newer["workers"][0]["licence"] = "senior"
    lost = newer["payroll"].pop()
    loaded = load_rows(tmp_path, newer)
    assert (loaded.counts["workers"].changed, loaded.counts["workers"].unchanged) == (1, 2)
    assert Worker.objects.get(id="W1").licence == "senior"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payroll WHERE month = %s", [lost["month"]])
        assert cursor.fetchone()[0] >= 1
    event = Event.objects.get(kind="package.change")
    assert (event.subject_table, event.subject_id) == ("workers", "W1")
    assert (event.before, event.after) == ('{"licence": "social_worker"}', '{"licence": "senior"}')
    assert _whole()


def test_a_load_is_one_event_with_digest_and_counts(tmp_path: Path) -> None:
    loaded = load_rows(tmp_path, with_referenced("service_records"))
    event = Event.objects.get()
    assert (event.kind, event.actor, event.subject_id) == (
        "package.load",
        "tester",
        loaded.report.digest,
    )
    assert '"service_records": {"added": 3, "changed": 0, "removed": 0}' in event.after


def test_replace_removes_what_the_package_lacks_with_an_event_each(tmp_path: Path) -> None:
    newer = with_referenced("service_records", "consequences")
    load_rows(tmp_path, newer)
    gone = newer["service_records"].pop()
    newer["consequences"].pop()
    loaded = load_rows(tmp_path, newer, replace=True)
    assert loaded.report.faults == []
    assert loaded.counts["service_records"].removed == 1
    assert loaded.counts["consequences"].removed == 1
    assert not ServiceRecord.objects.filter(id=gone["id"]).exists()
    events = Event.objects.filter(kind="package.remove")
    removed = set(events.values_list("subject_table", flat=True))
    assert removed == {"service_records", "consequences"}
    assert _whole()


def test_replace_leaves_tables_that_the_package_does_not_list(tmp_path: Path) -> None:
    some = with_referenced("service_records")
    load_rows(tmp_path, some)
    records = len(some.pop("service_records"))
    assert load_rows(tmp_path, some, replace=True).report.ok
    assert ServiceRecord.objects.count() == records


def test_copies_of_a_row_without_key_count_as_often_as_they_stand(tmp_path: Path) -> None:
    contents = with_referenced("consequences")
    contents["consequences"] = [contents["consequences"][0]] * 2
    load_rows(tmp_path, contents)
    assert Consequence.objects.count() == 2
    assert not load_rows(tmp_path, contents).wrote
    contents["consequences"] = [contents["consequences"][0]] * 3
    assert load_rows(tmp_path, contents).counts["consequences"].added == 1
    contents["consequences"] = contents["consequences"][:1]
    assert load_rows(tmp_path, contents, replace=True).counts["consequences"].removed == 2
    assert Consequence.objects.count() == 1


def test_a_fault_anywhere_loads_nothing(tmp_path: Path) -> None:
    before = everything()
    contents = with_referenced("service_records")
    contents["service_records"][-1]["minutes"] = "0"
    loaded = load_rows(tmp_path, contents)
    assert [(f.file, f.row, f.column) for f in loaded.report.faults] == [
        ("service_records.csv", 3, "minutes")
    ]
    assert loaded.counts == {}
    assert everything() == before


def test_a_part_of_a_city_may_refer_to_what_is_in_the_database(tmp_path: Path) -> None:
    load_rows(tmp_path, with_referenced("service_records"))
    fresh = dict(tables()["service_records"][0], id="R-new")
    loaded = load_rows(tmp_path, {"service_records": [fresh]})
    assert loaded.report.faults == []
    assert loaded.counts["service_records"].added == 1
    assert _whole()


@pytest.mark.parametrize(
    ("change", "column"),
    [({"worker_id": "W-none"}, "worker_id"), ({"term_id": "none"}, "contract_id,term_id")],
)
def test_a_part_that_refers_to_nothing_is_refused(
    tmp_path: Path, change: dict[str, str], column: str
) -> None:
    load_rows(tmp_path, with_referenced("service_records"))
    before = everything()
    stray = dict(tables()["service_records"][0], id="R-new") | change
    loaded = load_rows(tmp_path, {"service_records": [stray]})
    assert [(f.row, f.column, f.code) for f in loaded.report.faults] == [
        (1, column, "dangling_reference")
    ]
    assert everything() == before


def test_rollups_follow_the_records(tmp_path: Path) -> None:
    contents = with_referenced("service_records")
    load_rows(tmp_path, contents)
    contents["service_records"][0]["minutes"] = "7"
    load_rows(tmp_path, contents)
    total = sum(int(row["minutes"]) for row in contents["service_records"])
    assert sum(MonthlyDelivery.objects.values_list("minutes", flat=True)) == total


@pytest.mark.parametrize(
    ("table", "column"), [("instalments", "paid_fen"), ("service_records", "minutes")]
)
def test_what_no_sum_could_hold_is_refused(tmp_path: Path, table: str, column: str) -> None:
    contents = with_referenced(table)
    for row in contents[table][:2]:
        row[column] = str(2**63 - 1)
    loaded = load_rows(tmp_path, contents)
    assert [(f.file, f.row, f.column, f.value, f.code) for f in loaded.report.faults] == [
        (f"{table}.csv", row, column, "9223372036854775807", "integer_range") for row in (1, 2)
    ]
    assert not loaded.wrote


def test_the_largest_numbers_add_up_on_public_pages(tmp_path: Path, client: Client) -> None:
    contents = tables()
    for row in contents["instalments"]:
        row |= {"paid_fen": str(10**14), "paid_on": "2025-12-20", "accepted_on": "2025-12-01"}
    for row in contents["service_records"]:
        row |= {"minutes": str(10**10), "participants": str(10**10)}
    assert load_rows(tmp_path, contents).report.faults == []
    assert sum(MonthlyDelivery.objects.values_list("minutes", flat=True)) == 3 * 10**10
    for page in ("", "contracts/", "contracts/C1/", "places/", "providers/", "purchasers/"):
        assert client.get(f"/en/{page}").status_code == 200, page


def test_a_record_belongs_to_the_month_of_shanghai(tmp_path: Path) -> None:
    contents = with_referenced("service_records")
    for row, instant in zip(
        contents["service_records"],
        ["2025-03-31T15:59:59Z", "2025-03-31T16:00:00Z", "2025-04-30T23:59:59+08:00"],
        strict=True,
    ):
        row["started_at"] = instant
    load_rows(tmp_path, contents)
    months = MonthlyDelivery.objects.values_list("month", "records")
    added = dict.fromkeys((month for month, _ in months), 0)
    for month, records in months:
        added[month] += records
    assert added == {"2025-03": 1, "2025-04": 2}


def test_cached_pages_learn_of_a_load_that_wrote_and_of_no_other(tmp_path: Path) -> None:
    contents = with_referenced("contracts")
    load_rows(tmp_path, contents)
    stamp = serials(["all"])
    load_rows(tmp_path, contents)
    assert serials(["all"]) == stamp
    contents["contracts"][0]["staff"] = "15"
    load_rows(tmp_path, contents)
    assert serials(["all"]) != stamp
    assert str(Contract.objects.get(id="C1").staff) == "15"
