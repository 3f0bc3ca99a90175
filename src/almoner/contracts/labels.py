"""Words for the codes of workload terms."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import ContractTerm
from almoner.web.format import in_chinese, in_one_language

TERM_TYPES: Mapping[str, str | Promise] = {
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


def term_name(term: ContractTerm) -> str:
    """The type of a term, and its category where that says more."""
    kind = str(TERM_TYPES.get(term.type, term.type.replace("_", " ")))
    category = in_one_language(term.category or "")
    if category.casefold() in kind.casefold():
        return kind
    return f"{kind}：{category}" if in_chinese() else f"{kind}: {category}"
