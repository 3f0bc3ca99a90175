"""`almoner demo`: the demonstration city, made, loaded and served."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from almoner.cli.platform import Tell, progress, set_up
from almoner.cli.serve import add_address, serve

ACTOR = "demonstration"


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "demo",
        help="make, load and serve the demonstration city",
        description="Make the demonstration city, load it through the exchange format, and serve "
        "it. Every name and figure in it is invented, save the names of places.",
        epilog="examples:\n  almoner demo\n  almoner demo --scale city --write demonstration-city",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scale",
        choices=["district", "city"],
        default="district",
        help="about 20 centres and 200,000 records, or 171 and 5 million (default district)",
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, another city")
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FOLDER",
        help="only write the package there, and beside it FOLDER.manifest.json",
    )
    parser.add_argument("--no-serve", action="store_true", help="load it and stop")
    add_address(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the city; load and serve it unless told otherwise."""
    if arguments.write:
        return _write(arguments)
    set_up()
    from almoner.web import clock

    if not clock.site().demonstration:
        if _holds_data():
            sys.stderr.write(
                "This database holds data already, and a demonstration must not mix with it.\n"
                "Set ALMONER_DATA_DIR to an empty folder, or DATABASE_URL to an empty database.\n"
            )
            return 2
        with progress() as tell:
            if not _load(arguments, tell):
                return 1
    _introduce(arguments)
    return 0 if arguments.no_serve else serve(arguments)


def _write(arguments: argparse.Namespace) -> int:
    from almoner.demo import generate

    target: Path = arguments.write
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        sys.stderr.write(f"{target} is there already: name a new folder.\n")
        return 2
    with progress() as tell:
        manifest = generate(target, arguments.scale, seed=arguments.seed, on_progress=tell)
    beside = target.with_name(f"{target.name}.manifest.json")
    beside.write_text(manifest.to_json(), encoding="utf-8")
    sys.stdout.write(f"Written: {target} and {beside}\n")
    return 0


def _holds_data() -> bool:
    from almoner.parties.models import Organisation

    return Organisation.objects.exists()


def _load(arguments: argparse.Namespace, tell: Tell) -> bool:
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from almoner.cli.check import write_faults
    from almoner.demo import generate, people
    from almoner.exchange.load import load
    from almoner.exchange.people import add_demonstration_people
    from almoner.findings.engines.duckdb import DuckDB
    from almoner.watch.whole import refresh
    from almoner.web import clock

    at = timezone.now()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "city"
        manifest = generate(target, arguments.scale, seed=arguments.seed, on_progress=tell)
        with transaction.atomic():
            loaded = load(target, actor=ACTOR, at=at, on_progress=tell)
            if not loaded.report.ok or loaded.report.as_of is None:
                write_faults(loaded.report, "text")
                return False
            add_demonstration_people(people(arguments.scale), actor=ACTOR, at=at)
            clock.start_demonstration(actor=ACTOR, at=at, day=loaded.report.as_of)
    manifest_file = settings.DATA_DIR / "demonstration.manifest.json"
    manifest_file.parent.mkdir(parents=True, exist_ok=True)
    manifest_file.write_text(manifest.to_json(), encoding="utf-8")
    with DuckDB() as engine:
        refresh(engine, data=settings.DATA_DIR, at=at, as_of=loaded.report.as_of, on_progress=tell)
    return True


def _introduce(arguments: argparse.Namespace) -> None:
    from almoner.web import clock
    from almoner.web.queries import demonstration_people

    address = f"http://{arguments.host}:{arguments.port}"
    lines = ["", "The people of the demonstration (all invented):"]
    for shown in demonstration_people(clock.today()):
        roles = ", ".join(str(held.role) for held in shown.roles)
        names = f"{shown.person.name_en}, {shown.person.name_zh}"
        lines.append(f"  {shown.person.login:<14} {roles:<30} {names}")
    lines += ["", f"One click signs you in as any of them: {address}/en/demonstration/"]
    if not arguments.no_serve:
        lines += ["", f"Almoner is at {address}  (Ctrl-C stops it)"]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
