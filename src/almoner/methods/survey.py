"""Surveys of users: how many to ask, and what their answers say about everybody.

A sample that was drawn by lot and one that the provider chose are two types: only the first has an
interval, and only the first can be pooled.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scipy.special import ndtri

CENSUS = 50
"""A frame of up to this many users is asked as a whole."""

PROVIDER = "provider"


class SurveyError(ValueError):
    """The numbers do not make a survey, or do not allow what was asked: what and why."""


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both shares between 0 and 1."""

    low: float
    high: float


def sample_size(frame: int, margin: float = 0.10, level: float = 0.95) -> int:
    """How many of `frame` users to draw so that a share is known to `margin` either way.

    All of them up to 50. Above, Cochran's size at a share of one half, z^2/4/margin^2, with the
    finite population correction n/(1 + (n - 1)/frame), rounded up: 50 of 100, 66 of 200, 81 of 500,
    88 of 1,000 (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, 4.4). It is the number of answers
    that are needed: who stays silent is replaced by the next in the order of the draw.
    """
    if frame < 0:
        raise SurveyError(f"a frame of {frame} users cannot be; give 0 or more")
    if not 0 < margin < 1:
        raise SurveyError(f"a margin of {margin} is no share; give one between 0 and 1, as 0.10")
    if frame <= CENSUS:
        return frame
    endless = _z(level) ** 2 / 4 / margin**2
    # At least 1: a margin above one half would need less than an answer.
    return max(1, min(frame, math.ceil(endless / (1 + (endless - 1) / frame))))


