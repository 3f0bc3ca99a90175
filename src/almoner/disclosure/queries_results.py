"""Evaluations with their totals and grades, for lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet

from almoner.disclosure.contract_results import Scale
from almoner.disclosure.queries import Title, contract_title, has_result, service_items
from almoner.evaluation.models import Evaluation, Stage
from almoner.evaluation.queries import indicators_of, ratings_of
from almoner.fairness.labels import GRADE_TAGS, Shown, grade_name
from almoner.fairness.queries import contract_year, last_run, scores_of
from almoner.parties.models import Organisation
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
        return grade_name(self.grade) if self.grade else ""

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
    totals = _totals({row.id: row.framework_id for row in rows})
    items = service_items()
    return [
        Result(
            evaluation=row,
            title=contract_title(
                items.get(row.contract.service_item), row.contract.service_item, row.contract.area
            ),
            total=totals[row.id],
            grade=_grade(totals[row.id], row.reported_on or row.period_to),
        )
        for row in rows
    ]


def with_fair_scores(results: Sequence[Result]) -> list[tuple[Result, Shown | None]]:
    """Each with the fair score of its contract and year, as far as there is one; two queries."""
    run = last_run()
    kept = scores_of({result.evaluation.contract_id for result in results})
    found = []
    for result in results:
        of = result.evaluation
        score = kept.get((of.contract_id, contract_year(of.contract.starts_on, of.period_to)))
        found.append((result, Shown(score, run) if run and score else None))
    return found


def _totals(framework_by_evaluation: Mapping[str, int]) -> dict[str, Fraction | None]:
    indicators = indicators_of(set(framework_by_evaluation.values()))
    frameworks = {
        framework: Scale.of(tuple(indicators.get(framework, ()))).framework
        for framework in set(framework_by_evaluation.values())
    }
    ratings = ratings_of(framework_by_evaluation)
    return {
        evaluation: frameworks[framework].total(ratings.get(evaluation, ())).total
        for evaluation, framework in framework_by_evaluation.items()
    }


def _grade(total: Fraction | None, on: date) -> Grade | None:
    return None if total is None else grade(total, china(), on)


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


def found_results(wanted: ResultFilter, today: date) -> QuerySet[Evaluation]:
    """Evaluations with a result, the newest first. Where a grade is wanted all are totalled."""
    fields = {
        "agency": wanted.agency,
        "stage": wanted.stage,
        "contract__provider": wanted.provider,
    }
    found = reported(today, Q(**{field: value for field, value in fields.items() if value}))
    if not wanted.grade:
        return found
    rows = list(found.values_list("id", "framework_id", "reported_on", "period_to"))
    totals = _totals({evaluation: framework for evaluation, framework, _, _ in rows})
    return found.filter(
        pk__in=[
            evaluation
            for evaluation, _, reported_on, period_to in rows
            if _grade(totals[evaluation], reported_on or period_to) == wanted.grade
        ]
    )


def agencies() -> list[Organisation]:
    """Every body that reported an evaluation."""
    return list(
        Organisation.objects.filter(
            pk__in=Evaluation.objects.filter(reported_on__isnull=False).values("agency")
        ).order_by("uscc")
    )
