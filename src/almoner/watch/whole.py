"""The whole catalogue over the whole record."""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from django.db.models import Max

from almoner.audit.models import Event
from almoner.exchange.snapshot import Tell, folder_of, snapshot
from almoner.findings.definition import catalogue
from almoner.findings.engines import Engine
from almoner.findings.run import Result, run
from almoner.supervision.models import Run
from almoner.supervision.operations import store
from almoner.watch import fair


def compute(
    engine: Engine,
    *,
    data: Path,
    as_of: date,
    only: Collection[str] | None,
    on_progress: Tell,
) -> tuple[Result, int]:
    """What the record gives, and the last event that it rests on; snapshots are kept in `data`."""
    seen = Event.objects.aggregate(last=Max("seq"))["last"] or 0
    files = snapshot(folder_of(data), on_progress)
    return run(engine.city(files, as_of), only=only, on_progress=on_progress), seen


def refresh(
    engine: Engine,
    *,
    data: Path,
    at: datetime,
    as_of: date,
    only: Collection[str] | None = None,
    on_progress: Tell = lambda what, share: None,
) -> tuple[Result, Run]:
    """Compute and keep."""
    result, seen = compute(engine, data=data, as_of=as_of, only=only, on_progress=on_progress)
    run_ = store(
        result,
        as_of=as_of,
        at=at,
        engine=type(engine).__name__.lower(),
        codes=only or [*catalogue()],
        whole=only is None,
        seen=seen if only is None else None,
    )
    if only is None:
        fair.refresh(engine, folder_of(data), at=at, as_of=as_of)
    return result, run_
