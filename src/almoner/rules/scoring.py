"""When an evaluator is independent, and when a sheet of scores is complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from almoner.rules.calendar import Deadline, add_working_days
from almoner.rules.money import Exact, exact


@dataclass(frozen=True)
class Link:
    """A tie between two bodies; it has no direction. Empty days are open ends."""

    one: str
    other: str
    from_on: date | None
    to_on: date | None


def is_tied(agency: str, provider: str, links: Iterable[Link], on: date) -> bool:
    """Whether an agency may not judge a provider on a day (finding E01)."""
    if agency == provider:
        return True
    return any(
        {link.one, link.other} == {agency, provider}
        and (link.from_on is None or link.from_on <= on)
        and (link.to_on is None or on <= link.to_on)
        for link in links
    )


@dataclass(frozen=True)
class Leaf:
    """An indicator that is scored, with the range of its scores, both ends included."""

    code: str
    lowest: Exact
    highest: Exact


class Gap(StrEnum):
    """What a score lacks."""

    SCORE = "score"
    RANGE = "range"
    REASON = "reason"
    EVIDENCE = "evidence"


def gaps(leaf: Leaf, entry: Mapping[str, Any]) -> list[Gap]:
    """What one score lacks: a number within the range, a reason, a piece of evidence."""
    found = []
    score = score_of(entry)
    if score is None:
        found.append(Gap.SCORE)
    elif not exact(leaf.lowest) <= exact(score) <= exact(leaf.highest):
        found.append(Gap.RANGE)
    if not str(entry.get("reason", "")).strip():
        found.append(Gap.REASON)
    if not entry.get("evidence"):
        found.append(Gap.EVIDENCE)
    return found


def incomplete(leaves: Iterable[Leaf], sheet: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The codes of the indicators whose score is not complete, in the order of `leaves`."""
    return [leaf.code for leaf in leaves if gaps(leaf, sheet.get(leaf.code, {}))]


def score_of(entry: Mapping[str, Any]) -> Decimal | None:
    """The score that was written, as an exact number of at most four decimals; None without one."""
    try:
        number = Decimal(str(entry.get("score", "")).strip())
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    if not number.is_finite() or not isinstance(exponent, int) or not -4 <= exponent <= 3:
        return None
    return number


def reply_until(scored_on: date, working_days: int) -> Deadline:
    """The last day on which the provider may reply to the scores."""
    return add_working_days(scored_on, working_days)


def may_conclude(scored_on: date, replied: bool, today: date, working_days: int) -> bool:
    """A result is final once the provider has replied, or after the last day for it."""
    return replied or today > reply_until(scored_on, working_days).day
