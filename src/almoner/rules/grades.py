"""Grades of an evaluation: excellent 优, good 良, fair 中, poor 差."""

from datetime import date
from enum import StrEnum

from almoner.rules.money import Exact, exact
from almoner.rules.packs import Pack


class Grade(StrEnum):
    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def grade(percent: Exact, pack: Pack, on: date) -> Grade:
    """The grade of a total in percent by the limits in force on a day.

    The total is compared as it is, never rounded first: 89.99 is good and 76.5 is fair.
    """
    number = exact(percent)
    for candidate in (Grade.EXCELLENT, Grade.GOOD, Grade.FAIR):
        if number >= pack.limit(f"grade.{candidate}", on).value:
            return candidate
    return Grade.POOR
