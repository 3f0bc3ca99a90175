"""Keeping the newest fair scores."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from almoner.fairness.models import (
    AgencySeverity,
    FairRun,
    FairScore,
    OutcomeChange,
    RaterSeverity,
    SurveyResult,
)
from almoner.web.stamps import bump

STAMP = "fair"
BATCH = 500


@dataclass
class Found:
    """A computation and its rows, none of them saved yet."""

    run: FairRun
    scores: Sequence[FairScore] = field(default_factory=list)
    agencies: Sequence[AgencySeverity] = field(default_factory=list)
    raters: Sequence[RaterSeverity] = field(default_factory=list)
    surveys: Sequence[SurveyResult] = field(default_factory=list)
    changes: Sequence[OutcomeChange] = field(default_factory=list)


@transaction.atomic
def store(found: Found) -> FairRun:
    """Keep a computation in place of the one before, and tell the pages."""
    # The stamp comes first: two at once would both insert, so the second waits here.
    bump([STAMP])
    FairRun.objects.all().delete()
    found.run.save()
    every: list[Sequence[Any]] = [
        *(found.scores, found.agencies, found.raters, found.surveys, found.changes)
    ]
    for rows in every:
        for row in rows:
            row.run = found.run
        if rows:
            type(rows[0]).objects.bulk_create(rows, batch_size=BATCH)
    return found.run
