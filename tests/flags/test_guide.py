"""The guide's indicators just inside and just outside their limits, and what each lacks."""

import pytest

from almoner.flags import Settings
from almoner.flags.catalogue import CARDINAL, GUIDE

from .conftest import bid, process


def money(amount, currency="CNY"):
    return {"amount": amount, "currency": currency}


def award(*suppliers, amount=None, classes=("85311300",), **fields):
    made = {"status": "active", "suppliers": [{"id": one} for one in suppliers], **fields}
    made["items"] = [{"classification": {"id": one}} for one in classes]
    return made if amount is None else {**made, "value": money(amount)}


def lacking(report, code, *lines, **settings):
    found = report(*lines, codes=[code], **settings)
    assert found.values == {}
    assert found.coverage[code].computed == 0
    return list(found.coverage[code].missing)


def test_the_guides_indicators_do_not_disturb_those_who_switch():
    assert Settings().codes == CARDINAL
    wanted = "R001 R002 R017 R019 R021 R040 R050 R051 R064 R068 R073"
    assert " ".join(GUIDE) == wanted
    assert not Settings().full


@pytest.mark.parametrize("code", GUIDE)
def test_fields_that_are_not_there_are_named(report, code):
    assert lacking(report, code, {"ocid": "1"}, {"ocid": "2"})


def test_planning_documents(report, values):
    plan = {"documents": [{"documentType": "procurementPlan"}]}
    planned, bare = {"ocid": "1", "planning": plan}, {"ocid": "2", "planning": {"documents": []}}
    assert values("R001", planned, bare) == {"OCID": {"2": 1.0}}
    # In a file in which nobody publishes any, none is flagged.
    assert lacking(report, "R001", bare) == [
        "planning.documents.documentType, which no process has"
    ]


@pytest.mark.parametrize(
    ("amount", "flagged"), [(949.99, False), (950, True), (999.99, True), (1000, False)]
)
def test_value_below_a_threshold(values, amount, flagged):
    release = {"ocid": "1", "tender": {"value": money(amount)}}
    found = values("R002", release, limits={("R002", "threshold"): 1000})
    assert found == ({"OCID": {"1": amount / 1000}} if flagged else {})


def test_the_margin_below_a_threshold_is_taken_in_decimals(values):
    # 13 x (1 - 0.1) is 11.700000000000001 in floating point.
    release = {"ocid": "1", "tender": {"value": money(11.7)}}
    limits = {("R002", "threshold"): 13, ("R002", "margin"): 0.1}
    assert values("R002", release, limits=limits) == {"OCID": {"1": 11.7 / 13}}


def test_a_threshold_has_to_be_set(report):
    release = {"ocid": "1", "tender": {"value": money(5)}}
    assert lacking(report, "R002", release) == ["the setting threshold of R002, an amount"]


@pytest.mark.parametrize("set_to", [None, "USD"])
def test_a_value_in_another_currency_is_not_compared_and_said_to_be_so(report, set_to):
    """Set, or of most bids; where there are neither, the one of most tenders."""
    tenders = [{"value": money(990, one)} for one in ("USD", "USD", "CNY")]
    releases = [{"ocid": str(n), "tender": tender} for n, tender in enumerate(tenders)]
    releases += [{"ocid": "none", "tender": {}}]
    limits = {("R002", "threshold"): 1000}
    found = report(*releases, codes=["R002"], limits=limits, currency=set_to)
    assert set(found.values["OCID"]) == {"0", "1"}
    assert found.coverage["R002"].computed == 2
    assert found.coverage["R002"].missing == {
        "tender.value in USD": 1,
        "tender.value.amount and currency": 1,
    }
    with_bids = process("bids", *(bid("A", 5) for _ in range(3)))  # in USD
    yuan = [{"ocid": str(n), "tender": {"value": money(990)}} for n in range(2)]
    coverage = report(with_bids, *yuan, codes=["R002"], limits=limits).coverage["R002"]
    assert (coverage.computed, coverage.missing["tender.value in USD"]) == (0, 2)


@pytest.mark.parametrize(
    ("price", "flagged"), [(13.53, True), (13.52, False), (6.47, True), (6.48, False)]
)
def test_unit_prices(values, price, flagged):
    def release(n, amount):
        item = {
            "classification": {"id": "85311300"},
            "unit": {"name": "hour", "value": money(amount)},
        }
        return {"ocid": str(n), "awards": [{"status": "active", "items": [item]}]}

    # With a high one the quartiles are 9.25 and 10.958, the upper fence 13.521; with a low one
    # 9.042 and 10.75, the lower fence 6.479.
    others = [9, 9, 9.25, 9.25, 10, 10, 10.75, 10.75, 11, 11]
    releases = [release(n, one) for n, one in enumerate(others)]
    found = values("R017", *releases, release("x", price)).get("OCID", {})
    assert found == ({"x": price / 10} if flagged else {})
    assert values("R017", *releases[:8], release("x", 99)) == {}


