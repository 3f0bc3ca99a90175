"""The descriptor of a package: which tables it lists, in which files, as of when."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.citypackage import cells
from almoner.citypackage.faults import Report, Unreadable, add
from almoner.citypackage.package import DESCRIPTOR, Package, PackageFile
from almoner.citypackage.schema import SCHEMA, Column, Table

SIZE_LIMIT = 16 * 2**20  # bytes


@dataclass(frozen=True)
class Listing:
    """Files of the listed tables, by table, and the day that the package describes."""

    files: Mapping[str, str]
    as_of: date | None


_AS_OF = Column("as_of", "date", True, (), None, None, "", 10)


def read_descriptor(package: Package, report: Report) -> Listing:
    """What the package lists; resources that are at fault are reported and left out."""
    if DESCRIPTOR not in package.names:
        add(report, DESCRIPTOR, "no_descriptor", f"{DESCRIPTOR} at the top level of the package")
        return Listing({}, None)
    try:
        content = _parse(package)
    except Unreadable as error:
        add(report, DESCRIPTOR, error.code, error.expected)
        return Listing({}, None)
    return Listing(_resources(package, report, content), _as_of(report, content))


def _parse(package: Package) -> dict[str, Any]:
    with PackageFile(package, DESCRIPTOR) as file:
        data = b""
        while (piece := file.read(SIZE_LIMIT)) and len(data) <= SIZE_LIMIT:
            data += piece
    if len(data) > SIZE_LIMIT:
        raise Unreadable("bad_descriptor", f"a descriptor of at most {SIZE_LIMIT:,} bytes")
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Unreadable("bad_descriptor", f"a descriptor in JSON and UTF-8 ({error})") from error
    if not isinstance(content, dict) or not isinstance(content.get("resources"), list):
        raise Unreadable("bad_descriptor", 'a JSON object with a list of "resources"')
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return content


def _as_of(report: Report, content: dict[str, Any]) -> date | None:
    text = content.get("custom:as_of")
    try:
        value = cells.parse(_AS_OF, text) if isinstance(text, str) else None
    except cells.CellFault:
        value = None
    if isinstance(value, date):
        return value
    shown = None if text is None else json.dumps(text)
    expected = '"custom:as_of": the day that the package describes, YYYY-MM-DD'
    add(report, DESCRIPTOR, "no_as_of", expected, value=shown)
    return None


def _resources(package: Package, report: Report, content: dict[str, Any]) -> dict[str, str]:
    files: dict[str, str] = {}
    named = {DESCRIPTOR}  # also by a resource at fault: its file is not called unlisted as well
    for resource in content["resources"]:
        name = resource.get("name") if isinstance(resource, dict) else None
        path = resource.get("path") if isinstance(resource, dict) else None
        shown = f"{name}: {path if isinstance(path, str) else json.dumps(path)}"
        if not isinstance(name, str) or name not in SCHEMA.tables:
            fault: tuple[str, str] | None = ("unknown_resource", "a table of the city package")
        elif name in files:
            fault = ("duplicate_resource", "each table listed once")
        elif path in files.values():
            fault = ("duplicate_path", "a file of its own for each table")
        else:
            fault = _path_fault(name, path)
        if fault:
            add(report, DESCRIPTOR, *fault, value=shown)
            named |= {f"{name}.csv", str(path)}
            continue
        _check_resource(report, resource)
        files[str(name)] = str(path)
    for path in sorted(package.names - named - set(files.values())):
        add(report, path, "unlisted_file", f"only files that {DESCRIPTOR} lists")
    for path in sorted(set(files.values()) - package.names):
        add(report, path, "missing_file", f"a file of this name, because {DESCRIPTOR} lists it")
    return files


def _path_fault(name: str, path: object) -> tuple[str, str] | None:
    if not isinstance(path, str) or not path:
        return "bad_path", "the name of one file"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path) or path.startswith("//"):
        return "address_path", "the name of a file in the package, not an address"
    if path.startswith(("/", "\\", "~")) or path[1:2] == ":":
        return "absolute_path", "the name of a file in the package, not an absolute path"
    if ".." in re.split(r"[/\\]", path):
        return "climbing_path", "the name of a file in the package, not a path out of it"
    if re.search(r"[/\\]", path) or re.search(cells.CONTROL, path):
        return "nested_path", "the name of a file at the top level of the package"
    endings = (".csv", ".parquet") if name == "service_records" else (".csv",)
    if not path.endswith(endings):
        return "bad_path", f"a file name ending in {' or '.join(endings)}"
    return None


def _check_resource(report: Report, resource: dict[str, Any]) -> None:
    """A schema may leave out optional columns; what it does say must be what the format says."""
    table = SCHEMA.tables[resource["name"]]
    encoding = str(resource.get("encoding", "utf-8"))
    if encoding.lower() not in ("utf-8", "utf8"):
        value = f"{table.name}: {encoding}"
        add(report, DESCRIPTOR, "wrong_schema", "the encoding utf-8", value=value)
    theirs = resource.get("schema", {"fields": [{"name": name} for name in table.names]})
    fields = theirs.get("fields") if isinstance(theirs, dict) else None
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        expected = 'a schema with a list of "fields"'
        add(report, DESCRIPTOR, "wrong_schema", expected, value=table.name)
        return
    ours = SCHEMA.raw[table.name]
    for key in ("primaryKey", "foreignKeys", "missingValues"):
        if key in theirs and _plain(theirs[key], table.name) != _plain(ours.get(key), table.name):
            expected = f"the format's {key}, {json.dumps(ours.get(key))}"
            add(report, DESCRIPTOR, "wrong_schema", expected, value=table.name)
    _check_fields(report, table, fields)


def _plain(value: Any, table: str) -> Any:
    """One form for what may be written in several: a lone name or a list, "" or the own name."""
    if isinstance(value, dict):
        inner = {key: _plain(item, table) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item is not False}
    if isinstance(value, list):
        items = sorted((_plain(item, table) for item in value), key=str)
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return table if value == "" else value


def _check_fields(report: Report, table: Table, fields: list[dict[str, Any]]) -> None:
    expected = {field["name"]: field for field in SCHEMA.raw[table.name]["fields"]}
    names = [str(field.get("name")) for field in fields]
    wrong = [(name, "a column of the format") for name in names if name not in expected]
    wrong += [(name, "each column once") for name in expected if names.count(name) > 1]
    wrong += [
        (column.name, "every required column")
        for column in table.columns
        if column.required and column.name not in names
    ]
    for name, field in zip(names, fields, strict=True):
        ours = expected.get(name, field)
        if field.get("type", ours.get("type")) != ours.get("type"):
            wrong.append((name, f"the type {ours.get('type')}"))
        constraints = ours.get("constraints", {})
        if _plain(field.get("constraints", constraints), "") != _plain(constraints, ""):
            wrong.append((name, f"the constraints {json.dumps(constraints)}"))
    for name, reason in wrong:
        add(report, DESCRIPTOR, "wrong_schema", reason, value=f"{table.name}.{name}")
