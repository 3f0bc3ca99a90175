"""From what was noted of all processes to results: fences from the quartiles of all of them."""

from collections.abc import Callable, Iterator

import polars as pl

from almoner.flags.facts import because, lacking
from almoner.flags.fences import beyond, quantile
from almoner.flags.notes import Notes

# A code, a group, and its results: `id`, `value`, and columns of evidence where that is wanted.
Found = tuple[str, str, pl.DataFrame]


class Conclusions:
    """Holds what was noted against each other; amounts are compared in one `currency`.

    `fences` holds the quartiles and fences that were used, by code.
    """

    def __init__(self, notes: Notes, currency: str | None) -> None:
        self.notes = notes
        self.settings = notes.settings
        self.currency = currency or ""
        self.fences: dict[str, dict[str, float]] = {}

    def results(self) -> Iterator[Found]:
        """The results of each code and group."""
        conclude: dict[str, Callable[[str, str, pl.DataFrame], Iterator[Found]]] = {
            "R024": self._close,
            "R025": self._unsuccessful,
            "R036": self._lowest,
            "R038": self._disqualified,
            "R048": self._heterogeneous,
            "R058": self._discounted,
        }
        for (code, group), rows in self.notes.joined():
            if code in conclude:
                yield from conclude[code](code, group, rows)
            else:
                yield code, group, rows

    def _fence(self, code: str, values: pl.Series, side: str, prefix: str = "") -> float:
        """The fence, as set or 1.5 interquartile ranges beyond the quartile on its side.

        0 where more than a quarter of the values are not above 0: then no value is an outlier.
        """
        fences = self.fences.setdefault(code, {})
        limit = self.settings.limit(code, "threshold")
        if limit is None:
            ordered = _ordered(values)
            low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
            fences |= {f"{prefix}q1": low, f"{prefix}q3": high}
            if side == "upper":
                limit = beyond(high, high - low, 1.5)
            else:
                limit = beyond(low, high - low, -1.5)
        fences[f"{prefix}{side}_fence"] = limit
        return limit

    def _close(self, code: str, group: str, pairs: pl.DataFrame) -> Iterator[Found]:
        """R024: the difference is at most the lower fence; both tenderers are named."""
        pairs = self._comparable(code, pairs)
        if not pairs.is_empty():
            fence = self._fence(code, pairs["value"], "lower")
            flagged = pairs.filter(pl.col.value <= fence, fence > 0)
            yield from self._with_tenderers(code, flagged, "winner", "tenderer_lost")

    def _discounted(self, code: str, group: str, pairs: pl.DataFrame) -> Iterator[Found]:
        """R058: the difference is at least the upper fence; the winner is named."""
        pairs = self._comparable(code, pairs)
        if not pairs.is_empty():
            fence = self._fence(code, pairs["value"], "upper")
            flagged = pairs.filter(pl.col.value >= fence, fence > 0)
            yield from self._with_tenderers(code, flagged, "winner")

    def _comparable(self, code: str, pairs: pl.DataFrame) -> pl.DataFrame:
        other = because(pl.col.currency != self.currency, f"bids in {self.currency}")
        pairs = pairs.with_columns(why=pl.coalesce("why", other))
        # Of several currencies in a process, the one in which bids are compared tells.
        told = pairs.sort(pl.col.currency != self.currency, "currency").unique("id", keep="first")
        self.notes.lacking[code] += lacking(told, pl.col.why)
        return pairs.filter(pl.col.why.is_null())

    def _with_tenderers(self, code: str, flagged: pl.DataFrame, *named: str) -> Iterator[Found]:
        shown = ("winning", "losing") if self.notes.evidence else ()
        yield code, "OCID", flagged.select("id", "value", *shown)
        process = {"ocid": "id"} if self.notes.evidence else {}
        for tenderer in named:
            yield code, "Tenderer", flagged.select(id=tenderer, value=pl.lit(0.0), **process)

    def _unsuccessful(self, code: str, group: str, entered: pl.DataFrame) -> Iterator[Found]:
        """R025: of those with the most bids, whose share of wins is at most the lower fence."""
        if entered.is_empty():
            return
        tenderers = entered.group_by("id").agg(won=pl.col.won.sum(), entered=pl.len())
        tenderers = tenderers.with_columns(value=pl.col.won / pl.col.entered)
        percentile = self.settings.number(code, "percentile") / 100
        many = quantile(_ordered(tenderers["entered"]), percentile)
        fence = self._fence(code, tenderers["value"], "lower")
        self.fences[code]["upper_fence"] = many
        flagged = tenderers.filter(pl.col.entered >= many, pl.col.value <= fence, fence > 0)
        yield code, group, self._with_shown(code, group, flagged, "lost")

    def _lowest(self, code: str, group: str, lots: pl.DataFrame) -> Iterator[Found]:
        """R036, in the currency in which bids are compared."""
        priced_in = self.notes.priced_in.items()
        if other := sum(many for currencies, many in priced_in if self.currency not in currencies):
            self.notes.lacking[code][f"bids in {self.currency}"] += other
        yield code, group, lots.filter(pl.col.currency == self.currency).drop("currency")

    def _disqualified(self, code: str, group: str, noted: pl.DataFrame) -> Iterator[Found]:
        """R038: the share of bids ruled out is at least the upper fence."""
        counts = noted.group_by("id").sum()
        if group == "Tenderer":
            often = pl.col.submitted >= self.settings.number(code, "minimum_submitted_bids")
        else:
            least = self.settings.number(code, "minimum_contracting_processes")
            often = pl.col.processes >= least
        share = pl.col.disqualified / pl.col.submitted
        shares = counts.filter(often).select("id", "submitted", "disqualified", value=share)
        if shares.is_empty():
            return
        fence = self._fence(code, shares["value"], "upper", f"{group}_")
        flagged = shares.filter(pl.col.value >= fence, fence > 0)
        yield code, group, self._with_shown(code, group, flagged, "bids")

    def _heterogeneous(self, code: str, group: str, noted: pl.DataFrame) -> Iterator[Found]:
        """R048: the number of classes is at least the upper fence."""
        classes = pl.col.what.unique().sort()
        suppliers = noted.group_by("id").agg(classes=classes, processes=pl.col.process.n_unique())
        least = self.settings.number(code, "minimum_contracting_processes")
        suppliers = suppliers.filter(pl.col.processes >= least)
        if suppliers.is_empty():
            return
        suppliers = suppliers.with_columns(value=pl.col.classes.list.len().cast(pl.Float64))
        fence = self._fence(code, suppliers["value"], "upper")
        flagged = suppliers.filter(pl.col.value >= fence)
        yield code, group, flagged if self.notes.evidence else flagged.select("id", "value")

    def _with_shown(self, code: str, group: str, flagged: pl.DataFrame, name: str) -> pl.DataFrame:
        """The results of organizations; all columns are shown, and what was noted to be shown."""
        if not self.notes.evidence:
            return flagged.select("id", "value")
        own = (
            self.notes.shown(code, group)
            .join(flagged, on="id", how="semi")
            .sort("ocid", maintain_order=True)
        )
        lists = own.group_by("id", maintain_order=True).agg(pl.struct(pl.exclude("id")).alias(name))
        return flagged.join(lists, on="id", how="left").with_columns(pl.col(name).fill_null([]))


def _ordered(values: pl.Series) -> list[float]:
    return values.cast(pl.Float64).sort().to_list()
