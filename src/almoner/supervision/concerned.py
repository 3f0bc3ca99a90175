"""Whom a finding concerns, when, and how much money is at stake: looked up from its subject."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from django.db.models import QuerySet

from almoner.budget.models import Appropriation
from almoner.contracts.models import Contract, Instalment
from almoner.delivery.models import ServiceRecord, TaskRequest
from almoner.evaluation.models import Evaluation
from almoner.findings.run import Finding
from almoner.parties.models import Organisation, OrganisationKind, Worker
from almoner.rules.calendar import local_day
from almoner.tenders.models import Bid, Tender
from almoner.voice.models import Complaint, SurveyWave

BATCH = 500  # ids in one query


@dataclass(frozen=True)
class Concerned:
    """The bodies and the place that a finding is about; empty where there is none.

    `happened_on` is the day of its subject: when a tender was published, a bid submitted, a
    contract signed, a task requested, a session held, an evaluation assigned, users drawn for a
    survey, a complaint received, a payment due; the first day of an appropriation's year.
    `contract_id` of a tender or a bid is the contract that came of it.
    `money_fen` is that of the instalment, the appropriation, the bid, the tender or the contract.
    """

    contract_id: str | None = None
    tender_id: str | None = None
    provider_uscc: str | None = None
    purchaser_uscc: str | None = None
    area_code: str | None = None
    worker_id: str | None = None
    money_fen: int | None = None
    happened_on: date | None = None


NOBODY = Concerned()
Subjects = Mapping[tuple[str, str], Concerned]


def concerned(found: Iterable[Finding]) -> Subjects:
    """By (table, id) of the subject, whom it concerns. A row that is gone concerns nobody."""
    ids: dict[str, set[str]] = defaultdict(set)
    for each in found:
        ids[each.table].add(each.id)
    known: dict[tuple[str, str], Concerned] = {}
    for table, wanted in ids.items():
        for id, whom in _LOOKUPS.get(table, _nobody)(wanted).items():
            known[table, id] = whom
        for id in wanted:
            known.setdefault((table, id), NOBODY)
    return known


Answer = dict[str, Concerned]
Lookup = Callable[[Iterable[str]], Answer]


def _nobody(wanted: Iterable[str]) -> Answer:
    return {}


def _contracts(wanted: Iterable[str]) -> Answer:
    return {row.id: _of_contract(row) for row in _rows(Contract.objects.all(), wanted)}


def _of_contract(row: Contract) -> Concerned:
    return Concerned(
        contract_id=row.id,
        tender_id=row.tender_id,
        provider_uscc=row.provider_id,
        purchaser_uscc=row.purchaser_id,
        area_code=row.area_id,
        money_fen=row.amount_fen,
        happened_on=row.signed_on,
    )


def _parts(wanted: Iterable[str]) -> Answer:
    """Subjects whose id is the contract's, a slash and a part; either may hold slashes itself."""
    cuts = {id: [id[:place] for place, letter in enumerate(id) if letter == "/"] for id in wanted}
    contracts = _contracts({cut for each in cuts.values() for cut in each})
    return {id: contracts[cut] for id, each in cuts.items() for cut in each if cut in contracts}


def _instalments(wanted: Iterable[str]) -> Answer:
    contracts = _parts(wanted)
    of_them = {whom.contract_id for whom in contracts.values() if whom.contract_id}
    known = {
        f"{row.contract_id}/{row.seq}": (row.due_on, row.amount_fen)
        for row in _rows(Instalment.objects.all(), of_them, "contract_id")
    }
    return {
        id: replace(contracts[id], happened_on=due, money_fen=amount)
        for id, (due, amount) in known.items()
        if id in contracts
    }


def _tenders(wanted: Iterable[str]) -> Answer:
    rows = _rows(Tender.objects.all(), wanted)
    contracts = _came_of("tender_id", rows)
    return {row.id: replace(_of_tender(row), contract_id=contracts.get(row.id)) for row in rows}


