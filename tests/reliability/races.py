"""Several deeds at the same moment, on connections of their own."""

import threading
from collections.abc import Callable

from django.db import connection

from almoner.rules.refusal import Refused
from almoner.web.reasons import sentence


def together(times: int, *deeds: Callable[[int], object]) -> list[list[str]]:
    """What each deed came to at each turn, when all begin a turn at the same moment."""
    came = [[""] * len(deeds) for _ in range(times)]
    start = threading.Barrier(len(deeds))

    def work(place: int, deed: Callable[[int], object]) -> None:
        try:
            for turn in range(times):
                start.wait(60)
                try:
                    deed(turn)
                    came[turn][place] = "done"
                except Refused as refused:
                    came[turn][place] = refused.code
                    assert sentence(refused)
        except Exception:
            start.abort()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
