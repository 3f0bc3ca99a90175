"""Keeping findings: new, still there, gone and back; only what was computed is judged."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db.models import Q
from django.test import Client
from tests.disclosure import cast

from almoner.findings.run import Finding, Result
from almoner.supervision import queries
from almoner.supervision.models import Run, StoredFinding
from almoner.supervision.operations import read, store
from almoner.web.stamps import serials

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
FIRST, NEXT, LATER = date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 20)


def late(contract: str = "C-1", seq: int = 1) -> Finding:
    """A late payment of a contract."""
    id = f"{contract}/{seq}"
    words = {"due_on": 20_600, "paid_on": None, "cause": None}
    return Finding("M01", "instalments", id, None, 9.0, None, (("instalments", id),), words, None)


def keep(*found: Finding, on: date = FIRST, scope: Q | None = None, codes: str = "M01") -> Run:
    result = Result(tuple(found), {})
    return store(
        result, as_of=on, at=AT, engine="duckdb", codes=codes.split(), whole=True, scope=scope
    )


@pytest.fixture(autouse=True)
def on() -> cast.Stage:
    """Two contracts with an instalment each."""
    on = cast.stage()
    for contract in (cast.contract(on, "C-1"), cast.contract(on, "C-2", provider=on.rival)):
        cast.instalment(contract, 1, FIRST)
    return on


def test_a_finding_is_kept_with_whom_it_concerns() -> None:
    before = serials(["findings"]), serials(["contract:C-1"]), serials(["contract:C-2"])
    run = keep(late())
    kept = StoredFinding.objects.get()
    assert (kept.code, kept.subject_table, kept.subject_id) == ("M01", "instalments", "C-1/1")
    assert kept.contract_id == "C-1" and kept.provider_uscc and kept.purchaser_uscc
    assert kept.money_fen == 1_000_000 * cast.YUAN  # of the instalment, not of the contract
    assert kept.severity == 3 and not kept.about_persons
    assert (kept.first_found_on, kept.due_on, kept.gone_on) == (FIRST, date(2026, 7, 15), None)
    assert read(kept) == late()
    assert (run.found, run.computed) == (1, ["M01"])
    after = serials(["findings"]), serials(["contract:C-1"]), serials(["contract:C-2"])
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, False, True]


def test_what_a_contract_came_of_is_asked_on_its_page(client: Client, on: cast.Stage) -> None:
    """The tender and the bid that won; no bid that lost, and no tender of several contracts."""
    one, lots = cast.tender(on, "T-one"), cast.tender(on, "T-lots")
    won, lost = cast.bid(on, one, "B-won"), cast.bid(on, one, "B-lost", provider=on.rival)
    cast.contract(on, "C-one", tender=one, bid=won)
    for lot in ("C-lot-1", "C-lot-2"):
        cast.contract(on, lot, tender=lots, provider=on.rival)
    asked = [
        ("T05", "bids", won.id),
        ("T05", "bids", lost.id),
        ("T03", "tenders", one.id),
        ("T03", "tenders", lots.id),
    ]
    figures = {"direct_hours": 1700, "staff": 1, "criteria": 2}
    keep(*(Finding(*each, None, 1.0, 1.0, (), figures, None) for each in asked), codes="T03 T05")
    of = {kept.subject_id: kept.contract_id for kept in StoredFinding.objects.all()}
    assert of == {"B-won": "C-one", "B-lost": None, "T-one": "C-one", "T-lots": None}
    page = client.get("/en/contracts/C-one/").content.decode()
    for id in ("B-won", "T-one"):
        assert re.search(rf'href="/en/tenders/T-one/">\w+ <span class="code">{id}</span></a>', page)
    assert "B-lost" not in page


def test_pages_of_contracts_signed_later_show_what_they_came_of(
    client: Client, on: cast.Stage
) -> None:
    tender = cast.tender(on)
    found = Finding("T03", "tenders", tender.id, None, None, None, (), {"criteria": 2}, None)

    def asked(contract: str) -> bool:
        return "No points for outcomes" in client.get(f"/en/contracts/{contract}/").content.decode()

    keep(found, codes="T03")
    cast.contract(on, "C-3", tender=tender)
    assert not asked("C-3")
    keep(found, on=NEXT, codes="T03")
    assert asked("C-3")
    cast.contract(on, "C-4", tender=tender, provider=on.rival)
    keep(found, on=LATER, codes="T03")
    assert not asked("C-3") and not asked("C-4")


def test_what_is_found_again_keeps_its_first_day_and_its_deadline() -> None:
    keep(late())
    keep(late(), on=NEXT)
    kept = StoredFinding.objects.get()
    assert (kept.first_found_on, kept.due_on, kept.found_on) == (FIRST, date(2026, 7, 15), NEXT)


def test_what_is_found_with_other_figures_shows_them_and_keeps_its_deadline() -> None:
    keep(late(), late("C-2"))
    worse = replace(late(), value=12.0, words={**late().words, "cause": "dispute"})
    keep(worse, late("C-2"), on=NEXT)
    kept = StoredFinding.objects.get(contract_id="C-1")
    assert read(kept) == worse
    assert (kept.first_found_on, kept.due_on, kept.found_on) == (FIRST, date(2026, 7, 15), NEXT)
    assert read(StoredFinding.objects.get(contract_id="C-2")) == late("C-2")


def test_what_is_found_no_more_is_gone_and_begins_anew_when_it_comes_back() -> None:
    keep(late())
    keep(on=NEXT)
    kept = StoredFinding.objects.get()
    assert kept.gone_on == NEXT and not queries.public()
    keep(late(), on=LATER)
    kept.refresh_from_db()
    assert (kept.gone_on, kept.first_found_on) == (None, LATER)


def test_only_what_was_computed_can_be_gone() -> None:
    keep(late())
    keep(on=NEXT, codes="M02")
    store(
        Result((), {"M01": ("instalments",)}),
        as_of=NEXT,
        at=AT,
        engine="duckdb",
        codes=["M01"],
        whole=True,
    )
    assert StoredFinding.objects.get().gone_on is None


def test_only_what_lies_in_the_scope_can_be_gone() -> None:
    keep(late(), late("C-2"))
    keep(on=NEXT, scope=Q(contract_id="C-2"))
    gone = {kept.contract_id: kept.gone_on for kept in StoredFinding.objects.all()}
    assert gone == {"C-1": None, "C-2": NEXT}


def test_a_subject_that_is_not_on_record_concerns_nobody() -> None:
    keep(late("C-9"))
    kept = StoredFinding.objects.get()
    assert (kept.contract_id, kept.provider_uscc, kept.money_fen) == (None, None, None)


def test_the_list_is_ranked_by_money_severity_and_age() -> None:
    keep(late("C-1"), late("C-2"))
    rows = StoredFinding.objects.all()
    rows.filter(contract_id="C-1").update(money_fen=100, severity=3, first_found_on=LATER)
    rows.filter(contract_id="C-2").update(money_fen=100, severity=1, first_found_on=FIRST)
    order = queries.in_order(queries.ranked(rows, LATER))
    assert [kept.contract_id for kept in order] == ["C-2", "C-1"]  # 1 x 20 days, 3 x 1 day
    rows.filter(contract_id="C-1").update(money_fen=1_000)
    order = queries.in_order(queries.ranked(rows, LATER))
    assert [kept.contract_id for kept in order] == ["C-1", "C-2"]


def long_day(worker: str) -> Finding:
    words = {"worker": worker}
    return Finding(
        "D02", "workers", worker, "2026-06-01", 700.0, 600.0, (("workers", worker),), words, None
    )


@pytest.mark.parametrize(("number", "shown"), [(4, None), (5, 5)])
def test_findings_about_persons_are_public_as_a_count_of_five_or_more(
    number: int, shown: int | None
) -> None:
    keep(*(long_day(f"W{place}") for place in range(number)), codes="D02")
    assert [(kind.definition.code, kind.number) for kind in queries.kinds(FIRST)] == [
        ("D02", shown)
    ]
    assert not queries.public()
