"""Findings of tendering: from the notice to the award and its publication."""

from fractions import Fraction

import ibis
import ibis.expr.types as ir

from almoner.findings.city import MICROSECONDS_A_DAY, City
from almoner.findings.definition import finding
from almoner.findings.expressions import (
    above,
    actual_end,
    below,
    few,
    ratio,
    whole,
    with_working_days,
)
from almoner.rules.award import NEEDS_COMPETITION
from almoner.rules.bid import FULL_TIME
from almoner.rules.capacity import capacity_per_worker

MICROSECONDS_A_MINUTE = 60_000_000


@finding("T01")
def too_few_bids(city: City) -> ir.Table:
    """Awarded on fewer valid bids than the limit; a tender without any counts 0."""
    limit = city.limit("T01", "bids")
    tenders, bids = city["tenders"], city["bids"]
    awarded = tenders.filter(
        tenders.method.isin(sorted(NEEDS_COMPETITION)), tenders.award_decided_on.notnull()
    )
    valid = bids.filter(bids.status == "valid").select("tender_id", bid=bids.id)
    counted = (
        awarded.left_join(valid, awarded.id == valid.tender_id)
        .group_by("id", "method")
        .aggregate(value=ibis._.bid.count(), row_bids=few(ibis._.bid))
    )
    return counted.filter(below(counted.value, 1, limit)).mutate(limit=float(limit))


@finding("T02")
def bidding_time_too_short(city: City) -> ir.Table:
    """Less than the limit between two instants, compared in microseconds."""
    limit = city.limit("T02", "days")
    tenders = city["tenders"].filter(ibis._.method == "open")
    given = whole(tenders.bid_deadline - tenders.published_at)
    return tenders.filter(below(given, MICROSECONDS_A_DAY, limit)).select(
        "id",
        "published_at",
        "bid_deadline",
        value=ratio(given, ibis.literal(MICROSECONDS_A_DAY)),
        limit=float(limit),
    )


def _weights(city: City, kind: str) -> ir.Table:
    """Of each tender that has criteria: its `total` weight, that `of_kind`, and their rows."""
    criteria = city["tender_criteria"]
    tenders = city["tenders"].select("id", "method")
    weighed = tenders.inner_join(criteria.rename(criterion="id"), tenders.id == criteria.tender_id)
    return weighed.group_by("id", "method").aggregate(
        criteria=ibis._.criterion.count(),
        total=ibis._.weight.sum().cast("decimal(28, 9)"),
        of_kind=ibis._.weight.sum(where=ibis._.kind == kind).cast("decimal(28, 9)").fill_null(0),
        row_tender_criteria=few(ibis._.tender_id + "/" + ibis._.criterion),
    )


@finding("T03")
def no_points_for_outcomes(city: City) -> ir.Table:
    """Has criteria, and those of kind outcome weigh nothing."""
    weights = _weights(city, "outcome")
    return weights.filter(weights.of_kind == 0).select("id", "criteria", "row_tender_criteria")


@finding("T04")
def price_weight_out_of_range(city: City) -> ir.Table:
    """Below the lower or above the upper limit, in percent of the total weight."""
    low, high = city.limit("T04", "low"), city.limit("T04", "high")
    weights = _weights(city, "price").filter(ibis._.method == "open", ibis._.total > 0)
    price, total = weights.of_kind, weights.total
    too_low = below(price, total, low / 100)
    return weights.filter(too_low | above(price, total, high / 100)).select(
        "id",
        "row_tender_criteria",
        value=ratio(price * 100, total),
        limit=ibis.ifelse(too_low, float(low), float(high)),
        variant=ibis.cases((too_low, "low")),
    )


@finding("T05")
def promised_hours_cannot_be_worked(city: City) -> ir.Table:
    """More hours a worker than rules.capacity says that one worker can give in a year."""
    capacity = capacity_per_worker(city.pack.limits("T05", city.as_of))
    bids = city["bids"].filter(ibis._.status == "valid", ibis._.staff > 0)
    return bids.filter(above(bids.direct_hours, bids.staff, capacity)).select(
        "id",
        "direct_hours",
        "staff",
        value=ratio(bids.direct_hours, bids.staff),
        limit=float(capacity),
    )


