"""Findings on delivery: pace, days and hours that cannot be, late entry, staff.

Tens of millions of records are read once or twice and grouped, never sorted as a whole: what needs
an order (D03, D04) is first narrowed to the days on which two sessions of a worker can meet.
A second reading, for the ids that a finding names, is an expression of its own: one that Ibis sees
twice becomes a common table, which DuckDB would keep whole. Minutes are added as whole numbers:
a total beyond 2**63 is exact on DuckDB, and on Spark an error.
"""

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from almoner.findings.city import MICROSECONDS_A_DAY, SHANGHAI_AHEAD, City
from almoner.findings.definition import finding
from almoner.findings.expressions import (
    ROWS,
    above,
    actual_end,
    below,
    contract_month,
    day_of,
    few,
    midnight,
    month_and_contract,
    ratio,
    whole,
)

MINUTE = 60_000_000  # microseconds
MINUTES_A_DAY = 1_440
LONGEST_YEAR = 366  # days
SLOTS = 60  # of a day, 24 minutes each: one bit of an int64 for each
SLOT = MICROSECONDS_A_DAY // SLOTS
# D04: 2**30 microseconds are a slot, 64 slots a part (one bit of an int64 each), 4 parts a span.
SLOT_BITS, PART_BITS, SPAN_BITS = 30, 6, 2
PARTS = 2**SPAN_BITS
LEAST_RECORDS = 20  # of a contract-month whose share of late entries is judged (D05)
MINUTES_AT_WORK = 20 * 60  # in a month, of a worker who counts as working there (D08)


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def bit_or(bits: int) -> int:  # type: ignore[empty-body]
    """The bits that any row has: an aggregate of this name is in every engine's SQL."""


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def bit_count(bits: int) -> dt.int8:
    """How many bits there are: a function of this name is in every engine's SQL."""


def _named(found: ir.Table, rows: ir.Table) -> ir.Table:
    """The findings, each with the first hundred of the `record`s that it is joined with."""
    names = ibis._.record.collect().sort()[:ROWS]  # each record is there once
    return rows.group_by(*found.columns).aggregate(row_service_records=names)


def _at_work(city: City) -> ir.Table:
    """Contracts in force with `first` day, `days` and days `passed` of their current year."""
    contracts, today = city["contracts"], city.today
    contracts = contracts.filter(contracts.starts_on <= today, actual_end(contracts) >= today)
    days = city["calendar"].select("day", of_year=ibis._.text[5:])
    # 29 February comes back on the day after the 28th: on 1 March where there is no other.
    leap = days.of_year == "02-29"
    of_year = ibis.ifelse(leap, "02-28", days.of_year)
    starts = days.select(starts_on="day", of_year=of_year, later=leap.cast("int64"))
    near = days.filter((days.day - today).abs() <= LONGEST_YEAR + 1).select("of_year", near="day")
    turns = contracts.inner_join(starts, "starts_on").inner_join(near, "of_year")
    turns = turns.select(contract_id="id", turn=turns.near + turns.later)
    years = turns.group_by("contract_id").aggregate(
        first=turns.turn.max(where=turns.turn <= today),
        following=turns.turn.min(where=turns.turn > today),
    )
    passed = today - years.first + 1
    return years.select("contract_id", "first", passed=passed, days=years.following - years.first)


def _of_a_year(city: City, column: str) -> ir.Table:
    """That column of the records of the last 366 days, in which each current year began."""
    records = city["service_records"].select("contract_id", "term_id", "started_at", column)
    # Bounds that are numbers are met while reading.
    return records.filter(
        records.started_at >= midnight(ibis.literal(city.today - LONGEST_YEAR)),
        records.started_at < midnight(ibis.literal(city.today + 1)),
    )


