"""Cardinal's own cases and answers, and where ours differ on purpose (docs/flags.md)."""

import gzip
import json
import os
from pathlib import Path

import pytest

from almoner.flags import Settings, flags, read_settings
from almoner.flags.output import cardinal_json

from .conftest import bid, process

CASES = Path(__file__).parent / "cardinal"
REFERENCE = Path(os.environ.get("ALMONER_REFERENCE", "")) / "cardinal"
GENERAL = {"not_compared": frozenset({"NPC"}), "excluded": frozenset({"EXC"})}
METHODS = frozenset({"open", "selective"})
SETTINGS = {
    "R003-procurement_method_details-x-5-y-10": {"days": {"x": 5, "y": 10}},
    "R003-procurement_methods-open+selective": {
        "choices": {("R003", "procurement_methods"): METHODS}
    },
    "R003-threshold-10": {"limits": {("R003", "threshold"): 10}},
    "R048-minimum_contracting_processes-1": {
        "limits": {("R048", "minimum_contracting_processes"): 1}
    },
    # Cardinal counts bids here, not processes; then the one process of this buyer is enough.
    "R038": {"limits": {("R038", "minimum_contracting_processes"): 1}},
}


@pytest.mark.parametrize("case", sorted(path.stem for path in CASES.glob("*.jsonl")))
def test_a_case_of_cardinals(case):
    settings = Settings(codes=(case[:4],), **GENERAL, **SETTINGS.get(case, {}))
    found = json.loads(cardinal_json(flags(CASES / f"{case}.jsonl", settings)))
    del found["Meta"]
    assert found == json.loads((CASES / f"{case}.expected").read_text())


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="ALMONER_REFERENCE names no folder of answers")
def test_five_thousand_releases_with_cardinals_answers():
    settings = read_settings(REFERENCE / "settings.ini")
    found = json.loads(
        cardinal_json(flags(REFERENCE / "synthetic5k.jsonl.gz", settings)),
    )
    expected = json.loads(
        gzip.decompress((REFERENCE / "synthetic5k.expected.json.gz").read_bytes())
    )
    assert found["OCID"] == expected["OCID"]
    assert found["Tenderer"] == expected["Tenderer"]
    # R038 of buyers counts processes (see below), so these answers are not the same.
    for fences in (found["Meta"], expected["Meta"]):
        for name in [name for name in fences["R038"] if not name.startswith("Tenderer")]:
            del fences["R038"][name]
    assert found["Meta"] == expected["Meta"]
    # The same as Cardinal's for buyers and entities where both find something.
    for group in ("Buyer", "ProcuringEntity"):
        both = found[group].keys() & expected[group].keys()
        assert both
        assert {key: found[group][key] for key in both} == {
            key: expected[group][key] for key in both
        }


def test_late_is_told_from_instants_not_from_text(values):
    """Difference 1: Cardinal compares the text of dates, which offsets mislead."""

    def late(date, end):
        tender = {"tenderPeriod": {"endDate": end}}
        release = process("1", bid("W", date=date), winner="W", tender=tender)
        return values("R030", release) == {"OCID": {"1": 1.0}, "Tenderer": {"W": 1.0}}

    assert late("2020-05-01T09:00:01Z", "2020-05-01T17:00:00+08:00")
    assert not late("2020-05-01T09:00:00Z", "2020-05-01T17:00:00+08:00")
    assert not late("2020-05-02T00:00:00+08:00", "2020-05-01T17:00:00Z")
    assert late("2020-05-01T09:00:00.5Z", "2020-05-01T09:00:00Z")


def test_a_single_bid_is_counted_from_the_bids_where_no_number_is_given(values):
    """Difference 2: Cardinal looks at numberOfTenderers alone."""
    tender = {"procurementMethod": "open"}
    assert values("R018", process("1", bid("A"), bid("A"), tender=tender)) == {"OCID": {"1": 1.0}}
    assert values("R018", process("1", bid("A"), bid("B"), tender=tender)) == {}
    assert values("R018", process("1", bid("A+B"), tender=tender)) == {"OCID": {"1": 1.0}}
    assert values("R018", process("1", bid("A"), bid("B", status="withdrawn"), tender=tender))
    assert values("R018", process("1", tender=tender)) == {}
    given = {"procurementMethod": "open", "numberOfTenderers": 2}
    assert values("R018", process("1", bid("A"), tender=given)) == {}


