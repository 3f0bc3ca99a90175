"""Service records of a few rows for the tests of findings on delivery."""

from collections.abc import Sequence

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because

Row = dict[str, object]


def at(day: str, clock: str = "09:00", minutes: int = 60, **cells: object) -> Row:
    """A record that starts at a time in Shanghai."""
    return {"started_at": f"{day}T{clock}:00+08:00", "minutes": minutes, **cells}


def numbered(rows: Sequence[Row], prefix: str = "S") -> list[Row]:
    return [{"id": f"{prefix}{place:04}", **row} for place, row in enumerate(rows)]


def shown(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return [(one.id, one.key, one.value) for one in findings]


def sentence(code: str, one: Finding) -> str:
    assert because(definition(code), one, "zh")
    return because(definition(code), one, "en")
