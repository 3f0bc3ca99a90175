"""What the units of limits are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNITS: Mapping[str, str | Promise] = {
    "day": _("days"),
    "working_day": _("working days"),
    "year": _("years"),
    "hour": _("hours"),
    "minute": _("minutes"),
    "percent": _("percent"),
    "share": _("share"),
    "ratio": _("ratio"),
    "count": _("number"),
    "point": _("points"),
    "standard_error": _("standard errors"),
    "index": _("index 0 to 1"),
    "flag": _("yes (1) or no (0)"),
    "hour/day": _("hours a day"),
}
