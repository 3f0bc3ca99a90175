"""What is asked of the kept fair scores. No page reads ratings: only what was kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from almoner.fairness.models import (
    AgencySeverity,
    FairRun,
    FairScore,
    OutcomeChange,
    RaterSeverity,
    SurveyResult,
)
from almoner.parties.models import Organisation


def last_run() -> FairRun | None:
    """The computation that is kept; None before the first."""
    return FairRun.objects.first()


def contract_year(starts_on: date, period_to: date) -> int:
    """The calendar year in which the contract year began that a period ends in.

    As `findings.fair.ratings_of` counts it: contract years of 365.25 days.
    """
    return starts_on.year + max((period_to - starts_on).days, 0) * 4 // 1461


def scores_of(contracts: Collection[str]) -> dict[tuple[str, int], FairScore]:
    """The scores of contracts by contract and year; one query."""
    rows = FairScore.objects.filter(contract_id__in=contracts).order_by("contract_id", "year")
    return {(row.contract_id, row.year): row for row in rows}


@dataclass(frozen=True)
class Judged:
    """All that is kept about a contract; scores and surveys the newest first."""

    run: FairRun | None
    scores: tuple[FairScore, ...]
    surveys: tuple[SurveyResult, ...]
    changes: tuple[OutcomeChange, ...]


def judged(contract_id: str) -> Judged:
    """What was found of one contract."""
    run = last_run()
    if run is None:
        return Judged(None, (), (), ())
    return Judged(
        run,
        tuple(FairScore.objects.filter(contract_id=contract_id).order_by("-year")),
        tuple(
            SurveyResult.objects.filter(contract_id=contract_id).order_by("-drawn_on", "wave_id")
        ),
        tuple(OutcomeChange.objects.filter(contract_id=contract_id).order_by("instrument")),
    )


def agencies() -> list[AgencySeverity]:
    """Every agency that judged: the largest group first, in it the harshest first."""
    rows = list(AgencySeverity.objects.all())
    return sorted(rows, key=lambda row: (row.component, -(row.value or 0.0), row.agency_uscc))


def raters() -> list[RaterSeverity]:
    """Every rater of the largest group, the least consistent first."""
    return list(RaterSeverity.objects.order_by("-ratio", "agency_uscc", "rater_id"))


def bodies(usccs: Collection[str]) -> dict[str, Organisation]:
    """Bodies by code, those that are on record; one query."""
    return Organisation.objects.only("uscc", "name_zh", "name_en").in_bulk(list(usccs))
