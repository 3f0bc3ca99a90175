import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from almoner.methods.survey import (
    ChosenSample,
    DrawnSample,
    Interval,
    Stratum,
    SurveyError,
    estimate,
    pool,
    sample,
    sample_size,
    wilson,
)


def to_whole_users(interval, frame):
    return Interval(
        math.floor(interval.low * frame) / frame, math.ceil(interval.high * frame) / frame
    )


def one(frame, drawn, answered, yes, drawn_by="system"):
    return sample(drawn_by, {"all": Stratum(frame, drawn, answered, yes)})


@st.composite
def strata(draw, answered_from=1):
    frame = draw(st.integers(1, 300))
    drawn = draw(st.integers(1, frame))
    answered = draw(st.integers(answered_from, drawn))
    return Stratum(frame, drawn, answered, draw(st.integers(0, answered)))


SAMPLES = st.dictionaries(st.sampled_from("abcd"), strata(), min_size=1).map(
    lambda parts: DrawnSample("system", parts)
)


@pytest.mark.parametrize(
    ("frame", "size"),
    [(0, 0), (1, 1), (50, 50), (51, 34), (100, 50), (200, 66), (500, 81), (1000, 88)]
    + [(10**9, 97)],
)
def test_how_many_to_ask(frame, size):
    assert sample_size(frame) == size


