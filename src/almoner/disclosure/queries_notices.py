"""Notices with what they are about."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from almoner.contracts.models import Contract
from almoner.disclosure.queries import Title, contract_title, service_items
from almoner.evaluation.models import Evaluation
from almoner.notices.models import Notice, NoticeKind
from almoner.tenders.models import Tender
from almoner.voice.models import Complaint

SubjectKind = Literal["tender", "contract", "complaint", "evaluation"]

# An id may be that of a tender and of a contract at once: the kind of notice says which is meant.
SUBJECTS: dict[str, SubjectKind] = {
    NoticeKind.CONTRACT: "contract",
    NoticeKind.ACCEPTANCE_RESULT: "contract",
    NoticeKind.COMPLAINT_DECISION: "complaint",
    NoticeKind.INSPECTION_DECISION: "evaluation",
    NoticeKind.AGENCY_ASSESSMENT: "evaluation",
}


@dataclass(frozen=True)
class NoticeRow:
    """`title` and `contract_id` are None where the subject is unknown or has no contract."""

    notice: Notice
    label: str
    title: Title | None
    contract_id: str | None


@dataclass(frozen=True)
class _Subject:
    title: Title | None
    contract_id: str | None


def notice_rows(notices: Collection[Notice]) -> list[NoticeRow]:
    """Rows with their subjects, in six queries."""
    subjects = _subjects({notice.subject_id for notice in notices})
    return [_row(notice, subjects) for notice in notices]


def _row(notice: Notice, subjects: dict[tuple[str, str], _Subject]) -> NoticeRow:
    meant = SUBJECTS.get(notice.kind, "tender")
    order = [meant, *(kind for kind in ("tender", "contract", "complaint", "evaluation"))]
    found = (subjects.get((kind, notice.subject_id)) for kind in order)
    subject = next((one for one in found if one), _Subject(None, None))
    label = str(NoticeKind(notice.kind).label)
    return NoticeRow(notice, label, subject.title, subject.contract_id)


def _subjects(ids: Collection[str]) -> dict[tuple[str, str], _Subject]:
    items = service_items()

    def of(thing: Contract | Tender, contract_id: str | None) -> _Subject:
        item = items.get(thing.service_item)
        return _Subject(contract_title(item, thing.service_item, thing.area), contract_id)

    subjects: dict[tuple[str, str], _Subject] = {}
    tenders = Tender.objects.filter(pk__in=ids).select_related("area")
    for tender in tenders.prefetch_related("contracts"):
        awarded = min((contract.id for contract in tender.contracts.all()), default=None)
        subjects["tender", tender.id] = of(tender, awarded)
    for contract in Contract.objects.filter(pk__in=ids).select_related("area"):
        subjects["contract", contract.id] = of(contract, contract.id)
    complaints = Complaint.objects.filter(pk__in=ids)
    for complaint in complaints.select_related("contract__area", "tender__area"):
        if about := complaint.contract or complaint.tender:
            subjects["complaint", complaint.id] = of(about, complaint.contract_id)
    evaluations = Evaluation.objects.filter(pk__in=ids)
    for evaluation in evaluations.select_related("contract__area"):
        subjects["evaluation", evaluation.id] = of(evaluation.contract, evaluation.contract_id)
    return subjects
