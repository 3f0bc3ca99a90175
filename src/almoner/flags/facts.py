"""What several indicators ask of contracting processes, worked out once."""

from collections import Counter
from functools import cached_property

import polars as pl

from almoner.flags.columns import Columns
from almoner.flags.settings import Settings

FINAL = ("active", "cancelled", "unsuccessful")

# What a process may lack for an indicator.
NO_AWARDS, NO_BIDS = "awards", "bids.details"
NOT_FINAL, NOT_ALONE = "awards that are all final", "one active award alone"
NO_SUPPLIER, NO_ID = "one supplier alone in awards.suppliers", "awards.suppliers.id"
NO_COMPARISON = "a method by which prices are compared"
SHOWN = ("bid", "status", "date", "tenderers", "amount", "currency", "lots")
VALID, OUT = pl.col.status == "valid", pl.col.status == "disqualified"


def because(holds: pl.Expr, reason: str) -> pl.Expr:
    """The reason where it holds, else null."""
    return pl.when(holds).then(pl.lit(reason))


def lacking(processes: pl.DataFrame, *reasons: pl.Expr) -> Counter[str]:
    """How many processes lack what; of several reasons the first counts."""
    return counts(processes.select(pl.coalesce(*reasons)).to_series())


def counts(texts: pl.Series) -> Counter[str]:
    """How often each text stands there."""
    return Counter(dict(texts.drop_nulls().value_counts().iter_rows()))


UNDECIDED = pl.coalesce(
    because(~pl.col.awards, NO_AWARDS),
    because(pl.col.open > 0, NOT_FINAL),
    because(~pl.col.bids, NO_BIDS),
)
NO_WINNER = pl.coalesce(
    "undecided",
    because(pl.col.active != 1, NOT_ALONE),
    because(pl.col.suppliers.ne_missing(1), NO_SUPPLIER),
    because(pl.col.supplier.is_null(), NO_ID),
)


class Facts:
    """What is known of some processes that are counted.

    `processes` tells besides of each process how many `offers` it has, how many of these are out of
    the running (`out`), `priced`, or `valid` and of one tenderer; how many awards are `active`, and
    what is said of one alone; whether prices are `compared`; why it is `undecided` who won, and why
    there is `no_winner` to compare bids with, or who is the `winner`.
    """

    def __init__(self, columns: Columns, settings: Settings) -> None:
        self.offers, self.tenderers = columns.offers, columns.tenderers
        self.suppliers, self.classes = columns.suppliers, columns.classes
        bidding, awarding = _bidding(columns.offers), _awarding(columns.awards)
        self.processes = (
            columns.processes.join(bidding, on="p", how="left", maintain_order="left")
            .join(awarding, on="p", how="left", maintain_order="left")
            .with_columns(pl.col("offers", "valid", "out", "priced", "active", "open").fill_null(0))
            .with_columns(compared=_compared(settings), undecided=UNDECIDED)
            .with_columns(no_winner=NO_WINNER)
            .with_columns(winner=pl.when(pl.col.no_winner.is_null()).then("supplier"))
        )

    def with_process(self, rows: pl.DataFrame, *columns: str, **named: str) -> pl.DataFrame:
        """The rows with what these columns say of the process `p` of each."""
        added = {column: column for column in columns} | named
        of = rows["p"]
        return rows.with_columns(
            self.processes[column].gather(of).alias(name) for name, column in added.items()
        )

    def where(self, rows: pl.DataFrame, holds: pl.Expr) -> pl.DataFrame:
        """The rows whose process is such."""
        return rows.filter(self.processes.select(holds).to_series().gather(rows["p"]))

    def whose_bids(self, offers: pl.DataFrame) -> pl.DataFrame:
        """The bids, each with whose it is: a tenderer's, a consortium's, or null."""
        tenderers = self.tenderers.join(offers, on="b", how="semi").group_by("b")
        whose = tenderers.agg(whose=pl.col.id.cast(pl.String).unique().sort().str.join("\0"))
        return offers.join(whose, on="b", how="left")

    def bids(self, rows: pl.DataFrame, by: str = "p") -> pl.DataFrame:
        """The bids `b` of the rows as evidence, put together by process or what else is named."""
        own = rows.select(by, "b").join(self.shown, on="b").sort("b").group_by(by)
        return own.agg(bids=pl.struct(SHOWN))

    def bid(self, rows: pl.DataFrame, name: str, key: str = "b") -> pl.DataFrame:
        """The rows with the bid that a column names, as evidence under another name."""
        shown = self.shown.select(pl.col.b.alias(key), pl.struct(SHOWN).alias(name))
        return rows.join(shown, on=key)

    @cached_property
    def shown(self) -> pl.DataFrame:
        """Each bid `b`, and which one it is, of whom, for how much."""
        of_whom = pl.col.id.cast(pl.String).unique().sort()
        tenderers = self.tenderers.group_by("b").agg(tenderers=of_whom)
        bids = self.offers.join(tenderers, on="b", how="left")
        return bids.with_columns(pl.col.tenderers.fill_null([])).select("b", *SHOWN)


def _bidding(offers: pl.DataFrame) -> pl.DataFrame:
    return offers.group_by("p").agg(
        offers=pl.len(),
        valid=(VALID & pl.col.tenderer.is_not_null()).sum(),
        out=OUT.sum(),
        priced=pl.col.price.count(),
    )


def _awarding(awards: pl.DataFrame) -> pl.DataFrame:
    """How many awards of a process are active and how many not final; what is said of one alone."""
    active = pl.col.status == "active"
    counts = awards.group_by("p").agg(active=active.sum(), open=(~pl.col.status.is_in(FINAL)).sum())
    alone = awards.filter(active).unique("p", keep="none").drop("status")
    return counts.join(alone, on="p", how="left")


def _compared(settings: Settings) -> pl.Expr:
    if settings.compared:
        return pl.col.details.is_in(list(settings.compared)).fill_null(value=False)
    return ~pl.col.details.is_in(list(settings.not_compared)).fill_null(value=False)
