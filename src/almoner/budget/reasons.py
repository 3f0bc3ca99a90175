"""Why something of the budget is refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "shares_do_not_add_up": _(
        "The shares add up to %(sum)s %%. Change them so that together they make 100 %% exactly."
    ),
    "line_twice": _(
        "Two lines name the same payer, level and source. Put them together into one line."
    ),
    "year_over": _("The fiscal year %(year)s is over. Enter this year or a later one."),
    "item_not_in_directory": _(
        "This service is not in the directory of %(year)s, and what is not in it is not bought. "
        "Choose another service or year."
    ),
    "over_committed": _(
        "The appropriation %(appropriation)s has CNY %(left)s left, and CNY %(wanted)s is asked "
        "of it. Ask for less, choose another appropriation, or have more money appropriated."
    ),
}
