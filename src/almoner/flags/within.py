"""Cardinal's indicators that can be told from one contracting process by itself.

The definitions follow Cardinal's documentation (Open Contracting Partnership); docs/flags.md lists
them, and where the answers differ from Cardinal's.
"""

from collections.abc import Iterator

import polars as pl

from almoner.flags.counting import NO_METHOD, Count, Found
from almoner.flags.facts import (
    NO_AWARDS,
    NO_BIDS,
    NO_COMPARISON,
    OUT,
    VALID,
    because,
    lacking,
)

NO_PERIOD = "tender.tenderPeriod.startDate and endDate, with time and time zone"
NO_NUMBER = "tender.numberOfTenderers, or bids that were submitted"
NO_OFFERS, NO_PRICES = "bids that were submitted", "bids with an amount and a currency"
NO_ACTIVE = "an active award"
NO_END = "tender.tenderPeriod.endDate, with time and time zone"
NO_DATE = "a winner's bid with date, time and time zone"
FLAGGED = pl.lit(1.0)


def short_period(count: Count) -> Iterator[Found]:
    """R003: fewer whole days than the threshold from the start to the end of tendering."""
    processes, settings = count.facts.processes, count.settings
    usual = int(settings.number("R003", "threshold"))
    periods = processes.with_columns(
        days=(pl.col.closed - pl.col.opened).dt.total_days(),
        limit=pl.col.details.replace_strict(settings.days, default=usual, return_dtype=pl.Int64),
    )
    other = count.other_method("R003")
    count.lacking["R003"] = lacking(
        periods, because(other, NO_METHOD), because(pl.col.days.is_null(), NO_PERIOD)
    )
    short = periods.filter(~other & (pl.col.days < pl.col.limit))
    shown = ("start", "end", "days", "limit") if count.evidence else ()
    yield "R003", "OCID", short.select(*shown, id="ocid", value=FLAGGED)


def single_bid(count: Count) -> Iterator[Found]:
    """R018: one tenderer; counted from the bids where numberOfTenderers is not given.

    A consortium is one tenderer; a bid without the ids of its tenderers counts as one more.
    """
    other, uncounted = count.other_method("R018"), pl.col.number.is_null()
    processes = count.facts.processes
    count.lacking["R018"] = lacking(
        processes,
        because(other, NO_METHOD),
        because(uncounted & (pl.col.offers == 0), NO_NUMBER),
    )
    offers = count.facts.offers
    bids = count.facts.whose_bids(count.facts.where(offers, uncounted & ~other))
    number = pl.col.whose.drop_nulls().n_unique() + pl.col.whose.null_count()
    counted = bids.group_by("p").agg(counted=number)
    single = processes.filter(~other).select("p", "number").join(counted, on="p", how="left")
    single = single.filter((pl.col.number == "1") | (uncounted & (pl.col.counted == 1)))
    shown = count.bids(offers.join(single, on="p", how="semi"))
    if shown is not None:
        given = single.select("p", numberOfTenderers=pl.col.number.cast(pl.Int64))
        shown = given.join(shown, on="p", how="left").with_columns(pl.col.bids.fill_null([]))
        shown = shown.select("p", "bids", "numberOfTenderers")
    yield "R018", "OCID", count.of_processes(single.select("p", value=FLAGGED), shown)


def identical_prices(count: Count) -> Iterator[Found]:
    """R028: different tenderers with the same price, for the same lots."""
    processes = count.facts.processes
    count.lacking["R028"] = lacking(
        processes,
        because(~pl.col.compared, NO_COMPARISON),
        because(pl.col.priced == 0, NO_PRICES),
    )
    priced = count.facts.offers.drop_nulls("price")
    priced = count.facts.where(priced, pl.col.compared)
    several = count.facts.whose_bids(priced.filter(pl.struct("p", "price").is_duplicated()))
    same = several.drop_nulls("whose").group_by("p", "price", "currency", "lots")
    bids = same.agg("b", different=pl.col.whose.n_unique()).filter(pl.col.different > 1)
    bids = bids.select("p", "b").explode("b")
    flagged = bids.select("p", value=FLAGGED).unique()
    yield "R028", "OCID", count.of_processes(flagged, count.bids(bids))
    tenderers = count.facts.tenderers.join(bids, on="b", how="semi").unique(["p", "id"])
    yield "R028", "Tenderer", count.of_tenderers(tenderers, 1.0)


