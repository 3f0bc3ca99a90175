"""Why a task or a change of a contract is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TASKS: dict[str, str | Promise] = {
    "contract_not_running": _("%(contract)s is not in force today. Choose a contract that is."),
    "forbidden_task": _(
        "Law enforcement may not be handed to a provider, and nobody can impose it. Keep it with "
        "the authority whose duty it is."
    ),
    "proposal_waits": _(
        "The provider has not answered the last proposal yet. Wait for the answer."
    ),
    "not_its_money": _("Choose an appropriation that pays for this contract already."),
    "day_has_passed": _("Choose today or a later day: the past is judged by the old terms."),
    "hours_unknown": _(
        "This request names no hours, so nothing can be swapped for it. Drop it and ask again."
    ),
    "amount_missing": _("Enter an amount above 0 yuan."),
    "above_ten_percent": _(
        "Additions may come to a tenth of the contract at most: %(room)s yuan are left. "
        "Offer less, swap targets, or tender the work."
    ),
    "no_such_term": _("Choose a workload term of this contract."),
    "too_few_hours_to_swap": _(
        "Term %(term)s has fewer hours left in this contract year than the task takes. Choose "
        "another term, or a paid variation."
    ),
}
