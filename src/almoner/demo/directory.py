"""The guiding directory of the demonstration city."""

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from almoner.demo.base import Row


def item_rows() -> Iterator[Row]:
    """The rows of SERVICE_ITEMS, every entry complete."""
    text = files("almoner.demo").joinpath("directory.toml").read_text("utf-8")
    for code, item in tomllib.loads(text).items():
        parent = {"parent_code": item.pop("parent", None), "kind": "public_service"}
        yield parent | item | {"code": code, "valid_from": date(2020, 1, 1)}
