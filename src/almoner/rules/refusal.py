"""What is refused, and why, as a code: the shell puts it into words."""

from typing import Any


class Refused(Exception):
    """Something may not be done. `code` names the reason, `values` are what its sentence needs.

    `field` is the field of a form that the reason is about, empty where it is about the whole.
    """

    def __init__(self, code: str, *, field: str = "", **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values
