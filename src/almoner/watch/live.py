"""The findings that new events touch, computed again at once from just the rows they need.

Rules over small tables are computed for the whole city. Of the service records only those of the
contracts, or of the workers, that the events name are read.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from django.db.models import Q

from almoner.audit.models import Event
from almoner.delivery.models import ServiceRecord
from almoner.exchange.export import frames
from almoner.exchange.snapshot import alone, folder_of
from almoner.exchange.tables import LOADED_ONLY, STORED
from almoner.findings.definition import Definition, catalogue
from almoner.findings.engines import Engine
from almoner.findings.package import storable
from almoner.findings.run import Result, run
from almoner.supervision.models import Run, Watched
from almoner.supervision.operations import store
from almoner.watch.touched import Touched, touched

OF_WORKERS = ("D02", "D03", "D04")

Condition = tuple[str, Sequence[str] | None]
Where = Mapping[str, Condition]


def catch_up(*, data: Path, at: datetime, as_of: date, engine: Engine) -> list[Run] | None:
    """Compute again what events since the last time touch; the runs that this made.

    Nothing happens before the first whole run was stored (`almoner findings --database --store`).
    None where a package was loaded: only a whole run can follow that. Of several processes one
    follows at a time, so that none keeps what is older than what is kept.
    """
    with alone(folder_of(data)):
        first = Run.objects.filter(whole=True).exists()
        seen = Watched.objects.filter(id=1).values_list("seq", flat=True).first() or 0
        events = list(Event.objects.filter(seq__gt=seen).order_by("seq"))
        if not first or not events:
            return []
        what = touched(events)
        if what.all:
            return None
        runs = [
            store(
                _found(rules, where, as_of, engine),
                as_of=as_of,
                at=at,
                engine=engine.name,
                codes=[rule.code for rule in rules],
                scope=scope,
                whole=False,
            )
            for rules, scope, where in _asked(what)
        ]
        Watched.objects.update_or_create(id=1, defaults={"seq": events[-1].seq})
    return runs


def rehearse(*, as_of: date, engine: Engine) -> None:
    """Compute what events of one contract would touch, and keep nothing.

    Afterwards the SQL of the rules is written, so that the first event need not wait for it.
    Nothing happens before the first whole run was stored.
    """
    session = ServiceRecord.objects.values_list("term__contract_id", "worker_id").first()
    if session is None or not Run.objects.filter(whole=True).exists():
        return
    contract, worker = session
    for rules, _, where in _asked(Touched(False, set(STORED), {contract}, {worker})):
        _found(rules, where, as_of, engine)


def _asked(what: Touched) -> Iterator[tuple[Sequence[Definition], Q | None, Where]]:
    """The rules that are touched; of whom their findings are; which rows they need."""
    rules = [
        rule
        for rule in catalogue().values()
        if what.tables & set(rule.needs) and not set(rule.needs) & LOADED_ONLY - {"outcomes"}
    ]
    of_workers = [rule for rule in rules if rule.code in OF_WORKERS]
    of_contracts = [
        rule for rule in rules if "service_records" in rule.needs and rule not in of_workers
    ]
    of_city = [rule for rule in rules if "service_records" not in rule.needs]
    if of_workers and what.workers:
        yield of_workers, Q(worker_id__in=what.workers), _of_workers(what.workers)
    if of_contracts and what.contracts:
        yield of_contracts, Q(contract_id__in=what.contracts), _of_contracts(what.contracts)
    if of_city:
        yield of_city, None, {}


def _found(rules: Sequence[Definition], where: Where, as_of: date, engine: Engine) -> Result:
    with tempfile.TemporaryDirectory(prefix="almoner-") as scratch:
        files = _files(Path(scratch), {table for rule in rules for table in rule.needs}, where)
        return run(engine.city(files, as_of), only=[rule.code for rule in rules])


def _files(folder: Path, tables: Iterable[str], where: Where) -> dict[str, list[Path]]:
    """The tables, or the parts of them that are wanted, as Parquet files."""
    files: dict[str, list[Path]] = {}
    for table in tables:
        condition, parameters = where.get(table, ("1 = 1", None))
        files[table] = []
        for place, frame in enumerate(frames(STORED[table], condition, parameters)):
            path = folder / f"{table}-{place}.parquet"
            storable(table, frame).write_parquet(path)
            files[table].append(path)
    return files


def _of_workers(workers: Collection[str]) -> Where:
    return {
        "workers": _among('t."id"', workers),
        "service_records": _among('t."worker_id"', workers),
    }


def _of_contracts(contracts: Collection[str]) -> Where:
    terms, parameters = _among('"contract_id"', contracts)
    return {
        "contracts": _among('t."id"', contracts),
        "contract_terms": _among('t."contract_id"', contracts),
        "outcomes": _among('t."contract_id"', contracts),
        "service_records": (
            f't."term_id" IN (SELECT "id" FROM "contract_terms" WHERE {terms})',  # noqa: S608
            parameters,
        ),
    }


def _among(column: str, ids: Collection[str]) -> Condition:
    return f"{column} IN ({', '.join(['%s'] * len(ids))})", sorted(ids)
