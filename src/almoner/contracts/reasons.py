"""Why a step of a contract is refused, and what a draft still lacks, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.contracts.text import part_name
from almoner.rules.contract import Check
from almoner.web.format import yuan

TEXTS: Mapping[str, str | Promise] = {
    "not_awarded": _(
        "The award of this tender is not announced yet, or nobody won it. "
        "A contract can be drafted from the award notice on."
    ),
    "incomplete": _(
        "The draft still lacks %(number)s things: they are listed beside it. "
        "A contract is offered once it is complete."
    ),
    "content_changed": _(
        "The text was changed after you had opened it, so your answer was not taken. "
        "Read the text as it is now, then decide again."
    ),
    "remark_missing": _("Say what you would like to be changed."),
    "not_over_yet": _(
        "The contract runs until %(day)s. It can be closed as completed from the day after; "
        "to end it earlier, the signatory terminates it."
    ),
    "end_kind_missing": _("Say who ends the contract."),
}

MISSING: Mapping[str, str | Promise] = {
    "days": _("The first and the last day"),
    "days_in_order": _("The last day lies before the first"),
    "long_term": _("A term of %(years)s years needs the clause on more than one year"),
    "too_long": _("The term is %(years)s years; %(most)s are allowed"),
    "staff": _("The number of staff"),
    "target_group": _("The target group"),
    "framework": _("The evaluation framework and its version"),
    "terms": _("The table of work, which comes from the tender"),
    "instalments": _("Each instalment: amount, due day, and its condition in both languages"),
    "instalment_order": _("The instalments in the order of their due days"),
    "instalment_sum": _("The instalments come to %(sum)s; the price is %(amount)s: %(gap)s off"),
    "commitment_sum": _("The budgets come to %(sum)s; the price is %(amount)s: %(gap)s off"),
    "obligations_purchaser": _("At least one obligation of the purchaser"),
    "obligations_provider": _("At least one obligation of the provider"),
    "obligation_texts": _("Each obligation: whose it is, and its text in both languages"),
    "clause": _("The clause “%(clause)s”"),
    "clause_number": _("In the clause “%(clause)s”, a number from %(least)s to %(most)s"),
}


def missing_text(check: Check) -> str:
    """What is missing, in the active language."""
    values = dict(check.values)
    if "clause" in values:
        values["clause"] = part_name(values["clause"])
    for name in ("sum", "amount", "gap"):
        if f"{name}_fen" in values:
            values[name] = yuan(values[f"{name}_fen"])
    return str(MISSING[check.code]) % values
