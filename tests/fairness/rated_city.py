"""A small city with ratings, and its fair scores as the platform computes and keeps them."""

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.disclosure import cast

from almoner.evaluation.models import Evaluation, Rating
from almoner.exchange.export import frames
from almoner.exchange.tables import STORED
from almoner.fairness.models import AgencySeverity, FairRun, FairScore, RaterSeverity
from almoner.fairness.operations import Found, store
from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.fair import NEEDS
from almoner.findings.package import storable
from almoner.parties.models import Organisation
from almoner.watch import fair

AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
INDICATORS = {"1.1": 0.3, "1.2": -0.2, "2.1": 0.0}


@dataclass(frozen=True)
class Rated:
    """The ground, and the two agencies A (of the cast) and B (three points milder)."""

    on: cast.Stage
    other: Organisation


def ground() -> Rated:
    """Places, bodies and eight contracts, none of them judged yet."""
    on = cast.stage()
    other = cast.organisation("52440106EVALUATOR2", "evaluator", "乙评估", "Second Agency", on.city)
    for number in range(1, 9):
        cast.contract(on, f"C-{number}")
    return Rated(on, other)


def judge(
    city: Rated, number: int, agency: Organisation, shift: float = 0.0, **facts: Any
) -> Evaluation:
    """Two raters score contract C-`number`: it is worth 60 + 4 x number, give or take chance."""
    id = f"E-{number}-{agency.uscc[-1]}{facts.pop('mark', '')}"
    defaults: Mapping[str, Any] = {
        "contract_id": f"C-{number}",
        "agency": agency,
        "framework": city.on.framework,
        "stage": "midterm",
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 5, 31),
        "assigned_on": date(2026, 6, 1),
        "reported_on": date(2026, 6, 20),
    }
    made = Evaluation.objects.create(id=id, **{**defaults, **facts})
    chance = random.Random(id)  # noqa: S311 - the same scores at every run
    for rater, lean in (("R-1", 0.1), ("R-2", -0.1)):
        for code, ease in INDICATORS.items():
            score = 6 + 0.4 * number + shift + lean + ease + chance.gauss(0, 0.2)
            Rating.objects.create(
                evaluation=made,
                rater_id=rater,
                indicator_id=code,
                score=Decimal(str(round(min(max(score, 0), 10), 2))),
                evidence_count=1,
            )
    return made


def connected() -> Rated:
    """A judged six contracts, B four, two of them both."""
    city = ground()
    for number in range(1, 7):
        judge(city, number, city.on.agency)
    for number in (5, 6, 7, 8):
        judge(city, number, city.other, 0.3)
    return city


def apart() -> Rated:
    """A judged five contracts and B three others: nothing connects them."""
    city = ground()
    for number in range(1, 6):
        judge(city, number, city.on.agency)
    for number in range(6, 9):
        judge(city, number, city.other, 0.3)
    return city


def compute(engine: DuckDB, folder: Path) -> FairRun:
    """As a whole look at the record does it, from the same files."""
    for table in NEEDS:
        path = folder / f"{table}.parquet"
        path.unlink(missing_ok=True)
        for frame in frames(STORED[table], "1 = 1", None):
            storable(table, frame).write_parquet(path)
    return fair.refresh(engine, folder, at=AT, as_of=cast.TODAY)


_KEPT: dict[str, list[list[Any]]] = {}
_ROWS = (FairScore, AgencySeverity, RaterSeverity)


def computed_once(engine: DuckDB, folder: Path, make: Callable[[], Rated]) -> FairRun:
    """Make a city and keep its fair scores; they are computed the first time only."""
    make()
    name = make.__name__
    if name not in _KEPT:
        run = compute(engine, folder)
        _KEPT[name] = [[run], *(list(model.objects.all()) for model in _ROWS)]
        return run
    (run,), *rows = deepcopy(_KEPT[name])
    for row in (run, *(each for part in rows for each in part)):
        row.pk, row._state.adding = None, True
    return store(Found(run, *rows))
