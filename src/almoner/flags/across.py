"""What the indicators of Cardinal's that compare with all the others note of each process.

`almoner.flags.conclusions` compares. The definitions follow Cardinal's documentation (Open
Contracting Partnership); docs/flags.md lists them, and where the answers differ from Cardinal's.
"""

import polars as pl

from almoner.flags.comparison import pairs, without_pair
from almoner.flags.facts import OUT, SHOWN, VALID, Facts, because, lacking
from almoner.flags.notes import Notes
from almoner.flags.within import NO_OFFERS

NO_VALID = "valid bids of one tenderer each"
NO_CLASSES = "active awards to one supplier with classified items"


def differences(facts: Facts, notes: Notes) -> None:
    """R024 and R058: the lowest losing bid above the winning one, in each currency."""
    found = pairs(facts)
    lacks = without_pair(facts, found)
    shown: tuple[str, ...] = ()
    if notes.evidence:
        found = facts.bid(facts.bid(found, "winning"), "losing", "b_lost")
        shown = ("winning", "losing")
    noted = ("id", "value", "why", "currency", "winner", "tenderer_lost", *shown)
    rows = facts.with_process(found, id="ocid").select(noted)
    for code in {"R024", "R058"}.intersection(notes.settings.codes):
        notes.lacking[code] += lacks
        notes.add(code, "OCID", rows)


def unsuccessful(facts: Facts, notes: Notes) -> None:
    """R025: who of those with a valid bid of their own won; each once in a process."""
    valid = facts.offers.filter(VALID).drop_nulls("tenderer").select("p", id="tenderer").unique()
    entered = facts.with_process(valid, "winner", "ocid").drop_nulls("winner")
    entered = entered.with_columns(won=pl.col.id == pl.col.winner)
    none = because(pl.col.valid == 0, NO_VALID)
    notes.lacking["R025"] += lacking(facts.processes, pl.col.no_winner, none)
    notes.add("R025", "Tenderer", entered.select("id", "won"))
    notes.show("R025", "Tenderer", entered.filter(~pl.col.won).select("id", "ocid"))


def disqualified(facts: Facts, notes: Notes) -> None:
    """R038: disqualified among submitted bids, for each buyer, procuring entity, tenderer."""
    none = because(pl.col.offers == 0, NO_OFFERS)
    notes.lacking["R038"] += lacking(facts.processes, none)
    entered = facts.processes.filter(pl.col.offers > 0)
    for group, key in (("Buyer", "buyer"), ("ProcuringEntity", "entity")):
        organizations = entered.drop_nulls(key).group_by(id=key)
        sums = {"submitted": pl.col.offers.sum(), "disqualified": pl.col.out.sum()}
        notes.add("R038", group, organizations.agg(processes=pl.len(), **sums))
        bids = facts.with_process(facts.offers.filter(OUT).select("p", "b"), id=key)
        _show_bids(facts, notes, group, bids.drop_nulls("id"))
    counts = facts.tenderers.group_by("id").agg(submitted=pl.len(), disqualified=OUT.sum())
    notes.add("R038", "Tenderer", counts)
    _show_bids(facts, notes, "Tenderer", facts.tenderers.filter(OUT))


def _show_bids(facts: Facts, notes: Notes, group: str, bids: pl.DataFrame) -> None:
    if notes.evidence:
        named = facts.with_process(bids, "ocid").select("id", "ocid", "b").sort("b")
        shown = named.join(facts.shown, on="b", maintain_order="left")
        notes.show("R038", group, shown.select("id", "ocid", *SHOWN))


def heterogeneous(facts: Facts, notes: Notes) -> None:
    """R048: the classes of what each supplier alone was awarded."""
    digits = int(notes.settings.number("R048", "digits"))
    classes = facts.classes.select(
        process=pl.col.p + notes.processes, id="supplier", what=pl.col("class").str.head(digits)
    )
    none = ~pl.col.p.is_in(facts.classes["p"].implode())
    notes.lacking["R048"] += lacking(facts.processes, because(none, NO_CLASSES))
    notes.add("R048", "Tenderer", classes.unique())
