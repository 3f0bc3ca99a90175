"""Several releases of one contracting process, made one as OCDS says: the later field holds."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from almoner.flags.release import Release

Part = TypeVar("Part", bound=msgspec.Struct)


def merged(releases: Iterable[Release]) -> Release:
    """One release of several, whatever their order: by date, then by id, then by content.

    Objects are merged field by field, and those in lists by their id; an object without an id
    stands by itself. (OCDS 1.1, "Merging"; a null does not remove a field here.)
    """
    first, *later = sorted(releases, key=_order)
    for release in later:
        first = _merge(first, release)
    return first


def _order(release: Release) -> tuple[str, str, bytes]:
    return release.date or "", release.id or "", msgspec.json.encode(release)


def _merge(old: Part, new: Part) -> Part:
    fields = {
        name: _merge_field(getattr(old, name), getattr(new, name)) for name in old.__struct_fields__
    }
    return type(old)(**fields)


def _merge_field(old: object, new: object) -> object:
    if new is None or old is None:
        return old if new is None else new
    if isinstance(old, msgspec.Struct) and isinstance(new, msgspec.Struct):
        return _merge(old, new)
    if isinstance(old, tuple) and isinstance(new, tuple) and _has_ids(old + new):
        return _merge_list(old, new)
    return new


def _has_ids(parts: tuple[object, ...]) -> bool:
    return any(hasattr(part, "id") for part in parts)


def _merge_list(old: tuple[msgspec.Struct, ...], new: tuple[msgspec.Struct, ...]) -> object:
    """The old parts, each merged with the new one of its id, then the new ones besides."""
    parts = list(old)
    places = {getattr(part, "id", None): place for place, part in enumerate(parts)}
    for part in new:
        place = places.get(identity) if (identity := getattr(part, "id", None)) else None
        if place is None:
            parts.append(part)
        else:
            parts[place] = _merge(parts[place], part)
    return tuple(parts)
