"""What every indicator of Cardinal's is given, and where it leaves what it found."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import polars as pl

from almoner.flags.comparison import Comparison, compare
from almoner.flags.facts import Facts
from almoner.flags.fences import beyond, quantile
from almoner.flags.settings import Settings

# A code, a group, and its results: `id`, `value`, and columns of evidence where that is wanted.
Found = tuple[str, str, pl.DataFrame]
NO_METHOD = "tender.procurementMethod among those counted"
SHOWN = ("bid", "status", "date", "tenderers", "amount", "currency", "lots")


class Count:
    """The facts and the settings; by code, what processes lack, and the fences that were used.

    Amounts are compared in `currency` alone.
    """

    def __init__(
        self, facts: Facts, settings: Settings, currency: str | None, evidence: bool
    ) -> None:
        self.facts = facts
        self.settings = settings
        self.currency = currency or ""
        self.evidence = evidence
        self.lacking: dict[str, Counter[str]] = {}
        self.fences: dict[str, dict[str, float]] = {}

    @cached_property
    def comparison(self) -> Comparison:
        """The differences of R024 and R058."""
        return compare(self.facts, self.currency)

    def other_method(self, code: str) -> pl.Expr:
        """Whether the procurement method is not among those that the indicator counts."""
        methods = self.settings.methods(code)
        counted = pl.col.method.is_in(list(methods)).fill_null(value=False)
        return ~counted if methods else pl.lit(value=False)

    def fence(self, code: str, values: pl.Series, side: str, prefix: str = "") -> float:
        """The fence, as set or 1.5 interquartile ranges beyond the quartile on its side.

        0 where more than a quarter of the values are not above 0: then no value is an outlier.
        """
        fences = self.fences.setdefault(code, {})
        limit = self.settings.limit(code, "threshold")
        if limit is None:
            ordered = values.cast(pl.Float64).sort().to_list()
            low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
            fences |= {f"{prefix}q1": low, f"{prefix}q3": high}
            if side == "upper":
                limit = beyond(high, high - low, 1.5)
            else:
                limit = beyond(low, high - low, -1.5)
        fences[f"{prefix}{side}_fence"] = limit
        return limit

    def of_processes(self, flagged: pl.DataFrame, shown: pl.DataFrame | None) -> pl.DataFrame:
        """The results of processes `p` with a `value`, and what is shown of each process."""
        named = self.facts.with_process(flagged, id="ocid")
        if self.evidence and shown is not None:
            named = named.join(shown, on="p", how="left")
        return named.drop("p")

    def of_tenderers(self, flagged: pl.DataFrame, value: float) -> pl.DataFrame:
        """The results of tenderers `id`, each in a process `p`, which is shown."""
        named = flagged.select("p", pl.col.id.cast(pl.String), value=pl.lit(value))
        return (self.facts.with_process(named, "ocid") if self.evidence else named).drop("p")

    def of_organizations(
        self, flagged: pl.DataFrame, parts: pl.DataFrame, name: str
    ) -> pl.DataFrame:
        """The results of organizations; all columns are shown, and the parts of each `id`."""
        if not self.evidence:
            return flagged.select(pl.col.id.cast(pl.String), "value")
        own = parts.join(flagged, on="id", how="semi").group_by("id", maintain_order=True)
        lists = own.agg(pl.struct(pl.exclude("id")).alias(name))
        shown = flagged.join(lists, on="id", how="left").with_columns(pl.col(name).fill_null([]))
        return shown.with_columns(pl.col.id.cast(pl.String))

    def bids(self, rows: pl.DataFrame) -> pl.DataFrame | None:
        """For each process of the rows, which name their bids `b`, these bids as evidence."""
        if not self.evidence:
            return None
        own = rows.select("p", "b").join(self.shown, on="b").sort("b").group_by("p")
        return own.agg(bids=pl.struct(SHOWN))

    def bid(self, rows: pl.DataFrame, name: str, key: str = "b") -> pl.DataFrame:
        """The rows with the bid that a column names, as evidence under another name."""
        shown = self.shown.select(pl.col.b.alias(key), pl.struct(SHOWN).alias(name))
        return rows.join(shown, on=key)

    @cached_property
    def shown(self) -> pl.DataFrame:
        """Each bid `b`, and which one it is, of whom, for how much."""
        tenderers = self.facts.tenderers.group_by("b").agg(
            tenderers=pl.col.id.cast(pl.String).unique().sort()
        )
        bids = self.facts.offers.join(tenderers, on="b", how="left")
        return bids.with_columns(pl.col.tenderers.fill_null([])).select("b", *SHOWN)


def without_nulls(value: Any) -> Any:
    """Evidence without what is not known."""
    if isinstance(value, dict):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [without_nulls(one) for one in value]
    return value