@finding("T06")
def hours_inflated(city: City) -> ir.Table:
    """Above the required hours by more than the limit."""
    over = city.limit("T06", "over")
    tenders = city["tenders"].select("required_direct_hours", tender="id")
    bids = city["bids"].filter(ibis._.status == "valid")
    bids = bids.inner_join(tenders, bids.tender_id == tenders.tender)
    bids = bids.filter(bids.required_direct_hours > 0)
    hours, required = bids.direct_hours, bids.required_direct_hours
    return bids.filter(above(hours, required, 1 + over)).select(
        "id",
        "direct_hours",
        "required_direct_hours",
        value=ratio(hours - required, required),
        limit=float(over),
        row_tenders="tender",
    )


def published_late(city: City, acts: ir.Table, limit: Fraction) -> ir.Table:
    """The acts (`id`, day `done`, day `published`) that were not published in time.

    More than `limit` working days after `done`; where it is not published, as of today.
    """
    acts = acts.mutate(until=acts.published.fill_null(city.today))
    spans = with_working_days(city, acts, "done", "until")
    late = spans.filter(above(spans.working_days, 1, limit))
    return late.select(
        "id",
        "done",
        "published",
        "estimated",
        value=late.working_days,
        limit=float(limit),
        variant=ibis.cases((late.published.isnull(), "never")),
    )


@finding("T07")
def award_published_late(city: City) -> ir.Table:
    """Not published within the limit of working days after the decision."""
    tenders = city["tenders"].select(
        "id", done=ibis._.award_decided_on, published=ibis._.award_published_on
    )
    return published_late(city, tenders, city.limit("T07", "working_days"))


def links_both_ways(city: City) -> ir.Table:
    """Each link between two bodies from either side: `one`, `other`, its days and its row."""
    links = city["organisation_links"]
    row = links.uscc + "/" + links.other_uscc + "/" + links.kind
    there = links.select("from_on", "to_on", one="uscc", other="other_uscc", link=row)
    back = links.select("from_on", "to_on", one="other_uscc", other="uscc", link=row)
    return there.union(back)


def holds_on(link: ir.Table, day: ir.IntegerValue) -> ir.BooleanValue:
    """Whether a link is in force on a day; an empty end is open, and no day is in no link."""
    begun = link.from_on.isnull() | (link.from_on <= day)
    return begun & (link.to_on.isnull() | (day <= link.to_on)) & day.notnull()


@finding("T08")
def winner_tied_to_purchaser(city: City) -> ir.Table:
    """A link between the two sides of a contract on the day of the award, else of signing."""
    tenders = city["tenders"].select("award_decided_on", tender="id")
    contracts = city["contracts"]
    contracts = contracts.left_join(tenders, contracts.tender_id == tenders.tender)
    contracts = contracts.mutate(on=ibis.coalesce(ibis._.award_decided_on, ibis._.signed_on))
    links = links_both_ways(city)
    sides = (contracts.purchaser_uscc == links.one) & (contracts.provider_uscc == links.other)
    tied = contracts.inner_join(links, sides)
    tied = tied.filter(holds_on(tied, tied.on)).group_by("id", "on", "award_decided_on")
    return tied.aggregate(row_organisation_links=few(ibis._.link)).select(
        "id",
        "on",
        "row_organisation_links",
        variant=ibis.cases((ibis._.award_decided_on.isnull(), "signed")),
    )


def _changes(city: City) -> ir.Table:
    """The days on which a bid comes into force by its contracts (1) or no longer is (-1)."""
    contracts = city["contracts"].filter(ibis._.bid_id.notnull())
    after = actual_end(contracts) + 1
    contracts = contracts.filter(contracts.starts_on < after)
    begins = contracts.select("bid_id", day=ibis._.starts_on, step=1)
    ends = contracts.select("bid_id", day=after, step=-1)
    steps = begins.union(ends).group_by("bid_id", "day").aggregate(step=ibis._.step.sum())
    steps = steps.mutate(now=ibis._.step.cumsum(group_by="bid_id", order_by="day"))
    begun, ended = (steps.now > 0) & (steps.now == steps.step), steps.now == 0
    return steps.filter(begun | ended).select("bid_id", "day", begun=begun)


