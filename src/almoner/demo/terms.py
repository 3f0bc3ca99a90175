"""The ten workload terms of every contract, scaled by staff and population."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from almoner.demo.base import Row, plain
from almoner.demo.world import Contract


@dataclass(frozen=True)
class Term:
    """A kind of work. minutes = usual length of one record of it.

    hours_a_worker = hours of one contract year for each worker; None where it follows from
    something else than staff.
    """

    id: str
    group: Literal["direct", "indirect"]
    type: str
    category: str
    formula: str  # {staff} is the number of staff
    hours_a_worker: Decimal | None
    minutes: int
    people: tuple[int, int] | None  # participants of one record, from and to


TERMS = (
    Term(
        "01",
        "direct",
        "case_work",
        "个案 / case work",
        "8 case/staff * 5 session/case * 6 hour/session * {staff} staff",
        Decimal(240),
        125,
        (1, 3),
    ),
    Term(
        "02",
        "direct",
        "group_work",
        "兴趣小组 / interest group",
        "42 session/staff * 5 hour/session * {staff} staff",
        Decimal(210),
        150,
        (6, 16),
    ),
    Term(
        "03",
        "direct",
        "group_work",
        "专业小组 / professional group",
        "42 session/staff * 9 hour/session * {staff} staff",
        Decimal(378),
        160,
        (6, 14),
    ),
    Term(
        "04",
        "direct",
        "community_work",
        "调研报告 / survey report",
        "4 hour/report/staff * {staff} staff * 48 report",
        Decimal(192),
        145,
        (3, 20),
    ),
    Term(
        "05",
        "direct",
        "home_visit",
        "家庭探访 / home visit",
        "2 hour/household/staff * 240 household * {staff} staff",
        Decimal(480),
        130,
        (1, 5),
    ),
    Term(
        "06",
        "direct",
        "community_work",
        "社区活动 / community activity",
        "0.4 hour/week/staff * 48 week * {staff} staff",
        Decimal("19.2"),
        165,
        (30, 160),
    ),
    Term(
        "07",
        "indirect",
        "training",
        "培训 / training",
        "72 hour/staff * {staff} staff",
        Decimal(72),
        165,
        None,
    ),
    Term("08", "indirect", "case_enquiry", "个案咨询 / case enquiries", "X hour", None, 45, (1, 1)),
    Term(
        "09",
        "indirect",
        "volunteer",
        "志愿者 / volunteers",
        "0.005 * population person * 1 hour/person",
        None,
        120,
        (4, 25),
    ),
)
VOLUNTEER_SHARE = Decimal("0.005")
ENQUIRY_HOURS = 7  # a worker a year: what X turns out to be


def agreed_hours(term: Term, contract: Contract) -> Decimal | None:
    """The formula's value for one contract year; None where it holds an unknown."""
    if term.hours_a_worker is not None:
        return term.hours_a_worker * contract.centre.staff
    population = contract.centre.street.population
    if term.type == "volunteer" and population is not None:
        return VOLUNTEER_SHARE * population
    return None


def expected_hours(term: Term, contract: Contract) -> Decimal:
    """The hours that a contract year brings, agreed or not."""
    agreed = agreed_hours(term, contract)
    return Decimal(ENQUIRY_HOURS * contract.centre.staff) if agreed is None else agreed


def term_row(term: Term, contract: Contract) -> Row:
    """The row of CONTRACT_TERMS."""
    hours = agreed_hours(term, contract)
    return {
        "contract_id": contract.id,
        "id": term.id,
        "group": term.group,
        "type": term.type,
        "category": term.category,
        "formula": term.formula.format(staff=contract.centre.staff),
        "hours": None if hours is None else plain(hours),
    }
