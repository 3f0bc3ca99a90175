import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.methods.assignment import AssignmentError, Centre, Scoring, assign
from almoner.methods.assignment_precision import Panel, Variances, predict

# The design of a city as the reference ratings have it, in squared points.
CITY = Variances(centre=42.25, centre_agency=2.25, rater=4, rater_indicator=2.25, residual=49)
PANEL = Panel(raters=6, per_centre=2, indicators=25)
PLAIN = Panel(raters=1, per_centre=1, indicators=1)


def scorings(*rows):
    return [Scoring(centre, district, agency, "first") for centre, district, agency in rows]


def by_pair(found):
    return {(one.agency, one.other): one.se for one in found}


def by_least_squares(design, variances, panel):
    """The same from every single rating and its full covariance, without elimination."""
    rows, done = [], {}
    for scoring in design:
        turn = done.setdefault(scoring.agency, 0)
        done[scoring.agency] += 1
        rows += [
            (scoring, (turn + step) % panel.raters, indicator)
            for step in range(panel.per_centre)
            for indicator in range(panel.indicators)
        ]
    keys = {
        "centre": [s.centre for s, _, _ in rows],
        "centre_agency": [(s.centre, s.agency) for s, _, _ in rows],
        "rater": [(s.agency, rater) for s, rater, _ in rows],
        "rater_indicator": [(s.agency, rater, i) for s, rater, i in rows],
    }
    covariance = variances.residual * np.eye(len(rows))
    for name, values in keys.items():
        same = np.array([[one == other for other in values] for one in values])
        covariance += getattr(variances, name) * same
    agencies = sorted({scoring.agency for scoring in design})
    fixed = [[s.agency == name for s, _, _ in rows] for name in agencies]
    fixed += [[s.district == name for s, _, _ in rows] for name in {s.district for s in design}]
    fixed += [[i == number for _, _, i in rows] for number in range(panel.indicators)]
    x = np.array(fixed, dtype=float).T
    inverse = np.linalg.pinv(x.T @ np.linalg.inv(covariance) @ x)
    found = {}
    for one, name in enumerate(agencies):
        for other in range(one + 1, len(agencies)):
            contrast = np.zeros(x.shape[1])
            contrast[[one, other]] = 1, -1
            found[name, agencies[other]] = math.sqrt(contrast @ inverse @ contrast)
    return found


def test_two_agencies_in_one_district_by_hand():
    # Each scores its own centres: (centre + noise)(1/3 + 1/2) with noise 4 + 9 and 1 rater each.
    design = scorings(*[(f"c{n}", "d", "AABBA"[n]) for n in range(5)])
    found = by_pair(predict(design, Variances(36, 4, 0, 0, 9), PLAIN))
    assert found == {("A", "B"): pytest.approx(math.sqrt(49 * (1 / 3 + 1 / 2)))}
    # The one rater of an agency is the same at all its centres: its variance adds up in full.
    found = by_pair(predict(design, Variances(36, 4, 2, 1, 9), PLAIN))
    assert found == {("A", "B"): pytest.approx(math.sqrt(49 * (1 / 3 + 1 / 2) + 2 * 3))}


def test_a_common_centre_is_judged_by_its_difference_alone():
    # Districts are confounded with agencies, so only the two common centres tell: 2 noise / 2.
    design = scorings(("c1", "d1", "A"), ("c1", "d1", "B"), ("c2", "d2", "A"), ("c2", "d2", "B"))
    design += scorings(("c3", "d1", "A"))
    found = by_pair(predict(design[:4], Variances(10**6, 4, 0, 0, 9), PLAIN))
    assert found == {("A", "B"): pytest.approx(math.sqrt(13))}


def test_what_nothing_links_is_not_told():
    design = scorings(("c1", "d1", "A"), ("c2", "d1", "B"), ("c3", "d2", "C"), ("c4", "d2", "D"))
    found = by_pair(predict(design, CITY, PANEL))
    assert {pair for pair, se in found.items() if se is None} == {
        (one, other) for one in "AB" for other in "CD"
    }
    assert found["A", "B"] == pytest.approx(found["C", "D"])


@pytest.mark.parametrize(
    "variances", [CITY, Variances(0, 2.25, 4, 2.25, 49), Variances(42.25, 0, 0, 0, 49)]
)
def test_the_elimination_gives_what_full_least_squares_give(variances):
    centres = [Centre(f"c{n}", f"d{n % 5}", f"p{n % 4}") for n in range(14)]
    design = assign(centres, ["A", "B", "C"], "s", double=0.3).scorings
    panel = Panel(raters=3, per_centre=2, indicators=3)
    expected = by_least_squares(design, variances, panel)
    assert by_pair(predict(design, variances, panel)) == pytest.approx(expected, rel=1e-6)


@given(st.sampled_from("abc"), st.sampled_from([0.15, 0.3, 0.5]))
@settings(max_examples=6)
def test_more_common_centres_make_it_surer(seed, double):
    centres = [Centre(f"c{n:02}", f"d{n % 6}", "p") for n in range(36)]

    def mean_square(double):
        design = assign(centres, ["A", "B", "C"], seed, double=double).scorings
        return np.mean([one.se**2 for one in predict(design, CITY, PANEL)])

    assert mean_square(min(1, double + 0.3)) < mean_square(double)


def test_adding_a_scoring_never_makes_it_less_sure():
    centres = [Centre(f"c{n:02}", f"d{n % 6}", "p") for n in range(24)]
    design = list(assign(centres, ["A", "B", "C"], "s").scorings)
    panel = Panel(raters=100, per_centre=1, indicators=25)
    before = by_pair(predict(design, CITY, panel))
    lead = design[0].agency
    other = next(name for name in "ABC" if name != lead)
    after = by_pair(predict([*design, Scoring("new", "d0", other, "second")], CITY, panel))
    assert all(after[pair] <= before[pair] + 1e-9 for pair in before)


@pytest.mark.parametrize(
    ("design", "variances", "panel", "said"),
    [
        ([], CITY, PANEL, "no scorings"),
        (scorings(("c", "d", "A")), Variances(1, 1, 1, 1, 0), PANEL, "residual variance is 0"),
        (scorings(("c", "d", "A")), Variances(1, -1, 1, 1, 1), PANEL, "centre_agency is -1"),
        (scorings(("c", "d", "A")), Variances(math.nan, 1, 1, 1, 1), PANEL, "centre is nan"),
        (scorings(("c", "d", "A")), CITY, Panel(1, 2, 25), "more than the 1 of an agency"),
        (scorings(("c", "d", "A")), CITY, Panel(1, 1, 0), "must be 1 or more"),
    ],
)
def test_nonsense_is_refused(design, variances, panel, said):
    with pytest.raises(AssignmentError, match=said):
        predict(design, variances, panel)