@given(st.integers(51, 10**6), st.sampled_from([0.03, 0.05, 0.10]))
def test_the_size_keeps_the_margin_and_is_the_smallest_that_does(frame, margin):
    def half_width(n):
        return 1.959964 * math.sqrt(0.25 / n * (frame - n) / (frame - 1))

    size = sample_size(frame, margin)
    assert size <= frame
    assert half_width(size) <= margin + 1e-9
    assert half_width(size - 1) > margin - 1e-9


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (30, 30, 0.8865, 1.0000),
    ],
)
def test_wilson_as_published(yes, n, low, high):
    found = wilson(yes / n, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_thirty_of_thirty_is_at_least_89_percent_in_whole_percent():
    assert f"{wilson(1, 30).low:.0%}" == "89%"
    assert wilson(1, 30).high == 1


@given(st.floats(0, 1), st.floats(0.5, 1e6), st.sampled_from([0.8, 0.95, 0.99]))
def test_an_interval_holds_its_share_and_mirrors(share, n, level):
    found = wilson(share, n, level)
    assert 0 <= found.low <= share <= found.high <= 1
    mirrored = wilson(1 - share, n, level)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((found.low, found.high))


def test_a_sample_without_strata_by_hand():
    # 1,000 users, 100 drawn, 80 answered, 60 yes. Effective n = 80 * 999 / 920 = 86.87.
    found = estimate(one(1000, 100, 80, 60))
    assert found.share == 0.75
    assert found.effective_n == pytest.approx(80 * 999 / 920)
    assert found.interval == to_whole_users(wilson(0.75, 80 * 999 / 920), 1000)
    assert found.interval == Interval(0.649, 0.83)
    assert found.silent == Interval(0.6, 0.8)
    # Both ends at the number drawn: 100 * 999 / 900 = 111.
    ends = Interval(wilson(0.6, 111).low, wilson(0.8, 111).high)
    assert found.outer == to_whole_users(ends, 1000)


def test_strata_weigh_as_much_as_their_users():
    # 300 users with 10 of 20 yes and 100 with 20 of 20: (300 * 0.5 + 100) / 400.
    parts = {"far": Stratum(300, 20, 20, 10), "near": Stratum(100, 20, 20, 20)}
    found = estimate(DrawnSample("system", parts))
    assert found.share == 0.625
    spread = 300**2 / 20 * 280 / 299 + 100**2 / 20 * 80 / 99
    assert found.effective_n == pytest.approx(400**2 / spread)
    assert found.effective_n < estimate(one(400, 40, 40, 25)).effective_n


@given(SAMPLES, st.sampled_from([0.8, 0.95]))
def test_intervals_and_bounds_hold_the_estimate(given_sample, level):
    found = estimate(given_sample, level)
    assert 0 <= found.interval.low <= found.share <= found.interval.high <= 1
    assert found.silent.low <= found.share + 1e-12
    assert found.share <= found.silent.high + 1e-12
    assert 0 <= found.outer.low <= found.silent.low <= found.silent.high <= found.outer.high <= 1


@given(st.integers(1, 200), st.data())
def test_a_census_that_all_answered_is_a_point(frame, data):
    yes = data.draw(st.integers(0, frame))
    found = estimate(one(frame, frame, frame, yes))
    point = Interval(yes / frame, yes / frame)
    assert (found.interval, found.silent, found.outer) == (point, point, point)


def test_of_a_census_only_the_silence_is_unsure():
    found = estimate(one(40, 40, 30, 24))
    assert found.outer == found.silent == Interval(24 / 40, 34 / 40)
    assert found.interval.low < found.share == 0.8 < found.interval.high


def test_an_interval_never_denies_the_answers():
    found = estimate(one(10, 9, 9, 9))
    assert found.interval == Interval(0.9, 1.0)


@pytest.mark.parametrize(("frame", "n"), [(10, 9), (55, 34), (100, 50), (200, 66)])
def test_intervals_hold_the_truth_as_often_as_they_say(frame, n):
    intervals = [estimate(one(frame, n, n, yes)).interval for yes in range(n + 1)]
    coverage = [
        sum(
            hypergeom.pmf(yes, frame, truth, n)
            for yes, found in enumerate(intervals)
            if found.low <= truth / frame <= found.high
        )
        for truth in range(frame + 1)
    ]
    assert min(coverage) > 0.93
    assert sum(coverage) / len(coverage) > 0.95


@given(SAMPLES)
def test_more_silence_never_narrows_the_bounds(given_sample):
    more = {
        name: Stratum(part.frame, part.drawn, part.answered - 1, min(part.yes, part.answered - 1))
        for name, part in given_sample.strata.items()
        if part.answered > 1
    }
    before = estimate(given_sample).silent
    after = estimate(DrawnSample("system", {**given_sample.strata, **more})).silent
    assert after.low <= before.low + 1e-12
    assert after.high >= before.high - 1e-12


def test_pooled_samples_keep_their_weights():
    pooled = pool({"C1": one(300, 20, 20, 10), "C2": one(100, 20, 20, 20, "evaluator")})
    assert pooled.drawn_by == "evaluator+system"
    assert (pooled.frame, pooled.drawn, pooled.answered, pooled.yes) == (400, 40, 40, 30)
    assert estimate(pooled).share == 0.625


def test_what_the_provider_chose_is_never_pooled_nor_estimated():
    chosen = one(300, 20, 20, 20, "provider")
    assert isinstance(chosen, ChosenSample)
    assert chosen.share == 1
    with pytest.raises(SurveyError, match="'C2' was chosen by the provider"):
        pool({"C1": one(300, 20, 20, 10), "C2": chosen})
    with pytest.raises(SurveyError, match="there is no estimate"):
        estimate(chosen)
    with pytest.raises(SurveyError, match="no DrawnSample"):
        DrawnSample("provider", chosen.strata)
    with pytest.raises(SurveyError, match="is a DrawnSample"):
        ChosenSample("system", chosen.strata)
    assert one(300, 20, 0, 0, "provider").share is None


def test_a_mute_stratum_is_named():
    parts = {"near": Stratum(10, 5, 5, 5), "far": Stratum(10, 5, 0, 0), "none": Stratum(0, 0, 0, 0)}
    with pytest.raises(SurveyError, match="nobody answered in 'far':"):
        estimate(DrawnSample("system", parts))


@pytest.mark.parametrize(
    "counts", [(10, 11, 5, 5), (10, 5, 6, 5), (10, 5, 5, 6), (10, 5, 5, -1), (-1, -1, -1, -1)]
)
def test_numbers_that_cannot_be_are_refused(counts):
    with pytest.raises(SurveyError, match="must not fall|nobody to ask"):
        estimate(DrawnSample("system", {"a": Stratum(*counts)}))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sample_size(-1),
        lambda: sample_size(100, 0),
        lambda: sample_size(100, math.nan),
        lambda: sample_size(100, level=1),
        lambda: wilson(1.01, 5),
        lambda: wilson(math.nan, 5),
        lambda: wilson(0.5, 0),
        lambda: wilson(0.5, math.nan),
        lambda: one(0, 0, 0, 0),
        lambda: sample("system", {}),
    ],
)
def test_nonsense_is_refused(wrong):
    with pytest.raises(SurveyError):
        wrong()
