"""How a contract was judged, and what changed in its users, as far as it may be shown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from almoner.directory.models import Dimension
from almoner.evaluation.models import Consequence, Evaluation, Outcome, Stage, Wave
from almoner.evaluation.queries import Indicator
from almoner.fairness.labels import GRADE_TAGS, grade_name
from almoner.rules import evaluation as rules
from almoner.rules.grades import Grade, grade
from almoner.rules.packs import china
from almoner.web.format import named
from almoner.web.language import label


class Group(NamedTuple):
    """Indicators together: weight as written, score in percent (None where nobody rated them).

    `evidence` adds up, over the indicators, the most pieces that any one rater looked at.
    """

    name: str
    weight: Decimal
    score: Fraction | None
    evidence: int


@dataclass(frozen=True)
class Leaf:
    """One indicator with the mean of its raters' scores, on its own scale."""

    name: str
    code: str
    dimension: str
    weight: Decimal
    lowest: Decimal
    highest: Decimal
    mean: Fraction | None
    raters: int
    evidence: int


@dataclass(frozen=True)
class Scale:
    """A framework version, made ready for several evaluations."""

    framework: rules.Framework
    leaves: tuple[Indicator, ...]
    parents: tuple[Indicator, ...]
    by_parent: bool

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, indicators: tuple[Indicator, ...]) -> "Scale":
        """The scale of these indicators; a city has few, and judges all its contracts by them."""
        parents = {indicator.parent_code for indicator in indicators}
        leaves = tuple(row for row in indicators if row.code not in parents)
        return cls(
            framework=rules.Framework(
                rules.Indicator(
                    id=row.code,
                    parent_id=row.parent_code,
                    dimension=row.dimension,
                    weight=row.weight,
                    min_score=row.min_score,
                    max_score=row.max_score,
                )
                for row in indicators
            ),
            leaves=leaves,
            parents=tuple(row for row in indicators if row.code in parents),
            by_parent=all(leaf.parent_code for leaf in leaves),
        )


@dataclass(frozen=True)
class Judgement:
    """An evaluation with its result. Before it is reported there is no total and no score.

    Tables are only made where a page shows them.
    """

    evaluation: Evaluation
    reported: bool
    scale: Scale
    ratings: Sequence[rules.Rating]
    result: rules.EvaluationTotal
    consequences: tuple[Consequence, ...]

    @property
    def total(self) -> Fraction | None:
        return self.result.total

    @property
    def stage(self) -> str:
        return label(Stage, self.evaluation.stage)

    @cached_property
    def _grade(self) -> Grade | None:
        if self.total is None:
            return None
        day = self.evaluation.reported_on or self.evaluation.period_to
        return grade(self.total, china(), day)

    @property
    def grade(self) -> str:
        return grade_name(self._grade) if self._grade else ""

    @property
    def tag(self) -> str:
        return GRADE_TAGS[self._grade] if self._grade else "info"

    @cached_property
    def raters(self) -> int:
        return len({rating.rater_id for rating in self.ratings})

    @cached_property
    def by_leaf(self) -> Mapping[str, Sequence[rules.Rating]]:
        found: dict[str, list[rules.Rating]] = defaultdict(list)
        for rating in self.ratings:
            found[rating.indicator_id].append(rating)
        return found

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """By the leaves' parents, or by dimension where a leaf has none."""
        if not self.scale.by_parent:
            return self.dimensions
        names = {row.code: named(row) for row in self.scale.parents}
        return self._groups(lambda row: row.parent_code or "", self.result.by_parent, names)

    @cached_property
    def dimensions(self) -> tuple[Group, ...]:
        names = {value: str(label) for value, label in Dimension.choices}
        return self._groups(lambda row: row.dimension, self.result.by_dimension, names)

    @property
    def leaves(self) -> list[Leaf]:
        return [_leaf(row, self.by_leaf.get(row.code, ())) for row in self.scale.leaves]

    @property
    def evidence(self) -> int:
        return sum(group.evidence for group in self.groups)

    @property
    def weight(self) -> Decimal:
        return sum((group.weight for group in self.groups), Decimal(0))

    def _groups(
        self,
        key: Callable[[Indicator], str],
        scores: Mapping[str, Fraction],
        names: Mapping[str, str],
    ) -> tuple[Group, ...]:
        members: dict[str, list[Indicator]] = defaultdict(list)
        for row in self.scale.leaves:
            members[key(row)].append(row)
        return tuple(
            Group(
                name=names.get(of, of),
                weight=sum((row.weight for row in group), Decimal(0)),
                score=scores.get(of),
                evidence=sum(_evidence(self.by_leaf.get(row.code, ())) for row in group),
            )
            for of, group in members.items()
        )


