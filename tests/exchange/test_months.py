"""Rollups added up on the way are those that the database would add up itself."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.citypackage.small import write_small

from almoner.delivery.models import MonthlyDelivery
from almoner.delivery.operations.months import rebuild_months
from almoner.exchange.bulk import execute, insert
from almoner.exchange.load import load
from almoner.exchange.months import Months

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 30, tzinfo=UTC)
# The first instant of July 2025 in Shanghai, and a little on both sides of it.
JULY = datetime(2025, 6, 30, 16, 0, tzinfo=UTC)
MOMENTS = [JULY + timedelta(seconds=s) for s in (-1, -0.000001, 0, 1)] + [JULY + timedelta(days=40)]
SCHEMA = {
    "id": pl.String,
    "term_id": pl.Int64,
    "worker_id": pl.String,
    "started_at": pl.Datetime("us", "UTC"),
    "minutes": pl.Int64,
    "participants": pl.Int64,
    "client_id": pl.String,
    "entered_at": pl.Datetime("us", "UTC"),
    "channel": pl.String,
}


def _months() -> list[dict[str, object]]:
    return list(MonthlyDelivery.objects.order_by("term", "month").values())


def _without_id(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _known() -> tuple[list[int], str]:
    with connection.cursor() as cursor:
        cursor.execute('SELECT "id" FROM "contract_terms" ORDER BY "id" LIMIT 2')
        terms = [int(row[0]) for row in cursor.fetchall()]
        cursor.execute('SELECT "id" FROM "workers" LIMIT 1')
        return terms, str(cursor.fetchone()[0])


RECORD = st.tuples(
    st.integers(0, 1),
    st.sampled_from(MOMENTS),
    st.integers(1, 600),
    st.none() | st.integers(0, 40),
    st.none() | st.sampled_from(["P-1", "P-2", "P-3"]),
)


@given(batches=st.lists(st.lists(RECORD, min_size=1, max_size=8), min_size=1, max_size=4))
@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_sums_are_the_databases(
    batches: list[list[tuple[int, datetime, int, int | None, str | None]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if not MonthlyDelivery.objects.exists():
        package = tmp_path_factory.mktemp("months") / "package"
        write_small(package)
        assert load(package, actor="tester", at=AT).report.ok
    terms, worker = _known()
    execute("DELETE FROM service_records")
    months = Months()
    for number, batch in enumerate(batches):
        rows = [
            (f"R{number}-{place}", terms[term], worker, at, minutes, people, client, at, None)
            for place, (term, at, minutes, people, client) in enumerate(batch)
        ]
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        insert("service_records", frame)
        months.add(frame)
    months.write()
    written = _without_id(_months())
    rebuild_months()
    assert written == _without_id(_months())
