"""A city's tables as an engine holds them, and what every rule may ask of them.

Columns come in few types, the same in every engine, so that all comparisons are exact:
- text as string, flags as boolean, whole numbers as int64, other numbers as decimal(24, 9);
- a day as int64: days since 1970-01-01, so that days between two are their difference;
- an instant as int64: microseconds since 1970-01-01T00:00Z; `day_of` gives its day in Shanghai.
Three tables are derived: `calendar` (`day`, `text` YYYY-MM-DD, `month` YYYY-MM, `year`, `workdays`
= working days since 1970-01-01 up to and including that day; `estimated` = days since then that lie
in a year without a published calendar), `lineage` (`area_code`, `ancestor`, `level` of the
ancestor, `distance` 0 for the area itself) and `records_by_month` (the service records, each with
its `contract_month`, as `expressions.contract_month` joins the month of its day and the contract).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from almoner.findings.days import day_number
from almoner.rules.packs import Pack

if TYPE_CHECKING:
    import ibis.expr.types as ir

MICROSECONDS_A_DAY = 86_400_000_000
SHANGHAI_AHEAD = 8 * 3_600_000_000  # at all times since 15 September 1991

# Takes an expression, or the SQL of one that `City.written` gave.
Fetch = Callable[["ir.Table | str"], list[dict[str, object]]]


@dataclass(frozen=True)
class City:
    """What a rule is computed from.

    `fetch` gives the rows of a small expression; `fetch_by_month` those of one whose rows about a
    month follow from the service records and the days of that month; what `fetch_of` gives fetches
    as if some files of service records were all, until others are chosen, and may know no other
    days than those given; `hold` gives a table of the rows of one that is asked for again and
    again, for as long as its context lasts. `written` gives the SQL of an expression, which may be
    fetched in its place, later and elsewhere too if it holds no rows of its own. Who only asks by
    SQL makes none of the `tables`, and imports no Ibis.
    """

    as_of: date
    tables: Mapping[str, "Callable[[], ir.Table]"]
    pack: Pack
    fetch: Fetch
    fetch_by_month: Fetch
    fetch_of: Callable[[Sequence[Path], range], Fetch]
    hold: "Callable[[ir.Table], AbstractContextManager[ir.Table]]"
    written: "Callable[[ir.Table], str]"

    def __getitem__(self, table: str) -> "ir.Table":
        return self.tables[table]()

    @property
    def today(self) -> int:
        """The as-of day as the tables hold days."""
        return day_number(self.as_of)

    def limit(self, code: str, name: str) -> Fraction:
        """A limit in force on the as-of day."""
        return self.pack.limit(f"{code}.{name}", self.as_of).value
