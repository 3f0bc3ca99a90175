"""Putting rows into a table that may already hold some of them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from almoner.audit.operations import Act
from almoner.citypackage import Fault
from almoner.exchange.bulk import (
    analyse,
    execute,
    fetch,
    fetch_batches,
    insert,
    is_postgresql,
    quoted,
)
from almoner.exchange.referrers import referrers, still_named
from almoner.exchange.tables import Stored

# Table and column names come from our own descriptor, never from a package: no SQL is injected.


@dataclass
class Counts:
    """What a load did to one table."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0

    @property
    def wrote(self) -> bool:
        """Whether anything in the table is different now."""
        return bool(self.added or self.changed or self.removed)


class TableLoad:
    """Takes the frames of one table, then merges them by key (by whole row where there is none).

    An empty table is filled directly. Otherwise the rows wait in a temporary table, so that what
    is new, changed and gone can be told apart by the database itself.
    """

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.counts = Counts()
        self._table = f'"{stored.name}"'
        self._stage = f"stage_{stored.name}"
        self._gone = f"gone_{stored.name}"
        self._temporary: list[str] = []
        self._flags = {column.name for column in stored.table.columns if column.type == "boolean"}
        self.direct = not fetch(f"SELECT 1 FROM {self._table} LIMIT 1")  # noqa: S608
        if not self.direct:
            columns = quoted(stored.columns)
            self._keep(self._stage, f"SELECT {columns} FROM {self._table} WHERE 1 = 0")  # noqa: S608

    def put(self, frame: pl.DataFrame) -> None:
        """Take some rows, with the columns of the database."""
        insert(self.stored.name if self.direct else self._stage, frame)
        if self.direct:
            self.counts.added += frame.height

    def merge(self) -> Iterator[Act]:
        """Add what is new and update what changed; an act for each changed row."""
        if self.direct:
            return
        if not self.stored.key:
            self.counts.added = self._add_whole_rows()
            self._count_unchanged()
            return
        execute(
            f'CREATE UNIQUE INDEX "{self._stage}_key" ON "{self._stage}" '
            f"({quoted(self.stored.key)})"
        )
        execute(f'ANALYZE "{self._stage}"')
        if self.stored.values:
            for batch in self._changes():
                self.counts.changed += len(batch)
                yield from batch
            self._update()
        self.counts.added = self._add_by_key()
        self._count_unchanged()

    def remove_absent(self) -> Iterator[Act]:
        """Remove the rows that the package lacks; an act for each.

        Their keys are kept for `still_named`.
        """
        if self.direct:
            return
        gone = self._absent_by_key() if self.stored.key else self._absent_whole_rows()
        columns = self.stored.columns
        sql = f"SELECT {quoted(columns, 't.')} FROM {self._table} t WHERE {gone}"  # noqa: S608
        for rows in fetch_batches(sql):
            for row in rows:
                before = dict(zip(columns, self._texts(columns, row), strict=True))
                yield Act("package.remove", self.stored.name, self._subject(row, columns), before)
            self.counts.removed += len(rows)
        if not self.counts.removed:
            return
        if targets := [referrer.target for referrer in referrers(self.stored.name)]:
            kept = quoted(tuple(dict.fromkeys([*self.stored.key, *targets])))
            self._keep(self._gone, f"SELECT {kept} FROM {self._table} t WHERE {gone}")  # noqa: S608
            analyse([self._gone])
        execute(f"DELETE FROM {self._table} AS t WHERE {gone}")  # noqa: S608

    def still_named(self) -> Iterator[Fault]:
        """A fault for each removed row and each column that still refers to it."""
        if self._gone in self._temporary:
            yield from still_named(self.stored, self._gone)

    def close(self) -> None:
        """Drop the temporary tables."""
        for table in self._temporary:
            execute(f'DROP TABLE "{table}"')

    def _keep(self, name: str, rows: str) -> None:
        execute(f'CREATE TEMPORARY TABLE "{name}" AS {rows}')
        self._temporary.append(name)

    @property
    def _same_key(self) -> str:
        return " AND ".join(f't."{column}" = s."{column}"' for column in self.stored.key)

    @property
    def _differs(self) -> str:
        operator = "IS DISTINCT FROM" if is_postgresql() else "IS NOT"
        return " OR ".join(f't."{c}" {operator} s."{c}"' for c in self.stored.values)

    def _changes(self) -> Iterator[list[Act]]:
        key, values = self.stored.key, self.stored.values
        sql = (
            f"SELECT {quoted(key, 's.')}, {quoted(values, 't.')}, {quoted(values, 's.')} "  # noqa: S608
            f'FROM {self._table} t JOIN "{self._stage}" s ON {self._same_key} '
            f"WHERE {self._differs} ORDER BY {quoted(key, 's.')}"
        )
        for rows in fetch_batches(sql):
            yield [self._change(row) for row in rows]

    def _change(self, row: tuple[object, ...]) -> Act:
        key, values = self.stored.key, self.stored.values
        texts = self._texts(key + values + values, row)
        old = texts[len(key) : len(key) + len(values)]
        new = texts[len(key) + len(values) :]
        differing = [
            (name, was, now) for name, was, now in zip(values, old, new, strict=True) if was != now
        ]
        return Act(
            "package.change",
            self.stored.name,
            "/".join(str(part) for part in row[: len(key)]),
            before={name: was for name, was, _ in differing},
            after={name: now for name, _, now in differing},
        )

    def _update(self) -> None:
        changes = ", ".join(f'"{c}" = s."{c}"' for c in self.stored.values)
        execute(
            f'UPDATE {self._table} AS t SET {changes} FROM "{self._stage}" s '  # noqa: S608
            f"WHERE {self._same_key} AND ({self._differs})"
        )

    def _add_by_key(self) -> int:
        columns = self.stored.columns
        return execute(
            f"INSERT INTO {self._table} ({quoted(columns)}) "  # noqa: S608
            f'SELECT {quoted(columns)} FROM "{self._stage}" s '
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._table} t WHERE {self._same_key})"
        )

    def _ranked(self, table: str) -> str:
        """The whole rows, equal ones numbered, so that copies count as often as they stand."""
        columns = quoted(self.stored.columns)
        return (
            f"SELECT {columns}, row_number() OVER (PARTITION BY {columns}) AS copy_ "  # noqa: S608
            f"FROM {table}"
        )

    def _add_whole_rows(self) -> int:
        columns = quoted(self.stored.columns)
        return execute(
            f"INSERT INTO {self._table} ({columns}) SELECT {columns} FROM ("  # noqa: S608
            f"{self._ranked(chr(34) + self._stage + chr(34))} EXCEPT {self._ranked(self._table)}"
            ") AS fresh"
        )

    def _absent_by_key(self) -> str:
        return f'NOT EXISTS (SELECT 1 FROM "{self._stage}" s WHERE {self._same_key})'  # noqa: S608

    def _absent_whole_rows(self) -> str:
        operator = "IS NOT DISTINCT FROM" if is_postgresql() else "IS"
        same = " AND ".join(
            f'a."{column}" {operator} g."{column}"' for column in (*self.stored.columns, "copy_")
        )
        columns = quoted(self.stored.columns)
        numbered = (
            f'SELECT "id", {columns}, row_number() OVER '  # noqa: S608
            f'(PARTITION BY {columns} ORDER BY "id") AS copy_ FROM {self._table}'
        )
        surplus = (
            f"{self._ranked(self._table)} EXCEPT {self._ranked(chr(34) + self._stage + chr(34))}"
        )
        return f't."id" IN (SELECT a."id" FROM ({numbered}) a JOIN ({surplus}) g ON {same})'  # noqa: S608

    def _count_unchanged(self) -> None:
        staged = int(str(fetch(f'SELECT count(*) FROM "{self._stage}"')[0][0]))  # noqa: S608
        self.counts.unchanged = staged - self.counts.added - self.counts.changed

    def _subject(self, row: tuple[object, ...], columns: tuple[str, ...]) -> str:
        if not self.stored.key:
            return json.dumps(self._texts(columns, row), ensure_ascii=False)
        values = dict(zip(columns, row, strict=True))
        return "/".join(str(values[column]) for column in self.stored.key)

    def _texts(self, columns: Sequence[str], row: tuple[object, ...]) -> list[str | None]:
        """The values as the exchange format writes them, booleans alike on both databases."""
        return [
            None
            if value is None
            else str(bool(value)).lower()
            if name in self._flags
            else str(value)
            for name, value in zip(columns, row, strict=True)
        ]
