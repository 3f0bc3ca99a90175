"""The laws of the format over rows that came in several packages.

Each package keeps them by itself. What an earlier one left may break them together with it.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress

import polars as pl

from almoner.citypackage import SCHEMA, Report, together
from almoner.citypackage.faults import Enough, add
from almoner.citypackage.keys import Tell, same
from almoner.exchange.export import frames
from almoner.exchange.merge import TableLoad
from almoner.exchange.tables import STORED

# A table that a law judges, and the tables that it looks at to do so.
_LOOKED_AT: Mapping[str, frozenset[str]] = {
    **{name: frozenset([name]) for name in (*together.PARENTS, "tender_criteria")},
    "ratings": frozenset(["ratings", "evaluations", "indicators"]),
}


def hold_laws(report: Report, tables: Collection[TableLoad], replace: bool) -> None:
    """Report where the database's rows break a law, now that `tables` are merged into it.

    Nothing is read where no row was written, nor where the database holds the rows of this package
    alone, which has been judged.
    """
    written = {table.stored.name for table in tables if table.counts.wrote}
    added = {table.stored.name for table in tables if table.counts.added}
    alone = {table.stored.name for table in tables if replace or table.direct}
    with suppress(Enough):
        for name, looked_at in _LOOKED_AT.items():
            if looked_at & written and not looked_at <= alone:
                _hold(report, name, looked_at, renamed=bool(looked_at & added) and not replace)


def _hold(report: Report, name: str, looked_at: Collection[str], renamed: bool) -> None:
    table = SCHEMA.tables[name]
    rows = {each: together.with_bounds(_rows(each)) for each in looked_at}
    tell = _tell(report, name, rows[name], renamed)
    together.score_range(table, rows[name], rows, tell)
    together.weights(table, rows[name], together.parent_cycles(table, rows[name], tell), tell)


def _rows(name: str) -> pl.DataFrame:
    """All rows of a table in the database as a package has them, numbered from 1."""
    none = pl.DataFrame(schema={c.name: c.dtype for c in SCHEMA.tables[name].columns})
    return pl.concat([none, *frames(STORED[name])]).with_row_index("row", 1)


def _tell(report: Report, name: str, rows: pl.DataFrame, renamed: bool) -> Tell:
    """Reports faults by key: the rows need not stand in the package."""
    key = SCHEMA.tables[name].primary_key
    hint = "; where ids were renamed, load with --replace" if renamed else ""

    def tell(row: int | None, column: str | None, value: str | None, code: str, law: str) -> None:
        assert row is not None
        at = same(key, rows.select(key).row(row - 1))
        expected = f"{law}, together with what is in the database (at {at}){hint}"
        add(report, name, code, expected, column=column, value=value)

    return tell
