"""Logging sessions: how many a second, and whether it costs more where there are more records.

The two databases hold the same city; one has 5 million records, the other only the 10,000 or so of
some contracts' last month. Sessions are logged for these contracts in that month, so that a rollup
has as many records to count in both. `python -m benchmarks.sessions ROUND` logs one round.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

from benchmarks.materials import KEPT, Environment, environment, installation, prepare, run
from benchmarks.report import Line, median

FEW, LOGGED, ROUNDS = 10_000, 1_000, 3
A_SECOND, RATIO = 100.0, 1 / 1.2
MONTH, NOW = "2026-06", datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
_MONTHS_OF_CONTRACTS = """
    SELECT contract_id, sum(records) FROM monthly_delivery
    JOIN contract_terms ON contract_terms.id = term_id
    JOIN contracts ON contracts.id = contract_id
    WHERE month = ? AND ends_on >= ? AND ended_on IS NULL GROUP BY 1 ORDER BY 1
"""


def measure() -> Iterator[Line]:
    """Sessions a second among 5M records, and their cost against that among 10k."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        many, few = Path(folder) / "many", Path(folder) / "few"
        shutil.copytree(installation("city")["ALMONER_DATA_DIR"], many)
        for path in (many, few):
            prepare(environment(path), None)
        contracts = _take_a_few(many, few)
        rounds: dict[Path, list[dict[str, float]]] = {few: [], many: []}
        for number in range(ROUNDS):
            for path, found in rounds.items():
                found.append(_round(number, contracts, environment(path)))
        yield from _lines(rounds[few], rounds[many])


def _round(number: int, contracts: list[str], env: Environment) -> dict[str, float]:
    found: dict[str, float] = run("sessions", str(number), *contracts, env=env)
    return found


def _lines(few: list[dict[str, float]], many: list[dict[str, float]]) -> Iterator[Line]:
    cost = {name: median(rounds, "seconds") for name, rounds in (("few", few), ("many", many))}
    cpu = {name: median(rounds, "processor") for name, rounds in (("few", few), ("many", many))}
    records = {name: rounds[0]["records"] for name, rounds in (("few", few), ("many", many))}
    rate = LOGGED / cost["many"]
    detail = (
        f"one process, rollups and audit included; {cost['many'] / LOGGED * 1e3:.1f} ms each, "
        f"{cpu['many'] / LOGGED * 1e3:.1f} of the processor"
    )
    yield Line(f"SQLite: sessions logged a second, {records['many']:,.0f}", rate, A_SECOND, detail)
    for what, spent in (("time", cost), ("processor", cpu)):
        detail = f"{spent['few']:.2f} s against {spent['many']:.2f} for {LOGGED:,} sessions"
        name = f"SQLite: {what} of a session, {records['few']:,.0f} to 5M"
        yield Line(name, spent["few"] / spent["many"], RATIO, detail)


def _take_a_few(many: Path, few: Path) -> list[str]:
    """Fill `few` with all of `many` but its records; of these only a month of some contracts."""
    with sqlite3.connect(few / "almoner.sqlite3") as database:
        database.execute("ATTACH ? AS many", [str(many / "almoner.sqlite3")])
        tables = database.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' "
            "AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'django%'"
        )
        for (table,) in tables.fetchall():
            if table not in ("service_records", "monthly_delivery") and "search" not in table:
                names = [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
                listed = ", ".join(f'"{name}"' for name in names)
                into = f"INSERT OR REPLACE INTO main.{table} ({listed})"
                database.execute(f"{into} SELECT {listed} FROM many.{table}")
        chosen, records = [], 0
        for contract, number in database.execute(
            _MONTHS_OF_CONTRACTS.replace("monthly_delivery", "many.monthly_delivery"),
            [MONTH, f"{MONTH}-30"],
        ):
            if records < FEW:
                chosen.append(contract)
                records += number
        marks = ", ".join("?" * len(chosen))
        terms = f"SELECT id FROM contract_terms WHERE contract_id IN ({marks})"
        for table, month in (
            ("service_records", "started_at >= '2026-05-31 16' AND started_at < '2026-06-30 16'"),
            ("monthly_delivery", f"month = '{MONTH}'"),
        ):
            database.execute(
                f"INSERT INTO main.{table} SELECT * FROM many.{table} "
                f"WHERE {month} AND term_id IN ({terms})",
                chosen,
            )
    return chosen


def main(number: int, contracts: list[str]) -> None:
    """Log one round of sessions, in the small hours, when nobody else does; print what it took."""
    django.setup()
    from almoner.contracts.models import ContractTerm
    from almoner.delivery.models import ServiceRecord
    from almoner.delivery.operations.sessions import log
    from almoner.rules.sessions import Entry

    actors = _people(contracts)
    terms: dict[str, list[int]] = {}
    for key, provider in ContractTerm.objects.filter(contract__in=contracts).values_list(
        "id", "contract__provider"
    ):
        terms.setdefault(provider, []).append(key)
    first = datetime(2026, 5, 31, 16 + number, tzinfo=UTC)
    jobs: list[dict[str, Any]] = []
    for turn in range(LOGGED):
        provider, actor = actors[turn % len(actors)]
        day = turn // len(actors)
        entry = Entry(first + timedelta(days=day), True, minutes=30, participants=8)
        term = terms[provider][turn % len(terms[provider])]
        key = f"R-{number:08X}{turn:08X}"
        jobs.append({"actor": actor, "id": key, "term_id": term, "entry": entry})
    log(at=NOW, channel="phone", sure=True, **jobs.pop())  # what is prepared once
    began, worked = time.perf_counter(), time.process_time()
    for job in jobs:
        log(at=NOW, channel="phone", sure=True, **job)
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
    print(json.dumps(took | {"records": ServiceRecord.objects.count()}))


def _people(contracts: list[str]) -> list[tuple[str, Any]]:
    """A person for each worker of the contracts' providers, with the provider; made once."""
    from almoner.accounts.models import Grant, Person
    from almoner.accounts.queries import actor_on
    from almoner.contracts.models import Contract
    from almoner.delivery.models import WorkerAccount
    from almoner.parties.models import Worker
    from almoner.rules.roles import Role

    providers = Contract.objects.filter(pk__in=contracts).values("provider")
    staff = Worker.objects.filter(organisation__in=providers, employed_to=None)
    found = []
    linked = dict(WorkerAccount.objects.values_list("worker", "person"))
    for worker in staff.filter(employed_from__lt=date(2026, 5, 1)).order_by("id"):
        if worker.id in linked:
            person = Person.objects.get(pk=linked[worker.id])
        else:
            person = Person.objects.create(login=f"bench-{worker.id}")
            WorkerAccount.objects.create(worker=worker, person=person)
            Grant.objects.create(
                person=person,
                role=Role.SOCIAL_WORKER,
                organisation=worker.organisation,
                from_on=date(2026, 1, 1),
            )
        found.append((worker.organisation_id, actor_on(person, NOW.date())))
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
