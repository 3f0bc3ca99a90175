"""The table of a contract year: what it adds up, and that nothing hidden follows from it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.disclosure import cast

from almoner.contracts.models import ContractTerm
from almoner.delivery.queries.delivered import TermMonth, people_behind
from almoner.disclosure.contract_figures import years_of
from almoner.disclosure.contract_queries import months_of
from almoner.disclosure.contract_service import HIDDEN, Work, YearOfService, year_of_service
from almoner.rules.terms import later_versions

YEARS = years_of(date(2026, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 4, 10)
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
CASE, GROUP, VISIT, TRAINING = 1, 2, 3, 4
PKS = (CASE, GROUP, VISIT)


def term(pk: int, hours: str | None, group: str = "direct") -> ContractTerm:
    value = None if hours is None else Decimal(hours)
    return ContractTerm(id=pk, code=str(pk), group=group, type="case_work", formula="", hours=value)


TERMS = (
    term(CASE, "1200"),
    term(GROUP, "600"),
    term(VISIT, None),
    term(TRAINING, "72", group="indirect"),
)


def done(pk: int, month: str, hours: int, people: int | None = 20) -> TermMonth:
    return TermMonth(pk, month, 2, hours * 60, people, people)


def clients(pk: int, month: str, hours: int, people: int) -> TermMonth:
    """Work of which each record names a client and none tells participants."""
    return TermMonth(pk, month, people, hours * 60, None, people)


def table(
    *rows: TermMonth, today: date = TODAY, number: int = 1, changes: tuple[str, ...] = ()
) -> YearOfService:
    return year_of_service(
        YEARS[number - 1],
        YEARS,
        TERMS,
        rows,
        today=today,
        actual_end=YEARS[-1].last,
        minimum=5,
        later=later_versions(changes),
    )


def test_hours_are_added_by_month_and_by_term_and_indirect_work_stands_apart() -> None:
    year = table(
        done(CASE, "2026-01", 100),
        done(GROUP, "2026-01", 40),
        done(CASE, "2026-03", 90),
        done(TRAINING, "2026-01", 6, None),
        done(CASE, "2027-01", 7),
    )
    assert [line.month for line in year.lines] == list(MONTHS), "no month ahead, none left out"
    assert [line.total.hours for line in year.lines] == [140, 0, 90, 0]
    assert [term.work.hours for term in year.direct] == [190, 40, 0]
    assert [term.work.hours for term in year.indirect] == [6]
    assert year.total.hours == 230
    assert year.promised == 1800 and year.unknown_terms == 1
    assert year.monthly == 150
    assert year.share == Fraction(230, 1800)
    assert not year.has_hidden


def test_a_term_without_known_hours_has_no_share_and_is_never_behind() -> None:
    visit = table(done(VISIT, "2026-01", 1)).direct[2]
    assert (visit.promised, visit.share, visit.behind) == (None, None, False)


def test_behind_by_the_days_that_have_passed() -> None:
    year = table(done(CASE, "2026-01", 262), done(GROUP, "2026-01", 132))
    assert year.passed == Fraction(100, 365)
    # 80 % of 1,200 h x 100/365 is 263.01 h, of 600 h it is 131.5 h.
    assert [term.behind for term in year.direct[:2]] == [True, False]


def test_a_changed_term_counts_each_day_by_the_version_in_force_on_it() -> None:
    change = "1: 365 hour from 2026-03-02"  # after 60 days at 1,200 h a year
    before = table(done(CASE, "2026-01", 158), changes=(change,), today=date(2026, 3, 1))
    assert before.direct[0].formula == "" and not before.direct[0].behind
    after = table(done(CASE, "2026-01", 190), changes=(change,))
    # 1,200 x 60/365 + 365 x 305/365 in the year; by day 100, 1,200 x 60/365 + 40.
    assert after.direct[0].promised == Fraction(1200 * 60, 365) + 305
    assert after.direct[0].formula == "365 hour"
    assert not after.direct[0].behind, "190 h are above 80 % of 237.3 h"
    assert table(done(CASE, "2026-01", 189), changes=(change,)).direct[0].behind
    assert table(changes=(change,), number=2, today=date(2027, 5, 1)).direct[0].promised == 365


def test_few_people_are_hidden_with_all_that_would_tell_them() -> None:
    year = table(
        done(CASE, "2026-01", 100),
        done(CASE, "2026-02", 100),
        done(GROUP, "2026-01", 50),
        done(GROUP, "2026-02", 3, 4),
    )
    group = [line.cells[1][1].minutes for line in year.lines]
    assert group[1] is None and group[0] is None, "its neighbour would tell it"
    assert year.has_hidden
    assert year.total.minutes == 253 * 60, "the whole still shows"


def test_five_people_are_shown_and_an_unknown_number_is_not() -> None:
    assert not table(done(CASE, "2026-01", 10, 5)).has_hidden
    assert table(done(CASE, "2026-01", 10, None)).has_hidden
    assert table(done(CASE, "2026-01", 10, 4)).total.hours is None, "the total is that cell"


def test_participants_are_no_total_of_the_cells_that_tell_none() -> None:
    year = table(clients(CASE, "2026-01", 30, 30), done(GROUP, "2026-01", 1, 3))
    assert year.total.hours == 31, "they are about 33 people"
    for work in (year.lines[0].total, year.direct[1].work, year.total):
        assert work.participants is None and work.hides_participants


def test_enough_participants_are_shown_beside_cells_that_tell_none() -> None:
    year = table(clients(CASE, "2026-01", 30, 30), done(GROUP, "2026-01", 1, 5))
    assert year.total.participants == 5 and not year.has_hidden_participants


def test_few_participants_are_not_those_who_were_clients_of_other_records() -> None:
    year = table(TermMonth(CASE, "2026-01", 31, 31 * 60, 3, 30))
    assert year.total == Work(31 * 60, 31, None, hides_participants=True)
    assert year.has_hidden_participants and not year.has_hidden


def test_indirect_work_about_few_users_is_hidden() -> None:
    for few in (done(TRAINING, "2026-01", 10, 1), clients(TRAINING, "2026-01", 1, 4)):
        year = table(done(CASE, "2026-01", 9), few)
        assert year.indirect[0].work == HIDDEN and year.indirect[0].share is None
        assert year.has_hidden and year.total.hours == 9
    two_months = [done(TRAINING, month, 10, 2) for month in MONTHS[:2]]
    assert table(*two_months).indirect[0].work == HIDDEN
    participants = TermMonth(TRAINING, "2026-01", 31, 60, 3, 30)
    assert table(participants).indirect[0].work == Work(60, 31, None, hides_participants=True)


@pytest.mark.parametrize("people", [None, 0, 5])
def test_other_indirect_work_is_shown(people: int | None) -> None:
    year = table(done(TRAINING, "2026-01", 10, people))
    assert year.indirect[0].work == Work(600, 2, people)
    assert not year.has_hidden and not year.has_hidden_participants


@st.composite
def cells(draw: st.DrawFn, terms: tuple[int, ...] = PKS) -> list[TermMonth]:
    """Months of terms: of clients, of participants, of both or of neither."""
    places = [(pk, month) for pk in terms for month in MONTHS]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, min_size=1))
    rows = []
    for pk, month in chosen:
        largest = draw(st.none() | st.integers(0, 12))
        participants = None if largest is None else largest + draw(st.integers(0, 3))
        people = people_behind(draw(st.just(0) | st.integers(0, 12)), largest)
        hours = draw(st.integers(1, 50))
        rows.append(TermMonth(pk, month, 2, hours * 60, participants, people))
    return rows


@settings(max_examples=settings().max_examples * 3 // 2)
@given(cells())
def test_no_hidden_figure_follows_from_the_figures_of_both_pages(rows: list[TermMonth]) -> None:
    year = table(*rows)
    hidden, sums = shown_to_the_public(year)
    small = {(row.month, row.term_id) for row in rows if row.people is None or row.people < 5}
    assert small <= hidden
    assert not determined(hidden, sums) & hidden


@given(cells())
def test_no_participants_of_few_people_follow_from_those_that_are_shown(
    rows: list[TermMonth],
) -> None:
    year = table(*rows)
    told = {(row.month, row.term_id): row for row in rows if row.participants is not None}
    groups: dict[tuple[str, object], int] = defaultdict(int)
    for (month, pk), row in told.items():
        assert row.participants is not None and row.people is not None
        for place in ((month, pk), (month, "all"), ("all", pk), ("all", "all")):
            groups[place] += min(row.participants, row.people)
    small = {place for place, people in groups.items() if 0 < people < 5}
    hidden = {("all", pk) for pk, one in zip(PKS, year.direct, strict=True) if secret(one.work)}
    hidden |= {(line.month, "all") for line in year.lines if secret(line.total)}
    hidden |= {("all", "all")} if secret(year.total) else set()
    unseen = hidden | set(told)  # no page shows the participants of a cell
    assert not determined(unseen, sums_of(year)) & small
    assert small <= unseen


def secret(work: Work) -> bool:
    assert work.participants is None or not work.hides_participants
    return work.hides_participants


@given(cells((TRAINING,)))
def test_no_year_of_indirect_work_is_about_few_people(rows: list[TermMonth]) -> None:
    work = table(*rows).indirect[0].work
    if work.minutes is not None:
        assert not 0 < sum(row.people or 0 for row in rows) < 5
    if work.participants is not None:
        assert not 0 < work.participants < 5


def shown_to_the_public(
    year: YearOfService,
) -> tuple[set[tuple[str, object]], list[list[tuple[str, object]]]]:
    """What is hidden on the contract page and /service, and which places add up to which total."""
    hidden: set[tuple[str, object]] = set()
    for line in year.lines:
        for pk, (_name, work) in zip(PKS, line.cells, strict=True):
            if work.minutes is None:
                hidden.add((line.month, pk))
        if line.total.minutes is None:
            hidden.add((line.month, "all"))
    for pk, term_year in zip(PKS, year.direct, strict=True):
        if term_year.work.minutes is None:
            assert term_year.share is None, "a share would tell the hours"
            hidden.add(("all", pk))
    if year.total.minutes is None:
        assert year.share is None
        hidden.add(("all", "all"))
    return hidden, sums_of(year)


def sums_of(year: YearOfService) -> list[list[tuple[str, object]]]:
    """Which places add up to which total: the last of each list."""
    rows = [*[line.month for line in year.lines], "all"]
    columns = [*PKS, "all"]
    sums: list[list[tuple[str, object]]] = [[(row, one) for one in columns] for row in rows]
    return sums + [[(row, column) for row in rows] for column in columns]


def determined(
    hidden: set[tuple[str, object]], sums: list[list[tuple[str, object]]]
) -> set[tuple[str, object]]:
    """The hidden places whose value the totals fix, by elimination over the rationals."""
    order = sorted(hidden, key=str)
    matrix = []
    for places in sums:
        signs = {place: Fraction(-1 if place == places[-1] else 1) for place in places}
        matrix.append([signs.get(place, Fraction(0)) for place in order])
    pivots: list[int] = []
    for column in range(len(order)):
        row = next((r for r in range(len(pivots), len(matrix)) if matrix[r][column]), None)
        if row is None:
            continue
        top = len(pivots)
        matrix[top], matrix[row] = matrix[row], matrix[top]
        matrix[top] = [value / matrix[top][column] for value in matrix[top]]
        for other in range(len(matrix)):
            if other != top and matrix[other][column]:
                factor = matrix[other][column]
                matrix[other] = [
                    a - factor * b for a, b in zip(matrix[other], matrix[top], strict=True)
                ]
        pivots.append(column)
    return {
        order[column]
        for row, column in enumerate(pivots)
        if sum(bool(value) for value in matrix[row]) == 1
    }


@pytest.mark.django_db
def test_months_from_one_to_another_of_this_contract_only() -> None:
    on = cast.stage()
    case = cast.term(cast.contract(on))
    for name in ("2026-04", "2026-03", "2026-01", "2026-02"):
        cast.month(case, name, 10, people=6)
    cast.month(cast.term(cast.contract(on, "C-2")), "2026-02", 99)
    assert months_of("C-1", "2026-02", "2026-03") == [
        TermMonth(case.id, "2026-02", 5, 600, 6, 6),
        TermMonth(case.id, "2026-03", 5, 600, 6, 6),
    ]
