"""From the rows of a package to rows of the database: composite references become numbers."""

import polars as pl

from almoner.citypackage import Fault
from almoner.citypackage.schema import ForeignKey
from almoner.exchange.bulk import fetch, quoted
from almoner.exchange.tables import Lookup, Stored


class Resolver:
    """Resolves the references of one package's rows against the database as it fills."""

    def __init__(self, listed: frozenset[str]) -> None:
        self._listed = listed
        self._keys: dict[str, pl.DataFrame] = {}
        self._row: dict[str, int] = {}
        self.faults: list[Fault] = []

    def stored(self, stored: Stored, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the columns of the database; what it refers to in vain is a fault.

        References within the package were checked as it was read: left are those to tables that
        the package does not list, which must already be in the database.
        """
        first = self._row.get(stored.name, 1)
        self._row[stored.name] = first + frame.height
        frame = frame.with_row_index("row_", first)
        for key in stored.table.foreign_keys:
            if key.table not in self._listed and len(key.columns) == 1:
                self._check(stored, key, frame)
        if stored.lookup:
            frame = self._look_up(stored, stored.lookup, frame)
        return frame.rename(dict(stored.pairs)).select(stored.columns)

    def _check(self, stored: Stored, key: ForeignKey, frame: pl.DataFrame) -> None:
        known = self._known(key.table, key.referenced)
        missing = frame.filter(pl.col(key.columns[0]).is_not_null()).join(
            known, left_on=key.columns[0], right_on=key.referenced[0], how="anti"
        )
        self._report(stored, key.columns, key.table, missing)

    def _look_up(self, stored: Stored, lookup: Lookup, frame: pl.DataFrame) -> pl.DataFrame:
        known = self._known(lookup.table, lookup.key, with_id=True)
        found = frame.join(
            known, left_on=lookup.columns, right_on=lookup.key, how="left", maintain_order="left"
        )
        named = pl.any_horizontal(pl.col(lookup.columns).is_not_null())
        missing = found.filter(pl.col("id_").is_null() & named)
        self._report(stored, lookup.columns, lookup.table, missing)
        return found.drop(lookup.columns).rename({"id_": lookup.into})

    def _known(self, table: str, columns: tuple[str, ...], with_id: bool = False) -> pl.DataFrame:
        if table not in self._keys:
            selected = quoted(columns) + (', "id"' if with_id else "")
            rows = fetch(f'SELECT {selected} FROM "{table}"')  # noqa: S608
            schema = dict.fromkeys(columns, pl.String) | ({"id_": pl.Int64} if with_id else {})
            self._keys[table] = pl.DataFrame(rows, schema=schema, orient="row")
        return self._keys[table]

    def _report(
        self, stored: Stored, columns: tuple[str, ...], table: str, missing: pl.DataFrame
    ) -> None:
        for row in missing.head(1_000).iter_rows(named=True):
            value = "/".join(str(row[column] or "") for column in columns)
            self.faults.append(
                Fault(
                    file=f"{stored.name}.csv",
                    row=row["row_"],
                    column=",".join(columns),
                    value=value,
                    fault=f"refers to a row of {table} that is neither here nor in the database",
                    code="dangling_reference",
                )
            )
