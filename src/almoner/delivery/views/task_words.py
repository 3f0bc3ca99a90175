"""Requests and changes in words, for the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from almoner.contracts.models import ChangeKind, Contract
from almoner.contracts.queries import terms_of
from almoner.delivery.models import ChangeProposal, TaskRequest
from almoner.delivery.queries.tasks import state_of
from almoner.rules.calendar import contract_years
from almoner.rules.money import exact, round_half_away
from almoner.rules.scope import Ground, TermLeft
from almoner.rules.workflow import ChangeState
from almoner.tenders.labels_formulas import WORK
from almoner.web.workflow_labels import STATES

GROUNDS: dict[str, str | Promise] = {
    Ground.TERM: gettext_lazy(
        "Workload term %(term)s names this kind of work and has the hours left."
    ),
    Ground.TERM_SPENT: gettext_lazy(
        "Workload term %(term)s names this kind of work, but it has too few hours left this year."
    ),
    Ground.NO_TERM: gettext_lazy(
        "No workload term of the contract names this kind of work. No task outside the contract "
        "without a paid variation or a swap of targets."
    ),
    Ground.NOT_A_SERVICE: gettext_lazy(
        "Administrative work is no social service, and the contract names none. No task outside "
        "the contract without a paid variation or a swap of targets."
    ),
    Ground.ENFORCEMENT: gettext_lazy(
        "Law enforcement may not be purchased, so it may not be asked of a provider either."
    ),
}


def grounds_in_words(clause: str) -> str:
    """What the rule's answer rests on; `clause` as a TaskFile keeps it."""
    ground, _, term = clause.partition(":")
    return str(GROUNDS[ground]) % {"term": term} if ground in GROUNDS else ""


@dataclass(frozen=True)
class ProposalInWords:
    """A proposed change, as the desk shows it. One of amount and lines is empty."""

    id: str
    state: str | Promise
    waits: bool
    amount_fen: int | None
    appropriation: str
    due_on: date | None
    lines: list[str]
    reason: str


def proposal_in_words(proposal: ChangeProposal) -> ProposalInWords:
    """A proposal, its content and its state."""
    content, state = proposal.content, state_of(proposal)
    paid = proposal.kind == ChangeKind.AMOUNT
    return ProposalInWords(
        id=proposal.id,
        state=STATES[f"change.{state}"],
        waits=state is ChangeState.PROPOSED,
        amount_fen=content["amount_fen"] if paid else None,
        appropriation=content["appropriation"] if paid else "",
        due_on=date.fromisoformat(content["due_on"]) if paid else None,
        lines=[] if paid else content["lines"],
        reason=proposal.reason,
    )


@dataclass(frozen=True)
class LeftInWords:
    """What a term has left; None where that is unknown."""

    code: str
    name: str | Promise
    left: Fraction | None


def left_in_words(terms: Iterable[TermLeft]) -> list[LeftInWords]:
    """Terms with the names of their types."""
    return [LeftInWords(one.code, WORK.get(one.type, one.type), one.left) for one in terms]


def amount_for(task: TaskRequest) -> int | None:
    """What the task's hours cost at the contract's own price an hour, in fen; None if unknown."""
    contract: Contract = task.contract
    direct = [term.hours for term in terms_of(contract.id) if term.group == "direct"]
    if task.hours is None or not direct or any(hours is None for hours in direct):
        return None
    years = len(contract_years(contract.starts_on, contract.ends_on))
    hours = sum(exact(number) for number in direct if number is not None) * years
    return round_half_away(contract.amount_fen * exact(task.hours) / hours) if hours else None
