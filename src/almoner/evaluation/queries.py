"""Reading evaluations, their scores and what followed, and measurements of users."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from almoner.directory import models as directory
from almoner.evaluation.models import Consequence, Evaluation, Outcome, Rating
from almoner.prepared import Prepared
from almoner.rules import evaluation as rules


class Indicator(NamedTuple):
    """One indicator of a framework version, as the directory has it."""

    code: str
    parent_code: str | None
    name_zh: str | None
    name_en: str | None
    dimension: str
    weight: Decimal
    min_score: Decimal | None
    max_score: Decimal | None


_EVALUATIONS = Prepared(
    lambda contract_id: (
        Evaluation.objects.filter(contract=contract_id)
        .select_related("agency", "framework")
        .order_by("period_to", "period_from", "id")
    )
)
_RATINGS = Prepared(
    lambda evaluation_ids: Rating.objects.filter(evaluation__in=evaluation_ids).values_list(
        "evaluation_id", "rater_id", "indicator_id", "score", "evidence_count"
    )
)
_INDICATORS = Prepared(
    lambda framework_ids: (
        directory.Indicator.objects.filter(framework__in=framework_ids)
        .order_by("code")
        .values_list("framework_id", *Indicator._fields)
    )
)
_CONSEQUENCES = Prepared(
    lambda evaluation_ids: Consequence.objects.filter(evaluation__in=evaluation_ids).order_by(
        "decided_on", "kind", "id"
    )
)


def evaluations_of(contract_id: str) -> list[Evaluation]:
    """The evaluations of a contract with agency and framework, by their periods."""
    return _EVALUATIONS(contract_id)


def ratings_of(evaluation_ids: Collection[str]) -> dict[str, list[rules.Rating]]:
    """The scores of evaluations, by evaluation; one query."""
    found: dict[str, list[rules.Rating]] = defaultdict(list)
    for evaluation_id, rater, indicator, score, evidence in _RATINGS(list(evaluation_ids)):
        found[evaluation_id].append(rules.Rating(rater, indicator, score or Decimal(0), evidence))
    return found


def indicators_of(framework_ids: Collection[int]) -> dict[int, list[Indicator]]:
    """The indicators of framework versions by their codes; one query."""
    found: dict[int, list[Indicator]] = defaultdict(list)
    for framework_id, *facts in _INDICATORS(list(framework_ids)):
        found[framework_id].append(Indicator(*facts))
    return found


def consequences_of(evaluation_ids: Collection[str]) -> dict[str, list[Consequence]]:
    """What evaluations led to, oldest first; one query."""
    found: dict[str, list[Consequence]] = defaultdict(list)
    for consequence in _CONSEQUENCES(list(evaluation_ids)):
        found[consequence.evaluation_id].append(consequence)
    return found


def outcomes_of(contract_id: str) -> list[Outcome]:
    """Every measurement of the users of a contract, by instrument, user and day."""
    rows = Outcome.objects.filter(contract=contract_id)
    return list(rows.order_by("instrument", "client_id", "measured_on", "wave"))
