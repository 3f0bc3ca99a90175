"""Ids of any characters but NUL in the path of an address."""

import re

_ESCAPED = {"~": "~0", "/": "~1"}
_PLAIN = {"0": "~", "1": "/", "2": "."}


class Ref:
    """An id as one path segment: ~ is written ~0, / is ~1, and a dot ~2 where there are only dots.

    Whatever else a path cannot hold is percent-encoded as in every address. No id holds a NUL:
    PostgreSQL refuses even to look for one.
    """

    regex = r"[^/\0]+"

    def to_python(self, value: str) -> str:
        if re.search("~(?![012])", value):
            raise ValueError("not an id")
        return re.sub("~([012])", lambda found: _PLAIN[found[1]], value)

    def to_url(self, value: str) -> str:
        if set(value) == {"."}:
            return "~2" * len(value)
        return re.sub("[~/]", lambda found: _ESCAPED[found[0]], value)
