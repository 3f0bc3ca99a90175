"""`almoner findings`: the questions that a package or the database raises."""

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from almoner.cli.platform import progress, set_up
from almoner.rules.text import printable

if TYPE_CHECKING:
    from almoner.findings.engines import Engine
    from almoner.findings.package import FaultyPackageError
    from almoner.findings.run import Result

FEWEST_NEW = 1_000_000  # objects after which Python looks for garbage
FAULTY = 1
MISUSE = 2
FAULTS_SHOWN = 5
FORMATS = ("jsonl", "csv", "parquet", "text")
EPILOG = """\
examples:
  almoner findings city.zip --format text
  almoner findings city.zip --only T05,T06 -o findings.jsonl
  almoner findings city --engine spark://10.0.0.5:7077 --format parquet -o findings.parquet
  almoner findings --database --store --format text
  almoner findings --database --language zh --format csv -o findings.csv

exit codes: 0 done, whatever was found; 1 the package is faulty; 2 the command was misused
"""


class MisuseError(Exception):
    """The command cannot be carried out as it was given."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "findings",
        help="list what the record makes one ask",
        description="Compute the findings catalogue over a city package or the database. A "
        "finding is a question to somebody, never a verdict.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("package", nargs="?", type=Path, metavar="PACKAGE", help="a folder or zip")
    source.add_argument(
        "--database",
        nargs="?",
        const="",
        metavar="URL",
        help="the platform's database (DATABASE_URL where no URL is given)",
    )
    parser.add_argument(
        "--store",
        action="store_true",
        help="with --database: keep what was found, for the pages of the platform",
    )
    parser.add_argument(
        "--engine",
        default="duckdb",
        metavar="ENGINE",
        help="duckdb (default), spark (in this machine), or spark://HOST:PORT (a cluster)",
    )
    parser.add_argument("--only", metavar="CODES", help="only these findings, as in T05,T06")
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day to judge from; the package's own by default"
    )
    parser.add_argument("--format", choices=FORMATS, default="jsonl")
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="of the sentences")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="standard output by default"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where the package is faulty, 2 where it was misused."""
    # Modules, expressions and rows live as long as the run: to go over them takes a tenth of it.
    gc.set_threshold(FEWEST_NEW)
    try:
        only, as_of = _codes(args.only), _day(args.as_of)
        _check(args)
        result, on = _computed(args, only, as_of)
        _write(args, result, on)
    except MisuseError as error:
        sys.stderr.write(f"almoner findings: {error}\n")
        return MISUSE
    except _Faulty as error:
        sys.stderr.write(str(error))
        return FAULTY
    return 0


class _Faulty(Exception):
    """Facts of which nothing is computed, and why."""


def _codes(text: str | None) -> list[str] | None:
    if text is None:
        return None
    from almoner.findings.definition import codes

    chosen = [code.strip().upper() for code in text.split(",") if code.strip()]
    unknown = [code for code in chosen if code not in codes()]
    if unknown or not chosen:
        raise MisuseError(
            f"--only {text!a}: there is no finding {', '.join(map(ascii, unknown)) or 'named'}; "
            f"the codes are {', '.join(codes())}"
        )
    return sorted(set(chosen))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise MisuseError(f"--as-of {text!a} is no day; write it as 2026-06-30") from None
    if not 1900 <= day.year <= 2200:
        raise MisuseError(f"--as-of {day} lies outside the years 1900 to 2200")
    return day


def _check(args: argparse.Namespace) -> None:
    if args.engine not in ("duckdb", "spark") and not args.engine.startswith("spark://"):
        raise MisuseError(f"--engine {args.engine!a}: write duckdb, spark or spark://HOST:PORT")
    if args.store and args.database is None:
        raise MisuseError("--store keeps what the database gives: write --database --store")
    if args.package is not None and not args.package.exists():
        raise MisuseError(f"there is nothing at {args.package}; give a folder or a zip")
    if args.format == "parquet" and args.output is None:
        raise MisuseError("--format parquet needs a file: -o FILE")
    if args.output is not None:
        with _told(args.output):
            _check_output(args.output)


def _check_output(output: Path) -> None:
    """Refuse what cannot be written before anything is computed."""
    if output.is_dir():
        raise MisuseError(f"{output} is a folder; name a file in it")
    if not output.absolute().parent.is_dir():
        raise MisuseError(f"there is no folder {output.absolute().parent} for the output")
    if not _is_written_to(output):
        _beside(output.resolve()).unlink()


