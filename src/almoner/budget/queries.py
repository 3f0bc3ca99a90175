"""Reading the ledger."""

from collections.abc import Sequence

from django.db.models import Sum

from almoner.budget.models import LedgerEntry


def balances(accounts: Sequence[str]) -> dict[str, int]:
    """What each account holds, in fen: all that was debited less all that was credited.

    Two queries; an account without entries holds 0.
    """
    held = dict.fromkeys(accounts, 0)
    for side, sign in (("debit", 1), ("credit", -1)):
        sums = LedgerEntry.objects.filter(**{f"{side}__in": accounts}).values_list(side)
        for account, amount in sums.annotate(amount=Sum("amount_fen")).order_by():
            held[account] += sign * int(amount)
    return held
