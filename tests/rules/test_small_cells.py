from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.rules.small_cells import TOTAL, Cell, suppress

BIG = 30


def table(rows):
    """Cells from rows of (value, people); columns are named a, b, c..."""
    return {
        (number, "abcdef"[place]): Cell(*cell)
        for number, row in enumerate(rows, start=1)
        for place, cell in enumerate(row)
    }


def test_nothing_is_hidden_where_every_cell_has_people_enough():
    assert suppress(table([[(10, 5), (20, BIG)], [(30, BIG), (40, BIG)]]), 5) == frozenset()
    assert suppress({}, 5) == frozenset()


@pytest.mark.parametrize("people", [4, 1, 0, None])
def test_a_small_cell_takes_the_cheapest_square_with_it(people):
    cells = table(
        [
            [(10, people), (90, BIG), (20, BIG)],
            [(50, BIG), (60, BIG), (70, BIG)],
            [(15, BIG), (95, BIG), (12, BIG)],
        ]
    )
    assert suppress(cells, 5) == {(1, "a"), (1, "c"), (3, "a"), (3, "c")}


def test_the_only_cell_of_a_line_hides_its_total():
    cells = table([[(10, 2)], [(50, BIG)], [(60, BIG)]])
    assert suppress(cells, 5) == {(1, "a"), (1, TOTAL), (2, "a"), (2, TOTAL)}


def test_a_single_small_cell_hides_the_whole_table():
    everything = {(1, "a"), (1, TOTAL), (TOTAL, "a"), (TOTAL, TOTAL)}
    assert suppress(table([[(10, 2)]]), 5) == everything


def test_a_total_of_few_people_is_small_too():
    cells = table([[(10, 2), (10, 2)], [(50, BIG), (60, BIG)], [(50, BIG), (60, BIG)]])
    assert (1, TOTAL) in suppress(cells, 5)
    cells = table([[(10, 2), (10, 3)], [(50, 3), (60, 2)]])
    assert suppress(cells, 5) == {(1, "a"), (1, "b"), (2, "a"), (2, "b")}


def test_empty_cells_hide_nothing_and_are_not_hidden():
    cells = table([[(0, 0), (90, BIG)], [(50, BIG), (0, 0)]])
    assert suppress(cells, 5) == frozenset()
    with_small = table([[(10, 2), (0, 0), (20, BIG)], [(50, BIG), (60, BIG), (70, BIG)]])
    assert (1, "b") not in suppress(with_small, 5)


def test_what_is_not_about_users_is_hidden_only_for_another():
    training = {(1, "training"): Cell(72, 2, about_users=False)}
    assert suppress(training, 5) == frozenset()
    hidden = suppress({**training, (1, "case"): Cell(9, 3)}, 5)
    assert {(1, "case"), (1, TOTAL)} <= hidden


def test_the_same_table_hides_the_same_cells_every_time():
    cells = table([[(10, 2), (20, BIG), (20, BIG)], [(20, BIG)] * 3, [(20, BIG)] * 3])
    assert {suppress(cells, 5) for _ in range(5)} == {
        frozenset({(1, "a"), (1, "b"), (2, "a"), (2, "b")})
    }


cells_of_tables = st.dictionaries(
    st.tuples(st.integers(1, 4), st.sampled_from("abcd")),
    st.builds(
        Cell,
        value=st.integers(0, 50),
        people=st.none() | st.sampled_from([0, 1, 4, 5, 6, 20, 40]),
        about_users=st.sampled_from([True, True, True, False]),
    ),
    max_size=12,
)


def lines_of(places):
    """The sums that a reader knows: each row and column with its total, totals with theirs."""
    for axis in (0, 1):
        for key in dict.fromkeys(place[axis] for place in places):
            yield [place for place in places if place[axis] == key]


def shown_table(cells):
    filled = {place for place, cell in cells.items() if not cell.is_empty}
    rows, columns = {row for row, _ in filled}, {column for _, column in filled}
    margins = {(row, TOTAL) for row in rows} | {(TOTAL, column) for column in columns}
    return filled | margins | ({(TOTAL, TOTAL)} if filled else set())


def computable(hidden, places):
    """Hidden places that follow from the shown ones: unit vectors among the sums' combinations."""
    order = sorted(hidden, key=str)
    sums = [
        [
            Fraction(
                0 if place not in line else -1 if (place[0] is TOTAL) ^ (place[1] is TOTAL) else 1
            )
            for place in order
        ]
        for line in lines_of(places)
    ]
    done = 0
    for column in range(len(order)):
        pivot = next((n for n in range(done, len(sums)) if sums[n][column]), None)
        if pivot is None:
            continue
        sums[done], sums[pivot] = sums[pivot], sums[done]
        sums[done] = [value / sums[done][column] for value in sums[done]]
        for n, row in enumerate(sums):
            if n != done and row[column]:
                sums[n] = [a - row[column] * b for a, b in zip(row, sums[done], strict=True)]
        done += 1
    return [order[row.index(1)] for row in sums if sum(bool(value) for value in row) == 1]


@settings(max_examples=settings().max_examples * 3 // 2)
@given(cells_of_tables)
def test_no_hidden_figure_can_be_computed_from_all_that_is_shown(cells):
    hidden, places = suppress(cells, 5), shown_table(cells)
    assert hidden <= places
    for place, cell in cells.items():
        if cell.about_users and not cell.is_empty and (cell.people is None or cell.people < 5):
            assert place in hidden
    for line in lines_of(places):
        assert len(hidden.intersection(line)) != 1
    assert computable(hidden, places) == []


def test_the_check_above_sees_what_a_count_for_each_line_does_not():
    """Two squares joined by one figure: every line hides two or more, and the joint follows."""
    squares = {
        (r, c) for rows, columns in (((1, 2), "ab"), ((3, 4), "cd")) for r in rows for c in columns
    }
    hidden = squares | {(1, "c")}
    places = shown_table(table([[(9, 9)] * 4] * 4))
    assert all(len(hidden.intersection(line)) != 1 for line in lines_of(places))
    assert computable(hidden, places) == [(1, "c")]
