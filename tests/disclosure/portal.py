"""Reading public pages in tests, on the day that the cast's story is told."""

import re
from html import unescape

from django.core.cache import cache
from django.test import Client
from tests.disclosure.cast import TODAY

from almoner.web.models import Site

LANGUAGES = ("en", "zh-hans")


def set_day() -> None:
    """The portal shows the cast's day."""
    cache.clear()
    Site.objects.update_or_create(id=1, defaults={"demonstration": True, "clock_day": TODAY})


def html(path: str, language: str = "en", **asked: str) -> str:
    """The whole answer to an address below the language prefix, which must be there."""
    answer = Client().get(f"/{language}/{path}", asked)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def words(text: str) -> str:
    """What a page says: its main part without tags, blanks run together."""
    main = text.split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", main)))


def read(path: str, language: str = "en", **asked: str) -> str:
    return words(html(path, language, **asked))


def status(path: str) -> int:
    return Client().get(f"/en/{path}").status_code
