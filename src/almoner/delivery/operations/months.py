"""Keeping the monthly rollups equal to the records."""

from django.db import connection, transaction

# The month is that of Asia/Shanghai. SQLite knows no time zones: its offset is +8 hours, which has
# held without summer time since 1991, before any record that this platform will see. Fractions of
# a second are cut off, because strftime would round the last one of a month into the next.
_MONTH = {
    "postgresql": "to_char(started_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    "sqlite": "strftime('%Y-%m', substr(started_at, 1, 19), '+8 hours')",
}


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
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM monthly_delivery")
        cursor.execute(
            f"INSERT INTO monthly_delivery ({columns}) {months_from_records()}"  # noqa: S608
        )
