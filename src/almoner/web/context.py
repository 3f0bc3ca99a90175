"""What the base layout needs on every page, at the cost of one query at most."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from almoner.web import clock

NAVIGATION = (
    ("contracts", _("Contracts")),
    ("places", _("Places")),
    ("providers", _("Providers")),
    ("evaluations", _("Evaluations")),
    ("notices", _("Notices")),
)
ABOUT = (
    ("how-we-count", _("How we count")),
    ("accessibility", _("Accessibility")),
    ("privacy", _("Privacy")),
)
# Each language under its own name, with the tag that HTML knows it by.
LANGUAGES = {"en": ("en", "English"), "zh-hans": ("zh-Hans", "简体中文")}


@dataclass(frozen=True)
class Link:
    """A page that every page leads to."""

    name: str
    url: str
    label: str


@dataclass(frozen=True)
class OtherLanguage:
    tag: str
    name: str
    url: str


@dataclass(frozen=True)
class Layout:
    """The frame around a page. It says nothing about who reads it: public pages are cached."""

    title: str
    tag: str
    demonstration: bool
    today: date
    others: tuple[OtherLanguage, ...]
    navigation: tuple[Link, ...]
    about: tuple[Link, ...]


def site(request: HttpRequest) -> dict[str, Layout]:
    """The context processor: `layout` in every template that is rendered for a request."""
    language = get_language() or settings.LANGUAGE_CODE
    shown = clock.site()
    return {
        "layout": Layout(
            title=settings.CITY_TITLE[language],
            tag=LANGUAGES[language][0],
            demonstration=shown.demonstration,
            today=clock.now_of(shown).date(),
            others=tuple(
                OtherLanguage(tag, name, _in_language(request, code))
                for code, (tag, name) in LANGUAGES.items()
                if code != language
            ),
            navigation=_links(language, NAVIGATION),
            about=_links(language, ABOUT),
        )
    }


@cache
def _links(language: str, pages: tuple[tuple[str, str | Promise], ...]) -> tuple[Link, ...]:
    """The pages' addresses and labels: the same on every page of a language."""
    with translation.override(language):
        return tuple(Link(name, reverse(name), str(label)) for name, label in pages)


def _in_language(request: HttpRequest, language: str) -> str:
    """This page, query and all, in another language; its home where the page has no language."""
    _empty, first, rest = f"{request.get_full_path()}/".split("/", 2)
    return f"/{language}/{rest[:-1]}" if first in LANGUAGES else f"/{language}/"
