"""`almoner load` and `almoner export`: city packages into and out of the database."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from almoner.cli.check import write_faults
from almoner.cli.platform import progress, set_up


def add_parser(subparsers: Any) -> None:
    """Register the commands."""
    loading = subparsers.add_parser(
        "load",
        help="load a city package, all of it or nothing",
        description="Load a city package: new rows are added, known ones updated by their key. "
        "Faults are listed, and then nothing is loaded.",
        epilog="example:\n  almoner load city-2026-06.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    loading.add_argument("package", type=Path, metavar="PACKAGE", help="a folder or a zip")
    loading.add_argument(
        "--replace",
        action="store_true",
        help="remove the rows that the package lacks, from the tables that it lists",
    )
    loading.set_defaults(run=load)
    exporting = subparsers.add_parser(
        "export",
        help="write everything as a city package",
        description="Write the completed facts as a city package; the same facts give the same "
        "bytes.",
        epilog="example:\n  almoner export city-2026-06.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    exporting.add_argument(
        "target", type=Path, metavar="FOLDER|ZIP", help="a new or empty folder, or a .zip"
    )
    exporting.set_defaults(run=export)


def load(arguments: argparse.Namespace) -> int:
    """Load a package; 0, or 1 where it has faults, or 2 where there is none."""
    path: Path = arguments.package
    if not path.exists():
        sys.stderr.write(f"There is nothing at {path}.\n")
        return 2
    set_up()
    from django.utils import timezone

    from almoner.exchange.load import load as load_package

    with progress() as tell:
        loaded = load_package(
            path,
            actor=f"command line: {getpass.getuser()}",
            at=timezone.now(),
            replace=arguments.replace,
            on_progress=tell,
        )
    if not loaded.report.ok:
        write_faults(loaded.report, "text")
        sys.stdout.write("Nothing was loaded.\n")
        return 1
    for name, c in loaded.counts.items():
        sys.stdout.write(
            f"{name:20} {c.added:>10,} added {c.changed:>10,} changed "
            f"{c.removed:>10,} removed {c.unchanged:>10,} unchanged\n"
        )
    return 0


def export(arguments: argparse.Namespace) -> int:
    """Write a package; 0, or 2 where the target is in use or cannot be written."""
    target: Path = arguments.target
    occupied = any(target.iterdir()) if target.is_dir() else target.exists()
    if occupied:
        sys.stderr.write(f"{target} is there already: name a new folder or zip.\n")
        return 2
    set_up()
    from almoner.exchange.export import export as export_package
    from almoner.web import clock

    try:
        rows = export_package(target, as_of=clock.today())
    except OSError as error:
        sys.stderr.write(f"{target} cannot be written: {error.strerror}\n")
        return 2
    for name, count in rows.items():
        sys.stdout.write(f"{name:20} {count:>10,}\n")
    return 0
