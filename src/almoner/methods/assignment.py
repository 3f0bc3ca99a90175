"""Who evaluates what: a design under which agencies can be told apart from what they judge.

Districts are dealt to agencies, never the same one as the year before. No agency judges a provider
that it is or is tied to. Some centres are scored by a second agency, so chosen by lot that the
agencies form a ring in which each marks against its two neighbours: without such links nobody could
say whether an agency is harsh or its districts are weak.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from almoner.methods.draw import joined, ticket

DOUBLE = 0.15
LEAST_DOUBLE = 0.10
TRIES = 100
STEPS = 5000
Pair = tuple[str, str]
Lot = Callable[[str, str], str]


class AssignmentError(ValueError):
    """No such assignment exists, or none was found: why, and what would help."""


class _StuckError(Exception):
    """This try led nowhere; another order of the lots may do."""


@dataclass(frozen=True)
class Centre:
    """What is evaluated: a centre (or contract) with its district and its provider."""

    id: str
    district: str
    provider: str


@dataclass(frozen=True)
class Scoring:
    """One agency's scoring of one centre."""

    centre: str
    district: str
    agency: str
    role: Literal["first", "second"]


@dataclass(frozen=True)
class Design:
    """The scorings, by centre, and the pairs of agencies that are compared on common centres."""

    scorings: tuple[Scoring, ...]
    pairs: tuple[Pair, ...]
    ring: bool
    """False where only a tree of pairs was possible: connected, but not balanced."""


def assign(
    centres: Sequence[Centre],
    agencies: Sequence[str],
    seed: str,
    *,
    ties: Collection[Pair] = (),
    previous: Mapping[str, str] | None = None,
    double: float = DOUBLE,
) -> Design:
    """An assignment of all centres; the same for the same seed, in whatever order they are given.

    `ties` are (agency, provider) that must not meet, beside an agency's own centres; `previous` is
    the agency that had a district the year before, see `districts_of`. `double` is the share of
    centres with a second agency, 0.10 at least; a ring of many agencies may need more.
    AssignmentError says why there is none.
    """
    centres, agencies = sorted(centres, key=lambda centre: centre.id), sorted(agencies)
    barred = {*ties, *((agency, agency) for agency in agencies)}
    allowed = {
        centre.id: [agency for agency in agencies if (agency, centre.provider) not in barred]
        for centre in centres
    }
    _check(centres, agencies, allowed, double)
    stuck = ""
    for ring in (True, False):
        for attempt in range(TRIES):

            def lot(kind: str, name: str, seed: str = f"{seed} try {attempt}") -> str:
                return ticket(seed, name, kind)

            try:
                first = _dealt(centres, agencies, allowed, previous or {}, lot)
                pairs = _pairs(agencies, _linkable(first, allowed), lot, ring)
                second = _doubled(first, allowed, pairs, double, lot)
            except _StuckError as error:
                stuck = str(error)
                continue
            return Design(_scorings(centres, first, second), tuple(sorted(pairs)), ring)
    raise AssignmentError(f"no assignment was found in {TRIES} tries; the last one failed: {stuck}")


