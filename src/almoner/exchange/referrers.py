"""Who still refers to the rows that a load removes: the database says only that somebody does."""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.db.models import ForeignKey

from almoner.citypackage import Fault
from almoner.exchange.bulk import fetch, quoted
from almoner.exchange.tables import STORED, Stored

# Made from the service records, which are named themselves.
_DERIVED = frozenset(["monthly_delivery"])
_NAMED = 1_000  # rows of a table that are named for one column that refers to them


class Referrer(NamedTuple):
    """Where `column` of a table holds the `target` of the row that it refers to."""

    table: str
    column: str
    target: str


def referrers(table: str) -> list[Referrer]:
    """Every column of the database that refers to rows of `table`, those of packages first."""
    found = [
        Referrer(model._meta.db_table, str(field.column), str(field.target_field.column))
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.target_field.model._meta.db_table == table
    ]
    named = [referrer for referrer in found if referrer.table not in _DERIVED]
    return sorted(named, key=lambda referrer: referrer.table not in STORED)


def still_named(stored: Stored, gone: str) -> Iterator[Fault]:
    """A fault for each removed row, of those in table `gone`, and each column that refers to it."""
    for referrer in referrers(stored.name):
        key = quoted(stored.key, "g.")
        # CROSS JOIN: SQLite then goes from the few that are gone by index to those who refer.
        sql = (
            f"SELECT {key}, count(*), min({_label(referrer)}) "  # noqa: S608
            f'FROM "{gone}" g CROSS JOIN "{referrer.table}" r '
            f'WHERE r."{referrer.column}" = g."{referrer.target}" '
            f"GROUP BY {key} ORDER BY {key} LIMIT {_NAMED}"
        )
        for *values, count, label in fetch(sql):
            value = "/".join(map(str, values))
            sentence = _sentence(referrer, int(str(count)), str(label))
            yield Fault(stored.name, None, None, value, sentence, "still_named")


def _label(referrer: Referrer) -> str:
    """What tells the referring row from others that refer to the same; '' where nothing does."""
    stored = STORED.get(referrer.table)
    own = [column for column in stored.key if column != referrer.column] if stored else []
    return " || '/' || ".join(f'CAST(r."{column}" AS text)' for column in own) or "''"


def _sentence(referrer: Referrer, count: int, label: str) -> str:
    who = f"{referrer.table} {label}".rstrip()
    more = f" and {count - 1} more" if count > 1 else ""
    if referrer.table in STORED:
        way = f"list {referrer.table} too, or keep the row"
    else:
        way = f"keep the row, for no package can list {referrer.table}"
    return f"is still named by {who}{more} ({referrer.column}): {way}"