def _came_of(column: str, rows: Iterable[Tender | Bid]) -> dict[str, str]:
    """By tender or bid, the contract that came of it; none where there are several, as of lots."""
    signed: defaultdict[str, list[str]] = defaultdict(list)
    for contract in _rows(Contract.objects.all(), [row.id for row in rows], column):
        signed[getattr(contract, column)].append(contract.id)
    return {id: contracts[0] for id, contracts in signed.items() if len(contracts) == 1}


def _of_tender(row: Tender) -> Concerned:
    return Concerned(
        tender_id=row.id,
        purchaser_uscc=row.purchaser_id,
        area_code=row.area_id,
        money_fen=row.ceiling_fen,
        happened_on=local_day(row.published_at),
    )


def _bids(wanted: Iterable[str]) -> Answer:
    rows = _rows(Bid.objects.select_related("tender"), wanted)
    contracts = _came_of("bid_id", rows)
    return {
        row.id: replace(
            _of_tender(row.tender),
            contract_id=contracts.get(row.id),
            provider_uscc=row.provider_id,
            money_fen=row.price_fen,
            happened_on=local_day(row.submitted_at),
        )
        for row in rows
    }


def _records(wanted: Iterable[str]) -> Answer:
    rows = _rows(ServiceRecord.objects.select_related("term__contract"), wanted)
    return {
        row.id: replace(
            _of_contract(row.term.contract),
            worker_id=row.worker_id,
            happened_on=local_day(row.started_at),
        )
        for row in rows
    }


def _complaints(wanted: Iterable[str]) -> Answer:
    rows = _rows(Complaint.objects.select_related("contract", "tender"), wanted)
    return {row.id: replace(_complained_of(row), happened_on=row.received_on) for row in rows}


def _complained_of(row: Complaint) -> Concerned:
    if row.contract:
        return _of_contract(row.contract)
    return _of_tender(row.tender) if row.tender else NOBODY


def _workers(wanted: Iterable[str]) -> Answer:
    rows = _rows(Worker.objects.all(), wanted)
    return {row.id: Concerned(provider_uscc=row.organisation_id, worker_id=row.id) for row in rows}


def _organisations(wanted: Iterable[str]) -> Answer:
    return {
        row.uscc: Concerned(provider_uscc=row.uscc)
        for row in _rows(Organisation.objects.all(), wanted)
        if OrganisationKind.PROVIDER in row.kinds.split("|")
    }


def _areas(wanted: Iterable[str]) -> Answer:
    return {code: Concerned(area_code=code) for code in wanted}


def _appropriations(wanted: Iterable[str]) -> Answer:
    rows = _rows(Appropriation.objects.all(), wanted)
    return {
        row.id: Concerned(
            purchaser_uscc=row.payer_id,
            area_code=row.area_id,
            money_fen=row.amount_fen,
            happened_on=_first_day(row.fiscal_year),
        )
        for row in rows
    }


def _first_day(year: int) -> date | None:
    return date(year, 1, 1) if MINYEAR <= year <= MAXYEAR else None


def _below_contract(rows: "QuerySet[Any]", day: str) -> Lookup:
    return lambda wanted: {
        row.id: replace(_of_contract(row.contract), happened_on=getattr(row, day))
        for row in _rows(rows.select_related("contract"), wanted)
    }


_LOOKUPS: Mapping[str, Lookup] = {
    "contracts": _contracts,
    "contract_terms": _parts,
    "instalments": _instalments,
    "tenders": _tenders,
    "bids": _bids,
    "service_records": _records,
    "complaints": _complaints,
    "workers": _workers,
    "organisations": _organisations,
    "areas": _areas,
    "appropriations": _appropriations,
    "task_requests": _below_contract(TaskRequest.objects.all(), "requested_on"),
    "evaluations": _below_contract(Evaluation.objects.all(), "assigned_on"),
    "survey_waves": _below_contract(SurveyWave.objects.all(), "drawn_on"),
}


def _rows(rows: "QuerySet[Any]", wanted: Iterable[str], by: str = "pk") -> list[Any]:
    """The rows of these ids, however many they are."""
    ids = sorted(wanted)
    return [
        row
        for place in range(0, len(ids), BATCH)
        for row in rows.filter(**{f"{by}__in": ids[place : place + BATCH]})
    ]
