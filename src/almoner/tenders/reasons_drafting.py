"""Sentences of what may be refused while a tender is drafted and published."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DRAFTING: dict[str, str | Promise] = {
    "check_failed": _(
        "This fails a check that rests on a law: %(checks)s. Change the draft until the check "
        "beside the form is met."
    ),
    "tender_incomplete": _("Something is still missing or cannot be read: %(fields)s."),
    "tender_reason_missing": _(
        "You did not take this advice: %(checks)s. Give a reason for each in the draft, under "
        "“Reasons to be published”. It will be public."
    ),
    "draft_too_long": _(
        "The draft is longer than %(most)d characters. Attach long texts as files instead."
    ),
    "intention_announced": _("The intention of this tender was announced already."),
    "tendered_again": _("This was tendered again already: go on with the draft that replaces it."),
    "asked_later": _("Nobody can have been asked on a day that is still to come."),
    "asked_already": _("“%(respondent)s” is in this register already: each counts once."),
    "no_such_entry": _("This entry is not in the register any more. Load the page again."),
}
