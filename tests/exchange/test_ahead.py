"""Working ahead: the same items in the same order, errors in their place, no thread left."""

import threading
from collections.abc import Iterator

import pytest

from almoner.exchange.ahead import ahead


def _then_fails(items: list[int]) -> Iterator[int]:
    yield from items
    raise ValueError("no more")


@pytest.mark.parametrize("count", [0, 1, 2, 1_000])
def test_the_items_come_in_order(count: int) -> None:
    with ahead(iter(range(count))) as items:
        assert list(items) == list(range(count))


def test_an_error_comes_where_its_item_would_have() -> None:
    taken = []
    with pytest.raises(ValueError, match="no more"), ahead(_then_fails([1, 2])) as items:
        for item in items:
            taken.append(item)
    assert taken == [1, 2]


def test_the_next_item_is_made_while_one_is_in_use() -> None:
    second = threading.Event()

    def made() -> Iterator[int]:
        yield 1
        second.set()
        yield 2

    with ahead(made()) as items:
        assert next(items) == 1
        assert second.wait(timeout=10)


def test_whoever_stops_early_leaves_no_thread_and_little_made() -> None:
    made = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), ahead(endless()) as items:
        assert next(items) == 0
        raise KeyboardInterrupt
    assert threading.active_count() == before
    assert len(made) <= 4
