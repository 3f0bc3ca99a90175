"""All findings of a city, by one engine, in one order."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from almoner.findings.definition import Definition, catalogue, definition

if TYPE_CHECKING:
    from almoner.findings.city import City

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Finding:
    """A question that the record raises about one row, with all that its answer needs.

    `rows` are (table, id) of the rows that it was computed from, its subject first. `words` are
    the further figures of its sentence as JSON holds them, exact decimals as text; `variant` is the
    sentence of its definition that fits it.
    """

    code: str
    table: str
    id: str
    key: str | None
    value: float | None
    limit: float | None
    rows: tuple[tuple[str, str], ...]
    words: Mapping[str, object]
    variant: str | None


@dataclass(frozen=True)
class Result:
    """What was found, and by code the tables for want of which a rule was not computed."""

    findings: tuple[Finding, ...]
    uncomputed: Mapping[str, tuple[str, ...]]


def compute(entry: Definition, city: "City", sql: str | None = None) -> list[Finding]:
    """The findings of one rule; the city must list all tables that it needs.

    `sql` is the rule's own, where that has been written before.
    """
    answer = sql or entry.compute(city)
    if isinstance(answer, list):
        rows = answer
    else:
        fetch = city.fetch_by_month if entry.months == "own" else city.fetch
        rows = fetch(answer)
    return [_finding(entry, row) for row in rows]


def run(
    city: "City",
    only: Collection[str] | None = None,
    on_progress: Progress | None = None,
    compute: Callable[[Definition, "City"], list[Finding]] = compute,
) -> Result:
    """Compute the catalogue, or some codes of it; KeyError for a code that it does not have.

    `compute` gives the findings of one rule. Findings are sorted by code, table, id and key, byte
    by byte.
    """
    chosen = [*catalogue().values()] if only is None else [definition(code) for code in only]
    found: list[Finding] = []
    uncomputed = {}
    for done, entry in enumerate(chosen):
        if on_progress:
            on_progress("findings", done / len(chosen))
        missing = tuple(table for table in entry.needs if table not in city.tables)
        if missing:
            uncomputed[entry.code] = missing
        else:
            found += compute(entry, city)
    if on_progress:
        on_progress("findings", 1.0)
    return Result(tuple(sorted(found, key=_place)), dict(sorted(uncomputed.items())))


def _finding(entry: Definition, row: Mapping[str, object]) -> Finding:
    rest = dict(row)
    subject = str(rest.pop("id"))
    key, variant = rest.pop("key", None), rest.pop("variant", None)
    evidence = [
        (name.removeprefix("row_"), other)
        for name in sorted(rest)
        if name.startswith("row_")
        for other in _ids(rest.pop(name))
    ]
    others = sorted(set(evidence) - {(entry.subject, subject)})
    return Finding(
        code=entry.code,
        table=entry.subject,
        id=subject,
        key=None if key is None else str(key),
        value=_number(rest.pop("value", None)),
        limit=_number(rest.pop("limit", None)),
        rows=((entry.subject, subject), *others),
        words={
            name: str(cell) if isinstance(cell, Decimal) else cell for name, cell in rest.items()
        },
        variant=None if variant is None else str(variant),
    )


def _ids(cell: object) -> Iterable[str]:
    cells = cell if isinstance(cell, Sequence) and not isinstance(cell, str) else [cell]
    return (str(each) for each in cells if each is not None)


def _number(cell: object) -> float | None:
    """Nine decimals: beyond them engines may differ, because they add in different orders."""
    return None if cell is None else round(float(cell), 9)  # type: ignore[arg-type]


def _place(finding: Finding) -> tuple[str, str, str, str]:
    return finding.code, finding.table, finding.id, finding.key or ""