@finding("T09")
def one_person_promised_twice(city: City) -> ir.Table:
    """The highest sum of a worker's shares over a day, by a sweep over the days of change.

    A bid counts once a day, however many of its contracts are then in force.
    """
    staff, changes = city["bid_staff"], _changes(city)
    steps = staff.inner_join(changes, staff.bid_id == changes.bid_id)
    steps = steps.mutate(step=ibis.ifelse(steps.begun, steps.fte, -steps.fte))
    days = steps.group_by("worker_id", "day").aggregate(step=ibis._.step.sum())
    days = days.mutate(promised=ibis._.step.cumsum(group_by="worker_id", order_by="day"))
    highest = ibis.window(group_by="worker_id", order_by=[days.promised.desc(), days.day])
    peaks = days.mutate(place=ibis.row_number().over(highest))
    peaks = peaks.filter(peaks.place == 0, peaks.promised > FULL_TIME)
    peaks = peaks.select("promised", on="day", id="worker_id")

    shares = peaks.inner_join(staff, peaks.id == staff.worker_id)
    contracts = city["contracts"].select(
        "bid_id", "starts_on", contract="id", last=actual_end(city["contracts"])
    )
    shares = shares.inner_join(contracts, shares.bid_id == contracts.bid_id)
    return (
        shares.filter(shares.on.between(shares.starts_on, shares["last"]))
        .group_by("id", "promised", "on")
        .aggregate(
            value=ibis._.promised.max(),
            row_bids=few(ibis._.bid_id),
            row_contracts=few(ibis._.contract),
        )
        .mutate(limit=float(FULL_TIME))
    )


@finding("T10")
def identical_prices(city: City) -> ir.Table:
    """The largest group of valid bids at one price, of at least two providers."""
    bids = city["bids"].filter(ibis._.status == "valid", ibis._.price_fen.notnull())
    groups = bids.group_by("tender_id", "price_fen").aggregate(
        value=ibis._.id.count(),
        providers=ibis._.provider_uscc.nunique(),
        row_bids=few(ibis._.id),
    )
    groups = groups.filter(groups.providers >= 2)
    largest = ibis.window(group_by="tender_id", order_by=[groups.value.desc(), groups.price_fen])
    groups = groups.mutate(place=ibis.row_number().over(largest))
    return groups.filter(groups.place == 0).select(
        "value", "providers", "row_bids", id="tender_id", price="price_fen"
    )


@finding("T11")
def all_but_the_winner_disqualified(city: City) -> ir.Table:
    """Awarded with one valid bid left and at least one disqualified."""
    tenders = city["tenders"].filter(ibis._.award_decided_on.notnull()).select("id")
    bids = city["bids"].filter(ibis._.status.isin(["valid", "disqualified"]))
    bids = bids.select("tender_id", "status", bid="id")
    counted = (
        tenders.inner_join(bids, tenders.id == bids.tender_id)
        .group_by("id")
        .aggregate(
            valid=(ibis._.status == "valid").sum(),
            disqualified=(ibis._.status == "disqualified").sum(),
            row_bids=few(ibis._.bid),
        )
    )
    return counted.filter(counted.valid == 1, counted.disqualified >= 1).drop("valid")


@finding("T12")
def late_bid_accepted(city: City) -> ir.Table:
    """Valid though it came after the deadline, by however little."""
    tenders = city["tenders"].select("bid_deadline", tender="id")
    bids = city["bids"].filter(ibis._.status == "valid")
    bids = bids.inner_join(tenders, bids.tender_id == tenders.tender)
    late = bids.submitted_at - bids.bid_deadline
    return bids.filter(late > 0).select(
        "id",
        "submitted_at",
        "bid_deadline",
        minutes=(late + MICROSECONDS_A_MINUTE - 1) // MICROSECONDS_A_MINUTE,
        row_tenders="tender",
    )
