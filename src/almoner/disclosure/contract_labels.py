"""Words for what the record holds as free text or codes."""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import ContractTerm
from almoner.directory.models import Framework
from almoner.rules.grades import Grade
from almoner.web.format import in_chinese, named, unknown

TERM_TYPES = {
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

QUESTIONS = {
    "overall": _("Overall"),
    "respect": _("Treated with respect"),
    "helped": _("Was a help"),
    "again": _("Would come again"),
}

GRADES = {
    Grade.EXCELLENT: _("Excellent"),
    Grade.GOOD: _("Good"),
    Grade.FAIR: _("Fair"),
    Grade.POOR: _("Poor"),
}
GRADE_TAGS = {Grade.EXCELLENT: "ok", Grade.GOOD: "ok", Grade.FAIR: "warn", Grade.POOR: "bad"}

_CHINESE = re.compile("[\u3400-\u9fff]")


def in_one_language(text: str) -> str:
    """Free text written as "中文 / English" in the reader's language; any other text as it is."""
    first, slash, second = text.partition(" / ")
    if slash and _CHINESE.search(first) and second and not _CHINESE.search(second):
        return first if in_chinese() else second
    return text


def name(thing: object) -> str:
    """The name of a body or place in the reader's language."""
    return named(thing) or unknown()


def framework_name(framework: Framework) -> str:
    """A framework's name in the reader's language, or else its code, and its version."""
    title = in_one_language(framework.name or framework.code)
    return gettext("%(name)s, version %(version)s") % {"name": title, "version": framework.version}


def term_name(term: ContractTerm) -> str:
    """The type of a term, and its category where that says more."""
    kind = str(TERM_TYPES.get(term.type, term.type.replace("_", " ")))
    category = in_one_language(term.category or "")
    if category.casefold() in kind.casefold():
        return kind
    return f"{kind}：{category}" if in_chinese() else f"{kind}: {category}"


def question_name(question: str) -> str:
    """A question of a survey in words; its code where it is none of the usual ones."""
    return str(QUESTIONS.get(question, question))
