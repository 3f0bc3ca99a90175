"""Writes a demonstration city as a city package."""

from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from almoner import citypackage
from almoner.demo.agreements import change_rows, contract_rows, task_rows
from almoner.demo.base import AS_OF, Row, Scale, frame
from almoner.demo.cast import cast
from almoner.demo.delivery import records
from almoner.demo.directory import item_rows
from almoner.demo.evaluation import (
    consequence_rows,
    evaluation_rows,
    evaluations,
    framework_rows,
    indicator_rows,
    rating_rows,
)
from almoner.demo.money import budgets, instalment_rows
from almoner.demo.parties import link_rows, organisation_rows
from almoner.demo.procurement import (
    bid_rows,
    bid_score_rows,
    bid_staff_rows,
    bids,
    criterion_rows,
    need_rows,
    tender_rows,
)
from almoner.demo.publicity import notice_rows
from almoner.demo.staffing import floor_rows, payroll, staff, worker_rows
from almoner.demo.stories import Manifest, expected, stories
from almoner.demo.terms import TERMS, term_row
from almoner.demo.voice import complaint_rows, outcome_rows, response_rows, waves
from almoner.demo.world import build

Progress = Callable[[str, float], None]


def _silent(stage: str, share: float) -> None:
    """Nobody watches."""


def generate(
    target: Path, scale: Scale, seed: int = 1, on_progress: Progress | None = None
) -> Manifest:
    """Writes the demonstration city as a package in the folder `target`.

    district: 20 centres of one district, one year, about 200,000 service records (CSV). city: 171
    centres, three years, about 5 million (Parquet). The same scale and seed give the same bytes.
    `on_progress` is told the stage and how much of it is done, from 0 to 1. What citypackage.write
    refuses (a folder that holds something else) is raised as it is.
    """
    tell = on_progress or _silent
    tell("plan", 0.0)
    world = build(scale, seed)
    roles = cast(world)
    offers = bids(world, inflated=roles.inflated.tender_id)
    people = staff(world)
    judged = evaluations(world, roles)
    drawn = waves(world)
    rows: dict[str, Iterable[Row]] = {
        "areas": world.places.rows(),
        "organisations": organisation_rows(world.parties),
        "organisation_links": link_rows(world.parties),
        "workers": worker_rows(people, seed),
        "wage_floors": floor_rows(world),
        "service_items": item_rows(),
        "needs": need_rows(world),
        "tenders": (tenders := list(tender_rows(world))),
        "tender_criteria": criterion_rows(tenders),
        "bids": bid_rows(world, offers),
        "bid_staff": bid_staff_rows(world, offers, people),
        "bid_scores": bid_score_rows(offers),
        "contracts": contract_rows(world, offers, roles),
        "contract_terms": (term_row(t, c) for c in world.contracts for t in TERMS),
        "contract_changes": change_rows(world, roles),
        "instalments": instalment_rows(world, roles),
        "task_requests": task_rows(world, roles),
        "frameworks": framework_rows(world),
        "indicators": indicator_rows(world),
        "evaluations": evaluation_rows(world, judged),
        "ratings": (ratings := list(rating_rows(world, judged))),
        "consequences": consequence_rows(world, judged, ratings),
        "survey_waves": [wave for wave, _ in drawn],
        "survey_responses": response_rows(world, drawn),
        "outcomes": outcome_rows(world),
        "complaints": (complaints := list(complaint_rows(world, roles))),
        "notices": notice_rows(world, tenders, complaints, roles),
    }
    rows["appropriations"], rows["commitments"] = budgets(world, roles)
    tables = {name: frame(name, found) for name, found in rows.items()}
    tables["payroll"] = payroll(world, people)
    tell("plan", 1.0)
    counts = {name: table.height for name, table in tables.items()} | {"service_records": 0}

    def counted() -> Iterable[pl.DataFrame]:
        delivered = records(world, people, roles, lambda share: tell("records", share))
        for batch in delivered:
            counts["service_records"] += batch.height
            yield batch

    citypackage.write(
        target,
        {name: [table] for name, table in tables.items()} | {"service_records": counted()},
        as_of=AS_OF,
        parquet_records=scale == "city",
    )
    return Manifest(
        scale,
        seed,
        AS_OF,
        dict(sorted(counts.items())),
        expected(world, roles, offers, judged, complaints),
        stories(world, roles, offers),
    )
