"""What one worker can give to users in a year, and what a bid promises (findings T05 and T06)."""

from collections.abc import Mapping
from fractions import Fraction

from almoner.rules.money import Exact, exact


def capacity_per_worker(limits: Mapping[str, Exact]) -> Fraction:
    """Hours that one worker can give to users in a year, by the formula of finding T05.

    (working_days x day_hours - leave_days x day_hours - training_hours - meeting_hours)
    / (1 + recording_ratio); the limits are those of T05 in the rule pack.
    """
    number = {name: exact(value) for name, value in limits.items()}
    days = number["working_days"] - number["leave_days"]
    hours = days * number["day_hours"] - number["training_hours"] - number["meeting_hours"]
    return hours / (1 + number["recording_ratio"])


def hours_per_worker(direct_hours: Exact, staff: Exact) -> Fraction | None:
    """Direct hours that each worker would have to give; None without staff."""
    return exact(direct_hours) / exact(staff) if staff else None


def cannot_be_worked(direct_hours: Exact, staff: Exact, limits: Mapping[str, Exact]) -> bool:
    """Finding T05: more hours a worker than one can give. As many as one can give is no finding."""
    hours = hours_per_worker(direct_hours, staff)
    return hours is not None and hours > capacity_per_worker(limits)


def over_share(direct_hours: Exact, required_direct_hours: Exact) -> Fraction | None:
    """Share by which a bid promises more direct hours than are required (T06); None over 0."""
    if not required_direct_hours:
        return None
    return exact(direct_hours) / exact(required_direct_hours) - 1


def is_inflated(direct_hours: Exact, required_direct_hours: Exact, limit: Exact) -> bool:
    """Finding T06: above the requirement by more than the limit. Equal to it is no finding."""
    over = over_share(direct_hours, required_direct_hours)
    return over is not None and over > exact(limit)
