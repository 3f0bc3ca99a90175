"""Loading with `replace`: what the package lacks goes, from the tables that it lists."""

from pathlib import Path

import pytest
from django.db import connection
from tests.citypackage.small import tables
from tests.exchange.loading import AT, everything, load_rows

from almoner.audit.models import Event
from almoner.citypackage import read, write
from almoner.delivery.models import MonthlyDelivery
from almoner.exchange.load import load
from almoner.exchange.verify import verify

pytestmark = pytest.mark.django_db

LEAVES = {"payroll", "consequences", "bid_scores", "service_records", "wage_floors"}
"""Tables that no other refers to, with a key and without."""


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_a_table_listed_without_rows_is_emptied_with_an_event_a_row(tmp_path: Path) -> None:
    load_rows(tmp_path)
    emptied = {name: [] if name in LEAVES else rows for name, rows in tables().items()}
    loaded = load_rows(tmp_path, emptied, replace=True)
    assert loaded.report.faults == []
    gone = {name: counts.removed for name, counts in loaded.counts.items() if counts.removed}
    assert gone == {name: len(tables()[name]) for name in LEAVES}
    assert {name: _rows(name) for name in LEAVES} == dict.fromkeys(LEAVES, 0)
    events = Event.objects.filter(kind="package.remove").values_list("subject_table", flat=True)
    assert {name: list(events).count(name) for name in events} == gone
    assert not MonthlyDelivery.objects.exists()
    assert all(not faults for _, faults in verify())


def test_every_table_can_be_emptied_at_once(tmp_path: Path) -> None:
    load_rows(tmp_path)
    loaded = load_rows(tmp_path, dict.fromkeys(tables(), []), replace=True)
    assert loaded.report.faults == []
    assert all(not _rows(name) for name in tables())


def test_a_table_listed_without_rows_keeps_them_unless_replaced(tmp_path: Path) -> None:
    load_rows(tmp_path)
    before = everything()
    emptied = {name: [] if name in LEAVES else rows for name, rows in tables().items()}
    assert not load_rows(tmp_path, emptied).wrote
    assert everything() == before


def test_records_in_parquet_without_rows_are_emptied_too(tmp_path: Path) -> None:
    load_rows(tmp_path)
    with read(tmp_path / "package-0") as reader:
        none = [(name, frame.clear()) for name, frame in reader.frames()]
        empty = {name: [frame] for name, frame in none if name == "service_records"}
        write(tmp_path / "empty", empty, reader.report.as_of, parquet_records=True)
    assert (tmp_path / "empty/service_records.parquet").exists()
    loaded = load(tmp_path / "empty", actor="tester", at=AT, replace=True)
    assert loaded.report.faults == []
    assert loaded.counts["service_records"].removed == len(tables()["service_records"])
    assert not _rows("service_records") and not _rows("monthly_delivery")
