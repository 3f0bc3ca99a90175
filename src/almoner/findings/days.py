"""A day as the engines hold it: its number, counted from 1970-01-01."""

from datetime import date

EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """A day as the tables hold it."""
    return day.toordinal() - EPOCH


def day_of_number(number: int) -> date:
    """The day that a table holds."""
    return date.fromordinal(number + EPOCH)
