"""Evaluation frameworks, evaluations, ratings and what the results led to."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from almoner.demo.base import (
    AS_OF,
    YUAN,
    Rng,
    Row,
    add_months,
    on_or_after,
    on_or_before,
    plain,
    rng,
)
from almoner.demo.cast import Cast
from almoner.demo.world import HARSH, Contract, World

CORE = "F-CORE"
CORE_PERCENT = 80
LATE_REPORT = date(2026, 5, 12)
TEN_POINT = {"F-C", "F-F"}  # frameworks that score 0 to 10 in halves; the others 0 to 100
# How much harsher an agency marks than the mean, in points of 100.
SEVERITY = (0.3, -0.4, 0.2, -0.2, 0.1, -0.1, 0.0)
HARSHER = 6.0
RATERS = (0.8, -0.6, 0.3, -0.5)  # severity of an agency's four raters
NOISE = 6.0  # points: the widest that chance moves one score


@dataclass(frozen=True)
class Leaf:
    """An indicator that is scored."""

    id: str
    name_zh: str
    name_en: str
    measures: str
    weight: Decimal
    common_id: str | None

    @property
    def dimension(self) -> str:
        """The first letter of an id names its dimension."""
        return self.id[0]


@dataclass(frozen=True)
class Evaluation:
    """A row of EVALUATIONS; reported is None while it is under way."""

    id: str
    contract: Contract
    year: int
    agency: int
    stage: str
    period: tuple[date, date]
    assigned: date
    reported: date | None


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(files("almoner.demo").joinpath("indicators.toml").read_text("utf-8"))


def framework_id(agency: int) -> str:
    """The framework that the districts of an agency agreed on."""
    return f"F-{chr(ord('A') + agency)}"


@cache
def leaves(framework: str) -> tuple[Leaf, ...]:
    """The leaf indicators of a framework; their weights sum to 100."""
    content = _content()
    percent = 100 if framework == CORE else CORE_PERCENT
    core = [(i, x, Decimal(x["weight"] * percent) / 100, i) for i, x in content["core"].items()]
    own = content["local"].get(framework.removeprefix("F-"), {})
    local = [(i, x, Decimal(x["weight"]), None) for i, x in own.items()]
    return tuple(Leaf(i, x["zh"], x["en"], x["measures"], w, c) for i, x, w, c in core + local)


def _frameworks(world: World) -> list[tuple[str, str]]:
    versions = sorted({c.version for c in world.contracts})
    ids = [CORE, *(framework_id(a) for a in range(len(world.parties.agencies)))]
    return [(id_, version) for id_ in ids for version in versions]


def framework_rows(world: World) -> Iterator[Row]:
    """The rows of FRAMEWORKS: the city's core, and one for the districts of each agency."""
    for id_, version in _frameworks(world):
        name = "全市共同核心 / the city's common core" if id_ == CORE else f"评估体系{id_[-1]}"
        yield {
            "id": id_,
            "version": version,
            "issuer_uscc": world.parties.city_civil.uscc,
            "name": name if id_ == CORE else f"{name} / framework {id_[-1]}",
            "valid_from": date(int(version), 1, 1),
        }


def indicator_rows(world: World) -> Iterator[Row]:
    """The rows of INDICATORS: a dimension is the parent of its leaves."""
    for id_, version in _frameworks(world):
        scored = leaves(id_)
        for parent in _content()["dimension"]:
            own = [leaf for leaf in scored if leaf.dimension == parent["id"]]
            key = {"framework_id": id_, "framework_version": version}
            yield key | parent | {"weight": plain(sum((x.weight for x in own), Decimal(0)))}
            for leaf in own:
                yield key | {
                    "id": leaf.id,
                    "parent_id": parent["id"],
                    "name_zh": leaf.name_zh,
                    "name_en": leaf.name_en,
                    "dimension": parent["dimension"],
                    "measures": leaf.measures,
                    "weight": plain(leaf.weight),
                    "min_score": "0",
                    "max_score": str(_top(id_)),
                    "common_id": leaf.common_id,
                }


def _top(framework: str) -> int:
    return 10 if framework in TEN_POINT else 100


def evaluations(world: World, cast: Cast) -> list[Evaluation]:
    """A mid-term and a yearly evaluation of every contract year; some by a second agency too."""
    found = []
    for contract in world.contracts:
        agencies = [contract.centre.agency]
        if contract.centre.second_agency is not None:
            agencies.append(contract.centre.second_agency)
        for year in range(contract.years):
            for agency in agencies:
                found += _of_year(world, contract, year, agency, cast)
    return found


