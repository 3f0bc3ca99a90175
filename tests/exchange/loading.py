"""Loading small packages in tests, and seeing all that they did."""

from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from tests.citypackage.small import Rows, write_small

from almoner.exchange.load import Loaded, load

AT = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)


def load_rows(
    folder: Path, contents: dict[str, Rows] | None = None, replace: bool = False
) -> Loaded:
    """Load these tables (all 31 of the small package without any) from a package in `folder`."""
    package = folder / f"package-{len(list(folder.iterdir()))}"
    write_small(package, contents)
    return load(package, actor="tester", at=AT, replace=replace)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to see that nothing at all changed."""
    names = sorted(set(connection.introspection.table_names()) - {"django_migrations"})
    rows = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            rows[name] = sorted(cursor.fetchall(), key=repr)
    return rows
