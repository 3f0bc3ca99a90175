"""Stamps: counters that rise when what they name changes, so that cached pages notice."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from almoner.web.models import Stamp

_BUMP = (
    "INSERT INTO page_stamps (token, serial) VALUES (%s, 1) "
    "ON CONFLICT (token) DO UPDATE SET serial = page_stamps.serial + 1"
)


def bump(tokens: Iterable[str]) -> None:
    """Say that what the tokens name has changed; it holds from the caller's commit on."""
    rows = [(token,) for token in sorted(set(tokens))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_BUMP, rows)


def serials(tokens: Sequence[str]) -> str:
    """The stamps of the tokens in one string; it differs once any of them rose."""
    found = dict(Stamp.objects.filter(token__in=tokens).values_list("token", "serial"))
    return ",".join(str(found.get(token, 0)) for token in tokens)
