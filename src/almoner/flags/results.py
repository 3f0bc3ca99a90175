"""From a tally to results: fences from the quartiles of all processes or organizations."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter

import msgspec

from almoner.flags.fences import beyond, quantile
from almoner.flags.guide_results import GuideResults
from almoner.flags.settings import Settings
from almoner.flags.tally import Difference, Evidence, Finding, Tally

CODE, SHARE = itemgetter(0), itemgetter(1)
GROUPS = ("OCID", "Buyer", "ProcuringEntity", "Tenderer", "Market")


# By group and id, then by code.
Values = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Coverage:
    """How many processes an indicator was worked out for, and what the others lacked."""

    computed: int
    missing: dict[str, int]


@dataclass(frozen=True)
class Report:
    """What was found, by which fences, in how much of the data."""

    values: Values
    evidence: dict[tuple[str, str, str], list[Evidence]]
    fences: dict[str, dict[str, float]]
    coverage: dict[str, Coverage]
    processes: int
    currency: str | None
    other_currencies: dict[str, int]
    left_out: dict[str, int]
    faults: tuple[tuple[int, str], ...]


def report(tally: Tally, settings: Settings) -> Report:
    """Work out the results; the same for the same releases, whatever their order."""
    absent = tally.linked - tally.ocids - tally.held.keys()
    left_out = tally.left_out + Counter({"linked releases that are not in the file": len(absent)})
    currency = settings.currency or main_currency(tally.currencies)
    counted = Finished(tally, settings, tally.differences[currency or ""])
    found = tally.findings + tally.lowest[currency or ""] + list(counted.findings())
    guide = GuideResults(tally.rows, settings, currency)
    found += guide.findings()
    values: Values = {group: defaultdict(dict) for group in GROUPS}
    evidence: defaultdict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    # Sorted, so that the codes of an id come in order.
    for code, group, key, value, shown in sorted(found, key=CODE):
        values[group][key][code] = value
        if shown is not None:
            evidence[code, group, key].append(shown)
    return Report(
        values={group: dict(sorted(ids.items())) for group, ids in values.items() if ids},
        evidence={key: _ordered(shown) for key, shown in evidence.items()},
        fences=counted.fences,
        coverage={
            code: Coverage(0, {guide.unmet[code]: tally.processes})
            if code in guide.unmet
            else _coverage(code, tally, settings, currency, guide.unlike[code])
            for code in settings.codes
        },
        processes=tally.processes,
        currency=currency,
        other_currencies=_sorted(one for one in tally.currencies.items() if one[0] != currency),
        left_out=_sorted(left_out.items()),
        faults=tuple(tally.faults),
    )


def main_currency(currencies: Mapping[str, int]) -> str | None:
    """The currency of most bids; of several, the first in the alphabet. Cardinal takes the first
    that it meets, which depends on the order of lines and on the threads that read them.
    """
    return min(currencies, key=lambda one: (-currencies[one], one), default=None)


class Finished:
    """The indicators that compare each process, or organization, with all the others."""

    def __init__(self, tally: Tally, settings: Settings, differences: list[Difference]) -> None:
        self.tally = tally
        self.settings = settings
        self.differences = differences
        self.fences: dict[str, dict[str, float]] = {}

    def findings(self) -> Iterator[Finding]:
        """All their findings; afterwards `fences` holds the quartiles and fences used."""
        finishers = {
            "R024": self._close,
            "R025": self._unsuccessful,
            "R038": self._disqualified,
            "R048": self._heterogeneous,
            "R058": self._discounted,
        }
        for code, finish in finishers.items():
            if code in self.settings.codes:
                yield from finish()

    def _fence(self, code: str, values: Iterable[float], side: str, prefix: str = "") -> float:
        """The fence, as set or 1.5 interquartile ranges beyond the quartile on its side.

        0 where more than a quarter of the values are not above 0: then no value is an outlier.
        """
        fences = self.fences.setdefault(code, {})
        limit = self.settings.limit(code, "threshold")
        if limit is None:
            ordered = sorted(values)
            low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
            fences |= {f"{prefix}q1": low, f"{prefix}q3": high}
            if side == "upper":
                limit = beyond(high, high - low, 1.5)
            else:
                limit = beyond(low, high - low, -1.5)
        fences[f"{prefix}{side}_fence"] = limit
        return limit

    def _close(self) -> Iterator[Finding]:
        """R024: the difference is at most the lower fence; both tenderers are named."""
        if not self.differences:
            return
        fence = self._fence("R024", map(SHARE, self.differences), "lower")
        for ocid, share, winner, runner_up, evidence in self.differences:
            if fence > 0 and share <= fence:
                yield "R024", "OCID", ocid, share, evidence
                yield "R024", "Tenderer", winner, 0.0, {"ocid": ocid}
                yield "R024", "Tenderer", runner_up, 0.0, {"ocid": ocid}

    def _discounted(self) -> Iterator[Finding]:
        """R058: the difference is at least the upper fence; the winner is named."""
        if not self.differences:
            return
        fence = self._fence("R058", map(SHARE, self.differences), "upper")
        for ocid, share, winner, _, evidence in self.differences:
            if 0 < fence <= share:
                yield "R058", "OCID", ocid, share, evidence
                yield "R058", "Tenderer", winner, 0.0, {"ocid": ocid}

    def _unsuccessful(self) -> Iterator[Finding]:
        """R025: of those with the most bids, whose share of wins is at most the lower fence."""
        entered = self.tally.entered
        if not entered.all:
            return
        percentile = self.settings.number("R025", "percentile") / 100
        many = quantile(sorted(map(float, entered.all.values())), percentile)
        ratios = entered.shares(entered.all)
        fence = self._fence("R025", ratios.values(), "lower")
        self.fences["R025"]["upper_fence"] = many
        for tenderer, ratio in ratios.items():
            if fence > 0 and entered.all[tenderer] >= many and ratio <= fence:
                evidence = {
                    "won": entered.some.get(tenderer, 0),
                    "entered": entered.all[tenderer],
                    "lost": _ordered(entered.which[tenderer]),
                }
                yield "R025", "Tenderer", tenderer, ratio, evidence

    def _disqualified(self) -> Iterator[Finding]:
        """R038: the share of bids ruled out is at least the upper fence."""
        for group, bidding in self.tally.submitted.items():
            if group == "Tenderer":
                counts, least = bidding.all, "minimum_submitted_bids"
            else:
                counts, least = bidding.processes, "minimum_contracting_processes"
            enough = self.settings.number("R038", least)
            ratios = bidding.shares(key for key, count in counts.items() if count >= enough)
            if not ratios:
                continue
            fence = self._fence("R038", ratios.values(), "upper", f"{group}_")
            for key, ratio in ratios.items():
                if 0 < fence <= ratio:
                    evidence = {
                        "disqualified": bidding.some.get(key, 0),
                        "submitted": bidding.all[key],
                        "bids": _ordered(bidding.which[key]),
                    }
                    yield "R038", group, key, ratio, evidence

    def _heterogeneous(self) -> Iterator[Finding]:
        """R048: the number of classes is at least the upper fence."""
        tally = self.tally
        least = self.settings.number("R048", "minimum_contracting_processes")
        classes: defaultdict[str, list[str]] = defaultdict(list)
        for supplier, one in tally.classes:
            classes[supplier].append(one)
        numbers = {
            supplier: float(len(classes[supplier]))
            for supplier, processes in tally.supplied.items()
            if processes >= least
        }
        if not numbers:
            return
        fence = self._fence("R048", numbers.values(), "upper")
        for supplier, number in numbers.items():
            if number >= fence:
                evidence = {
                    "classes": sorted(classes[supplier]),
                    "processes": tally.supplied[supplier],
                }
                yield "R048", "Tenderer", supplier, number, evidence


def _ordered(evidence: list[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=msgspec.json.encode)


def _coverage(
    code: str, tally: Tally, settings: Settings, currency: str | None, unlike: Mapping[str, int]
) -> Coverage:
    # R024 and R058 are worked out together, under the first of the two that is counted.
    together = "R024" if code == "R058" and "R024" in settings.codes else code
    lacking = tally.missing[together]
    missing = {what: count for what, count in lacking.items() if what is not None} | dict(unlike)
    if code in ("R024", "R058"):
        others = [ones for of, ones in tally.differences.items() if of != currency]
        if sum(map(len, others)):
            missing[f"bids in {currency}"] = sum(map(len, others))
    return Coverage(tally.processes - sum(missing.values()), _sorted(missing.items()))


def _sorted(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted(counts))
