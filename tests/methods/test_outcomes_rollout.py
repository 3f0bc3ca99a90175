import math
import sys

import pytest

from almoner.methods.outcomes import Effect, OutcomesError
from almoner.methods.outcomes_rollout import rollout_effect

STARTED = {f"P{place:02}": 2011 + place % 3 for place in range(12)}


def outcome(place, period):
    grown = (place * 7 + period * 3 + place * period) % 11 + 2 * (period - 2009)
    return grown + 5 * (place % 4) * (period >= 2011 + place % 3)


PANEL = {
    (name, period): float(outcome(place, period))
    for place, name in enumerate(STARTED)
    for period in range(2009, 2015)
}
TWO_BY_TWO = {
    ("A", 1): 10.0,
    ("A", 2): 15.0,
    ("B", 1): 12.0,
    ("B", 2): 19.0,
    ("C", 1): 8.0,
    ("C", 2): 9.0,
    ("D", 1): 7.0,
    ("D", 2): 10.0,
}
STARTED_TWO = {"A": 2, "B": 2, "C": None, "D": None}


def test_two_by_two_by_hand():
    # The places that began rose by 5 and 7, the others by 1 and 3: 6 - 2 = 4; each mean has the
    # variance 1/2 (squares about the mean by n, then by n again), so the standard error is 1.
    found = rollout_effect(TWO_BY_TWO, STARTED_TWO)
    assert isinstance(found, Effect)
    assert (found.overall.value, found.overall.se) == pytest.approx((4, 1))
    assert found.overall.low == pytest.approx(4 - 1.959964)
    assert [(cell.cohort, cell.period) for cell in found.after] == [(2, 2)]
    assert (found.before, found.unidentified, found.left_out) == ((), (), {})
    assert found.all_started is None
    assert "Cohorts of fewer than 5 places (2, never)" in found.notes[-1]


def test_a_staggered_rollout_as_the_library_csdid_has_it():
    # csdid 0.4.3, places not yet begun as comparison, on the periods up to 2012: run elsewhere.
    found = rollout_effect(PANEL, STARTED)
    cells = {
        (c.cohort, c.period): (c.effect.value, c.effect.se) for c in found.before + found.after
    }
    assert cells == {
        (2011, 2010): pytest.approx((-4.25, 2.3167191241)),
        (2011, 2011): pytest.approx((10.125, 3.9048747579)),
        (2011, 2012): pytest.approx((6.25, 2.5950674365)),
        (2012, 2010): pytest.approx((5.5, 2.0841665001)),
        (2012, 2011): pytest.approx((-3.75, 3.461845606)),
        (2012, 2012): pytest.approx((6.5, 3.4414749745)),
    }
    assert (found.overall.value, found.overall.se) == pytest.approx((7.625, 2.382890766))
    assert [cell.period < cell.cohort for cell in found.before] == [True] * 3


def test_what_cannot_be_told_once_all_have_begun():
    found = rollout_effect(PANEL, STARTED)
    assert found.all_started == 2013
    assert [(cell.cohort, cell.period) for cell in found.unidentified] == [
        (start, period) for start in (2011, 2012, 2013) for period in (2013, 2014)
    ]
    assert "all had begun by 2013" in found.unidentified[0].why


def test_outcomes_after_all_have_begun_change_nothing():
    later = {key: value + 100 * (key[1] >= 2013) for key, value in PANEL.items()}
    found, again = rollout_effect(PANEL, STARTED), rollout_effect(later, STARTED)
    assert again.overall == found.overall


def test_a_place_that_never_began_leaves_all_identified():
    never = {f"N{n}": None for n in range(2)}
    more = {(name, period): float(period % 4) for name in never for period in range(2009, 2015)}
    found = rollout_effect({**PANEL, **more}, {**STARTED, **never})
    assert (found.all_started, found.unidentified) == (None, ())
    assert {(cell.cohort, cell.period) for cell in found.after} == {
        (start, period) for start in (2011, 2012, 2013) for period in range(start, 2015)
    }


def test_what_all_places_share_is_no_effect():
    moved = {(place, period): y + 3 * period for (place, period), y in TWO_BY_TWO.items()}
    moved |= {("A", period): moved["A", period] + 50 for period in (1, 2)}
    assert rollout_effect(moved, STARTED_TWO).overall.value == pytest.approx(4)


def test_a_start_after_the_data_or_between_two_periods():
    later = rollout_effect(TWO_BY_TWO, {**STARTED_TWO, "C": 7, "D": 9})
    assert later.overall.value == pytest.approx(4)
    assert later.all_started is None
    years = {(place, 2008 + 2 * period): y for (place, period), y in TWO_BY_TWO.items()}
    between = rollout_effect(years, {**STARTED_TWO, "A": 2011, "B": 2012})
    assert [(cell.cohort, cell.period) for cell in between.after] == [(2012, 2012)]


def test_a_period_of_number_zero_is_a_period():
    shifted = {(place, period - 2): y for (place, period), y in TWO_BY_TWO.items()}
    found = rollout_effect(shifted, {**STARTED_TWO, "A": 0, "B": 0})
    assert (found.overall.value, found.after[0].cohort) == (pytest.approx(4), 0)


def test_places_that_cannot_be_used_are_named():
    panel = {**TWO_BY_TWO, ("E", 1): 1.0, ("F", 1): 3.0, ("F", 2): 4.0}
    found = rollout_effect(panel, {**STARTED_TWO, "E": 2, "F": 1, "G": None})
    assert found.overall.value == pytest.approx(4)
    assert found.left_out == {
        "E": "no outcome in 2",
        "F": "began by 1: no period before to compare with",
        "G": "no outcome in 1, 2",
    }


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ({"A": 2, "B": 2, "C": 2, "D": 2}, "nobody is left to compare with"),
        ({"A": 1, "B": 1, "C": None, "D": None}, "no cohort to follow.*A: began by 1"),
        ({"A": 2, "B": None, "C": None, "D": None}, "A: the only one that began in 2"),
        ({"A": 2, "B": 2, "C": 2, "D": None}, "D: the only one that never began"),
        ({"A": 2, "B": 2, "C": None}, "D has outcomes, but not when it began"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_reason(started, said):
    with pytest.raises(OutcomesError, match=said):
        rollout_effect(TWO_BY_TWO, started)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({("A", 1): math.nan}, "outcome of A in 1 is nan"),
        ({("A", 2): 17.0, ("D", 2): 8.0}, "exactly the same"),
    ],
)
def test_outcomes_of_no_use_are_refused(changed, said):
    with pytest.raises(OutcomesError, match=said):
        rollout_effect({**TWO_BY_TWO, **changed}, STARTED_TWO)


def test_one_period_is_no_before_and_after():
    with pytest.raises(OutcomesError, match="fewer than 2 periods"):
        rollout_effect({("A", 1): 1.0}, {"A": 1})
    with pytest.raises(OutcomesError, match="level of 95"):
        rollout_effect(TWO_BY_TWO, STARTED_TWO, level=95)


def test_without_the_library_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "diff_diff", None)
    with pytest.raises(OutcomesError, match=r"install almoner\[rollout\]"):
        rollout_effect(TWO_BY_TWO, STARTED_TWO)
