"""Workload terms over time: a change of workload holds from its day on, never before.

A new version of a term stands in the `detail` of a contract change of kind workload, a line a term:

    T03: 42 session/staff * 4 hour/session * 14 staff from 2026-07-01

so that an exported contract carries its versions with it. `hours` of a version are those of a whole
contract year; each day counts by the version in force on it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from almoner.rules.money import Exact, exact
from almoner.rules.workload import WorkloadError, evaluate

_LINE = re.compile(r"(?P<code>[^\n]+?): (?P<formula>[^\n]+) from (?P<day>\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Version:
    """What a term says from a day on; `hours` a contract year, None where its formula has none."""

    from_on: date
    formula: str
    hours: Fraction | None


def line(code: str, formula: str, from_on: date) -> str:
    """One version as it stands in the detail of a change; ValueError if it could not be read."""
    text = f"{code}: {formula} from {from_on.isoformat()}"
    if read(text) != {code: [(from_on, formula)]}:
        raise ValueError(f"a term named {code!r} cannot be written into a change")
    return text


def read(detail: str) -> dict[str, list[tuple[date, str]]]:
    """The versions that a change's detail names, by term; lines of any other kind are prose."""
    found: dict[str, list[tuple[date, str]]] = {}
    for text in detail.splitlines():
        match = _LINE.fullmatch(text.strip())
        if match is None:
            continue
        try:
            day = date.fromisoformat(match["day"])
        except ValueError:
            continue
        found.setdefault(match["code"], []).append((day, match["formula"]))
    return found


def later_versions(details: Iterable[str]) -> dict[str, tuple[Version, ...]]:
    """All versions that agreed changes brought, by term and in the order of their days.

    `details` come in the order in which they were agreed; of two for one day the later holds.
    A formula that cannot be read has no hours.
    """
    by_term: dict[str, dict[date, str]] = {}
    for detail in details:
        for code, versions in read(detail).items():
            by_term.setdefault(code, {}).update(dict(versions))
    return {
        code: tuple(Version(day, text, _hours(text)) for day, text in sorted(days.items()))
        for code, days in by_term.items()
    }


def promised(
    hours: Exact | None,
    later: Sequence[Version],
    first: date,
    last: date,
    until: date | None = None,
) -> Fraction | None:
    """Hours promised in the contract year from `first` to `last`, both included.

    `hours` are those of the term as signed; each of its days counts by the version in force on it.
    With `until`, only what an even pace would have brought by the end of that day. None where a
    version in force has no hours.
    """
    days = (last - first).days + 1
    end = last if until is None else min(until, last)
    starts = [(first, exact(hours) if hours is not None else None)]
    for version in later:
        if version.from_on <= end:
            starts.append((max(version.from_on, first), version.hours))
    total = Fraction(0)
    ends = [start for start, _ in starts[1:]] + [end + timedelta(days=1)]
    for (start, rate), stop in zip(starts, ends, strict=True):
        length = max((stop - start).days, 0)
        if length and rate is None:
            return None
        total += (rate or 0) * length
    return total / days


def swapped(
    code: str, formula: str, dropped: Exact, from_on: date, years: Sequence[tuple[date, date]]
) -> list[tuple[date, str]]:
    """The versions of a term that lack `dropped` hours in the contract year of `from_on`.

    From `from_on` to the end of that year the term runs at a lower rate, rounded up to a hundredth
    of an hour a year, and from the next year on as before. ValueError where the day lies in none of
    `years` (first and last days), or the formula has not that many hours left to drop.
    """
    number = next((n for n, (a, b) in enumerate(years) if a <= from_on <= b), None)
    if number is None:
        raise ValueError(f"{from_on} lies in no year of the contract")
    first, last = years[number]
    share = Fraction((last - from_on).days + 1, (last - first).days + 1)
    less = -(-exact(dropped) * 100 // share)
    hours = _hours(formula)
    if hours is None or Fraction(less, 100) > hours:
        raise ValueError(f"{code} has fewer than {dropped} hours left in this contract year")
    text = f"{less // 100}.{less % 100:02}".rstrip("0").rstrip(".")
    versions = [(from_on, f"{formula} - {text} hour")]
    if number + 1 < len(years):
        versions.append((years[number + 1][0], formula))
    return versions


def formulas_on(
    signed: Mapping[str, str], later: Mapping[str, Sequence[Version]], day: date
) -> dict[str, str]:
    """Each term's formula in force on a day, by code."""
    found = dict(signed)
    for code, versions in later.items():
        for version in versions:
            if version.from_on <= day:
                found[code] = version.formula
    return found


def _hours(formula: str) -> Fraction | None:
    try:
        return evaluate(formula).hours
    except WorkloadError:
        return None
