"""`almoner workload`: what a formula, or a file of contract terms, comes to in hours."""

import argparse
import csv
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from almoner.rules.calendar import local_day
from almoner.rules.packs import china
from almoner.rules.symbols import number_text
from almoner.rules.text import printable
from almoner.rules.workload import Workload, WorkloadError, evaluate, names_unknown, total

FAULTS_FOUND = 1
MISUSE = 2
REQUIRED = ("contract_id", "id", "group", "type", "formula")
OPTIONAL = ("category", "hours")
GROUPS = ("direct", "indirect")
NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
EPILOG = """\
examples:
  almoner workload --formula "8 case/staff * 5 session/case * 6 hour/session * 14 staff"
  almoner workload --formula "0.005 * population person * 1 hour/person" --set population=3000
  almoner workload --terms contract_terms.csv --set X=120 --format json

exit codes: 0 all well; 1 a formula cannot be read, or hours differ; 2 the command was misused
"""


class MisuseError(Exception):
    """The command cannot be carried out as it was given."""


@dataclass(frozen=True)
class Term:
    """One row of the file: what its formula comes to, or the fault that it has."""

    row: int
    contract_id: str
    id: str
    group: str
    formula: str
    given_hours: Fraction | None
    workload: Workload | None
    fault: str | None


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "workload",
        help="work out workload formulas in hours",
        description="Work out a formula, or the terms of contracts, exactly and in hours.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--formula", help="one formula")
    source.add_argument(
        "--terms", type=Path, metavar="FILE.csv", help="a file with the columns of contract_terms"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of population or of an unknown such as X; may be repeated",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where faults were found, 2 where it was misused."""
    try:
        values = _read_values(args.set)
        if args.formula is not None:
            return _run_formula(args.formula, values, args.format)
        return _run_terms(args.terms, values, args.format)
    except MisuseError as error:
        sys.stderr.write(f"almoner workload: {error}\n")
        return MISUSE


def _read_values(settings: Sequence[str]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if not names_unknown(name) or not NUMBER.fullmatch(value):
            raise MisuseError(
                f"--set {printable(setting)} is not understood; write population=3000, or a name "
                "with a capital letter and a plain number of at most 30 digits, such as X=12.5"
            )
        if name in values:
            raise MisuseError(f"--set gives {name} twice; give it once")
        values[name] = Decimal(value)
    return values


def _run_formula(formula: str, values: dict[str, Decimal], style: str) -> int:
    try:
        workload = evaluate(formula, values)
    except WorkloadError as error:
        sys.stderr.write(f"almoner workload: the formula cannot be read: {error}\n")
        return FAULTS_FOUND
    if style == "json":
        _write_json({"formula": formula, **_as_json(workload)})
    else:
        sys.stdout.write(f"{workload} hours\n")
        if workload.unknowns:
            names, first = ", ".join(workload.unknowns), workload.unknowns[0]
            sys.stdout.write(f"not known: {names}; supply a value with --set {first}=NUMBER\n")
    return 0


def _run_terms(path: Path, values: dict[str, Decimal], style: str) -> int:
    terms = [_read_term(number, row, values) for number, row in enumerate(_rows(path), start=1)]
    for term in terms:
        if term.fault:
            sys.stderr.write(f"{path}, row {term.row}, term {printable(term.id)}: {term.fault}\n")
    contracts = {
        contract_id: list(members)
        for contract_id, members in groupby(
            sorted(terms, key=lambda term: term.contract_id), key=lambda term: term.contract_id
        )
    }
    if style == "json":
        _write_json([_contract_json(contract_id, rows) for contract_id, rows in contracts.items()])
    else:
        for contract_id, rows in contracts.items():
            _write_contract(contract_id, rows)
    return FAULTS_FOUND if any(term.fault for term in terms) else 0


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of the file by column; MisuseError where it is no such table."""
    rows: list[dict[str, str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            _check_header(path, header)
            for number, cells in enumerate(reader, start=1):
                if len(cells) != len(header):
                    raise MisuseError(
                        f"{path}, row {number} has {len(cells)} cells, the header {len(header)}"
                    )
                rows.append(dict(zip(header, cells, strict=True)))
            return rows
    except OSError as error:
        raise MisuseError(f"{path} cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MisuseError(f"{path} is not UTF-8; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise MisuseError(f"{path}, row {len(rows) + 1} is not CSV: {error}") from None


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    if missing:
        raise MisuseError(f"{path} lacks the column {', '.join(missing)}")
    if unknown or len(set(header)) != len(header):
        columns = ", ".join(REQUIRED + OPTIONAL)
        raise MisuseError(f"{path} must have each of these columns once, no other: {columns}")


def _read_term(number: int, row: dict[str, str], values: dict[str, Decimal]) -> Term:
    faults = []
    workload = given = None
    try:
        workload = evaluate(row["formula"], values)
    except WorkloadError as error:
        faults.append(f"the formula cannot be read: {error}")
    if row["group"] not in GROUPS:
        faults.append(f"group must be direct or indirect, not {printable(row['group'])}")
    hours = row.get("hours", "")
    if NUMBER.fullmatch(hours):
        given = Fraction(hours)
    elif hours:
        faults.append(f"hours must be a plain number or empty, not {printable(hours)}")
    if given is not None and workload and workload.hours is not None:
        # The limit of finding C08 as it stands today: the file carries no date of an act.
        limit = china().limit("C08.hours", local_day(datetime.now(UTC))).value
        difference = abs(given - workload.hours)
        if difference > limit:
            faults.append(
                f"hours says {number_text(given)}, the formula comes to {workload}, a difference "
                f"of {number_text(difference)} (up to {number_text(limit)} is allowed)"
            )
    return Term(
        row=number,
        contract_id=row["contract_id"],
        id=row["id"],
        group=row["group"],
        formula=row["formula"],
        given_hours=given,
        workload=workload,
        fault="; ".join(faults) or None,
    )


def _sums(terms: Sequence[Term]) -> dict[str, Workload]:
    """Direct, indirect and total of the terms whose formula can be read."""
    read = [(term.group, term.workload) for term in terms if term.workload]
    sums = {name: total(work for group, work in read if group == name) for name in GROUPS}
    return {**sums, "total": total(work for _, work in read)}


def _write_contract(contract_id: str, terms: Sequence[Term]) -> None:
    lines = [
        (printable(term.id), term.group, str(term.workload or "cannot be read"), term.formula)
        for term in terms
    ]
    sums = [(name, "", str(workload), "") for name, workload in _sums(terms).items()]
    widths = [max(len(line[column]) for line in lines + sums) for column in range(3)]
    sys.stdout.write(f"contract {printable(contract_id)}, hours of one contract year\n")
    for name, group, hours, formula in lines + sums:
        text = f"  {name:<{widths[0]}}  {group:<{widths[1]}}  {hours:>{widths[2]}}"
        sys.stdout.write(f"{text}  {printable(formula)}".rstrip() + "\n")
    incomplete = sum(term.workload is None for term in terms)
    if incomplete:
        sys.stdout.write(f"  the sums lack {incomplete} formula(s) that cannot be read\n")


def _contract_json(contract_id: str, terms: Sequence[Term]) -> dict[str, object]:
    return {
        "contract_id": contract_id,
        "terms": [
            {
                "row": term.row,
                "id": term.id,
                "group": term.group,
                "formula": term.formula,
                "given_hours": _plain(term.given_hours),
                "fault": term.fault,
                **_as_json(term.workload),
            }
            for term in terms
        ],
        **{name: _as_json(workload) for name, workload in _sums(terms).items()},
    }


def _as_json(workload: Workload | None) -> dict[str, object]:
    return {
        "expression": str(workload) if workload else None,
        "hours": _plain(workload.hours) if workload else None,
        "unknowns": list(workload.unknowns) if workload else None,
    }


def _plain(number: Fraction | None) -> str | None:
    """An exact number as text without separators: a JSON number would be read as a float."""
    return None if number is None else number_text(number).replace(",", "")


def _write_json(document: object) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, sort_keys=True)
    sys.stdout.write("\n")
