"""Findings as other pages show them: the first few of a contract or a body."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from almoner.findings.definition import definition
from almoner.supervision import labels, queries
from almoner.supervision.models import StoredFinding


@dataclass(frozen=True)
class Questions:
    """Lines of some findings, and the address of all of them where there are more."""

    lines: list[dict[str, Any]]
    more: str | None


def line(kept: StoredFinding, *, private: bool) -> dict[str, Any]:
    """What a list shows of a finding."""
    entry = definition(kept.code)
    return {
        "kept": kept,
        "title": labels.title(entry),
        "sentence": labels.sentence(kept, private=private),
        "subject": labels.subject(kept, private=private),
        "asked": labels.ASKED[entry.asks],
    }


def questions(part: str, key: str) -> Questions:
    """The public findings of a "contract", "provider" or "purchaser"."""
    rows, more = queries.some(part, key)
    every = f"{reverse('findings')}?{urlencode({part: key})}" if more else None
    return Questions([line(kept, private=False) for kept in rows], every)
