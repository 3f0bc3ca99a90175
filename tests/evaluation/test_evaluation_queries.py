"""Scores by evaluation, indicators by framework."""

from decimal import Decimal

import pytest
from tests.disclosure import cast

from almoner.evaluation.queries import evaluations_of, indicators_of, ratings_of
from almoner.rules.evaluation import Rating

pytestmark = pytest.mark.django_db


def test_each_evaluation_has_its_own_scores() -> None:
    on = cast.stage()
    contract = cast.contract(on)
    cast.evaluation(on, contract, scores={"1.1": "9.5"}, raters=("R-1",))
    cast.evaluation(on, contract, "E-2", scores={"2.1": "8"}, raters=("R-1",))
    assert [row.id for row in evaluations_of("C-1")] == ["E-1", "E-2"]
    assert ratings_of(["E-1"]) == {"E-1": [Rating("R-1", "1.1", Decimal("9.5"), 3)]}
    assert set(ratings_of(["E-1", "E-2"])) == {"E-1", "E-2"}


def test_indicators_by_code() -> None:
    on = cast.stage()
    found = indicators_of([on.framework.pk])[on.framework.pk]
    assert [row.code for row in found] == ["1.1", "1.2", "2.1", "G1", "G2"]
