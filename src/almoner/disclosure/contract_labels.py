"""Words for what the record holds as free text or codes."""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from almoner.directory.models import Framework
from almoner.web import language
from almoner.web.format import in_one_language, named, unknown
from almoner.web.language import gettext

QUESTIONS = {
    "overall": _("Overall"),
    "respect": _("Treated with respect"),
    "helped": _("Was a help"),
    "again": _("Would come again"),
}


def name(thing: object) -> str:
    """The name of a body or place in the reader's language."""
    return named(thing) or unknown()


def address(page: str, ref: str) -> str:
    """The address of the page of that name about a body or place, in the reader's language."""
    return _address(language.active(), page, ref)


@lru_cache(maxsize=4096)
def _address(_language: str | None, page: str, ref: str) -> str:
    return reverse(page, args=[ref])


def framework_name(framework: Framework) -> str:
    """A framework's name in the reader's language, or else its code, and its version."""
    title = in_one_language(framework.name or framework.code)
    return gettext("%(name)s, version %(version)s") % {"name": title, "version": framework.version}


def question_name(question: str) -> str:
    """A question of a survey in words; its code where it is none of the usual ones."""
    return str(QUESTIONS.get(question, question))
