"""Giving money back to the budget that an ended contract will not need."""

from dataclasses import replace
from datetime import datetime

from almoner.budget.accounts import accepted, paid
from almoner.budget.operations import commitment, post, posted, release
from almoner.budget.queries import balances
from almoner.contracts.models import Contract
from almoner.contracts.queries.ending import kept_of
from almoner.rules.calendar import local_day


def release_rest(contract: Contract, at: datetime) -> dict[str, int]:
    """Release what an ended contract neither spent nor still owes; fen by appropriation.

    Within the caller's transaction. Releases nothing where the contract runs.
    """
    if contract.ended_on is None:
        return {}
    used = sum(balances([accepted(contract.pk), paid(contract.pk)]).values())
    there = posted(f"commitments/{contract.pk}/")
    released = {}
    moves = []
    for row, stays in kept_of(contract, used):
        whole = commitment(contract.pk, row.appropriation_id, stays, local_day(at))
        over = there.get((whole.reference, whole.debit, whole.credit), 0) - stays
        if over > 0:
            released[row.appropriation_id] = over
            moves.append(release(replace(whole, amount_fen=over)))
        elif over < 0:
            # A single fen may change its appropriation, as a smaller sum divides otherwise.
            moves.append(replace(whole, amount_fen=-over))
    post(moves, at)
    return released
