"""What is counted while releases are read; the tallies of a file's parts add up to the whole's."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Evidence = dict[str, Any]


# One result: the code, the group, the id of the process or organization, the value, and evidence.
Finding = tuple[str, str, str, float, Evidence | None]


# A process with how far its lowest losing bid lies above the winning one, as a share of it; the
# tenderers of the two, the winner first; and evidence.
Difference = tuple[str, float, str, str, Evidence | None]


def _lists() -> defaultdict[Any, list[Any]]:
    return defaultdict(list)


def _sets() -> defaultdict[str, set[Any]]:
    return defaultdict(set)


@dataclass(slots=True)
class Bidding:
    """For each organization of a kind: all its bids, some of them, and in how many processes."""

    all: Counter[str] = field(default_factory=Counter)
    some: Counter[str] = field(default_factory=Counter)
    processes: Counter[str] = field(default_factory=Counter)
    which: defaultdict[str, list[Evidence]] = field(default_factory=_lists)
    # Ids that are not counted yet: counting many at once is several times quicker.
    waiting: list[str] = field(default_factory=list)

    def enter(self, key: str, bids: int) -> None:
        """Note a process of an organization, with so many bids."""
        self.all[key] += bids
        self.processes[key] += 1

    def settle(self) -> None:
        """Count the ids that wait."""
        self.all.update(self.waiting)
        self.waiting.clear()

    def add(self, other: "Bidding") -> None:
        """Take in what was counted elsewhere."""
        self.all.update(other.all)
        self.some.update(other.some)
        self.processes.update(other.processes)
        for key, which in other.which.items():
            self.which[key] += which

    def shares(self, keys: Iterable[str]) -> dict[str, float]:
        """Some of each organization's bids among all of them."""
        return {key: self.some.get(key, 0) / self.all[key] for key in keys}


@dataclass(slots=True)
class Tally:
    """Everything that the results follow from, save the releases themselves."""

    processes: int = 0
    lines: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    ocids: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    held: defaultdict[str, set[bytes]] = field(default_factory=_sets)
    # The processes of records that link to releases.
    linked: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    # By code: how many processes lacked what; None where all was there.
    missing: defaultdict[str, Counter[str | None]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    currencies: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    # By currency, for which of them is the main one is known only at the end.
    differences: defaultdict[str, list[Difference]] = field(default_factory=_lists)
    lowest: defaultdict[str, list[Finding]] = field(default_factory=_lists)
    # R025: the processes in which a tenderer had a valid bid, and those that it won.
    entered: Bidding = field(default_factory=Bidding)
    # R038: the bids that were submitted, and those disqualified, by group.
    submitted: dict[str, Bidding] = field(
        default_factory=lambda: {
            "Buyer": Bidding(),
            "ProcuringEntity": Bidding(),
            "Tenderer": Bidding(),
        }
    )
    # R048: the classes of what a supplier was awarded, and in how many processes.
    classes: set[tuple[str, str]] = field(default_factory=set)
    classes_waiting: list[tuple[str, str]] = field(default_factory=list)
    supplied: Counter[str] = field(default_factory=Counter)
    supplied_waiting: list[str] = field(default_factory=list)
    # What the indicators of the guide compare, by code.
    rows: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=_lists)

    def settle(self) -> None:
        """Count what waits to be counted."""
        self.classes.update(self.classes_waiting)
        self.supplied.update(self.supplied_waiting)
        self.classes_waiting.clear()
        self.supplied_waiting.clear()
        self.entered.settle()
        for bidding in self.submitted.values():
            bidding.settle()

    def add(self, other: "Tally") -> None:
        """Take in the tally of the part of the file that follows this one's."""
        self.processes += other.processes
        self.faults += ((self.lines + number, reason) for number, reason in other.faults)
        self.lines += other.lines
        self.repeated |= other.repeated | (self.ocids & other.ocids)
        self.ocids |= other.ocids
        for ocid, releases in other.held.items():
            self.held[ocid] |= releases
        self.linked |= other.linked
        self.left_out += other.left_out
        for code, missing in other.missing.items():
            self.missing[code].update(missing)
        self.currencies.update(other.currencies)
        self.findings += other.findings
        for currency, differences in other.differences.items():
            self.differences[currency] += differences
        for currency, lowest in other.lowest.items():
            self.lowest[currency] += lowest
        self.entered.add(other.entered)
        for group, bidding in other.submitted.items():
            self.submitted[group].add(bidding)
        self.classes |= other.classes
        self.supplied.update(other.supplied)
        for code, rows in other.rows.items():
            self.rows[code] += rows
