"""What Cardinal's indicators note of the releases of a file, some thousand after the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import polars as pl

from almoner.flags.columns import Columns
from almoner.flags.facts import Facts, counts
from almoner.flags.settings import Settings

NO_METHOD = "tender.procurementMethod among those counted"
# A code and a group.
Of = tuple[str, str]


class Notes:
    """Rows by code and group, and by code how many processes lack what.

    Rows have an `id`, a `value` where that is known already, and columns of evidence where it is
    wanted.
    """

    def __init__(self, settings: Settings, evidence: bool) -> None:
        self.settings = settings
        self.evidence = evidence
        self.processes = 0
        self.left_out: Counter[str] = Counter()
        self.currencies: Counter[str] = Counter()
        # How many of the processes that R036 judges have bids in which currencies.
        self.priced_in: Counter[tuple[str, ...]] = Counter()
        self.lacking: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._rows: defaultdict[Of, list[pl.DataFrame]] = defaultdict(list)
        self._shown: defaultdict[Of, list[pl.DataFrame]] = defaultdict(list)

    def count(self, columns: Columns) -> None:
        """Note how many processes were counted and left out, and the currencies of bids."""
        self.processes += columns.processes.height
        self.left_out += counts(columns.left_out["why"])
        self.currencies += counts(columns.offers.drop_nulls("price")["currency"])

    def add(self, code: str, group: str, rows: pl.DataFrame) -> None:
        """Note rows of one code and group, always with the same columns."""
        self._rows[code, group].append(rows)

    def show(self, code: str, group: str, rows: pl.DataFrame) -> None:
        """Note what is to be shown of organizations `id`, if results are made of them."""
        if self.evidence:
            self._shown[code, group].append(rows)

    def shown(self, code: str, group: str) -> pl.DataFrame:
        """All that is to be shown of organizations."""
        return pl.concat(self._shown[code, group])

    def of_processes(
        self, code: str, facts: Facts, flagged: pl.DataFrame, shown: pl.DataFrame | None
    ) -> None:
        """Note results of processes `p`, and what is shown of each."""
        if shown is not None:
            flagged = flagged.join(shown, on="p", how="left")
        self.add(code, "OCID", facts.with_process(flagged, id="ocid").drop("p"))

    def of_tenderers(self, code: str, facts: Facts, flagged: pl.DataFrame, value: float) -> None:
        """Note tenderers `id`, each in a process `p`, which is shown."""
        rows = flagged.select("p", "id", value=pl.lit(value))
        shown = facts.with_process(rows, "ocid") if self.evidence else rows.unique("id")
        self.add(code, "Tenderer", shown.drop("p"))

    def other_method(self, code: str) -> pl.Expr:
        """Whether the procurement method is not among those that the indicator counts."""
        methods = self.settings.methods(code)
        counted = pl.col.method.is_in(list(methods)).fill_null(value=False)
        return ~counted if methods else pl.lit(value=False)

    def joined(self) -> Iterable[tuple[Of, pl.DataFrame]]:
        """All rows of each code and group."""
        return ((of, pl.concat(rows)) for of, rows in sorted(self._rows.items()))
