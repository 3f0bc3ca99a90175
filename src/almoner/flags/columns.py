"""A file of releases as columns: of processes, the bids submitted, their tenderers, the awards.

DuckDB reads the JSON, and of it only the fields that Cardinal's indicators need.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
from nanoarrow.c_array import CArray
from nanoarrow.c_array_stream import c_array_stream

from almoner.flags.instants import instants
from almoner.flags.release import MOST
from almoner.flags.settings import Settings

# Is told which share has been read, from 0 to 1.
Tell = Callable[[float], None]

ORGANIZATION = "STRUCT(id VARCHAR)"
# Amounts and numbers as their JSON, so that the text "1" is not taken for the number.
FIELDS = {
    "ocid": "VARCHAR",
    "buyer": ORGANIZATION,
    "tender": "STRUCT(status VARCHAR, procurementMethod VARCHAR, "
    f"procurementMethodDetails VARCHAR, procuringEntity {ORGANIZATION}, "
    "tenderPeriod STRUCT(startDate VARCHAR, endDate VARCHAR), numberOfTenderers JSON)",
    "bids": "STRUCT(details STRUCT(id VARCHAR, status VARCHAR, date VARCHAR, "
    f"tenderers {ORGANIZATION}[], value STRUCT(amount JSON, currency VARCHAR), "
    "relatedLots VARCHAR[])[])",
    "awards": f"STRUCT(status VARCHAR, suppliers {ORGANIZATION}[], "
    f"items STRUCT(classification {ORGANIZATION})[], relatedLots VARCHAR[])[]",
    "releases": "JSON",
    "records": "JSON",
    "compiledRelease": "JSON",
}
QUERY = """
SELECT ocid, buyer.id AS buyer, tender.procuringEntity.id AS entity, tender.status AS status,
    tender.procurementMethod AS method, tender.procurementMethodDetails AS details,
    tender.tenderPeriod.startDate AS start, tender.tenderPeriod.endDate AS end,
    tender.numberOfTenderers AS number, bids.details AS bids, awards,
    coalesce(releases, records, compiledRelease) IS NOT NULL AS packed
FROM read_ndjson($files, columns = $fields, compression = 'none', hive_partitioning = false,
    maximum_object_size = $longest)
