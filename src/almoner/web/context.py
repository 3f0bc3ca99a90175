"""What the base layout needs on every page, at the cost of one query at most."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
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
    top: str
    foot: str


def site(request: HttpRequest) -> dict[str, Layout]:
    """The context processor: `layout` in every template that is rendered for a request."""
    language = get_language() or settings.LANGUAGE_CODE
    shown = clock.site()
    current = request.resolver_match.url_name if request.resolver_match else None
    title, today = settings.CITY_TITLE[language], clock.now_of(shown).date()
    top, foot = _frame(language, title, shown.demonstration, today, current)
    return {
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
            top=top,
            foot=foot,
        )
    }


@lru_cache(maxsize=256)
def _frame(
    language: str, title: str, demonstration: bool, today: date, current: str | None
) -> tuple[str, str]:
    """What stands above and below the pages of a name: kept, as it is a fifth of a page's work."""
    facts = {
        "title": title,
        "demonstration": demonstration,
        "today": today,
        "current": current,
        "navigation": NAVIGATION,
        "about": ABOUT,
    }
    return render_to_string("web/top.html", facts), render_to_string("web/foot.html", facts)


def _in_language(request: HttpRequest, language: str) -> str:
    """This page, query and all, in another language; its home where the page has no language."""
    _empty, first, rest = f"{request.get_full_path()}/".split("/", 2)
    return f"/{language}/{rest[:-1]}" if first in LANGUAGES else f"/{language}/"
