"""Loading with `replace`: what the package lacks goes, from the tables that it lists."""

from pathlib import Path

import pytest
from django.db import connection
from tests.citypackage.small import USCC, Rows, tables
from tests.exchange.loading import AT, everything, load_rows

from almoner.accounts.operations import add_person, grant_role
from almoner.audit.models import Event
from almoner.citypackage import read, write
from almoner.delivery.models import MonthlyDelivery
from almoner.exchange.load import Loaded, load
from almoner.exchange.verify import verify
from almoner.rules.roles import Role

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


def _without(name: str, key: str) -> dict[str, Rows]:
    """A table of the small package, alone, without the rows that begin with this cell."""
    return {name: [row for row in tables()[name] if next(iter(row.values())) != key]}


def _named(loaded: Loaded) -> set[tuple[str, str | None, str]]:
    assert {fault.code for fault in loaded.report.faults} == {"still_named"}
    return {(fault.file, fault.value, fault.fault) for fault in loaded.report.faults}


STILL_NAMED: list[tuple[dict[str, Rows], str, dict[str, str]]] = [
    (
        _without("organisations", USCC["@F"]),
        USCC["@F"],
        {"appropriations": "B1 (payer_uscc)", "contracts": "C1 (supervisor_uscc)"},
    ),
    (
        {"contract_terms": tables()["contract_terms"][1:]},
        "C1/case",
        {"service_records": "S1 and 1 more (term_id)"},
    ),
    (
        {"frameworks": tables()["frameworks"][1:]},
        "F1/1",
        {
            "indicators": "I and 3 more (framework_id)",
            "contracts": "C1 (framework_id)",
            "evaluations": "E1 (framework_id)",
        },
    ),
    (
        {"evaluations": []},
        "E1",
        {
            "ratings": "R1/I1 and 3 more (evaluation_id)",
            "consequences": "and 1 more (evaluation_id)",
        },
    ),
]


def test_what_is_still_named_stays_and_who_names_it_is_told(tmp_path: Path) -> None:
    load_rows(tmp_path)
    before = everything()
    for contents, gone, referrers in STILL_NAMED:
        loaded = load_rows(tmp_path, contents, replace=True)
        [table] = contents
        assert _named(loaded) == {
            (table, gone, f"is still named by {name} {who}: list {name} too, or keep the row")
            for name, who in referrers.items()
        }
        assert not loaded.wrote and everything() == before, gone


def test_what_the_platform_needs_stays(tmp_path: Path) -> None:
    load_rows(tmp_path)
    charity = "GB-CHC-1234567"
    person = add_person(actor="tester", at=AT, login="li", name_zh="", name_en="Li", password=None)
    grant_role(
        actor="tester",
        at=AT,
        person=person,
        role=Role.PROVIDER_DIRECTOR,
        organisation_uscc=charity,
        from_on=AT.date(),
    )
    loaded = load_rows(tmp_path, _without("organisations", charity), replace=True)
    sentence = (
        "is still named by grants (organisation_id): keep the row, for no package can list grants"
    )
    assert _named(loaded) == {("organisations", charity, sentence)}


def test_what_is_named_goes_together_with_what_names_it(tmp_path: Path) -> None:
    load_rows(tmp_path)
    some = {"contract_terms": tables()["contract_terms"][2:], "service_records": []}
    assert load_rows(tmp_path, some, replace=True).report.faults == []
    below = {"areas": tables()["areas"][:1]} | {
        name: []
        for name in tables()
        if name not in ("areas", "service_items", "frameworks", "notices")
    }
    assert load_rows(tmp_path, below, replace=True).report.faults == []
    assert _rows("areas") == 1


def test_a_report_of_rows_still_named_ends_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rows(tmp_path)
    areas = {"areas": tables()["areas"][:1]}
    found = len(load_rows(tmp_path, areas, replace=True).report.faults)
    for limit in (found - 1, found):
        monkeypatch.setattr("almoner.exchange.load.LIMIT", limit)
        report = load_rows(tmp_path, areas, replace=True).report
        assert (len(report.faults), report.truncated) == (limit, limit < found)
