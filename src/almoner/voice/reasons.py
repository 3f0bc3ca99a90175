"""Why something about a complaint is refused, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, str | Promise] = {
    "own_complaint": _(
        "This complaint is about a purchase of your own body, which may not judge itself. "
        "Another supervising authority has to answer it."
    ),
    "complaint_subject_unknown": _(
        "There is no contract or tender with this number. Check it, or leave the field empty."
    ),
    "complaint_outcome_missing": _("Choose whether the complaint is upheld."),
}
