"""What is noted while the lines of a file are read; the tallies of its parts add up."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

Evidence = dict[str, Any]


# One result: the code, the group, the id of the process or organization, the value, and evidence.
Finding = tuple[str, str, str, float, Evidence | None]


def _lists() -> defaultdict[str, list[Any]]:
    return defaultdict(list)


def _sets() -> defaultdict[str, set[Any]]:
    return defaultdict(set)


def _counters() -> defaultdict[str, Counter[str]]:
    return defaultdict(Counter)


@dataclass(slots=True)
class Tally:
    """What the lines say besides the releases: faults, repetitions, and the guide's notes."""

    lines: int = 0
    longest: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    ocids: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    held: defaultdict[str, set[bytes]] = field(default_factory=_sets)
    # The processes of records that link to releases.
    linked: set[str] = field(default_factory=set)
    # Of the guide's indicators, by code: what they compare, and how many processes lacked what.
    rows: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=_lists)
    missing: defaultdict[str, Counter[str]] = field(default_factory=_counters)

    def add(self, other: "Tally") -> None:
        """Take in the tally of the part of the file that follows this one's."""
        self.faults += ((self.lines + number, reason) for number, reason in other.faults)
        self.lines += other.lines
        self.longest = max(self.longest, other.longest)
        self.repeated |= other.repeated | (self.ocids & other.ocids)
        self.ocids |= other.ocids
        for ocid, releases in other.held.items():
            self.held[ocid] |= releases
        self.linked |= other.linked
        for code, rows in other.rows.items():
            self.rows[code] += rows
        for code, missing in other.missing.items():
            self.missing[code].update(missing)