def districts_of(scorings: Sequence[Scoring]) -> dict[str, str]:
    """The agency that led each district: with most first scorings, of equals the first by name."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for scoring in scorings:
        if scoring.role == "first":
            counts[scoring.district][scoring.agency] += 1
    return {
        district: min(found, key=lambda agency: (-found[agency], agency))
        for district, found in counts.items()
    }


def _check(
    centres: Sequence[Centre],
    agencies: Sequence[str],
    allowed: Mapping[str, list[str]],
    double: float,
) -> None:
    """Refuse what no dealing can mend."""
    if len(set(agencies)) != len(agencies) or len(allowed) != len(centres):
        raise AssignmentError("an agency or a centre is given twice; name each of them once")
    if len(agencies) < 2:
        raise AssignmentError("one agency alone cannot be compared with another; name at least 2")
    if not LEAST_DOUBLE <= double <= 1:
        raise AssignmentError(
            f"a share of {double} scored by two agencies is not allowed; give {LEAST_DOUBLE} to 1"
        )
    districts = {centre.district for centre in centres}
    if len(districts) < len(agencies):
        raise AssignmentError(
            f"{len(districts)} districts cannot be dealt to {len(agencies)} agencies so that each "
            "has one; divide districts, or name fewer agencies"
        )
    for centre in centres:
        if not allowed[centre.id]:
            raise AssignmentError(
                f"nobody may score the centre {centre.id}: every agency is its provider "
                f"{centre.provider} or tied to it; name another agency"
            )
    groups = _groups(agencies, {pair for names in allowed.values() for pair in _all_pairs(names)})
    if len(groups) > 1:
        parts = " | ".join(", ".join(group) for group in groups)
        raise AssignmentError(
            f"these agencies can never be compared, as no centre may be scored by two of different "
            f"groups: {parts}; name an agency that is tied to fewer providers"
        )


def _all_pairs(names: Sequence[str]) -> list[Pair]:
    return [(one, other) for one in names for other in names if one < other]


def _groups(agencies: Sequence[str], pairs: Collection[Pair]) -> list[list[str]]:
    """The agencies that pairs hold together, group by group."""
    place = {agency: number for number, agency in enumerate(agencies)}
    ends = np.array([[place[one], place[other]] for one, other in pairs], dtype=int).reshape(-1, 2)
    shape = (len(agencies), len(agencies))
    count, labels = connected_components(
        coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape), directed=False
    )
    return [
        [agency for agency, label in zip(agencies, labels, strict=True) if label == group]
        for group in range(count)
    ]


def _dealt(
    centres: Sequence[Centre],
    agencies: Sequence[str],
    allowed: Mapping[str, list[str]],
    previous: Mapping[str, str],
    lot: Lot,
) -> dict[str, str]:
    """Each centre's first agency: that of its district, or another one where that is barred.

    First one district to every agency, big ones before small ones; then, again big ones first,
    each district to the agency that has least so far. Equals by lot.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for centre in centres:
        members[centre.district].append(centre.id)
    # How many centres of a district an agency could score; not at all where it had it before.
    may = {
        district: Counter(agency for centre in inside for agency in allowed[centre])
        for district, inside in members.items()
    }
    for district, agency in previous.items():
        may.get(district, Counter()).pop(agency, None)
        if district in may and not may[district]:
            raise AssignmentError(
                f"the district {district} can only go to {agency}, who had it the year before; "
                "name another agency"
            )
    lead = _one_each(agencies, may, lot)
    load = {agency: may[district][agency] for district, agency in lead.items()}
    left = members.keys() - lead.keys()
    for district in sorted(left, key=lambda name: (-len(members[name]), lot("district", name))):
        lead[district] = min(
            may[district],
            key=lambda name: (load[name] - may[district][name], lot("agency", name)),  # noqa: B023
        )
        load[lead[district]] += may[district][lead[district]]
    first = {
        centre: agency
        for district, agency in lead.items()
        for centre in members[district]
        if agency in allowed[centre]
    }
    for centre in centres:
        if centre.id not in first:
            first[centre.id] = min(
                allowed[centre.id],
                key=lambda name: (
                    name == previous.get(centre.district),  # noqa: B023
                    load[name],
                    lot("agency", name),
                ),
            )
            load[first[centre.id]] += 1
    return first


def _one_each(agencies: Sequence[str], may: Mapping[str, Counter[str]], lot: Lot) -> dict[str, str]:
    """A district for each agency, those where it can score most."""
    districts = sorted(may)
    most = 1 + max(max(found.values()) for found in may.values())
    entries = {
        (row, column): (
            most
            - may[district][agency]
            + _chance(lot("lead", joined([agency, district]))) / len(may),
            "",
        )
        for row, agency in enumerate(agencies)
        for column, district in enumerate(districts)
        if may[district][agency]
    }
    found = _matched(entries, (len(agencies), len(districts)))
    if found is None:
        raise AssignmentError(
            "not every agency can have a district, as none may keep the one of the year before or "
            "score its own providers; divide districts, or name other agencies"
        )
    return {districts[column]: agencies[row] for row, column in found}


def _chance(ticket: str) -> float:
    """A ticket as a number from 0 to below 1."""
    return int(ticket[:13], 16) / 16**13


def _linkable(first: Mapping[str, str], allowed: Mapping[str, list[str]]) -> set[Pair]:
    """The pairs of agencies that could both score some centre, one of them being its first."""
    return {
        (min(lead, other), max(lead, other))
        for centre, lead in first.items()
        for other in allowed[centre]
        if other != lead
    }


