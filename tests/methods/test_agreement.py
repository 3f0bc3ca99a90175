import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.rated import FULL, city, fitted, statistics

from almoner.methods.agreement import AgreementError, Level, alpha, intraclass
from almoner.methods.agreement_model import (
    Design,
    dependability,
    model_correlations,
    same_grade,
)
from almoner.methods.fair_scores import FairScore, fair_scores

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

# Four observers and twelve units; Krippendorff (2011), Computing Krippendorff's alpha-reliability.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# Six targets and four judges; Shrout and Fleiss (1979), table 2.
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


def counted(rows):
    """Counts of values by unit, of a row an observer; and the values."""
    values = sorted({v for row in rows for v in row if v is not None})
    found = np.array([[sum(r[u] == v for r in rows) for v in values] for u in range(len(rows[0]))])
    return sp.csr_array(found.astype(float)), np.array(values, float)


@pytest.mark.parametrize(
    ("level", "expected"),
    [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)],
)
def test_alpha_on_its_classic_example(level, expected):
    assert alpha(*counted(KRIPPENDORFF), Level(level)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("level", Level)
def test_alpha_of_full_agreement_is_one(level):
    assert alpha(*counted([[1, 2, 3], [1, 2, 3]]), level) == pytest.approx(1)


@given(
    st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=2, max_size=8).filter(
        lambda units: len({v for unit in units for v in unit}) > 1
    )
)
def test_alpha_is_that_of_every_pair_of_values(units):
    """The definition, a pair at a time: 1 - observed disagreement / expected disagreement."""
    rows = [list(row) for row in zip(*units, strict=True)]
    pooled = [v for unit in units for v in unit]
    metrics = {
        Level.NOMINAL: lambda a, b: float(a != b),
        Level.INTERVAL: lambda a, b: float((a - b) ** 2),
        Level.RATIO: lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
        Level.ORDINAL: lambda a, b: (
            (
                sum(pooled.count(g) for g in range(min(a, b), max(a, b) + 1))
                - (pooled.count(a) + pooled.count(b)) / 2
            )
            ** 2
        ),
    }
    for level, metric in metrics.items():
        within = [metric(a, b) for unit in units for a in unit for b in unit]
        between = [metric(a, b) for a in pooled for b in pooled]
        observed = sum(within) / 2 / len(pooled)
        expected = sum(between) / len(pooled) / (len(pooled) - 1)
        found = alpha(*counted(rows), level)
        assert found == pytest.approx(1 - observed / expected, abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "level", "message"),
    [
        ([[1, 2, None], [None, None, 3]], "interval", "no unit was judged twice"),
        ([[3, 3], [3, 3]], "interval", "every value is the same"),
        ([[-1, 2], [1, 2]], "ratio", "no values below 0"),
    ],
)
def test_agreement_that_is_not_defined_is_refused(rows, level, message):
    with pytest.raises(AgreementError, match=message):
        alpha(*counted(rows), Level(level))


def long(rows):
    cells = [(str(u), str(r), v) for u, row in enumerate(rows) for r, v in enumerate(row)]
    return pl.DataFrame(cells, schema=["unit", "rater", "score"], orient="row")


def table(rows):
    return statistics(long(rows), "score", ["unit", "rater"])


def test_the_six_correlations_of_shrout_and_fleiss():
    found = intraclass(table(SHROUT_FLEISS), "unit", "rater")
    expected = {
        "ICC(1,1)": 0.1657417684054755,
        "ICC(A,1)": 0.28976377952755916,
        "ICC(C,1)": 0.7148407148407154,
        "ICC(1,k)": 0.44279713367926876,
        "ICC(A,k)": 0.6200505475989893,
        "ICC(C,k)": 0.9093155423770697,
    }
    assert {name: c.value for name, c in found.items()} == pytest.approx(expected, rel=1e-9)
    # Intervals that the R package psych prints for these data.
    limits = {"ICC(1,1)": (-0.133, 0.723), "ICC(A,1)": (0.019, 0.761), "ICC(C,1)": (0.342, 0.946)}
    for name, (low, high) in limits.items():
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=6e-4)


