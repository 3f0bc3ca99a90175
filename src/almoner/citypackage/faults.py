"""What is wrong with a package, and the report that collects it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

LIMIT = 1_000  # faults in a report
VALUE_LIMIT = 200  # characters of a faulty value that a fault shows


@dataclass(frozen=True)
class Fault:
    """One departure from the format.

    ``row`` counts records, 1 = the first after the header; None concerns the whole file.
    ``fault`` says what was expected; ``code`` is its stable reason code, for translation.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    fault: str
    code: str


@dataclass
class Report:
    """Outcome of reading a package; complete once ``Reader.frames()`` has ended.

    ``rows`` counts the rows read of each listed table. ``digest`` is the SHA-256 over the
    files of the listed tables and the as-of date: the same for a folder and a zip with equal
    files. It is empty when there is a fault.
    """

    faults: list[Fault] = field(default_factory=list)
    truncated: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    as_of: date | None = None
    digest: str = ""
    listed: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no fault was found."""
        return not self.faults


class Enough(Exception):
    """More faults than a report holds: reading on would tell nobody anything."""


class Unreadable(Exception):
    """A file from which nothing more can be read; ``expected`` as in add()."""

    def __init__(
        self, code: str, expected: str, *, column: str | None = None, value: str | None = None
    ) -> None:
        super().__init__(expected)
        self.code = code
        self.expected = expected
        self.column = column
        self.value = value


def add(
    report: Report,
    file: str,
    code: str,
    expected: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
) -> None:
    """Put a fault into the report; raises Enough when the report is full.

    ``expected`` says what should have been there, to be read after that word.
    """
    if len(report.faults) >= LIMIT:
        report.truncated = True
        raise Enough
    if value is not None and len(value) > VALUE_LIMIT:
        value = value[:VALUE_LIMIT] + "…"
    column = None if column is None else _encodable(column)
    value = None if value is None else _encodable(value)
    fault = Fault(_encodable(file), row, column, value, f"expected {expected}", code)
    report.faults.append(fault)


def _encodable(text: str) -> str:
    """Names in a package need not be Unicode; what a report shows must be."""
    return text.encode(errors="backslashreplace").decode()