def _evidence(ratings: Sequence[rules.Rating]) -> int:
    return max((rating.evidence for rating in ratings), default=0)


def _leaf(row: Indicator, ratings: Sequence[rules.Rating]) -> Leaf:
    return Leaf(
        name=named(row),
        code=row.code,
        dimension=label(Dimension, row.dimension),
        weight=row.weight,
        lowest=Decimal(rules.SCORES[0]) if row.min_score is None else row.min_score,
        highest=Decimal(rules.SCORES[1]) if row.max_score is None else row.max_score,
        mean=_mean(ratings) if ratings else None,
        raters=len(ratings),
        evidence=_evidence(ratings),
    )


def _mean(ratings: Sequence[rules.Rating]) -> Fraction:
    return sum((Fraction(rating.score) for rating in ratings), Fraction(0)) / len(ratings)


def judgement(
    evaluation: Evaluation,
    scale: Scale,
    ratings: Sequence[rules.Rating],
    consequences: Sequence[Consequence],
    today: date,
) -> Judgement:
    """An evaluation as it may be shown on a day: its result from the day it was reported."""
    reported = evaluation.reported_on is not None and evaluation.reported_on <= today
    shown = ratings if reported else ()
    return Judgement(
        evaluation=evaluation,
        reported=reported,
        scale=scale,
        ratings=shown,
        result=scale.framework.total(shown),
        consequences=tuple(consequences),
    )


@dataclass(frozen=True)
class Judgements:
    """All evaluations of a contract; `latest` is the one reported last that has a total."""

    every: tuple[Judgement, ...]
    latest: Judgement | None

    @property
    def earlier(self) -> tuple[Judgement, ...]:
        """All but the latest, the newest first."""
        return tuple(one for one in reversed(self.every) if one is not self.latest)

    @property
    def agencies(self) -> int:
        """How many agencies have reported; totals of different ones are not comparable."""
        return len({one.evaluation.agency_id for one in self.every if one.reported})


def judgements(
    evaluations: Sequence[Evaluation],
    indicators: Mapping[int, Sequence[Indicator]],
    ratings: Mapping[str, Sequence[rules.Rating]],
    consequences: Mapping[str, Sequence[Consequence]],
    today: date,
) -> Judgements:
    """The evaluations of a contract by their periods."""
    scales = {key: Scale.of(tuple(rows)) for key, rows in indicators.items()}
    every = tuple(
        judgement(
            one,
            scales.get(one.framework_id) or Scale.of(()),
            ratings.get(one.id, ()),
            consequences.get(one.id, ()),
            today,
        )
        for one in evaluations
    )
    judged = [one for one in every if one.total is not None]
    latest = max(
        judged, key=lambda one: (one.evaluation.reported_on, one.evaluation.id), default=None
    )
    return Judgements(every, latest)


@dataclass(frozen=True)
class Change:
    """Users measured at the start and once more or oftener; means of both and of the last measure.

    None is hidden. `at_baseline` is hidden too where it would tell how few were lost.
    """

    instrument: str
    pairs: int | None
    at_baseline: int | None
    first: Fraction | None
    last: Fraction | None

    @property
    def difference(self) -> Fraction | None:
        return None if self.first is None or self.last is None else self.last - self.first


def changes_in_users(outcomes: Iterable[Outcome], today: date, minimum: int) -> tuple[Change, ...]:
    """One line an instrument, over the users with a baseline and their last later measurement.

    One group of users an instrument: figures of several overlapping groups (exit, 6 months, 12
    months) would let the few in whom they differ be computed.
    """
    measures: dict[str, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes:
        if outcome.measured_on <= today:
            measures[outcome.instrument][outcome.client_id].append(outcome)
    return tuple(_change(name, users.values(), minimum) for name, users in sorted(measures.items()))


def _change(instrument: str, users: Iterable[Sequence[Outcome]], minimum: int) -> Change:
    started, pairs = 0, []
    for rows in users:
        baseline = [row.score for row in rows if row.wave == Wave.BASELINE]
        later = [row for row in rows if row.wave != Wave.BASELINE]
        started += bool(baseline)
        if baseline and later:
            last = max(later, key=lambda row: (row.measured_on, row.wave))
            pairs.append((Fraction(baseline[0] or 0), Fraction(last.score or 0)))
    if len(pairs) < minimum:
        return Change(instrument, None, None, None, None)
    lost = started - len(pairs)
    return Change(
        instrument=instrument,
        pairs=len(pairs),
        at_baseline=None if 0 < lost < minimum else started,
        first=sum((first for first, _ in pairs), Fraction(0)) / len(pairs),
        last=sum((last for _, last in pairs), Fraction(0)) / len(pairs),
    )
