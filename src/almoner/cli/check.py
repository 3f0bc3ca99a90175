"""``almoner check``: validate a city package without storing anything."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from almoner.cli.platform import progress
from almoner.rules.text import printable

if TYPE_CHECKING:
    from almoner.citypackage import Fault, Report

EXAMPLE = """\
example:
  almoner check city.zip --format jsonl > faults.jsonl

exit code: 0 no fault, 1 faults found, 2 wrong use
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "check",
        help="validate a city package",
        description="Report every fault of a city package (a folder or a zip), up to 1,000.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("package", metavar="PACKAGE", type=Path, help="folder or zip")
    parser.add_argument(
        "--format",
        choices=("text", "jsonl"),
        default="text",
        help="text (default), or one JSON object a fault",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check ``args.package``; returns the exit code: 0 no fault, 1 faults, 2 no such path."""
    if not args.package.exists():
        sys.stderr.write(
            f"almoner check: there is nothing at {args.package}; give a folder or a zip\n"
        )
        return 2
    from almoner.citypackage import check  # heavy, and every other command would wait for it

    with progress() as tell:
        report = check(args.package, tell)
    write_faults(report, args.format)
    return 0 if report.ok else 1


def write_faults(report: Report, form: Literal["text", "jsonl"]) -> None:
    """Write the report to standard output."""
    if form == "jsonl":
        sys.stdout.writelines(_json(fault) + "\n" for fault in report.faults)
    else:
        sys.stdout.write(_as_text(report))


def _as_text(report: Report) -> str:
    """The report for a person: a line for each fault, rows of each table, and the outcome."""
    lines = [_line(fault) for fault in report.faults]
    if lines:
        lines.append("")
    lines += [f"{name:<20}{rows:>12,} rows" for name, rows in sorted(report.rows.items())]
    if report.ok:
        lines.append(f"no fault found; as of {report.as_of}")
    elif report.truncated:
        lines.append(f"more than {len(report.faults):,} faults; reading stopped there")
    else:
        lines.append(f"{len(report.faults):,} fault{'s' if len(report.faults) > 1 else ''} found")
    return "\n".join(lines) + "\n"


def _json(fault: Fault) -> str:
    names = ("file", "row", "column", "value", "fault")
    return json.dumps({name: getattr(fault, name) for name in names}, ensure_ascii=False)


def _line(fault: Fault) -> str:
    where = [fault.file]
    if fault.row is not None:
        where.append(f"row {fault.row}")
    if fault.column is not None:
        where.append(fault.column)
    value = "" if fault.value is None else f" {json.dumps(fault.value, ensure_ascii=False)};"
    line = f"{', '.join(where)}:{value} {fault.fault}"
    return printable(line, len(line))
