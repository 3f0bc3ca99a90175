"""Keys and references between the rows of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from almoner.citypackage.faults import LIMIT
from almoner.citypackage.schema import SCHEMA, ForeignKey, Table

# tell(row, column, value, code, expected) reports a fault.
Tell = Callable[[int | None, str | None, str | None, str, str], None]

# What the rules across rows need besides the keys that others refer to.
_ALSO_KEPT = {
    "service_items": ("code", "parent_code"),
    "areas": ("code", "parent_code"),
    "indicators": (
        *("framework_id", "framework_version", "id", "parent_id"),
        *("weight", "min_score", "max_score"),
    ),
    "tender_criteria": ("tender_id", "id", "weight"),
    "evaluations": ("id", "framework_id", "framework_version"),
}


def kept_columns(table: str) -> tuple[str, ...]:
    """Columns of a table that are kept in memory until the package has been read."""
    referenced = [
        name
        for other in SCHEMA.tables.values()
        for key in other.foreign_keys
        if key.table == table
        for name in key.referenced
    ]
    return tuple(dict.fromkeys([*referenced, *_ALSO_KEPT.get(table, ())]))


KEPT = {name: kept_columns(name) for name in SCHEMA.tables}


def same(names: Sequence[str], values: Sequence[object]) -> str:
    """ "id = A and version = 2"."""
    return " and ".join(f"{n} = {v}" for n, v in zip(names, values, strict=True))


def dangling(table: Table, frame: pl.DataFrame, kept: dict[str, pl.DataFrame], tell: Tell) -> None:
    """Report references to rows that are not there.

    ``kept`` holds the tables that can be referred to; a reference to any other, or one with an
    empty part, is not checked. A part found dangling by itself is not reported again as part
    of a longer reference.
    """
    for key in sorted(table.foreign_keys, key=lambda key: len(key.columns)):
        if key.table not in kept or not set(key.columns) <= set(frame.columns):
            continue
        children = frame.select(key.columns).drop_nulls().unique()
        parents = kept[key.table].select(
            pl.col(name).alias(column)
            for column, name in zip(key.columns, key.referenced, strict=True)
        )
        missing = children.join(parents, on=key.columns, how="anti")
        if missing.is_empty():
            continue
        bad = frame.select("row", *key.columns).join(missing, on=key.columns, how="semi")
        _tell_dangling(key, bad, tell)
        if len(key.columns) == 1:
            name = key.columns[0]
            known = ~pl.col(name).is_in(missing[name].implode())
            frame = frame.with_columns(pl.when(known).then(name).alias(name))


def _tell_dangling(key: ForeignKey, bad: pl.DataFrame, tell: Tell) -> None:
    for row, *values in bad.sort("row").iter_rows():
        expected = f"a row of {key.table} with {same(key.referenced, values)}; there is none"
        tell(row, key.columns[-1], values[-1], "dangling_reference", expected)


class UniqueKeys:
    """Finds rows that repeat the primary key of an earlier one, in little memory.

    The first look keeps 64 bits a row. Where two agree, a second look at the file, at no more
    keys than a report has faults, tells equal keys from equal hashes.
    """

    def __init__(self, table: Table) -> None:
        self.names = table.primary_key
        self.hashes: list[pl.Series] = []

    def look(self, frame: pl.DataFrame) -> None:
        """Take note of the keys of a batch."""
        if self.names and set(self.names) <= set(frame.columns):
            self.hashes.append(self._hash(frame).drop_nulls())

    def repeated(self, again: Callable[[], Iterable[pl.DataFrame]], tell: Tell) -> None:
        """Report repeated keys; ``again`` reads the same batches once more."""
        hashes = pl.concat(self.hashes) if self.hashes else pl.Series(dtype=pl.UInt64)
        self.hashes.clear()
        if hashes.n_unique() == hashes.len():
            return
        suspects = hashes.filter(~hashes.is_first_distinct()).head(LIMIT + 1).unique().implode()
        first: dict[tuple[object, ...], int] = {}
        for frame in again():
            mask = self._hash(frame).is_in(suspects).fill_null(False)
            for row, *key in frame.select("row", *self.names).filter(mask).iter_rows():
                earlier = first.setdefault(tuple(key), row)
                if earlier != row:
                    value = ", ".join(map(str, key))
                    expected = f"a row of its own for {same(self.names, key)}; row {earlier} is it"
                    tell(row, self.names[-1], value, "duplicate_key", expected)

    def _hash(self, frame: pl.DataFrame) -> pl.Series:
        """A hash for each row; null where a part of the key is."""
        if len(self.names) == 1:
            keys = frame[self.names[0]]
            hashes, full = keys.hash(), keys.is_not_null()
        else:
            keys = frame.select(pl.struct(self.names)).to_series()
            hashes = keys.hash()
            full = frame.select(pl.all_horizontal(pl.col(self.names).is_not_null())).to_series()
        return hashes.zip_with(full, pl.Series([None], dtype=pl.UInt64))


def cycles(pairs: Iterable[tuple[int, object, object]]) -> Iterator[tuple[int, list[object]]]:
    """Circles of parents in (row, key, parent): the first row of each, and its keys in turn."""
    rows: dict[object, int] = {}
    parents: dict[object, object] = {}
    for row, key, parent in pairs:
        if key not in rows:
            rows[key], parents[key] = row, parent
    done: set[object] = set()
    for start in parents:
        path: dict[object, None] = {}
        node = start
        while node in parents and node not in done and node not in path:
            path[node] = None
            node = parents[node]
        if node in path:
            keys = list(path)
            circle = keys[keys.index(node) :]
            yield min(rows[key] for key in circle), circle
        done.update(path)
