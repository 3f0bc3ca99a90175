"""Who can be compared with whom: contracts and judges that a chain of ratings connects.

Two contracts that no chain of common judges connects have scores whose difference may be all the
judges': no model can tell. Between such components there is no ranking.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp


class Evaluation(NamedTuple):
    """One contract judged by one agency, or by one rater; `ratings` is what it cost."""

    id: str
    contract: str
    judge: str
    ratings: int = 1


@dataclass(frozen=True)
class Component:
    """Contracts and judges that are connected; each sorted."""

    contracts: tuple[str, ...]
    judges: tuple[str, ...]
    evaluations: tuple[str, ...]


class Link(NamedTuple):
    """An evaluation that would connect two components, and how many ratings it would take."""

    contract: str
    judge: str
    ratings: int


def components(evaluations: Sequence[Evaluation]) -> tuple[Component, ...]:
    """The connected components, the largest by number of evaluations first.

    Of equally large ones the one that holds the smallest evaluation id comes first. Ids compare as
    text. Comparable contracts give one component.
    """
    if not evaluations:
        return ()
    contracts = sorted({e.contract for e in evaluations})
    judges = sorted({e.judge for e in evaluations})
    row = {name: i for i, name in enumerate(contracts)}
    column = {name: len(contracts) + i for i, name in enumerate(judges)}
    size = len(contracts) + len(judges)
    ends = ([row[e.contract] for e in evaluations], [column[e.judge] for e in evaluations])
    graph = sp.coo_array((np.ones(len(evaluations)), ends), shape=(size, size))
    _, label = sp.csgraph.connected_components(graph, directed=False)
    found: dict[int, tuple[list[str], list[str], list[str]]] = defaultdict(lambda: ([], [], []))
    for name, place in row.items():
        found[int(label[place])][0].append(name)
    for name, place in column.items():
        found[int(label[place])][1].append(name)
    for evaluation in evaluations:
        found[int(label[row[evaluation.contract]])][2].append(evaluation.id)
    made = [Component(*(tuple(sorted(part)) for part in parts)) for parts in found.values()]
    return tuple(sorted(made, key=lambda c: (-len(c.evaluations), c.evaluations[0])))


def links(evaluations: Sequence[Evaluation]) -> tuple[Link, ...]:
    """The fewest further evaluations that connect everything, the cheapest of them.

    Each connects a component with the largest: a contract of one is judged by a judge of the other.
    An evaluation is taken to cost as many ratings as the cheapest that the contract has had; the
    judge is the one with the fewest evaluations so far.
    """
    cost: dict[str, int] = {}
    load: dict[str, int] = defaultdict(int)
    for evaluation in evaluations:
        known = cost.get(evaluation.contract, evaluation.ratings)
        cost[evaluation.contract] = min(known, evaluation.ratings)
        load[evaluation.judge] += 1
    found = []
    largest, *others = components(evaluations) or (Component((), (), ()),)
    for other in others:
        ways = [
            (min((cost[c], c) for c in here.contracts), min((load[j], j) for j in there.judges))
            for here, there in ((other, largest), (largest, other))
        ]
        (ratings, contract), (_, judge) = min(ways)
        load[judge] += 1
        found.append(Link(contract, judge, ratings))
    return tuple(found)
