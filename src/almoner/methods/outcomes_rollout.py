"""The effect of a service that reached place after place, by difference in differences.

Group-time effects with the places that had not begun yet as comparison (B. Callaway, P. H. C.
Sant'Anna, J. Econom. 225, 2021, 200-230), estimated by the library diff-diff: `almoner[rollout]`.
Once everybody has begun nobody is left to compare with, and from that period on no effect can be
told from what happened to all places anyway; those are listed, never guessed.
"""

import math
import warnings
from collections import Counter
from collections.abc import Mapping
from itertools import count
from types import ModuleType

from scipy.special import ndtri

from almoner.methods.outcomes import Effect, Figure, GroupTime, OutcomesError, Unidentified

FEW = 5
"""Standard errors hold for many places; cohorts below this many are named in a note."""

Outcomes = Mapping[tuple[str, int], float]


def rollout_effect(
    outcomes: Outcomes, started: Mapping[str, int | None], level: float = 0.95
) -> Effect:
    """The effect of a staggered roll-out.

    `outcomes` holds (place, period) -> outcome, `started` each place's first period with the
    service, None for never; a start between two periods counts from the later one. Left out and
    named are places without an outcome in some period, those that began in or before the first
    period, and a place that is alone in its cohort (it would have no standard error).
    OutcomesError where nothing can be told, or without the library.
    """
    if not 0 < level < 1:
        raise OutcomesError(f"a level of {level} cannot be; give one between 0 and 1, as 0.95")
    periods = _periods(outcomes, started)
    cohorts, left_out = _cohorts(outcomes, started, periods)
    starts = sorted(start for start in set(cohorts.values()) if start is not None)
    all_started = None if None in cohorts.values() or not starts else starts[-1]
    known = [period for period in periods if all_started is None or period < all_started]
    if not starts or starts[0] > known[-1]:
        why = "nobody is left to compare with" if starts else "there is no cohort to follow"
        reasons = "; ".join(f"{place}: {reason}" for place, reason in sorted(left_out.items()))
        raise OutcomesError(
            f"no effect can be told: {why}. Two places at least must begin in one period after "
            f"{periods[0]}, and two others later or never. Left out: {reasons or 'none'}"
        )
    after, before, overall, notes = _estimated(outcomes, cohorts, known, level)
    sizes = Counter(cohorts.values())
    rough = [str(start or "never") for start in (*starts, None) if 0 < sizes[start] < FEW]
    if rough:
        notes += (f"Cohorts of fewer than {FEW} places ({', '.join(rough)}): rough intervals.",)
    return Effect(
        overall=overall,
        after=after,
        before=before,
        unidentified=tuple(
            Unidentified(start, period, f"all had begun by {all_started}: nobody to compare with")
            for start in starts
            for period in periods
            if all_started is not None and period >= max(start, all_started)
        ),
        left_out=dict(sorted(left_out.items())),
        all_started=all_started,
        level=level,
        notes=notes,
    )


def _periods(outcomes: Outcomes, started: Mapping[str, int | None]) -> list[int]:
    for (place, period), outcome in outcomes.items():
        if not math.isfinite(outcome):
            raise OutcomesError(f"the outcome of {place} in {period} is {outcome}; leave it out")
        if place not in started:
            raise OutcomesError(f"{place} has outcomes, but not when it began; give None for never")
    periods = sorted({period for _, period in outcomes})
    if len(periods) < 2:
        raise OutcomesError("outcomes of fewer than 2 periods: there is no before and after")
    return periods


def _cohorts(
    outcomes: Outcomes, started: Mapping[str, int | None], periods: list[int]
) -> tuple[dict[str, int | None], dict[str, str]]:
    """The usable places with their first period, and the others with the reason."""
    cohorts: dict[str, int | None] = {}
    left_out: dict[str, str] = {}
    for place, start in started.items():
        lacking = [period for period in periods if (place, period) not in outcomes]
        if lacking:
            left_out[place] = f"no outcome in {', '.join(map(str, lacking))}"
        elif start is not None and start <= periods[0]:
            left_out[place] = f"began by {periods[0]}: no period before to compare with"
        else:
            # Whoever begins between two periods shows in the next one, after the last in none.
            cohorts[place] = next(
                (period for period in periods if start is not None and period >= start), None
            )
    sizes = Counter(cohorts.values())
    for place, start in list(cohorts.items()):
        if sizes[start] == 1:
            when = "that never began" if start is None else f"that began in {start}"
            left_out[place] = f"the only one {when}: it would have no standard error"
            del cohorts[place]
    return cohorts, left_out


def _estimated(
    outcomes: Outcomes, cohorts: Mapping[str, int | None], periods: list[int], level: float
) -> tuple[tuple[GroupTime, ...], tuple[GroupTime, ...], Figure, tuple[str, ...]]:
    """Group-time effects after and before the start, their mean, and the library's warnings.

    In `periods` somebody has always yet to begin, so that every effect has its comparison.
    """
    pandas, library = _library()
    # Periods are counted from 1, as 0 is the library's "never"; whoever begins later is one too.
    number: dict[int | None, int] = dict(zip(periods, count(1), strict=False))
    table = pandas.DataFrame(
        [
            (place, number[period], number.get(start, 0), outcomes[place, period])
            for place, start in sorted(cohorts.items())
            for period in periods
        ],
        columns=["place", "period", "start", "outcome"],
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = library.CallawaySantAnna(control_group="not_yet_treated", alpha=1 - level).fit(
            table, outcome="outcome", unit="place", time="period", first_treat="start"
        )
    quantile = float(ndtri((1 + level) / 2))
    cells = [
        GroupTime(
            cohort=periods[int(start) - 1],
            period=periods[int(period) - 1],
            effect=_figure(cell["effect"], cell["se"], quantile),
        )
        for (start, period), cell in sorted(result.group_time_effects.items())
    ]
    overall = _figure(result.overall_att, result.overall_se, quantile)
    if not overall.se:
        raise OutcomesError(
            "all places of a cohort changed by exactly the same, so no standard error can be had; "
            "check that the outcomes were measured, not filled in"
        )
    return (
        tuple(cell for cell in cells if cell.period >= cell.cohort),
        tuple(cell for cell in cells if cell.period < cell.cohort),
        overall,
        tuple(str(warning.message) for warning in caught),
    )


def _figure(value: float, se: float, quantile: float) -> Figure:
    if not math.isfinite(value) or not math.isfinite(se):
        raise OutcomesError("the outcomes are too few or too large for a standard error")
    return Figure.around(float(value), float(se), quantile)


def _library() -> tuple[ModuleType, ModuleType]:
    try:
        import diff_diff
        import pandas
    except ImportError:
        raise OutcomesError(
            "the effect of a roll-out needs the library diff-diff; install almoner[rollout]"
        ) from None
    return pandas, diff_diff
