"""From the award to the text that both sides agree on."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from almoner.accounts.gate import Taken, take
from almoner.budget.queries import left
from almoner.contracts.handover import hand_over
from almoner.contracts.models import Contract, ContractFile, NegotiationEntry, Side, Signature
from almoner.contracts.queries.files import (
    Held,
    drafted,
    fingerprint,
    locked,
    missing_of,
    state_of,
    tender_content,
)
from almoner.rules.calendar import local_day
from almoner.rules.clauses import library
from almoner.rules.contract import (
    LONG_TERM,
    Draft,
    Obligation,
    usual_commitments,
    usual_instalments,
    written,
)
from almoner.rules.contract_text import canonical, sha256_of
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor
from almoner.rules.tender import LONG_TERM_CONDITIONS, TenderContent
from almoner.rules.workflow import CONTRACT
from almoner.tenders.models import Bid, Tender
from almoner.tenders.queries.award import winning_bid


@dataclass(frozen=True)
class Remark:
    """What one side says about a clause or part of the draft; an empty `clause` means the whole."""

    clause: str
    text: str


@transaction.atomic
def draft(*, actor: Actor, at: datetime, tender_id: str) -> ContractFile:
    """Begin the contract of an announced award: all that is known is filled in.

    Refused not_awarded while nothing is announced, wrong_state where there is a contract already.
    """
    tender = Tender.objects.select_for_update().get(pk=tender_id)
    file = ContractFile.objects.filter(tender=tender_id).first()
    contract = Contract.objects.filter(tender=tender_id).first()
    contract_id = f"C-{local_day(at).year}-{secrets.token_hex(4).upper()}"
    taken = take(
        CONTRACT,
        "draft",
        actor=actor,
        state=state_of(file, contract, False),
        body=tender.purchaser_id,
        subject_id=contract_id,
    )
    bid = winning_bid(tender.pk, local_day(at))
    if bid is None:
        raise Refused("not_awarded")
    file = ContractFile.objects.create(
        id=contract_id,
        tender=tender,
        bid=bid,
        purchaser_id=tender.purchaser_id,
        provider_id=bid.provider_id,
        content=written(first_draft(tender_content(tender_id), tender, bid)),
        saved_by=actor.login,
        saved_at=at,
    )
    taken.log(at=at, after={"tender": tender_id, "bid": bid.pk, "amount_fen": bid.price_fen})
    return file


def first_draft(content: TenderContent | None, tender: Tender, bid: Bid) -> Draft:
    """What a new draft begins with: the tender's content, the usual clauses and schedule."""
    clauses = {one.code: one.defaults for one in library().clauses if one.required}
    begun = Draft(
        staff=bid.staff or tender.required_staff,
        clauses=clauses,
        obligations=tuple(Obligation(**vars(one)) for one in library().obligations),
    )
    if content is None:
        return begun
    if content.conditions >= set(LONG_TERM_CONDITIONS):
        clauses[LONG_TERM] = {}
    return replace(
        begun,
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        target_group=content.target_group,
        framework=content.framework,
        supervisor=content.supervisor,
        terms=content.terms,
        instalments=usual_instalments(bid.price_fen, content.starts_on, content.ends_on),
        commitments=usual_commitments(bid.price_fen, left(content.appropriations)),
    )


@transaction.atomic
def save_draft(*, actor: Actor, at: datetime, contract_id: str, version: int, draft: Draft) -> int:
    """Keep the draft; the number of the new version.

    Refused edited_meanwhile (with `by`) where somebody saved since `version` was read.
    """
    file, taken = _step("save", actor, contract_id)
    if file.version != version:
        raise Refused("edited_meanwhile", by=file.saved_by)
    content = written(draft)
    before, after = _difference(file.content, content)
    file.content, file.version = content, version + 1
    file.saved_by, file.saved_at = actor.login, at
    file.save(update_fields=["content", "version", "saved_by", "saved_at"])
    taken.log(at=at, before=before, after={**after, "version": file.version})
    return file.version


