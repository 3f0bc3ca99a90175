"""The findings catalogue computed a second time, for tests only, straight from its wording.

What the demonstration city must and must not contain is checked against this: SQL over the files
of a package, with the catalogue's default limits written out, sharing nothing with the platform
but the parser of workload formulas (C08).
"""

import csv
import functools
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import chinese_calendar
import duckdb

from almoner.rules.workload import WorkloadError, evaluate

SQL = Path(__file__).with_name("oracle_sql")
NOT_COMPUTED = {
    "E03": "needs an agency's severity from the fair-score model",
    "E07": "needs a rater's residuals from the fair-score model",
}


class Finding(NamedTuple):
    """A finding: its code, the table and id of its subject, and its key ("" where it has none)."""

    code: str
    table: str
    id: str
    key: str = ""


class Rule(NamedTuple):
    """A rule: the table of its subjects, the resources that it needs, and its (id, key) rows."""

    table: str
    needs: frozenset[str]
    rows: "Rows"


Subjects = Iterable[tuple[str, ...]]
Rows = Callable[[duckdb.DuckDBPyConnection], Subjects]


def findings(package: Path, codes: set[str] | None = None) -> list[Finding]:
    """Every finding of the package in a folder, sorted; `codes` narrows it to some rules.

    A rule that needs a resource which the descriptor does not list is left out, as are those of
    NOT_COMPUTED. Raises ValueError for a number of more than nine decimals.
    """
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8"))
    paths = {r["name"]: package / r["path"] for r in descriptor["resources"]}
    chosen = {
        code: rule
        for code, rule in RULES.items()
        if (codes is None or code in codes) and rule.needs <= paths.keys()
    }
    needed = sorted(set[str]().union(*(rule.needs for rule in chosen.values())))
    as_of = date.fromisoformat(descriptor["custom:as_of"])
    database = _database().begin()
    try:
        _load(database, as_of, {name: paths[name] for name in needed})
        return sorted(
            Finding(code, rule.table, *row)
            for code, rule in chosen.items()
            for row in rule.rows(database)
        )
    finally:
        database.rollback()


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    """The empty tables: to make them takes longer than most cases, which leave them empty."""
    scratch = {"memory_limit": "512MB", "temp_directory": tempfile.gettempdir()}
    database = duckdb.connect(config=scratch)
    database.execute("SET TimeZone = 'UTC'")  # Parquet instants without a zone are UTC
    return database.execute((SQL / "schema.sql").read_text("utf-8"))


def _load(database: duckdb.DuckDBPyConnection, as_of: date, paths: dict[str, Path]) -> None:
    first = _plus_years(as_of, -1) + timedelta(days=1)
    database.execute(f"CREATE MACRO as_of() AS DATE '{as_of}'")
    database.execute(f"CREATE MACRO first_day() AS DATE '{first}'")
    for name, path in paths.items():
        if path.suffix == ".parquet":
            source = database.read_parquet(str(path))
        else:
            source = _read_csv(database, path)
            table = database.table(name)
            for column, kind in zip(table.columns, table.types, strict=True):
                is_there = kind.id == "decimal" and column in source.columns
                if is_there and source.filter(_TOO_LONG.format(column)).limit(1):
                    raise ValueError(f"{name}.{column}: the oracle holds only nine decimals")
        source.create_view("source")
        database.execute(f"INSERT INTO {name} BY NAME SELECT * FROM source")


_TOO_LONG = "regexp_matches({}, '[.][0-9]{{9}}[0-9]*[1-9]')"


