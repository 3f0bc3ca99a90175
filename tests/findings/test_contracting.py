"""Findings of contracting: each just inside, at and just outside its limit, empty and unknown."""

from collections.abc import Mapping, Sequence

import pytest
from tests.findings.small import Rows, found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because
from almoner.rules.money import LARGEST_FEN
from almoner.rules.workload import MAX_CHARACTERS

Row = dict[str, object]
CODES = [f"C{n:02}" for n in range(1, 9)]


def named(**rows: Row) -> list[Row]:
    """Rows whose ids say what is special about them."""
    return [{"id": name, **row} for name, row in rows.items()]


def values(findings: Sequence[Finding]) -> dict[str, float | None]:
    return {one.id: one.value for one in findings}


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


def test_thirty_days_to_sign() -> None:
    contracts = named(
        in_time={"tender_id": "A", "signed_on": "2026-01-31"},
        late={"tender_id": "A", "signed_on": "2026-02-01"},
        early={"tender_id": "A", "signed_on": "2025-12-01"},
        unpublished={"tender_id": "B", "signed_on": "2026-02-01"},
        direct={"signed_on": "2026-02-01"},
    )
    tenders = named(A={"award_published_on": "2026-01-01"}, B={"award_published_on": ""})
    late = found("C01", contracts=contracts, tenders=tenders)
    assert values(late) == {"late": 31}
    assert (late[0].limit, late[0].rows) == (30, (("contracts", "late"), ("tenders", "A")))
    assert "31 days later; the limit is 30 days" in said(late[0])


# 1 to 5 May 2026 are holidays, and so is Friday 19 June.
def test_two_working_days_to_publish_the_contract() -> None:
    contracts = named(
        in_time={"signed_on": "2026-04-30", "published_on": "2026-05-07"},
        late={"signed_on": "2026-04-30", "published_on": "2026-05-08"},
        before={"signed_on": "2026-04-30", "published_on": "2026-01-05"},
        open_in_time={"signed_on": "2026-06-18"},
        open_late={"signed_on": "2026-06-17"},
    )
    late = found("C02", as_of="2026-06-23", contracts=contracts)
    assert values(late) == {"late": 3, "open_late": 3}
    assert "published on 8 May 2026" in said(late[0])
    assert "is not published" in said(late[1])


def test_three_years_at_most() -> None:
    contracts = named(
        three={"starts_on": "2023-07-01", "ends_on": "2026-06-30"},
        longer={"starts_on": "2023-07-01", "ends_on": "2026-07-01"},
        leap={"starts_on": "2024-02-29", "ends_on": "2027-02-28"},
        leap_longer={"starts_on": "2024-02-29", "ends_on": "2027-03-01"},
        to_leap={"starts_on": "2021-03-01", "ends_on": "2024-02-29"},
        to_leap_longer={"starts_on": "2021-03-01", "ends_on": "2024-03-01"},
        shortened={"starts_on": "2023-01-01", "ends_on": "2026-01-01", "ended_on": "2024-01-01"},
    )
    long = found("C03", contracts=contracts)
    expected = ("leap_longer", "longer", "shortened", "to_leap_longer")
    assert values(long) == dict.fromkeys(expected)
    assert {one.limit for one in long} == {3}
    assert "to 1 July 2026; it may last 3 years" in said(long[1])


def changes(kind: str, **rows: Sequence[Row]) -> list[Row]:
    return [
        {"contract_id": contract, "seq": place, "kind": kind, **row}
        for contract, given in rows.items()
        for place, row in enumerate(given, 1)
    ]


def fen(*amounts: str, agreed: bool = True) -> list[Row]:
    return [{"amount_delta_fen": fen, "agreed_by_provider": agreed} for fen in amounts]


def test_additions_of_a_tenth() -> None:
    whole: Row = {"amount_fen": "1000"}
    names = ("at", "above", "unagreed", "offset", "unknown", "other")
    contracts = [{"id": name, **whole} for name in names] + [{"id": "free", "amount_fen": "0"}]
    made = changes(
        "amount",
        at=fen("60", "40"),
        above=fen("60", "41"),
        unagreed=fen("101", agreed=False),
        offset=fen("101", "-101"),
        unknown=fen("", "100"),
        free=fen("500"),
    )
    added = found(
        "C04", contracts=contracts, contract_changes=made + changes("term", other=fen("500"))
    )
    assert values(added) == {"above": 0.101, "offset": 0.101, "unagreed": 0.101}
    assert added[0].rows[1:] == (("contract_changes", "above/1"), ("contract_changes", "above/2"))
    assert added[1].rows[1:] == (("contract_changes", "offset/1"),)
    assert "10.1% of it; up to 10%" in said(added[0])


