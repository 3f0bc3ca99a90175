"""Why something about an instalment is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "too_few_opinions": _(
        "%(heard)s of at least %(needed)s users were heard. Record what more users say of the "
        "work, then accept."
    ),
    "already_heard": _(
        "%(who)s was already heard about this instalment. Hear somebody else, or enter another "
        "pseudonym."
    ),
    "day_ahead": _("This day is still to come. Enter the day on which the user was heard."),
    "above_amount_due": _(
        "CNY %(due)s is due. Accept so much at most; more needs a change of the contract."
    ),
    "nothing_accepted": _(
        "Accept the part that nobody disputes. Where all of it is disputed, leave it unaccepted "
        "and name the dispute as the cause of the delay."
    ),
    "ground_missing": _(
        "Less than what is due needs a ground in the work itself. Choose one, or accept all of it."
    ),
    "evaluation_no_ground": _(
        "A late evaluation never holds back money that nobody disputes. Accept what is not "
        "disputed, or name what is wrong with the work itself."
    ),
    "not_late": _("This instalment is not late, so there is no delay to explain."),
    "above_accepted": _("CNY %(rest)s of what was accepted is not paid yet. Pay so much at most."),
    "paid_meanwhile": _(
        "Somebody paid meanwhile: CNY %(paid)s of this instalment is paid. Open its payments again "
        "and see what is left."
    ),
    "nothing_paid": _("Enter an amount above zero."),
    "delay_cause_missing": _("This payment is %(days)s days late. Name the cause; it is public."),
}
