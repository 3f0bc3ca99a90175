"""Finding pages by words: how texts become tokens, and how a query is answered.

Chinese is written without spaces, so each run of its characters gives its single characters and
its pairs; everything else gives whole words. A query asks for every pair (or, of one character,
for the character) and every word; its last word may be the beginning of one.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from almoner.disclosure.models import EntryKind, SearchEntry, SearchToken

KINDS = {
    EntryKind.CONTRACT.value: _("Contracts"),
    EntryKind.PLACE.value: _("Places"),
    EntryKind.PROVIDER.value: _("Providers"),
    EntryKind.PURCHASER.value: _("Purchasers"),
    EntryKind.EVALUATOR.value: _("Evaluation agencies"),
}
LONGEST_QUERY = 100
MOST_TOKENS = 24
LONGEST_TOKEN = 64

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
# What people write for short, which pairs of characters alone would not find.
_SHORT = {"社会工作": "社工"}


@dataclass(frozen=True)
class Wanted:
    """What a query asks for: tokens as they are, and perhaps the beginning of one more."""

    tokens: frozenset[str]
    prefix: str


def _runs(text: str) -> list[tuple[bool, str]]:
    """The runs of a text in order, each with whether it is Chinese."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [(bool(run["han"]), run[0][:LONGEST_TOKEN]) for run in _RUNS.finditer(plain)]


def _pairs(run: str) -> set[str]:
    return {run[at : at + 2] for at in range(len(run) - 1)}


def tokens_of(texts: Iterable[str]) -> set[str]:
    """All tokens under which a page with these texts is found."""
    tokens: set[str] = set()
    for text in texts:
        shortened = [short for full, short in _SHORT.items() if full in text]
        for han, run in _runs(" ".join([text, *shortened])):
            tokens |= {*run, *_pairs(run)} if han else {run}
    return tokens


def wanted(query: str) -> Wanted | None:
    """What a query asks for; None where it holds neither a word nor a character.

    Only the first LONGEST_QUERY characters and MOST_TOKENS tokens count.
    """
    tokens: list[str] = []
    prefix = ""
    for han, run in _runs(query[:LONGEST_QUERY]):
        if prefix:
            tokens.append(prefix)
        prefix = "" if han else run
        if han:
            tokens += sorted(_pairs(run) or {run})
    if not tokens and not prefix:
        return None
    return Wanted(frozenset(tokens[:MOST_TOKENS]), prefix)


def found(what: Wanted) -> "QuerySet[SearchEntry]":
    """The pages that hold everything wanted."""
    entries = SearchEntry.objects.order_by("kind", "title_zh", "ref")
    if what.prefix:
        begun = SearchToken.objects.filter(token__startswith=what.prefix)
        entries = entries.filter(pk__in=begun.values("entry"))
    if what.tokens:
        holding = (
            SearchToken.objects.filter(token__in=what.tokens)
            .values("entry")
            .annotate(held=Count("token", distinct=True))
            .filter(held=len(what.tokens))
        )
        entries = entries.filter(pk__in=holding.values("entry"))
    return entries


def counts(entries: "QuerySet[SearchEntry]") -> list[tuple[str, str, int]]:
    """Kind, its name and the number of pages found, of the kinds with any."""
    numbers = dict(entries.order_by().values_list("kind").annotate(number=Count("pk")))
    return [(kind, str(label), numbers[kind]) for kind, label in KINDS.items() if kind in numbers]