def test_additions_to_the_largest_amount_are_exact_to_the_fen() -> None:
    amount = LARGEST_FEN
    contracts = named(at={"amount_fen": amount}, above={"amount_fen": amount})
    tenth = str(amount // 10)
    made = changes("amount", at=fen(tenth), above=fen(tenth, "1"))
    assert [one.id for one in found("C04", contracts=contracts, contract_changes=made)] == ["above"]


PINNED: Row = {"framework_id": "F", "framework_version": "1"}
OTHER: Row = {"framework_id": "F", "framework_version": "2", "assigned_on": "2026-01-01"}


def test_another_framework_than_agreed() -> None:
    names = ("same", "id", "version", "agreed", "late", "undated", "refused", "untouched")
    contracts = [{"id": name, **PINNED} for name in names]
    contracts += named(unpinned={}, half={"framework_id": "F"})
    used: dict[str, Row] = {
        "same": PINNED,
        "id": {**PINNED, "framework_id": "G"},
        "version": OTHER,
        "agreed": OTHER,
        "late": OTHER,
        "undated": {**OTHER, "assigned_on": ""},
        "unpinned": OTHER,
        "half": OTHER,
    }
    evaluations = [{"id": f"E-{name}", "contract_id": name, **row} for name, row in used.items()]
    made = changes(
        "framework",
        agreed=[{"made_on": "2026-01-02"}, {"made_on": "2026-01-01"}],
        late=[{"made_on": "2026-01-02"}],
        undated=[{"made_on": "2025-01-01"}],
        refused=[{"made_on": "2027-01-01", "agreed_by_provider": False}],
    )
    made += changes("term", untouched=[{"agreed_by_provider": False}])
    odd = found("C05", contracts=contracts, evaluations=evaluations, contract_changes=made)
    assert [one.id for one in odd] == ["id", "late", "refused", "undated", "version"]
    assert {one.value for one in odd} == {None}
    assert odd[0].rows == (("contracts", "id"), ("evaluations", "E-id"))
    assert odd[2].rows == (("contracts", "refused"), ("contract_changes", "refused/1"))
    assert "in time: 1; changes of framework without the provider's agreement: 0" in said(odd[0])


def leaf(measures: str, dimension: str, weight: str, parent: str = "") -> Row:
    return {
        "measures": measures,
        "dimension": dimension,
        "weight": weight,
        "parent_id": parent,
    }


def pinned(**frameworks: Mapping[str, Row]) -> tuple[list[Row], list[Row]]:
    """A contract for each framework, of the same name, and the frameworks' indicators."""
    contracts = [
        {"id": name, "framework_id": name, "framework_version": "1"} for name in frameworks
    ]
    indicators = [
        {"framework_id": name, "framework_version": "1", "id": indicator, **row}
        for name, rows in frameworks.items()
        for indicator, row in rows.items()
    ]
    return contracts, indicators


def test_a_framework_that_measures_outcomes() -> None:
    contracts, indicators = pinned(
        some={"a": leaf("outcome", "benefit", "0.000000001"), "b": leaf("output", "output", "100")},
        none={"a": leaf("outcome", "benefit", "0"), "b": leaf("", "output", "100")},
        parent={"top": leaf("outcome", "benefit", "100"), "b": leaf("", "output", "100", "top")},
        weightless={"a": leaf("output", "output", "0")},
    )
    # Of another version: neither its leaves nor its parents count.
    other = {"framework_id": "none", "framework_version": "2"}
    indicators += [
        {**other, "id": "x", **leaf("outcome", "benefit", "100")},
        {**other, "id": "y", **leaf("outcome", "benefit", "100", "b")},
    ]
    contracts += named(bare={"framework_id": "?", "framework_version": "1"}, unpinned={})
    odd = found("C06", contracts=contracts, indicators=indicators)
    assert [one.id for one in odd] == ["none", "parent", "weightless"]
    assert odd[0].rows[1:] == (("indicators", "none/1/a"), ("indicators", "none/1/b"))
    assert odd[1].rows[1:] == (("indicators", "parent/1/b"),)
    assert "framework none, version 1" in said(odd[0])


def test_output_and_benefit_weigh_sixty_percent() -> None:
    contracts, indicators = pinned(
        at={
            "a": leaf("", "output", "20"),
            "b": leaf("", "benefit", "40"),
            "c": leaf("", "process", "40"),
        },
        share={"a": leaf("", "output", "59.997"), "b": leaf("", "process", "39.998")},
        below={"a": leaf("", "output", "59.999999999"), "b": leaf("", "process", "40.000000001")},
        tree={
            "top": leaf("", "output", "100"),
            "a": leaf("", "process", "50", "top"),
            "b": leaf("", "output", "50", "top"),
        },
        none={"a": leaf("", "decision", "100")},
        weightless={"a": leaf("", "process", "0")},
    )
    little = found("C07", contracts=[*contracts, {"id": "unpinned"}], indicators=indicators)
    assert values(little) == {"below": pytest.approx(60), "none": 0, "tree": 50}
    assert {one.limit for one in little} == {60}
    assert "together weigh 50%" in said(little[2])


PEOPLE = "0.005 * population person * 1 hour/person"


def terms(rows: Mapping[str, tuple[str, str, str]], areas: Rows) -> list[Finding]:
    """What is found of terms (area, formula, hours)."""
    contracts = [{"id": f"K-{name}", "area_code": area} for name, (area, _, _) in rows.items()]
    given = [
        {"contract_id": f"K-{name}", "id": name, "formula": formula, "hours": hours}
        for name, (_, formula, hours) in rows.items()
    ]
    return found("C08", contracts=contracts, contract_terms=given, areas=areas)


AREAS: Rows = [
    {"code": "4401", "population": "5000"},
    {"code": "440103", "level": "district", "parent_code": "4401", "population": "3000"},
    {"code": "440104", "level": "district", "parent_code": "4401", "population": ""},
]


def test_workload_terms_add_up() -> None:
    known, unknown = "440103", "440104"
    odd = terms(
        {
            "right": (known, "8 case/staff * 5 session/case * 6 hour/session * 14 staff", "3360"),
            "at": (known, "3 hour", "3.05"),
            "above": (known, "3 hour", "3.050000001"),
            "below": (known, "3 hour", "2.949999999"),
            "silent": (known, "3 hour", ""),
            "third": (known, "1 hour / 3", "0.383333333"),
            "third-above": (known, "1 hour / 3", "0.383333334"),
            "people": (known, PEOPLE, "15"),
            "people-wrong": (known, PEOPLE, "16"),
            "people-unknown": (unknown, PEOPLE, "16"),
            "letter": (known, "X hour", "7"),
        },
        AREAS,
    )
    assert values(odd) == {
        "K-above/above": 0.050000001,
        "K-below/below": 0.050000001,
        "K-people-wrong/people-wrong": 1,
        "K-third-above/third-above": pytest.approx(0.383333334 - 1 / 3),
    }
    assert "It states 16 hours" in said(odd[2])
    assert "comes to 15: a difference in hours of 1, where 0.05 is allowed" in said(odd[2])


@pytest.mark.parametrize("hours", ["", "7"])
def test_formulas_that_cannot_be_read(hours: str) -> None:
    """A hostile formula costs no time and runs nothing; whether hours are stated is no matter."""
    hostile = {
        "power": "9**9**9",
        "units": "3 staff",
        "zero": "3 hour / 0",
        "code": "__import__('os').system('false') hour",
        "deep": "(" * 900 + "1 hour" + ")" * 90,
        "long": "1 hour" + " " * MAX_CHARACTERS,
        "longest": "1 hour + " * 1_000,
    }
    odd = terms({name: ("4401", text, hours) for name, text in hostile.items()}, AREAS)
    assert values(odd) == {f"K-{name}/{name}": None for name in sorted(hostile)}
    for one in odd:
        assert "cannot be read" in said(one)
        assert len(said(one)) < 200


def test_formulas_of_any_size_are_shown() -> None:
    huge = "9" * 900 + " hour"
    odd = terms({"more": ("4401", huge, "1"), "less": ("4401", f"0 hour - {huge}", "1")}, AREAS)
    assert values(odd) == {"K-less/less": 1e15, "K-more/more": 1e15}
    assert all("1,000,000,000,000,000" in said(one) for one in odd)
