"""Service records: what every worker did on every working day, a contract year at a time."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import polars as pl

from almoner.citypackage.schema import SCHEMA
from almoner.demo.base import AS_OF, at, rng, working
from almoner.demo.cast import MONTHS_LOST, Cast
from almoner.demo.staffing import Staff, Worker
from almoner.demo.terms import TERMS, expected_hours
from almoner.demo.world import Contract, World

# The working day in pieces: when the first one may begin (minutes after midnight), by how many
# minutes later at most, how long it may last, and on how many of 100 days it is worked.
PIECES = (
    (8 * 60 + 30, 25, 180, 99),
    (13 * 60, 25, 180, 99),
    (16 * 60 + 30, 40, 150, 96),
    (19 * 60 + 45, 20, 75, 12),
)
PRESENT = 0.975  # of working days; the rest is leave
HEALTHY_CITY_SHARE = 0.30  # of the usual work in the two months lost
CASES = 8  # a worker a year, two at a time
LATE_ENTRY = 0.03
DRAWS = 8  # random numbers for every piece
BATCH = 50_000  # records of a frame, at least


def case_id(contract: Contract, year: int, place: int, case: int) -> str:
    """The pseudonym of the nth case of a post in a contract year."""
    return f"K{contract.number:04d}-{year + 1}{place:02d}{case}"


def records(
    world: World, staff: Staff, cast: Cast, progress: Callable[[float], None]
) -> Iterator[pl.DataFrame]:
    """SERVICE_RECORDS in batches of whole contract years, in order of id."""
    waiting: list[pl.DataFrame] = []
    held = 0
    for i, contract in enumerate(world.contracts):
        posts = staff[contract.centre.street.code]
        written = 0
        for year in range(contract.years):
            batch = _year(world, contract, year, posts, cast).with_columns(
                id=pl.concat_str(
                    pl.lit(f"R{contract.number:04d}-"),
                    (pl.int_range(pl.len()) + written + 1).cast(pl.String).str.zfill(6),
                )
            )
            written += batch.height
            held += batch.height
            waiting.append(batch.select([c.name for c in SCHEMA.tables["service_records"].columns]))
        progress((i + 1) / len(world.contracts))
        if held >= BATCH or contract is world.contracts[-1]:
            yield pl.concat(waiting)
            waiting, held = [], 0


def _draws(world: World, contract: Contract, year: int, rows: int) -> list[pl.Series]:
    """Columns of random numbers from 0 to below 1; the same on every machine and version."""
    chance = rng(world.seed, "records", contract.id, year)
    found = []
    for i in range(DRAWS):
        bits = pl.Series([chance.randbytes(4 * rows)]).bin.reinterpret(
            dtype=pl.Array(pl.UInt32, rows), endianness="little"
        )
        found.append((bits.explode().cast(pl.Float64) / 2.0**32).alias(f"r{i}"))
    return found


def _year(
    world: World, contract: Contract, year: int, posts: list[Worker], cast: Cast
) -> pl.DataFrame:
    first, last = contract.year_start(year), min(contract.year_end(year), AS_OF)
    span = [first + timedelta(n) for n in range((last - first).days + 1)]
    days = pl.DataFrame({"day": [d for d in span if working(d)]})
    lost = MONTHS_LOST if contract is cast.healthy_city else ()
    days = days.with_columns(
        usual=pl.when(pl.col("day").dt.truncate("1mo").is_in(lost))
        .then(HEALTHY_CITY_SHARE)
        .otherwise(1.0 if lost else _pace(world, contract, year)),
        quarter=pl.int_range(pl.len()) * 4 // pl.len(),
    )
    pieces = pl.DataFrame(PIECES, schema=["opens", "play", "longest", "worked"], orient="row").cast(
        pl.Int64
    )
    places = pl.DataFrame({"place": range(contract.centre.staff)}, schema={"place": pl.Int64})
    grid = days.join(places, how="cross").join(pieces, how="cross")
    table = (
        grid.with_columns(_draws(world, contract, year, grid.height))
        # Leave is drawn once a worker a day: by the first piece's number.
        .filter(
            pl.col("r0").first().over("day", "place") < PRESENT,
            pl.col("r1") * 100 < pl.col("worked"),
            pl.col("r2") < pl.col("usual"),
        )
        .with_columns(_term(contract))
        .join(_lengths(), on="term_id", how="left", maintain_order="left")
        .with_columns(**_times())
    )
    return _finish(table, contract, year, posts)


def _pace(world: World, contract: Contract, year: int) -> float:
    """The share of the usual work that a contract year delivers; a well-run city is near 1."""
    return rng(world.seed, "pace", contract.id, year).uniform(0.93, 1.0)


def _term(contract: Contract) -> pl.Expr:
    """Deals the terms out in the agreed proportion: exact counts, in random order."""
    wanted = [float(expected_hours(t, contract)) * 60 / t.minutes for t in TERMS]
    whole = sum(wanted)
    place = pl.col("r3").rank("ordinal") / pl.len()
    chosen = pl.lit(TERMS[-1].id)
    reached = 1.0
    for term, count in zip(reversed(TERMS[:-1]), reversed(wanted[1:]), strict=True):
        reached -= count / whole
        chosen = pl.when(place <= reached).then(pl.lit(term.id)).otherwise(chosen)
    return chosen.alias("term_id")


def _lengths() -> pl.DataFrame:
    """Usual minutes and numbers of participants by term."""
    return pl.DataFrame(
        {
            "term_id": [t.id for t in TERMS],
            "usual_minutes": [t.minutes for t in TERMS],
            "fewest": [t.people[0] if t.people else None for t in TERMS],
            "most": [t.people[1] if t.people else None for t in TERMS],
        }
    )


def _times() -> dict[str, pl.Expr]:
    """Start and length in steps of five minutes, and how many came."""
    length = pl.col("usual_minutes") * (0.75 + pl.col("r4") * 0.5) / 5
    steps = pl.col("r5") * (pl.col("play") / 5 + 1)
    spread = pl.col("most") - pl.col("fewest") + 1
    return {
        "minutes": pl.min_horizontal(length.round().cast(pl.Int64) * 5, "longest"),
        "begins": pl.col("opens") + steps.floor().cast(pl.Int64) * 5,
        "participants": pl.col("fewest") + (pl.col("r6") * spread).floor().cast(pl.Int64),
    }


def _finish(
    table: pl.DataFrame, contract: Contract, year: int, posts: list[Worker]
) -> pl.DataFrame:
    """Names the worker and the client, and says when and how the record was entered."""
    midnight = pl.col("day").cast(pl.Datetime("us")).dt.replace_time_zone("UTC") - pl.duration(
        hours=8
    )
    case = pl.col("quarter") * 2 + (pl.col("r7") * 2).floor().cast(pl.Int64)
    client = pl.concat_str(
        pl.lit(f"K{contract.number:04d}-{year + 1}"),
        pl.col("place").cast(pl.String).str.zfill(2),
        case.cast(pl.String),
    )
    days_after = (
        pl.when(pl.col("r5") < LATE_ENTRY)
        .then(15 + (pl.col("r6") * 8).floor())
        .otherwise((pl.col("r0") * 2.6).floor())
        .cast(pl.Int64)
    )
    ended = pl.col("started_at") + pl.duration(minutes="minutes")
    return (
        table.with_columns(started_at=midnight + pl.duration(minutes="begins"))
        .with_columns(
            contract_id=pl.lit(contract.id),
            worker_id=_worker(posts),
            client_id=pl.when(pl.col("term_id") == TERMS[0].id).then(client),
            entered_at=pl.min_horizontal(
                ended + pl.duration(days=days_after, minutes=(pl.col("r4") * 80).floor() + 5),
                pl.lit(at(AS_OF, 22)),
            ),
            channel=pl.when(pl.col("r2") < 0.6)
            .then(pl.lit("phone"))
            .when(pl.col("r2") < 0.88)
            .then(pl.lit("web"))
            .otherwise(pl.lit("import")),
        )
        .sort("started_at", "worker_id")
    )


def _worker(posts: list[Worker]) -> pl.Expr:
    """Who held a place on the day."""
    chosen = pl.lit(None, dtype=pl.String)
    for worker in posts:
        held = (pl.col("place") == worker.place) & (pl.col("day") >= worker.since)
        chosen = pl.when(held).then(pl.lit(worker.id)).otherwise(chosen)
    return chosen
