"""`almoner fair-scores`: who judges harshly, and what the scores are without that."""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from almoner.cli.platform import progress
from almoner.cli.rating_files import FaultError, MisuseError, opened
from almoner.rules.text import printable

if TYPE_CHECKING:
    from almoner.findings.fair import CityScores
    from almoner.methods.comparability import Component, Link
    from almoner.methods.fair_scores import Fit

FAULTY = 1
MISUSE = 2
GROUPS_SHOWN = 20
DIGITS = 12
Z = 1.959963984540054  # of a normal interval of 95 %
EPILOG = """\
A term is a column, or columns joined with a colon: rater:indicator has a level for each pair. A
--fixed column of text or of whole numbers is a category, compared with its first level; one of
decimals is a number, as every --covariate is.

examples:
  almoner fair-scores ratings.csv --score score --random centre --random rater \\
      --random centre:year --fixed year -o fair
  almoner fair-scores --package city.zip -o fair

DIR gets model.json, effects.csv and, of a package, fair_scores.csv and judges.csv.

exit codes: 0 done; 1 the ratings are faulty or cannot be compared; 2 the command was misused
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "fair-scores",
        help="take out of scores what the judges put in",
        description="Fit a model with random effects of contracts, agencies, raters and whatever "
        "else is named, by restricted maximum likelihood.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("ratings", nargs="?", type=Path, metavar="RATINGS", help="CSV or Parquet")
    parser.add_argument("--package", type=Path, metavar="PACKAGE", help="a city package instead")
    parser.add_argument("--score", metavar="COL", help="the column of the scores")
    parser.add_argument(
        "--random", action="append", default=[], metavar="TERM", help="may be repeated"
    )
    parser.add_argument(
        "--fixed", action="append", default=[], metavar="TERM", help="may be repeated"
    )
    parser.add_argument(
        "--covariate", action="append", default=[], metavar="COL", help="a column of numbers"
    )
    parser.add_argument(
        "--scale", nargs=2, type=float, metavar=("LOW", "HIGH"), help="scores must lie within"
    )
    parser.add_argument(
        "--largest",
        action="store_true",
        help="of a package whose contracts and agencies are not connected, the largest group only",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where the ratings are faulty, 2 where it was misused."""
    from almoner.methods.fair_scores import FairScoreError

    try:
        _check(args)
        if args.package is not None:
            return _of_package(args)
        return _of_file(args)
    except MisuseError as error:
        sys.stderr.write(f"almoner fair-scores: {error}\n")
        return MISUSE
    except (FaultError, FairScoreError) as error:
        sys.stderr.write(f"almoner fair-scores: {error}\n")
        return FAULTY


def _check(args: argparse.Namespace) -> None:
    given = [args.score, args.random, args.fixed, args.covariate, args.scale]
    if (args.package is None) == (args.ratings is None):
        raise MisuseError("give either a file of ratings or --package PACKAGE")
    if args.package is not None and any(given):
        raise MisuseError("--package has a model of its own: leave out --score, --random and so on")
    if args.ratings is not None and args.largest:
        raise MisuseError("--largest goes with --package")
    if args.ratings is not None and (args.score is None or not args.random):
        raise MisuseError("name the column of the scores, --score COL, and at least one --random")
    if args.output.exists() and not args.output.is_dir():
        raise MisuseError(f"{args.output} is no folder")
    if not args.output.absolute().parent.is_dir():
        raise MisuseError(f"there is no folder {args.output.absolute().parent} for the output")


