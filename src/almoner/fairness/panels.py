"""What the pages show of the kept fair scores, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from almoner.fairness.labels import Shown, Z, dropped, obstacle, points, severity, term
from almoner.fairness.models import AgencySeverity, FairRun, OutcomeChange, SurveyResult
from almoner.fairness.pictures import Interval, around_zero, intervals, of_scores
from almoner.fairness.queries import Judged, bodies, judged
from almoner.rules.grades import Grade
from almoner.rules.packs import china
from almoner.rules.small_cells import fewest_told
from almoner.voice.models import DrawnBy
from almoner.web.format import figure, named


@dataclass(frozen=True)
class Group:
    """Contracts and agencies that common judges connect; `number` counts from 1."""

    number: int
    contracts: int
    agencies: list[str]


@dataclass(frozen=True)
class Link:
    """An evaluation that would connect two groups."""

    contract_id: str
    agency: str
    ratings: int


@dataclass(frozen=True)
class Basis:
    """What a run rests on, and what it could not tell."""

    run: FairRun
    groups: list[Group]
    links: list[Link]
    dropped: list[tuple[str, str]]
    spreads: list[tuple[str, str]]
    obstacle: str


def basis(run: FairRun, names: dict[str, str]) -> Basis:
    """The run in words."""
    return Basis(
        run,
        [
            Group(number, group["contracts"], [names[each] for each in group["agencies"]])
            for number, group in enumerate(run.components, 1)
        ],
        [Link(contract, names[agency], ratings) for contract, agency, ratings in run.links],
        dropped(run.dropped),
        [(term(name), figure(value**0.5, 1)) for name, value in run.variance.items()],
        obstacle(run.reason) if run.reason else "",
    )


def agency_names(run: FairRun) -> dict[str, str]:
    """The names of all agencies of a run; the code where the record does not know it."""
    codes = [code for group in run.components for code in group["agencies"]]
    known = bodies(codes)
    return {code: named(known[code]) if code in known else code for code in codes}


@dataclass(frozen=True)
class AgencyRow:
    """An agency and how it marks, in words."""

    name: str
    kept: AgencySeverity
    said: str
    interval: str


def agency_rows(rows: Sequence[AgencySeverity], names: dict[str, str]) -> list[AgencyRow]:
    """The lines of the table, in the order given."""
    return [
        AgencyRow(names.get(row.agency_uscc, row.agency_uscc), row, severity(row), _interval(row))
        for row in rows
    ]


def _interval(row: AgencySeverity) -> str:
    if row.value is None or row.se is None:
        return ""
    half = Z * row.se
    ends = {"low": figure(row.value - half, 1), "high": figure(row.value + half, 1)}
    return _("%(low)s to %(high)s") % ends


def severities(rows: Sequence[AgencyRow]) -> SafeString | None:
    """The agencies around 0; None where no difference was seen or none was fitted."""
    drawn = [
        Interval(
            row.name,
            f"{row.name}: {row.said}",
            row.kept.value,
            row.kept.value - Z * row.kept.se,
            row.kept.value + Z * row.kept.se,
        )
        for row in rows
        if row.kept.value is not None and row.kept.se
    ]
    if not drawn:
        return None
    return intervals(
        drawn,
        around_zero(drawn),
        chart_id="severity",
        title=_("How many points harsher an agency marks than the average agency"),
        desc=_(
            "To the right of the dashed line harsher, to the left milder. A bar holds the truth 95"
            " times in 100."
        ),
    )


@dataclass(frozen=True)
class SurveyPanel:
    """A survey with its interval. `chosen`: the provider chose whom to ask."""

    kept: SurveyResult
    by: str

    @property
    def chosen(self) -> bool:
        return self.kept.drawn_by == DrawnBy.PROVIDER

    @property
    def silent(self) -> int:
        return (self.kept.drawn or 0) - (self.kept.answered or 0)


@dataclass(frozen=True)
class ContractPanels:
    """All that the evaluation page of a contract shows of it."""

    run: FairRun | None
    basis: Basis | None
    scores: list[Shown]
    chart: SafeString | None
    surveys: list[SurveyPanel]
    changes: Sequence[OutcomeChange]
    few: int

    @property
    def comparable(self) -> bool:
        """Whether there is a fair score that takes the place of raw totals."""
        return any(each.fitted for each in self.scores)


def contract_panels(contract_id: str) -> ContractPanels:
    """The panels of a contract, from what was kept."""
    found = judged(contract_id)
    run = found.run
    if run is None:
        return ContractPanels(None, None, [], None, [], [], 0)
    scores = [Shown(score, run) for score in found.scores]
    return ContractPanels(
        run=run,
        basis=basis(run, agency_names(run)),
        scores=scores,
        chart=_chart([each for each in scores if each.fitted], run),
        surveys=_surveys(found),
        changes=found.changes,
        few=fewest_told(run.as_of),
    )


def _surveys(found: Judged) -> list[SurveyPanel]:
    return [SurveyPanel(row, str(DrawnBy(row.drawn_by).label)) for row in found.surveys]


def _chart(scores: Sequence[Shown], run: FairRun) -> SafeString | None:
    """The intervals of a contract's years, with the raw mean of each as a hollow mark."""
    if not scores:
        return None
    limits = [float(china().limit(f"grade.{each}", run.as_of).value) for each in list(Grade)[:-1]]
    rows = [
        Interval(
            _("%(year)s: fair score %(value)s, raw mean %(raw)s")
            % {"year": shown.score.year, "value": shown.value, "raw": shown.raw},
            shown.interval,
            shown.score.value or 0.0,
            *shown.ends,
            mark=shown.score.raw,
        )
        for shown in scores
    ]
    return intervals(
        rows,
        of_scores(run.low, limits),
        chart_id="fair",
        title=_("Fair score of this contract"),
        desc=_(
            "The bar holds the truth 95 times in 100, the dot is the fair score, the ring the raw"
            " mean. Dashed lines are the limits of the grades: %(limits)s."
        )
        % {"limits": ", ".join(points(limit).removesuffix(".0") for limit in reversed(limits))},
    )
