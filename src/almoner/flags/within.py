"""Cardinal's indicators that can be told from one contracting process by itself.

The definitions follow Cardinal's documentation (Open Contracting Partnership); docs/flags.md lists
them, and where the answers differ from Cardinal's.
"""

import polars as pl

from almoner.flags.facts import (
    NO_AWARDS,
    NO_BIDS,
    NO_COMPARISON,
    OUT,
    VALID,
    Facts,
    because,
    lacking,
)
from almoner.flags.notes import NO_METHOD, Notes

NO_PERIOD = "tender.tenderPeriod.startDate and endDate, with time and time zone"
NO_NUMBER = "tender.numberOfTenderers, or bids that were submitted"
NO_OFFERS, NO_PRICES = "bids that were submitted", "bids with an amount and a currency"
NO_ACTIVE = "an active award"
NO_END = "tender.tenderPeriod.endDate, with time and time zone"
NO_DATE = "a winner's bid with date, time and time zone"
LOTS = ("p", "currency", "lots")
FLAGGED = pl.lit(1.0)


def short_period(facts: Facts, notes: Notes) -> None:
    """R003: fewer whole days than the threshold from the start to the end of tendering."""
    usual = int(notes.settings.number("R003", "threshold"))
    days = notes.settings.days
    periods = facts.processes.with_columns(
        days=(pl.col.closed - pl.col.opened).dt.total_days(),
        limit=pl.col.details.replace_strict(days, default=usual, return_dtype=pl.Int64),
    )
    other = notes.other_method("R003")
    notes.lacking["R003"] += lacking(
        periods, because(other, NO_METHOD), because(pl.col.days.is_null(), NO_PERIOD)
    )
    short = periods.filter(~other & (pl.col.days < pl.col.limit))
    shown = ("start", "end", "days", "limit") if notes.evidence else ()
    notes.add("R003", "OCID", short.select(*shown, id="ocid", value=FLAGGED))


def single_bid(facts: Facts, notes: Notes) -> None:
    """R018: one tenderer; counted from the bids where numberOfTenderers is not given.

    A consortium is one tenderer; a bid without the ids of its tenderers counts as one more.
    """
    other, uncounted = notes.other_method("R018"), pl.col.number.is_null()
    notes.lacking["R018"] += lacking(
        facts.processes,
        because(other, NO_METHOD),
        because(uncounted & (pl.col.offers == 0), NO_NUMBER),
    )
    bids = facts.whose_bids(facts.where(facts.offers, uncounted & ~other))
    number = pl.col.whose.drop_nulls().n_unique() + pl.col.whose.null_count()
    counted = bids.group_by("p").agg(counted=number)
    single = facts.processes.filter(~other).select("p", "number").join(counted, on="p", how="left")
    single = single.filter((pl.col.number == "1") | (uncounted & (pl.col.counted == 1)))
    shown = None
    if notes.evidence:
        all_bids = facts.bids(facts.offers.join(single, on="p", how="semi"))
        given = single.select("p", numberOfTenderers=pl.col.number.cast(pl.Int64))
        shown = given.join(all_bids, on="p", how="left").with_columns(pl.col.bids.fill_null([]))
        shown = shown.select("p", "bids", "numberOfTenderers")
    notes.of_processes("R018", facts, single.select("p", value=FLAGGED), shown)


def identical_prices(facts: Facts, notes: Notes) -> None:
    """R028: different tenderers with the same price, for the same lots."""
    notes.lacking["R028"] += lacking(
        facts.processes,
        because(~pl.col.compared, NO_COMPARISON),
        because(pl.col.priced == 0, NO_PRICES),
    )
    priced = facts.where(facts.offers.drop_nulls("price"), pl.col.compared)
    again = priced.group_by("p").agg(again=pl.col.price.n_unique() < pl.len()).filter("again")
    several = facts.whose_bids(priced.join(again, on="p", how="semi"))
    same = several.drop_nulls("whose").group_by("p", "price", "currency", "lots")
    bids = same.agg("b", different=pl.col.whose.n_unique()).filter(pl.col.different > 1)
    bids = bids.select("p", "b").explode("b")
    shown = facts.bids(bids) if notes.evidence else None
    notes.of_processes("R028", facts, bids.select("p", value=FLAGGED).unique(), shown)
    tenderers = facts.tenderers.join(bids, on="b", how="semi").unique(["p", "id"])
    notes.of_tenderers("R028", facts, tenderers, 1.0)


