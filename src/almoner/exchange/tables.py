"""Where each table of a city package stands in the database.

Tables and columns bear the same names on both sides, save two things: a composite reference
becomes the number of the row that it names, and the own part of a composite key is called `code`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from almoner.citypackage import SCHEMA, Table

RENAMED: Mapping[tuple[str, str], str] = {
    ("frameworks", "id"): "framework_code",
    ("indicators", "id"): "code",
    ("indicators", "parent_id"): "parent_code",
    ("tender_criteria", "id"): "code",
    ("contract_terms", "id"): "code",
}

# Only packages fill these; nobody writes them on the platform.
LOADED_ONLY = frozenset({"payroll", "survey_responses", "outcomes"})


@dataclass(frozen=True)
class Lookup:
    """Package columns that together name a row of `table`, whose number goes into `into`."""

    columns: tuple[str, str]
    table: str
    key: tuple[str, str]
    into: str


_FRAMEWORK = Lookup(
    ("framework_id", "framework_version"),
    "frameworks",
    ("framework_code", "version"),
    "framework_id",
)
_TERM = Lookup(("contract_id", "term_id"), "contract_terms", ("contract_id", "code"), "term_id")
LOOKUPS: Mapping[str, Lookup] = {
    "indicators": _FRAMEWORK,
    "contracts": _FRAMEWORK,
    "evaluations": _FRAMEWORK,
    "service_records": _TERM,
}


@dataclass(frozen=True)
class Stored:
    """One table of the package and its counterpart of the same name in the database."""

    table: Table
    lookup: Lookup | None

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(column in the package, column in the database) of whatever needs no lookup."""
        looked_up = self.lookup.columns if self.lookup else ()
        return tuple(
            (column, RENAMED.get((self.name, column), column))
            for column in self.table.names
            if column not in looked_up
        )

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns in the database that a package fills."""
        looked_up = (self.lookup.into,) if self.lookup else ()
        return looked_up + tuple(stored for _, stored in self.pairs)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns in the database that identify a row; empty for a table without a key."""
        names = dict(self.pairs)
        if self.lookup:
            names |= dict.fromkeys(self.lookup.columns, self.lookup.into)
        return tuple(dict.fromkeys(names[column] for column in self.table.primary_key))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The columns in the database that are no part of the key."""
        return tuple(column for column in self.columns if column not in self.key)


STORED: Mapping[str, Stored] = {
    name: Stored(table, LOOKUPS.get(name)) for name, table in SCHEMA.tables.items()
}
