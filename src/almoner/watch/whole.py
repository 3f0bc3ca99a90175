"""The whole catalogue over the whole record."""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from django.db.models import Max

from almoner.audit.models import Event
from almoner.exchange.snapshot import Tell, alone, folder_of, snapshot
from almoner.fairness.models import FairRun
from almoner.findings.definition import catalogue, definition
from almoner.findings.engines import Engine
from almoner.findings.kept import Kept
from almoner.findings.run import Result, run
from almoner.supervision.models import Run
from almoner.supervision.operations import store

VOICES = ("survey_waves", "survey_responses", "outcomes")


def compute(
    engine: Engine,
    *,
    data: Path,
    as_of: date,
    only: Collection[str] | None,
    on_progress: Tell,
) -> Result:
    """What the record gives, without keeping it for the pages.

    A snapshot and what was found in it are kept in `data`: the next time only what reads what
    changed is computed again.
    """
    folder = folder_of(data)
    with alone(folder, on_progress):
        return _computed(engine, folder, as_of, only, on_progress)[0]


def refresh(
    engine: Engine,
    *,
    data: Path,
    at: datetime,
    as_of: date,
    only: Collection[str] | None = None,
    on_progress: Tell = lambda what, share: None,
) -> tuple[Result, Run]:
    """Compute and keep. A second run waits, so that none keeps what is older than what is kept."""
    folder = folder_of(data)
    with alone(folder, on_progress):
        seen = Event.objects.aggregate(last=Max("seq"))["last"] or 0
        result, kept = _computed(engine, folder, as_of, only, on_progress)
        made = store(
            result,
            as_of=as_of,
            at=at,
            engine=engine.name,
            codes=only or [*catalogue()],
            whole=only is None,
            seen=seen if only is None else None,
        )
        if only is None:
            _judge(engine, kept, folder, at, as_of)
    return result, made


def _computed(
    engine: Engine, folder: Path, as_of: date, only: Collection[str] | None, on_progress: Tell
) -> tuple[Result, Kept]:
    files = snapshot(folder, on_progress)
    # The SQL that is kept there is the engine's own.
    kept = Kept(folder / "found" / engine.name, files, as_of)
    return run(engine.city(files, as_of), only, on_progress, kept.compute), kept


def _judge(engine: Engine, kept: Kept, folder: Path, at: datetime, as_of: date) -> None:
    """Fair scores, surveys and changes anew, where anything that they rest on has changed."""
    digest = kept.digest((*definition("E03").needs, *VOICES))
    if not FairRun.objects.filter(digest=digest).exists():
        from almoner.watch import fair  # it takes as long to import as most rules to compute

        fair.refresh(engine, folder, at=at, as_of=as_of, digest=digest)
