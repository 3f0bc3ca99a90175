"""The pages of fair scores: figures of the model, both languages, nobody named, nothing claimed."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests.disclosure import cast
from tests.disclosure.portal import LANGUAGES, html, read
from tests.fairness.rated_city import AT, apart, compute, computed_once, connected, ground, judge

from almoner.accounts.operations import add_person, grant_role
from almoner.fairness import labels
from almoner.fairness.labels import Shown, Z, in_100, points
from almoner.fairness.models import AgencySeverity, FairRun, FairScore
from almoner.findings.engines.duckdb import DuckDB
from almoner.methods.fair_scores import Ground, Obstacle
from almoner.rules.roles import Role

pytestmark = pytest.mark.one_database
PAGES = ("evaluations/", "evaluations/agencies/", "contracts/C-1/evaluation/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_show_the_figures_of_the_model(
    engine: DuckDB, tmp_path: Path, language: str
) -> None:
    run = computed_once(engine, tmp_path, connected)
    listed = read("evaluations/", language)
    for score in FairScore.objects.all():
        shown = Shown(score, run)
        assert score.same is not None and score.value is not None and score.se is not None
        page = read(f"contracts/{score.contract_id}/evaluation/", language)
        for text in (shown.value, shown.raw, in_100(score.same), str(score.best)):
            assert text in page and text in listed
        assert points(score.value - Z * score.se) in page
    agencies = read("evaluations/agencies/", language)
    for row in AgencySeverity.objects.all():
        assert row.value is not None and row.se is not None
        assert f"{abs(row.value):.1f}" in agencies and f"±{Z * row.se:.1f}" in agencies
    # Raters are people: they are counted, never named.
    assert not any("R-1" in html(path, language) for path in PAGES)


def test_what_the_pages_say_in_english(engine: DuckDB, tmp_path: Path) -> None:
    run = computed_once(engine, tmp_path, connected)
    row = AgencySeverity.objects.get(agency_uscc="52440106EVALUATOR1")
    agencies = read("evaluations/agencies/")
    assert f"marks {row.value:.1f} points harsher (±{Z * (row.se or 0):.1f})" in agencies
    assert "With 2 agencies the usual difference between agencies is itself poorly" in agencies
    score = FairScore.objects.get(contract_id="C-3")
    page = read("contracts/C-3/evaluation/")
    assert f"{in_100(score.same or 0)} in 100 that another agency gives this grade" in page
    assert f"{score.best} to {score.worst} of 8" in page or f"{score.best} of 8" in page
    assert "Not comparable" not in page + read("evaluations/")
    assert Shown(score, run).bar in html("evaluations/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_across_groups_nothing_is_compared(engine: DuckDB, tmp_path: Path, language: str) -> None:
    computed_once(engine, tmp_path, apart)
    told = {"en": "Not comparable", "zh-hans": "不可比较"}[language]
    listed, near, far = (
        html(path, language)
        for path in ("evaluations/", "contracts/C-1/evaluation/", "contracts/C-7/evaluation/")
    )
    assert listed.count(f">{told}<") == 3
    assert 'id="fair-wide-title"' in near and 'id="fair-wide-title"' not in far
    assert points(FairScore.objects.get(contract_id="C-7").raw) in far
    agencies = html("evaluations/agencies/", language)
    assert "severity-wide" not in agencies and agencies.count(f">{told}<") >= 2
    (link,) = FairRun.objects.get().links
    for page in (near, far, agencies):
        assert f'evaluation/">{link[0]}</a>' in page


def test_one_agency_says_nothing_of_another(engine: DuckDB, tmp_path: Path) -> None:
    city = ground()
    for number in range(1, 6):
        judge(city, number, city.on.agency)
    compute(engine, tmp_path)
    assert "A single agency judged everything" in read("evaluations/agencies/")
    page = read("contracts/C-2/evaluation/")
    assert "in 100 that another" not in page
    assert "Too few agencies judged here to say" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("computed", [False, True])
def test_an_empty_city_has_its_pages(
    engine: DuckDB, tmp_path: Path, language: str, computed: bool
) -> None:
    ground()
    if computed:
        compute(engine, tmp_path)
    for path in (*PAGES, "how-we-count/fair-scores/"):
        assert "<main" in html(path, language)


def test_a_model_that_does_not_fit_is_said(engine: DuckDB, tmp_path: Path) -> None:
    computed_once(engine, tmp_path, connected)
    FairRun.objects.update(problem="not_fitted", reason="constant")
    FairScore.objects.update(value=None, grade=None, same=None)
    AgencySeverity.objects.update(value=None, se=None)
    told = read("evaluations/agencies/")
    assert "No fair scores." in told and "The reason: every score is the same." in told
    assert "No fair score." in read("contracts/C-1/evaluation/")


def test_whatever_the_method_may_say_has_words() -> None:
    assert set(labels.OBSTACLES) == set(Obstacle)
    assert {*labels.GROUNDS, "same_levels"} == set(Ground)


def test_raters_are_shown_to_those_who_supervise_only(engine: DuckDB, tmp_path: Path) -> None:
    computed_once(engine, tmp_path, connected)
    client = Client()
    answer = client.get("/en/desk/raters/")
    assert answer.status_code in (302, 403) and b"R-1" not in answer.content
    wu = add_person(actor="t", at=AT, login="wu", name_zh="吴", name_en="Wu", password=None)
    role, on = Role.SUPERVISOR, cast.TODAY
    grant_role(actor="t", at=AT, person=wu, role=role, organisation_uscc=None, from_on=on)
    client.force_login(wu)
    assert client.get("/en/desk/raters/").content.count(b">R-1<") == 2


def test_the_list_costs_the_same_whatever_it_shows(
    engine: DuckDB, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    computed_once(engine, tmp_path, connected)
    with django_assert_max_num_queries(18):
        html("evaluations/", stage="midterm")


@pytest.mark.parametrize(
    ("value", "grade", "shown"),
    [(89.99, "good", "89.9"), (90.0, "excellent", "90.0"), (59.999, "poor", "59.9")],
)
def test_a_score_is_cut_and_never_lifted(value: float, grade: str, shown: str) -> None:
    run = FairRun(at=AT, low=50.0)
    score = FairScore(value=value, se=0.5, raw=value, component=0, grade=grade, best=2, worst=2)
    score.among = 9
    one = Shown(score, run)
    assert (one.value, one.raw, one.rank) == (shown, shown, "2 of 9")
    assert one.grade == grade.capitalize()


@pytest.mark.parametrize(
    ("chance", "text"), [(0.7549, "75"), (0.999, ">99"), (1.0, "100"), (0.004, "<1"), (0.0, "0")]
)
def test_only_certainty_is_100(chance: float, text: str) -> None:
    assert in_100(chance) == text
