"""Findings on the people employed: pay, cover, and how many leave."""

from datetime import timedelta
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.days import day_number
from almoner.findings.definition import finding
from almoner.findings.expressions import above, few, ratio
from almoner.rules.calendar import add_years

# Five insurances, the housing fund, and accident cover.
COVER = (
    *("pension", "medical", "unemployment", "work_injury", "maternity"),
    *("housing_fund", "accident_cover"),
)
LEAST_STAFF = 5  # mean headcount of a provider whose leavers are judged


def _floors(city: City) -> ir.Table:
    """The wage floor of each area and year: its own, else that of its nearest ancestor with one."""
    floors = city["wage_floors"].select("area_code", "year", floor="gross_wage_fen")
    lineage = city["lineage"].select("ancestor", "distance", area="area_code")
    joined = floors.inner_join(lineage, floors.area_code == lineage.ancestor)
    nearest = ibis.row_number().over(group_by=["area", "year"], order_by=["distance"])
    return joined.mutate(place=nearest).filter(ibis._.place == 0)


@finding("W01")
def paid_below_the_floor(city: City) -> ir.Table:
    """Months of a worker paid below the floor of the provider's area in that year."""
    floors = _floors(city)
    floors = floors.select(
        "area", "year", "floor", row_wage_floors=ibis._.area_code + "/" + ibis._.year.cast("string")
    )
    payroll = city["payroll"].select("worker_id", "gross_wage_fen", key="month")
    payroll = payroll.mutate(year=payroll.key.substr(0, 4).cast("int64"))
    workers = city["workers"].select("id", "uscc")
    providers = city["organisations"].select("area_code", employer="uscc")
    paid = payroll.inner_join(workers, payroll.worker_id == workers.id)
    paid = paid.inner_join(providers, paid.uscc == providers.employer)
    paid = paid.inner_join(floors, (paid.area_code == floors.area) & (paid.year == floors.year))
    return paid.filter(paid.gross_wage_fen < paid.floor).select(
        "id",
        "key",
        "row_wage_floors",
        value=paid.floor - paid.gross_wage_fen,
        limit=paid.floor,
        wage="gross_wage_fen",
        row_payroll=paid.worker_id + "/" + paid.key,
    )


@finding("W02")
def cover_missing(city: City) -> ir.Table:
    """Months of a worker without one of the seven kinds of cover; the value says how many."""
    payroll = city["payroll"]
    missing = reduce(add, ((~payroll[kind]).cast("int64") for kind in COVER))
    return payroll.filter(missing > 0).select(
        id="worker_id",
        key="month",
        value=missing,
        row_payroll=payroll.worker_id + "/" + payroll.month,
    )


@finding("W03")
def staff_leaving(city: City) -> ir.Table:
    """Providers that within a year lost a large share of their staff."""
    share = city.limit("W03", "share")
    first = day_number(add_years(city.as_of, -1) + timedelta(days=1))
    workers = city["workers"]
    left = workers.employed_to.between(first, city.today).fill_null(False)

    def employed(day: int) -> ir.IntegerValue:
        until = workers.employed_to.fill_null(day)
        return ((workers.employed_from <= day) & (until >= day)).sum()

    counted = workers.group_by(id="uscc").aggregate(
        leavers=left.sum(),
        before=employed(first),
        now=employed(city.today),
        row_workers=few(ibis.ifelse(left, workers.id, ibis.null("string"))),
    )
    both = counted.before + counted.now
    counted = counted.filter(both >= 2 * LEAST_STAFF, above(counted.leavers * 2, both, share))
    return counted.mutate(value=ratio(counted.leavers * 2, both), limit=float(share))