def _computed(
    args: argparse.Namespace, only: Collection[str] | None, as_of: date | None
) -> "tuple[Result, date]":
    """The findings, and the day that they were judged from."""
    from almoner.findings.package import FaultyPackageError, NumberTooLongError

    try:
        return (_of_package if args.package else _of_record)(args, only, as_of)
    except FaultyPackageError as error:
        raise _Faulty(_faults(args.package, error)) from None
    except NumberTooLongError as error:
        raise _Faulty(f"almoner findings: {error}\n") from None


def _of_package(
    args: argparse.Namespace, only: Collection[str] | None, as_of: date | None
) -> "tuple[Result, date]":
    from almoner.findings.package import as_files
    from almoner.findings.run import run as run_findings

    with progress() as tell, as_files(args.package, tell) as source, _engine(args.engine) as engine:
        on = as_of or source.as_of
        return run_findings(engine.city(source.files, on), only, tell), on


def _of_record(
    args: argparse.Namespace, only: Collection[str] | None, as_of: date | None
) -> "tuple[Result, date]":
    """Of the database; kept for its pages where that is asked."""
    if args.database:
        os.environ["DATABASE_URL"] = args.database
    set_up()
    from django.conf import settings

    from almoner.watch.whole import compute, refresh
    from almoner.web import clock

    on = as_of or clock.today()
    with progress() as tell, _engine(args.engine) as engine:
        if args.store:
            result, _run = refresh(
                engine,
                data=settings.DATA_DIR,
                at=clock.now(),
                as_of=on,
                only=only,
                on_progress=tell,
            )
        else:
            result = compute(engine, data=settings.DATA_DIR, as_of=on, only=only, on_progress=tell)
    return result, on


def _engine(name: str) -> "Engine":
    if name == "duckdb":
        from almoner.findings.engines.duckdb import DuckDB

        return DuckDB()
    from almoner.findings.engines.spark import NoSparkError, Spark

    try:
        return Spark("local[2]" if name == "spark" else name)
    except NoSparkError as error:
        raise MisuseError(str(error)) from None


def _faults(path: Path, error: "FaultyPackageError") -> str:
    faults = error.report.faults
    lines = [f"almoner findings: {path} is faulty, so nothing was computed:\n"]
    for fault in faults[:FAULTS_SHOWN]:
        row = "" if fault.row is None else f", row {fault.row}"
        column = "" if fault.column is None else f", {fault.column}"
        lines.append(f"  {printable(f'{fault.file}{row}{column}')}: {printable(fault.fault)}\n")
    more = len(faults) - FAULTS_SHOWN
    if more > 0:
        lines.append(f"  and {more:,} more\n")
    return "".join([*lines, f"`almoner check {path}` lists them all.\n"])


def _write(args: argparse.Namespace, result: "Result", on: date) -> None:
    """The findings where they were asked for; what else must be known, on standard error."""
    from almoner.findings import output

    if args.format == "parquet":
        with _told(args.output), _whole(args.output) as path:
            output.parquet(result, on, args.language, path)
    else:
        writer: Callable[..., Iterator[str]] = {
            "jsonl": output.jsonl,
            "csv": output.csv_lines,
            "text": output.text,
        }[args.format]
        lines = writer(result, on, args.language)
        if args.output is None:
            sys.stdout.writelines(lines)
        else:
            with (
                _told(args.output),
                _whole(args.output) as path,
                path.open("w", encoding="utf-8", newline="") as file,
            ):
                file.writelines(lines)
    if args.format != "text":
        sys.stderr.writelines(output.notes(result, on, args.language))


@contextmanager
def _told(output: Path) -> Iterator[None]:
    """Say of a file that cannot be written why."""
    try:
        yield
    except OSError as error:
        raise MisuseError(f"{output} cannot be written: {error.strerror or error}") from None


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A file that takes the place of `target` once it is written, and never half of it.

    A device or a pipe is written to; a link goes on pointing to the file that it names.
    """
    if _is_written_to(target):
        yield target
        return
    target = target.resolve()
    path = _beside(target)
    try:
        yield path
        path.chmod(0o644)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def _is_written_to(target: Path) -> bool:
    """Whether it is a device or a pipe, whose place nothing takes."""
    return target.exists() and not target.is_file()


def _beside(target: Path) -> Path:
    """An empty file in the folder of `target`, under a name that nobody uses."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    return Path(name)
