"""Small cells: what a public table must hide so that no small group of people can be told.

A cell about fewer people than the limit, or about an unknown number, is hidden. Because the table
also shows totals, further cells are hidden with it until no hidden figure follows from those that
are shown, neither from its row or column nor from all rows and columns together.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple, TypeVar

from almoner.rules.packs import china


def fewest_told(on: date) -> int:
    """How many people a figure must be about to be told: `small_cells.people` of the rule pack."""
    return int(china().limit("small_cells.people", on).value)


class Cell(NamedTuple):
    """A figure, the people it is about (None = unknown), and whether they are users of a service.

    A figure that is not about users (hours of training) is hidden only to protect another one.
    """

    value: int
    people: int | None
    about_users: bool = True

    @property
    def is_empty(self) -> bool:
        """Nothing happened and nobody took part: that tells of no one, and it is never hidden."""
        return self.value == 0 and self.people == 0


class Margin(Enum):
    """Stands where a row or a column has its key, in the place of a total."""

    TOTAL = "total"
    __hash__ = object.__hash__  # it stands in very many keys, and Enum's own is slow


TOTAL = Margin.TOTAL
Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)
Place = tuple[Hashable, Hashable]
Line = tuple[int, Hashable]
"""A row (0, key) or a column (1, key)."""
Neighbours = dict[Line, list[tuple[Line, Place]]]
Cost = tuple[int, int, int]
"""Further totals, further cells and the sum of the values that would have to be hidden."""


def suppress(cells: Mapping[tuple[Row, Column], Cell], minimum: int) -> frozenset[Place]:
    """The places of a two-way table to hide: (row, column), (row, TOTAL), (TOTAL, column), both.

    `minimum` is small_cells.people of the rule pack; a figure about as many people is shown. A
    total is small, as a cell is, where the known people of its cells about users sum to fewer.
    Of the ways to protect a figure the one with the fewest further totals, then the fewest cells,
    then the smallest values is taken; ties go to what comes first in `cells`.
    """
    table: dict[Place, Cell] = {p: cell for p, cell in cells.items() if not cell.is_empty}
    table |= _totals(table)
    hidden = {
        place: None
        for place, cell in table.items()
        if cell.about_users and (cell.people is None or cell.people < minimum)
    }
    neighbours: Neighbours = defaultdict(list)
    for row, column in table:
        neighbours[0, row].append(((1, column), (row, column)))
        neighbours[1, column].append(((0, row), (row, column)))
    for place in tuple(hidden):
        hidden.update(dict.fromkeys(_detour(place, table, neighbours, hidden)))
    return frozenset(hidden)


def _totals(table: Mapping[Place, Cell]) -> dict[Place, Cell]:
    members: dict[Place, list[Cell]] = defaultdict(list)
    for (row, column), cell in table.items():
        for place in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            members[place].append(cell)
    return {
        place: Cell(
            value=sum([cell.value for cell in line]),
            people=sum([cell.people or 0 for cell in line if cell.about_users]),
            about_users=any(cell.about_users for cell in line),
        )
        for place, line in members.items()
    }


def _detour(
    place: Place,
    table: Mapping[Place, Cell],
    neighbours: Neighbours,
    hidden: Mapping[Place, None],
) -> list[Place]:
    """The cheapest places that, hidden together with `place`, keep it from being computed.

    Take rows and columns as points and hidden figures as lines between them. Adding and
    subtracting rows and columns reveals just the figures that lie on no closed path, so this looks
    for the cheapest other way from the row of `place` to its column. There always is one, over the
    totals.
    """
    start, goal = (0, place[0]), (1, place[1])
    nothing: Cost = (0, 0, 0)
    # The running number decides ties, so that keys need no order.
    queue: list[tuple[Cost, int, Line, list[Place]]] = [(nothing, 0, start, [])]
    reached: set[Line] = set()
    pushed = 0
    while queue:
        cost, _, line, path = heapq.heappop(queue)
        if line == goal:
            return path
        if line in reached:
            continue
        reached.add(line)
        for following, step in neighbours[line]:
            if following not in reached and step != place:
                pushed += 1
                further = nothing if step in hidden else _cost(step, table[step])
                added: Cost = (cost[0] + further[0], cost[1] + further[1], cost[2] + further[2])
                heapq.heappush(queue, (added, pushed, following, [*path, step]))
    raise AssertionError(f"no way round {place}")  # pragma: no cover


def _cost(place: Place, cell: Cell) -> Cost:
    return (int(TOTAL in place), 1, abs(cell.value))
