"""Each of Cardinal's indicators just inside and just outside its limit."""

import pytest

from .conftest import bid, process


def differences(ratios):
    return [
        process(str(n), bid(f"W{n}", 1000), bid(f"L{n}", 1000 + ratio), winner=f"W{n}")
        for n, ratio in enumerate(ratios)
    ]


@pytest.mark.parametrize(
    ("end", "flagged"),
    [
        ("2020-01-16T09:59:59+00:00", True),
        ("2020-01-16t09:59:59z", True),
        ("2020-01-16T10:00:00Z", False),
        ("2020-01-16", False),
    ],
)
def test_short_submission_period(values, end, flagged):
    period = {"startDate": "2020-01-01T18:00:00+08:00", "endDate": end}
    found = values("R003", {"ocid": "1", "tender": {"tenderPeriod": period}})
    assert found == ({"OCID": {"1": 1.0}} if flagged else {})


def test_a_period_that_ends_before_it_starts_is_short_in_whole_days(values):
    period = {"startDate": "2020-01-02T00:00:00Z", "endDate": "2020-01-01T12:00:00Z"}
    release = {"ocid": "1", "tender": {"tenderPeriod": period}}
    assert values("R003", release)
    # Minus half a day is no whole day, so not fewer than 0.
    assert not values("R003", release, limits={("R003", "threshold"): 0})


@pytest.mark.parametrize(("number", "flagged"), [(1, True), (2, False), (0, False)])
def test_single_bid(values, number, flagged):
    tender = {"procurementMethod": "open", "numberOfTenderers": number}
    assert bool(values("R018", {"ocid": "1", "tender": tender})) == flagged


@pytest.mark.parametrize(("ratio", "flagged"), [(50, True), (51, False)])
def test_price_close_to_winning_bid(values, ratio, flagged):
    found = values("R024", *differences([ratio]), limits={("R024", "threshold"): 0.05})
    expected = {"OCID": {"0": 0.05}, "Tenderer": {"W0": 0.0, "L0": 0.0}}
    assert found == (expected if flagged else {})


def test_a_low_fence_from_the_quartiles(values):
    # Quartiles 0.1 and 0.1: the fence is 0.1 itself, and what is on it is flagged.
    assert set(values("R024", *differences([100] * 8 + [99]))["OCID"]) == set("012345678")
    assert values("R024", *differences([0] * 4 + [100] * 4)) == {}


@pytest.mark.parametrize(("wins", "flagged"), [(2, True), (3, False)])
def test_excessive_unsuccessful_bids(values, wins, flagged):
    releases = [
        process(str(n), bid("F"), bid(f"T{n}"), winner="F" if n < wins else f"T{n}")
        for n in range(10)
    ]
    found = values("R025", *releases, limits={("R025", "threshold"): 0.2})
    assert ("F" in found.get("Tenderer", {})) == flagged


def test_few_bids_are_never_excessive(values):
    releases = [process(str(n), bid("F"), bid("G"), winner="G") for n in range(4)]
    releases += [process("x", bid("H"), bid("I"), winner="I")]
    # H lost its only bid, but three quarters of tenderers bid as often as F: 4 times.
    found = values("R025", *releases, limits={("R025", "threshold"): 0.2})
    assert found == {"Tenderer": {"F": 0.0}}


@pytest.mark.parametrize(
    ("bids", "flagged"),
    [
        ([bid("A", 10), bid("B", 10)], {"A", "B"}),
        ([bid("A", 10), bid("B", 10.01)], set()),
        ([bid("A", 10), bid("A", 10)], set()),
        ([bid("A+B", 10), bid("B+A", 10)], set()),
        ([bid("A+B", 10), bid("B", 10)], {"A", "B"}),
        ([bid("A", 10), bid("B", 10, status="withdrawn")], set()),
        ([bid("A", 10, relatedLots=["1"]), bid("B", 10, relatedLots=["2"])], set()),
        ([bid("A", 10, relatedLots=["1"]), bid("B", 10, relatedLots=["1"])], {"A", "B"}),
        ([bid("A", 10, relatedLots=["1", "2"]), bid("B", 10, relatedLots=["2", "1"])], {"A", "B"}),
        ([bid("A", 10, relatedLots=["1", "2"]), bid("B", 10, relatedLots=["2"])], set()),
    ],
)
def test_identical_prices(values, bids, flagged):
    found = values("R028", process("1", *bids))
    assert set(found.get("Tenderer", {})) == flagged
    assert set(found.get("OCID", {})) == ({"1"} if flagged else set())


@pytest.mark.parametrize(("second", "flagged"), [("00", False), ("01", True)])
def test_late_bid_won(values, second, flagged):
    tender = {"tenderPeriod": {"endDate": "2020-05-01T09:00:00Z"}}
    late = bid("W+X", date=f"2020-05-01T09:00:{second}Z")
    found = values("R030", process("1", late, winner="W", tender=tender))
    # Of the consortium only the one that won is named.
    assert found == ({"OCID": {"1": 1.0}, "Tenderer": {"W": 1.0}} if flagged else {})


