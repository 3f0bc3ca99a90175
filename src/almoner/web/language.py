"""The language of whoever reads, and its texts, without finding it out anew for each of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.db.models import TextChoices
from django.utils import translation

_SETTLED: ContextVar[str | None] = ContextVar("settled_language", default=None)


def active() -> str | None:
    """The code of the active language, as Django's get_language has it."""
    return _SETTLED.get() or translation.get_language()


@contextmanager
def settled() -> Iterator[None]:
    """A block in which no other language is activated.

    A page has hundreds of texts, figures and days. To ask Django for the language of each was a
    sixth of the work of a contract's page.
    """
    before = _SETTLED.set(translation.get_language())
    try:
        yield
    finally:
        _SETTLED.reset(before)


def gettext(text: str) -> str:
    """Django's gettext for the texts of the catalogue, each looked up once a language."""
    return _text(active(), text)


def label(choices: type[TextChoices], value: str) -> str:
    """What one of the choices of a field is called."""
    return _label(active(), choices, value)


@cache
def _text(_language: str | None, text: str) -> str:
    return translation.gettext(text)


@cache
def _label(_language: str | None, choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label)