def _of_year(
    world: World, contract: Contract, year: int, agency: int, cast: Cast
) -> list[Evaluation]:
    start, end = contract.year_start(year), contract.year_end(year)
    half = add_months(start, 6) - timedelta(1)
    last = year == contract.years - 1
    found = []
    for stage, to in (("midterm", half), ("final" if last else "annual", end)):
        id_ = f"E{contract.id[1:]}-{year + 1}{stage[0].upper()}-{framework_id(agency)[-1]}"
        chance = rng(world.seed, "evaluation", id_)
        wait = chance.randrange(25, 55) if stage == "midterm" else chance.randrange(18, 27)
        reported: date | None = on_or_before(to + timedelta(wait))
        if contract is cast.late_evaluation and last and stage == "midterm":
            reported = LATE_REPORT
        if reported and reported > AS_OF:
            reported = None
        assigned = on_or_after(to - timedelta(20))
        found.append(
            Evaluation(id_, contract, year, agency, stage, (start, to), assigned, reported)
        )
    return found


def evaluation_rows(world: World, made: list[Evaluation]) -> Iterator[Row]:
    """The rows of EVALUATIONS: commissioned and paid by the district, never by the provider."""
    for e in made:
        civil = world.parties.civil[e.contract.centre.street.district].uscc
        yield {
            "id": e.id,
            "contract_id": e.contract.id,
            "agency_uscc": world.parties.agencies[e.agency].uscc,
            "commissioned_by_uscc": civil,
            "paid_by_uscc": civil,
            "framework_id": framework_id(e.contract.centre.agency),
            "framework_version": e.contract.version,
            "stage": e.stage,
            "period_from": e.period[0],
            "period_to": e.period[1],
            "assigned_on": e.assigned,
            "reported_on": e.reported,
        }


def rating_rows(world: World, made: list[Evaluation]) -> Iterator[Row]:
    """The rows of RATINGS: two raters score every leaf of each reported evaluation.

    A score is the centre's quality, how hard the indicator is, the severity of agency and rater,
    and chance; chance has the same width for everybody.
    """
    for e in made:
        if e.reported is None:
            continue
        framework = framework_id(e.contract.centre.agency)
        chance = rng(world.seed, "ratings", e.id)
        quality = _quality(world.seed, e) - severity(world, e.agency)
        for rater in chance.sample(range(len(RATERS)), 2):
            for leaf in leaves(framework):
                hard = rng(world.seed, "indicator", leaf.id).uniform(-3, 3)
                points = quality + hard - RATERS[rater] + chance.triangular(-NOISE, NOISE, 0)
                yield {
                    "evaluation_id": e.id,
                    "rater_id": f"R{rater + 1}",
                    "indicator_id": leaf.id,
                    "score": _score(points, framework),
                    "evidence_count": chance.randrange(1, 7),
                }


def severity(world: World, agency: int) -> float:
    """How many points of 100 an agency takes off; one of the city's seven is harsh."""
    return HARSHER if world.scale == "city" and agency == HARSH else SEVERITY[agency]


def _quality(seed: int, e: Evaluation) -> float:
    """What the work of a contract year is worth, in points of 100, whoever looks at it."""
    centre: Rng = rng(seed, "quality", e.contract.centre.street.code)
    level = min(max(centre.gauss(85, 5), 70), 93)
    return level + rng(seed, "quality", e.contract.id, e.year).uniform(-1.5, 1.5)


def _score(points: float, framework: str) -> str:
    """The points on the framework's scale, whole, or in halves of ten."""
    inside = min(max(points, 0.0), 100.0)
    return plain(round(inside / 5) / 2) if framework in TEN_POINT else str(round(inside))


def consequence_rows(world: World, made: list[Evaluation], ratings: list[Row]) -> Iterator[Row]:
    """The rows of CONSEQUENCES: what followed from each result, decided within six weeks."""
    totals = _totals(made, ratings)
    for e in made:
        if e.reported is None:
            continue
        chance = rng(world.seed, "consequence", e.id)
        decided = on_or_after(e.reported + timedelta(chance.randrange(10, 30)))
        if decided > AS_OF:
            continue
        kind, fen = _consequence(totals[e.id], e.stage)
        yield {"evaluation_id": e.id, "kind": kind, "decided_on": decided, "amount_fen": fen}


def _totals(made: list[Evaluation], ratings: list[Row]) -> dict[str, Decimal]:
    """Weighted mean of shares of the range, over raters, in percent."""
    frameworks = {e.id: framework_id(e.contract.centre.agency) for e in made}
    found: dict[str, Decimal] = {}
    for row in ratings:
        framework = frameworks[row["evaluation_id"]]
        weight = next(x.weight for x in leaves(framework) if x.id == row["indicator_id"])
        part = Decimal(row["score"]) / _top(framework) * weight / 2
        found[row["evaluation_id"]] = found.get(row["evaluation_id"], Decimal(0)) + part
    return found


def _consequence(total: Decimal, stage: str) -> tuple[str, int | None]:
    if total >= 90:
        return ("reward", 20_000 * YUAN) if stage == "annual" else ("renew", None)
    if total >= 80:
        return ("no_action" if stage == "midterm" else "renew"), None
    return ("rectify", None) if stage == "midterm" else ("payment_adjusted", -10_000 * YUAN)
