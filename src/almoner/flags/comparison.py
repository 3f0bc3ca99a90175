"""The lowest losing bid of each process held against the winning one."""

from collections import Counter

import polars as pl

from almoner.flags.facts import NO_COMPARISON, VALID, Facts, because, lacking
from almoner.flags.release import LEAST

NO_PAIR = "a valid bid of the winner and one of another tenderer, with amounts"
IN_PROCESS = ("p", "currency")


def pairs(facts: Facts) -> pl.DataFrame:
    """The `value` by which the losing bid exceeds the winning one, as a share of it.

    For each process `p` and currency, among valid bids of one tenderer each, for a lot of the award
    where lots are given. The winning bid is `b`, that of the `winner`; the losing one `b_lost`,
    that of `tenderer_lost`. `why` tells what the two lack to be compared.
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
    return winning.join(losing, on=IN_PROCESS, suffix="_lost").with_columns(
        value=(pl.col.price_lost - pl.col.price) / pl.col.price,
        why=pl.coalesce(
            because(pl.col.price < LEAST, "a winning amount above 0"),
            because(pl.col.price_lost < pl.col.price, "the lowest bid as the winner"),
        ),
    )


def without_pair(facts: Facts, found: pl.DataFrame) -> Counter[str]:
    """What the processes lack that have no such pair."""
    return lacking(
        facts.processes,
        because(~pl.col.compared, NO_COMPARISON),
        pl.col.no_winner,
        because(~pl.col.p.is_in(found["p"].implode()), NO_PAIR),
    )


def _of_another_lot(bids: pl.DataFrame) -> pl.DataFrame:
    lots = bids.filter(pl.col.lots.is_not_null(), pl.col.award_lots.is_not_null())
    return lots.filter(pl.col.lots.list.set_intersection("award_lots").list.len() == 0)
