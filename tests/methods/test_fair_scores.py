"""The fit of fair scores against lme4's answers, and on data that cannot carry every term."""

import json

import numpy as np
import polars as pl
import pytest
from tests.methods.rated import FULL, answer, city, fitted, penicillin, reference

from almoner.methods.fair_scores import FairScoreError, fair_scores

# Ibis 12 asks DuckDB 2 by a name that DuckDB will drop.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


def effects(found, term):
    of_term = found.effects[term]
    return {
        level: (value, se, prediction)
        for level, value, se, prediction in zip(
            of_term.levels, of_term.values, of_term.se, of_term.prediction_se, strict=True
        )
    }


def agrees(found, told, tolerance):
    """Compare a fit with a file of lme4's answers."""
    best = told.get("tight", told)
    assert found.convergence.converged
    assert found.criterion <= best["reml_crit"] + 1e-6
    for name, variance in best["var"].items():
        ours = found.variance["residual" if name == "Residual" else name]
        assert ours == pytest.approx(variance, rel=tolerance)
    for name, value in told["fixef"].items():
        assert found.fixed[name].value == pytest.approx(value, rel=1e-4)
        assert found.fixed[name].se == pytest.approx(told["fixef_se"][name], rel=1e-3)
    assert {t: len(e.levels) for t, e in found.effects.items()} == told["levels"]
    for term, values in told["ranef_head"].items():
        ours, spread = effects(found, term), np.sqrt(best["var"][term])
        # lme4's BLUPs were taken at its default tolerance: near 0 they are good to a share of
        # the spread only.
        for level, value in values.items():
            assert ours[level][0] == pytest.approx(value, rel=tolerance, abs=tolerance * spread)
        for level, se in zip(values, told["ranef_condsd_head"].get(term, ()), strict=False):
            assert ours[level][1] == pytest.approx(se, rel=1e-3)


def test_penicillin_as_lme4_fits_it():
    found = fitted(penicillin(), "diameter", ["plate", "sample"])
    assert found.variance == pytest.approx(
        {"plate": 0.716908207, "sample": 3.730916580, "residual": 0.302415464}, rel=1e-5
    )
    assert found.criterion <= 330.860588991086 + 1e-6
    assert found.fixed["(Intercept)"].value == pytest.approx(22.9722222222137)
    assert found.fixed["(Intercept)"].se == pytest.approx(0.808595361, rel=1e-3)
    plate, sample = effects(found, "plate"), effects(found, "sample")
    assert [plate["a"][0], plate["g"][0]] == pytest.approx([0.804546906, -1.375515678], rel=1e-4)
    assert [sample["A"][0], sample["F"][0]] == pytest.approx([2.187058402, -3.003744768], rel=1e-4)
    assert [plate["a"][1], sample["A"][1]] == pytest.approx([0.2713593, 0.2021707], rel=1e-3)
    # Of a complete table the error of the residual variance is known: 2 v^2 / degrees of freedom.
    expected = found.variance["residual"] * np.sqrt(2 / (23 * 5))
    assert found.variance_se["residual"] == pytest.approx(expected, rel=1e-3)
    # A sample's own value is known far better than where the mean of all samples lies.
    assert sample["A"][2] == pytest.approx(found.fixed["(Intercept)"].se, rel=0.05)


def test_ratings_of_lectures_as_lme4_fits_them():
    ratings = pl.read_csv(reference("InstEval.csv"))
    found = fitted(ratings, "y", ["s", "d", "dept:service"])
    agrees(found, answer("InstEval.json"), 1e-4)
    found = fitted(ratings, "y", ["s", "d", "dept"], ["service"])
    agrees(found, answer("InstEval_service.json"), 1e-3)


def test_a_simulated_city_as_lme4_fits_it():
    found = fitted(pl.read_csv(reference("sim7.csv")), "score", FULL, ["year"])
    agrees(found, answer("sim7.json"), 1e-4)


