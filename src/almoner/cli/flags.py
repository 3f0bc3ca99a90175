"""`almoner flags`: red flags in procurement data that anyone publishes as OCDS."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir
from typing import TYPE_CHECKING

from almoner.cli.platform import progress
from almoner.rules.text import printable

if TYPE_CHECKING:
    from almoner.flags import Report

STOPPED = 1
MISUSE = 2
FAULTS_SHOWN = 20
EPILOG = """\
examples:
  almoner flags releases.jsonl.gz > flags.json
  almoner flags releases.jsonl --settings settings.ini -o flags.json
  almoner flags package.json --format jsonl -o evidence.jsonl
  curl https://example.org/releases.jsonl | almoner flags - -o flags.json

Without settings, json holds Cardinal's eleven indicators, and jsonl those of the guide as well.
With settings it is those that have a section of their own, such as [R024]. docs/flags.md defines
each of them.

exit codes: 0 done; 1 the file cannot be read, or with --strict a line of it; 2 misuse
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "flags",
        help="find red flags in OCDS data",
        description="Count red flags in OCDS releases, records or packages, as Cardinal does.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl[.gz]", help="one release a line; - reads a pipe"
    )
    parser.add_argument("--settings", type=Path, metavar="INI", help="Cardinal's settings file")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="a file, not the terminal")
    parser.add_argument(
        "--format",
        choices=("json", "jsonl"),
        default="json",
        help="json: as Cardinal prints; jsonl: an object a result, with its evidence",
    )
    parser.add_argument("--strict", action="store_true", help="stop at a line that is not JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where the file or a line cannot be read, 2 for misuse."""
    # Releases are read on all processors while others are judged: more threads would only wait.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from almoner.flags import FileError, SettingsError, UnreadableError, flags, settings_for
    from almoner.flags.output import cardinal_json, evidence_lines

    with_evidence = args.format == "jsonl"
    try:
        settings = settings_for(args.settings, with_guide=with_evidence)
    except SettingsError as error:
        return _refused(str(error), MISUSE)
    if settings.ignored:
        sys.stderr.write(f"for Cardinal's prepare, not used here: {', '.join(settings.ignored)}\n")
    try:
        with _kept(args.file) as file, progress() as tell:
            report = flags(
                file, settings, evidence=with_evidence, strict=args.strict, on_progress=tell
            )
    except (FileError, UnreadableError) as error:
        return _refused(f"{args.file}: {error}", STOPPED)
    except OSError as error:
        if error.filename is None:  # it was open, and what is prepared could not be written
            return _refused(f"{gettempdir()} cannot be written: {error.strerror}", MISUSE)
        return _refused(f"{args.file} cannot be opened: {error.strerror}", MISUSE)
    content = b"".join(evidence_lines(report)) if with_evidence else cardinal_json(report)
    if args.output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        try:
            args.output.write_bytes(content)
        except OSError as error:
            return _refused(f"{args.output} cannot be written: {error.strerror}", MISUSE)
    _tell(report)
    return 0


@contextmanager
def _kept(file: Path) -> Iterator[Path]:
    """The file; what comes through a pipe is kept in one, as it is looked at more than once."""
    piped = file == Path("-")
    if not piped and (file.is_file() or file.is_dir() or not file.exists()):
        yield file
        return
    with NamedTemporaryFile() as kept:
        with sys.stdin.buffer if piped else file.open("rb") as source:
            shutil.copyfileobj(source, kept)
        kept.flush()
        yield Path(kept.name)


def _refused(reason: str, code: int) -> int:
    sys.stderr.write(f"almoner flags: {reason}\n")
    return code


def _tell(report: "Report") -> None:
    """What was left out, and how much of the data each indicator could be worked out for."""
    say = sys.stderr.write
    for number, reason in report.faults[:FAULTS_SHOWN]:
        say(f"line {number} skipped: {reason}\n")
    if len(report.faults) > FAULTS_SHOWN:
        say(f"and {len(report.faults) - FAULTS_SHOWN} more lines\n")
    say(f"{report.processes} contracting processes counted\n")
    for reason, count in report.left_out.items():
        say(f"  left out: {count}, {reason}\n")
    if report.currency is not None:
        say(f"currency of comparison: {printable(report.currency)}\n")
    for currency, count in report.other_currencies.items():
        say(f"  left out of comparisons: {count} bids in {printable(currency)}\n")
    for code, coverage in report.coverage.items():
        say(f"{code}: computed for {coverage.computed}\n")
        for what, count in coverage.missing.items():
            say(f"  {count} need {printable(what)}\n")
