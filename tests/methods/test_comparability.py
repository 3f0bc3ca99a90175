import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.methods.comparability import Evaluation, Link, components, links


def evaluation(id, contract, judge, ratings=10):
    return Evaluation(id, contract, judge, ratings)


CONNECTED = [
    evaluation("E1", "C1", "A1"),
    evaluation("E2", "C2", "A1"),
    evaluation("E3", "C2", "A2"),
    evaluation("E4", "C3", "A2"),
]
APART = [*CONNECTED, evaluation("E5", "C4", "A3", 30), evaluation("E6", "C5", "A3", 20)]


def test_a_chain_of_common_judges_makes_one_component():
    [found] = components(CONNECTED)
    assert found.contracts == ("C1", "C2", "C3")
    assert found.judges == ("A1", "A2")
    assert found.evaluations == ("E1", "E2", "E3", "E4")
    assert links(CONNECTED) == ()


def test_the_largest_component_comes_first_and_ties_go_to_the_smallest_id():
    assert [c.judges for c in components(APART)] == [("A1", "A2"), ("A3",)]
    tied = [evaluation("E9", "C1", "A1"), evaluation("E10", "C2", "A2")]
    assert [c.evaluations for c in components(tied)] == [("E10",), ("E9",)]


def test_the_cheapest_evaluation_connects():
    """Contracts cost 10 ratings in the large component, 20 or 30 in the other."""
    assert links(APART) == (Link("C1", "A3", 10),)


def test_nothing_to_compare():
    assert components([]) == ()
    assert links([]) == ()


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_evaluations_does_not_matter(order):
    assert components(APART[::order]) == components(APART)
    assert links(APART[::order]) == links(APART)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=12, unique=True)
)
def test_the_links_connect_everything_and_are_as_few_as_can_be(pairs):
    made = [evaluation(f"E{i}", f"C{c}", f"A{a}") for i, (c, a) in enumerate(pairs)]
    found = components(made)
    assert sorted(e for c in found for e in c.evaluations) == sorted(e.id for e in made)
    missing = links(made)
    assert len(missing) == len(found) - 1
    further = [evaluation(f"F{i}", link.contract, link.judge) for i, link in enumerate(missing)]
    assert len(components([*made, *further])) == 1
