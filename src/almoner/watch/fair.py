"""The fair scores of the record, its surveys and its outcomes, computed for the pages."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from math import floor, isinf
from pathlib import Path

from almoner.evaluation.models import Outcome, Wave
from almoner.fairness.models import (
    AgencySeverity,
    FairRun,
    FairScore,
    OutcomeChange,
    RaterSeverity,
    SurveyResult,
)
from almoner.fairness.operations import Found, store
from almoner.findings.city import City
from almoner.findings.engines import Engine
from almoner.findings.fair import (
    NEEDS,
    SCALE,
    CityScores,
    city_scores,
    evaluations_of,
    ratings_of,
)
from almoner.methods.agreement_model import same_grade
from almoner.methods.comparability import Component, components, links
from almoner.methods.fair_scores import FairScoreError
from almoner.methods.outcomes import follow_up
from almoner.methods.survey import ChosenSample, Stratum, SurveyError, estimate, sample
from almoner.rules.grades import Grade, grade
from almoner.rules.packs import china
from almoner.rules.small_cells import fewest_told
from almoner.voice.models import DrawnBy, SurveyResponse, SurveyWave

OVERALL = "overall"
SATISFIED = 4  # of 5
Z = 1.959963984540054  # of a normal interval of 95 %


def refresh(
    engine: Engine, folder: Path, *, at: datetime, as_of: date, digest: str = ""
) -> FairRun:
    """Compute from the snapshot in `folder`, and keep in place of the computation before.

    `digest` tells all that it rests on.
    """
    paths = {name: folder / f"{name}.parquet" for name in NEEDS}
    files = {name: [path] for name, path in paths.items() if path.exists()}
    found = computed(engine.city(files, as_of), at)
    found.run.digest = digest
    found.surveys = list(survey_results(as_of))
    found.changes = list(outcome_changes(as_of))
    return store(found)


def computed(city: City, at: datetime) -> Found:
    """The fair scores of a city from the evaluations reported by its day.

    An evaluation that is not reported yet has no public score, and must not show through others.
    Where not everything is connected the largest group is fitted, and the others are not.
    """

    run = FairRun(at=at, as_of=city.as_of, problem="no_ratings", ratings=0, left_out=0)
    run.dropped, run.components, run.links, run.variance = [], [], [], {}
    if not set(NEEDS) <= set(city.tables):
        return Found(run)
    judged = city["evaluations"]
    judged = judged.filter(judged.reported_on <= city.today)
    city = replace(city, tables={**city.tables, "evaluations": lambda: judged})
    rows = ratings_of(city)
    evaluations = evaluations_of(city, rows)
    if not evaluations:
        return Found(run)
    groups = components(evaluations)
    run.ratings = sum(each.ratings for each in evaluations)
    run.components = [
        {"contracts": len(group.contracts), "agencies": list(group.judges)} for group in groups
    ]
    run.links = [list(link) for link in links(evaluations)]
    found = Found(run, _raw(city, groups), _agencies(city, groups))
    try:
        scores = city_scores(city, groups[0])
    except FairScoreError as error:
        run.problem, run.reason = "not_fitted", error.obstacle
        return found
    run.left_out = scores.left_out
    run.dropped = [[each.term, each.ground, each.about] for each in scores.fit.dropped]
    run.variance = dict(scores.fit.variance)
    run.problem = "" if scores.fit.convergence.converged else "not_converged"
    if not run.problem:
        _fill(found, scores)
    return found


def _raw(city: City, groups: Sequence[Component]) -> list[FairScore]:
    """A row for each contract and year with the mean of its ratings alone."""

    rows = ratings_of(city)
    counted = rows.group_by("contract", "year").aggregate(n=rows.count(), total=rows.units.sum())
    place = {contract: i for i, group in enumerate(groups) for contract in group.contracts}
    found = [
        FairScore(
            contract_id=str(row["contract"]),
            year=int(str(row["year"])),
            component=place[str(row["contract"])],
            ratings=int(str(row["n"])),
            raw=int(str(row["total"])) / int(str(row["n"])) / SCALE,
        )
        for row in city.fetch(counted)
    ]
    return sorted(found, key=lambda row: (row.contract_id, row.year))


def _agencies(city: City, groups: Sequence[Component]) -> list[AgencySeverity]:
    """A row for each agency with what it did."""

    rows = ratings_of(city)
    counted = rows.group_by("agency").aggregate(
        contracts=rows.contract.nunique(), ratings=rows.count(), raters=rows.rater.nunique()
    )
    place = {agency: i for i, group in enumerate(groups) for agency in group.judges}
    found = [
        AgencySeverity(
            agency_uscc=str(row["agency"]),
            component=place[str(row["agency"])],
            contracts=int(str(row["contracts"])),
            ratings=int(str(row["ratings"])),
            raters=int(str(row["raters"])),
        )
        for row in city.fetch(counted)
    ]
    return sorted(found, key=lambda row: row.agency_uscc)


def _fill(found: Found, scores: CityScores) -> None:
    """What the model says of those that it was fitted to."""

    on, pack = found.run.as_of, china()
    limits = [float(pack.limit(f"grade.{each}", on).value) for each in list(Grade)[:-1]]
    rows = {(row.contract_id, row.year): row for row in found.scores}
    among = Counter((row.component, row.year) for row in found.scores)
    # With one agency nothing is known of how agencies differ: no chance can be told.
    several = "agency" in scores.fit.terms
    same = same_grade(scores.fit, scores.scores, scores.design, limits)
    for score, chance in zip(scores.scores, same, strict=True):
        row = rows[score.parts[0], int(score.parts[1])]
        row.adjusted, row.value, row.se = score.adjusted, score.value, score.se
        row.best, row.worst = score.best, score.worst
        row.among = among[row.component, row.year]
        row.grade = grade(Fraction(score.value), pack, on)
        if several:
            row.same, row.same_low, row.same_high = chance.probability, chance.low, chance.high
    lowest = min(min(score.value - Z * score.se, score.raw) for score in scores.scores)
    found.run.low = float(max(0, floor(min(lowest, limits[-1]) / 10) * 10))
    by_agency = {row.agency_uscc: row for row in found.agencies}
    for each in scores.agencies:
        by_agency[each.level].value, by_agency[each.level].se = each.value, each.se
    ratio = {f"{each.agency}/{each.rater}": each.ratio for each in scores.consistency}
    found.raters = [
        RaterSeverity(
            agency_uscc=each.level.partition("/")[0],
            rater_id=each.level.partition("/")[2],
            ratings=each.ratings,
            value=each.value,
            se=each.se,
            ratio=ratio[each.level],
        )
        for each in scores.raters
    ]


def survey_results(as_of: date) -> Iterator[SurveyResult]:
    """What users answered overall, by wave."""
    answered, satisfied = Counter[str](), Counter[str]()
    answers = SurveyResponse.objects.filter(question=OVERALL, score__isnull=False)
    for wave_id, score in answers.values_list("wave_id", "score").iterator():
        answered[wave_id] += 1
        satisfied[wave_id] += (score or 0) >= SATISFIED
    for wave in SurveyWave.objects.filter(drawn_on__lte=as_of).order_by("id"):
        row = SurveyResult(
            contract_id=wave.contract_id,
            wave_id=wave.id,
            drawn_on=wave.drawn_on,
            drawn_by=wave.drawn_by,
            frame=wave.frame_size,
            drawn=wave.drawn,
        )
        if answered[wave.id] >= fewest_told(as_of):
            _estimate(row, answered[wave.id], satisfied[wave.id])
        yield row


def _estimate(row: SurveyResult, answered: int, satisfied: int) -> None:

    row.answered, row.share = answered, satisfied / answered
    if row.drawn is None and row.drawn_by != DrawnBy.PROVIDER:
        row.problem = True
        return
    drawn = answered if row.drawn is None else row.drawn
    try:
        of = sample(row.drawn_by, {"": Stratum(row.frame, drawn, answered, satisfied)})
    except SurveyError:
        row.problem = True
        return
    if isinstance(of, ChosenSample):
        return
    told = estimate(of)
    row.low, row.high = told.interval.low, told.interval.high
    row.silent_low, row.silent_high = told.silent.low, told.silent.high
    row.outer_low, row.outer_high = told.outer.low, told.outer.high
    row.effective = None if isinf(told.effective_n) else told.effective_n


Measured = dict[str, tuple[date, str, float]]


def outcome_changes(as_of: date) -> Iterator[OutcomeChange]:
    """The change of each contract's users, from the baseline to the last later measurement."""
    before: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    after: dict[tuple[str, str], Measured] = defaultdict(dict)
    measured = Outcome.objects.filter(measured_on__lte=as_of, score__isnull=False)
    rows = measured.values_list(
        "contract_id", "instrument", "client_id", "wave", "measured_on", "score"
    )
    for contract, instrument, client, wave, on, score in rows.iterator():
        if wave == Wave.BASELINE:
            before[contract, instrument][client] = float(score or 0)
        else:
            last = after[contract, instrument].get(client)
            new = (on, wave, float(score or 0))
            after[contract, instrument][client] = max(last, new) if last else new
    for key in sorted(before.keys() | after.keys()):
        last_scores = {client: score for client, (_, _, score) in after[key].items()}
        yield _change(*key, before[key], last_scores, fewest_told(as_of))


def _change(
    contract: str,
    instrument: str,
    before: Mapping[str, float],
    after: Mapping[str, float],
    few: int,
) -> OutcomeChange:

    row = OutcomeChange(contract_id=contract, instrument=instrument)
    pairs = len(before.keys() & after.keys())
    if pairs < few:
        return row
    told = follow_up(before, after)
    change, lost = told.change, told.attrition.lost
    if change is None:
        return row
    row.pairs = change.n
    row.mean, row.low, row.high = change.mean.value, change.mean.low, change.mean.high
    if size := change.standardised:
        row.standardised = size.value
        row.standardised_low, row.standardised_high = size.low, size.high
    if not 0 < lost < few:
        row.started, row.differs = told.attrition.started, told.attrition.differs
    return row
