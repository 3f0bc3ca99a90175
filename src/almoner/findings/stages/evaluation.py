"""Findings of evaluation: who judges, on what evidence, and what follows from it."""

from functools import lru_cache

import ibis
import ibis.expr.types as ir

from almoner.findings.city import City
from almoner.findings.definition import finding
from almoner.findings.expressions import above, actual_end, few
from almoner.findings.fair import NEEDS, CityScores, city_scores
from almoner.findings.stages.tendering import holds_on, links_both_ways
from almoner.methods.comparability import Evaluation, components
from almoner.methods.fair_scores import FairScoreError

LEAST_RATINGS = 20
"""Of a rater, below which its scatter says nothing."""


@finding("E01")
def evaluator_not_independent(city: City) -> ir.Table:
    """The agency is the provider, is paid by it, or is linked to it on the day of assignment."""
    contracts = city["contracts"].select("provider_uscc", contract="id")
    evaluations = city["evaluations"].select(
        "id", "contract_id", "agency_uscc", "paid_by_uscc", "assigned_on"
    )
    judged = evaluations.inner_join(contracts, evaluations.contract_id == contracts.contract)
    links = links_both_ways(city)
    linked = judged.inner_join(
        links, (judged.agency_uscc == links.one) & (judged.provider_uscc == links.other)
    )
    linked = linked.filter(holds_on(linked, linked.assigned_on))
    linked = linked.group_by(tied="id").aggregate(row_organisation_links=few(ibis._.link))
    judged = judged.left_join(linked, judged.id == linked.tied)
    itself = judged.agency_uscc == judged.provider_uscc
    paid = (judged.paid_by_uscc == judged.provider_uscc).fill_null(False)
    return judged.filter(itself | paid | judged.tied.notnull()).select(
        "id",
        "agency_uscc",
        "provider_uscc",
        "assigned_on",
        "row_organisation_links",
        row_contracts="contract",
        variant=ibis.cases((itself, "itself"), (paid, "paid")),
    )


@finding("E02")
def results_cannot_be_compared(city: City) -> list[dict[str, object]]:
    """Evaluations with ratings that no chain of contracts and agencies ties to the most."""
    evaluations, ratings = city["evaluations"], city["ratings"]
    rated = evaluations.semi_join(ratings, evaluations.id == ratings.evaluation_id)
    rows = city.fetch(rated.select("id", "contract_id", "agency_uscc"))
    judged = [
        Evaluation(str(row["id"]), str(row["contract_id"]), str(row["agency_uscc"])) for row in rows
    ]
    contracts = {one.id: one.contract for one in judged}
    groups = components(judged)
    return [
        {
            "id": id_,
            "value": len(groups),
            "here": len(group.evaluations),
            "largest": len(groups[0].evaluations),
            "row_contracts": contracts[id_],
        }
        for group in groups[1:]
        for id_ in group.evaluations
    ]


@finding("E03")
def agency_marks_unlike_the_others(city: City) -> list[dict[str, object]]:
    """Agencies whose severity lies beyond both limits; a city without a model has none."""
    errors, points = (float(city.limit("E03", name)) for name in ("se", "points"))
    judged = city["evaluations"].group_by("agency_uscc")
    rows = city.fetch(judged.aggregate(row_evaluations=few(ibis._.id)))
    judged_by = {row["agency_uscc"]: row["row_evaluations"] for row in rows}
    found: list[dict[str, object]] = []
    scores = _scores(_This(city))
    for agency in scores.agencies if scores else ():
        limit, apart = max(points, errors * agency.se), abs(agency.value)
        if _is_above(apart, limit):
            figures = {"apart": apart, "se": agency.se, "ratings": agency.ratings}
            found.append(
                {"id": agency.level, "value": agency.value, "limit": limit}
                | figures
                | {"row_evaluations": judged_by[agency.level]}
                | {"variant": "lenient" if agency.value < 0 else None}
            )
    return found


@finding("E04")
def score_without_evidence(city: City) -> ir.Table:
    """How many scores of an evaluation rest on no evidence."""
    ratings = city["ratings"].filter(ibis._.evidence_count == 0)
    row = ratings.evaluation_id + "/" + ratings.rater_id + "/" + ratings.indicator_id
    return ratings.group_by(id="evaluation_id").aggregate(
        value=ratings.count(), row_ratings=few(row)
    )


@finding("E05")
def never_evaluated(city: City) -> ir.Table:
    """Ended longer ago than the limit, and no evaluation was reported by today."""
    limit = city.limit("E05", "days")
    reported = city["evaluations"].filter(ibis._.reported_on <= city.today)
    contracts = city["contracts"]
    contracts = contracts.select("id", end=actual_end(contracts))
    contracts = contracts.anti_join(reported, contracts.id == reported.contract_id)
    days = city.today - contracts.end
    return contracts.filter(above(days, 1, limit)).mutate(value=days, limit=float(limit))


@finding("E06")
def result_without_consequence(city: City) -> ir.Table:
    """Reported longer ago than the limit, and nothing was decided upon it."""
    limit = city.limit("E06", "days")
    evaluations, consequences = city["evaluations"], city["consequences"]
    unused = evaluations.anti_join(consequences, evaluations.id == consequences.evaluation_id)
    days = city.today - unused.reported_on
    return unused.filter(above(days, 1, limit)).select(
        "id", "reported_on", value=days, limit=float(limit)
    )


@finding("E07")
def erratic_rater(city: City) -> list[dict[str, object]]:
    """Raters of at least LEAST_RATINGS whose scores scatter more than the limit allows."""
    limit = float(city.limit("E07", "ratio"))
    evaluations = city["evaluations"].select("agency_uscc", evaluation="id")
    ratings = city["ratings"]
    rated = ratings.inner_join(evaluations, ratings.evaluation_id == evaluations.evaluation)
    rated = rated.mutate(rater=rated.agency_uscc + "/" + rated.rater_id).group_by("rater")
    rows = city.fetch(
        rated.aggregate(first=ibis._.evaluation.min(), row_evaluations=few(ibis._.evaluation))
    )
    rated_by = {row["rater"]: row for row in rows}
    found: list[dict[str, object]] = []
    scores = _scores(_This(city))
    for one in scores.consistency if scores else ():
        if one.ratings >= LEAST_RATINGS and _is_above(one.ratio, limit):
            key = f"{one.agency}/{one.rater}"
            row = rated_by[key]
            found.append(
                {"id": row["first"], "key": key, "value": one.ratio, "limit": limit}
                | {"ratings": one.ratings, "row_evaluations": row["row_evaluations"]}
            )
    return found


def _is_above(value: float, limit: float) -> bool:
    """Whether it is, by more than the fit can be trusted: equal to nine decimals is not above."""
    return round(value - limit, 9) > 0


class _This:
    """A city as the key of a cache: the tables of its ratings themselves, whatever they hold."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._parts = tuple(map(id, (city.fetch, *(city.tables[name] for name in NEEDS))))

    def __hash__(self) -> int:
        return hash(self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other._parts == self._parts


@lru_cache(maxsize=1)  # E03 and E07 read from one fit
def _scores(this: _This) -> CityScores | None:
    """The fair scores of the city; None where there is nothing that a model could be fitted to."""
    try:
        return city_scores(this.city)
    except FairScoreError:
        return None
