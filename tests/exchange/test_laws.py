"""Packages that each keep the format's laws and would break them together."""

from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from tests.citypackage.small import Rows, tables, with_referenced, write_small
from tests.exchange.loading import everything, load_rows

from almoner.citypackage import check
from almoner.exchange import laws
from almoner.exchange.export import export

pytestmark = pytest.mark.django_db

TOGETHER = "together with what is in the database"


def _first(folder: Path) -> None:
    names = ("ratings", "indicators", "tender_criteria", "service_items")
    loaded = load_rows(folder, with_referenced(*names))
    assert loaded.report.faults == []


def _altered(name: str, key: str, **cells: str) -> dict[str, Rows]:
    """A table of the small package, alone, with these cells in the row of that id or code."""
    rows = tables()[name]
    next(row for row in rows if key in (row.get("id"), row.get("code"))).update(cells)
    return {name: rows}


def _indicators(*keys: str) -> dict[str, Rows]:
    every = tables()["indicators"]
    return {"indicators": [row for row in every if not keys or row["id"] in keys]}


def _ratings(score: str) -> dict[str, Rows]:
    return {"ratings": [dict(tables()["ratings"][0], score=score)]}


def _another_version() -> dict[str, Rows]:
    """The evaluation made by version 2, whose indicators have a narrower range."""
    rows = [dict(row, framework_version="2") for row in tables()["indicators"]]
    rows[1]["max_score"] = "39"
    return {"indicators": rows} | _altered("evaluations", "E1", framework_version="2")


def _circle(contents: dict[str, Rows], parent: str, up: str) -> dict[str, Rows]:
    """The first row below one that the package lacks, which is below it in the database."""
    next(iter(contents.values()))[0][parent] = up
    return contents


BREACHES: dict[str, tuple[dict[str, Rows], tuple[str, str, str, str]]] = {
    "an indicator renamed": (
        _altered("indicators", "I1", id="I9"),
        ("indicators", "weight", "140", "weight_sum"),
    ),
    "a criterion renamed": (
        _altered("tender_criteria", "quality", id="worth"),
        ("tender_criteria", "weight", "179.990", "weight_sum"),
    ),
    "ratings alone": (_ratings("40.01"), ("ratings", "score", "40.01", "score_range")),
    "a rating where no highest score is given": (
        {"ratings": [dict(tables()["ratings"][3], score="100.01")]},
        ("ratings", "score", "100.01", "score_range"),
    ),
    "a smaller range": (
        _altered("indicators", "I1", max_score="39.99"),
        ("ratings", "score", "40", "score_range"),
    ),
    "another version": (_another_version(), ("ratings", "score", "40", "score_range")),
    "a circle of items": (
        _circle({"service_items": tables()["service_items"][:1]}, "parent_code", "A01"),
        ("service_items", "parent_code", "A", "parent_cycle"),
    ),
    "a circle of indicators": (
        _circle(_indicators("I", "J"), "parent_id", "I1"),
        ("indicators", "parent_id", "I", "parent_cycle"),
    ),
}


def test_what_breaks_a_law_with_older_rows_is_refused(tmp_path: Path) -> None:
    _first(tmp_path)
    before = everything()
    for name, (contents, told) in BREACHES.items():
        loaded = load_rows(tmp_path, contents)
        found = [(f.file, f.column, f.value, f.code) for f in loaded.report.faults]
        assert found == [told], name
        assert TOGETHER in loaded.report.faults[0].fault
        assert not loaded.wrote and loaded.report.digest == ""
        assert everything() == before, name
        assert check(write_small(tmp_path / name, contents)).ok


def test_a_rating_out_of_range_is_named_by_its_key(tmp_path: Path) -> None:
    _first(tmp_path)
    [fault] = load_rows(tmp_path, _ratings("999")).report.faults
    assert fault.fault == (
        f"expected a score from 0 to 40, {TOGETHER} "
        "(at evaluation_id = E1 and rater_id = R1 and indicator_id = I1)"
    )


@pytest.mark.parametrize("name", ["an indicator renamed", "a criterion renamed"])
def test_a_renamed_row_is_loaded_with_replace_as_the_fault_says(tmp_path: Path, name: str) -> None:
    _first(tmp_path)
    contents = BREACHES[name][0]
    [fault] = load_rows(tmp_path, contents).report.faults
    assert fault.fault.endswith("; where ids were renamed, load with --replace")
    assert load_rows(tmp_path, contents, replace=True).report.ok
    export(tmp_path / "exported", as_of=date(2026, 6, 30))
    assert check(tmp_path / "exported").faults == []


def test_replaced_indicators_are_held_against_ratings_that_stay(tmp_path: Path) -> None:
    _first(tmp_path)
    contents = BREACHES["a smaller range"][0]
    [fault] = load_rows(tmp_path, contents, replace=True).report.faults
    assert (fault.file, fault.code) == ("ratings", "score_range")
    assert "--replace" not in fault.fault


def test_what_keeps_the_laws_is_loaded(tmp_path: Path) -> None:
    _first(tmp_path)
    for number, contents in enumerate(
        [
            _ratings("0"),
            _altered("indicators", "I1", max_score="40.00"),
            _altered("indicators", "I1", max_score=""),
            _altered("tender_criteria", "quality", weight="80"),
        ]
    ):
        with transaction.atomic():
            assert load_rows(tmp_path, contents).report.faults == [], contents
            export(tmp_path / f"exported-{number}", as_of=date(2026, 6, 30))
            assert check(tmp_path / f"exported-{number}").faults == [], contents
            transaction.set_rollback(True)


def test_nothing_is_read_where_no_law_can_have_been_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(name: str) -> None:
        raise AssertionError(name)

    monkeypatch.setattr(laws, "_rows", never)
    load_rows(tmp_path)  # into empty tables
    assert load_rows(tmp_path).report.ok  # nothing new
    assert load_rows(tmp_path, _altered("workers", "W1", licence="senior")).wrote
    assert load_rows(tmp_path, _altered("service_items", "A", name_en="x"), replace=True).wrote
