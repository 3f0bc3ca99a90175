"""What an ended contract leaves open, and what of its money goes back to the budget."""

from django.db.models import F, Q, Sum

from almoner.budget.accounts import accepted, committed, paid
from almoner.budget.queries import balances
from almoner.contracts.models import Commitment, Contract, EndKind, Instalment
from almoner.rules.settlement import kept

EARLY = (EndKind.BY_PURCHASER, EndKind.BY_PROVIDER, EndKind.BY_BOTH)

LAPSED = Q(
    contract__end_kind__in=EARLY,
    due_on__gt=F("contract__ended_on"),
    accepted_on=None,
    paid_on=None,
    paid_fen=None,
)
"""Instalments that fall due after a contract was terminated and were not accepted before."""


def is_lapsed(row: Instalment, contract: Contract) -> bool:
    """The same of one instalment of a contract."""
    untouched = row.accepted_on is None and row.paid_on is None and row.paid_fen is None
    early = contract.end_kind in EARLY and contract.ended_on is not None
    return untouched and early and contract.ended_on is not None and row.due_on > contract.ended_on


def kept_of(contract: Contract, accepted_fen: int) -> list[tuple[Commitment, int]]:
    """Each commitment with what of it stays committed once `accepted_fen` was accepted, in fen.

    All of it while the contract runs. An ended one keeps what was accepted and what may still be:
    its instalments that did not lapse.
    """
    rows = list(
        Commitment.objects.filter(contract=contract)
        .select_related("appropriation")
        .order_by("appropriation_id")
    )
    if contract.ended_on is None:
        return [(row, row.amount_fen) for row in rows]
    still = Instalment.objects.filter(contract=contract, accepted_on=None).exclude(LAPSED)
    open_fen = still.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    amounts = [(row.appropriation.fiscal_year, row.amount_fen) for row in rows]
    return list(zip(rows, kept(amounts, accepted_fen + open_fen), strict=True))


def released_fen(contract: Contract) -> int:
    """What went back to the budget because the contract ended, as the ledger holds it."""
    if contract.ended_on is None:
        return 0
    whole = Commitment.objects.filter(contract=contract).aggregate(sum=Sum("amount_fen"))["sum"]
    accounts = [account(contract.pk) for account in (committed, accepted, paid)]
    return max((whole or 0) - sum(balances(accounts).values()), 0)
