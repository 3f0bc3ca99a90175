"""The 31 tables of the city package, read from its descriptor (``datapackage.json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import polars as pl

from almoner.rules.money import LARGEST_FEN

Type = Literal["string", "integer", "number", "boolean", "date", "datetime"]

TEXT_LIMIT = 10_000  # characters in a cell
ID_LIMIT = 200  # characters in a key, a reference or another identifier
# More than people on Earth, or minutes in 19,000 years; 900 million of them add up in 64 bits.
LARGEST_COUNT = 10**10

DTYPES: Mapping[Type, pl.DataType] = MappingProxyType(
    {
        "string": pl.String(),
        "integer": pl.Int64(),
        "number": pl.String(),  # canonical plain decimal: floats would not be exact
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us", "UTC"),
    }
)


@dataclass(frozen=True)
class Column:
    """One column; ``max_length`` counts characters."""

    name: str
    type: Type
    required: bool
    enum: tuple[str, ...]
    minimum: int | None
    pattern: str | None
    description: str
    max_length: int

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the column in a typed frame."""
        return DTYPES[self.type]

    @property
    def largest(self) -> int:
        """The largest integer that may stand here, with or without a minus sign."""
        return LARGEST_FEN if self.name.endswith("_fen") else LARGEST_COUNT

    @property
    def is_uscc(self) -> bool:
        """Whether a Unified Social Credit Code (or an org-id.guide identifier) stands here."""
        return self.name == "uscc" or self.name.endswith("_uscc")


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of a row name the row of ``table`` whose ``referenced`` columns are equal."""

    columns: tuple[str, ...]
    table: str
    referenced: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One resource of the package."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    description: str

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the schema's order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True)
class Schema:
    """All tables, in dependency order: what is referred to stands before what refers.

    ``descriptor`` is the format's own descriptor; ``raw`` its schemas by table.
    """

    tables: Mapping[str, Table]
    descriptor: Mapping[str, Any]
    raw: Mapping[str, dict[str, Any]]


def _as_tuple(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _column(field: dict[str, Any], keys: set[str]) -> Column:
    name = field["name"]
    constraints = field.get("constraints", {})
    is_id = name in keys or name.split("_")[-1] in {"id", "uscc", "code"}
    return Column(
        name=name,
        type=field["type"],
        required=constraints.get("required", False),
        enum=tuple(constraints.get("enum", ())),
        minimum=constraints.get("minimum"),
        pattern=constraints.get("pattern"),
        description=field.get("description", ""),
        max_length=ID_LIMIT if is_id else TEXT_LIMIT,
    )


def _table(resource: dict[str, Any]) -> Table:
    schema = resource["schema"]
    foreign_keys = tuple(
        ForeignKey(
            _as_tuple(key["fields"]),
            key["reference"]["resource"] or resource["name"],  # "" refers to the table itself
            _as_tuple(key["reference"]["fields"]),
        )
        for key in schema.get("foreignKeys", ())
    )
    primary_key = _as_tuple(schema.get("primaryKey"))
    keys = {*primary_key, *(name for key in foreign_keys for name in key.columns)}
    columns = tuple(_column(field, keys) for field in schema["fields"])
    return Table(resource["name"], columns, primary_key, foreign_keys, resource["description"])


def _load() -> Schema:
    text = resources.files(__package__).joinpath("datapackage.json").read_text("utf-8")
    descriptor = json.loads(text)
    tables = {resource["name"]: _table(resource) for resource in descriptor["resources"]}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in tables.values():
        parents = {key.table for key in table.foreign_keys} - {table.name}
        if table.name == "ratings":
            parents.add("indicators")  # no declared reference, but its scores obey their range
        sorter.add(table.name, *parents)
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=list(tables).index)
        order += ready
        sorter.done(*ready)
    order.sort(key="service_records".__eq__)  # by far the largest, and nothing refers to it
    raw = {resource["name"]: resource["schema"] for resource in descriptor["resources"]}
    return Schema(
        MappingProxyType({name: tables[name] for name in order}), descriptor, MappingProxyType(raw)
    )


SCHEMA = _load()
