"""Why something about a need is refused, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "too_many_sent": _(
        "Too much was sent from your connection within the hour. Wait an hour and send it again."
    ),
    "code_unknown": _("There is nothing with this code. Check it letter by letter."),
    "need_answered": _("This was answered on %(day)s already."),
    "need_not_here": _("This place is not in your area. Choose one that is."),
    "need_raised_later": _("The day on which it was said lies in the future. Check the day."),
    "need_not_online": _("What is sent online records itself. Choose how you heard of this one."),
    "need_without_wording": _("Nothing is on record of its wording, so nothing can be shown."),
    "already_supported": _("You have supported this before. Everybody counts once."),
    "text_missing": _("Write this down."),
}
