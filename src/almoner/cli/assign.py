"""`almoner assign`: who evaluates what, and how well agencies will be told apart."""

import argparse
import csv
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from almoner.methods.assignment import Design
    from almoner.methods.assignment_precision import Precision, Variances

REFUSED = 1
MISUSE = 2
# The terms of a model.json of `almoner fair-scores` that make up each variance of the prediction.
TERMS = {
    "centre": ("contract", "contract:year"),
    "centre_agency": ("contract:agency",),
    "rater": ("rater",),
    "rater_indicator": ("rater:indicator",),
    "residual": ("residual",),
}
EPILOG = """\
CENTRES.csv has the columns id, district, provider. An agency never gets a centre whose provider
it is, or is tied to by a row (agency, provider) of --ties. --previous is the assignment.csv of the
year before: no agency keeps a district.

examples:
  almoner assign centres.csv --agencies A,B,C,D,E,F,G --seed "2026318 4 1 7" -o 2027
  almoner assign centres.csv --agencies A,B,C --ties ties.csv --previous 2026/assignment.csv \\
      --model scores/model.json --raters 6 --per-centre 2 --indicators 25 --seed 417 -o 2027

writes assignment.csv (centre, district, agency, role first or second) and, with --model,
precision.csv (agency, other, se: the standard error of their difference, in points).

exit codes: 0 assigned; 1 there is no such assignment; 2 the command was misused
"""


class MisuseError(Exception):
    """The command cannot be carried out as it was given."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "assign",
        help="assign centres to evaluation agencies",
        description="Deal districts to agencies so that agencies can be compared afterwards.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("centres", type=Path, metavar="CENTRES.csv")
    parser.add_argument("--agencies", required=True, metavar="A,B,C", help="the agencies' names")
    parser.add_argument("--seed", required=True, help="public numbers that nobody could choose")
    parser.add_argument("--ties", type=Path, metavar="TIES.csv", help="who must not meet whom")
    parser.add_argument("--previous", type=Path, metavar="ASSIGNMENT.csv", help="the year before")
    parser.add_argument(
        "--double", type=float, default=0.15, help="share scored by two agencies (default: 0.15)"
    )
    parser.add_argument("--model", type=Path, metavar="MODEL.json", help="its variances")
    parser.add_argument("--raters", type=int, default=6, help="raters of an agency (default: 6)")
    parser.add_argument(
        "--per-centre", type=int, default=2, help="of them at one centre (default: 2)"
    )
    parser.add_argument(
        "--indicators", type=int, default=25, help="indicators each rates (default: 25)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIRECTORY")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where no assignment exists, 2 where it was misused."""
    # scipy takes its time to load: only this command pays for it.
    from almoner.methods.assignment import AssignmentError, Centre, Scoring, assign, districts_of
    from almoner.methods.assignment_precision import Panel, predict

    try:
        centres = [Centre(*row) for row in _rows(args.centres, ("id", "district", "provider"))]
        ties = _rows(args.ties, ("agency", "provider")) if args.ties else []
        last = [
            Scoring(centre, district, agency, "first" if role == "first" else "second")
            for centre, district, agency, role in (
                _rows(args.previous, ("centre", "district", "agency", "role"))
                if args.previous
                else []
            )
        ]
        variances = _variances(args.model) if args.model else None
        design = assign(
            centres,
            [name.strip() for name in args.agencies.split(",") if name.strip()],
            args.seed,
            ties=[(agency, provider) for agency, provider in ties],
            previous=districts_of(last),
            double=args.double,
        )
        panel = Panel(args.raters, args.per_centre, args.indicators)
        precision = predict(design.scorings, variances, panel) if variances else ()
        _write(args.output, design, precision)
    except AssignmentError as error:
        sys.stderr.write(f"almoner assign: {error}\n")
        return REFUSED
    except MisuseError as error:
        sys.stderr.write(f"almoner assign: {error}\n")
        return MISUSE
    sys.stdout.write(_summary(design, precision))
    return 0


def _rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    """These columns of a CSV file, none of them empty; MisuseError where it is no such table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file, strict=True))
    except OSError as error:
        raise MisuseError(f"{path} cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MisuseError(f"{path} is not UTF-8; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise MisuseError(f"{path} is not CSV: {error}") from None
    if not table:
        raise MisuseError(f"{path} has no rows; it needs the columns {', '.join(columns)}")
    rows = []
    for number, row in enumerate(table, start=1):
        cells = [(row.get(column) or "").strip() for column in columns]
        for column, cell in zip(columns, cells, strict=True):
            if not cell:
                raise MisuseError(f"{path}, row {number} has no {column}; fill it in")
        rows.append(cells)
    return rows


def _variances(path: Path) -> "Variances":
    """The variances of a model.json; a term that the model left out counts 0."""
    from almoner.methods.assignment_precision import Variances

    try:
        found = json.loads(path.read_bytes())["variance"]
        sums = {
            name: math.fsum(float(found.get(term, 0)) for term in terms)
            for name, terms in TERMS.items()
        }
    except OSError as error:
        raise MisuseError(f"{path} cannot be opened: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise MisuseError(
            f'{path} is no model: it must hold {{"variance": {{"residual": 49, "rater": 4, ...}}}}'
        ) from None
    return Variances(**sums)


def _write(directory: Path, design: "Design", precision: "Sequence[Precision]") -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_csv(
            directory / "assignment.csv",
            ("centre", "district", "agency", "role"),
            [(one.centre, one.district, one.agency, one.role) for one in design.scorings],
        )
        if precision:
            _write_csv(
                directory / "precision.csv",
                ("agency", "other", "se"),
                [(one.agency, one.other, _points(one.se)) for one in precision],
            )
    except OSError as error:
        raise MisuseError(f"{error.filename} cannot be written: {error.strerror}") from None


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _points(se: float | None) -> str:
    return "" if se is None else f"{se:.4f}"


def _summary(design: "Design", precision: "Sequence[Precision]") -> str:
    second = sum(scoring.role == "second" for scoring in design.scorings)
    first = len(design.scorings) - second
    lines = [f"{first} centres assigned, {second} of them ({second / first:.1%}) to two agencies"]
    if not design.ring:
        lines.append("ties leave no ring of agencies: they are linked, but not evenly")
    told = [(one.se, one.agency, one.other) for one in precision if one.se is not None]
    if told:
        (least, *_), (most, one, other) = min(told), max(told)
        lines.append(
            f"standard error of the difference of two agencies: {least:.2f} to {most:.2f} points "
            f"(largest: {one} and {other})"
        )
    return "\n".join(lines) + "\n"