def test_of_several_unit_prices_of_a_process_the_highest_is_its_value(values):
    def release(ocid, **prices):
        items = [
            {"classification": {"id": one}, "unit": {"value": money(price)}}
            for one, price in prices.items()
        ]
        return {"ocid": ocid, "awards": [{"status": "active", "items": items}]}

    usual = [release(f"{one}{n}", **{one: 10}) for one in "AB" for n in range(12)]
    both = release("x", A=1000, B=50)
    for lines in ([*usual, both], [both, *reversed(usual)]):
        assert values("R017", *lines) == {"OCID": {"x": 100.0}}


@pytest.mark.parametrize(("number", "flagged"), [(3, True), (4, False)])
def test_few_bidders(values, number, flagged):
    def releases(entity, bidders):
        tender = {
            "procurementMethod": "open",
            "procuringEntity": {"id": entity},
            "numberOfTenderers": bidders,
            "items": [{"classification": {"id": "85311300"}}],
        }
        return [{"ocid": f"{entity}{n}", "tender": tender} for n in range(5)]

    lines = [one for entity in "ABCDEFG" for one in releases(entity, 4)] + releases("X", number)
    found = values("R019", *lines)
    assert found == ({"ProcuringEntity": {"X": 3.0}} if flagged else {})
    assert values("R019", *lines[:-1]) == {}


def test_of_several_averages_of_an_entity_the_lowest_is_its_value(values):
    def releases(entity, one, bidders):
        tender = {
            "procurementMethod": "open",
            "procuringEntity": {"id": entity},
            "numberOfTenderers": bidders,
            "items": [{"classification": {"id": one}}],
        }
        return [{"ocid": f"{entity}{one}{n}", "tender": tender} for n in range(5)]

    usual = [
        line for entity in "ABCDEFG" for one in ("85", "90") for line in releases(entity, one, 4)
    ]
    few = releases("X", "85", 1) + releases("X", "90", 3)
    assert values("R019", *usual, *few) == {"ProcuringEntity": {"X": 1.0}}


@pytest.mark.parametrize(("judged", "flagged"), [(3, True), (2, False)])
def test_discretionary_criteria(values, judged, flagged):
    releases = [
        {
            "ocid": f"{buyer}{n}",
            "buyer": {"id": buyer},
            "tender": {"awardCriteria": "ratedCriteria" if n < many else "priceOnly"},
        }
        for buyer, many in (("A", 0), ("B", 0), ("X", judged))
        for n in range(5)
    ]
    found = values("R021", *releases, limits={("R021", "threshold"): 0.6})
    assert found == ({"Buyer": {"X": 0.6}} if flagged else {})


def judging(buyer, criteria, number=5):
    return [
        {"ocid": f"{buyer}{n}", "buyer": {"id": buyer}, "tender": {"awardCriteria": criteria}}
        for n in range(number)
    ]


def test_buyers_who_do_alike_stand_out_of_a_limit_that_is_set_and_of_no_fence(values):
    alike = judging("A", "ratedCriteria") + judging("B", "qualityOnly")
    set_to_half = {("R021", "threshold"): 0.5}
    assert values("R021", *alike, limits=set_to_half) == {"Buyer": {"A": 1.0, "B": 1.0}}
    assert values("R021", *alike) == {}
    priced = judging("A", "priceOnly")
    assert values("R021", *priced, limits={("R021", "threshold"): 0}) == {}


@pytest.mark.parametrize("criteria", ["", "bestValueToGoverment", "el más barato"])
def test_criteria_outside_the_codelist_are_not_known(report, criteria):
    assert lacking(report, "R021", *judging("A", criteria)) == [
        "tender.awardCriteria of the codelist, and buyer.id"
    ]


@pytest.mark.parametrize(("won", "flagged"), [(5, True), (4, False)])
def test_share_of_a_buyers_contracts(values, won, flagged):
    releases = [
        {"ocid": str(n), "buyer": {"id": "B"}, "awards": [award("S" if n < won else f"T{n}")]}
        for n in range(10)
    ]
    found = values("R040", *releases)
    assert found == ({"Tenderer": {"S": 0.5}} if flagged else {})
    assert values("R040", *releases[:9]) == {}


