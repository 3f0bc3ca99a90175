"""Whether the log of sessions and the service records say the same."""

from collections.abc import Iterator

from django.db import connection

_STANDS = """
    s.happened AND NOT s.undone
    AND NOT EXISTS (SELECT 1 FROM sessions_log later WHERE later.supersedes_id = s.id)
"""
_SAME = """
    r.term_id = s.term_id AND r.worker_id = s.worker_id AND r.started_at = s.started_at
    AND r.minutes = s.minutes AND coalesce(r.participants, -1) = coalesce(s.participants, -1)
    AND coalesce(r.client_id, '') = coalesce(s.client_id, '')
    AND r.entered_at = s.entered_at AND r.channel = s.channel
"""


def faults() -> Iterator[str]:
    """Each line that stands without its record or with another one, and each record of a line that
    does not stand; English sentences. Records without a line are those that came in packages.
    """
    for sql, sentence in (
        (
            f"LEFT JOIN service_records r ON r.id = s.id WHERE {_STANDS} AND r.id IS NULL",
            "session {} happened, but there is no service record of it",
        ),
        (
            f"JOIN service_records r ON r.id = s.id WHERE {_STANDS} AND NOT ({_SAME})",
            "session {} and its service record say different things",
        ),
        (
            f"JOIN service_records r ON r.id = s.id WHERE NOT ({_STANDS})",
            "session {} does not stand, but there is a service record of it",
        ),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT s.id FROM sessions_log s {sql} ORDER BY 1")  # noqa: S608
            for (key,) in cursor.fetchall():
                yield sentence.format(key)