def wilson(share: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's two-sided interval of a share in `n` answers, which may be an effective number.

    30 of 30 gives 0.886 to 1, "at least 89 %" in whole percent: z^2/(30 + z^2) = 0.1135 is what
    remains. The one-sided bound of the same level would be 0.917 and is not used. An infinite `n`
    is a census that everybody answered: a point.
    (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212.)
    """
    if not 0 <= share <= 1:
        raise SurveyError(f"{share} is no share; it must lie between 0 and 1")
    if not n > 0:
        raise SurveyError("there are no answers: a share of none has no interval")
    if math.isinf(n):
        return Interval(share, share)
    square = _z(level) ** 2 / n
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)
    # The bounds are exactly 0 and 1 there; rounding would miss them by a hair.
    low = 0.0 if share == 0 else max(0.0, min(share, middle - half))
    high = 1.0 if share == 1 else min(1.0, max(share, middle + half))
    return Interval(low, high)


@dataclass(frozen=True)
class Stratum:
    """A stratum of a survey: of `frame` users `drawn` were asked, `answered`, and said `yes`."""

    frame: int
    drawn: int
    answered: int
    yes: int


@dataclass(frozen=True)
class Sample:
    """The strata of a sample by name; a survey without strata has one."""

    drawn_by: str
    strata: Mapping[str, Stratum]

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be: more answers than were drawn, and the like."""
        if not any(stratum.frame for stratum in self.strata.values()):
            raise SurveyError("the frame is empty: there is nobody to ask")
        for name, stratum in self.strata.items():
            if not 0 <= stratum.yes <= stratum.answered <= stratum.drawn <= stratum.frame:
                raise SurveyError(
                    f"stratum {name!r}: {stratum.yes} yes, {stratum.answered} answered, "
                    f"{stratum.drawn} drawn and a frame of {stratum.frame} must not fall in this "
                    "order and must not be negative"
                )

    @property
    def frame(self) -> int:
        """How many users there are."""
        return sum(stratum.frame for stratum in self.strata.values())

    @property
    def drawn(self) -> int:
        """How many were asked."""
        return sum(stratum.drawn for stratum in self.strata.values())

    @property
    def answered(self) -> int:
        """How many answered."""
        return sum(stratum.answered for stratum in self.strata.values())

    @property
    def yes(self) -> int:
        """How many said yes."""
        return sum(stratum.yes for stratum in self.strata.values())


@dataclass(frozen=True)
class DrawnSample(Sample):
    """Drawn by lot by somebody other than the provider: its answers speak for the frame."""

    def __post_init__(self) -> None:
        """Refuse the provider as the one who drew."""
        super().__post_init__()
        if self.drawn_by == PROVIDER:
            raise SurveyError("a sample that the provider drew is no DrawnSample: see ChosenSample")


@dataclass(frozen=True)
class ChosenSample(Sample):
    """Chosen by the provider: its answers speak for those who gave them and for nobody else."""

    def __post_init__(self) -> None:
        """Refuse anybody but the provider as the one who chose."""
        super().__post_init__()
        if self.drawn_by != PROVIDER:
            raise SurveyError(f"a sample drawn by {self.drawn_by} is a DrawnSample")

    @property
    def share(self) -> float | None:
        """The share of yes among the answers; None without answers. No interval goes with it."""
        return self.yes / self.answered if self.answered else None


def sample(drawn_by: str, strata: Mapping[str, Stratum]) -> DrawnSample | ChosenSample:
    """The sample of a survey wave by its `drawn_by`: system, provider, purchaser or evaluator."""
    return (ChosenSample if drawn_by == PROVIDER else DrawnSample)(drawn_by, strata)


def pool(samples: Mapping[str, DrawnSample]) -> DrawnSample:
    """Drawn samples of several contracts as one, each a stratum of its own (or several).

    SurveyError where one of them was not drawn by lot, naming it.
    """
    for name, part in samples.items():
        if not isinstance(part, DrawnSample):
            raise SurveyError(
                f"the sample {name!r} was chosen by the provider: it cannot be pooled with samples "
                "that were drawn by lot; leave it out and show it beside them"
            )
    strata = {
        f"{name} / {stratum}": counts
        for name, part in samples.items()
        for stratum, counts in part.strata.items()
    }
    return DrawnSample("+".join(sorted({part.drawn_by for part in samples.values()})), strata)


@dataclass(frozen=True)
class Estimate:
    """What a drawn sample says about the share of yes in its frame.

    `share` weighs the strata by their size, `interval` holds the luck of the draw alone. `silent`
    is from all the silent ones saying no to all of them saying yes; `outer` holds both, the silence
    and the luck of the draw: the only one of them that assumes nothing about the silent.
    """

    share: float
    interval: Interval
    silent: Interval
    outer: Interval
    level: float
    effective_n: float
    """How many answers of an equal draw from an endless frame would tell as much; may be inf."""


def estimate(sample: DrawnSample, level: float = 0.95) -> Estimate:
    """The share of yes with its interval and its non-response bounds.

    A stratum weighs as much as its frame. Wilson's interval is taken at the effective number of
    answers: Kish's, (sum of weights)^2 / sum of squared weights, enlarged by the finite population
    correction (frame - answered)/(frame - 1) of each stratum, so that a census which everybody
    answered is a point (L. Kish, Survey Sampling, 1965, 11.7). Both ends are whole users, rounded
    outwards, and do not pass what the answers prove: 9 who say yes among 10 users are 0.9 or more.
    SurveyError where a stratum has users but no answer: it would have to be guessed.
    """
    if not isinstance(sample, DrawnSample):
        raise SurveyError(
            "the sample was chosen by the provider: its answers say nothing about those who were "
            "not chosen, so there is no estimate; show how many said yes of how many"
        )
    strata = {name: stratum for name, stratum in sample.strata.items() if stratum.frame}
    mute = [name for name, stratum in strata.items() if not stratum.answered]
    if mute:
        raise SurveyError(
            f"nobody answered in {', '.join(map(repr, mute))}: join the stratum with another one, "
            "or report without it and say so"
        )
    parts = list(strata.values())
    everybody = sample.frame

    def weighed(shares: Sequence[Fraction]) -> float:
        total = sum(part.frame * share for part, share in zip(parts, shares, strict=True))
        return float(total / everybody)

    share = weighed([Fraction(part.yes, part.answered) for part in parts])
    low = weighed([Fraction(part.yes, part.drawn) for part in parts])
    high = weighed([Fraction(part.yes + part.drawn - part.answered, part.drawn) for part in parts])
    effective = _effective_n([(part.frame, part.answered) for part in parts])
    as_drawn = _effective_n([(part.frame, part.drawn) for part in parts])
    whole = (everybody, sample.yes, everybody - (sample.answered - sample.yes))
    luck = Interval(wilson(low, as_drawn, level).low, wilson(high, as_drawn, level).high)
    within, outer = _possible(wilson(share, effective, level), *whole), _possible(luck, *whole)
    return Estimate(
        share=share,
        interval=Interval(min(within.low, share), max(within.high, share)),
        silent=Interval(low, high),
        outer=Interval(min(outer.low, low), max(outer.high, high)),
        level=level,
        effective_n=effective,
    )


def _effective_n(sizes: Sequence[tuple[int, int]]) -> float:
    """Kish's effective number for (frame, answers) of strata, with finite population correction."""
    everybody = sum(frame for frame, _ in sizes)
    spread = sum(
        frame**2 / answers * (frame - answers) / (frame - 1)
        for frame, answers in sizes
        if answers < frame
    )
    return everybody**2 / spread if spread else math.inf


def _possible(found: Interval, everybody: int, least: int, most: int) -> Interval:
    """`found` widened to whole users and cut to from `least` to `most` of `everybody`.

    Users are whole: an interval from 0.955 among 10 users would deny the 9 of 10 that it must hold.
    """
    # Nine decimals of a user: beyond them it is rounding, not a part of a user.
    low = math.floor(round(found.low * everybody, 9))
    high = math.ceil(round(found.high * everybody, 9))
    return Interval(max(low, least) / everybody, min(high, most) / everybody)


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise SurveyError(f"a level of {level} cannot be; give one between 0 and 1, as 0.95")
    return float(ndtri((1 + level) / 2))
