"""The filters of every template: `almoner.web.format`, with what is unknown set in grey.

And Django's `translate`, which looks a fixed text up once a language rather than at every reading.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from almoner.web import format as plain
from almoner.web import language
from almoner.web.html import escaped

register = template.Library()


class FixedText(Node):
    """A translated text with nothing variable in it, kept by language."""

    def __init__(self, translation: TranslateNode) -> None:
        self._translation = translation
        self._kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        reader = language.active()
        text = self._kept.get(reader)
        if text is None:
            text = self._kept[reader] = self._translation.render(context)
        return text


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's tag of that name."""
    node = do_translate(parser, token)
    literal = getattr(node.filter_expression.var, "literal", None) is not None
    fixed = literal and not node.asvar and not node.message_context
    return FixedText(node) if fixed and not node.filter_expression.filters else node


def known(value: Any, text: Callable[..., str] = str, *options: Any) -> str:
    """`value` as text, or the greyed word for unknown where it is None or empty text."""
    if value is None or value == "":
        return SafeString(f'<span class="muted">{escaped(plain.unknown())}</span>')
    return text(value, *options)


def _time(machine: str, text: str) -> str:
    """Both are HTML: digits, and names of months."""
    return SafeString(f'<time datetime="{machine}">{text}</time>')


@register.filter(name="known")
def known_filter(value: Any) -> str:
    """Any text of the record."""
    return known(value)


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | str]:
    """The numbers that lead to the pages around this one, the first and the last."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def yuan(value: Any) -> str:
    return known(value, plain.yuan)


@register.filter
def yuan_short(value: Any) -> str:
    return known(value, plain.yuan_short)


@register.filter
def figure(value: Any, places: int | None = None) -> str:
    return known(value, plain.figure, places)


@register.filter
def score(value: Any) -> str:
    return known(value, plain.score)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    return known(value, plain.percent, places)


@register.filter
def hours(value: Any) -> str:
    return known(value, plain.hours)


@register.filter
def day(value: date | None) -> str:
    if value is None:
        return known(None)
    on = localtime(value).date() if isinstance(value, datetime) else value
    return _time(on.isoformat(), plain.day(on))


@register.filter
def moment(value: datetime | None) -> str:
    if value is None:
        return known(None)
    return _time(localtime(value).isoformat(timespec="minutes"), plain.moment(value))


@register.filter
def month(value: str | None) -> str:
    if not value:
        return known(None)
    return _time(escaped(value), plain.month(value))


@register.filter
def in_one_language(value: str | None) -> str:
    return known(plain.in_one_language(value or ""))


@register.filter
def named(value: Any) -> str:
    return known(plain.name_of(value))
