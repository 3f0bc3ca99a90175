"""From columns and the guide's notes to results, in the order in which they are written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from almoner.flags.conclusions import Conclusions, Found
from almoner.flags.guide_results import GuideResults
from almoner.flags.notes import Notes
from almoner.flags.tally import Evidence, Finding, Tally

RESULT = {"id": pl.String, "value": pl.Float64, "code": pl.String}
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


def report(notes: Notes, tally: Tally) -> Report:
    """Work out the results; the same for the same releases, whatever their order."""
    left_out, settings = notes.left_out, notes.settings
    if absent := len(tally.linked - tally.ocids - tally.held.keys()):
        left_out["linked releases that are not in the file"] = absent
    currency = settings.currency or main_currency(notes.currencies)
    conclusions = Conclusions(notes, currency)
    found = list(conclusions.results())
    guide = GuideResults(tally.rows, settings, currency)
    noted = list(guide.findings())
    lacking = tally.missing | notes.lacking
    return Report(
        values=_values(found, noted),
        evidence=_evidence(found, noted) if notes.evidence else {},
        fences=conclusions.fences,
        coverage={
            code: Coverage(0, {guide.unmet[code]: notes.processes})
            if code in guide.unmet
            else _coverage(notes.processes, lacking[code], guide.unlike[code])
            for code in settings.codes
        },
        processes=notes.processes,
        currency=currency,
        other_currencies=_sorted(one for one in notes.currencies.items() if one[0] != currency),
        left_out=_sorted(left_out.items()),
        faults=tuple(tally.faults),
    )


def _values(found: list[Found], noted: list[Finding]) -> Values:
    """By group, id and code, each in order."""
    values: Values = {}
    for group in GROUPS:
        of_guide = [(key, value, code) for code, of, key, value, _ in noted if of == group]
        rows = [pl.DataFrame(of_guide, RESULT, orient="row")]
        for code, of, one in found:
            if of == group:
                rows.append(one.select(pl.col.id.cast(pl.String), "value", code=pl.lit(code)))
        ordered = pl.concat(rows).sort("id", "code", maintain_order=True).to_dict(as_series=False)
        for key, value, code in zip(*ordered.values(), strict=True):
            values.setdefault(group, {}).setdefault(key, {})[code] = value
    return values


def _evidence(
    found: list[Found], noted: list[Finding]
) -> dict[tuple[str, str, str], list[Evidence]]:
    evidence: defaultdict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for code, group, rows in found:
        for row in rows.iter_rows(named=True):
            key, _ = row.pop("id"), row.pop("value")
            evidence[code, group, key].append(_known(row))
    for code, group, key, _, shown in noted:
        if shown is not None:
            evidence[code, group, key].append(shown)
    return {key: sorted(shown, key=msgspec.json.encode) for key, shown in evidence.items()}


def main_currency(currencies: Mapping[str, int]) -> str | None:
    """The currency of most bids; of several, the first in the alphabet. Cardinal takes the first
    that it meets, which depends on the order of lines and on the threads that read them.
    """
    return min(currencies, key=lambda one: (-currencies[one], one), default=None)


def _coverage(processes: int, lacking: Mapping[str, int], unlike: Mapping[str, int]) -> Coverage:
    missing = dict(lacking) | dict(unlike)
    return Coverage(processes - sum(missing.values()), _sorted(missing.items()))


def _sorted(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted(counts))


def _known(value: Any) -> Any:
    """Evidence without what is not known."""
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_known(one) for one in value]
    return value
