"""Keeping the monthly rollups equal to the records."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from almoner.rules.calendar import SHANGHAI
from almoner.web.stamps import bump

RECORDS = "records"  # the stamp that rises when records of any month may have changed

# The month is that of Asia/Shanghai. SQLite knows no time zones: its offset is +8 hours, which has
# held without summer time since 1991, before any record that this platform will see. Fractions of
# a second are cut off, because strftime would round the last one of a month into the next.
_MONTH = {
    "postgresql": "to_char(started_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    "sqlite": "strftime('%Y-%m', substr(started_at, 1, 19), '+8 hours')",
}

_RECOUNT = """
    INSERT INTO monthly_delivery
        (term_id, month, records, minutes, participants, clients, largest_session)
    SELECT CAST(%s AS bigint), %s, count(*), CAST(sum(minutes) AS bigint),
        CAST(sum(participants) AS bigint), count(DISTINCT client_id), max(participants)
    FROM service_records WHERE term_id = %s AND started_at >= %s AND started_at < %s
    GROUP BY term_id
    ON CONFLICT (term_id, month) DO UPDATE SET records = excluded.records,
        minutes = excluded.minutes, participants = excluded.participants,
        clients = excluded.clients, largest_session = excluded.largest_session
"""


def months_from_records() -> str:
    """The query that adds the records up, term by term and month by month."""
    return (
        f"SELECT term_id, {_MONTH[connection.vendor]} AS month, count(*) AS records, "  # noqa: S608
        "CAST(sum(minutes) AS bigint) AS minutes, "
        "CAST(sum(participants) AS bigint) AS participants, "
        "count(DISTINCT client_id) AS clients, max(participants) AS largest_session "
        "FROM service_records GROUP BY 1, 2"
    )


@transaction.atomic
def rebuild_months() -> None:
    """Add all records up anew; whoever loads records in bulk calls this in its transaction."""
    columns = "term_id, month, records, minutes, participants, clients, largest_session"
    bump([RECORDS])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM monthly_delivery")
        cursor.execute(
            f"INSERT INTO monthly_delivery ({columns}) {months_from_records()}"  # noqa: S608
        )


def recount(cells: Iterable[tuple[int, str]]) -> None:
    """Add up anew the records of each (term, month as YYYY-MM): of these alone, by their index.

    Whoever calls bumps `month_token` of each month. Call it after the audit record was written: its
    lock lets one writer at a time come here, so that on PostgreSQL too the last one sees all
    records of the cell.
    """
    with connection.cursor() as cursor:
        for term, month in sorted(set(cells)):
            first, after = (
                connection.ops.adapt_datetimefield_value(instant) for instant in bounds(month)
            )
            cursor.execute(_RECOUNT, [term, month, term, first, after])
            if cursor.rowcount == 0:
                gone = "DELETE FROM monthly_delivery WHERE term_id = %s AND month = %s"
                cursor.execute(gone, [term, month])


def month_token(month: str) -> str:
    """The stamp that rises when the records of a month (YYYY-MM) change."""
    return f"{RECORDS} {month}"


def bounds(month: str) -> tuple[datetime, datetime]:
    """The instant that a month begins and the one that the next does, in Asia/Shanghai."""
    year, number = (int(part) for part in month.split("-"))
    first = datetime(year, number, 1, tzinfo=SHANGHAI)
    return first, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=SHANGHAI)