def _of_file(args: argparse.Namespace) -> int:
    from almoner.findings.reduce import reduce_ratings
    from almoner.methods.fair_scores import fit

    random, fixed = (list(dict.fromkeys(names)) for names in (args.random, args.fixed))
    with progress() as tell, opened(args.ratings) as ratings:
        columns = _columns([*random, *fixed])
        ratings.check_columns([args.score, *columns, *args.covariate])
        if args.score in [*columns, *args.covariate]:
            raise MisuseError(f"the score, {args.score}, cannot explain itself")
        single = [name for name in fixed if ":" not in name and name not in random]
        numbers = [name for name in single if ratings.has_fractions(name)]
        covariates = list(dict.fromkeys([*numbers, *args.covariate]))
        factors = [name for name in dict.fromkeys([*random, *fixed]) if name not in covariates]
        ratings.check_filled([c for c in columns if c not in covariates])
        tell("counting", 0.0)
        repeated, twice = ratings.repeated(), ratings.repeated(but=args.score)
        score = ratings.numbers(args.score)
        if args.scale:
            ratings.check_scale(args.score, *args.scale)
        units = {name: ratings.numbers(name) for name in covariates}
        # An interaction of fixed factors is told apart by the first levels of its columns.
        parts = [c for name in fixed if ":" in name for c in name.split(":")]
        terms = [*factors, *(c for c in parts if c not in factors)]
        statistics = reduce_ratings(ratings.table, score, terms, units)
        tell("counting", 1.0)
        tell("fitting", 0.0)
        fitted = fit(statistics, random, list(dict.fromkeys([*fixed, *args.covariate])))
        tell("fitting", 1.0)
    for name, scaled in {args.score: score, **units}.items():
        if scaled.rounded:
            _say(f"column {name} was rounded to units of 1/{scaled.scale:,}")
    if repeated:
        _say(f"rows that repeat another in every column: {repeated:,}; each counts as a rating")
    if twice > repeated:
        _say(
            f"rows that differ from another in the score alone: {twice - repeated:,}; each counts "
            "as a rating, though a rater may have judged the same thing twice"
        )
    args.output.mkdir(exist_ok=True)
    _write_model(args.output, fitted, {"repeated": repeated})
    _tell(fitted)
    return 0


def _columns(terms: Sequence[str]) -> list[str]:
    """The columns of terms, each once; MisuseError for a term that names none."""
    found = [column for term in terms for column in term.split(":")]
    if not all(found) or any(len(set(t.split(":"))) < len(t.split(":")) for t in terms):
        raise MisuseError("a term is a column, or different columns joined with a colon")
    return list(dict.fromkeys(found))


def _of_package(args: argparse.Namespace) -> int:
    from almoner.findings.engines.duckdb import DuckDB
    from almoner.findings.fair import NEEDS, city_scores, comparability
    from almoner.findings.package import FaultyPackageError, NumberTooLongError, as_files

    package, output = args.package, args.output
    if not package.exists():
        raise MisuseError(f"there is nothing at {package}; give a folder or a zip")
    try:
        with progress() as tell, as_files(package, tell) as source, DuckDB() as engine:
            missing = [name for name in NEEDS if name not in source.files]
            if missing:
                raise FaultError(f"{package} does not list {', '.join(missing)}")
            city = engine.city(source.files, source.as_of)
            groups, links = comparability(city)
            if len(groups) > 1 and not args.largest:
                raise FaultError(_groups(groups, links))
            tell("fitting", 0.0)
            scores = city_scores(city, groups[0] if groups else None)
            tell("fitting", 1.0)
            as_of = source.as_of
    except FaultyPackageError as error:
        raise FaultError(
            f"{package} is faulty; `almoner check {package}` lists its faults "
            f"({len(error.report.faults):,})"
        ) from None
    except NumberTooLongError as error:
        raise FaultError(str(error)) from None
    output.mkdir(exist_ok=True)
    _write_package(output, scores, as_of)
    _tell(scores.fit)
    return 0


def _groups(groups: "Sequence[Component]", links: "Sequence[Link]") -> str:
    """What falls apart, and what would connect it."""
    lines = [
        f"contracts and agencies fall into {len(groups):,} groups that no agency connects, and "
        "between them there is no ranking (--largest fits the first alone):"
    ]
    for number, group in enumerate(groups[:GROUPS_SHOWN], 1):
        agencies = ", ".join(printable(judge) for judge in group.judges)
        first = printable(group.contracts[0])
        lines.append(
            f"  {number}. {len(group.contracts):,} contracts ({first}, ...) judged by {agencies}"
        )
    lines += _more(len(groups))
    lines.append("Evaluations that would connect them:")
    for link in links[:GROUPS_SHOWN]:
        contract, judge = printable(link.contract), printable(link.judge)
        lines.append(f"  {contract} by {judge} (about {link.ratings:,} ratings)")
    return "\n".join([*lines, *_more(len(links))])


def _more(count: int) -> list[str]:
    return [f"  and {count - GROUPS_SHOWN:,} more"] if count > GROUPS_SHOWN else []


