"""What the base layout needs on every page, at the cost of one query at most."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from almoner.web import clock
from almoner.web.access import actor_for
from almoner.web.denied import Denied, denied
from almoner.web.sections import Section, sections_for
from almoner.web.workflow_labels import DONE

NAVIGATION = (
    ("tenders", _("Tenders")),
    ("contracts", _("Contracts")),
    ("places", _("Places")),
    ("providers", _("Providers")),
    ("evaluations", _("Evaluations")),
    ("findings", _("Questions")),
    ("notices", _("Notices")),
)
ABOUT = (
    ("directory", _("Directory")),
    ("needs", _("Needs")),
    ("need-raise", _("Say what you need")),
    ("complaint-raise", _("Complain or ask")),
    ("complaints", _("Complaints")),
    ("how-we-count", _("How we count")),
    ("accessibility", _("Accessibility")),
    ("privacy", _("Privacy")),
)
# Each language under its own name, with the tag that HTML knows it by.
LANGUAGES = {"en": ("en", "English"), "zh-hans": ("zh-Hans", "简体中文")}


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
    styles: str
    top: str
    own: str
    foot: str


@dataclass(frozen=True)
class Desk:
    """What the pages of the desk show around their own: made only where a template asks for it."""

    request: HttpRequest

    @property
    def said(self) -> str:
        """What was just done."""
        return str(DONE.get(self.request.GET.get("done", ""), ""))

    @property
    def sections(self) -> list[Section]:
        """Where whoever is signed in may go."""
        return sections_for(actor_for(self.request))

    @property
    def denied(self) -> Denied | None:
        """Why this page is refused."""
        return denied(self.request)

    @property
    def current(self) -> str | None:
        """The name of this address."""
        match = self.request.resolver_match
        return match.url_name if match else None


def site(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `layout` and `desk` in every template rendered for a request."""
    language = get_language() or settings.LANGUAGE_CODE
    shown = clock.site()
    current = request.resolver_match.url_name if request.resolver_match else None
    title, today = settings.CITY_TITLE[language], clock.now_of(shown).date()
    styles, top, own, foot = _frame(language, title, shown.demonstration, today, current)
    return {
        "desk": Desk(request),
        "layout": Layout(
            title=title,
            tag=LANGUAGES[language][0],
            demonstration=shown.demonstration,
            today=today,
            others=tuple(
                OtherLanguage(tag, name, _in_language(request, code))
                for code, (tag, name) in LANGUAGES.items()
                if code != language
            ),
            styles=styles,
            top=top,
            own=own,
            foot=foot,
        ),
    }


@lru_cache(maxsize=256)
def _frame(
    language: str, title: str, demonstration: bool, today: date, current: str | None
) -> tuple[str, str, str, str]:
    """What stands around the pages of a name: kept, as it is a fifth of a page's work."""
    facts = {
        "title": title,
        "demonstration": demonstration,
        "today": today,
        "current": current,
        "navigation": NAVIGATION,
        "about": ABOUT,
    }
    styles, top, own, foot = (
        render_to_string(f"web/{part}.html", facts) for part in ("styles", "top", "own", "foot")
    )
    return styles, top, own, foot


def _in_language(request: HttpRequest, language: str) -> str:
    """This page, query and all, in another language; its home where the page has no language."""
    _empty, first, rest = f"{request.get_full_path()}/".split("/", 2)
    return f"/{language}/{rest[:-1]}" if first in LANGUAGES else f"/{language}/"
