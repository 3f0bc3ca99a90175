"""Adding to the record, and walking it."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from almoner.audit.models import Event, Head, Seal

GENESIS = "0" * 64
MOST_BLANKS = 4
HASHED = (
    "seq",
    "at",
    "actor",
    "role",
    "kind",
    "subject_table",
    "subject_id",
    "before",
    "after",
    "reason",
    "previous_hash",
)


@dataclass(frozen=True)
class Act:
    """What was done to one subject; `before` and `after` are what it was and what it became."""

    kind: str
    subject_table: str
    subject_id: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def record(*, actor: str, role: str, at: datetime, acts: Iterable[Act]) -> int:
    """Add one event an act, in order, within the caller's transaction; how many were added.

    `at` is the instant of the act (aware). Whoever comes second waits for the first to commit.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record belongs in a transaction")
    head = Head.objects.select_for_update().get(id=1)
    first = head.seq
    batch: list[Event] = []
    for act in acts:
        event = Event(
            seq=head.seq + 1,
            at=at,
            actor=actor,
            role=role,
            kind=act.kind,
            subject_table=act.subject_table,
            subject_id=act.subject_id,
            before=_json(act.before),
            after=_json(act.after),
            reason=act.reason,
            previous_hash=head.hash,
        )
        event.hash = hash_of(event)
        head.seq, head.hash = event.seq, event.hash
        batch.append(event)
        if len(batch) == 1_000:
            Event.objects.bulk_create(batch)
            batch.clear()
    Event.objects.bulk_create(batch)
    head.save(update_fields=["seq", "hash"])
    return head.seq - first


def seal(subject_table: str, subject_id: str, group: str) -> None:
    """Keep every event about a subject from being read until `unseal(group)`."""
    Seal.objects.get_or_create(
        subject_table=subject_table, subject_id=subject_id, defaults={"group": group}
    )


def unseal(group: str) -> None:
    """Let the events about everything in `group` be read."""
    Seal.objects.filter(group=group).delete()


def blanks(subject_table: str, subject_id: str) -> list[Act]:
    """None to MOST_BLANKS events that say nothing, to be recorded with one about a sealed subject.

    Without them the number of sealed events would tell how much is being done, and a count from
    day to day how many people do it.
    """
    return [Act("blank", subject_table, subject_id)] * secrets.randbelow(MOST_BLANKS + 1)


def hash_of(event: Event) -> str:
    """SHA-256 over every column but the hash itself, as a JSON array."""
    values = [getattr(event, name) for name in HASHED]
    values[1] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def faults() -> Iterator[str]:
    """What is wrong with the chain, an English sentence a fault; nothing where it is whole."""
    expected, previous = 1, GENESIS
    for event in Event.objects.order_by("seq").iterator(chunk_size=5_000):
        if event.seq != expected:
            yield f"audit event {expected} is missing: the next one is {event.seq}"
        if event.previous_hash != previous:
            yield f"audit event {event.seq} does not follow the one before it"
        if event.hash != hash_of(event):
            yield f"audit event {event.seq} was changed after it was written"
        expected, previous = event.seq + 1, event.hash
    head = Head.objects.filter(id=1).first()
    if head is None:
        yield "the head of the audit chain is missing"
    elif (head.seq, head.hash) != (expected - 1, previous):
        yield f"the audit chain ends at event {expected - 1}, its head says {head.seq}"


def _json(values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime, Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in the audit record")
