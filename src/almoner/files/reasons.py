"""Why a file is not taken."""

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "file_empty": _("%(name)s is empty. Choose another file."),
    "file_too_big": _("%(name)s is too large: at most %(limit)s MB. Save it smaller, or split it."),
    "file_kind_refused": _(
        "%(name)s is not of a kind that is taken, or its name does not fit what it holds. "
        "Taken are: %(kinds)s."
    ),
}
