"""Findings of evaluation: just inside, at and just outside the limit, empty and unknown."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import SimpleNamespace

import pytest
from tests.findings.small import Rows, found

from almoner.findings import fair
from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because
from almoner.findings.stages import evaluation as stage
from almoner.methods.fair_scores import Severity

Row = dict[str, object]


def values(findings: Sequence[Finding]) -> dict[str, float | None]:
    return {one.id: one.value for one in findings}


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


@pytest.mark.parametrize("code", [f"E{n:02}" for n in range(1, 8)])
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


def evaluation(id_: str, agency: str, paid_by: str = "", assigned_on: str = "2026-01-10") -> Row:
    return {
        "id": id_,
        "agency_uscc": agency,
        "paid_by_uscc": paid_by,
        "assigned_on": assigned_on,
    }


def link(one: str, other: str, from_on: str = "", to_on: str = "") -> Row:
    return {"uscc": one, "other_uscc": other, "from_on": from_on, "to_on": to_on}


def test_evaluators_are_independent() -> None:
    odd = found(
        "E01",
        contracts=[{"provider_uscc": "P"}],
        evaluations=[
            evaluation("free", "A", paid_by="G"),
            evaluation("unpaid", "A"),
            evaluation("itself", "P", paid_by="P"),
            evaluation("paid", "A", paid_by="P", assigned_on=""),
            evaluation("linked", "B"),
            evaluation("undated", "B", assigned_on=""),
            evaluation("first_day", "C"),
            evaluation("before", "D"),
            evaluation("last_day", "E"),
            evaluation("after", "F"),
            evaluation("paid_and_linked", "B", paid_by="P"),
        ],
        organisation_links=[
            link("P", "B"),
            link("C", "P", from_on="2026-01-10"),
            link("P", "D", from_on="2026-01-11"),
            link("P", "E", to_on="2026-01-10"),
            link("F", "P", to_on="2026-01-09"),
            link("A", "G"),
        ],
    )
    by_id = {one.id: one for one in odd}
    expected = {"first_day", "itself", "last_day", "linked", "paid", "paid_and_linked"}
    assert by_id.keys() == expected
    linked = (("contracts", "C1"), ("organisation_links", "P/B/founder"))
    assert by_id["linked"].rows[1:] == by_id["paid_and_linked"].rows[1:] == linked
    assert "linked with the provider on 10 January 2026" in said(by_id["linked"])
    assert "is the provider" in said(by_id["itself"])
    assert "provider pays" in said(by_id["paid"])
    assert by_id["paid"].value is by_id["paid"].limit is None


def test_scores_rest_on_evidence() -> None:
    scores = [
        {"evaluation_id": "E1", "indicator_id": "a", "evidence_count": "1"},
        {"evaluation_id": "E2", "indicator_id": "a", "evidence_count": "0"},
        {"evaluation_id": "E2", "indicator_id": "b", "evidence_count": "0"},
        {"evaluation_id": "E2", "indicator_id": "c", "evidence_count": "1"},
    ]
    (one,) = found("E04", ratings=scores)
    assert (one.id, one.value) == ("E2", 2)
    assert one.rows[1:] == (("ratings", "E2/R1/a"), ("ratings", "E2/R1/b"))
    assert "no piece of evidence: 2" in said(one)


def test_every_contract_is_evaluated_within_half_a_year() -> None:
    ended: Row = {"starts_on": "2024-01-01", "ends_on": "2025-12-31"}
    contracts = [
        {"id": "at", **ended, "ends_on": "2026-01-01"},
        {"id": "over", **ended},
        {"id": "ended_early", **ended, "ends_on": "2027-01-01", "ended_on": "2025-12-31"},
        {"id": "ended_late", **ended, "ended_on": "2026-01-01"},
        {"id": "reported", **ended},
        {"id": "reported_after", **ended},
        {"id": "unreported", **ended},
    ]
    evaluations = [
        {"id": "1", "contract_id": "reported", "reported_on": "2026-06-30"},
        {"id": "2", "contract_id": "reported_after", "reported_on": "2026-07-01"},
        {"id": "3", "contract_id": "unreported", "reported_on": ""},
    ]
    never = found("E05", as_of="2026-06-30", contracts=contracts, evaluations=evaluations)
    expected = ("ended_early", "over", "reported_after", "unreported")
    assert values(never) == dict.fromkeys(expected, 181)
    assert "ended on 31 December 2025, 181 days ago" in said(never[0])
    assert {one.limit for one in never} == {180}


def test_results_have_consequences_within_ninety_days() -> None:
    evaluations = [
        {"id": "at", "reported_on": "2026-04-01"},
        {"id": "over", "reported_on": "2026-03-31"},
        {"id": "used", "reported_on": "2026-03-31"},
        {"id": "unreported", "reported_on": ""},
    ]
    decided = [{"evaluation_id": "used", "kind": "no_action", "decided_on": "2027-01-01"}]
    unused = found("E06", as_of="2026-06-30", evaluations=evaluations, consequences=decided)
    assert values(unused) == {"over": 91}
    assert "reported on 31 March 2026, 91 days ago" in said(unused[0])


def judgements(*pairs: str, rated: str = "") -> dict[str, Sequence[Row]]:
    """Evaluations 1, 2, ... of (contract, agency), with a rating each but those not in `rated`."""
    evaluations = [
        {"id": f"{place}", "contract_id": pair[0], "agency_uscc": pair[1]}
        for place, pair in enumerate(pairs, 1)
    ]
    names = [one["id"] for one in evaluations if not rated or one["id"] in rated]
    return {"evaluations": evaluations, "ratings": [{"evaluation_id": name} for name in names]}


def test_evaluations_are_comparable_where_a_chain_ties_them() -> None:
    assert found("E02", **judgements("KA", "KB", "LB")) == []
    assert found("E02", **judgements("KA", "LB", rated="1")) == []
    apart = found("E02", **judgements("KA", "KB", "LB", "MC", "NC", "OD", rated="12345"))
    assert values(apart) == {"4": 2, "5": 2}
    assert apart[0].rows == (("evaluations", "4"), ("contracts", "M"))
    assert "2 groups" in said(apart[0])
    assert "in a group of 2, outside the largest, of 3" in said(apart[0])


def test_the_smallest_id_decides_between_groups_of_one_size() -> None:
    """Of groups of two, that of "1" is the reference; "10" is smaller than "9" as text."""
    pairs = ["KA"] * 2 + ["LB"] * 2 + ["MC"]
    apart = found("E02", **judgements(*pairs))
    assert values(apart) == {"3": 3, "4": 3, "5": 3}
    renamed = judgements("KA", "LB")
    for row, name in zip(renamed["evaluations"], ("9", "10"), strict=True):
        row["id"] = name  # type: ignore[index]
    renamed["ratings"] = [{"evaluation_id": "9"}, {"evaluation_id": "10"}]
    assert values(found("E02", **renamed)) == {"9": 2}


def chance(*key: object) -> float:
    """From -0.5 to 0.5, the same for the same key."""
    digest = sha256("/".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32 - 0.5


def judged_city(harsh: Mapping[str, float], erratic: str = "") -> dict[str, Sequence[Row]]:
    """Twelve contracts, each judged by two of six agencies, by two raters on six indicators."""
    agencies = "ABCDEF"
    tables: dict[str, list[Row]] = {
        "areas": [{}, {"code": "440103", "level": "district", "parent_code": "4401"}],
        "indicators": [
            {"id": f"i{n}", "weight": "10", "min_score": "0", "max_score": "100"} for n in range(6)
        ],
        "contracts": [],
        "evaluations": [],
        "ratings": [],
    }
    for k in range(12):
        tables["contracts"].append({"id": f"K{k}", "area_code": "440103"})
        for agency in (agencies[k % 6], agencies[(k + 1) % 6]):
            name = f"E{k}{agency}"
            tables["evaluations"].append(
                {"id": name, "contract_id": f"K{k}", "agency_uscc": agency}
            )
            for rater in "xy":
                spread = 40 if f"{agency}/{rater}" == erratic else 6
                for n in range(6):
                    quality = 75 + 8 * chance("contract", k) - harsh.get(agency, 0)
                    score = quality + spread * chance(name, rater, n)
                    tables["ratings"].append(
                        {"evaluation_id": name, "rater_id": rater, "indicator_id": f"i{n}"}
                        | {"score": f"{score:.2f}"}
                    )
    return {**tables}


def test_a_harsh_agency_and_an_erratic_rater_are_found_by_the_model() -> None:
    tables = judged_city({"B": 10}, erratic="D/y")
    harsh = {one.id: one for one in found("E03", **tables)}
    assert harsh["B"].value == pytest.approx(10 * 5 / 6, abs=2)
    assert "harsher than the average agency" in said(harsh["B"])
    assert ("evaluations", "E0B") in harsh["B"].rows
    (wild,) = found("E07", **tables)
    assert (wild.id, wild.key, wild.limit) == ("E2D", "D/y", 2)
    assert ("evaluations", "E9D") in wild.rows
    assert "One rater's 24 scores" in said(wild)


@pytest.mark.parametrize("code", ["E03", "E07"])
def test_the_nearest_district_counts_where_districts_lie_in_districts(code: str) -> None:
    tables = judged_city({"B": 10}, erratic="D/y")
    half = [{**row, "area_code": "440104"} for row in tables["contracts"][6:]]
    tables |= {"contracts": [*tables["contracts"][:6], *half]}

    def judged(parent: str) -> list[Finding]:
        district = {"code": "440104", "level": "district", "parent_code": parent}
        return found(code, **{**tables, "areas": [*tables["areas"], district]})

    assert judged("440103") == judged("4401") != []


def test_a_city_without_a_model_has_no_finding() -> None:
    tables = judged_city({"B": 10}, erratic="D/y")
    constant = [{**row, "score": "80"} for row in tables["ratings"]]
    for changed in (
        {"ratings": tables["ratings"][:1]},
        {"ratings": constant},
        {"indicators": [{**row, "max_score": "0"} for row in tables["indicators"]]},
    ):
        assert found("E03", **{**tables, **changed}) == []
    assert found("E07", **{**tables, "ratings": []}) == []


@pytest.mark.parametrize("code", ["E03", "E07"])
def test_a_city_whose_few_scores_the_model_explains_has_no_finding(code: str) -> None:
    scores = (("x", "i1", "1"), ("y", "i0", "99.5"), ("y", "i1", "50"))
    ratings = [
        {"rater_id": rater, "indicator_id": indicator, "score": score}
        for rater, indicator, score in scores
    ]
    indicators = [{"id": "i0"}, {"id": "i1"}]
    others: dict[str, Rows] = {name: [{}] for name in ("areas", "contracts", "evaluations")}
    assert found(code, ratings=ratings, indicators=indicators, **others) == []


SEVERITIES = (
    ("at_points", 2.0, 0.5),
    ("above_points", 2.00001, 0.5),
    ("same_to_nine_places", 2.0000000001, 0.5),
    ("lenient", -2.5, 0.5),
    ("at_errors", 4.0, 2.0),
    ("above_errors", 4.00001, 2.0),
    ("unsure", 9.0, 5.0),
    ("even", 0.0, 0.1),
)


def test_severity_lies_beyond_both_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    agencies = tuple(Severity(name, value, se, 30) for name, value, se in SEVERITIES)
    monkeypatch.setattr(stage, "city_scores", lambda city: SimpleNamespace(agencies=agencies))
    evaluations = [{"id": f"E-{name}", "agency_uscc": name} for name, _, _ in SEVERITIES]
    unlike = found("E03", evaluations=evaluations)
    assert [(one.id, one.limit) for one in unlike] == [
        ("above_errors", 4),
        ("above_points", 2),
        ("lenient", 2),
    ]
    assert unlike[2].value == -2.5
    assert unlike[2].rows == (("organisations", "lenient"), ("evaluations", "E-lenient"))
    assert "2.5 points more leniently" in said(unlike[2])


def test_twenty_ratings_tell_that_a_rater_is_erratic(monkeypatch: pytest.MonkeyPatch) -> None:
    raters = tuple(
        fair.Consistency("A", name, ratings, 9.0, ratio)
        for name, ratings, ratio in (
            ("at", 20, 2.0),
            ("above", 20, 2.00001),
            ("same", 20, 2.0000000001),
            ("few", 19, 9.0),
            ("even", 99, 1.0),
        )
    )
    monkeypatch.setattr(stage, "city_scores", lambda city: SimpleNamespace(consistency=raters))
    rated = [
        {"evaluation_id": evaluation, "rater_id": one.rater}
        for one in raters
        for evaluation in ("9", "10")
    ]
    evaluations = [{"id": name, "agency_uscc": "A"} for name in ("9", "10")]
    (one,) = found("E07", evaluations=evaluations, ratings=rated)
    assert (one.id, one.key, one.value) == ("10", "A/above", 2.00001)
    assert one.rows == (("evaluations", "10"), ("evaluations", "9"))
