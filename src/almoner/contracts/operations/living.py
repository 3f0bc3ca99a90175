"""After the conclusion: publishing a contract, completing or terminating it."""

from datetime import date, datetime

from django.db import transaction

from almoner.accounts.gate import Taken, take
from almoner.audit.operations import Act
from almoner.contracts.handover import hand_over
from almoner.contracts.models import Contract, EndKind
from almoner.contracts.operations.ending import release_rest
from almoner.contracts.queries.files import locked
from almoner.notices.models import NoticeKind
from almoner.notices.operations import issue
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor
from almoner.rules.workflow import CONTRACT
from almoner.web.format import day
from almoner.web.stamps import bump


@transaction.atomic
def publish(*, actor: Actor, at: datetime, contract_id: str) -> None:
    """Publish a concluded contract and file it: the platform is the file that finance reads."""
    contract, taken = _step("publish", actor, contract_id)
    contract.published_on = contract.filed_on = local_day(at)
    contract.save(update_fields=["published_on", "filed_on"])
    issue(kind=NoticeKind.CONTRACT, subject_id=contract.pk, at=at)
    taken.log(at=at, after={"published_on": contract.published_on, "filed_on": contract.filed_on})
    _show(contract)
    hand_over("published", contract, at)


@transaction.atomic
def complete(*, actor: Actor, at: datetime, contract_id: str) -> None:
    """Close a contract that ran to its end; Refused not_over_yet before its last day is over.

    Money that no instalment needs any more is released; what is not accepted yet still may be.
    """
    contract, taken = _step("complete", actor, contract_id)
    if local_day(at) <= contract.ends_on:
        raise Refused("not_over_yet", day=day(contract.ends_on))
    _end(contract, EndKind.COMPLETED, contract.ends_on, taken, at, "")


@transaction.atomic
def terminate(*, actor: Actor, at: datetime, contract_id: str, kind: str, reason: str) -> None:
    """End a contract early, today, with a public reason.

    Instalments that fall due later and are not accepted lapse, and their money is released.
    """
    contract, taken = _step("terminate", actor, contract_id)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    if kind not in EndKind.values or kind == EndKind.COMPLETED:
        raise Refused("end_kind_missing", field="kind")
    issue(kind=NoticeKind.TERMINATION, subject_id=contract.pk, at=at)
    _end(contract, EndKind(kind), local_day(at), taken, at, reason.strip())


def _step(name: str, actor: Actor, contract_id: str) -> tuple[Contract, Taken]:
    found = locked(contract_id)
    taken = take(
        CONTRACT,
        name,
        actor=actor,
        state=found.state,
        body=found.purchaser,
        subject_id=found.id,
    )
    if found.contract is None:
        raise LookupError(f"{found.id} is not concluded")
    return found.contract, taken


def _end(
    contract: Contract, kind: EndKind, on: date, taken: Taken, at: datetime, reason: str
) -> None:
    contract.ended_on, contract.end_kind = on, kind
    contract.save(update_fields=["ended_on", "end_kind"])
    released = release_rest(contract, at)
    act = Act("contract.release", "contracts", contract.pk, after={"released_fen": released})
    taken.log(
        at=at,
        after={"ended_on": contract.ended_on, "end_kind": kind.value},
        reason=reason,
        also=[act] if released else [],
    )
    _show(contract)
    hand_over("ended", contract, at)


def _show(contract: Contract) -> None:
    """Have the public pages made anew that show the contract."""
    bump(
        [
            "city",
            f"contract:{contract.pk}",
            f"provider:{contract.provider_id}",
            f"purchaser:{contract.purchaser_id}",
        ]
    )
