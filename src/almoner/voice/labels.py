"""How a complaint stands, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.complaints import Standing

STANDINGS: Mapping[Standing, str | Promise] = {
    Standing.RUNNING: _("Waiting"),
    Standing.OVERDUE: _("No answer"),
    Standing.IN_TIME: _("Answered in time"),
    Standing.LATE: _("Answered late"),
    Standing.WITHDRAWN: _("Withdrawn"),
}
TAGS: Mapping[Standing, str] = {
    Standing.RUNNING: "info",
    Standing.OVERDUE: "bad",
    Standing.IN_TIME: "ok",
    Standing.LATE: "warn",
    Standing.WITHDRAWN: "warn",
}
