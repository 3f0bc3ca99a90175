"""The monthly rollups of records on their way into an empty table, without reading them back."""

import polars as pl

from almoner.delivery.operations.months import RECORDS
from almoner.exchange.bulk import execute, insert, is_postgresql
from almoner.web.stamps import bump

_CELL = ("term_id", "month")


class Months:
    """Adds up batches of records; the sums are those of `delivery.operations.rebuild_months`.

    They fit in 64 bits, because no cell of a package is beyond `schema.LARGEST_COUNT`.
    """

    def __init__(self) -> None:
        # As there: PostgreSQL knows the summer times before 1992, SQLite an offset only.
        self._zone = "Asia/Shanghai" if is_postgresql() else "Etc/GMT-8"
        self._sums: list[pl.DataFrame] = []
        self._clients: list[pl.DataFrame] = []

    def add(self, records: pl.DataFrame) -> None:
        """Take a batch, with the columns of the database."""
        month = pl.col("started_at").dt.convert_time_zone(self._zone).dt.strftime("%Y-%m")
        rows = records.with_columns(month=month)
        self._sums.append(
            rows.group_by(_CELL).agg(
                records=pl.len().cast(pl.Int64),
                minutes=pl.col("minutes").sum(),
                participants=_sum_or_null("participants"),
                largest_session=pl.col("participants").max(),
            )
        )
        self._clients.append(rows.select(*_CELL, "client_id").drop_nulls().unique())

    def write(self) -> None:
        """Fill the table of rollups with what was added up, and nothing else."""
        bump([RECORDS])
        execute("DELETE FROM monthly_delivery")
        sums = pl.concat(self._sums).group_by(_CELL)
        cells = sums.agg(
            pl.col("records", "minutes").sum(),
            participants=_sum_or_null("participants"),
            largest_session=pl.col("largest_session").max(),
        )
        clients = pl.concat(self._clients).unique().group_by(_CELL).agg(clients=pl.len())
        whole = cells.join(clients, on=_CELL, how="left").with_columns(
            pl.col("clients").cast(pl.Int64).fill_null(0)
        )
        insert("monthly_delivery", whole.sort(_CELL))


def _sum_or_null(column: str) -> pl.Expr:
    """The sum, as SQL has it: null, not 0, where there is nothing to add."""
    values = pl.col(column)
    return pl.when(values.count() > 0).then(values.sum())