def late_bid(count: Count) -> Iterator[Found]:
    """R030: a valid bid of a winner after the end of the tender period, as instants."""
    facts = count.facts
    won = facts.tenderers.filter(VALID).join(facts.suppliers, on=["p", "id"], how="semi")
    won = won.with_columns(dated=facts.offers["dated"].gather(won["b"]))
    won = facts.with_process(won, "closed").drop_nulls(["dated", "closed"])
    count.lacking["R030"] = lacking(
        facts.processes,
        because(pl.col.closed.is_null(), NO_END),
        because(~pl.col.awards, NO_AWARDS),
        because(~pl.col.bids, NO_BIDS),
        because(~pl.col.p.is_in(won["p"].implode()), NO_DATE),
    )
    late = won.filter(pl.col.dated > pl.col.closed)
    bids = late.select("p", "b").unique()
    shown = None
    if count.evidence:
        shown = count.bid(facts.with_process(bids, "end"), "bid").drop("b")
    flagged = bids.select("p", value=FLAGGED).unique()
    yield "R030", "OCID", count.of_processes(flagged, shown)
    yield "R030", "Tenderer", count.of_tenderers(late.unique(["p", "id"]), 1.0)


def others_disqualified(count: Count) -> Iterator[Found]:
    """R035: the winner's bids alone are valid; the value is how many others were ruled out."""
    facts = count.facts
    count.lacking["R035"] = lacking(
        facts.processes, pl.col.undecided, because(pl.col.offers == 0, NO_OFFERS)
    )
    judged = pl.col.undecided.is_null() & (pl.col.out > 0)
    tenderers = facts.where(facts.tenderers, judged).unique(["p", "id", "status"])
    valid = tenderers.filter(VALID)
    supplier = facts.suppliers.unique("p", keep="none")
    alone = valid.unique("p", keep="none").join(supplier, on=["p", "id"], how="semi")
    others = tenderers.filter(OUT).join(valid, on=["p", "id"], how="anti")
    flagged = (
        others.group_by("p")
        .agg(value=pl.len().cast(pl.Float64))
        .filter(pl.col.value >= max(count.settings.number("R035", "threshold"), 1))
        .join(alone, on="p", how="semi")
    )
    bids = facts.offers.join(flagged, on="p", how="semi")
    yield "R035", "OCID", count.of_processes(flagged, count.bids(bids))
    yield "R035", "Tenderer", count.of_tenderers(alone.join(flagged, on="p", how="semi"), 0.0)


def lowest_disqualified(count: Count) -> Iterator[Found]:
    """R036: the first of the lowest bids is disqualified while another is valid; by lot."""
    processes = count.facts.processes
    count.lacking["R036"] = lacking(
        processes,
        because(~pl.col.compared, NO_COMPARISON),
        because(pl.col.active == 0, NO_ACTIVE),
        because(pl.col.offers == 0, NO_OFFERS),
        because((pl.col.out > 0) & (pl.col.priced == 0), NO_PRICES),
    )
    judged = pl.col.compared & (pl.col.active > 0) & (pl.col.out > 0)
    bids = count.facts.where(count.facts.offers, judged).drop_nulls("price")
    bids = bids.filter(pl.col.currency == count.currency).sort("price", maintain_order=True)
    lots = bids.group_by("p", "lots", maintain_order=True).agg(
        lowest=pl.col.status.first(), bid=pl.col.b.first(), others=pl.col.b.filter(VALID)
    )
    found = lots.filter(pl.col.lowest == "disqualified", pl.col.others.list.len() > 0)
    shown = found.select("p", b=pl.concat_list("bid", "others")).explode("b")
    flagged = found.select("p", value=FLAGGED).unique()
    yield "R036", "OCID", count.of_processes(flagged, count.bids(shown))
