"""Loading a city package: all of it or nothing."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

import polars as pl
from django.db import IntegrityError, transaction

from almoner.audit.operations import Act, record
from almoner.citypackage import Fault, Reader, Report, read
from almoner.citypackage.faults import LIMIT
from almoner.delivery.operations.months import rebuild_months
from almoner.disclosure.operations import rebuild_search_index
from almoner.exchange.ahead import ahead
from almoner.exchange.bulk import analyse
from almoner.exchange.laws import hold_laws
from almoner.exchange.merge import Counts, TableLoad
from almoner.exchange.months import Months
from almoner.exchange.resolve import Resolver
from almoner.exchange.tables import STORED
from almoner.payments.operations import reconcile_ledger
from almoner.rules.roles import Role
from almoner.web.models import Site
from almoner.web.stamps import bump

Progress = Callable[[str, float], None]


@dataclass
class Loaded:
    """What a load found and did; with faults it did nothing."""

    report: Report
    counts: dict[str, Counts] = field(default_factory=dict)

    @property
    def wrote(self) -> bool:
        """Whether anything in the database is different now."""
        return any(counts.wrote for counts in self.counts.values())


class _Faulty(Exception):
    """Undoes the transaction."""


def load(
    path: Path,
    *,
    actor: str,
    at: datetime,
    replace: bool = False,
    on_progress: Progress | None = None,
) -> Loaded:
    """Load the package at `path`: new rows are added, known ones updated by key.

    Rows that the package lacks stay, unless `replace`: then they are removed from the tables that
    it lists. Faults undo everything; so does a law of the format that the rows keep in the package
    and break in the database. `on_progress` is told what is being read and how far.
    """
    with read(path, on_progress=on_progress) as reader:
        loaded = Loaded(reader.report)
        try:
            with transaction.atomic():
                _Load(loaded, reader, actor, at).run(replace)
        except _Faulty:
            pass
        except IntegrityError as error:
            reader.report.faults.append(_refused(path, error))
    if not loaded.report.ok:
        loaded.counts.clear()
        loaded.report.digest = ""
    return loaded


class _Load:
    """One load under way, inside its transaction."""

    def __init__(self, loaded: Loaded, reader: Reader, actor: str, at: datetime) -> None:
        self._loaded = loaded
        self._reader = reader
        self._actor = actor
        self._at = at
        self._tables: list[TableLoad] = []
        self._months: Months | None = None

    def run(self, replace: bool) -> None:
        Site.objects.select_for_update().get(id=1)  # one load at a time
        self._read_tables()
        if not self._reader.report.ok:
            raise _Faulty
        if replace:
            for table in reversed(self._tables):
                self._record(table.remove_absent())
                self._rebuild_months(table)
        else:
            for table in self._tables:
                self._rebuild_months(table)
        self._judge(replace)
        for table in self._tables:
            table.close()
        if self._loaded.wrote:
            self._finish()

    def _read_tables(self) -> None:
        report = self._reader.report
        faults = self._store_frames(frozenset(report.listed))
        if faults:
            report.faults.extend(faults)
            raise _Faulty
        if report.ok:
            self._merge_last()
            self._take_empty(report.listed)

    def _store_frames(self, listed: frozenset[str]) -> list[Fault]:
        """Store rows while the next are read and validated; what refers to nothing ends it."""
        with ahead(self._reader.frames()) as frames:
            resolver = Resolver(listed)
            for name, frame in frames:
                if not self._tables or self._tables[-1].stored.name != name:
                    self._merge_last()
                    self._tables.append(TableLoad(STORED[name]))
                rows = resolver.stored(STORED[name], frame)
                if resolver.faults:
                    break
                self._tables[-1].put(rows)
                self._add_months(rows)
        return resolver.faults

    def _take_empty(self, listed: Collection[str]) -> None:
        """Take the tables that are listed without a row too: what they hold may have to go."""
        filled = {table.stored.name: table for table in self._tables}
        self._tables = [
            filled.get(name) or TableLoad(stored)
            for name, stored in STORED.items()
            if name in listed
        ]
        self._loaded.counts = {table.stored.name: table.counts for table in self._tables}

    def _merge_last(self) -> None:
        if self._tables:
            self._record(self._tables[-1].merge())

    def _judge(self, replace: bool) -> None:
        """End the load where what the database would hold is not in order."""
        report = self._reader.report
        named = chain.from_iterable(table.still_named() for table in self._tables)
        report.faults.extend(islice(named, LIMIT))
        report.truncated = next(named, None) is not None
        hold_laws(report, self._tables, replace)
        if not report.ok:
            raise _Faulty

    def _add_months(self, rows: pl.DataFrame) -> None:
        table = self._tables[-1]
        if table.stored.name == "service_records" and table.direct:
            self._months = self._months or Months()
            self._months.add(rows)

    def _rebuild_months(self, table: TableLoad) -> None:
        if table.stored.name == "service_records" and table.counts.wrote:
            if self._months:
                self._months.write()
            else:
                rebuild_months()

    def _record(self, acts: Iterable[Act]) -> None:
        record(actor=self._actor, role=Role.ADMINISTRATOR, at=self._at, acts=acts)

    def _finish(self) -> None:
        reconcile_ledger()
        rebuild_search_index()
        report = self._reader.report
        after = {
            "digest": report.digest,
            "as_of": report.as_of,
            "tables": {
                name: {"added": c.added, "changed": c.changed, "removed": c.removed}
                for name, c in self._loaded.counts.items()
                if c.wrote
            },
        }
        self._record([Act("package.load", "package", report.digest, after=after)])
        bump(["all"])
        analyse([table.stored.name for table in self._tables if table.direct])


def _refused(path: Path, error: IntegrityError) -> Fault:
    sentence = f"the database refuses it, and nothing was changed: {str(error).splitlines()[0]}"
    return Fault(path.name, None, None, None, sentence, "refused_by_database")
