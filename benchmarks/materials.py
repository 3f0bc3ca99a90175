"""What the benchmarks work on: packages and databases, made once and kept in var/bench."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import psycopg

KEPT = Path("var/bench").resolve()
ALMONER = Path(sys.executable).parent / "almoner"
Environment = dict[str, str]


def run(module: str, *arguments: str | Path, env: Environment) -> Any:
    """What a module of ours, run in a process of its own, prints as JSON on its last line."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def environment(data: Path, database_url: str | None = None) -> Environment:
    """The environment of an installation with its data in a folder, or in the database named."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"ALMONER_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "almoner.settings"}
    return env | ({"DATABASE_URL": database_url} if database_url else {})


def city(scale: str) -> Path:
    """The package of the demonstration city at a scale."""
    folder = KEPT / f"{scale}-package"
    if not folder.exists():
        from almoner.demo import generate

        generate(folder, "city" if scale == "city" else "district")
    return folder


def without_records() -> Path:
    """The district's package, save its service records."""
    return _of_district("district-without-records", lambda name: name != "service_records")


def records_alone(rows: int) -> Path:
    """A package of service records alone: the district's, over and over with new ids (CSV)."""
    folder = KEPT / f"records-{rows}"
    if not folder.exists():
        made = _of_district(f"{folder.name}.new", lambda name: name == "service_records")
        _multiply(made / "service_records.csv", rows)
        made.rename(folder)
    return folder


def _of_district(name: str, wanted: Callable[[str], bool]) -> Path:
    """A package with the wanted tables of the district's."""
    folder, source = KEPT / name, city("district")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    descriptor = json.loads((source / "datapackage.json").read_text("utf-8"))
    descriptor["resources"] = [r for r in descriptor["resources"] if wanted(r["name"])]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    for resource in descriptor["resources"]:
        shutil.copy(source / resource["path"], folder)
    return folder


def _multiply(path: Path, rows: int) -> None:
    """Repeat the rows of a file up to a number, the ids of each round with a prefix of its own."""
    once = pl.read_csv(path, infer_schema=False)
    with path.open("wb") as file:
        for number in range(-(-rows // once.height)):
            batch = once.head(rows - number * once.height)
            renamed = batch.with_columns((pl.lit(f"{number:03}-") + pl.col("id")).alias("id"))
            renamed.write_csv(file, include_header=number == 0)


def installation(scale: str) -> Environment:
    """An installation on SQLite that shows the demonstration city at a scale."""
    folder = KEPT / scale
    if not folder.exists():
        install(scale)
    return environment(folder)


def install(scale: str) -> dict[str, float]:
    """Make the installation anew; what its load took."""
    folder, made = KEPT / scale, KEPT / f"{scale}.new"
    for stale in (folder, made):
        shutil.rmtree(stale, ignore_errors=True)
    prepare(environment(made), None)
    took: dict[str, float] = run("load", "package", city(scale), env=environment(made))
    made.rename(folder)
    return took


@dataclass(frozen=True)
class Engine:
    """A kind of database; `fresh` lends the environment of a new copy of the prepared one."""

    name: str
    fresh: Callable[[], AbstractContextManager[Environment]]


@contextmanager
def sqlite(package: Path | None) -> Iterator[Engine]:
    """SQLite, prepared with migrations and a package."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        prepared = Path(folder) / "prepared"
        prepare(environment(prepared), package)
        yield Engine("SQLite", partial(_copied, prepared))


@contextmanager
def _copied(prepared: Path) -> Iterator[Environment]:
    with tempfile.TemporaryDirectory(dir=prepared.parent) as folder:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        yield environment(Path(folder))


@contextmanager
def postgresql(url: str, package: Path | None) -> Iterator[Engine]:
    """PostgreSQL, prepared with migrations and a package in the database that `url` names."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        prepare(environment(Path(folder), url), package)
        yield Engine("PostgreSQL", partial(_cloned, Path(folder), url))


@contextmanager
def _cloned(folder: Path, url: str) -> Iterator[Environment]:
    server, _, prepared = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE round TEMPLATE {prepared}")
        try:
            yield environment(folder, f"{server}/round")
        finally:
            connection.execute("DROP DATABASE round WITH (FORCE)")


def prepare(env: Environment, package: Path | None) -> None:
    """Migrate a database, and load a package if there is one."""
    subprocess.run([ALMONER, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
    if package:
        subprocess.run([ALMONER, "load", package], env=env, check=True, stdout=subprocess.DEVNULL)
