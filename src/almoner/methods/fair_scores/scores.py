"""What an official reads from a fit: fair scores of contracts, severities of judges.

The judge that a fair score speaks of is the average of those who judged: the mean of the agencies,
raters and indicators by their share of all ratings. Fair scores so keep the level of the ratings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

import numpy as np
import scipy.sparse as sp

from almoner.methods.fair_scores.model import Fit
from almoner.methods.fair_scores.statistics import Floats, Statistics

# Two intervals of so many standard errors that just touch differ at 5 % (Goldstein, Healy 1995,
# J. R. Stat. Soc. A 158:175).
TOUCHING = 1.96 / sqrt(2)


@dataclass(frozen=True)
class FairScore:
    """Of one contract in one period, in points; `parts` are the values of its columns.

    `value` is shrunk towards the mean as far as its data are thin, `adjusted` is not. `best` and
    `worst` are the ranks, 1 the highest, that its uncertainty allows within its group.
    """

    parts: tuple[str, ...]
    ratings: int
    raw: float
    adjusted: float
    value: float
    se: float
    best: int
    worst: int


@dataclass(frozen=True)
class Severity:
    """How many points harsher a judge marks than the average judge; below 0: more lenient."""

    level: str
    value: float
    se: float
    ratings: int


def severities(fit: Fit, term: str, within: Sequence[str] = ()) -> tuple[Severity, ...]:
    """The severity of each level of a judging term, against the mean of all its levels.

    `within` names terms that the levels lie in and whose severity is theirs too: a rater's is its
    agency's and its own. Empty where the term was left out of the model.
    """
    if term not in fit.effects:
        return ()
    statistics = fit.statistics
    number = statistics.index(term)
    levels = statistics.factors[number]
    size = len(levels.parts)
    random = {term: _against_mean(sp.csr_array(sp.eye_array(size)))}
    for name in within:
        crossed = statistics.crossed(number, statistics.index(name))
        if crossed.nnz != size:
            raise ValueError(f"a level of {term} lies in several of {name}")
        random[name] = _against_mean(sp.csr_array(crossed > 0).astype(np.float64))
    fixed = sp.csr_array((size, len(fit.columns)), dtype=np.float64)
    found = fit.predictions(fixed, random)
    return tuple(
        Severity(level, 0.0 - value, se, int(count))
        for level, (value, se), count in zip(
            levels.levels, found.tolist(), levels.counts, strict=True
        )
    )


def _against_mean(belongs: sp.csr_array) -> sp.csr_array:
    mean = belongs.sum(0) / belongs.shape[0]
    return sp.csr_array(belongs - sp.csr_array(np.tile(mean, (belongs.shape[0], 1))))


def fair_scores(
    fit: Fit, subject: str, *, own: Sequence[str] = (), groups: Sequence[str] | None = None
) -> tuple[FairScore, ...]:
    """A fair score for each level of a factor of the statistics, as contract:year.

    Random terms of no other columns than the subject's make the score, and so do the fixed factors
    named in `own` (a contract's district); a level that meets several of their levels has their
    mean. All other effects are those of the average judge. Ranks are among the levels that have
    the same of `groups`, one a level: those that may be compared.
    """
    statistics = fit.statistics
    number = statistics.index(subject)
    factor = statistics.factors[number]
    values = fit.predictions(*_combinations(fit, number, own))
    adjusted = _adjusted(fit, number, own)
    raw = factor.sums / factor.counts / statistics.scale
    bands = _bands(groups or [""] * len(factor.parts), values)
    return tuple(
        FairScore(
            parts,
            int(factor.counts[i]),
            float(raw[i]),
            float(adjusted[i]),
            float(values[i, 0]),
            float(values[i, 1]),
            *bands[i],
        )
        for i, parts in enumerate(factor.parts)
    )


def _is_own(fit: Fit, term: str, subject: int) -> bool:
    return set(term.split(":")) <= set(fit.statistics.factors[subject].columns)


def _shares(statistics: Statistics, subject: int, other: int) -> sp.csr_array:
    """Shares of the ratings of each level of the subject among the levels of another factor."""
    counts = statistics.factors[subject].counts.astype(np.float64)
    return sp.csr_array(sp.diags_array(1.0 / counts) @ statistics.crossed(subject, other))


def _combinations(
    fit: Fit, subject: int, own: Sequence[str]
) -> tuple[sp.csr_array, dict[str, sp.csr_array]]:
    """The effects that make up a fair score, level by level."""
    statistics = fit.statistics
    size = len(statistics.factors[subject].parts)
    random: dict[str, sp.csr_array] = {}
    for term in fit.terms:
        number = statistics.index(term)
        if _is_own(fit, term, subject):
            random[term] = _shares(statistics, subject, number)
        elif not set(term.split(":")) & set(statistics.factors[subject].columns):
            share = statistics.factors[number].counts / statistics.n
            random[term] = sp.csr_array(np.tile(share, (size, 1)))
    return sp.csr_array(_fixed(fit, subject, own)), random


def _fixed(fit: Fit, subject: int, own: Sequence[str]) -> Floats:
    """Values of the columns of the fixed effects, level by level: own ones, or the mean's."""
    statistics, design = fit.statistics, fit.evaluation.problem.design
    of_subject = design.with_factor(subject) / statistics.factors[subject].counts[:, None]
    mean = design.products[0] / statistics.n
    found = np.tile(mean, (len(of_subject), 1))
    for place, column in enumerate(design.columns):
        if column.factor is not None and statistics.factors[column.factor].name in own:
            found[:, place] = of_subject[:, place]
    # Covariates count from their centre in the design; the combination wants them as they are.
    return np.asarray(found @ np.linalg.inv(design.shift), np.float64)


def _adjusted(fit: Fit, subject: int, own: Sequence[str]) -> Floats:
    """The mean of a level's ratings, less what the judges and the circumstances made of it."""
    statistics, here = fit.statistics, fit.evaluation
    design = here.problem.design
    counts = statistics.factors[subject].counts
    level = _fixed(fit, subject, own) @ design.shift @ here.fixed
    found = statistics.centred_sums(subject) - design.with_factor(subject) @ here.fixed
    for term, effects in fit.effects.items():
        if not _is_own(fit, term, subject):
            number = statistics.index(term)
            found = found - statistics.crossed(subject, number) @ effects.values
            if not set(term.split(":")) & set(statistics.factors[subject].columns):
                share = statistics.factors[number].counts / statistics.n
                level = level + float(share @ effects.values)
    return np.asarray(level + found / counts + statistics.centre / statistics.scale, np.float64)


def _bands(groups: Sequence[str], values: Floats) -> dict[int, tuple[int, int]]:
    """The best and the worst rank that each may have among those of its group."""
    found: dict[int, tuple[int, int]] = {}
    order = sorted(range(len(groups)), key=lambda i: groups[i])
    for _, members in groupby(order, key=lambda i: groups[i]):
        numbers = np.array(list(members))
        low = values[numbers, 0] - TOUCHING * values[numbers, 1]
        high = values[numbers, 0] + TOUCHING * values[numbers, 1]
        above = len(numbers) - np.searchsorted(np.sort(low), high, side="right")
        below = np.searchsorted(np.sort(high), low, side="left")
        for i, number in enumerate(numbers.tolist()):
            found[number] = (int(above[i]) + 1, len(numbers) - int(below[i]))
    return found
