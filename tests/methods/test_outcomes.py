import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp, ttest_ind

from almoner.methods.outcomes import (
    Change,
    Goal,
    OutcomesError,
    Paired,
    attrition,
    change,
    count_verdicts,
    follow_up,
    goal_attainment,
    paired,
    reliable_change,
    small_sample_correction,
)

SCORES = st.lists(st.integers(0, 40), min_size=3, max_size=15).filter(lambda s: len(set(s)) > 1)
DEPRESSION = st.tuples(SCORES, st.randoms()).map(
    lambda drawn: (drawn[0], drawn[1].sample(range(100), len(drawn[0])))
)


def test_the_training_studies_of_morris_2008():
    # The five trained groups of S. B. Morris, 2008, table 1: n, means, deviation before and
    # correlation. Effects and variances as R's metafor gives them for Becker's measure ("SMCR").
    studies = [
        (20, 30.6, 38.5, 15.0, 0.47, 0.5056, 0.0594),
        (50, 23.5, 26.8, 3.1, 0.64, 1.0481, 0.0254),
        (9, 0.5, 0.7, 0.1, 0.77, 1.8054, 0.2322),
        (10, 53.4, 75.9, 14.5, 0.89, 1.4181, 0.1225),
        (14, 35.6, 36.0, 4.7, 0.44, 0.0801, 0.0802),
    ]
    for n, before, after, sd, r, effect, variance in studies:
        pairs = Paired(n, before, after, sd, sd * math.sqrt(2 * (1 - r)))
        found = change(pairs).standardised
        assert found.value == pytest.approx(effect, abs=6e-5)
        assert found.se**2 == pytest.approx(variance, abs=6e-5)
        assert found.high - found.value == pytest.approx(1.959964 * found.se)


def test_a_change_by_hand():
    # Differences 2, 4, 0, 2: mean 2, deviation sqrt(8/3); before 1, 3, 5, 7: deviation sqrt(20/3).
    found = change(paired([1, 3, 5, 7], [3, 7, 5, 9]))
    assert (found.n, found.mean.value) == (4, 2)
    assert found.mean.se == pytest.approx(math.sqrt(8 / 3 / 4))
    expected = ttest_1samp([2, 4, 0, 2], 0).confidence_interval()
    assert (found.mean.low, found.mean.high) == pytest.approx(expected)
    # c(3) = gamma(1.5)/(sqrt(1.5) gamma(1)) = 0.8862/1.2247 = 0.7236.
    d = 0.723601 * 2 / math.sqrt(20 / 3)
    assert found.standardised.value == pytest.approx(d, abs=1e-6)
    assert found.standardised.se**2 == pytest.approx((8 / 20 + d**2 / 2) / 4, abs=1e-6)


def test_a_change_says_that_it_is_no_effect():
    assert Change.label == "change, not effect"
    assert change(paired([1, 2, 3], [2, 3, 5])).label == "change, not effect"


@pytest.mark.parametrize(
    ("m", "c"), [(2, 1 / math.sqrt(math.pi)), (3, math.sqrt(math.pi / 6)), (4, 0.797885)]
)
def test_the_correction_is_the_exact_one(m, c):
    # gamma(1/2) = sqrt(pi) gives the first ones by hand; 1 - 3/(4m - 1) comes near from above.
    assert small_sample_correction(m) == pytest.approx(c, abs=1e-6)
    assert 0 < 1 - 3 / (4 * m - 1) - c < 0.01


@given(DEPRESSION, st.integers(-50, 50), st.integers(2, 9))
def test_a_standardised_change_knows_no_units(scores, shift, scale):
    before, after = scores
    found = change(paired(before, after)).standardised
    moved = [[shift + scale * score for score in wave] for wave in (before, after)]
    again = change(paired(*moved)).standardised
    assert (again.value, again.se) == pytest.approx((found.value, found.se))
    turned = change(paired(*[[-score for score in wave] for wave in (before, after)])).standardised
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


@given(SCORES, st.integers(-20, 20))
def test_when_all_move_alike_the_mean_change_is_a_point(scores, step):
    found = change(paired(scores, [score + step for score in scores]))
    assert found.mean.value == pytest.approx(step)
    assert (found.mean.low, found.mean.high) == (found.mean.value, found.mean.value)


@pytest.mark.parametrize("before", [[0.1] * 6, [0.1] * 3, [7, 7]])
def test_without_any_spread_before_nothing_is_standardised(before):
    found = change(paired(before, [score + place for place, score in enumerate(before)]))
    assert found.standardised is None
    assert found.mean.low < found.mean.value < found.mean.high


def test_two_people_have_a_mean_change_but_no_standardised_one():
    assert change(paired([1, 2], [3, 5])).standardised is None
    assert change(paired([1, 2, 3], [3, 5, 7])).standardised is not None


def test_reliable_change_as_jacobson_and_truax_work_it_out():
    # 1991, p. 14: 32.5 before, 47.5 after, s = 7.5, reliability 0.80: S_diff 4.74, index 3.16.
    found = reliable_change(32.5, 47.5, sd=7.5, reliability=0.80)
    assert found.index == pytest.approx(3.16, abs=5e-3)
    assert found.verdict == "improved"
    worse = reliable_change(32.5, 47.5, sd=7.5, reliability=0.80, higher_is_better=False)
    assert worse.verdict == "deteriorated"


@pytest.mark.parametrize(
    ("after", "verdict"),
    [(11.95, "unchanged"), (11.97, "improved"), (8.05, "unchanged"), (8.03, "deteriorated")],
)
def test_a_reliable_change_is_beyond_the_limit(after, verdict):
    # With sd 1 and reliability 0.5 the index is the difference itself.
    assert reliable_change(10, after, sd=1, reliability=0.5).verdict == verdict


