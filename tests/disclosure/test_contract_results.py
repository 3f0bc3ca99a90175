"""Results as they may be shown, and changes in users."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from almoner.disclosure.contract_results import Judgement, Scale, changes_in_users, judgement
from almoner.evaluation.models import Evaluation, Outcome
from almoner.evaluation.queries import Indicator
from almoner.rules.evaluation import Rating


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are compared in English, whatever language another test left behind."""
    with translation.override("en"):
        yield


REPORTED = date(2026, 6, 20)


def indicator(code: str, parent: str | None, dimension: str, weight: str) -> Indicator:
    return Indicator(
        code=code,
        parent_code=parent,
        name_zh=f"指标{code}",
        name_en=f"Indicator {code}",
        dimension=dimension,
        weight=Decimal(weight),
        min_score=Decimal(0),
        max_score=Decimal(10),
    )


INDICATORS = [
    indicator("G1", None, "output", "0"),
    indicator("G2", None, "benefit", "0"),
    indicator("1.1", "G1", "output", "40"),
    indicator("1.2", "G1", "output", "20"),
    indicator("2.1", "G2", "benefit", "40"),
]


def judged(
    scores: dict[str, str], today: date = REPORTED, rows: list[Indicator] | None = None
) -> Judgement:
    evaluation = Evaluation(id="E", stage="midterm", reported_on=REPORTED)
    given = [
        Rating(rater, code, Decimal(score), evidence)
        for rater, evidence in (("R1", 2), ("R2", 5))
        for code, score in scores.items()
    ]
    return judgement(evaluation, Scale.of(tuple(rows or INDICATORS)), given, (), today)


def test_groups_are_the_parents_of_the_leaves() -> None:
    found = judged({"1.1": "9", "1.2": "6", "2.1": "8.5"})
    assert found.total == 82
    assert (found.grade, found.tag, found.raters) == ("Good", "ok", 2)
    assert [(group.name, group.weight, group.score) for group in found.groups] == [
        ("Indicator G1", 60, 80),
        ("Indicator G2", 40, 85),
    ]
    assert [group.evidence for group in found.groups] == [10, 5], "the most of any one rater"
    assert [group.name for group in found.dimensions] == ["Output", "Benefit"]


def test_leaves_without_a_parent_are_grouped_by_dimension() -> None:
    rows = [indicator("A", None, "output", "50"), indicator("B", None, "benefit", "50")]
    assert [group.name for group in judged({"A": "5"}, rows=rows).groups] == ["Output", "Benefit"]


@pytest.mark.parametrize(("score", "grade"), [("8.999", "Good"), ("9", "Excellent")])
def test_grades_are_not_rounded(score: str, grade: str) -> None:
    assert judged({"1.1": score, "1.2": score, "2.1": score}).grade == grade


def test_before_the_report_nothing_of_the_scores_shows() -> None:
    found = judged({"1.1": "9"}, today=date(2026, 6, 19))
    assert not found.reported and found.total is None and found.grade == ""
    assert found.raters == 0 and found.evidence == 0
    assert all(leaf.mean is None for leaf in found.leaves)
    assert judged({"1.1": "9"}, today=REPORTED).total == 90


def test_an_indicator_shows_the_mean_of_its_raters() -> None:
    first = judged({"1.1": "9"}).leaves[0]
    assert (first.name, first.mean, first.raters, first.evidence) == ("Indicator 1.1", 9, 2, 5)
    assert judged({"1.1": "9"}).leaves[1].mean is None


def measured(client: str, wave: str, score: str, day: date = REPORTED) -> Outcome:
    return Outcome(
        client_id=client, instrument="GAS", wave=wave, measured_on=day, score=Decimal(score)
    )


def users(pairs: int, lost: int) -> list[Outcome]:
    rows = [measured(f"K{n}", "baseline", "30") for n in range(pairs + lost)]
    return rows + [measured(f"K{n}", "exit", "36") for n in range(pairs)]


def test_change_is_over_users_measured_twice() -> None:
    (found,) = changes_in_users(users(5, 0), REPORTED, 5)
    assert (found.pairs, found.at_baseline, found.difference) == (5, 5, 6)


def test_fewer_than_five_users_are_hidden() -> None:
    (found,) = changes_in_users(users(4, 9), REPORTED, 5)
    assert (found.pairs, found.at_baseline, found.difference) == (None, None, None)


@pytest.mark.parametrize(("lost", "shown"), [(0, 7), (1, None), (4, None), (5, 12)])
def test_how_few_were_lost_is_not_told(lost: int, shown: int | None) -> None:
    (found,) = changes_in_users(users(7, lost), REPORTED, 5)
    assert (found.pairs, found.at_baseline) == (7, shown)


def test_the_last_later_measurement_counts_and_none_from_the_future() -> None:
    late = date(2027, 1, 1)
    rows = users(5, 0) + [measured(f"K{n}", "follow_up_6m", "40", late) for n in range(5)]
    assert changes_in_users(rows, REPORTED, 5)[0].last == 36
    assert changes_in_users(rows, late, 5)[0].last == Fraction(40)
