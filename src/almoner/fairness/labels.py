"""Fair scores, severities and survey results in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor

from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.fairness.models import AgencySeverity, FairRun, FairScore
from almoner.fairness.pictures import bar
from almoner.rules.grades import Grade
from almoner.web import language
from almoner.web.format import figure

Z = 1.959963984540054  # of a normal interval of 95 %

GRADES = {
    Grade.EXCELLENT: _("Excellent"),
    Grade.GOOD: _("Good"),
    Grade.FAIR: _("Fair"),
    Grade.POOR: _("Poor"),
}
GRADE_TAGS = {Grade.EXCELLENT: "ok", Grade.GOOD: "ok", Grade.FAIR: "warn", Grade.POOR: "bad"}
TERMS = {
    "contract": _("contracts"),
    "contract:year": _("years of one contract"),
    "agency": _("agencies"),
    "rater": _("raters of one agency"),
    "indicator": _("indicators"),
    "contract:agency": _("an agency’s view of one contract"),
    "rater:indicator": _("a rater’s view of one indicator"),
    "residual": _("chance"),
}

# By the names of methods.fair_scores' Ground and Obstacle, which would load scipy into the server.
GROUNDS = {
    "one_level": _("there is only one"),
    "level_each": _("each has a single rating"),
    "told": _("other differences tell them already"),
}
OBSTACLES = {
    "faulty": _("the scores cannot be read as numbers"),
    "too_few": _("there are too few ratings"),
    "constant": _("every score is the same"),
    "no_chance": _("nothing is left to chance: every score follows exactly from the others"),
    "too_many_fixed": _("there are too many districts and stages for so few ratings"),
    "too_many_crossed": _("more judges and indicators cross one another than can be computed"),
}


def grade_name(grade: Grade) -> str:
    """What a grade is called, in the reader's language."""
    return _grade_name(language.active(), grade)


@cache
def _grade_name(_language: str | None, grade: Grade) -> str:
    return str(GRADES[grade])


def points(value: float) -> str:
    """Points of 100 with one decimal, cut: rounding never lifts a score over a grade line."""
    return figure(Fraction(floor(Fraction(value) * 10), 10), 1)


def _upwards(value: float) -> str:
    return figure(Fraction(ceil(Fraction(value) * 10), 10), 1)


def in_100(chance: float) -> str:
    """A chance as a whole number of 100: only certainty is 100, only the impossible 0."""
    whole = floor(Fraction(chance) * 100 + Fraction(1, 2))
    if whole == 100 and chance < 1:
        return ">99"
    return "<1" if whole == 0 and chance > 0 else str(whole)


@dataclass(frozen=True)
class Shown:
    """A fair score as a page writes it; the texts are empty where nothing was fitted."""

    score: FairScore
    run: FairRun

    @property
    def comparable(self) -> bool:
        """Whether it may be compared with those of the largest group."""
        return self.score.component == 0

    @property
    def fitted(self) -> bool:
        return self.score.value is not None

    @property
    def raw(self) -> str:
        return points(self.score.raw)

    @property
    def value(self) -> str:
        return "" if self.score.value is None else points(self.score.value)

    @property
    def adjusted(self) -> str:
        return "" if self.score.adjusted is None else points(self.score.adjusted)

    @property
    def ends(self) -> tuple[float, float]:
        """The interval that holds the truth 95 times in 100, within the scale."""
        value, half = self.score.value or 0.0, Z * (self.score.se or 0.0)
        return max(value - half, 0.0), min(value + half, 100.0)

    @property
    def interval(self) -> str:
        """Outwards to one decimal."""
        low, high = self.ends
        return gettext("%(low)s to %(high)s") % {"low": points(low), "high": _upwards(high)}

    @property
    def bar(self) -> SafeString:
        return bar(*self.ends, self.score.value or 0.0, axis=(self.run.low, 100.0))

    @property
    def rank(self) -> str:
        """The ranks that it may have, never the middle of them."""
        ranks = {"best": self.score.best, "worst": self.score.worst, "of": self.score.among}
        if self.score.best == self.score.worst:
            return gettext("%(best)s of %(of)s") % ranks
        return gettext("%(best)s to %(worst)s of %(of)s") % ranks

    @property
    def grade(self) -> str:
        return grade_name(Grade(self.score.grade)) if self.score.grade else ""

    @property
    def tag(self) -> str:
        return GRADE_TAGS[Grade(self.score.grade)] if self.score.grade else "info"

    @property
    def chance(self) -> str:
        """How likely another agency would give the same grade: "75 in 100 that ..."."""
        if self.score.same is None:
            return ""
        return gettext("%(n)s in 100 that another agency gives this grade") % {
            "n": in_100(self.score.same)
        }

    @property
    def chance_range(self) -> str:
        low, high = self.score.same_low, self.score.same_high
        if low is None or high is None:
            return ""
        return gettext("%(low)s to %(high)s") % {"low": in_100(low), "high": in_100(high)}


def severity(row: AgencySeverity) -> str:
    """As in "marks 2.8 points harsher (±1.4)"; empty where it was not fitted."""
    if row.value is None or row.se is None:
        return ""
    if row.value == 0 and row.se == 0:
        return gettext("no difference seen")
    told = {"points": figure(abs(row.value), 1), "half": figure(Z * row.se, 1)}
    if told["points"] == figure(0, 1):
        return gettext("marks like the average (±%(half)s)") % told
    if row.value > 0:
        return gettext("marks %(points)s points harsher (±%(half)s)") % told
    return gettext("marks %(points)s points milder (±%(half)s)") % told


def term(name: str) -> str:
    """A term of the model; a column of the fixed effects comes as district[...] or the like."""
    return str(TERMS.get(name, name))


def dropped(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """What the ratings could not tell, and why."""
    return [(term(name), _why(ground, *about)) for name, ground, *about in rows]


def _why(ground: str, about: str = "") -> str:
    if ground == "same_levels":
        return gettext("they cannot be told apart from: %(other)s") % {"other": term(about)}
    return str(GROUNDS.get(ground, GROUNDS["told"]))


def obstacle(reason: str) -> str:
    """Why no model could be fitted."""
    return str(OBSTACLES.get(reason, OBSTACLES["faulty"]))
