"""Reading imports: what their rows say, what is wrong with them, what they add up to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from almoner.contracts.models import Contract, ContractTerm
from almoner.delivery.models import ImportBatch
from almoner.delivery.month_file import Said, said
from almoner.delivery.queries.sessions import done_between, overseen, place_of
from almoner.parties.models import Worker
from almoner.rules import sessions as rules
from almoner.rules.calendar import local_day
from almoner.rules.packs import china
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Permission

STILL_IMPORTED = timedelta(days=92)
"""For how long after its end a contract's sessions may still come in a file."""


@dataclass(frozen=True)
class Line:
    """A row that can be imported."""

    row: int
    term: ContractTerm
    worker: Worker
    entry: rules.Entry


@dataclass(frozen=True)
class Fault:
    """What is wrong, or what will be asked about, in one cell of one row."""

    row: int
    refused: Refused


@dataclass
class Checked:
    """All rows of a file: those that can be imported, and each fault of the others."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class TermSum:
    """What a file holds for one term."""

    term: ContractTerm
    happened: int
    minutes: int
    not_happened: int


def importable(actor: Actor, day: date) -> list[Contract]:
    """The contracts for which `actor` may import: begun, and not long over."""
    over = Q(ended_on=None, ends_on__gte=day - STILL_IMPORTED)
    rows = Contract.objects.filter(over | Q(ended_on__gte=day - STILL_IMPORTED), starts_on__lte=day)
    providers = actor.bodies(Permission.SESSION_IMPORT)
    if providers is not None:
        rows = rows.filter(provider__in=providers)
    return list(rows.select_related("area").order_by("-starts_on", "id"))


def terms_and_staff(contract: Contract) -> tuple[list[ContractTerm], list[Worker]]:
    """A contract's terms, and the provider's workers employed at some time while it runs."""
    ends_on = contract.ended_on or contract.ends_on
    staff = Worker.objects.filter(
        Q(employed_to=None) | Q(employed_to__gte=contract.starts_on),
        organisation=contract.provider_id,
        employed_from__lte=ends_on,
    )
    return list(contract.terms.order_by("code")), list(staff.order_by("id"))


def batches_for(actor: Actor) -> "QuerySet[ImportBatch]":
    """The imports of the providers that `actor` oversees, the newest first."""
    rows = ImportBatch.objects.select_related("contract__provider", "contract__area")
    providers = overseen(actor, Permission.SESSION_READ)
    if providers is not None:
        rows = rows.filter(contract__provider__in=providers)
    return rows.order_by("-uploaded_at", "id")


def batch_for(actor: Actor, batch_id: str) -> ImportBatch | None:
    """One import that `actor` may read."""
    return batches_for(actor).filter(pk=batch_id).first()


def state_of(batch: ImportBatch) -> str:
    """uploaded, applied or undone."""
    if batch.undone_at:
        return "undone"
    return "applied" if batch.applied_at else "uploaded"


def corrected_in(batch: ImportBatch) -> int:
    """How many of its lines were replaced by hand; undoing it leaves what replaced them."""
    return batch.sessions.filter(superseded_by__isnull=False).count()


def checked(batch: ImportBatch, at: datetime) -> Checked:
    """Each row of a file against the contract, the staff, the record and the rows before it.

    Every fault is named. Costs a handful of queries, bounded by the workers' month.
    """
    terms, staff = terms_and_staff(batch.contract)
    rows = [said(texts) for texts in batch.rows]
    found = Checked()
    candidates = list(_resolved(rows, terms, staff, batch.contract, found.faults))
    _meet(candidates, at, found)
    found.faults.sort(key=lambda fault: fault.row)
    return found


def _resolved(
    rows: Iterable[Said],
    terms: list[ContractTerm],
    staff: Iterable[Worker],
    contract: Contract,
    faults: list[Fault],
) -> Iterator[Line]:
    """The rows whose cells can be read and whose term, worker and month are right."""
    by_code: dict[str, ContractTerm] = {}
    for one in terms:
        one.contract = contract
        by_code.setdefault(one.code.lstrip("0"), one)  # a spreadsheet makes the number 1 of 01
    by_code |= {one.code: one for one in terms}
    by_id = {worker.id: worker for worker in staff}
    month = ""
    for row in rows:
        wrong = list(row.faults)
        term, worker = by_code.get(row.term), by_id.get(row.worker)
        if row.term and term is None:
            wrong.append(Refused("cell_term", field="term", text=row.term[:40]))
        if row.worker and worker is None:
            wrong.append(Refused("cell_worker", field="worker", text=row.worker[:40]))
        if row.entry:
            wrong += rules.shape_faults(row.entry)
            month = month or f"{row.entry.day:%Y-%m}"
            if f"{row.entry.day:%Y-%m}" != month:
                wrong.append(Refused("other_month", field="day", month=month))
        if row.entry and term and worker and not wrong:
            yield Line(row.row, term, worker, row.entry)
        faults += (Fault(row.row, fault) for fault in wrong)


def _meet(candidates: list[Line], at: datetime, found: Checked) -> None:
    """Hold rows against contract and staff, then against the record and each other."""
    if not candidates:
        return
    starts = [line.entry.started_at for line in candidates]
    ids = {line.worker.id for line in candidates}
    span = (min(starts) - rules.DAY, max(starts) + 2 * rules.DAY)
    there = {flag: done_between(ids, *span, happened=flag) for flag in (True, False)}
    limits = rules.day_limits(china(), local_day(at))
    long_days: set[tuple[str, date]] = set()
    for line in candidates:
        entry, worker = line.entry, line.worker
        others = there[entry.happened].setdefault(worker.id, [])
        near = [one for one in others if abs(one.started_at - entry.started_at) <= 2 * rules.DAY]
        place = place_of(worker, line.term)
        wrong = [
            *rules.place_faults(entry, place, at),
            *rules.meeting_faults(entry, line.term.id, near),
        ]
        if wrong:
            found.faults += (Fault(line.row, fault) for fault in wrong)
            continue
        for warning in rules.warnings(entry, near, at, **limits):
            day = (worker.id, entry.day)
            if warning.code != "long_day" or day not in long_days:
                found.warnings.append(Fault(line.row, warning))
            long_days |= {day} if warning.code == "long_day" else set()
        found.lines.append(line)
        own = f"#{line.row}"
        others.append(
            rules.Done(own, line.term.id, entry.started_at, entry.minutes or 0, entry.client_id)
        )


def sums(lines: Iterable[Line]) -> list[TermSum]:
    """What the rows hold by term, in the order of the codes."""
    terms: dict[int, ContractTerm] = {}
    happened: Counter[int] = Counter()
    minutes: Counter[int] = Counter()
    not_happened: Counter[int] = Counter()
    for line in lines:
        terms[line.term.id] = line.term
        happened[line.term.id] += line.entry.happened
        not_happened[line.term.id] += not line.entry.happened
        minutes[line.term.id] += line.entry.minutes or 0
    return [
        TermSum(term, happened[key], minutes[key], not_happened[key])
        for key, term in sorted(terms.items(), key=lambda pair: pair[1].code)
    ]


def first_rows(batch: ImportBatch, number: int) -> list[Mapping[str, Any]]:
    """The first rows as they were read."""
    return list(batch.rows[:number])
