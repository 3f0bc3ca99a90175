"""What waits for somebody: each stage names its own tasks, the desk puts them in order."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True)
class Task:
    """One thing to do: what (a sentence), about what, by when (None: whenever), and where."""

    what: str | Promise
    about: str
    due_on: date | None
    url: str