def late_bid(facts: Facts, notes: Notes) -> None:
    """R030: a valid bid of a winner after the end of the tender period, as instants."""
    won = facts.tenderers.filter(VALID).join(facts.suppliers, on=["p", "id"], how="semi")
    won = won.with_columns(dated=facts.offers["dated"].gather(won["b"]))
    won = facts.with_process(won, "closed").drop_nulls(["dated", "closed"])
    notes.lacking["R030"] += lacking(
        facts.processes,
        because(pl.col.closed.is_null(), NO_END),
        because(~pl.col.awards, NO_AWARDS),
        because(~pl.col.bids, NO_BIDS),
        because(~pl.col.p.is_in(won["p"].implode()), NO_DATE),
    )
    late = won.filter(pl.col.dated > pl.col.closed)
    bids = late.select("p", "b").unique()
    shown = None
    if notes.evidence:
        shown = facts.bid(facts.with_process(bids, "end"), "bid").drop("b")
    notes.of_processes("R030", facts, bids.select("p", value=FLAGGED).unique(), shown)
    notes.of_tenderers("R030", facts, late.unique(["p", "id"]), 1.0)


def others_disqualified(facts: Facts, notes: Notes) -> None:
    """R035: the winner's bids alone are valid; the value is how many others were ruled out."""
    notes.lacking["R035"] += lacking(
        facts.processes, pl.col.undecided, because(pl.col.offers == 0, NO_OFFERS)
    )
    tenderers = facts.where(facts.tenderers, pl.col.undecided.is_null() & (pl.col.out > 0))
    valid = tenderers.filter(VALID).unique(["p", "id"])
    supplier = facts.suppliers.unique("p", keep="none")
    alone = valid.unique("p", keep="none").join(supplier, on=["p", "id"], how="semi")
    out = tenderers.filter(OUT).join(alone, on="p", how="semi").unique(["p", "id"])
    flagged = (
        out.join(alone, on=["p", "id"], how="anti")
        .group_by("p")
        .agg(value=pl.len().cast(pl.Float64))
        .filter(pl.col.value >= max(notes.settings.number("R035", "threshold"), 1))
    )
    bids = facts.offers.join(flagged, on="p", how="semi")
    notes.of_processes("R035", facts, flagged, facts.bids(bids) if notes.evidence else None)
    notes.of_tenderers("R035", facts, alone.join(flagged, on="p", how="semi"), 0.0)


def lowest_disqualified(facts: Facts, notes: Notes) -> None:
    """R036: the first of the lowest bids is disqualified while another is valid; by lot."""
    notes.lacking["R036"] += lacking(
        facts.processes,
        because(~pl.col.compared, NO_COMPARISON),
        because(pl.col.active == 0, NO_ACTIVE),
        because(pl.col.offers == 0, NO_OFFERS),
        because((pl.col.out > 0) & (pl.col.priced == 0), NO_PRICES),
    )
    judged = pl.col.compared & (pl.col.active > 0) & (pl.col.out > 0)
    bids = facts.where(facts.offers, judged).drop_nulls("price")
    currencies = bids.group_by("p").agg(pl.col.currency.unique().sort())["currency"]
    for names, many in currencies.value_counts().iter_rows():
        notes.priced_in[tuple(names)] += many
    lots = (
        bids.sort("price", maintain_order=True)
        .group_by(LOTS, maintain_order=True)
        .agg(lowest=pl.col.status.first(), b=pl.col.b.first(), valid=VALID.any())
    )
    found = lots.filter(pl.col.lowest == "disqualified", "valid").with_row_index("lot")
    noted = found.select("lot", "p", "currency", value=FLAGGED)
    if notes.evidence:
        valid = (
            bids.filter(VALID).select("b", *LOTS).join(found.drop("b"), on=LOTS, nulls_equal=True)
        )
        shown = pl.concat([found.select("lot", "b"), valid.select("lot", "b")])
        noted = noted.join(facts.bids(shown, by="lot"), on="lot")
    notes.of_processes("R036", facts, noted.drop("lot"), None)
