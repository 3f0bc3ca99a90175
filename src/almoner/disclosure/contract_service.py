"""What was delivered in one contract year, with what must stay hidden taken out. No database here.

The contract page shows the totals of the table that /service shows, so both are cut from one table:
a figure is hidden on both or on none. Everywhere below, minutes of None are hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from almoner.contracts.models import ContractTerm, TermGroup
from almoner.delivery.queries import TermMonth
from almoner.disclosure.contract_figures import (
    ContractYear,
    elapsed,
    is_behind,
    months_until,
    share,
    year_of_month,
)
from almoner.disclosure.contract_labels import term_name
from almoner.rules.small_cells import TOTAL, Cell, Margin, suppress

Place = tuple[str | Margin, int | Margin]


@dataclass(frozen=True)
class Work:
    """Sessions, minutes and participants of a cell or total; participants None = not recorded."""

    minutes: int | None
    sessions: int | None
    participants: int | None

    @property
    def hours(self) -> Fraction | None:
        return None if self.minutes is None else Fraction(self.minutes, 60)


HIDDEN = Work(None, None, None)


@dataclass(frozen=True)
class TermYear:
    """A term in a contract year; `share` is None where it cannot be told."""

    name: str
    formula: str
    promised: Fraction | None
    work: Work
    share: Fraction | None
    behind: bool

    @property
    def bar(self) -> int:
        """The share in whole percent, as far as a bar can show it."""
        return min(int(100 * (self.share or 0)), 100)


@dataclass(frozen=True)
class MonthLine:
    """A month: each direct term's name and work in their order, and the work of all of them."""

    month: str
    cells: tuple[tuple[str, Work], ...]
    total: Work


@dataclass(frozen=True)
class YearOfService:
    """A contract year as the public may see it. `promised` sums the direct terms that are known."""

    year: ContractYear
    direct: tuple[TermYear, ...]
    indirect: tuple[TermYear, ...]
    lines: tuple[MonthLine, ...]
    total: Work
    promised: Fraction
    unknown_terms: int
    passed: Fraction
    share: Fraction | None
    behind: bool
    has_hidden: bool

    @property
    def monthly(self) -> Fraction:
        """Hours promised a month, at an even pace."""
        return self.promised / self.year.months


def year_of_service(
    year: ContractYear,
    years: Sequence[ContractYear],
    terms: Sequence[ContractTerm],
    months: Iterable[TermMonth],
    *,
    today: date,
    actual_end: date,
    minimum: int,
) -> YearOfService:
    """The table of a contract year up to `today`; cells about fewer than `minimum` are hidden."""
    rows = [row for row in months if year_of_month(years, row.month) == year]
    direct = [term for term in terms if term.group == TermGroup.DIRECT]
    names = {term.id: term_name(term) for term in direct}
    sums = _sums(row for row in rows if row.term_id in names)
    hidden = suppress(
        {
            (row.month, row.term_id): Cell(row.minutes, row.people)
            for row in rows
            if row.term_id in names
        },
        minimum,
    )

    def seen(month: str | Margin, term: int | Margin) -> Work:
        return HIDDEN if (month, term) in hidden else sums.get((month, term), Work(0, 0, 0))

    passed = elapsed(year, today, actual_end)
    promised = [Fraction(term.hours) for term in direct if term.hours is not None]
    total = seen(TOTAL, TOTAL)
    shown = {row.month for row in rows} | {
        month
        for month in months_until(year.first, min(year.last, today, actual_end))
        if year_of_month(years, month) == year
    }
    others = _sums(row for row in rows if row.term_id not in names)
    return YearOfService(
        year=year,
        direct=tuple(_term_year(term, seen(TOTAL, term.id), passed) for term in direct),
        indirect=tuple(
            _term_year(term, others.get((TOTAL, term.id), Work(0, 0, 0)), passed)
            for term in terms
            if term.id not in names
        ),
        lines=tuple(
            MonthLine(
                month,
                tuple((names[term.id], seen(month, term.id)) for term in direct),
                seen(month, TOTAL),
            )
            for month in sorted(shown)
        ),
        total=total,
        promised=sum(promised, Fraction(0)),
        unknown_terms=len(direct) - len(promised),
        passed=passed,
        share=_share(total, sum(promised, Fraction(0))),
        behind=total.minutes is not None
        and is_behind(total.minutes, sum(promised, Fraction(0)), passed),
        has_hidden=bool(hidden),
    )


@dataclass
class _Sum:
    """Work that is still being added up."""

    minutes: int = 0
    sessions: int = 0
    participants: int | None = None

    def add(self, row: TermMonth) -> None:
        self.minutes += row.minutes
        self.sessions += row.sessions
        if row.participants is not None:
            self.participants = (self.participants or 0) + row.participants


def _sums(rows: Iterable[TermMonth]) -> Mapping[Place, Work]:
    """The work of every cell, row, column and of all; participants of those that recorded them."""
    cells: dict[Place, Work] = {}
    months: dict[str, _Sum] = defaultdict(_Sum)
    terms: dict[int, _Sum] = defaultdict(_Sum)
    whole = _Sum()
    for row in rows:
        cells[row.month, row.term_id] = Work(row.minutes, row.sessions, row.participants)
        for total in (months[row.month], terms[row.term_id], whole):
            total.add(row)
    cells |= {(month, TOTAL): _work(total) for month, total in months.items()}
    cells |= {(TOTAL, term): _work(total) for term, total in terms.items()}
    cells[TOTAL, TOTAL] = _work(whole)
    return cells


def _work(total: _Sum) -> Work:
    return Work(total.minutes, total.sessions, total.participants)


def _share(work: Work, promised: Fraction | None) -> Fraction | None:
    hours = work.hours
    return None if hours is None or promised is None else share(hours, promised)


def _term_year(term: ContractTerm, work: Work, passed: Fraction) -> TermYear:
    promised = None if term.hours is None else Fraction(term.hours)
    return TermYear(
        name=term_name(term),
        formula=term.formula,
        promised=promised,
        work=work,
        share=_share(work, promised),
        behind=work.minutes is not None
        and promised is not None
        and is_behind(work.minutes, promised, passed),
    )
