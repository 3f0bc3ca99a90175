"""Why something about people and their roles is refused."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "login_taken": _("There is an account “%(login)s” already. Choose another login name."),
    "account_closed": _("The account “%(login)s” is closed or not there. Open it again first."),
    "account_open": _("The account “%(login)s” is open already."),
    "own_role": _(
        "Nobody grants a role to themself, not even as a deputy. "
        "Ask another administrator to do it."
    ),
    "own_deputy": _("A deputy is somebody else. Choose another person."),
    "role_over": _("This is over already. There is nothing to end."),
    "days_in_disorder": _("The last day is before the first. Correct one of the two."),
    "day_past": _("The last day is in the past. Enter today or a later day."),
    "last_administrator": _(
        "Nobody would be left to manage people. Grant the role to somebody else first."
    ),
    "link_spent": _(
        "This link was used already, is older than three days, or was copied incompletely. "
        "Ask an administrator for a new one."
    ),
}
