"""What every command that needs the database does first."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Tell = Callable[[str, float], None]
PATIENCE = 2.0  # seconds of silence before a progress bar appears


def connect() -> None:
    """Start Django and reach the database that DATABASE_URL names, whether it is up to date or not.

    One that it does not name, or that cannot be reached, ends the program with exit code 2 and a
    sentence.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise _ended(str(error)) from error
    except OSError as error:
        raise _ended(f"ALMONER_DATA_DIR cannot be used: {error}") from error
    from django.conf import settings

    try:
        if connection.vendor == "sqlite":
            for folder in (settings.DATA_DIR, Path(connection.settings_dict["NAME"]).parent):
                folder.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
    except OSError as error:
        raise _ended(
            f"{folder} cannot be made (ALMONER_DATA_DIR, DATABASE_URL): {error}"
        ) from error
    except (DatabaseError, ImproperlyConfigured) as error:
        raise _ended(f"The database cannot be reached (DATABASE_URL): {_reason(error)}") from error


def set_up() -> None:
    """Connect to the database; make and migrate it where it is embedded.

    A PostgreSQL database is migrated on purpose only (`almoner migrate`), so one that is behind
    ends the program with exit code 2 and a sentence.
    """
    connect()
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    try:
        if not _behind():
            return
        if connection.vendor != "sqlite":
            raise _ended("The database is not up to date: run `almoner migrate` first.")
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise _ended(f"The database cannot be brought up to date: {_reason(error)}") from error


def _ended(sentence: str) -> SystemExit:
    sys.stderr.write(f"{sentence}\n")
    return SystemExit(2)


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def progress() -> Iterator[Tell]:
    """A bar a task on standard error: where that is a terminal, after PATIENCE."""
    if not sys.stderr.isatty():
        yield lambda what, share: None
        return
    # It takes a tenth of a second to import, and most runs have nobody who looks.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    bars = Progress(*columns, console=Console(stderr=True))
    tasks: dict[str, TaskID] = {}
    began = time.monotonic()

    def tell(what: str, share: float) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=1.0)
        bars.update(tasks[what], completed=share)
        if time.monotonic() - began > PATIENCE:
            bars.start()

    try:
        yield tell
    finally:
        bars.stop()
