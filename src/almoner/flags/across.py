"""Cardinal's indicators that compare each process, or organization, with all the others.

The definitions follow Cardinal's documentation (Open Contracting Partnership); docs/flags.md lists
them, and where the answers differ from Cardinal's.
"""

from collections.abc import Iterator

import polars as pl

from almoner.flags.counting import Count, Found
from almoner.flags.facts import OUT, VALID, because, lacking
from almoner.flags.fences import quantile
from almoner.flags.within import NO_OFFERS

NO_VALID = "valid bids of one tenderer each"
NO_CLASSES = "active awards to one supplier with classified items"


def close(count: Count) -> Iterator[Found]:
    """R024: the difference is at most the lower fence; both tenderers are named."""
    pairs, count.lacking["R024"] = count.comparison.pairs, count.comparison.lacking
    if not pairs.is_empty():
        fence = count.fence("R024", pairs["value"], "lower")
        flagged = pairs.filter(pl.col.value <= fence, fence > 0)
        yield from _of_both(count, "R024", flagged, "winner", "tenderer_lost")


def discounted(count: Count) -> Iterator[Found]:
    """R058: the difference is at least the upper fence; the winner is named."""
    pairs, count.lacking["R058"] = count.comparison.pairs, count.comparison.lacking
    if not pairs.is_empty():
        fence = count.fence("R058", pairs["value"], "upper")
        flagged = pairs.filter(pl.col.value >= fence, fence > 0)
        yield from _of_both(count, "R058", flagged, "winner")


def _of_both(count: Count, code: str, flagged: pl.DataFrame, *named: str) -> Iterator[Found]:
    """The processes with their two bids, and the tenderers that are named."""
    shown = None
    if count.evidence:
        bids = count.bid(flagged.select("p", "b", "b_lost"), "winning")
        shown = count.bid(bids, "losing", "b_lost").drop("b", "b_lost")
    yield code, "OCID", count.of_processes(flagged.select("p", "value"), shown)
    for tenderer in named:
        yield code, "Tenderer", count.of_tenderers(flagged.select("p", id=tenderer), 0.0)


def unsuccessful(count: Count) -> Iterator[Found]:
    """R025: of those with the most bids, whose share of wins is at most the lower fence."""
    facts = count.facts
    valid = facts.offers.filter(VALID).drop_nulls("tenderer").select("p", id="tenderer").unique()
    entered = facts.with_process(valid, "winner").drop_nulls("winner")
    entered = entered.with_columns(won=pl.col.id == pl.col.winner)
    none = pl.col.valid == 0
    count.lacking["R025"] = lacking(facts.processes, pl.col.no_winner, because(none, NO_VALID))
    if entered.is_empty():
        return
    tenderers = entered.group_by("id").agg(won=pl.col.won.sum(), entered=pl.len())
    tenderers = tenderers.with_columns(value=pl.col.won / pl.col.entered)
    percentile = count.settings.number("R025", "percentile") / 100
    many = quantile(tenderers["entered"].cast(pl.Float64).sort().to_list(), percentile)
    fence = count.fence("R025", tenderers["value"], "lower")
    count.fences["R025"]["upper_fence"] = many
    flagged = tenderers.filter(pl.col.entered >= many, pl.col.value <= fence, fence > 0)
    lost = facts.with_process(entered.filter(~pl.col.won), "ocid").select("id", "ocid")
    yield "R025", "Tenderer", count.of_organizations(flagged, lost.sort("ocid"), "lost")


def disqualified(count: Count) -> Iterator[Found]:
    """R038: the share of bids ruled out is at least the upper fence."""
    facts, settings = count.facts, count.settings
    count.lacking["R038"] = lacking(facts.processes, because(pl.col.offers == 0, NO_OFFERS))
    least_processes = settings.number("R038", "minimum_contracting_processes")
    least_bids = settings.number("R038", "minimum_submitted_bids")
    entered = facts.processes.filter(pl.col.offers > 0)
    for group, key in (("Buyer", "buyer"), ("ProcuringEntity", "entity")):
        organizations = entered.drop_nulls(key).group_by(id=key)
        counts = organizations.agg(
            processes=pl.len(), submitted=pl.col.offers.sum(), disqualified=pl.col.out.sum()
        )
        bids = facts.with_process(facts.offers.filter(OUT).select("p", "b"), id=key)
        often = counts.filter(pl.col.processes >= least_processes).drop("processes")
        yield from _often_disqualified(count, group, often, bids)
    tenderers = facts.tenderers.group_by("id").agg(submitted=pl.len(), disqualified=OUT.sum())
    often = tenderers.filter(pl.col.submitted >= least_bids)
    yield from _often_disqualified(count, "Tenderer", often, facts.tenderers.filter(OUT))


def _often_disqualified(
    count: Count, group: str, counts: pl.DataFrame, bids: pl.DataFrame
) -> Iterator[Found]:
    """Of organizations with their counts, those beyond the fence, with their bids ruled out."""
    if counts.is_empty():
        return
    shares = counts.with_columns(value=pl.col.disqualified / pl.col.submitted)
    fence = count.fence("R038", shares["value"], "upper", f"{group}_")
    flagged = shares.filter(pl.col.value >= fence, fence > 0)
    if count.evidence:
        named = count.facts.with_process(bids, "ocid").select("id", "ocid", "b")
        bids = named.join(count.shown, on="b").sort("ocid", "b").drop("b")
    yield "R038", group, count.of_organizations(flagged, bids, "bids")


def heterogeneous(count: Count) -> Iterator[Found]:
    """R048: the number of classes is at least the upper fence."""
    digits = int(count.settings.number("R048", "digits"))
    classes = count.facts.classes.with_columns(pl.col("class").str.head(digits))
    none = ~pl.col.p.is_in(classes["p"].implode())
    count.lacking["R048"] = lacking(count.facts.processes, because(none, NO_CLASSES))
    suppliers = classes.group_by(id="supplier").agg(
        value=pl.col("class").n_unique().cast(pl.Float64),
        classes=pl.col("class").unique().sort(),
        processes=pl.col.p.n_unique(),
    )
    least = count.settings.number("R048", "minimum_contracting_processes")
    suppliers = suppliers.filter(pl.col.processes >= least)
    if not suppliers.is_empty():
        fence = count.fence("R048", suppliers["value"], "upper")
        flagged = suppliers.filter(pl.col.value >= fence)
        shown = ("classes", "processes") if count.evidence else ()
        yield "R048", "Tenderer", flagged.select(pl.col.id.cast(pl.String), "value", *shown)