def _read_csv(database: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    return database.read_csv(
        str(path),
        header=True,
        auto_detect=False,
        columns=dict.fromkeys(header, "VARCHAR"),
        delimiter=",",
        quotechar='"',
        escapechar='"',
        na_values="",
    )


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _sql_rules() -> Iterator[tuple[str, Rule]]:
    """The rules of the SQL files; each is headed `--! CODE subject: resources`."""
    for path in sorted(SQL.glob("*.sql")):
        for section in path.read_text("utf-8").split("--! ")[1:]:
            heading, query = section.split("\n", 1)
            code, table, *needs = heading.replace(":", "").split()
            yield code, Rule(table, frozenset(needs), _query(query))


def _query(sql: str) -> Rows:
    return lambda database: database.execute(sql).fetchall()


def is_working_day(day: date) -> bool:
    """Whether the State Council's calendar has people at work; Monday to Friday without one."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_exceed(start: date, end: date, limit: int) -> bool:
    """Whether more than `limit` working days d have start < d <= end."""
    day = start
    while day < end and limit >= 0:
        day += timedelta(days=1)
        limit -= is_working_day(day)
    return limit < 0


def _later_than(limit: int, sql: str) -> Rows:
    """Rows of the query (id, from, to) that are more than `limit` working days apart."""

    def rows(database: duckdb.DuckDBPyConnection) -> Subjects:
        for subject, start, end in database.execute(sql).fetchall():
            if start and end and working_days_exceed(start, end, limit):
                yield (subject,)

    return rows


def _unsound_terms(database: duckdb.DuckDBPyConnection) -> Subjects:
    """C08."""
    terms = database.execute(
        "SELECT t.contract_id || '/' || t.id, formula, hours, population FROM contract_terms t"
        " JOIN contracts c ON c.id = t.contract_id LEFT JOIN areas a ON a.code = c.area_code"
    ).fetchall()
    for subject, formula, hours, population in terms:
        known = {} if population is None else {"population": population}
        try:
            value = evaluate(formula, known).hours
        except WorkloadError:
            yield (subject,)
        else:
            if value is None or hours is None:
                continue
            if abs(Fraction(hours) - value) > Fraction(5, 100):
                yield (subject,)


def _incomparable(database: duckdb.DuckDBPyConnection) -> Subjects:
    """E02: rated evaluations outside the largest component of contracts and agencies."""
    edges = database.execute(
        "SELECT id, contract_id, agency_uscc FROM evaluations"
        " WHERE id IN (SELECT evaluation_id FROM ratings)"
    ).fetchall()
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while (above := parent.setdefault(node, node)) != node:
            node = above
        return node

    for _, contract, agency in edges:
        parent[root(("contract", contract))] = root(("agency", agency))
    components = defaultdict(list)
    for evaluation, contract, _ in edges:
        components[root(("contract", contract))].append(evaluation)
    ranked = sorted(components.values(), key=lambda ids: (-len(ids), min(ids)))
    return [(evaluation,) for ids in ranked[1:] for evaluation in ids]


def _concentration(
    sql: str, least_contracts: int, above_limit: Callable[[list[Fraction]], bool]
) -> Rows:
    """Holders and years whose money is too concentrated among its sources (I02, I03).

    The query gives (holder, source, fen, starts_on, ends_on) of each contract.
    """

    def rows(database: duckdb.DuckDBPyConnection) -> Subjects:
        last_year = _as_of(database).year
        money: dict[tuple[str, int], dict[str, Fraction]] = defaultdict(dict)
        contracts: Counter[tuple[str, int]] = Counter()
        for holder, source, fen, starts, ends in database.execute(sql).fetchall():
            for year in range(starts.year, min(ends.year, last_year) + 1):
                days = min(ends, date(year, 12, 31)) - max(starts, date(year, 1, 1))
                share = Fraction(fen * (days.days + 1), (ends - starts).days + 1)
                by_source = money[holder, year]
                by_source[source] = by_source.get(source, Fraction(0)) + share
                contracts[holder, year] += 1
        for (holder, year), by_source in money.items():
            if contracts[holder, year] >= least_contracts and above_limit([*by_source.values()]):
                yield holder, str(year)

    return rows


def _as_of(database: duckdb.DuckDBPyConnection) -> date:
    row: tuple[date] | None = database.execute("SELECT as_of()").fetchone()
    assert row
    return row[0]


def _python_rule(table: str, needs: str, rows: Rows) -> Rule:
    return Rule(table, frozenset(needs.split()), rows)


RULES = dict(_sql_rules()) | {
    "T07": _python_rule(
        "tenders",
        "tenders",
        _later_than(
            2, "SELECT id, award_decided_on, coalesce(award_published_on, as_of()) FROM tenders"
        ),
    ),
    "C02": _python_rule(
        "contracts",
        "contracts",
        _later_than(2, "SELECT id, signed_on, coalesce(published_on, as_of()) FROM contracts"),
    ),
    "O02": _python_rule(
        "task_requests",
        "task_requests",
        _later_than(5, "SELECT id, requested_on, as_of() FROM task_requests WHERE ruling = 'open'"),
    ),
    "C08": _python_rule("contract_terms", "contract_terms contracts areas", _unsound_terms),
    "E02": _python_rule("evaluations", "evaluations ratings", _incomparable),
    "I02": _python_rule(
        "organisations",
        "contracts",
        _concentration(
            "SELECT provider_uscc, purchaser_uscc, amount_fen, starts_on, ends_on FROM contracts",
            least_contracts=2,
            above_limit=lambda money: max(money) * 100 > sum(money) * 80,
        ),
    ),
    "I03": _python_rule(
        "areas",
        "contracts areas",
        _concentration(
            "SELECT district, provider_uscc, amount_fen, starts_on, ends_on FROM contracts"
            " JOIN districts ON districts.code = area_code",
            least_contracts=5,
            above_limit=lambda money: sum(fen * fen for fen in money) * 4 > sum(money) ** 2,
        ),
    ),
}