"""
# Nothing is fetched from anywhere, and nothing written.
ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "temp_directory": "",
}
# It reads ahead a little, and says how far it is, though not itself.
READING = """
SET streaming_buffer_size = '16MB';
SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0
"""
LONGEST = 16 * 1024 * 1024
# Releases that are judged at once: few first, so that the judging soon begins.
FIRST, TOGETHER = 8_000, 40_000
NOT_SUBMITTED = ("invited", "withdrawn")
# What is no text in JSON and yet comes as text: an object, a list, a truth value, a number that is
# not whole. A text that only looks like one is prepared as well.
FRACTION = r"-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"
ODD = rf"^(?:[\[{{]|(?:true|false|-?NaN|-?Infinity|{FRACTION})$)"
WHOLE = r"^-?[0-9]+$"
NAMES = pl.Categorical()
# A set of lots, in whatever order they stand there; a list of none says nothing.
LOTS = pl.when(pl.col.relatedLots.list.len() > 0).then(pl.col.relatedLots.list.unique().list.sort())


class UnlikeError(Exception):
    """A file that is more than a release a line, each of its own process and without a fault."""


@dataclass(frozen=True)
class Columns:
    """What is counted of some releases, taken apart.

    `left_out` has the processes that are not counted, and why; `processes` has a row of each of the
    others, numbered by `p`, by which the rest names it. `offers` has the bids that were submitted,
    numbered by `b`, with the `tenderer` who bid alone and the `price`, null without an amount or a
    currency; `tenderers` each of their tenderers whose id is known. `awards` has all awards, with
    how many `suppliers` they have and the `supplier` of one alone; `suppliers` and `classes` are of
    active awards, the latter of those to one supplier.
    """

    left_out: pl.DataFrame
    processes: pl.DataFrame
    offers: pl.DataFrame
    tenderers: pl.DataFrame
    awards: pl.DataFrame
    suppliers: pl.DataFrame
    classes: pl.DataFrame


def read_columns(
    files: list[Path], settings: Settings, tell: Tell, *, longest: int | None = None
) -> Iterator[Columns]:
    """The columns of files of one release a line, of some thousand releases after the other.

    UnlikeError where a line, or a value, is not as the standard has it, or a process comes twice.
    Where it is known how many bytes the `longest` line has, the files were prepared, and there is
    no need to look.
    """
    ocids, share, least = [pl.Series(dtype=pl.String)], 0.0, FIRST
    with duckdb.connect(config=ALONE) as engine, ThreadPoolExecutor(1) as reader:
        try:
            read = partial(_read, _batches(engine, files, longest), settings, longest is None)
            ahead = reader.submit(read, least)
            while columns := ahead.result():
                least = min(2 * least, TOGETHER)
                ahead = reader.submit(read, least)
                ocids += [columns.processes["ocid"], columns.left_out["ocid"].drop_nulls()]
                yield columns
                # When all has been read, the engine does not know of it any more.
                share = max(share, engine.query_progress() / 100)
                tell(share)
        # What the engine meets after its first rows comes as a RuntimeError.
        except (duckdb.Error, RuntimeError) as error:
            raise UnlikeError(str(error)) from None
    once = pl.concat(ocids)
    _require(once.n_unique() == len(once), "several releases of a process")


def _batches(
    engine: duckdb.DuckDBPyConnection, files: list[Path], longest: int | None
) -> Iterator[CArray]:
    """The rows of the query, some thousand at once."""
    engine.execute(READING)
    longest = max(longest or 0, LONGEST)
    named = {"files": [str(file) for file in files], "fields": FIELDS, "longest": longest}
    return iter(c_array_stream(engine.sql(QUERY, params=named)))


def _read(batches: Iterator[CArray], settings: Settings, look: bool, least: int) -> Columns | None:
    """The columns of the next rows, so many at least but at the end; None where there are none."""
    some: list[pl.Series] = []
    while sum(map(len, some)) < least and (batch := next(batches, None)) is not None:
        some.append(pl.Series(batch))
    if not some:
        return None
    chunk = pl.concat(some, rechunk=True).struct.unnest()
    columns = _taken_apart(chunk, settings)
    if look:
        _look_at(chunk, columns)
    return columns


def _taken_apart(chunk: pl.DataFrame, settings: Settings) -> Columns:
    why = _why_left_out(chunk, settings)
    counted = chunk.filter(why.is_null()).with_row_index("p")
    given = [pl.col(name).is_not_null() for name in ("bids", "awards")]
    bids = _submitted(_each(counted, "bids", "p"))
    awards = _each(counted, "awards", "p").with_columns(lots=LOTS, supplier=_alone("suppliers"))
    active = awards.filter(pl.col.status == "active")
    items = _each(active.drop_nulls("supplier"), "items", "p", "supplier")
    return Columns(
        left_out=chunk.select("ocid", why=why).drop_nulls("why"),
        processes=counted.select(
            "p", "ocid", "method", "details", "start", "end", "number", *given,
            pl.col("buyer", "entity").cast(NAMES),
            opened=instants(counted["start"]), closed=instants(counted["end"]),
        ),
        offers=bids.drop("tenderers"),
        tenderers=_known(_each(bids, "tenderers", "b", "p", "status")),
        awards=awards.select("p", "status", "supplier", "lots", pl.col.suppliers.list.len()),
        suppliers=_known(_each(active, "suppliers", "p")).unique(),
        classes=items.unnest("classification").rename({"id": "class"}).drop_nulls().unique(),
    )  # fmt: skip


def _submitted(bids: pl.DataFrame) -> pl.DataFrame:
    submitted = bids.filter(~pl.col.status.is_in(NOT_SUBMITTED)).unnest("value")
    amount = pl.col.amount.cast(pl.Float64, strict=False)
    return submitted.with_row_index("b").select(
        "b", "p", "status", "date", "currency", "tenderers", amount, unread="amount",
        bid="id",
        dated=instants(submitted["date"]),
        price=pl.when(pl.col.currency.is_not_null()).then(amount),
        tenderer=_alone("tenderers"),
        lots=LOTS,
    )  # fmt: skip


def _look_at(chunk: pl.DataFrame, columns: Columns) -> None:
    """UnlikeError where something is not of the type that it should have."""
    _require(not chunk["packed"].any(), "a package or a record")
    _require(not chunk["ocid"].has_nulls(), "a release without ocid")
    _require(chunk["number"].str.contains(WHOLE).all(), "a number that is not whole")
    processes, offers = columns.processes, columns.offers
    amounts = offers.drop_nulls("unread")["amount"]
    _require(amounts.is_between(-MOST, MOST).sum() == len(amounts), "an amount that is none")
    lots = pl.concat([offers["lots"], columns.awards["lots"]]).drop_nulls().explode()
    _require(not lots.has_nulls(), "a part that is none")
    texts = [
        chunk["ocid"],
        *(processes[name] for name in ("buyer", "entity", "method", "details")),
        *(offers[name] for name in ("bid", "status", "currency")),
        processes.filter(pl.col.opened.is_null())["start"],
        processes.filter(pl.col.closed.is_null())["end"],
        offers.filter(pl.col.dated.is_null())["date"],
        lots,
        columns.tenderers["id"],
        columns.awards["status"],
        columns.suppliers["id"],
        columns.classes["class"],
    ]
    for text in texts:
        each = text.unique().cast(pl.String) if text.dtype == NAMES else text
        _require(not each.str.contains(ODD).any(), "a text that is none")


def _why_left_out(chunk: pl.DataFrame, settings: Settings) -> pl.Series:
    kinds = chunk.select("status", "details").unique()
    why = [settings.why_left_out(*kind) for kind in kinds.iter_rows()]
    each = chunk.join(
        kinds.with_columns(why=pl.Series(why, dtype=pl.String)),
        on=["status", "details"], how="left", nulls_equal=True, maintain_order="left",
    )  # fmt: skip
    no_ocid = pl.when(pl.col.ocid.is_null()).then(pl.lit("no ocid"))
    return each.select(why=pl.coalesce(no_ocid, "why")).to_series()


def _each(frame: pl.DataFrame, parts: str, *kept: str) -> pl.DataFrame:
    """A row for each part in the lists of a column, with its fields and the columns kept."""
    each = frame.select(*kept, parts).explode(parts, empty_as_null=False, keep_nulls=False)
    _require(not each[parts].has_nulls(), "a part that is none")
    return each.unnest(parts)


def _known(references: pl.DataFrame) -> pl.DataFrame:
    return references.drop_nulls("id").with_columns(pl.col.id.cast(NAMES))


def _alone(parts: str) -> pl.Expr:
    """The id of the only part in the lists of a column."""
    alone = pl.col(parts).list.len() == 1
    return pl.when(alone).then(pl.col(parts).list.first().struct.field("id")).cast(NAMES)


def _require(true: bool, what: str) -> None:
    if not true:
        raise UnlikeError(what)