def test_a_variance_that_chance_explains_is_exactly_zero():
    r = np.random.default_rng(3)
    frame = pl.DataFrame({"a": np.arange(400) % 20, "b": np.arange(400) // 40})
    frame = frame.with_columns(y=pl.Series(np.round(r.standard_normal(400), 3)))
    means = frame.group_by("b").agg(pl.col("y").mean())
    flat = frame.join(means, on="b", suffix="_b").with_columns(pl.col("y") - pl.col("y_b"))
    found = fitted(flat.with_columns(pl.col("y").round(6)), "y", ["a", "b"])
    assert found.variance["b"] == 0.0
    assert found.variance_se["b"] is None
    assert "b" in found.convergence.zero
    assert found.convergence.converged
    assert not found.effects["b"].values.any()


@pytest.mark.parametrize("seed", [1, 2])
def test_without_steps_another_method_finds_no_better_optimum(seed):
    """L-BFGS walks among positive variances only, so it checks those that were set to zero."""
    frame = city(seed, centres=20, indicators=8, years=2)[0]
    quick, slow = (fitted(frame, "score", FULL, ["year"], most_steps=s) for s in (60, 1))
    assert (quick.convergence.method, slow.convergence.method) == ("average information", "L-BFGS")
    assert quick.convergence.converged
    assert quick.criterion <= slow.criterion + 1e-6
    assert slow.criterion == pytest.approx(quick.criterion, abs=1e-4)


SMALL = pl.DataFrame(
    {
        "unit": ["u1", "u1", "u2", "u2", "u3", "u3", "u4", "u4"],
        "rater": ["r1", "r2"] * 4,
        "one": ["x"] * 8,
        "each": [str(i) for i in range(8)],
        "same": ["a", "a", "b", "b", "c", "c", "d", "d"],
        "half": ["p"] * 4 + ["q"] * 4,
        "score": [1.0, 2.5, 3.0, 3.5, 4.0, 7.0, 1.0, 1.5],
    }
)


@pytest.mark.parametrize(
    ("term", "fixed", "why", "ground", "about"),
    [
        ("one", [], "one level only (x)", "one_level", "x"),
        ("each", [], "cannot be told from chance", "level_each", ""),
        ("same", [], "its levels are those of unit", "same_levels", "unit"),
        ("unit:half", [], "its levels are those of unit", "same_levels", "unit"),
        ("half", ["half"], "the fixed effects tell its levels already", "told", ""),
        ("rater", ["rater"], "the fixed effects tell its levels already", "told", ""),
    ],
)
def test_a_term_that_the_data_cannot_carry_is_left_out_and_named(term, fixed, why, ground, about):
    found = fitted(SMALL, "score", ["unit", term], fixed)
    assert [d.term for d in found.dropped] == [term]
    assert why in found.dropped[0].reason
    assert (found.dropped[0].ground, found.dropped[0].about) == (ground, about)
    assert found.terms == ("unit",)
    assert found.variance == fitted(SMALL, "score", ["unit"], fixed).variance


def test_a_fixed_effect_that_others_tell_is_left_out_and_named():
    found = fitted(SMALL, "score", ["rater"], ["unit", "same"])
    assert [d.term for d in found.dropped] == ["sameb", "samec", "samed"]
    assert list(found.fixed) == ["(Intercept)", "unitu2", "unitu3", "unitu4"]


def test_one_rater_and_one_unit_leave_no_term():
    found = fitted(SMALL.filter(pl.col("rater") == "r1"), "score", ["rater", "unit"])
    assert {d.term for d in found.dropped} == {"rater", "unit"}
    assert found.variance["residual"] == pytest.approx(np.var([1, 3, 4, 1], ddof=1))


@pytest.mark.parametrize(
    ("change", "obstacle", "message"),
    [
        ({"score": pl.lit(78.5)}, "constant", "every score is 78.5"),
        ({"unit": pl.lit(None, pl.String)}, "faulty", "column unit has 8 empty cells"),
        ({"score": pl.lit(None, pl.Float64)}, "faulty", "column score has 8 empty"),
        ({"score": pl.lit(float("inf"))}, "faulty", "column score has 8 empty or infinite"),
        ({"score": pl.col("unit")}, "faulty", "holds string, not numbers"),
        (pl.col("unit") == "none", "faulty", "there are no ratings"),
        (pl.col("each") == "0", "too_few", "1 ratings are too few"),
    ],
)
def test_ratings_that_cannot_be_fitted_are_refused_in_words(change, obstacle, message):
    frame = SMALL.with_columns(**change) if isinstance(change, dict) else SMALL.filter(change)
    with pytest.raises(FairScoreError) as error:
        fitted(frame, "score", ["unit", "rater"])
    assert error.value.obstacle == obstacle
    assert message in str(error.value)


def test_scores_that_the_model_explains_exactly_are_refused():
    exact = SMALL.with_columns(score=pl.col("unit").str.slice(1).cast(pl.Float64))
    with pytest.raises(FairScoreError, match="explains every score exactly") as error:
        fitted(exact, "score", ["rater"], ["unit"])
    assert error.value.obstacle == "no_chance"


def test_a_million_raters_are_fitted_or_refused_in_words():
    n = 300_000
    r = np.random.default_rng(0)
    frame = pl.DataFrame({"rater": np.arange(n) // 2, "unit": r.integers(0, 50, n)})
    noise = pl.Series(r.integers(0, 5, n)) + frame["unit"] % 3
    found = fitted(frame.with_columns(y=noise), "y", ["rater", "unit"])
    assert found.convergence.converged
    assert len(found.effects["rater"].levels) == n // 2
    crossed = frame.with_columns(other=pl.Series(r.permutation(n) // 2), y=noise)
    with pytest.raises(
        FairScoreError, match=r"150,000 levels of \w+ .*leave out the term"
    ) as error:
        fitted(crossed, "y", ["rater", "other"])
    assert error.value.obstacle == "too_many_crossed"


def test_numbers_as_covariates_and_interactions_of_factors():
    """Least squares by hand: with no spread between units, fixed effects are ordinary ones."""
    r = np.random.default_rng(8)
    n = 240
    f, g = r.integers(0, 3, n), r.integers(0, 2, n)
    year, age = 2000 + r.integers(0, 20, n), np.round(r.random(n), 2)
    y = np.round(2 * f - g + 3 * f * g + 0.5 * (year - 2000) - age + r.standard_normal(n), 2)
    frame = pl.DataFrame({"f": f, "g": g, "year": year, "age": age, "y": y, "z": np.arange(n) % 8})
    found = fitted(frame, "y", ["z"], ["f", "g", "f:g"], ["year", "age"])
    columns = [np.ones(n), f == 1, f == 2, g == 1, (f == 1) & (g == 1), (f == 2) & (g == 1)]
    x = np.column_stack([*columns, year, age]).astype(float)
    dense = np.eye(n) * found.variance["residual"]
    dense += found.variance["z"] * (frame["z"].to_numpy()[:, None] == frame["z"].to_numpy())
    solved = np.linalg.solve(dense, np.column_stack([x, y]))
    covariance = np.linalg.inv(x.T @ solved[:, :-1])
    expected = covariance @ (x.T @ solved[:, -1])
    names = ["(Intercept)", "f1", "f2", "g1", "f1:g1", "f2:g1", "year", "age"]
    assert list(found.fixed) == names
    for i, name in enumerate(names):
        assert found.fixed[name].value == pytest.approx(expected[i], rel=1e-6)
        assert found.fixed[name].se == pytest.approx(np.sqrt(covariance[i, i]), rel=1e-6)


def test_the_same_ratings_give_the_same_digits():
    frame = city(2, centres=24, indicators=10, years=2)[0]
    one, two = (
        fitted(frame.sample(fraction=1.0, shuffle=True, seed=seed), "score", FULL, ["year"])
        for seed in (1, 2)
    )
    assert json.dumps(dict(one.variance)) == json.dumps(dict(two.variance))
    for term in one.terms:
        assert one.effects[term].values.tobytes() == two.effects[term].values.tobytes()
        assert (
            one.effects[term].prediction_se.tobytes() == two.effects[term].prediction_se.tobytes()
        )


def test_fair_scores_come_nearer_to_the_truth_than_raw_means():
    found = fitted(pl.read_csv(reference("sim7.csv")), "score", FULL, ["year"])
    truth = pl.read_csv(reference("sim7_truth.csv"))
    scores = {int(s.parts[0]): s for s in fair_scores(found, "centre")}

    def error(which):
        ours = np.array([getattr(scores[centre], which) for centre in truth["centre"]])
        off = ours - truth["true"].to_numpy()
        return np.sqrt(((off - off.mean()) ** 2).mean())

    assert error("raw") == pytest.approx(2.21, abs=0.01)
    assert error("value") <= 1.80
