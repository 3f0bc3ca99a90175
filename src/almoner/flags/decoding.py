"""From JSON to the fields of a release that are needed, whatever the rest of it may be."""

import json
import math
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from almoner.flags.release import MOST, FullRelease, Release

Read = TypeVar("Read", bound=Release)
Decode = Callable[[bytes | msgspec.Raw], Release]
LONGEST_NUMBER = 400
LONGEST_TO_REPAIR = 16 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnreadableError(Exception):
    """A line that is no JSON object; its text says why."""


def decoder(full: bool) -> Decode:
    """A function from the JSON of one line to its release; it raises UnreadableError.

    A number where an id should be is read as text, as Cardinal's `prepare` does; any other value of
    a wrong type is taken for absent. Where a key stands twice the last one holds. `full` reads what
    the guide's indicators need as well.
    """
    kind: type[Release] = FullRelease if full else Release
    quick = msgspec.json.Decoder(kind).decode

    def decode(line: bytes | msgspec.Raw) -> Release:
        try:
            return quick(line)
        except (ValueError, RecursionError) as error:
            content, reason = bytes(line), str(error)
        if content.startswith(BYTE_ORDER_MARK):
            content = content.removeprefix(BYTE_ORDER_MARK)
            with suppress(ValueError, RecursionError):
                return quick(content)
        if len(content) > LONGEST_TO_REPAIR:
            raise UnreadableError(reason)
        return _repaired(content, kind)

    return decode


def _repaired(line: bytes, kind: type[Read]) -> Read:
    try:
        text = line.decode()
        value = json.loads(text, parse_constant=_no_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start + 1}") from None
    except ValueError as error:
        raise UnreadableError(f"not JSON: {error}") from None
    except RecursionError:
        raise UnreadableError("nested too deeply") from None
    if not isinstance(value, dict):
        raise UnreadableError("not a JSON object")
    try:
        return _part(value, kind)
    except RecursionError:
        raise UnreadableError("nested too deeply") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else math.inf


Part = TypeVar("Part", bound=msgspec.Struct)


def _part(value: dict[str, Any], kind: type[Part]) -> Part:
    fitted = ((name, _fit(value.get(key), wanted)) for name, key, wanted in _fields(kind))
    return kind(**{name: part for name, part in fitted if part is not None})


@cache
def _fields(kind: type[msgspec.Struct]) -> list[tuple[str, str, Any]]:
    """The name of each field, its key in JSON, and its type without None."""
    hints = get_type_hints(kind)
    return [
        (field, key, next(one for one in get_args(hints[field]) if one is not NoneType))
        for field, key in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    ]


def _fit(value: Any, wanted: Any) -> Any:  # noqa: C901
    """The value as the type that is wanted, or None where it is nothing of the kind."""
    if get_origin(wanted) is tuple:
        return _fit_all(value, get_args(wanted)[0])
    if wanted is msgspec.Raw:
        return None if value is None else msgspec.Raw(json.dumps(value).encode())
    if wanted is str:
        return _text(value)
    if isinstance(value, bool):
        return None
    if wanted is int:
        return value if isinstance(value, int) else None
    if wanted is float:
        return _amount(value) if isinstance(value, int | float) else None
    return _part(value, wanted) if isinstance(value, dict) else None


def _fit_all(values: Any, wanted: Any) -> Any:
    """Each value as wanted. One that does not fit stays as an empty part: how many counts."""
    if not isinstance(values, list):
        return None
    fitted = (_fit(value, wanted) for value in values)
    if wanted in (str, msgspec.Raw):
        return tuple(value for value in fitted if value is not None)
    return tuple(wanted() if value is None else value for value in fitted)


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _amount(number: float) -> float | None:
    return float(number) if abs(number) <= MOST else None
