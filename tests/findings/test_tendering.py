"""Findings of tendering: each just inside, at and just outside its limit, empty and unknown."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.small import AS_OF, Rows, found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because
from almoner.rules.capacity import capacity_per_worker, is_inflated, over_share
from almoner.rules.packs import china

Row = dict[str, object]
CODES = [f"T{n:02}" for n in range(1, 13)]


def ids(findings: Sequence[Finding]) -> list[str]:
    return [one.id for one in findings]


def values(findings: Sequence[Finding]) -> list[float | None]:
    return [one.value for one in findings]


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


def named(**rows: Row) -> list[Row]:
    """Rows whose ids say what is special about them."""
    return [{"id": name, **row} for name, row in rows.items()]


def bids(*rows: Row) -> list[Row]:
    return [
        {"id": f"D{place}", "provider_uscc": f"O-{place}", **row} for place, row in enumerate(rows)
    ]


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


AWARDED: Row = {"award_decided_on": "2025-07-10"}
OUT: Row = {"status": "disqualified"}


def test_fewer_valid_bids_than_three() -> None:
    methods = ("invited", "negotiation", "consultation", "inquiry", "single_source", "framework")
    tenders = named(three=AWARDED, two=AWARDED, none=AWARDED, undecided={})
    tenders += [{"id": method, "method": method, **AWARDED} for method in methods]
    offers = {"three": 3, "two": 2, "none": 0, "undecided": 2} | dict.fromkeys(methods, 2)
    offered = [
        {"id": f"{tender}-{place}", "tender_id": tender, **row}
        for tender, valid in offers.items()
        for place, row in enumerate([{}] * valid + [OUT, {"status": "late"}])
    ]
    few = {one.id: one for one in found("T01", tenders=tenders, bids=offered)}
    pairs = dict.fromkeys(("two", "invited", "negotiation", "consultation"), 2)
    assert {name: one.value for name, one in few.items()} == {"none": 0, **pairs}
    assert {one.limit for one in few.values()} == {3}
    assert few["two"].rows == (("tenders", "two"), ("bids", "two-0"), ("bids", "two-1"))
    assert few["none"].rows == (("tenders", "none"),)
    assert "decided: 2; at least 3" in said(few["two"])


def test_twenty_days_to_bid_are_counted_between_instants() -> None:
    published: Row = {"published_at": "2026-03-01T09:00:00+08:00"}
    tenders = named(
        at={**published, "bid_deadline": "2026-03-21T01:00:00Z"},
        above={**published, "bid_deadline": "2026-03-21T01:00:00.000001Z"},
        below={**published, "bid_deadline": "2026-03-21T00:59:59Z"},
        before={**published, "bid_deadline": "2026-02-28T09:00:00+08:00"},
        invited={**published, "bid_deadline": "2026-03-02T01:00:00Z", "method": "invited"},
    )
    short = found("T02", tenders=tenders)
    assert ids(short) == ["before", "below"]
    assert values(short) == [-1, pytest.approx(20 - 1 / 86400)]
    assert "19.99999 days to bid; at least 20 days" in said(short[1])


def criteria(**weights: str) -> list[Row]:
    return [{"id": kind, "kind": kind, "weight": weight} for kind, weight in weights.items()]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, []),
        ({"price": "99.999999999", "outcome": "0.000000001"}, []),
        ({"price": "100"}, ["T1"]),
        ({"price": "100", "outcome": "0"}, ["T1"]),
    ],
)
def test_points_for_outcomes(weights: dict[str, str], expected: list[str]) -> None:
    none = found("T03", tenders=[{}], tender_criteria=criteria(**weights))
    assert ids(none) == expected
    for one in none:
        assert set(one.rows[1:]) == {("tender_criteria", f"T1/{kind}") for kind in weights}


@pytest.mark.parametrize(
    ("price", "rest", "value", "limit", "word"),
    [
        ("10", "90", None, None, ""),
        ("9.999999999", "90.000000001", 10, 10, "below 10%"),
        ("30.003", "70.007", None, None, ""),  # 30 % of 100.01
        ("30.003000001", "70.006999999", 30, 30, "above 30%"),
        ("0", "100", 0, 10, "below 10%"),
        ("0", "0", None, None, ""),
    ],
)
def test_weight_of_the_price(
    price: str, rest: str, value: float | None, limit: float | None, word: str
) -> None:
    weights = criteria(price=price, quality=rest)
    odd = found("T04", tenders=[{}], tender_criteria=weights)
    assert values(odd) == ([] if value is None else [pytest.approx(value, abs=1e-6)])
    for one in odd:
        assert one.limit == limit
        assert word in said(one)
    assert found("T04", tenders=[{"method": "invited"}], tender_criteria=weights) == []


def test_a_price_without_a_criterion_weighs_nothing() -> None:
    assert values(found("T04", tenders=[{}], tender_criteria=criteria(quality="100"))) == [0.0]
    assert found("T04", tenders=[{}]) == []


# (250 * 8 - 5 * 8 - 72 - 192) / 1.1 = 16960 / 11; times 0.011 = 16.96.
def test_hours_that_staff_can_work() -> None:
    offered = named(
        at={"direct_hours": "16.96", "staff": "0.011"},
        above={"direct_hours": "16.960000001", "staff": "0.011"},
        below={"direct_hours": "21268.8", "staff": "14"},
        machine={"direct_hours": "23957", "staff": "14"},
        out={"direct_hours": "23957", "staff": "14", **OUT},
        nobody={"direct_hours": "1", "staff": "0"},
        unknown={"direct_hours": "1", "staff": ""},
        silent={"direct_hours": "", "staff": "14"},
    )
    many = found("T05", bids=offered)
    assert ids(many) == ["above", "machine"]
    assert values(many) == [pytest.approx(16960 / 11), pytest.approx(23957 / 14)]
    assert "1,711.2 hours each; one worker can give users 1,541.8 hours" in said(many[1])


def test_hours_above_those_required() -> None:
    required = {"A": "24000", "B": "21268.8", "zero": "0", "unknown": ""}
    tenders = [{"id": name, "required_direct_hours": hours} for name, hours in required.items()]
    offered = named(
        at={"tender_id": "A", "direct_hours": "26400"},
        below={"tender_id": "A", "direct_hours": "26399.999999999"},
        above={"tender_id": "A", "direct_hours": "26400.000000001"},
        inflated={"tender_id": "B", "direct_hours": "23957"},
        out={"tender_id": "B", "direct_hours": "23957", **OUT},
        zero={"tender_id": "zero", "direct_hours": "1"},
        unknown={"tender_id": "unknown", "direct_hours": "1"},
        silent={"tender_id": "A", "direct_hours": ""},
    )
    over = found("T06", bids=offered, tenders=tenders)
    assert ids(over) == ["above", "inflated"]
    assert values(over) == [pytest.approx(0.1), pytest.approx(23957 / 21268.8 - 1)]
    assert over[1].rows == (("bids", "inflated"), ("tenders", "B"))
    assert "12.6% more; up to 10%" in said(over[1])


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 40_000), st.integers(0, 40_000), st.integers(0, 20)),
        min_size=5,
        max_size=30,
    )
)
def test_the_forms_ask_the_same_of_bids(offers: list[tuple[int, int, int]]) -> None:
    """What rules.capacity says of one bid is what is found among many, at any limit."""
    tenders = [
        {"id": f"T{n}", "required_direct_hours": wanted} for n, (_, wanted, _) in enumerate(offers)
    ]
    offered = bids(
        *[
            {"tender_id": f"T{n}", "direct_hours": hours, "staff": staff}
            for n, (hours, _, staff) in enumerate(offers)
        ]
    )
    over = {one.id: one.value for one in found("T06", bids=offered, tenders=tenders)}
    limit = china().limit("T06.over", date.fromisoformat(AS_OF)).value
    assert over.keys() == {
        f"D{n}" for n, (hours, wanted, _) in enumerate(offers) if is_inflated(hours, wanted, limit)
    }
    for n, (hours, wanted, _) in enumerate(offers):
        if f"D{n}" in over:
            share = over_share(hours, wanted)
            assert share is not None
            assert over[f"D{n}"] == pytest.approx(float(share))
    limits = china().limits("T05", date.fromisoformat(AS_OF))
    most = capacity_per_worker(limits)
    assert set(ids(found("T05", bids=offered))) == {
        f"D{n}"
        for n, (hours, _, staff) in enumerate(offers)
        if staff and Fraction(hours, staff) > most
    }


# 1 to 5 May 2026 are holidays and Saturday 9 May is worked.
def test_two_working_days_to_publish_the_award() -> None:
    days = {
        "holiday_in_time": ("2026-04-30", "2026-05-07"),
        "holiday_late": ("2026-04-30", "2026-05-08"),
        "saturday_in_time": ("2026-05-07", "2026-05-10"),
        "saturday_late": ("2026-05-07", "2026-05-11"),
        "before": ("2026-05-20", "2026-05-01"),
        "open_in_time": ("2026-06-26", ""),
        "open_late": ("2026-06-25", ""),
        "undecided": ("", "2026-06-25"),
        "neither": ("", ""),
    }
    tenders = [
        {"id": name, "award_decided_on": decided, "award_published_on": published}
        for name, (decided, published) in days.items()
    ]
    late = found("T07", as_of="2026-06-30", tenders=tenders)
    assert ids(late) == ["holiday_late", "open_late", "saturday_late"]
    assert {(one.value, one.limit) for one in late} == {(3, 2)}
    assert "published on 8 May 2026, after 3 working days; the limit" in said(late[0])
    assert "is not published after 3 working days" in said(late[1])
    assert not any("no calendar" in said(one) for one in late)


def test_a_year_without_a_calendar_is_named() -> None:
    tender = {"award_decided_on": "2099-09-30", "award_published_on": "2099-10-05"}
    (one,) = found("T07", tenders=[tender])
    assert one.value == 3
    assert "no calendar of working days" in said(one)


def link(one: str, other: str, from_on: str = "", to_on: str = "") -> Row:
    return {"uscc": one, "other_uscc": other, "from_on": from_on, "to_on": to_on}


LINKS = {
    "there": (link("O-1", "P-there"), True),
    "back": (link("P-back", "O-1"), True),
    "others": (link("O-3", "P-others"), False),
    "last_day": (link("O-1", "P-last_day", to_on="2026-02-10"), True),
    "ended": (link("O-1", "P-ended", to_on="2026-02-09"), False),
    "first_day": (link("O-1", "P-first_day", from_on="2026-02-10"), True),
    "to_come": (link("O-1", "P-to_come", from_on="2026-02-11"), False),
}


@pytest.mark.parametrize(
    ("tenders", "contract", "words"),
    [
        (
            [{"award_decided_on": "2026-02-10"}],
            {"tender_id": "T1", "signed_on": "2026-03-01"},
            "when the award was decided",
        ),
        ([{}], {"tender_id": "T1", "signed_on": "2026-02-10"}, "when the contract was signed"),
        ([], {"signed_on": "2026-02-10"}, "when the contract was signed"),
    ],
)
def test_links_between_the_sides_count_on_the_day_of_the_award(
    tenders: Rows, contract: Row, words: str
) -> None:
    contracts = [{**contract, "id": name, "provider_uscc": f"P-{name}"} for name in LINKS]
    links = [row for row, _ in LINKS.values()]
    tied = found("T08", contracts=contracts, tenders=tenders, organisation_links=links)
    assert ids(tied) == sorted(name for name, (_, counts) in LINKS.items() if counts)
    assert all(words in said(one) for one in tied)


def test_several_links_are_one_finding() -> None:
    links = [link("O-1", "O-2"), link("O-2", "O-1"), {**link("O-1", "O-2"), "kind": "relative"}]
    (one,) = found("T08", contracts=[{}], organisation_links=links)
    assert [row for _, row in one.rows[1:]] == [
        "O-1/O-2/founder",
        "O-1/O-2/relative",
        "O-2/O-1/founder",
    ]


def test_equal_prices_of_different_providers() -> None:
    offers = {
        "same": [(1, "100"), (2, "100")],
        "near": [(1, "100"), (2, "101")],
        "one_provider": [(1, "100"), (1, "100")],
        "three": [(1, "100"), (1, "100"), (2, "100")],
        "free": [(1, "0"), (2, "0")],
        "alone": [(1, "100")],
    }
    offered = [
        {"id": f"{name}-{place}", "tender_id": name, "provider_uscc": f"O-{who}"}
        | {"price_fen": price}
        for name, prices in offers.items()
        for place, (who, price) in enumerate(prices)
    ]
    equal = found("T10", bids=offered)
    assert list(zip(ids(equal), values(equal), strict=True)) == [
        ("free", 2),
        ("same", 2),
        ("three", 3),
    ]
    assert found("T10", bids=[{**bid, "status": "late"} for bid in offered]) == []


def test_the_largest_group_of_equal_prices_is_shown() -> None:
    prices = ["300", "300", "200", "200", "200", "100", "100", "100"]
    (one,) = found("T10", bids=bids(*[{"price_fen": price} for price in prices]))
    assert (one.value, one.id) == (3, "T1")
    assert one.rows[1:] == (("bids", "D5"), ("bids", "D6"), ("bids", "D7"))
    assert "¥1" in said(one)


def test_all_but_one_disqualified() -> None:
    statuses = {
        "only": ["valid", "disqualified"],
        "undecided": ["valid", "disqualified"],
        "many": ["valid", "disqualified", "disqualified", "late", "withdrawn"],
        "two": ["valid", "valid", "disqualified"],
        "late": ["valid", "late"],
        "none": ["disqualified"],
    }
    tenders = [{"id": name, **({} if name == "undecided" else AWARDED)} for name in statuses]
    offered = [
        {"id": f"{name}-{place}", "tender_id": name, "status": status}
        for name, given in statuses.items()
        for place, status in enumerate(given)
    ]
    only = found("T11", tenders=tenders, bids=offered)
    assert ids(only) == ["many", "only"]
    assert only[0].rows[1:] == (("bids", "many-0"), ("bids", "many-1"), ("bids", "many-2"))
    assert "disqualified bids: 2" in said(only[0])


def test_bids_after_the_deadline() -> None:
    tenders = [{"bid_deadline": "2026-03-01T10:00:00+08:00"}]
    offered = named(
        at={"submitted_at": "2026-03-01T02:00:00Z"},
        before={"submitted_at": "2026-03-01T09:59:59+08:00"},
        after={"submitted_at": "2026-03-01T10:00:00.000001+08:00"},
        refused={"submitted_at": "2026-03-01T12:00:00+08:00", "status": "late"},
    )
    (late,) = found("T12", tenders=tenders, bids=offered)
    assert (late.id, late.value, late.limit) == ("after", None, None)
    assert "1 minute after" in said(late)
