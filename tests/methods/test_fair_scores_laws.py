"""Laws of the fit, against the formulas written out with dense matrices."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from tests.methods.rated import FULL, city, fitted, statistics

from almoner.methods.fair_scores import fair_scores, fit, severities

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@st.composite
def ratings(draw):
    """A few dozen ratings of crossed and nested factors, unbalanced as they come."""
    n = draw(st.integers(12, 40))
    r = np.random.default_rng(draw(st.integers(0, 2**32)))
    a, b, c = (r.integers(0, size, n) for size in draw(st.tuples(*[st.integers(2, 6)] * 3)))
    spread = draw(st.tuples(*[st.sampled_from([0.0, 1.0, 4.0])] * 3))
    y = sum(s * r.standard_normal(6)[x] for s, x in zip(spread, (a, b, c), strict=True))
    y = np.round(50 + y + r.standard_normal(n), 1)
    return pl.DataFrame({"a": a, "b": b, "c": c, "w": r.integers(0, 2, n), "y": y})


def dense(frame, terms, fixed):
    """Indicator matrices of the terms, and the design of the fixed effects."""
    z = []
    for term in terms:
        keys = frame.select(pl.concat_str(term.split(":"), separator=":")).to_series()
        levels = keys.unique().sort()
        z.append((keys.to_numpy()[:, None] == levels.to_numpy()).astype(float))
    x = [np.ones(frame.height)]
    for name in fixed:
        values = frame[name].to_numpy()
        x += [(values == level).astype(float) for level in np.unique(values)[1:]]
    return z, np.column_stack(x)


def criterion(y, z, x, variances):
    """-2 log of the restricted likelihood, by its definition."""
    v = variances[-1] * np.eye(len(y)) + sum(
        s * part @ part.T for s, part in zip(variances, z, strict=False)
    )
    solved = np.linalg.solve(v, np.column_stack([x, y]))
    inner = x.T @ solved[:, :-1]
    rest = y - x @ np.linalg.solve(inner, x.T @ solved[:, -1])
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1]
    return logs + rest @ np.linalg.solve(v, rest) + (len(y) - x.shape[1]) * np.log(2 * np.pi)


@settings(max_examples=settings().max_examples // 4)
@given(ratings())
def test_the_optimum_is_that_of_the_definition(frame):
    terms, fixed = ["a", "b", "a:c"], ["w"]
    try:
        found = fitted(frame, "y", terms, fixed)
    except ValueError as error:
        assert str(error)
        return
    kept = list(found.terms)
    fixed = [] if any(d.term.startswith("w") for d in found.dropped) else fixed
    z, x = dense(frame, kept, fixed)
    y = frame["y"].to_numpy()
    ours = np.array([*(found.variance[t] for t in kept), found.variance["residual"]])
    assert np.isfinite(ours).all()
    assert found.criterion == pytest.approx(criterion(y, z, x, ours), abs=1e-6)
    if not kept:
        return
    bounds = [(-14, 12)] * len(ours)
    for start in (np.log(np.maximum(ours, 1e-3)), np.zeros(len(ours))):
        other = minimize(lambda v: criterion(y, z, x, np.exp(v)), start, bounds=bounds)
        assert found.criterion <= other.fun + 1e-5


@pytest.fixture(scope="module")
def small():
    frame = city(5, centres=14, indicators=6, years=2)[0]
    return frame, fitted(frame, "score", FULL, ["year", "district"])


def mixed_model(frame, found, fixed):
    """The inverse of the mixed model equations and what they hold, term by term."""
    z, x = dense(frame, list(found.terms), fixed)
    every = np.hstack([x, *z])
    ridge = np.zeros(every.shape[1])
    at = x.shape[1]
    for term, part in zip(found.terms, z, strict=True):
        ridge[at : at + part.shape[1]] = found.variance["residual"] / found.variance[term]
        at += part.shape[1]
    inverse = np.linalg.inv(every.T @ every + np.diag(ridge))
    return every, inverse, inverse @ (every.T @ frame["score"].to_numpy())


def test_effects_and_their_errors_are_those_of_the_mixed_model_equations(small):
    frame, _ = small
    terms = ["centre", "rater", "indicator"]
    found = fitted(frame, "score", terms, ["year"])
    every, inverse, solution = mixed_model(frame, found, ["year"])
    errors = np.sqrt(np.diagonal(inverse) * found.variance["residual"])
    names = [*found.fixed]
    for i, name in enumerate(names):
        assert found.fixed[name].value == pytest.approx(solution[i], rel=1e-6)
        assert found.fixed[name].se == pytest.approx(errors[i], rel=1e-6)
    at = len(names)
    for term in terms:
        effects = found.effects[term]
        order = np.argsort(np.array(effects.levels).astype(str))  # as the dense levels are sorted
        here = slice(at, at + len(order))
        assert effects.values[order] == pytest.approx(solution[here], abs=1e-7)
        assert effects.prediction_se[order] == pytest.approx(errors[here], rel=1e-6)
        assert (effects.se <= effects.prediction_se + 1e-12).all()
        at = here.stop


def test_a_fair_score_is_a_combination_of_effects_with_its_error(small):
    """By hand: own effects, and the mean of all ratings of everything that belongs to judges."""
    frame, _ = small
    found = fitted(frame, "score", ["centre", "rater", "indicator"], ["year"])
    every, inverse, solution = mixed_model(frame, found, ["year"])
    mean = every.mean(0)
    sizes = [len(found.effects[t].levels) for t in found.terms]
    start = len(found.fixed)
    levels = sorted(found.effects["centre"].levels)
    for score in fair_scores(found, "centre"):
        wanted = mean.copy()
        wanted[start : start + sizes[0]] = np.array(levels) == score.parts[0]
        assert score.value == pytest.approx(wanted @ solution, abs=1e-7)
        expected = np.sqrt(wanted @ inverse @ wanted * found.variance["residual"])
        assert score.se == pytest.approx(expected, rel=1e-6)
        own = frame.filter(pl.col("centre") == int(score.parts[0]))
        assert (score.ratings, score.raw) == (own.height, pytest.approx(own["score"].mean()))


def test_fair_scores_keep_the_level_and_order_of_what_can_be_compared(small):
    frame, found = small
    scores = fair_scores(found, "centre:year", own=("district",))
    assert np.mean([s.value for s in scores]) == pytest.approx(frame["score"].mean(), abs=1.0)
    for one in scores:
        assert 1 <= one.best <= one.worst <= len(scores)
        better = sum(s.value > one.value for s in scores)
        assert one.best <= better + 1 <= one.worst
    alone = fair_scores(found, "centre:year", groups=[str(i) for i in range(len(scores))])
    assert {(s.best, s.worst) for s in alone} == {(1, 1)}


def test_severities_are_relative_to_the_mean_judge_and_positive_where_harsh():
    frame = city(7, centres=40, indicators=8, years=2)[0]
    harsh = pl.when(pl.col("agency") == 3).then(10.0).otherwise(0.0)
    found = fitted(frame.with_columns(pl.col("score") - harsh), "score", FULL, ["year"])
    agencies = {s.level: s for s in severities(found, "agency")}
    assert max(agencies, key=lambda level: agencies[level].value) == "3"
    assert agencies["3"].value > 4
    assert sum(s.value for s in agencies.values()) == pytest.approx(0, abs=1e-9)
    assert all(s.se > 0 for s in agencies.values())
    raters = severities(found, "rater", ["agency"])
    of_harsh = np.mean([s.value for s in raters if int(s.level) // 6 == 3])
    assert of_harsh == pytest.approx(agencies["3"].value, rel=0.2)
    assert severities(found, "nobody") == ()
    with pytest.raises(ValueError, match="lies in several"):
        severities(found, "agency", ["rater"])


def test_a_term_of_any_family_gives_the_same_fit():
    """Which terms are eliminated block by block is a matter of speed alone."""
    from almoner.methods.fair_scores import elimination

    frame = city(4, centres=20, indicators=8, years=2)[0]
    found = statistics(frame, "score", [*FULL, "year"])
    one = fit(found, FULL, ["year"])
    cost, elimination.SCATTER_COST = elimination.SCATTER_COST, 10**9
    try:
        two = fit(found, FULL, ["year"])
    finally:
        elimination.SCATTER_COST = cost
    assert one.criterion == pytest.approx(two.criterion, abs=1e-7)
    for term in FULL:
        assert one.effects[term].se == pytest.approx(two.effects[term].se, rel=1e-6)


@pytest.mark.slow
def test_intervals_cover_what_they_promise_over_two_hundred_cities():
    """RMSE against the truth, and the share of 95 % intervals that hold it."""
    hit = total = 0
    fair, raw = [], []
    for seed in range(200):
        frame, centre, _ = city.__wrapped__(1000 + seed)
        found = fitted(frame, "score", FULL, ["year"])
        scores = fair_scores(found, "centre")
        names = [int(s.parts[0]) for s in scores]
        truth = centre[names] - centre[names].mean()
        for values, kept in (([s.value for s in scores], fair), ([s.raw for s in scores], raw)):
            kept.append(np.mean((np.array(values) - np.mean(values) - truth) ** 2))
        value = np.array([s.value for s in scores])
        miss = np.abs(value - value.mean() - truth)
        hit += int((miss <= 1.96 * np.array([s.se for s in scores])).sum())
        total += len(scores)
    assert 0.93 <= hit / total <= 0.97
    assert np.sqrt(np.mean(fair)) < 0.85 * np.sqrt(np.mean(raw))
