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
    """Minutes, sessions and participants of a cell or total; participants None = not recorded.

    Some records tell no participants, so fewer people may stand behind these than behind the
    minutes: `hides_participants` where they must not be told, with the minutes or alone.
    """

    minutes: int | None
    sessions: int | None
    participants: int | None
    hides_participants: bool = False

    @property
    def hours(self) -> Fraction | None:
        return None if self.minutes is None else Fraction(self.minutes, 60)

    @property
    def without_participants(self) -> "Work":
        return Work(self.minutes, self.sessions, None, hides_participants=True)


HIDDEN = Work(None, None, None, hides_participants=True)
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
    """A contract year as the public may see it. `promised` sums the direct terms that are known.

    `until` is the day up to which it is told: today, or the end of the year or of the contract.
    """

    year: ContractYear
    until: date
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
    has_hidden_participants: bool

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
    """The table of a contract year up to `today`; what is about fewer than `minimum` is hidden.

    `later` are the versions of terms that changes brought: each day counts by its own.
    """
    since, before = months_in(years, year)
    rows = [row for row in months if since <= row.month < before]
    direct = [term for term in terms if term.group == TermGroup.DIRECT]
    names = {term.id: term_name(term) for term in direct}
    table = _shown([row for row in rows if row.term_id in names], minimum)
    apart = {
        term.id: _apart([row for row in rows if row.term_id == term.id], minimum)
        for term in terms
        if term.id not in names
    }
    every = [*table.values(), *apart.values()]

    def seen(month: str | Margin, term: int | Margin) -> Work:
        return table.get((month, term), NOTHING)

    until = min(today, year.last, actual_end)
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
        month for month in months_until(year.first, until) if since <= month < before
    }
    return YearOfService(
        year=year,
        until=until,
        direct=tuple(
            _term_year(promises[term.id], names[term.id], seen(TOTAL, term.id), until)
            for term in direct
        ),
        indirect=tuple(
            _term_year(promises[term.id], term_name(term), apart[term.id], until)
            for term in terms
            if term.id in apart
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
        behind=total.minutes is not None and is_behind(total.minutes, expected, until),
        has_hidden=any(work.minutes is None for work in every),
        has_hidden_participants=any(work.hides_participants for work in every),
    )


def _shown(rows: Sequence[TermMonth], minimum: int) -> Mapping[Place, Work]:
    """The sums of direct work as the public may see them.

    Participants are a table of their own, of the cells that tell them: beside a cell that tells
    none, the total of a line is the figure of the others.
    """
    hidden = suppress(
        {(row.month, row.term_id): Cell(row.minutes, row.people) for row in rows}, minimum
    )
    silent = suppress(
        {
            (row.month, row.term_id): Cell(row.participants, _took_part(row))
            for row in rows
            if row.participants is not None
        },
        minimum,
    )
    told = {
        place: work.without_participants if place in silent else work
        for place, work in _sums(rows).items()
    }
    return {place: HIDDEN if place in hidden else work for place, work in told.items()}


def _took_part(row: TermMonth) -> int:
    """At least how many people the participants are: clients may stand in records without any."""
    return min(row.participants or 0, row.people or 0)


def _apart(rows: Sequence[TermMonth], minimum: int) -> Work:
    """The year of an indirect term, which is in no total: hidden where it is about few users.

    Of unknown people it is shown: most of it, such as training, is about no users.
    """
    if not rows:
        return NOTHING
    if 0 < sum([row.people or 0 for row in rows]) < minimum:
        return HIDDEN
    work = _added(rows)
    few = 0 < sum([_took_part(row) for row in rows]) < minimum
    return work.without_participants if few else work


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


def _term_year(promise: _Promise, name: str, work: Work, on: date) -> TermYear:
    return TermYear(
        name=name,
        formula=promise.formula,
        promised=promise.hours,
        work=work,
        share=_share(work, promise.hours),
        behind=work.minutes is not None
        and promise.hours is not None
        and is_behind(work.minutes, promise.by_now, on),
    )
