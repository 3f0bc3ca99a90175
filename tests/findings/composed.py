"""A city in which every rule finds something."""

from tests.demo.test_oracle import CASES, read_case
from tests.findings.test_evaluation import judged_city

from almoner.citypackage import SCHEMA
from almoner.citypackage.schema import Column

Rows = list[dict[str, object]]


def composed() -> dict[str, Rows]:
    """All hand-worked cases as one city, each with names of its own: every rule finds something."""
    whole: dict[str, Rows] = {table: [] for table in SCHEMA.tables}
    judged = judged_city({"B": 10}, erratic="D/y")
    cases: dict[str, dict[str, Rows]] = {
        "fair": {table: [dict(row) for row in rows] for table, rows in judged.items()}
    }
    for case, text in CASES.items():
        written = read_case(text)[0].items()
        cases[case] = {
            table: [dict(zip(head, row, strict=True)) for row in rows]
            for table, (head, *rows) in written
        }
    for case, found in cases.items():
        for table, rows in found.items():
            whole[table] += [_named(case, table, row) for row in rows]
    return whole


def _named(case: str, table: str, row: dict[str, object]) -> dict[str, object]:
    columns = SCHEMA.tables[table]
    return {
        name: f"{case}·{cell}" if _is_name(columns.column(name)) else cell
        for name, cell in row.items()
        if cell != ""
    }


def _is_name(column: Column) -> bool:
    last = column.name.rsplit("_", 1)[-1]
    return column.type == "string" and not column.enum and last in ("id", "code", "uscc", "item")