@finding("D01")
def behind_pace(city: City) -> ir.Table:
    """Direct terms of contracts in force that lag behind an even pace of their current year."""
    share = city.limit("D01", "ratio")
    contracts = _at_work(city)
    contracts = contracts.filter(~below(contracts.passed, 1, city.limit("D01", "days")))
    terms = city["contract_terms"].filter(ibis._.group == "direct", ibis._.hours > 0)
    terms = terms.select("contract_id", "hours", term_id="id")
    terms = terms.inner_join(contracts, "contract_id")
    began = contracts.select("contract_id", begins=midnight(contracts.first))
    records = _of_a_year(city, "minutes").inner_join(began, "contract_id")
    records = records.filter(records.started_at >= records.begins)
    done = records.group_by("contract_id", "term_id").aggregate(minutes=ibis._.minutes.sum())
    paced = terms.left_join(done, ["contract_id", "term_id"])
    minutes = whole(paced.minutes.fill_null(0))
    delivered = (minutes * paced.days).cast("decimal(38, 9)")
    expected = (paced.hours * 60 * paced.passed.cast("decimal(4, 0)")).cast("decimal(38, 9)")
    behind = paced.filter(below(delivered, expected, share)).select(
        *("contract_id", "term_id", "hours", "first", "passed"),
        id=paced.contract_id + "/" + paced.term_id,
        value=ratio(delivered, expected),
        limit=float(share),
        done=ratio(minutes, ibis.literal(60)),
    )
    records = _of_a_year(city, "id").rename(record="id")
    of_year = records.started_at >= midnight(behind.first)
    found = _named(behind, behind.left_join(records, ["contract_id", "term_id", of_year]))
    return found.rename(row_contracts="contract_id").drop("term_id")


@finding("D02")
def impossible_day(city: City) -> ir.Table:
    """Worker-days whose records add up to more minutes than the limit."""
    limit = city.limit("D02", "minutes")
    records = city["service_records"]
    day = day_of(records.started_at)
    days = (
        records.select("worker_id", "minutes", day=day)
        .group_by("worker_id", "day")
        .aggregate(value=ibis._.minutes.sum())
    )
    long = days.filter(above(whole(days.value), 1, limit))
    of_days = records.select("worker_id", record="id", day=day)
    found = _named(long, long.left_join(of_days, ["worker_id", "day"])).rename(id="worker_id")
    dated = found.inner_join(city["calendar"].select("day", key="text"), "day")
    return dated.mutate(limit=float(limit))


def _one() -> ir.IntegerValue:
    """A single bit of 64; DuckDB takes a bare 1 for an int32."""
    return ibis.literal(1, "int8").cast("int64")