@pytest.mark.parametrize(("amount", "flagged"), [(50, True), (49, False)])
def test_market_share(values, amount, flagged):
    awards = [award("S", amount=amount), award("T", amount=75 - amount), award("U", amount=25)]
    found = values("R050", {"ocid": "1", "awards": awards})
    assert found == ({"Tenderer": {"S": 0.5}} if flagged else {})


@pytest.mark.parametrize(
    ("amount", "known"),
    [(1e308, False), (1.01e18, False), (1e18, True), (1e-6, True), (9e-7, False), (5e-324, False)],
)
def test_what_is_no_money_makes_no_market(values, amount, known):
    awards = [award(supplier, amount=amount) for supplier in "STUSTU"]
    found = values("R051", {"ocid": "1", "awards": awards}, limits={("R051", "threshold"): 0.3})
    assert (found != {}) == known


def test_a_consortium_and_several_classes_divide_an_award(values):
    awards = [
        award("S", "T", amount=80, classes=("85311300", "80490000")),
        award("U", amount=10),
        award("V", amount=10, classes=("85000000",)),
    ]
    # Of class 85: S and T 20 each of 60, U and V 10 each.
    limits = {("R050", "threshold"): 1 / 3}
    assert values("R050", {"ocid": "1", "awards": awards}, limits=limits) == {
        "Tenderer": {"S": 1 / 3, "T": 1 / 3}
    }


@pytest.mark.parametrize(("amounts", "flagged"), [((2, 2, 2, 2), True), ((2, 2, 2, 2, 2), False)])
def test_market_concentration(values, amounts, flagged):
    awards = [award(f"S{n}", amount=amount) for n, amount in enumerate(amounts)]
    found = values("R051", {"ocid": "1", "awards": awards})
    assert found == ({"Market": {"85 CNY": 0.25}} if flagged else {})


def test_modifications(values):
    contracts = [{"id": "c", "amendments": [{"id": "1"}, {"id": "2"}]}, {"amendments": []}]
    assert values("R064", {"ocid": "1", "contracts": contracts}) == {"OCID": {"1": 2.0}}
    assert values("R064", {"ocid": "1", "contracts": contracts[1:]}) == {}


def test_contracts_of_which_no_amendments_are_told(report):
    bare = {"ocid": "1", "contracts": [{"id": "c"}]}
    assert lacking(report, "R064", bare) == ["contracts.amendments, which no contract has"]
    told = {"ocid": "2", "contracts": [{"id": "c", "amendments": []}]}
    assert report(bare, told, codes=["R064"]).coverage["R064"].computed == 2


@pytest.mark.parametrize(("paid", "flagged"), [(0.71, True), (0.7, False)])
def test_payments_beyond_the_contract(values, paid, flagged):
    # 0.1 + 0.2 + 0.7 is not exactly 1 in floating point, and not more than 1 to the cent.
    transactions = [{"value": money(one)} for one in (0.1, 0.2, paid)]
    contract = {"value": money(1), "implementation": {"transactions": transactions}}
    found = values("R068", {"ocid": "1", "contracts": [contract]})
    assert found == ({"OCID": {"1": pytest.approx(1.01)}} if flagged else {})


def test_payments_in_another_currency_cannot_be_added(report):
    transactions = [{"value": money(9, "USD")}]
    contract = {"value": money(1), "implementation": {"transactions": transactions}}
    assert lacking(report, "R068", {"ocid": "1", "contracts": [contract]})


def test_ended_contracts_without_a_report(report, values):
    def release(ocid, *kinds, status="terminated"):
        documents = [{"documentType": kind} for kind in kinds]
        contract = {"status": status, "implementation": {"documents": documents}}
        return {"ocid": ocid, "contracts": [contract]}

    told = release("1", "physicalProgressReport")
    silent = [release("2", "contractNotice"), release("3", status="active")]
    assert values("R073", told, *silent) == {"OCID": {"2": 1.0}}
    assert lacking(report, "R073", silent[0]) == [
        "contracts.implementation.documents, which no ended contract has"
    ]


def test_a_bid_counts_where_no_number_of_tenderers_is_given(report):
    tender = {
        "procurementMethod": "open",
        "procuringEntity": {"id": "E"},
        "items": [{"classification": {"id": "85"}}],
    }
    found = report(process("1", bid("A"), tender=tender), codes=["R019"])
    assert found.coverage["R019"].computed == 1


def test_a_buyer_stands_in_for_an_entity_without_an_id(report):
    tender = {
        "procurementMethod": "open",
        "procuringEntity": {"name": "the town"},
        "numberOfTenderers": 1,
        "items": [{"classification": {"id": "85"}}],
    }
    found = report({"ocid": "1", "buyer": {"id": "B"}, "tender": tender}, codes=["R019"])
    assert found.coverage["R019"].computed == 1