def test_the_evidence_of_a_single_bid_names_the_number_where_it_decided(report):
    tender = {"procurementMethod": "open"}
    given = {**tender, "numberOfTenderers": 1}
    releases = [
        process("counted", bid("A"), tender=tender),
        process("given", tender=given),
        process("both", bid("A"), bid("B"), tender=given),
    ]
    found = report(*releases, codes=["R018"], evidence=True).evidence
    shown = [{"status": "valid", "tenderers": [one]} for one in "AB"]
    assert found == {
        ("R018", "OCID", "counted"): [{"bids": shown[:1]}],
        ("R018", "OCID", "given"): [{"bids": [], "numberOfTenderers": 1}],
        ("R018", "OCID", "both"): [{"bids": shown, "numberOfTenderers": 1}],
    }


def test_the_least_number_of_processes_counts_processes(values):
    """Difference 3: Cardinal counts the bids of the buyer instead."""

    def releases(number):
        return [
            process(str(n), bid("A", status="disqualified"), bid("B"), buyer={"id": "X"})
            for n in range(number)
        ]

    fixed = {"limits": {("R038", "threshold"): 0.5}}
    assert "Buyer" not in values("R038", *releases(1), **fixed)
    assert values("R038", *releases(2), **fixed)["Buyer"] == {"X": 0.5}


def test_the_main_currency_is_that_of_most_bids(report):
    """Difference 4: Cardinal takes the first that a thread meets, so its answer may change."""

    def priced(ocid, currency):
        bids = [bid("W", 100), bid("L", 130)]
        for one in bids:
            one["value"]["currency"] = currency
        return process(ocid, *bids, winner="W")

    lines = [priced("1", "EUR"), priced("2", "USD"), priced("3", "USD")]
    settings = {"codes": ["R058"], "limits": {("R058", "threshold"): 0.1}}
    first, last = report(*lines, **settings), report(*reversed(lines), **settings)
    assert first == last
    assert first.currency == "USD"
    assert set(first.values["OCID"]) == {"2", "3"}
    assert first.other_currencies == {"EUR": 2}
    assert first.coverage["R058"].missing == {"bids in USD": 1}
    set_to_euro = report(*lines, currency="EUR", **settings)
    assert set(set_to_euro.values["OCID"]) == {"1"}
    # As many of each: the first in the alphabet.
    assert report(*lines[:2], **settings).currency == "EUR"


def test_a_process_with_bids_in_other_currencies_alone_is_not_computed(report):
    def priced(ocid, *currencies):
        out = bid("D", 5, status="disqualified")
        bids = [out, *(bid("W", 10) for _ in currencies[1:])]
        for one, currency in zip(bids, currencies, strict=True):
            one["value"]["currency"] = currency
        return process(ocid, *bids, winner="W")

    lines = [priced("1", "USD", "USD"), priced("2", "EUR", "EUR"), priced("3", "EUR", "USD")]
    found = report(*lines, priced("4", "CLF"), codes=["R036"], currency="USD")
    assert found.values == {"OCID": {"1": {"R036": 1.0}}}
    assert found.coverage["R036"].computed == 2
    assert found.coverage["R036"].missing == {"bids in USD": 2}


@pytest.mark.parametrize("amount", [0, -5])
def test_a_winning_amount_of_nothing_is_not_computable(report, amount):
    """Difference 5: Cardinal divides by it, and prints null."""
    releases = [
        process("0", bid("W", amount), bid("L", 10), winner="W"),
        process("1", bid("W", 100), bid("L", 150), winner="W"),
    ]
    limit = {("R058", "threshold"): 0.5}
    found = report(*releases, codes=["R058"], limits=limit)
    assert found.values == {"OCID": {"1": {"R058": 0.5}}, "Tenderer": {"W": {"R058": 0.0}}}
    assert found.coverage["R058"].missing == {"a winning amount above 0": 1}
    assert found.coverage["R058"].computed == 1
    assert b"null" not in cardinal_json(found)


@pytest.mark.parametrize(
    ("fence", "shown"), [(0.03125, 0.0313), (-0.03125, -0.0313), (0.00004, 0.0), (2.0, 2.0)]
)
def test_fences_are_rounded_as_cardinal_rounds_halves_away_from_zero(report, fence, shown):
    release = process("1", bid("W", 100), bid("L", 150), winner="W")
    found = report(release, codes=["R058"], limits={("R058", "threshold"): fence})
    assert json.loads(cardinal_json(found))["Meta"]["R058"]["upper_fence"] == shown


def test_without_data_there_are_no_fences_rather_than_null(report):
    found = report(process("1"), codes=Settings().codes)
    assert cardinal_json(found) == b'{"Meta":{}}\n'
