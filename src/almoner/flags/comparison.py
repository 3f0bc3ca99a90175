"""The lowest losing bid of each process held against the winning one."""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from almoner.flags.facts import NO_COMPARISON, VALID, Facts, because, lacking
from almoner.flags.release import LEAST

NO_PAIR = "a valid bid of the winner and one of another tenderer, with amounts"
IN_PROCESS = ("p", "currency")


@dataclass(frozen=True)
class Comparison:
    """Processes `p` with the `value` by which the losing bid exceeds the winning one, as a share.

    The winning bid is `b`, that of the `winner`; the losing one `b_lost`, that of `tenderer_lost`.
    `lacking` counts what the other processes lack.
    """

    pairs: pl.DataFrame
    lacking: Counter[str]


def compare(facts: Facts, currency: str) -> Comparison:
    """Among valid bids of one tenderer each, for a lot of the award where lots are given.

    Only where the lowest bid won, and in one currency.
    """
    bids = facts.offers.filter(VALID).drop_nulls(["tenderer", "price"])
    bids = facts.where(bids, pl.col.compared & pl.col.winner.is_not_null())
    bids = bids.select("p", "b", "price", "currency", "tenderer", "lots")
    bids = facts.with_process(bids, "winner", award_lots="lots")
    bids = bids.join(_of_another_lot(bids), on="b", how="anti").select(
        pl.exclude("lots", "award_lots"), won=pl.col.tenderer == pl.col.winner
    )
    lowest = bids.sort("price", maintain_order=True).unique([*IN_PROCESS, "won"], keep="first")
    winning, losing = lowest.filter("won"), lowest.filter(~pl.col.won)
    pairs = winning.join(losing, on=IN_PROCESS, suffix="_lost").with_columns(
        value=(pl.col.price_lost - pl.col.price) / pl.col.price,
        why=pl.coalesce(
            because(pl.col.price < LEAST, "a winning amount above 0"),
            because(pl.col.price_lost < pl.col.price, "the lowest bid as the winner"),
            because(pl.col.currency != currency, f"bids in {currency}"),
        ),
    )
    # Of several currencies in a process, the one in which bids are compared tells.
    told = pairs.sort(pl.col.currency != currency, "currency").unique("p", keep="first")
    lacks = lacking(
        facts.processes.select("p", "compared", "no_winner").join(told, on="p", how="left"),
        because(~pl.col.compared, NO_COMPARISON),
        pl.col.no_winner,
        because(pl.col.value.is_null(), NO_PAIR),
        pl.col.why,
    )
    return Comparison(pairs.filter(pl.col.why.is_null()), lacks)


def _of_another_lot(bids: pl.DataFrame) -> pl.DataFrame:
    lots = bids.filter(pl.col.lots.is_not_null(), pl.col.award_lots.is_not_null())
    return lots.filter(pl.col.lots.list.set_intersection("award_lots").list.len() == 0)
