"""Social workers by employment, their pay and cover."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from almoner.demo.base import AS_OF, Rng, Row, add_months, frame, month_end, rng, weighted
from almoner.demo.places import CITY
from almoner.demo.world import Centre, World

TURNOVER = 0.06  # of a centre's places change hands in a year
MOST_CHANGES = 1  # in a centre in a year, so that a small provider is not emptied
FLOOR_FEN = {2023: 4_300_00, 2024: 4_500_00, 2025: 4_700_00, 2026: 4_850_00}
COVERS = (
    "pension",
    "medical",
    "unemployment",
    "work_injury",
    "maternity",
    "housing_fund",
    "accident_cover",
)


@dataclass(frozen=True)
class Worker:
    """One employment. place = which of the centre's posts, from 0; left = last day, if any."""

    id: str
    uscc: str
    place: int
    since: date
    left: date | None

    def employed(self, day: date) -> bool:
        """Whether the day lies in the employment."""
        return self.since <= day and (self.left is None or day <= self.left)


Staff = dict[str, list[Worker]]  # by street code, in order of place and time


def staff(world: World) -> Staff:
    """Everybody who works in the centres; a post that somebody leaves is filled the next day."""
    found: Staff = {}
    serial = 0
    for centre in world.centres:
        changes = _changes(centre, rng(world.seed, "turnover", centre.street.code))
        uscc = world.parties.providers[centre.provider].uscc
        found[centre.street.code] = posts = []
        chance = rng(world.seed, "staff", centre.street.code)
        for place in range(centre.staff):
            since = centre.starts_on - timedelta(chance.randrange(20, 2_200))
            for left in [*changes.get(place, []), None]:
                serial += 1
                posts.append(Worker(f"W-{serial:04d}", uscc, place, since, left))
                if left:
                    since = left + timedelta(1)
    return found


def _changes(centre: Centre, chance: Rng) -> dict[int, list[date]]:
    """Last days of those who leave, by place: month ends, each place at most once."""
    found: dict[int, list[date]] = {}
    year = centre.starts_on
    while add_months(year, 11) < AS_OF:
        leaving = sum(chance.random() < TURNOVER for _ in range(centre.staff))
        for _ in range(min(leaving, MOST_CHANGES)):
            place = chance.randrange(centre.staff)
            if place not in found:
                found[place] = [month_end(add_months(year, chance.randrange(1, 10)))]
        year = add_months(year, 12)
    return found


def worker_rows(staff: Staff, seed: int) -> Iterator[Row]:
    """The rows of WORKERS."""
    for worker in (w for posts in staff.values() for w in posts):
        chance = rng(seed, "worker", worker.id)
        licence = weighted(chance, {"social_worker": 50, "assistant": 34, "none": 12, "senior": 4})
        yield {
            "id": worker.id,
            "uscc": worker.uscc,
            "licence": licence,
            "education": weighted(
                chance, {"bachelor": 66, "below_bachelor": 24, "master_or_above": 10}
            ),
            "relevant_major": chance.random() < 0.58,
            "retired_rehire": licence == "none" and chance.random() < 0.2,
            "employed_from": worker.since,
            "employed_to": worker.left,
        }


def floor_rows(world: World) -> Iterator[Row]:
    """The rows of WAGE_FLOORS: one a year for the whole city."""
    for year in range(world.first_day.year, AS_OF.year + 1):
        yield {"area_code": CITY, "year": year, "gross_wage_fen": FLOOR_FEN[year]}


def payroll(world: World, staff: Staff) -> pl.DataFrame:
    """PAYROLL: every employed worker in every month since the first contract began."""
    rows = []
    last = AS_OF.replace(day=1)
    for worker in (w for posts in staff.values() for w in posts):
        chance = rng(world.seed, "pay", worker.id)
        above = chance.randrange(150, 2_600) * 100  # fen above the floor
        month = max(world.first_day, worker.since).replace(day=1)
        end = min(worker.left or last, last)
        while month <= end:
            rows.append(
                {
                    "worker_id": worker.id,
                    "month": f"{month:%Y-%m}",
                    "gross_wage_fen": FLOOR_FEN[month.year] + above,
                }
                | dict.fromkeys(COVERS, True)
            )
            month = add_months(month, 1)
    return frame("payroll", rows)
