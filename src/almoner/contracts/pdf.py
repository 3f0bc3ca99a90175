"""A contract's text as PDF, by WeasyPrint; the same text gives the same bytes."""

import hashlib
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from almoner.contracts.text import Text

SIDES = 2


class NoPrinter(Exception):
    """This system lacks what makes a PDF (the library Pango)."""


@cache
def _weasyprint() -> Any:
    """The library; NoPrinter where the system has no Pango."""
    try:
        import weasyprint  # it loads Pango while it is imported
    except OSError as error:
        raise NoPrinter from error
    return weasyprint


@cache
def _paper_css() -> str:
    """How a contract looks on paper."""
    found = files("almoner.contracts").joinpath("static/contracts/paper.css")
    return found.read_text(encoding="utf-8")


def html_of(text: Text, language: str, *, linked: bool = True) -> str:
    """The page that is printed, in a language; `linked` to its stylesheet for a browser."""
    with translation.override(language):
        tag = "zh-Hans" if language.startswith("zh") else "en"
        context = {"text": text, "tag": tag, "linked": linked}
        return render_to_string("contracts/paper.html", context)


def pdf_of(text: Text, language: str) -> bytes:
    """The PDF in a language; NoPrinter where none can be made.

    `text` must be made in that language too. What both sides signed is kept beside the other data
    once it is made: it takes seconds, and everybody may ask for it.
    """
    html = html_of(text, language, linked=False)
    if len(text.signed) < SIDES:
        return _made(html)
    of = hashlib.sha256((html + _paper_css()).encode()).hexdigest()
    kept: Path = settings.DATA_DIR / "contracts" / f"{of}.pdf"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(_made(html))
        unfinished.replace(kept)
    return kept.read_bytes()


def _made(html: str) -> bytes:
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html, url_fetcher=_nothing)
    return bytes(document.write_pdf(stylesheets=[weasyprint.CSS(string=_paper_css())]))


def _nothing(url: str, **options: object) -> Any:
    raise ValueError(f"a contract fetches nothing: {url}")