def _worker_days(records: ir.Table) -> ir.Table:
    """Worker-days on which sessions may meet, `overnight` those with one that goes on past it.

    A session takes the slots that it touches. Those that a day's sessions take one by one are as
    many as those that any of them takes exactly where no two take the same: then no two meet.
    """
    day = day_of(records.started_at)
    begin = records.started_at + SHANGHAI_AHEAD
    end = begin + ibis.least(records.minutes, MINUTES_A_DAY + 1) * MINUTE
    first = (begin // SLOT - day * SLOTS).cast("int32")
    last = ((end - 1) // SLOT - day * SLOTS).cast("int32")
    until = ibis.least(last, SLOTS - 1)
    bit = _one()
    taken = records.select(
        "worker_id",
        day=day,
        slots=(bit << until) - (bit << first) + (bit << until),
        many=until - first + 1,
        overnight=last >= SLOTS,
    )
    days = taken.group_by("worker_id", "day").aggregate(
        one_by_one=taken.many.sum(), any=bit_or(taken.slots), overnight=taken.overnight.any()
    )
    return days.filter(days.overnight | (days.one_by_one != bit_count(days.any).cast("int64")))


def _may_meet(city: City) -> ir.Table:
    """The service records among which are all that meet another of the same worker, and those.

    Where no session of a worker goes on past its day, only sessions of one day can meet.
    """
    records = city["service_records"]
    days = _worker_days(records)
    nights = days.filter(days.overnight).select("worker_id").distinct()
    crowded = days.anti_join(nights, "worker_id")
    dated = records.mutate(day=day_of(records.started_at))
    of_day = dated.semi_join(crowded, ["worker_id", "day"]).drop("day")
    return of_day.union(records.semi_join(nights, "worker_id"))


@finding("D03")
def in_two_places(city: City) -> ir.Table:
    """Records that start before an earlier-started one of the same worker has ended."""
    records = _may_meet(city)
    start = whole(records.started_at)
    records = records.select(
        "id", "worker_id", "started_at", start=start, end=start + whole(records.minutes) * MINUTE
    )
    earlier = ibis.window(group_by="worker_id", order_by=["start", "id"], rows=(None, -1))
    later = records.mutate(until=records.end.max().over(earlier)).filter(
        ibis._.start < ibis._.until
    )
    # The other record: the first of those that end when the latest one does.
    place = ibis.row_number().over(group_by=["worker_id", "end"], order_by=["start", "id"])
    ends = records.mutate(place=place).filter(ibis._.place == 0)
    ends = ends.select(worker="worker_id", ended="end", other="id", other_started="started_at")
    pairs = later.inner_join(ends, (later.worker_id == ends.worker) & (later.until == ends.ended))
    shared = ibis.least(pairs.end, pairs.until) - pairs.start
    return pairs.select(
        "id",
        "started_at",
        "other_started",
        value=ratio(shared, ibis.literal(MINUTE)),
        row_service_records="other",
        row_workers="worker",
    )


def _may_repeat(city: City) -> ir.Table:
    """The service records among which are all that begin when another of the same worker does.

    A worker's sessions of a span begin in as many slots as there are sessions, unless two share
    one. A span is as long as its slots fit into a few whole numbers: the fewer spans, the sooner
    they are grouped. All are powers of two, for shifting takes a third of the time of dividing.
    """
    records = city["service_records"]
    slot = records.started_at >> SLOT_BITS
    part = (slot >> PART_BITS) & (PARTS - 1)
    place = ibis.least(slot & (2**PART_BITS - 1), 2**PART_BITS - 2)  # the last bit is the sign
    begun = records.select(
        "worker_id",
        span=slot >> (PART_BITS + SPAN_BITS),
        part=part,
        bit=_one() << place.cast("int32"),
    )
    of_part = (ibis.ifelse(begun.part == n, begun.bit, 0) for n in range(PARTS))
    spans = begun.group_by("worker_id", "span").aggregate(
        sessions=begun.count(),
        **{f"part{n}": bit_or(bits) for n, bits in enumerate(of_part)},
    )
    slots = sum(bit_count(spans[f"part{n}"]).cast("int64") for n in range(PARTS))
    crowded = spans.filter(spans.sessions != slots).select("worker_id", "span")
    dated = records.mutate(span=records.started_at >> (SLOT_BITS + PART_BITS + SPAN_BITS))
    return dated.semi_join(crowded, ["worker_id", "span"])


@finding("D04")
def recorded_twice(city: City) -> ir.Table:
    """Records that repeat one with a smaller id."""
    same = ["contract_id", "worker_id", "term_id", "client_id", "started_at", "minutes"]
    records = _may_repeat(city)
    first = records.id.min().over(ibis.window(group_by=same))
    return (
        records.mutate(first=first)
        .filter(ibis._.id > ibis._.first)
        .select("id", "started_at", "minutes", row_service_records="first")
    )


@finding("D05")
def written_up_long_after(city: City) -> ir.Table:
    """Contract-months with a large share of their minutes entered late."""
    share = city.limit("D05", "share")
    # Whole microseconds are above a limit if they are above its whole part.
    longest = int(city.limit("D05", "days") * MICROSECONDS_A_DAY)
    records = city["records_by_month"]
    late = records.entered_at - records.started_at > longest
    months = (
        records.select("contract_month", "minutes", "id", late=late)
        .group_by("contract_month")
        .aggregate(
            records=ibis._.count(),
            minutes=ibis._.minutes.sum(),
            late_minutes=ibis._.minutes.sum(where=ibis._.late),
            named=ibis._.id.collect(where=ibis._.late),
        )
    )
    worst = months.filter(
        months.records >= LEAST_RECORDS,
        above(whole(months.late_minutes), whole(months.minutes), share),
    )
    month, contract = month_and_contract(worst.contract_month)
    return worst.select(
        "records",
        key=month,
        id=contract,
        value=ratio(worst.late_minutes, worst.minutes),
        limit=float(share),
        late=worst.named.length(),
        days=float(city.limit("D05", "days")),
        row_service_records=worst.named.sort()[:ROWS],
    )


def _earliest_and_latest(city: City, *keys: str) -> ir.Table:
    """When the first and the last session of each group began: which groups need a closer look.

    Grouping takes a fraction of what reading the records' ids does.
    """
    started_at = ibis._.started_at
    groups = city["service_records"].group_by(keys)
    return groups.aggregate(earliest=started_at.min(), latest=started_at.max())


@finding("D06")
def outside_the_contract(city: City) -> ir.Table:
    """Records on a day before their contract starts or after its actual end."""
    contracts = city["contracts"]
    end = actual_end(contracts)
    contracts = contracts.select(
        "starts_on",
        end=end,
        begins=midnight(contracts.starts_on),
        over=midnight(end + 1),
        row_contracts="id",
    )
    served = _earliest_and_latest(city, "contract_id")
    served = served.inner_join(contracts, served.contract_id == contracts.row_contracts)
    served = served.filter((served.earliest < served.begins) | (served.latest >= served.over))
    records = city["service_records"].select("id", "contract_id", "started_at")
    records = records.inner_join(served, "contract_id")
    early = records.started_at < records.begins
    late = records.started_at >= records.over
    return records.filter(early | late).select(
        "id",
        "started_at",
        "starts_on",
        "end",
        "row_contracts",
        variant=ibis.cases((early, "early")),
    )


@finding("D07")
def not_on_the_staff(city: City) -> ir.Table:
    """Records by a worker whom the contract's provider did not employ on that day."""
    contracts = city["contracts"].select("provider_uscc", row_contracts="id")
    workers = city["workers"]
    workers = workers.select(
        *("uscc", "employed_from", "employed_to"),
        joins=midnight(workers.employed_from),
        leaves=midnight(workers.employed_to + 1),
        row_workers="id",
    )
    served = _earliest_and_latest(city, "contract_id", "worker_id")
    served = served.inner_join(contracts, served.contract_id == contracts.row_contracts)
    served = served.inner_join(workers, served.worker_id == workers.row_workers)
    served = served.mutate(elsewhere=served.uscc != served.provider_uscc)
    left = (served.latest >= served.leaves).fill_null(False)
    served = served.filter(served.elsewhere | (served.earliest < served.joins) | left)
    records = city["service_records"].select("id", "contract_id", "worker_id", "started_at")
    records = records.inner_join(served, ["contract_id", "worker_id"])
    early = records.started_at < records.joins
    late = (records.started_at >= records.leaves).fill_null(False)
    return records.filter(records.elsewhere | early | late).select(
        "id",
        "started_at",
        "employed_from",
        "employed_to",
        "row_contracts",
        "row_workers",
        variant=ibis.cases((records.elsewhere, "elsewhere"), (early, "early")),
    )


@finding("D08")
def fewer_workers_than_promised(city: City) -> ir.Table:
    """Whole contract-months, over by today, with fewer workers at work than promised."""
    share = city.limit("D08", "ratio")
    months = (
        city["calendar"]
        .group_by(key="month")
        .aggregate(begins=ibis._.day.min(), ends=ibis._.day.max())
    )
    months = months.filter(months.ends <= city.today)
    contracts = city["contracts"].filter(ibis._.staff > 0)
    contracts = contracts.select("id", "staff", "starts_on", end=actual_end(contracts))
    due = contracts.inner_join(
        months, (months.begins >= contracts.starts_on) & (months.ends <= contracts.end)
    )
    records = city["records_by_month"]
    busy = records.group_by("contract_month", "worker_id").aggregate(
        minutes=ibis.least(records.minutes, MINUTES_AT_WORK).sum()
    )
    busy = busy.filter(busy.minutes >= MINUTES_AT_WORK)
    at_work = busy.group_by("contract_month").aggregate(
        workers=busy.count(), row_workers=few(busy.worker_id)
    )
    due = due.mutate(contract_month=contract_month(due.key, due.id))
    met = due.left_join(at_work, "contract_month")
    met = met.mutate(workers=met.workers.fill_null(0))
    return met.filter(below(met.workers, met.staff, share)).select(
        "id",
        "key",
        "workers",
        "staff",
        "row_workers",
        value=ratio(ibis._.workers, ibis._.staff),
        limit=float(share),
    )
