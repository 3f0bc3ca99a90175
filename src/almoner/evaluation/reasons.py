"""Why a step of an evaluation is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "tied_agency": _(
        "This agency is tied to the provider, so it may not judge it. "
        "Choose an agency without ties."
    ),
    "framework_missing": _("The contract pins no evaluation framework. Agree on one first."),
    "period_outside": _("The period has to lie within the days of the contract."),
    "too_few_raters": _("Choose at least two raters of the agency that you named."),
    "no_seat": _("You are not a rater of this evaluation."),
    "sheet_submitted": _("Your scores are handed in. They cannot be changed any more."),
    "sheet_incomplete": _(
        "Each indicator needs a score within its range, a reason and a piece of evidence. "
        "Still incomplete: %(indicators)s."
    ),
    "reply_late": _("The time to reply ended on %(deadline)s."),
    "replied_already": _("The provider has replied already."),
    "reply_period_open": _(
        "The provider may reply until %(deadline)s. "
        "Conclude once it has replied, or after that day."
    ),
    "made_elsewhere": _("This evaluation was recorded elsewhere and cannot be worked on here."),
}
