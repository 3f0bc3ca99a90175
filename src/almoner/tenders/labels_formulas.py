"""What is wrong with a formula, in words, and what kinds of work are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.workload import WorkloadError, WorkloadFault

FAULTS: Mapping[WorkloadFault, str | Promise] = {
    WorkloadFault.TOO_LONG: _("It has %(characters)s characters; %(limit)s are allowed."),
    WorkloadFault.TOO_DEEP: _("Brackets are nested deeper than %(limit)s."),
    WorkloadFault.UNEXPECTED: _(
        "At character %(position)s stands %(found)s where %(expected)s is expected."
    ),
    WorkloadFault.ENDED_EARLY: _("It ends where %(expected)s is expected."),
    WorkloadFault.DIVISION_BY_ZERO: _("Something is divided by zero."),
    WorkloadFault.UNITS_DIFFER: _("%(left)s and %(right)s cannot be added."),
    WorkloadFault.UNITS_LEFT_OVER: _("The units do not cancel to hour."),
    WorkloadFault.VALUE_REFUSED: _("%(name)s cannot be set."),
    WorkloadFault.TOO_LARGE: _("The number is too large."),
}
EXPECTED: Mapping[str, str | Promise] = {
    "factor": _("a number, a name or an opening bracket"),
    "operator": _("one of + - * / or the end"),
    "operator_or_bracket": _("one of + - * / or a closing bracket"),
}
WORK: Mapping[str, str | Promise] = {
    "case_work": _("Case work"),
    "group_work": _("Group work"),
    "community_work": _("Community work"),
    "home_visit": _("Home visits"),
    "training": _("Training"),
    "case_enquiry": _("Case enquiries"),
    "volunteer": _("Volunteers"),
    "supervision": _("Supervision"),
    "survey": _("Surveys"),
}


def formula_fault(error: WorkloadError) -> str:
    """Why a formula cannot be read, in the active language."""
    details = dict(error.details)
    if "expected" in details:
        details["expected"] = str(EXPECTED[str(details["expected"])])
    return str(FAULTS[error.code]) % details
