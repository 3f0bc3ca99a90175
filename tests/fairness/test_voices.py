"""Survey results and changes: the method's own figures, small cells, and no claim too many."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.disclosure import cast
from tests.disclosure.portal import LANGUAGES, html, read
from tests.fairness.rated_city import AT

from almoner.contracts.models import Contract
from almoner.evaluation.models import Outcome
from almoner.fairness.models import FairRun, OutcomeChange, SurveyResult
from almoner.fairness.operations import Found, store
from almoner.methods import outcomes, survey
from almoner.voice.models import SurveyResponse, SurveyWave
from almoner.watch.fair import outcome_changes, survey_results
from almoner.web.format import figure, percent

PAGE = "contracts/C-1/evaluation/"


@pytest.fixture
def contract() -> Contract:
    return cast.contract(cast.stage(), "C-1")


def keep() -> None:
    run = FairRun(at=AT, as_of=cast.TODAY, problem="no_ratings", ratings=0, left_out=0)
    run.dropped, run.components, run.links, run.variance = [], [], [], {}
    surveys, changes = survey_results(cast.TODAY), outcome_changes(cast.TODAY)
    store(Found(run, surveys=list(surveys), changes=list(changes)))


def wave(of: Contract, yes: int, no: int, **facts: Any) -> None:
    """A wave in which so many answered "overall" with 4 and with 3; other questions count not."""
    defaults = {"drawn_by": "system", "frame_size": 200, "drawn": 60}
    made = SurveyWave.objects.create(
        id="V-1", contract=of, drawn_on=date(2026, 6, 1), **{**defaults, **facts}
    )
    for place in range(yes + no):
        for question, score in (("overall", 4 if place < yes else 3), ("again", 5)):
            SurveyResponse.objects.create(
                wave=made, respondent_id=f"P{place}", question=question, score=Decimal(score)
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drawn_survey_shows_its_interval_and_its_bounds(
    contract: Contract, language: str
) -> None:
    wave(contract, 30, 10)
    keep()
    told = survey.estimate(survey.DrawnSample("system", {"": survey.Stratum(200, 60, 40, 30)}))
    page = read(PAGE, language)
    for interval in (told.interval, told.silent, told.outer):
        assert f"{percent(interval.low)} – {percent(interval.high)}" in page
    assert percent(told.share) in page and figure(told.effective_n) in page


def test_a_sample_that_the_provider_chose_has_no_interval(contract: Contract) -> None:
    wave(contract, 30, 10, drawn_by="provider")
    keep()
    page = read(PAGE)
    assert "75% of those who answered were satisfied" in page and "Not pooled with others." in page
    assert SurveyResult.objects.get().low is None and "Luck of the draw" not in page


@pytest.mark.parametrize(("answered", "shown"), [(4, False), (5, True)])
def test_few_answers_are_hidden(contract: Contract, answered: int, shown: bool) -> None:
    wave(contract, answered, 0)
    keep()
    assert (SurveyResult.objects.get().share is not None) == shown
    assert ("Fewer than 5 answered" in read(PAGE)) != shown


@pytest.mark.parametrize("facts", [{"drawn": None}, {"drawn": 30}, {"frame_size": 50}])
def test_numbers_that_make_no_sample_are_said(contract: Contract, facts: dict[str, Any]) -> None:
    wave(contract, 30, 10, **facts)
    keep()
    assert "no interval can be given" in read(PAGE)


def measure(of: Contract, client: int, wave: str, score: float, on: date) -> None:
    Outcome.objects.create(
        contract=of,
        client_id=f"K{client}",
        instrument="WHO-5",
        wave=wave,
        measured_on=on,
        score=Decimal(str(score)),
    )


def users(of: Contract, pairs: int, lost: int) -> None:
    """So many measured at the start, at exit and later, and so many at the start only."""
    for client in range(pairs + lost):
        measure(of, client, "baseline", 40 + client, date(2026, 1, 10))
        if client < pairs:
            measure(of, client, "exit", 10, date(2026, 4, 10))
            measure(of, client, "follow_up_6m", 50 + 1.5 * client, date(2026, 6, 10))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_is_no_effect(contract: Contract, language: str) -> None:
    users(contract, 8, 5)
    keep()
    pairs = outcomes.paired([40.0 + n for n in range(8)], [50 + 1.5 * n for n in range(8)])
    told = outcomes.change(pairs)
    page = read(PAGE, language)
    for value in (told.mean.value, told.mean.low, told.mean.high):
        assert figure(value, 1) in page
    assert {"en": "Change, not effect.", "zh-hans": "是变化，不是成效。"}[language] in page
    assert OutcomeChange.objects.get().started == 13


@pytest.mark.parametrize(
    ("pairs", "lost", "figures", "started"),
    [(4, 5, False, None), (5, 4, True, None), (5, 5, True, 10), (5, 0, True, 5)],
)
def test_few_users_are_hidden(
    contract: Contract, pairs: int, lost: int, figures: bool, started: int | None
) -> None:
    users(contract, pairs, lost)
    keep()
    row = OutcomeChange.objects.get()
    assert (row.mean is not None, row.started) == (figures, started)
    assert html(PAGE).count("※") == (0 if figures and started else 1 if figures else 4)
    assert "K1" not in html(PAGE)
