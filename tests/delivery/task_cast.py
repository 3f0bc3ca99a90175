"""A contract with one appropriation behind it, and the people of its two sides."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.disclosure import cast

from almoner.budget.operations import post_differences
from almoner.contracts.models import Contract
from almoner.delivery.operations.tasks import Asked
from almoner.payments.operations import postings
from almoner.rules.roles import Actor, Held, Role

NOW = cast.at("2026-07-02", 10)
YUAN = cast.YUAN


@dataclass(frozen=True)
class Walk:
    """The ground, the contract, and four who act on it."""

    on: cast.Stage
    contract: Contract
    clerk: Actor
    signatory: Actor
    director: Actor
    stranger: Actor

    def asked(self, **facts: Any) -> Asked:
        """Two months of "healthy city": administrative work unless told otherwise."""
        defaults: dict[str, Any] = {
            "requested_by": self.on.purchaser.uscc,
            "kind": "administrative",
            "summary": "Healthy city campaign",
            "hours": Decimal(320),
        }
        return Asked(**{**defaults, **facts})


def walk() -> Walk:
    """CNY 5.9m over three years; case work of 3,360 hours a year; CNY 7m appropriated."""
    on = cast.stage()
    contract = cast.contract(on)
    cast.term(contract, "T1")
    commitment = cast.commitment(on, contract, contract.amount_fen)
    commitment.appropriation.amount_fen = 7_000_000 * YUAN
    commitment.appropriation.save()
    cast.instalment(contract, 1, date(2026, 3, 31))
    post_differences(postings())
    purchaser, provider = on.purchaser.uscc, on.provider.uscc
    return Walk(
        on=on,
        contract=contract,
        clerk=Actor("clerk", (Held(Role.PURCHASER_CLERK, purchaser),)),
        signatory=Actor("signatory", (Held(Role.PURCHASER_SIGNATORY, purchaser),)),
        director=Actor("director", (Held(Role.PROVIDER_DIRECTOR, provider),)),
        stranger=Actor("stranger", (Held(Role.PROVIDER_DIRECTOR, on.rival.uscc),)),
    )
