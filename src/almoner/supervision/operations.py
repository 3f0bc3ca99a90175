"""Keeping what a run found."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from almoner.findings.definition import definition
from almoner.findings.output import due
from almoner.findings.run import Finding, Result
from almoner.supervision.concerned import Concerned, concerned
from almoner.supervision.few import months_of, with_people
from almoner.supervision.models import Run, StoredFinding, Watched
from almoner.web.stamps import bump

BATCH = 500


def finding_id(found: Finding) -> str:
    """The number under which a finding is kept: the same for the same question."""
    parts = (found.code, found.table, found.id, found.key or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@transaction.atomic
def store(
    result: Result,
    *,
    as_of: date,
    at: datetime,
    engine: str,
    codes: Collection[str],
    whole: bool,
    scope: Q | None = None,
    seen: int | None = None,
) -> Run:
    """Keep what was found of `codes`, whole or within `scope` (a condition on kept findings).

    What was kept before, belongs to the scope and was not found now is marked as gone; what could
    not be computed stays as it was. `whole`: it was the whole catalogue. `seen` is the number of
    the last event that the run knows.
    """
    # Two runs at once would both insert what is new: the second waits here.
    Watched.objects.get_or_create(id=1)
    watched = Watched.objects.select_for_update().get(id=1)
    computed = sorted(set(codes) - set(result.uncomputed))
    run = Run.objects.create(
        at=at,
        as_of=as_of,
        whole=whole,
        engine=engine,
        computed=computed,
        uncomputed={code: list(tables) for code, tables in result.uncomputed.items()},
        found=len(result.findings),
    )
    found = {finding_id(each): each for each in result.findings}
    before = {
        kept.id: kept
        for kept in StoredFinding.objects.filter(Q(code__in=computed) & (scope or Q()))
    }
    before |= StoredFinding.objects.in_bulk([id for id in found if id not in before])
    whose = concerned(found.values())
    months = months_of(found.values(), whose)
    found = {id: with_people(each, whose, months) for id, each in found.items()}
    fresh = [
        _kept(id, each, before.get(id), whose[each.table, each.id], run)
        for id, each in found.items()
    ]
    # All columns of many rows: Django's bulk_update takes ten times as long to write its SQL.
    StoredFinding.objects.bulk_create(
        [kept for kept in fresh if not _alike(kept, before.get(kept.id))],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_COLUMNS,
    )
    _update([id for id in found if id in before], found_on=as_of, run=run)
    gone = [id for id, kept in before.items() if id not in found and kept.gone_on is None]
    _update(gone, gone_on=as_of, run=run)
    if seen is not None and seen > watched.seq:
        Watched.objects.filter(id=1).update(seq=seen)
    news = [kept for kept in fresh if _differs(kept, before.get(kept.id))]
    changed = {*gone, *(kept.id for kept in news)}
    _tell_pages([*news, *(kept for id, kept in before.items() if id in changed)])
    return run


def _kept(
    id: str, found: Finding, before: StoredFinding | None, whom: Concerned, run: Run
) -> StoredFinding:
    """The row of a finding; one that was gone and is found again begins anew."""
    entry = definition(found.code)
    goes_on = before is not None and before.gone_on is None
    whom = replace(whom, happened_on=_day_named(found.key) or whom.happened_on)
    return StoredFinding(
        id=id,
        code=found.code,
        subject_table=found.table,
        subject_id=found.id,
        key=found.key,
        value=found.value,
        limit=found.limit,
        rows=[list(row) for row in found.rows],
        words=dict(found.words),
        variant=found.variant,
        about_persons=entry.about_persons,
        severity=entry.severity,
        **asdict(whom),
        first_found_on=before.first_found_on if before and goes_on else run.as_of,
        due_on=before.due_on if before and goes_on else due(run.as_of).day,
        found_on=run.as_of,
        gone_on=None,
        run=run,
    )


def _day_named(key: str | None) -> date | None:
    """The day that a key is, or the first of the month that it is."""
    text = key or ""
    try:
        return date.fromisoformat(text if len(text) > len("2026-06") else f"{text}-01")
    except ValueError:
        return None


# What differs in every run is written to all at once, for it takes long row by row.
_COLUMNS = [
    field.name
    for field in StoredFinding._meta.concrete_fields
    if field.name not in ("id", "found_on", "run")
]


def _alike(kept: StoredFinding, before: StoredFinding | None) -> bool:
    return before is not None and all(
        getattr(kept, name) == getattr(before, name) for name in _COLUMNS
    )


def _update(ids: Sequence[str], **columns: object) -> None:
    for place in range(0, len(ids), BATCH):
        StoredFinding.objects.filter(id__in=ids[place : place + BATCH]).update(**columns)


def _differs(kept: StoredFinding, before: StoredFinding | None) -> bool:
    """Whether a reader would see that a finding changed."""
    return before is None or any(
        getattr(kept, name) != getattr(before, name)
        for name in ("value", "words", "contract_id", "gone_on")
    )


def _tell_pages(changed: Collection[StoredFinding]) -> None:
    contracts = {f"contract:{kept.contract_id}" for kept in changed if kept.contract_id}
    bump({"findings", *contracts, *(["city"] if changed else [])})


def read(kept: StoredFinding) -> Finding:
    """A kept finding as its sentence needs it."""
    return Finding(
        code=kept.code,
        table=kept.subject_table,
        id=kept.subject_id,
        key=kept.key,
        value=kept.value,
        limit=kept.limit,
        rows=tuple((table, id) for table, id in kept.rows),
        words=kept.words,
        variant=kept.variant,
    )
