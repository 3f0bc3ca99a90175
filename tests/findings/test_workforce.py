"""Findings on the people employed, each just inside and just outside its limit."""

import pytest
from tests.findings.small import found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because

Row = dict[str, object]


def sentence(code: str, one: Finding) -> str:
    assert because(definition(code), one, "zh")
    return because(definition(code), one, "en")


@pytest.mark.parametrize("code", ["W01", "W02", "W03"])
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


AREAS: list[Row] = [
    {"code": "4401"},
    {"code": "440103", "level": "district", "parent_code": "4401"},
    {"code": "440103001", "level": "street", "parent_code": "440103"},
    {"code": "440103002", "level": "street", "parent_code": "440103"},
]


def paid(wage: int, month: str = "2026-01", area: str = "440103001", *floors: Row) -> list[Finding]:
    return found(
        "W01",
        areas=AREAS,
        organisations=[{"area_code": area}],
        workers=[{}],
        payroll=[{"month": month, "gross_wage_fen": wage}],
        wage_floors=[{"area_code": "4401", "year": 2026, "gross_wage_fen": 500000}, *floors],
    )


@pytest.mark.parametrize(("wage", "short"), [(500000, None), (499999, 1), (0, 500000)])
def test_a_wage_at_the_floor_is_enough(wage: int, short: float | None) -> None:
    findings = paid(wage)
    assert [one.value for one in findings] == ([] if short is None else [short])
    for one in findings:
        assert (one.id, one.key, one.limit) == ("W1", "2026-01", 500000)
        assert one.rows == (
            ("workers", "W1"),
            ("payroll", "W1/2026-01"),
            ("wage_floors", "4401/2026"),
        )
        assert "the floor is" in sentence("W01", one)


@pytest.mark.parametrize(
    ("area", "floor"),
    [("440103001", 3000), ("440103002", 2000), ("440103", 2000), ("4401", 500000)],
)
def test_the_nearest_area_with_a_floor_of_that_year_counts(area: str, floor: int) -> None:
    nearer: list[Row] = [
        {"area_code": "440103", "year": 2026, "gross_wage_fen": 2000},
        {"area_code": "440103001", "year": 2026, "gross_wage_fen": 3000},
        {"area_code": "440103002", "year": 2025, "gross_wage_fen": 900000},
    ]
    assert [one.limit for one in paid(1, "2026-12", area, *nearer)] == [floor]
    assert paid(floor, "2026-12", area, *nearer) == []


@pytest.mark.parametrize(
    ("month", "area"), [("2025-12", "4401"), ("2027-01", "4401"), ("2026-01", "")]
)
def test_without_a_floor_or_an_area_nothing_is_below_it(month: str, area: str) -> None:
    assert paid(1, month, area) == []


KINDS = ("pension", "medical", "unemployment", "work_injury", "maternity")


@pytest.mark.parametrize("kind", [*KINDS, "housing_fund", "accident_cover"])
def test_each_kind_of_cover_is_asked_for(kind: str) -> None:
    (one,) = found("W02", payroll=[{kind: False}, {"month": "2026-02"}])
    assert (one.id, one.key, one.value) == ("W1", "2026-01", 1)
    assert one.rows == (("workers", "W1"), ("payroll", "W1/2026-01"))


def test_what_is_missing_is_counted() -> None:
    (one,) = found(
        "W02", payroll=[dict.fromkeys((*KINDS, "housing_fund", "accident_cover"), False)]
    )
    assert one.value == 7
    assert "accident cover: 7." in sentence("W02", one)


# As of 31 March 2026 the year begins on 1 April 2025.


def staff(stay: int, *leave: str, **cells: object) -> list[Row]:
    return [
        {"id": f"W{place:02}", "employed_to": day, **cells}
        for place, day in enumerate([""] * stay + list(leave))
    ]


@pytest.mark.parametrize(
    ("workers", "value"),
    [
        (staff(7, "2025-10-01", "2025-10-01"), 0.25),  # equal to the limit
        (staff(6, "2025-10-01", "2025-10-01"), 2 / 7),
        (staff(6, "2025-04-01", "2026-03-30"), 2 / 7),
        (staff(6, "2025-04-01", "2026-03-31"), 2 / 7.5),
        (staff(6, "2025-04-01", "2026-04-01"), None),
        (staff(6, "2025-04-01", "2025-03-31"), None),
        (staff(4, "2025-10-01", "2025-10-01"), 0.4),  # a mean of five
        (staff(3, "2025-10-01", "2025-10-01", "2025-10-01"), None),  # of four and a half
        (staff(0, "2025-10-01", "2025-10-01", "2025-10-01"), None),
        (staff(6, "2025-10-01", "2025-10-01", employed_from="2025-04-01"), 2 / 7),
        (staff(6, "2025-10-01", "2025-10-01", employed_from="2025-04-02"), None),
    ],
)
def test_leavers_against_the_mean_headcount(workers: list[Row], value: float | None) -> None:
    findings = found("W03", workers=workers)
    expected = [] if value is None or value == 0.25 else [pytest.approx(value)]
    assert [one.value for one in findings] == expected
    for one in findings:
        assert one.id == "O-1"
        assert len(one.rows) == 3
        assert "Workers who left within a year: 2;" in sentence("W03", one)


def test_the_year_before_29_february_begins_on_2_march() -> None:
    assert found("W03", "2028-02-29", workers=staff(6, "2027-03-01", "2027-03-01")) == []
    assert len(found("W03", "2028-02-29", workers=staff(6, "2027-03-02", "2027-03-02"))) == 1


def test_each_provider_counts_for_itself() -> None:
    busy = staff(6, "2025-10-01", "2025-10-01")
    calm = [{**row, "id": f"X{row['id']}", "uscc": "O-2"} for row in staff(20, "2025-10-01")]
    assert [one.id for one in found("W03", workers=[*busy, *calm])] == ["O-1"]
