"""What all tests of a module begin with, made once."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction

Cast = TypeVar("Cast")


def once_a_module(make: Callable[[], Cast]) -> Any:
    """A fixture: a function that gives each test a copy of its own of what `make` returned.

    `make` runs in a transaction around those of the tests, which is rolled back after the last of
    them. No test sees another's: what one writes goes back to the savepoint before it, and what
    it changes in memory is its copy. All tests of the module stand on it, those too that ask for
    no copy; none of them may commit. `make` runs before the fixtures of a test: what it writes
    must not depend on a clock or on settings that a test changes.
    """

    @pytest.fixture(scope="module", autouse=True)
    def copies(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], Cast]]:
        assert not connection.in_atomic_block, "This module has a cast already"
        with django_db_blocker.unblock(), transaction.atomic():
            made = make()
            yield lambda: deepcopy(made)
            transaction.set_rollback(True)

    return copies


def own_copy() -> Any:
    """A fixture: the test's own copy, in a module whose `copies` are made once."""

    @pytest.fixture
    def copy(copies: Callable[[], Any]) -> Any:
        return copies()

    return copy
