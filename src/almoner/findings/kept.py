"""Findings kept from run to run: a rule is computed again only where what it reads has changed.

What a rule finds follows from the code, the day and the rule's tables. Its findings are kept with a
digest of these and taken over while the digest stays. Of a rule that judges each month of service
records by itself (`Definition.months`), only the months that changed are computed again.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path

import msgspec

import almoner
from almoner.findings.city import MICROSECONDS_A_DAY, SHANGHAI_AHEAD, City
from almoner.findings.days import day_number, day_of_number
from almoner.findings.definition import Definition
from almoner.findings.engines import Files
from almoner.findings.run import Finding, compute

RECORDS = "service_records"
MONTHLY = "records_by_month"
DERIVED = ("calendar", "lineage")  # the one follows from the code, the other from areas
CODE = ("citypackage", "findings", "methods", "rules", "watch")
LIBRARIES = ("chinesecalendar", "duckdb", "ibis-framework", "numpy", "scipy")
SHORTEST_MONTH = 28 * 1_440  # minutes


@dataclass(frozen=True)
class _Found:
    """What a rule found, and from what: the digest of all but the records, and of each month.

    `longest` is the longest session in minutes, where the rule's findings reach into later months;
    `sql` what the engine was asked, where the rule reads the records.
    """

    digest: str
    months: Mapping[str, str]
    longest: int
    sql: str | None
    findings: list[Finding]


class Kept:
    """The findings of a city in a folder of their own.

    `files` are those of a snapshot: of the service records a file a month (YYYY-MM.parquet).
    """

    def __init__(self, folder: Path, files: Files, as_of: date) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._as_of = as_of
        self._records = {path.stem: path for path in files.get(RECORDS, ())}
        self._files = {
            name: {path.stem: _of_file(path) for path in paths} for name, paths in files.items()
        }

    def digest(self, tables: Iterable[str]) -> str:
        """What tells the code, the day and the rows of some tables."""
        files = {name: self._files.get(name) for name in sorted(tables)}
        return _of([_of_code(), self._as_of.isoformat(), files])

    def compute(self, entry: Definition, city: City) -> list[Finding]:
        """The findings of one rule, as `run.compute` gives them."""
        # It sees no other table, for a change of that would not show.
        seen = {*entry.needs, *DERIVED, *([MONTHLY] if RECORDS in entry.needs else [])}
        tables = {name: table for name, table in city.tables.items() if name in seen}
        city = replace(city, tables=tables)
        of_records = RECORDS in entry.needs
        months = self._files[RECORDS] if of_records else {}
        digest = self.digest({*entry.needs} - {RECORDS})
        before = self._read(entry.code)
        if before and (before.digest, before.months) == (digest, months):
            return before.findings
        same = before if before and before.digest == digest else None
        longest = _longest(city) if entry.months == "reaching" else 0
        # To write it takes longer than to answer it for a month, and Ibis long to import.
        sql = (same.sql if same else _written(entry, city)) if of_records else None
        now = _Found(digest, months, longest, sql, [])
        if same and entry.months and same.months.keys() & months.keys():
            findings = self._again(entry, city, same, now)
        else:
            findings = compute(entry, city, sql)
        self._write(entry.code, replace(now, findings=findings))
        return findings

    def _again(self, entry: Definition, city: City, before: _Found, now: _Found) -> list[Finding]:
        """The findings of the months that changed, computed from these; the others as they were."""
        reach = 0  # months
        if entry.months == "reaching":
            reach = 1 + max(before.longest, now.longest) // SHORTEST_MONTH
        every = before.months.keys() | now.months.keys()
        changed = [month for month in every if before.months.get(month) != now.months.get(month)]
        stale = {month for month in every if _any_within(reach, changed, month)}
        read = {month for month in now.months if _any_within(-reach, stale, month)}
        # To ask for so few part by part would take longer.
        fetch = city.fetch_of([self._records[month] for month in read], _days(stale | read))
        fresh = compute(entry, replace(city, fetch=fetch, fetch_by_month=fetch), now.sql)
        return [
            *(each for each in before.findings if _month(each) not in stale),
            *(each for each in fresh if _month(each) in stale),
        ]

    def _read(self, code: str) -> _Found | None:
        try:
            return msgspec.json.decode((self._folder / f"{code}.json").read_bytes(), type=_Found)
        except (OSError, msgspec.MsgspecError):
            return None

    def _write(self, code: str, found: _Found) -> None:
        path = self._folder / f"{code}.json"
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(msgspec.json.encode(found))
        beside.replace(path)


def _any_within(reach: int, months: Iterable[str], month: str) -> bool:
    """Whether one of `months` is this month, or up to `reach` before it (after it: below zero)."""
    low, high = sorted((0, reach))
    return any(low <= _number(month) - _number(other) <= high for other in months)


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _days(months: Collection[str]) -> range:
    """The days from the first of these months to the last one's end, as tables hold them."""
    first, last = (date.fromisoformat(f"{month}-01") for month in (min(months), max(months)))
    after = (last + timedelta(days=31)).replace(day=1)
    return range(day_number(first), day_number(after))


def _month(finding: Finding) -> str:
    """The month whose records it is about: of its key (a day or a month) or of its session."""
    if finding.key is not None:
        return finding.key[:7]
    started = int(str(finding.words["started_at"]))
    return day_of_number((started + SHANGHAI_AHEAD) // MICROSECONDS_A_DAY).isoformat()[:7]


def _written(entry: Definition, city: City) -> str:
    """The SQL of a rule that reads service records."""
    answer = entry.compute(city)
    assert not isinstance(answer, list), f"{entry.code} is no expression"
    return city.written(answer)


def _longest(city: City) -> int:
    """The longest session, in minutes; 0 where there is none."""
    (row,) = city.fetch(f"SELECT max(minutes) AS longest FROM {RECORDS}")  # noqa: S608
    return int(str(row["longest"] or 0))


@cache
def _of_code() -> str:
    """What tells the code that computes, and the libraries that its answers rest on."""
    home = Path(almoner.__file__).parent
    every = (path for part in CODE for path in sorted((home / part).rglob("*")))
    sources = [_of_file(path) for path in every if path.suffix in (".json", ".py", ".toml")]
    return _of([*sources, *map(version, LIBRARIES)])


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _of(parts: Sequence[object]) -> str:
    return sha256(msgspec.json.encode(parts)).hexdigest()
