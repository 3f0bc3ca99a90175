"""Results as text: Cardinal's shape, or an object a result with its evidence."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from almoner.flags.catalogue import CATALOGUE
from almoner.flags.results import GROUPS, Report


def cardinal_json(report: Report) -> bytes:
    """One object by group, id and code, as Cardinal prints it; ids and codes sorted."""
    shown: dict[str, object] = dict(report.values)
    shown["Meta"] = {
        code: {name: _rounded(value) for name, value in fences.items()}
        for code, fences in report.fences.items()
    }
    return msgspec.json.encode(shown) + b"\n"


def _rounded(value: float) -> float:
    """To four decimals as Cardinal does, halves away from zero."""
    return float(Decimal(value * 10_000).to_integral_value(ROUND_HALF_UP)) / 10_000


def evidence_lines(report: Report) -> Iterator[bytes]:
    """An object a result, sorted by code, group and id; then an object on each indicator."""
    results = sorted(
        (code, GROUPS.index(group), key, value)
        for group, ids in report.values.items()
        for key, values in ids.items()
        for code, value in values.items()
    )
    for code, place, key, value in results:
        group = GROUPS[place]
        yield _line(
            {
                "code": code,
                "title": CATALOGUE[code].title,
                "group": group,
                "id": key,
                "value": value,
                "limit": _limit(report.fences.get(code, {}), code, group),
                "evidence": report.evidence.get((code, group, key)),
            }
        )
    for code, coverage in report.coverage.items():
        yield _line(
            {
                "code": code,
                "title": CATALOGUE[code].title,
                "computed": coverage.computed,
                "of": report.processes,
                "missing": coverage.missing,
                "fences": report.fences.get(code, {}),
            }
        )


def _limit(fences: dict[str, float], code: str, group: str) -> float | None:
    """The fence that a value of a group is beyond, where the indicator has one."""
    names = (
        ("lower_fence",) if code in ("R024", "R025") else ("upper_fence", f"{group}_upper_fence")
    )
    return next((fences[name] for name in names if name in fences), None)


def _line(shown: dict[str, object]) -> bytes:
    return msgspec.json.encode({key: one for key, one in shown.items() if one is not None}) + b"\n"
