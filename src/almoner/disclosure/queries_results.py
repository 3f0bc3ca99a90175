"""Evaluations with their totals and grades, for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet

from almoner.disclosure.contract_labels import GRADE_TAGS, GRADES
from almoner.disclosure.contract_results import Scale
from almoner.disclosure.queries import Title, contract_title, has_result, service_items
from almoner.evaluation.models import Evaluation, Stage
from almoner.evaluation.queries import indicators_of, scores_of
from almoner.parties.models import Organisation
from almoner.rules import evaluation as rules
from almoner.rules.grades import Grade, grade
from almoner.rules.packs import china


@dataclass(frozen=True)
class Result:
    """An evaluation that was reported.

    `total` is in percent; None, as the grade, where nothing that carries weight was rated.
    """

    evaluation: Evaluation
    title: Title
    total: Fraction | None
    grade: Grade | None

    @property
    def label(self) -> str:
        return str(GRADES[self.grade]) if self.grade else ""

    @property
    def tag(self) -> str:
        return GRADE_TAGS[self.grade] if self.grade else ""

    @property
    def stage(self) -> str:
        return str(Stage(self.evaluation.stage).label)


def reported(today: date, of: Q | None = None) -> QuerySet[Evaluation]:
    """Evaluations with a result on a day, the newest first."""
    return (
        Evaluation.objects.filter(has_result(today), of or Q())
        .select_related("contract__area", "contract__provider", "agency")
        .order_by("-reported_on", "-id")
    )


def with_totals(evaluations: Iterable[Evaluation]) -> list[Result]:
    """Totals and grades of evaluations, in their order, in three queries."""
    rows = list(evaluations)
    scores = scores_of([row.id for row in rows])
    frameworks = {
        framework: Scale.of(indicators).indicators
        for framework, indicators in indicators_of({row.framework_id for row in rows}).items()
    }
    items = service_items()
    results = []
    for row in rows:
        ratings = (
            rules.Rating(one.rater_id, one.indicator, one.score) for one in scores.get(row.id, ())
        )
        total = rules.evaluation_total(frameworks.get(row.framework_id, ()), ratings).total
        results.append(
            Result(
                evaluation=row,
                title=contract_title(
                    items.get(row.contract.service_item),
                    row.contract.service_item,
                    row.contract.area,
                ),
                total=total,
                grade=None if total is None else _grade(total, row.reported_on or row.period_to),
            )
        )
    return results


def _grade(total: Fraction, on: date) -> Grade:
    return grade(total, china(), on)


def last_results(contract_ids: Iterable[str], today: date) -> dict[str, Result]:
    """The result reported last of each contract that has one."""
    last: dict[str, Evaluation] = {}
    for row in reported(today, Q(contract__in=list(contract_ids))):
        last.setdefault(row.contract_id, row)
    return {result.evaluation.contract_id: result for result in with_totals(last.values())}


@dataclass(frozen=True)
class ResultFilter:
    """What is wanted of the list of evaluations; empty = all."""

    agency: str = ""
    stage: str = ""
    provider: str = ""
    grade: str = ""


def found_results(wanted: ResultFilter, today: date) -> "QuerySet[Evaluation] | list[Result]":
    """Results, the newest first. Only where a grade is wanted must all totals be taken at once."""
    fields = {
        "agency": wanted.agency,
        "stage": wanted.stage,
        "contract__provider": wanted.provider,
    }
    found = reported(today, Q(**{field: value for field, value in fields.items() if value}))
    if not wanted.grade:
        return found
    return [result for result in with_totals(found) if result.grade == wanted.grade]


def agencies() -> list[Organisation]:
    """Every body that reported an evaluation."""
    return list(
        Organisation.objects.filter(
            pk__in=Evaluation.objects.filter(reported_on__isnull=False).values("agency")
        ).order_by("uscc")
    )
