"""What was delivered in one contract year, with what must stay hidden taken out. No database here.

The contract page shows the totals of the table that /service shows, so both are cut from one table:
a figure is hidden on both or on none. Everywhere below, minutes of None are hidden.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from almoner.contracts.labels import term_name
from almoner.contracts.models import ContractTerm, TermGroup
from almoner.delivery.queries.delivered import TermMonth
from almoner.disclosure.contract_figures import (
    ContractYear,
    elapsed,
    is_behind,
    months_in,
    months_until,
    share,
)
from almoner.rules.small_cells import TOTAL, Cell, Margin, suppress
from almoner.rules.terms import Version, formulas_on
from almoner.rules.terms import promised as in_year

Place = tuple[str | Margin, int | Margin]


class Work(NamedTuple):
    """Sessions, minutes and participants of a cell or total; participants None = not recorded."""

    minutes: int | None
    sessions: int | None
    participants: int | None

    @property
    def hours(self) -> Fraction | None:
        return None if self.minutes is None else Fraction(self.minutes, 60)


HIDDEN = Work(None, None, None)
NOTHING = Work(0, 0, 0)


class TermYear(NamedTuple):
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


class MonthLine(NamedTuple):
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
    later: Mapping[str, Sequence[Version]],
) -> YearOfService:
    """The table of a contract year up to `today`; cells about fewer than `minimum` are hidden.

    `later` are the versions of terms that changes brought: each day counts by its own.
    """
    since, before = months_in(years, year)
    rows = [row for row in months if since <= row.month < before]
    direct = [term for term in terms if term.group == TermGroup.DIRECT]
    names = {term.id: term_name(term) for term in direct}
    counted = [row for row in rows if row.term_id in names]
    sums = _sums(counted)
    hidden = suppress(
        {(row.month, row.term_id): Cell(row.minutes, row.people) for row in counted}, minimum
    )

    def seen(month: str | Margin, term: int | Margin) -> Work:
        return HIDDEN if (month, term) in hidden else sums.get((month, term), NOTHING)

    passed = elapsed(year, today, actual_end)
    promises = {
        term.id: _promise(term, later.get(term.code, ()), year, min(today, actual_end), passed)
        for term in terms
    }
    known = [one for term in direct if (one := promises[term.id]).hours is not None]
    promised = sum([one.hours for one in known if one.hours is not None], Fraction(0))
    expected = sum([one.by_now for one in known], Fraction(0))
    total = seen(TOTAL, TOTAL)
    shown = {row.month for row in rows} | {
        month
        for month in months_until(year.first, min(year.last, today, actual_end))
        if since <= month < before
    }
    others = _sums([row for row in rows if row.term_id not in names])
    return YearOfService(
        year=year,
        direct=tuple(
            _term_year(promises[term.id], names[term.id], seen(TOTAL, term.id)) for term in direct
        ),
        indirect=tuple(
            _term_year(promises[term.id], term_name(term), others.get((TOTAL, term.id), NOTHING))
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
        promised=promised,
        unknown_terms=len(direct) - len(known),
        passed=passed,
        share=_share(total, promised),
        behind=total.minutes is not None and is_behind(total.minutes, expected),
        has_hidden=bool(hidden),
    )


def _sums(rows: Sequence[TermMonth]) -> Mapping[Place, Work]:
    """The work of every cell, row, column and of all; participants of those that recorded them."""
    lines: dict[Place, list[TermMonth]] = defaultdict(list)
    for row in rows:
        lines[row.month, TOTAL].append(row)
        lines[TOTAL, row.term_id].append(row)
    cells: dict[Place, Work] = {
        (row.month, row.term_id): Work(row.minutes, row.sessions, row.participants) for row in rows
    }
    cells |= {place: _added(line) for place, line in lines.items()}
    cells[TOTAL, TOTAL] = _added(rows)
    return cells


def _added(rows: Sequence[TermMonth]) -> Work:
    told = [row.participants for row in rows if row.participants is not None]
    return Work(
        minutes=sum([row.minutes for row in rows]),
        sessions=sum([row.sessions for row in rows]),
        participants=sum(told) if told else None,
    )


def _share(work: Work, promised: Fraction | None) -> Fraction | None:
    hours = work.hours
    return None if hours is None or promised is None else share(hours, promised)


class _Promise(NamedTuple):
    """What a term promises in a contract year, and what of it an even pace brings by now."""

    formula: str
    hours: Fraction | None
    by_now: Fraction


def _promise(
    term: ContractTerm, later: Sequence[Version], year: ContractYear, now: date, passed: Fraction
) -> _Promise:
    if not later:
        signed = None if term.hours is None else Fraction(term.hours)
        return _Promise(term.formula, signed, (signed or 0) * passed)
    hours = in_year(term.hours, later, year.first, year.last)
    by_now = in_year(term.hours, later, year.first, year.last, until=now) or Fraction(0)
    formula = formulas_on({"": term.formula}, {"": later}, min(now, year.last))[""]
    return _Promise(formula, hours, by_now)


def _term_year(promise: _Promise, name: str, work: Work) -> TermYear:
    return TermYear(
        name=name,
        formula=promise.formula,
        promised=promise.hours,
        work=work,
        share=_share(work, promise.hours),
        behind=work.minutes is not None
        and promise.hours is not None
        and is_behind(work.minutes, promise.by_now),
    )
