"""Both sides sign the same text; with the second signature the contract is concluded."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from almoner.accounts.gate import take
from almoner.audit.operations import Act
from almoner.budget.operations import commitment, post
from almoner.contracts.handover import hand_over
from almoner.contracts.models import (
    Commitment,
    Contract,
    ContractFile,
    ContractTerm,
    Instalment,
    Side,
    Signature,
)
from almoner.contracts.operations.drafting import file_of
from almoner.contracts.queries.files import document_of, fingerprint, locked
from almoner.directory.models import Framework
from almoner.rules.calendar import local_day
from almoner.rules.contract_text import Document
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor
from almoner.rules.workflow import CONTRACT
from almoner.web.stamps import bump


@transaction.atomic
def sign(*, actor: Actor, at: datetime, contract_id: str, sha256: str) -> None:
    """The provider's director signs the text whose fingerprint was shown.

    Refused content_changed where the text is another one by now.
    """
    found = locked(contract_id)
    taken = take(
        CONTRACT,
        "sign",
        actor=actor,
        state=found.state,
        body=found.provider,
        subject_id=found.id,
    )
    file = file_of(found)
    _put_under(file, Side.PROVIDER, actor, taken.held.role.value, at, sha256)
    taken.log(at=at, after={"sha256": sha256})
    hand_over("signed", file, at)


@transaction.atomic
def countersign(*, actor: Actor, at: datetime, contract_id: str, sha256: str) -> Contract:
    """The purchaser's signatory signs too: the contract is concluded and its money committed.

    Refused content_changed where the text is another one by now, over_committed where an
    appropriation has too little left.
    """
    found = locked(contract_id)
    taken = take(
        CONTRACT,
        "countersign",
        actor=actor,
        state=found.state,
        body=found.purchaser,
        subject_id=found.id,
    )
    file = file_of(found)
    _put_under(file, Side.PURCHASER, actor, taken.held.role.value, at, sha256)
    contract = _conclude(file, document_of(file), at)
    taken.log(at=at, after={"sha256": sha256}, also=_facts(contract, file))
    bump(["city", f"contract:{contract.pk}", f"tender:{file.tender_id}"])
    bump([f"provider:{contract.provider_id}", f"purchaser:{contract.purchaser_id}"])
    hand_over("concluded", file, at)
    return contract


def _put_under(
    file: ContractFile, side: Side, actor: Actor, role: str, at: datetime, sha256: str
) -> None:
    """Put a signature under the text, if it is still the one that was shown."""
    if not sha256 or sha256 != fingerprint(file):
        raise Refused("content_changed")
    Signature.objects.create(
        file=file, side=side, login=actor.login, role=role, signed_at=at, sha256=sha256
    )


def _conclude(file: ContractFile, text: Document, at: datetime) -> Contract:
    """The contract's rows as the signed text says, and its money in the ledger."""
    code, version = text["framework"]
    contract = Contract.objects.create(
        id=file.pk,
        tender_id=file.tender_id,
        bid_id=file.bid_id,
        purchaser_id=file.purchaser_id,
        provider_id=file.provider_id,
        supervisor_id=text["supervisor"],
        area_id=text["area_code"],
        service_item=text["service_item"],
        signed_on=local_day(at),
        starts_on=_day(text["starts_on"]),
        ends_on=_day(text["ends_on"]),
        amount_fen=text["amount_fen"],
        staff=Decimal(text["staff"]),
        framework=Framework.objects.get(code=code, version=version),
        target_group=text["target_group"],
    )
    ContractTerm.objects.bulk_create(_terms(contract, text))
    Instalment.objects.bulk_create(_instalments(contract, text))
    rows = [
        Commitment(
            contract=contract,
            appropriation_id=one["appropriation"],
            amount_fen=one["amount_fen"],
        )
        for one in text["commitments"]
    ]
    Commitment.objects.bulk_create(rows)
    post(
        (
            commitment(contract.pk, row.appropriation_id, row.amount_fen, contract.signed_on)
            for row in rows
        ),
        at,
    )
    file.contract = contract
    file.save(update_fields=["contract"])
    return contract


def _terms(contract: Contract, text: Document) -> Iterator[ContractTerm]:
    for term in text["terms"]:
        yield ContractTerm(
            contract=contract,
            code=term["code"],
            group=term["group"],
            type=term["type"],
            category=term["category"] or None,
            formula=term["formula"],
            hours=None if term["hours"] is None else Decimal(term["hours"]),
        )


def _instalments(contract: Contract, text: Document) -> Iterator[Instalment]:
    for one in text["instalments"]:
        condition = one["condition"]
        yield Instalment(
            contract=contract,
            seq=one["seq"],
            amount_fen=one["amount_fen"],
            # Both languages in one column, as the public pages read them apart again.
            condition=f"{condition['name_zh']} / {condition['name_en']}",
            due_on=_day(one["due_on"]),
        )


def _facts(contract: Contract, file: ContractFile) -> list[Act]:
    """What the conclusion led to, for the audit record."""
    money = {
        "amount_fen": contract.amount_fen,
        "signed_on": contract.signed_on,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "commitments": {
            one["appropriation"]: one["amount_fen"] for one in document_of(file)["commitments"]
        },
    }
    return [Act("contract.conclude", "contracts", contract.pk, after=money)]


def _day(text: str) -> date:
    return date.fromisoformat(text)
