"""Working ahead: one thread makes the next item while another uses the last."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Full, Queue
from typing import TypeVar

Item = TypeVar("Item")
_ASK_SECONDS = 0.1


class _End:
    """Follows the last item; carries what stopped the thread, if anything did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


@contextmanager
def ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The same items, each made in a thread of its own while the one before it is in use.

    At most two wait, so memory stays bounded. An error of `items` is raised where its item would
    have come. When the block ends the thread has ended, whether all items were taken or not.
    """
    queue: Queue[Item | _End] = Queue(maxsize=1)
    unwanted = threading.Event()
    thread = threading.Thread(target=_make, args=(items, queue, unwanted), daemon=True)
    thread.start()
    try:
        yield _take(queue)
    finally:
        unwanted.set()
        thread.join()


def _make(items: Iterator[Item], queue: "Queue[Item | _End]", unwanted: threading.Event) -> None:
    try:
        for item in items:
            if not _handed_over(item, queue, unwanted):
                return
    except BaseException as error:
        _handed_over(_End(error), queue, unwanted)
    else:
        _handed_over(_End(), queue, unwanted)


def _handed_over(item: Item | _End, queue: "Queue[Item | _End]", unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            queue.put(item, timeout=_ASK_SECONDS)
            return True
        except Full:
            continue
    return False


def _take(queue: "Queue[Item | _End]") -> Iterator[Item]:
    while True:
        item = queue.get()
        if isinstance(item, _End):
            if item.error:
                raise item.error
            return
        yield item
