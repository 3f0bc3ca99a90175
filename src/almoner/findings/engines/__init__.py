"""Where rules are computed: every engine shows the same tables and answers with the same rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from almoner.findings.city import City

# Parquet files of each listed table; together they hold its rows, each file with the same columns.
# A table without files is listed and empty. Stored types: text, whole numbers and flags as they
# are; a number as decimal(24, 9); a day as date or int64 (days since 1970-01-01); an instant as a
# timestamp in UTC or int64 (microseconds). A column that is absent is empty throughout.
Files = Mapping[str, Sequence[Path]]


class Engine(ABC):
    """A running engine; use it as a context manager."""

    @property
    def name(self) -> str:
        """What a run that it computed is kept under: duckdb or spark."""
        return type(self).__name__.lower()

    @abstractmethod
    def city(self, files: Files, as_of: date) -> City:
        """The city that these files hold, with the derived tables; one city at a time."""

    @abstractmethod
    def close(self) -> None:
        """Stop the engine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()