def _pairs(agencies: Sequence[str], linkable: set[Pair], lot: Lot, ring: bool) -> list[Pair]:
    """A ring through all agencies by linkable pairs; or, not `ring`, a tree that joins them."""
    order = sorted(agencies, key=lambda name: lot("ring", name))
    near: dict[str, list[str]] = {
        name: [other for other in order if (min(name, other), max(name, other)) in linkable]
        for name in order
    }
    if ring:
        path = _ring(order, near)
        links = list(zip(path, [*path[1:], path[0]], strict=True))
    else:
        reached, links = [order[0]], []
        for name in reached:
            new = [other for other in near[name] if other not in reached]
            links += [(name, other) for other in new]
            reached += new
        if len(reached) < len(order):
            apart = ", ".join(sorted(set(order) - set(reached)))
            raise _StuckError(f"no centre links {apart} to the others")
    return sorted({(min(pair), max(pair)) for pair in links})


def _ring(order: Sequence[str], near: Mapping[str, Sequence[str]]) -> list[str]:
    """A closed way through all of `order`, found by trying and going back."""
    path, open_ends = [order[0]], [list(reversed(near[order[0]]))]
    for _ in range(STEPS):
        if len(path) == len(order) and path[0] in near[path[-1]]:
            return path
        if not open_ends:
            break
        if not open_ends[-1]:
            open_ends.pop()
            path.pop()
            continue
        step = open_ends[-1].pop()
        if step not in path:
            path.append(step)
            open_ends.append(list(reversed(near[step])))
    raise _StuckError("no ring leads through all agencies")


def _doubled(
    first: Mapping[str, str],
    allowed: Mapping[str, list[str]],
    pairs: Sequence[Pair],
    double: float,
    lot: Lot,
) -> dict[str, str]:
    """Second agencies by centre: every pair equally often, either way, the centres by lot.

    Where a pair has too few centres for its share it keeps one, and other pairs take the rest.
    """
    # Nine decimals: 0.15 of 20 is 3 and not a hair more.
    number = max(math.ceil(round(double * len(first), 9)), len(pairs))
    if number > len(first):
        raise _StuckError(f"{len(first)} centres are too few for {len(pairs)} pairs of agencies")
    centres = list(first)
    led: dict[str, list[int]] = defaultdict(list)
    for place, centre in enumerate(centres):
        led[first[centre]].append(place)
    # All together less than 1: lots decide among equals, and among them only.
    chance = [_chance(lot("double", centre)) / number for centre in centres]
    for free in (False, True):
        entries: dict[tuple[int, int], tuple[float, str]] = {}
        for slot in range(number):
            own = pairs[slot % len(pairs)]
            turn = own[slot // len(pairs) % 2]
            for pair in pairs if free and slot >= len(pairs) else (own,):
                for lead, other in (pair, pair[::-1]):
                    # The other way round costs 1, another pair 100.
                    price = 1 + (lead != turn) + 100 * (pair != own)
                    for place in led[lead]:
                        cost = price + chance[place]
                        known = entries.get((slot, place))
                        if other in allowed[centres[place]] and (known is None or cost < known[0]):
                            entries[slot, place] = cost, other
        found = _matched(entries, (number, len(centres)))
        if found is not None:
            return {centres[place]: entries[slot, place][1] for slot, place in found}
    raise _StuckError(f"fewer than {number} centres can be scored by a second agency of their pair")


def _matched(
    entries: Mapping[tuple[int, int], tuple[float, str]], shape: tuple[int, int]
) -> list[tuple[int, int]] | None:
    """The cheapest way to give every slot a centre of its own; None where there is none."""
    if not entries:
        return None
    slots, places = zip(*entries, strict=True)
    costs = [cost for cost, _ in entries.values()]
    try:
        found = min_weight_full_bipartite_matching(
            coo_array((costs, (slots, places)), shape=shape).tocsr()
        )
    except ValueError:
        return None
    return [(int(slot), int(place)) for slot, place in zip(*found, strict=True)]


def _scorings(
    centres: Sequence[Centre], first: Mapping[str, str], second: Mapping[str, str]
) -> tuple[Scoring, ...]:
    made = []
    for centre in centres:
        made.append(Scoring(centre.id, centre.district, first[centre.id], "first"))
        if centre.id in second:
            made.append(Scoring(centre.id, centre.district, second[centre.id], "second"))
    return tuple(made)