@pytest.mark.parametrize(("others", "flagged"), [(2, True), (1, False)])
def test_all_others_disqualified(values, others, flagged):
    out = [bid(f"D{n}", status="disqualified") for n in range(others)]
    found = values(
        "R035", process("1", bid("W"), *out, winner="W"), limits={("R035", "threshold"): 2}
    )
    assert found == ({"OCID": {"1": 2.0}, "Tenderer": {"W": 0.0}} if flagged else {})


@pytest.mark.parametrize(("amount", "flagged"), [(10, True), (10.01, False)])
def test_lowest_bid_disqualified(values, amount, flagged):
    bids = [bid("D", amount, status="disqualified"), bid("W", 10)]
    assert values("R036", process("1", *bids, winner="W")) == (
        {"OCID": {"1": 1.0}} if flagged else {}
    )


def test_the_lowest_bid_is_that_of_a_lot(values):
    bids = [
        bid("D", 5, status="disqualified", relatedLots=["1"]),
        bid("W", 10, relatedLots=["2"]),
    ]
    assert values("R036", process("1", *bids, winner="W")) == {}


@pytest.mark.parametrize("lots", [["1", "2"], ["2", "1"], ["2", "1", "2"]])
def test_the_order_of_lots_says_nothing(values, lots):
    bids = [
        bid("D", 5, status="disqualified", relatedLots=lots),
        bid("W", 10, relatedLots=["1", "2"]),
    ]
    assert values("R036", process("1", *bids, winner="W")) == {"OCID": {"1": 1.0}}


def test_each_lot_has_evidence_of_its_own_and_other_currencies_none(report):
    def lot(name, currency="USD"):
        out = bid("D", 5, status="disqualified", relatedLots=[name], id=f"out {name}")
        valid = bid("W", 10, relatedLots=[name], id=f"valid {name}")
        for one in (out, valid):
            one["value"]["currency"] = currency
        return [out, valid]

    bids = [*lot("1"), *lot("2"), *lot("3", "EUR")]
    found = report(process("1", *bids, winner="W"), codes=["R036"], evidence=True)
    shown = [[one["bid"] for one in each["bids"]] for each in found.evidence["R036", "OCID", "1"]]
    assert shown == [["out 1", "valid 1"], ["out 2", "valid 2"]]


@pytest.mark.parametrize(("out", "flagged"), [(2, True), (1, False)])
def test_excessive_disqualified_bids(values, out, flagged):
    bids = [bid("T", status="disqualified" if n < out else "valid") for n in range(4)]
    found = values("R038", process("1", *bids), limits={("R038", "threshold"): 0.5})
    assert found == ({"Tenderer": {"T": 0.5}} if flagged else {})


@pytest.mark.parametrize(("number", "flagged"), [(20, True), (19, False)])
def test_heterogeneous_supplier(values, number, flagged):
    def release(n):
        made = process(str(n), winner="S")
        made["awards"][0]["items"] = [{"classification": {"id": f"{n % 3}5000000"}}]
        return made

    limits = {("R048", "threshold"): 3}
    found = values("R048", *map(release, range(number)), limits=limits)
    assert found == ({"Tenderer": {"S": 3.0}} if flagged else {})


@pytest.mark.parametrize(("ratio", "flagged"), [(500, True), (499, False)])
def test_heavily_discounted_bid(values, ratio, flagged):
    found = values("R058", *differences([ratio]), limits={("R058", "threshold"): 0.5})
    assert found == ({"OCID": {"0": 0.5}, "Tenderer": {"W0": 0.0}} if flagged else {})


def test_prices_are_compared_within_the_lot_that_was_awarded(values):
    bids = [bid("W", 100, relatedLots=["1"]), bid("L", 150, relatedLots=["2"])]
    release = process("1", *bids, winner="W")
    release["awards"][0]["relatedLots"] = ["1"]
    limits = {("R058", "threshold"): 0.1}
    assert values("R058", release, limits=limits) == {}
    release["bids"]["details"][1]["relatedLots"] = ["1", "2"]
    assert values("R058", release, limits=limits)["OCID"] == {"1": 0.5}


def test_an_empty_list_of_lots_says_nothing(values):
    bids = [bid("W", 100, relatedLots=["1"]), bid("L", 150, relatedLots=["2"])]
    release = process("1", *bids, winner="W")
    release["awards"][0]["relatedLots"] = []
    assert values("R058", release, limits={("R058", "threshold"): 0.1})["OCID"] == {"1": 0.5}
    same = process("1", bid("A", 10, relatedLots=[]), bid("B", 10))
    assert values("R028", same)["OCID"] == {"1": 1.0}


def test_a_consortiums_bid_is_not_compared(values):
    release = process("1", bid("W+X", 100), bid("L", 150), winner="W")
    assert values("R058", release, limits={("R058", "threshold"): 0.1}) == {}


def test_evidence_names_bids_and_amounts(report):
    winning, losing = bid("W", 100, id="b1"), bid("L", 150, id="b2")
    found = report(
        process("1", winning, losing, winner="W"),
        codes=["R058"],
        limits={("R058", "threshold"): 0.1},
        evidence=True,
    )
    (shown,) = found.evidence["R058", "OCID", "1"]
    assert (shown["winning"]["bid"], shown["winning"]["amount"]) == ("b1", 100)
    assert (shown["losing"]["tenderers"], shown["losing"]["amount"]) == (["L"], 150)
    assert found.evidence["R058", "Tenderer", "W"] == [{"ocid": "1"}]
