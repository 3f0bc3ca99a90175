"""The fair scores of a city: its ratings on one scale, and the model that they are fitted with."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import ibis
import ibis.expr.types as ir
import numpy as np

from almoner.findings.city import City
from almoner.findings.expressions import nearest_district
from almoner.findings.reduce import Scaled, reduce_ratings, residual_squares
from almoner.methods.agreement_model import Design
from almoner.methods.comparability import Component, Evaluation, Link, components, links
from almoner.methods.fair_scores import (
    FairScore,
    Fit,
    Severity,
    fair_scores,
    fit,
    no_chance,
    severities,
)
from almoner.rules.evaluation import SCORES

SCALE = 1_000_000  # scores are held to a millionth of a point of 100
FIXED = ("district", "stage")
RANDOM = (
    "contract",
    "contract:year",
    "agency",
    "rater",
    "indicator",
    "contract:agency",
    "rater:indicator",
)
SUBJECT = "contract:year"
NEEDS = ("ratings", "evaluations", "indicators", "contracts", "areas")


@dataclass(frozen=True)
class Consistency:
    """How far a rater's scores lie from what the model expects of them.

    `mean_square` is in points squared, `ratio` relative to that of all ratings.
    """

    agency: str
    rater: str
    ratings: int
    mean_square: float
    ratio: float


@dataclass(frozen=True)
class CityScores:
    """All that a city's ratings tell; severities and scores are in points of 100.

    There is no ranking between `components`, the largest first: ranks are within them, and a score
    is comparable only with scores of its own. `links` would connect them.
    """

    fit: Fit
    scores: tuple[FairScore, ...]
    agencies: tuple[Severity, ...]
    raters: tuple[Severity, ...]
    consistency: tuple[Consistency, ...]
    mean_square: float
    design: Design
    components: tuple[Component, ...]
    links: tuple[Link, ...]
    left_out: int
    """Ratings that cannot be placed on a scale: their indicator is unknown or has no range."""


def ratings_of(city: City) -> ir.Table:
    """A row a rating that can be placed on a scale, with the columns of the model and `units`.

    `units` is the score as a share of the indicator's range, in millionths of a point of 100; an
    empty min_score or max_score is that of SCORES. A rater is agency/rater_id. An
    indicator is the common one that it answers, else framework/id. `district` is the nearest of the
    contract's area, "-" where it lies in none. `year` is the calendar year in which the contract
    year began that the evaluated period ends in. Ratings of indicators without a range are not
    among them.
    """
    evaluations, indicators = city["evaluations"], city["indicators"]
    contracts = city["contracts"]
    starts = city["calendar"].select(start="day", start_year="year")
    about = contracts.select("area_code", "starts_on", contract="id")
    about = about.inner_join(starts, about.starts_on == starts.start)
    about = about.left_join(nearest_district(city["lineage"]), "area_code")
    judged = evaluations.select(
        "framework_id",
        "framework_version",
        "contract_id",
        "period_to",
        "stage",
        evaluation="id",
        agency="agency_uscc",
    )
    judged = judged.inner_join(about, judged.contract_id == about.contract)
    lowest, highest = (ibis.literal(score).cast("decimal(24, 9)") for score in SCORES)
    low = ibis.coalesce(indicators.min_score, lowest)
    high = ibis.coalesce(indicators.max_score, highest)
    leaves = indicators.select(
        of="framework_id",
        version="framework_version",
        leaf="id",
        low=low.cast("float64"),
        width=(high - low).cast("float64"),
        named=ibis.coalesce(indicators.common_id, indicators.framework_id + "/" + indicators.id),
    )
    given = city["ratings"].select("evaluation_id", "rater_id", "indicator_id", "score")
    rows = given.inner_join(judged, given.evaluation_id == judged.evaluation)
    rows = rows.inner_join(
        leaves,
        (rows.indicator_id == leaves.leaf)
        & (rows.framework_id == leaves.of)
        & (rows.framework_version == leaves.version),
    )
    rows = rows.filter(rows.width > ibis.literal(0.0).cast("float64"))
    share = (rows.score.cast("float64") - rows.low) / rows.width
    whole = ibis.literal(100.0 * SCALE).cast("float64")
    since = ibis.greatest(rows.period_to - rows.starts_on, 0)
    return rows.select(
        "evaluation",
        "contract",
        "agency",
        "stage",
        district=ibis.coalesce(rows.district, "-"),
        year=(rows.start_year + (since * 4 // 1461)).cast("int64"),
        rater=rows.agency + "/" + rows.rater_id,
        indicator=rows.named,
        units=(share * whole).round().cast("int64"),
    )


def evaluations_of(city: City, rows: ir.Table) -> list[Evaluation]:
    """The evaluations that have ratings: who judged what, with how many ratings."""
    counted = rows.group_by("evaluation", "contract", "agency").aggregate(ratings=rows.count())
    found = [
        Evaluation(
            str(r["evaluation"]), str(r["contract"]), str(r["agency"]), int(str(r["ratings"]))
        )
        for r in city.fetch(counted)
    ]
    return sorted(found)


def comparability(city: City) -> tuple[tuple[Component, ...], tuple[Link, ...]]:
    """Contracts and agencies that ratings connect, and the evaluations that are missing."""
    evaluations = evaluations_of(city, ratings_of(city))
    return components(evaluations), links(evaluations)


def city_scores(city: City, only: Component | None = None) -> CityScores:
    """Fit the model of a city, or of one component of it, and read from it.

    FairScoreError where there is nothing to fit.
    """
    # They are asked for a dozen times: what joins them is done once.
    with city.hold(ratings_of(city)) as rows:
        return _of_ratings(city, rows, only)


def _of_ratings(city: City, rows: ir.Table, only: Component | None) -> CityScores:
    if only is not None:
        rows = rows.filter(rows.agency.isin(only.judges))
    evaluations = evaluations_of(city, rows)
    found = components(evaluations)
    units = Scaled(rows.units, SCALE)
    fitted = fit(reduce_ratings(rows, units, [*RANDOM, *FIXED]), RANDOM, FIXED)
    squares = residual_squares(rows, units, fitted, by="rater")
    mean_square = sum(square for _, square in squares.values()) / fitted.statistics.n
    if not mean_square:
        raise no_chance()
    return CityScores(
        fit=fitted,
        scores=fair_scores(fitted, SUBJECT, own=("district",), groups=_groups(fitted, found)),
        agencies=severities(fitted, "agency"),
        raters=severities(fitted, "rater", ["agency"] if "agency" in fitted.terms else []),
        consistency=_consistency(squares, mean_square),
        mean_square=mean_square,
        design=_design(fitted, evaluations),
        components=found,
        links=links(evaluations),
        left_out=_left_out(city, rows),
    )


def _consistency(
    squares: Mapping[str, tuple[int, float]], mean_square: float
) -> tuple[Consistency, ...]:
    found = []
    for judge, (count, square) in squares.items():
        agency, rater = judge.split("/", 1)
        mean = square / count
        found.append(Consistency(agency, rater, count, mean, mean / mean_square))
    return tuple(found)


def _groups(fitted: Fit, found: tuple[Component, ...]) -> list[str]:
    """What each fair score may be ranked with: those of its year in its component."""
    place = {contract: i for i, component in enumerate(found) for contract in component.contracts}
    factor = fitted.statistics.factors[fitted.statistics.index(SUBJECT)]
    return [f"{place[contract]}/{year}" for contract, year in factor.parts]


def _design(fitted: Fit, evaluations: list[Evaluation]) -> Design:
    """An evaluation as this city makes them: so many raters, and as many ratings as the median."""
    statistics = fitted.statistics
    pair = statistics.index("contract:agency"), statistics.index("rater")
    raters = np.diff(statistics.crossed(*pair).indptr)
    return Design(
        worth=("contract", "contract:year"),
        agency=("agency", "contract:agency"),
        leniency=("agency",),
        rater=("rater",),
        marks=("rater:indicator",),
        raters=float(np.median(raters)),
        ratings=float(median(e.ratings for e in evaluations)),
    )


def _left_out(city: City, rows: ir.Table) -> int:
    """Ratings of evaluations in `rows` whose indicator is unknown or has no range."""
    ratings = city["ratings"].semi_join(rows, city["ratings"].evaluation_id == rows.evaluation)
    counted = city.fetch(
        ratings.aggregate(n=ratings.count()).cross_join(rows.aggregate(m=rows.count()))
    )
    return int(str(counted[0]["n"])) - int(str(counted[0]["m"]))
