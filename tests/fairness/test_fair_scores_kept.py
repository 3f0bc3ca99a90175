"""What is kept is what the model answers, for those that can be compared and no others."""

from datetime import date
from pathlib import Path

import pytest
from tests.disclosure import cast
from tests.fairness.rated_city import apart, compute, computed_once, connected, ground, judge

from almoner.evaluation.models import Rating
from almoner.fairness import queries
from almoner.fairness.models import AgencySeverity, FairRun, FairScore, RaterSeverity
from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.fair import NEEDS, CityScores, city_scores
from almoner.methods.agreement_model import same_grade
from almoner.web.stamps import serials

LIMITS = (90.0, 80.0, 60.0)


def answer(engine: DuckDB, folder: Path) -> CityScores:
    """The model's own answer to what lies in the snapshot."""
    files = {name: [folder / f"{name}.parquet"] for name in NEEDS}
    return city_scores(engine.city(files, cast.TODAY))


@pytest.mark.one_database
def test_everything_kept_is_the_answer_of_the_model(engine: DuckDB, tmp_path: Path) -> None:
    connected()
    run = compute(engine, tmp_path)
    model = answer(engine, tmp_path)
    assert (run.problem, run.ratings, run.left_out) == ("", 60, 0)
    kept = {(row.contract_id, str(row.year)): row for row in FairScore.objects.all()}
    chances = same_grade(model.fit, model.scores, model.design, LIMITS)
    assert len(kept) == len(model.scores) == 8
    for score, chance in zip(model.scores, chances, strict=True):
        row = kept[score.parts[0], score.parts[1]]
        assert row.raw == pytest.approx(score.raw)
        assert (row.value, row.se, row.adjusted) == (score.value, score.se, score.adjusted)
        assert (row.best, row.worst, row.among) == (score.best, score.worst, 8)
        assert row.grade == ("excellent", "good", "fair", "poor")[chance.grade]
        assert (row.same, row.same_low, row.same_high) == (
            *(chance.probability, chance.low, chance.high),
        )
    severities = {row.agency_uscc: (row.value, row.se) for row in AgencySeverity.objects.all()}
    assert severities == {each.level: (each.value, each.se) for each in model.agencies}
    harsh, mild = (severities[uscc][0] for uscc in sorted(severities))
    assert harsh and mild and harsh > 0 > mild
    raters = {f"{row.agency_uscc}/{row.rater_id}": row.value for row in RaterSeverity.objects.all()}
    assert raters == {each.level: each.value for each in model.raters}


@pytest.mark.one_database
def test_across_groups_nothing_is_fitted(engine: DuckDB, tmp_path: Path) -> None:
    city = apart()
    run = compute(engine, tmp_path)
    assert [group["contracts"] for group in run.components] == [5, 3]
    (link,) = run.links
    assert link[:2] in (["C-6", city.on.agency.uscc], ["C-1", city.other.uscc])
    for row in FairScore.objects.all():
        first = row.contract_id <= "C-5"
        assert row.raw > 0 and row.component == (0 if first else 1)
        assert (row.value is not None) == (row.grade is not None) == first
        assert row.same is None  # one agency in the group: nothing is known of how agencies differ
        assert row.among == (5 if first else None)
    assert {row.value for row in AgencySeverity.objects.all()} == {None}


@pytest.mark.one_database
def test_a_city_with_one_agency_has_scores_and_no_chance(engine: DuckDB, tmp_path: Path) -> None:
    city = ground()
    for number in range(1, 6):
        judge(city, number, city.on.agency)
    run = compute(engine, tmp_path)
    assert run.problem == ""
    assert ["agency", "one_level", "52440106EVALUATOR1"] in run.dropped
    assert {row.same for row in FairScore.objects.all()} == {None}
    assert all(row.value and row.grade for row in FairScore.objects.all())


@pytest.mark.one_database
def test_what_is_not_reported_takes_no_part(engine: DuckDB, tmp_path: Path) -> None:
    city = connected()
    judge(city, 1, city.other, 3.0, reported_on=None, mark="-open")
    judge(city, 2, city.other, 3.0, reported_on=date(2026, 7, 2), mark="-later")
    compute(engine, tmp_path)
    before = {row.contract_id: row.raw for row in FairScore.objects.all()}
    Rating.objects.filter(evaluation__id__in=("E-1-2-open", "E-2-2-later")).delete()
    compute(engine, tmp_path)
    assert {row.contract_id: row.raw for row in FairScore.objects.all()} == before


@pytest.mark.one_database
def test_an_evaluation_belongs_to_the_year_that_the_model_gives_it(
    engine: DuckDB, tmp_path: Path
) -> None:
    city = connected()
    last, first = date(2026, 12, 31), date(2027, 1, 2)
    for number, period_to in ((1, last), (2, first), (3, date(2025, 12, 31))):
        judge(city, number, city.other, mark="-again", period_from=period_to, period_to=period_to)
    compute(engine, tmp_path)
    starts = date(2026, 1, 1)
    years = {(row.contract_id, row.year) for row in FairScore.objects.all()}
    assert ("C-2", 2027) in years and ("C-3", 2025) not in years
    for number, period_to in ((1, last), (2, first), (3, date(2025, 12, 31))):
        assert (f"C-{number}", queries.contract_year(starts, period_to)) in years


@pytest.mark.one_database
@pytest.mark.parametrize("constant", [False, True])
def test_why_there_is_no_score(engine: DuckDB, tmp_path: Path, constant: bool) -> None:
    if constant:
        connected()
        Rating.objects.update(score=8)
    run = compute(engine, tmp_path)
    assert run.problem == ("not_fitted" if constant else "no_ratings")
    assert run.reason == ("constant" if constant else "")
    assert not FairScore.objects.exclude(value=None)
    assert FairScore.objects.count() == (8 if constant else 0)


def test_a_new_computation_takes_the_place_of_the_old(engine: DuckDB, tmp_path: Path) -> None:
    first = computed_once(engine, tmp_path, connected)
    stamp = serials(["fair"])
    second = compute(engine, tmp_path)
    assert list(FairRun.objects.all()) == [second] != [first]
    assert FairScore.objects.count() == 8 and serials(["fair"]) != stamp