def _write_package(output: Path, scores: "CityScores", as_of: date) -> None:
    from almoner.methods.agreement_model import dependability, same_grade
    from almoner.rules.grades import Grade
    from almoner.rules.packs import china

    grades = list(Grade)
    limits = [float(china().limit(f"grade.{g}", as_of).value) for g in grades[:-1]]
    fitted = scores.fit
    dependable = dependability(fitted, scores.design)
    _write_model(
        output,
        fitted,
        {
            "ratings_left_out": scores.left_out,
            "residual_mean_square": scores.mean_square,
            "reliability": dependable.reliability,
            "phi": dependable.phi,
            "separation": dependable.separation,
            "raters_of_an_evaluation": scores.design.raters,
            "ratings_of_an_evaluation": scores.design.ratings,
        },
    )
    same = same_grade(fitted, scores.scores, scores.design, limits)
    _write_csv(
        output / "fair_scores.csv",
        "contract_id year ratings raw adjusted fair se low high best_rank worst_rank grade "
        "same_grade same_grade_low same_grade_high",
        (
            (
                *s.parts,
                s.ratings,
                s.raw,
                s.adjusted,
                s.value,
                s.se,
                s.value - Z * s.se,
                s.value + Z * s.se,
                s.best,
                s.worst,
                grades[g.grade],
                g.probability,
                g.low,
                g.high,
            )
            for s, g in zip(scores.scores, same, strict=True)
        ),
    )
    spread = {f"{c.agency}/{c.rater}": c for c in scores.consistency}
    _write_csv(
        output / "judges.csv",
        "kind id ratings severity se residual_mean_square residual_ratio",
        [("agency", s.level, s.ratings, s.value, s.se, None, None) for s in scores.agencies]
        + [
            ("rater", r.level, r.ratings, r.value, r.se, c.mean_square, c.ratio)
            for r in scores.raters
            for c in [spread[r.level]]
        ],
    )


def _write_model(output: Path, fitted: "Fit", more: dict[str, object]) -> None:
    convergence = fitted.convergence
    levels = {name: len(effects.levels) for name, effects in fitted.effects.items()}
    document = {
        "variance": dict(fitted.variance),
        "variance_se": dict(fitted.variance_se),
        "fixed": {name: {"value": e.value, "se": e.se} for name, e in fitted.fixed.items()},
        "criterion": fitted.criterion,
        "n": fitted.statistics.n,
        "levels": levels,
        "converged": convergence.converged,
        "convergence": {
            "method": convergence.method,
            "steps": convergence.steps,
            "halvings": convergence.halvings,
            "zero": list(convergence.zero),
        },
        "dropped": {dropped.term: dropped.reason for dropped in fitted.dropped},
        **more,
    }
    with (output / "model.json").open("w", encoding="utf-8") as file:
        json.dump(_plain(document), file, ensure_ascii=False, indent=2, allow_nan=False)
        file.write("\n")
    _write_csv(
        output / "effects.csv",
        "term level value se prediction_se",
        (
            (name, *row)
            for name, effects in fitted.effects.items()
            for row in zip(
                effects.levels,
                effects.values.tolist(),
                effects.se.tolist(),
                effects.prediction_se.tolist(),
                strict=True,
            )
        ),
    )


def _plain(value: object) -> object:
    """Numbers with twelve digits, all that a fit can promise."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _write_csv(path: Path, header: str, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows([_cell(cell) for cell in row] for row in rows)


def _cell(value: object) -> object:
    return f"{value + 0.0:.{DIGITS}g}" if isinstance(value, float) else value


def _tell(fitted: "Fit") -> None:
    """The variances on standard output; what was left out or is zero on standard error."""
    width = max(len(printable(name)) for name in fitted.variance)
    sys.stdout.write(f"{fitted.statistics.n:,} ratings, REML criterion {fitted.criterion:.6f}\n")
    for name, value in fitted.variance.items():
        error = fitted.variance_se[name]
        shown = f"{value:14.6g}  (se {error:.3g})" if error is not None else f"{0:14}"
        sys.stdout.write(f"  {printable(name):<{width}}{shown}\n")
    for dropped in fitted.dropped:
        _say(f"{printable(dropped.term)} was left out: {printable(dropped.reason, 200)}")
    for name in fitted.convergence.zero:
        _say(f"the variance of {printable(name)} is 0: its levels differ no more than by chance")
    if not fitted.convergence.converged:
        _say("the fit did not converge; its numbers are the best that were found")


def _say(sentence: str) -> None:
    sys.stderr.write(f"almoner fair-scores: {sentence}\n")
