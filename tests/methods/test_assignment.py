from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.methods.assignment import AssignmentError, Centre, assign, districts_of

SEVEN = [f"A{n}" for n in range(1, 8)]


def city(centres=171, districts=12, providers=79):
    return [
        Centre(f"c{n:03}", f"d{n % districts:02}", f"p{n % providers:02}") for n in range(centres)
    ]


def firsts(design):
    return {s.centre: s.agency for s in design.scorings if s.role == "first"}


def seconds(design):
    return {s.centre: s.agency for s in design.scorings if s.role == "second"}


def linked(design, agencies):
    """The agencies that common centres join to the first one."""
    first, second = firsts(design), seconds(design)
    reached = {agencies[0]}
    for _ in agencies:
        for centre, agency in second.items():
            if {agency, first[centre]} & reached:
                reached |= {agency, first[centre]}
    return reached


@st.composite
def cities(draw):
    """Agencies, centres (some of them run by agencies), ties and last year's agencies."""
    agencies = [f"A{n}" for n in range(draw(st.integers(2, 6)))]
    districts = draw(st.integers(len(agencies), 9))
    size = draw(st.integers(max(districts, 4 * len(agencies)), 60))
    providers = [*(f"p{n}" for n in range(12)), agencies[0]]
    runs = draw(st.lists(st.sampled_from(providers), min_size=size, max_size=size))
    centres = [Centre(f"c{n}", f"d{n % districts}", run) for n, run in enumerate(runs)]
    pairs = st.tuples(st.sampled_from(agencies), st.sampled_from(providers))
    ties = draw(st.sets(pairs, max_size=2))
    previous = {f"d{n}": draw(st.sampled_from(agencies)) for n in range(districts)}
    return centres, agencies, ties, previous


@given(cities(), st.sampled_from(["s", "t"]))
@settings(max_examples=50, deadline=None)
def test_what_every_assignment_keeps(given_city, seed):
    centres, agencies, ties, previous = given_city
    try:
        design = assign(centres, agencies, seed, ties=ties, previous=previous)
    except AssignmentError as error:
        # Only what is impossible is refused here; "none was found" would be a failure.
        known = ("can only go to", "never be compared", "nobody may score", "not every agency")
        assert any(reason in str(error) for reason in known)
        return
    first, second = firsts(design), seconds(design)
    provider = {centre.id: centre.provider for centre in centres}
    assert first.keys() == provider.keys()
    for scoring in design.scorings:
        assert scoring.agency != provider[scoring.centre]
        assert (scoring.agency, provider[scoring.centre]) not in ties
    assert all(first[centre] != agency for centre, agency in second.items())
    assert len(second) >= 0.15 * len(centres)
    assert linked(design, agencies) == set(agencies)
    for centre in centres:
        free = (previous[centre.district], centre.provider) not in ties
        others = {
            agency
            for agency in agencies
            if agency != centre.provider and (agency, centre.provider) not in ties
        } - {previous[centre.district]}
        if free and others:
            assert first[centre.id] != previous[centre.district]


def test_a_city_of_171_centres():
    design = assign(city(), SEVEN, "seed")
    first, second = firsts(design), seconds(design)
    assert len(second) == 26  # 15 % of 171 is 25.65
    pairs = Counter(tuple(sorted((first[centre], other))) for centre, other in second.items())
    assert len(pairs) == 7
    assert set(pairs.values()) == {3, 4}
    assert all(agency in dict.fromkeys(sum(pairs, ())) for agency in SEVEN)
    assert Counter(sum(pairs, ())) == dict.fromkeys(SEVEN, 2)
    assert design.ring
    # One agency a district, and none with more than two of the twelve.
    leads = {(s.district, s.agency) for s in design.scorings if s.role == "first"}
    assert len(leads) == 12
    assert max(Counter(agency for _, agency in leads).values()) == 2


def test_the_same_seed_gives_the_same_and_another_one_another():
    one = assign(city(), SEVEN, "seed")
    assert assign(city()[::-1], SEVEN[::-1], "seed") == one
    assert assign(city(), SEVEN, "other") != one


def test_a_district_changes_hands_year_after_year():
    previous = {}
    for year in range(6):
        design = assign(city(), SEVEN, str(year), previous=previous)
        now = districts_of(design.scorings)
        assert all(now[district] != agency for district, agency in previous.items())
        previous = now


def test_a_barred_centre_goes_to_another_agency_alone():
    centres = city(districts=7)
    before = firsts(assign(centres, SEVEN, "seed"))
    lead = before["c000"]
    after = firsts(assign(centres, SEVEN, "seed", ties=[(lead, "p00")]))
    assert after["c000"] != lead
    led = Counter(after[centre.id] for centre in centres if centre.district == "d00")
    assert led.most_common(1)[0][1] >= 24


@pytest.mark.parametrize(("share", "number"), [(0.10, 4), (0.15, 6), (0.2, 8), (1, 40)])
def test_the_share_scored_twice(share, number):
    assert len(seconds(assign(city(40, 4), ["A", "B", "C"], "s", double=share))) == number


def test_a_ring_may_need_more_than_the_share():
    design = assign(city(14, 7), SEVEN, "s")
    assert len(seconds(design)) == 7


def test_two_agencies_are_one_pair():
    design = assign(city(20, 2), ["A", "B"], "s")
    assert design.pairs == (("A", "B"),)
    assert Counter(seconds(design).values()) in ({"A": 1, "B": 2}, {"A": 2, "B": 1})


def test_where_ties_forbid_a_ring_a_tree_still_links_all():
    # B, C and D may meet A only: every centre of theirs is barred to the others.
    centres = [Centre(f"{name}{n}", f"{name}{n % 2}", name) for n in range(6) for name in "xyz"]
    ties = [("B", "y"), ("B", "z"), ("C", "x"), ("C", "z"), ("D", "x"), ("D", "y")]
    design = assign(centres, ["A", "B", "C", "D"], "s", ties=ties)
    assert not design.ring
    assert design.pairs == (("A", "B"), ("A", "C"), ("A", "D"))
    assert linked(design, "ABCD") == set("ABCD")


@pytest.mark.parametrize(
    ("centres", "agencies", "settings", "said"),
    [
        (city(), ["A"], {}, "one agency alone"),
        (city(), [], {}, "one agency alone"),
        (city(), ["A", "A"], {}, "given twice"),
        ([*city(), city()[0]], SEVEN, {}, "given twice"),
        (city(), SEVEN, {"double": 0.09}, "share of 0.09"),
        (city(), SEVEN, {"double": 1.01}, "share of 1.01"),
        (city(12, 6), SEVEN, {}, "6 districts cannot be dealt to 7 agencies"),
        ([], SEVEN, {}, "0 districts"),
        (
            city(20, 4),
            ["A", "B"],
            {"ties": [("A", "p07"), ("B", "p07")]},
            "nobody may score the centre c007",
        ),
        (
            city(20, 4, 2),
            ["A", "B"],
            {"ties": [("A", "p00"), ("B", "p01")]},
            r"groups: A \| B",
        ),
        (
            city(20, 4, 1),
            ["A", "B", "C"],
            {"ties": [("A", "p00")], "previous": {}},
            "in 100 tries|never be compared",
        ),
        (
            city(20, 4, 4),
            ["A", "B"],
            {"ties": [("A", "p01")], "previous": {"d01": "B"}},
            "d01 can only go to B",
        ),
    ],
)
def test_what_is_impossible_is_refused_with_its_reason(centres, agencies, settings, said):
    with pytest.raises(AssignmentError, match=said):
        assign(centres, agencies, "s", **settings)