def _difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    changed = [name for name, value in new.items() if old.get(name) != value]
    return {name: old.get(name) for name in changed}, {name: new[name] for name in changed}


@transaction.atomic
def offer(*, actor: Actor, at: datetime, contract_id: str, remarks: Sequence[Remark] = ()) -> str:
    """Fix the text and give it to the provider; its fingerprint.

    Refused incomplete (with the `number` of what is missing) while the checks find anything.
    """
    file, taken = _step("offer", actor, contract_id)
    lacking = missing_of(file, local_day(at))
    if lacking:
        raise Refused("incomplete", number=len(lacking))
    file.text = canonical(drafted(file))
    file.offered_at, file.settled_at = at, None
    file.save(update_fields=["text", "offered_at", "settled_at"])
    _say(file, Side.PURCHASER, remarks, actor, at)
    fixed = sha256_of(file.text)
    taken.log(at=at, after={"sha256": fixed, "version": file.version})
    hand_over("offered", file, at)
    return fixed


@transaction.atomic
def propose(*, actor: Actor, at: datetime, contract_id: str, remarks: Sequence[Remark]) -> None:
    """The provider asks for changes: the text goes back to the purchaser with the remarks."""
    file, taken = _step("propose", actor, contract_id)
    if not any(one.text.strip() for one in remarks):
        raise Refused("remark_missing")
    _back_to_draft(file)
    said = _say(file, Side.PROVIDER, remarks, actor, at)
    taken.log(at=at, after={"remarks": said})
    hand_over("proposed", file, at)


@transaction.atomic
def settle(*, actor: Actor, at: datetime, contract_id: str, sha256: str) -> None:
    """The provider agrees to the text whose fingerprint was shown, so that it can be signed."""
    file, taken = _step("settle", actor, contract_id)
    if sha256 != fingerprint(file):
        raise Refused("content_changed")
    file.settled_at = at
    file.save(update_fields=["settled_at"])
    taken.log(at=at, after={"sha256": sha256})
    hand_over("settled", file, at)


@transaction.atomic
def reopen(*, actor: Actor, at: datetime, contract_id: str, reason: str) -> None:
    """The purchaser takes the text back to change it; signatures under it are void."""
    file, taken = _step("reopen", actor, contract_id)
    if not reason.strip():
        raise Refused("reason_missing", field="reason")
    void = Signature.objects.filter(file=file, void=False).update(void=True)
    _back_to_draft(file)
    _say(file, Side.PURCHASER, [Remark("", reason)], actor, at)
    taken.log(at=at, after={"void_signatures": void}, reason=reason)
    hand_over("reopened", file, at)


def _step(name: str, actor: Actor, contract_id: str) -> tuple[ContractFile, Taken]:
    """Lock a draft and take a step with it, on behalf of the side whose step it is."""
    found = locked(contract_id)
    taken = take(
        CONTRACT,
        name,
        actor=actor,
        state=found.state,
        body=found.provider if name in PROVIDER_STEPS else found.purchaser,
        subject_id=found.id,
    )
    return file_of(found), taken


PROVIDER_STEPS = frozenset({"propose", "settle", "sign"})


def file_of(found: Held) -> ContractFile:
    """The file of a contract that is not concluded yet: it always has one."""
    if found.file is None:
        raise LookupError(f"{found.id} has no working file")
    return found.file


def _back_to_draft(file: ContractFile) -> None:
    file.offered_at = file.settled_at = None
    file.save(update_fields=["offered_at", "settled_at"])


def _say(
    file: ContractFile, side: Side, remarks: Iterable[Remark], actor: Actor, at: datetime
) -> int:
    """Add what one side said to the negotiation log; how many entries."""
    entries = [
        NegotiationEntry(
            file=file,
            side=side,
            login=actor.login,
            said_at=at,
            clause=one.clause,
            text=one.text.strip(),
        )
        for one in remarks
        if one.text.strip()
    ]
    NegotiationEntry.objects.bulk_create(entries)
    return len(entries)
