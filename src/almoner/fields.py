"""Model fields and constraints that several stages share."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual

ID_LENGTH = 200

if TYPE_CHECKING:
    _Field = models.Field[Decimal | None, Decimal | None]
else:
    _Field = models.Field


class NumberField(_Field):
    """An exact decimal of any precision: numeric on PostgreSQL, its plain digits as text on SQLite.

    Django's DecimalField is stored as a binary float on SQLite, which loses digits.
    """

    def db_type(self, connection: Any) -> str:
        return "numeric" if connection.vendor == "postgresql" else "text"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else Decimal(str(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        number = self.get_prep_value(value)
        if number is None or connection.vendor == "postgresql":
            return number
        return plain(number)


def plain(number: Decimal) -> str:
    """`number` as plain digits without superfluous zeros: 268.80 -> '268.8', 1E+3 -> '1000'."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def key_field(**options: Any) -> "models.CharField[str, str]":
    """A natural text key, as the exchange format names it."""
    return models.CharField(max_length=ID_LENGTH, primary_key=True, **options)


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The column holds one of the choices (or is null, where it may be)."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def in_order(first: str, last: str, name: str) -> models.CheckConstraint:
    """`first` is not after `last`; an empty one is not judged."""
    return models.CheckConstraint(condition=Q(**{f"{first}__lte": F(last)}), name=name)


def at_least(field: str, minimum: int, name: str) -> models.CheckConstraint:
    """An integer column is at least `minimum`, or null."""
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": minimum}), name=name)


def number_at_least(field: str, minimum: int, name: str) -> models.CheckConstraint:
    """A NumberField column is at least `minimum`, or null."""
    condition = Q(GreaterThanOrEqual(Cast(F(field), models.FloatField()), float(minimum)))
    return models.CheckConstraint(condition=condition, name=name)