@given(st.integers(0, 100), st.integers(0, 100), st.floats(0, 0.99))
def test_turning_the_scale_turns_the_verdict(before, after, reliability):
    one = reliable_change(before, after, sd=5, reliability=reliability)
    back = reliable_change(after, before, sd=5, reliability=reliability, higher_is_better=False)
    assert (back.index, back.verdict) == (-one.index, one.verdict)


def test_verdicts_are_counted():
    found = [reliable_change(10, after, sd=1, reliability=0.5) for after in (20, 10, 13)]
    assert count_verdicts(found) == {"improved": 2, "unchanged": 1, "deteriorated": 0}


def test_attrition_and_whether_the_lost_were_like_the_others():
    stayed, lost = [20, 22, 24, 26, 28], [10, 12, 14]
    found = attrition(stayed, lost)
    assert (found.started, found.lost, found.share) == (8, 3, 0.375)
    assert found.difference.value == -12
    expected = ttest_ind(lost, stayed, equal_var=False).confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx(expected)
    # Pooled variance (40 + 8)/6 = 8; c(6) = 0.8686.
    assert found.standardised == pytest.approx(0.8686 * -12 / math.sqrt(8), abs=1e-3)
    assert found.differs is True
    assert attrition(stayed, [21, 27]).differs is False


@pytest.mark.parametrize(
    ("stayed", "lost", "share"), [([1, 2], [], 0), ([], [1, 2], 1), ([1, 2], [1], 1 / 3)]
)
def test_too_few_to_compare_are_not_compared(stayed, lost, share):
    found = attrition(stayed, lost)
    assert found.share == share
    assert found.interval.low <= share <= found.interval.high
    assert (found.difference, found.standardised, found.differs) == (None, None, None)


def test_groups_without_any_spread():
    alike = attrition([3, 3], [3, 3])
    assert (alike.difference.value, alike.standardised, alike.differs) == (0, None, False)
    apart = attrition([0.1, 0.1, 0.1], [5, 5])
    assert (apart.difference.se, apart.standardised, apart.differs) == (0, None, True)


def test_a_follow_up_pairs_people_and_names_who_is_lacking():
    found = follow_up({"a": 1, "b": 2, "c": 3, "gone": 9}, {"c": 5, "a": 2, "b": 3, "new": 8})
    assert found.change == change(paired([1, 2, 3], [2, 3, 5]))
    assert (found.attrition.started, found.attrition.lost, found.without_baseline) == (4, 1, 1)


@pytest.mark.parametrize("after", [{}, {"a": 2}])
def test_a_follow_up_of_fewer_than_two_has_no_change(after):
    found = follow_up({"a": 1, "b": 2}, after)
    assert found.change is None
    assert found.attrition.lost == 2 - len(after)


@pytest.mark.parametrize(
    ("levels", "score"),
    [((0,), 50), ((2,), 70), ((-2,), 30), ((1, 1, 1), 63.69), ((1, 1), 62.40), ((-1, 1), 50)],
)
def test_goal_attainment(levels, score):
    # 50 + 10 * 3/sqrt(0.7 * 3 + 0.3 * 9) = 63.69; 50 + 10 * 2/sqrt(0.7 * 2 + 0.3 * 4) = 62.40.
    assert goal_attainment([Goal(level) for level in levels]) == pytest.approx(score, abs=5e-3)


def test_goals_weigh_what_they_weigh():
    # (3 * 1 + 1 * -1)/sqrt(0.7 * 10 + 0.3 * 16) = 2/3.4351.
    assert goal_attainment([Goal(1, 3), Goal(-1, 1)]) == pytest.approx(55.822, abs=1e-3)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 9)), min_size=1, max_size=8))
def test_goal_attainment_mirrors_and_does_not_care_for_the_unit_of_weights(goals):
    score = goal_attainment([Goal(*goal) for goal in goals])
    mirrored = goal_attainment([Goal(-level, weight) for level, weight in goals])
    assert score + mirrored == pytest.approx(100)
    assert goal_attainment([Goal(level, 10 * weight) for level, weight in goals]) == pytest.approx(
        score
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: paired([1, 2], [1]), "2 measurements before and 1 after"),
        (lambda: paired([1], [1]), "at least 2"),
        (lambda: paired([1, math.nan], [1, 2]), "before: measurement 2 is nan"),
        (lambda: change(Paired(1, 1, 1, 1, 1)), "at least 2"),
        (lambda: change(Paired(3, 1, 1, -1, 1)), "not negative"),
        (lambda: change(Paired(3, 1, math.inf, 1, 1)), "must be numbers"),
        (lambda: change(Paired(3, 1, 1, 1, 1), level=95), "level of 95"),
        (lambda: reliable_change(1, math.nan, sd=1, reliability=0.5), "measurement 2 is nan"),
        (lambda: reliable_change(1, 2, sd=0, reliability=0.5), "deviation of 0"),
        (lambda: reliable_change(1, 2, sd=1, reliability=1), "reliability of 1"),
        (lambda: attrition([], []), "nobody was measured"),
        (lambda: goal_attainment([]), "no goals"),
        (lambda: goal_attainment([Goal(0), Goal(3)]), "goal 2 has the level 3"),
        (lambda: goal_attainment([Goal(0, 0)]), "goal 1 has the weight 0"),
        (lambda: goal_attainment([Goal(0)], 1.1), "correlation of 1.1"),
    ],
)
def test_nonsense_is_refused(wrong, said):
    with pytest.raises(OutcomesError, match=said):
        wrong()
