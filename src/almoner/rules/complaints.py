"""The clock of a complaint, and who may answer it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from almoner.rules.calendar import Deadline, add_working_days
from almoner.rules.packs import Limit, Pack
from almoner.rules.refusal import Refused

ANSWERS = ("upheld", "partly_upheld", "not_upheld")
"""The outcomes that an answer may have; whoever complained may also withdraw."""


def answer_limit(received_on: date, pack: Pack) -> Limit:
    """The time to answer a complaint received on a day, in working days."""
    return pack.limit("complaint.answer_working_days", received_on)


def due(received_on: date, pack: Pack) -> Deadline:
    """The last day on which an answer is in time; the day of receipt does not count."""
    return add_working_days(received_on, int(answer_limit(received_on, pack).value))


class Standing(StrEnum):
    RUNNING = "running"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Clock:
    """How a complaint stands on a day.

    `days` are calendar days: waited so far (running), over the deadline (overdue, late), or from
    receipt to the answer (in time) or to the withdrawal.
    """

    standing: Standing
    days: int


def clock(
    received_on: date, due_on: date, answered_on: date | None, outcome: str | None, today: date
) -> Clock:
    """An answer on the day it is due is in time; without one it is overdue from the next day on."""

    def passed(until: date, since: date) -> int:
        return (until - since) // timedelta(days=1)

    if answered_on is None:
        if today > due_on:
            return Clock(Standing.OVERDUE, passed(today, due_on))
        return Clock(Standing.RUNNING, passed(today, received_on))
    if outcome == "withdrawn":
        return Clock(Standing.WITHDRAWN, passed(answered_on, received_on))
    if answered_on > due_on:
        return Clock(Standing.LATE, passed(answered_on, due_on))
    return Clock(Standing.IN_TIME, passed(answered_on, received_on))


def no_judge_in_own_cause(answering: str | None, purchaser: str | None) -> None:
    """Refused where the body that would answer is the purchaser that the complaint is about.

    Both are usccs; None answers for the whole city, or is no purchaser at all.
    """
    if answering is not None and answering == purchaser:
        raise Refused("own_complaint")
