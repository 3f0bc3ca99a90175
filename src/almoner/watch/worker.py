"""One thread a process that lets the findings follow what was written.

Whoever wrote is answered at once; the findings come within about a second. What a process leaves
undone when it ends, the next one does: how far the trail was read is in the database.
"""

import logging
import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import close_old_connections, connection

from almoner.web import clock

if TYPE_CHECKING:
    from almoner.findings.engines import Engine

_log = logging.getLogger(__name__)


class Worker:
    """Sleeps until it is woken; `quiet` is set while there is nothing to do."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._rehearsed = True
        self.quiet = threading.Event()
        self.quiet.set()

    def begin(self) -> None:
        """A server starts: take up what the last one left, and be ready for the first event."""
        self._rehearsed = False
        self.wake()

    def wake(self) -> None:
        """Something was written."""
        self.quiet.clear()
        self._wake.set()
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        from almoner.findings.engines.duckdb import DuckDB  # heavy: only where something is watched

        with DuckDB() as engine:
            while True:
                self._wake.wait()
                self._wake.clear()
                close_old_connections()
                try:
                    _follow(engine)
                    if not self._rehearsed and not self._wake.is_set():
                        self._rehearsed = True
                        _rehearse(engine)
                except Exception:
                    # The writer has his answer already; the next event tries again.
                    _log.exception("the findings could not follow the record")
                finally:
                    connection.close()
                if not self._wake.is_set():
                    self.quiet.set()


def _follow(engine: "Engine") -> None:
    from almoner.watch.live import catch_up
    from almoner.watch.whole import refresh

    now = clock.now()
    if catch_up(data=settings.DATA_DIR, at=now, as_of=now.date(), engine=engine) is None:
        refresh(engine, data=settings.DATA_DIR, at=now, as_of=now.date())


def _rehearse(engine: "Engine") -> None:
    from almoner.watch.live import rehearse

    rehearse(as_of=clock.now().date(), engine=engine)


WORKER = Worker()