def test_a_fitted_model_has_the_same_correlations_where_the_table_is_complete():
    found = model_correlations(
        fitted(long(SHROUT_FLEISS), "score", ["unit", "rater"]), "unit", "rater"
    )
    assert found["ICC(A,1)"] == pytest.approx(0.28976377952755916, rel=1e-5)
    assert found["ICC(C,1)"] == pytest.approx(0.7148407148407154, rel=1e-5)


def test_raters_who_agree_in_everything():
    found = intraclass(table([[1, 1], [2, 2], [5, 5]]), "unit", "rater")
    assert {(c.value, c.low, c.high) for c in found.values()} == {(1.0, 1.0, 1.0)}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2]], "1 units and 2 raters are too few"),
        ([[1, 2], [2, 1]], "same mean"),
        ([[1], [2], [3]], "3 units and 1 raters"),
    ],
)
def test_correlations_that_are_not_defined_are_refused(rows, message):
    with pytest.raises(AgreementError, match=message):
        intraclass(table(rows), "unit", "rater")


def test_an_incomplete_table_has_no_classic_correlations():
    gaps = statistics(long(SHROUT_FLEISS).head(23), "score", ["unit", "rater"])
    with pytest.raises(AgreementError, match="not every rater judged every unit once: 23 scores"):
        intraclass(gaps, "unit", "rater")


DESIGN = Design(
    worth=("centre", "centre:year"),
    agency=("agency", "centre:agency"),
    leniency=("agency",),
    rater=("rater",),
    marks=("rater:indicator",),
    raters=2,
    ratings=20,
)


@pytest.fixture(scope="module")
def model():
    return fitted(city(5, centres=40, indicators=10, years=2)[0], "score", FULL, ["year"])


def test_what_one_evaluation_can_tell(model):
    v = model.variance
    worth = v["centre"] + v["centre:year"]
    relative = v["centre:agency"] + (v["rater:indicator"] + v["residual"]) / 20
    absolute = relative + v["agency"] + v["rater"] / 2
    found = dependability(model, DESIGN)
    assert found.reliability == pytest.approx(worth / (worth + relative))
    assert found.phi == pytest.approx(worth / (worth + absolute))
    assert found.separation == pytest.approx(np.sqrt(worth / relative))
    assert 0 < found.single < found.phi < found.reliability < 1


def score(value, se=0.5):
    return FairScore(("c", "y"), 40, value, value, value, se, 1, 1)


def test_the_same_grade_is_likely_far_from_a_limit_and_a_toss_at_it(model):
    far, at, below = same_grade(model, [score(70), score(90), score(89.99)], DESIGN, [90, 80, 60])
    assert (far.grade, at.grade, below.grade) == (2, 0, 1)
    assert far.probability > 0.95
    assert at.probability == pytest.approx(0.5, abs=0.01)
    for found in (far, at, below):
        assert 0 <= found.low <= found.probability <= found.high <= 1
    again = same_grade(model, [score(70)], DESIGN, [90, 80, 60])
    assert again == same_grade(model, [score(70)], DESIGN, [90, 80, 60])
    with pytest.raises(ValueError, match="must descend"):
        same_grade(model, [], DESIGN, [60, 80])


def test_the_chance_of_the_same_grade_is_borne_out_by_further_agencies(model):
    """Draw what another agency would give, as the model says, and count."""
    r = np.random.default_rng(1)
    v, draws, one = model.variance, 200_000, score(85.0, 1.0)
    noise = v["agency"] + v["centre:agency"] + v["rater"] / 2
    noise += (v["rater:indicator"] + v["residual"]) / 20
    drawn = 85 + r.standard_normal(draws) + np.sqrt(noise) * r.standard_normal(draws)
    [found] = same_grade(model, [one], DESIGN, [90, 80, 60])
    # The variances themselves are uncertain, seven agencies most of all.
    assert found.probability == pytest.approx(((drawn >= 80) & (drawn < 90)).mean(), abs=0.06)


def test_real_fair_scores_have_chances(model):
    scores = fair_scores(model, "centre:year")
    found = same_grade(model, scores, DESIGN, [90, 80, 60])
    assert len(found) == len(scores)
    assert all(np.isfinite([f.probability, f.low, f.high]).all() for f in found)
