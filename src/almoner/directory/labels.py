"""What the questions and answers of the directory are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from almoner.rules.directory import Duty, Gain, ItemState, Market, Measurability

Text = str | Promise

STATES: Mapping[ItemState, Text] = {
    ItemState.VALID: _("Valid"),
    ItemState.NOT_YET: _("Not yet valid"),
    ItemState.ENDED: _("Ended"),
}
STATE_TAGS: Mapping[ItemState, str] = {
    ItemState.VALID: "ok",
    ItemState.NOT_YET: "info",
    ItemState.ENDED: "warn",
}
TEXTS: Mapping[str, Text] = {
    "content": _("Content"),
    "procedure": pgettext_lazy("service", "Procedure"),
    "fee_basis": _("Basis of the fee"),
    "evaluation": pgettext_lazy("service", "Evaluation"),
}
TEXT_HINTS: Mapping[str, Text] = {
    "content": _("What is done, for whom, and what is not part of it."),
    "procedure": _("The steps, from referral or sign-up to the end."),
    "fee_basis": _("What the price is counted by: hours, cases, staff, places."),
    "evaluation": _("Who judges, by what, and how a change in users is seen."),
}
QUESTIONS: Mapping[str, Text] = {
    "duty": _("Whose duty is it?"),
    "market": _("Who could provide it?"),
    "measurability": _("What of it can be measured?"),
    "gain": _("Are users better off if it is bought?"),
}
ANSWERS: Mapping[str, Mapping[str, Text]] = {
    "duty": {
        Duty.OWED: _("Government owes it to people and stays answerable for it"),
        Duty.OPTIONAL: _("Nobody is owed it; government wants it and stays answerable"),
        Duty.GIVEN_UP: _("Government would no longer be answerable for it"),
    },
    "market": {
        Market.SEVERAL: _("Three or more bodies could"),
        Market.FEW: _("One or two bodies could"),
        Market.NONE: _("Nobody yet: providers have to be cultivated first"),
    },
    "measurability": {
        Measurability.OUTCOMES: _("What changes for users"),
        Measurability.OUTPUTS: _("What was done, though not what it changed"),
        Measurability.NEITHER: _("Neither"),
    },
    "gain": {
        Gain.MORE: _("Better than if an authority did it itself"),
        Gain.SAME: _("As well off, with more choice or at less cost"),
        Gain.LESS: _("Worse off"),
    },
}
