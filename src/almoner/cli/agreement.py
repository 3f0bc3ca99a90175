"""`almoner agreement`: how far judges agree."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from almoner.cli.rating_files import FaultError, MisuseError, Ratings, opened

if TYPE_CHECKING:
    from almoner.methods.fair_scores import Statistics

FAULTY = 1
MISUSE = 2
LEVELS = ("nominal", "ordinal", "interval", "ratio")
EPILOG = """\
The answer has Krippendorff's alpha and, for numbers, the six intraclass correlations of Shrout and
Fleiss where every rater judged every unit once, and those of a fitted model in any case.

example:
  almoner agreement ratings.csv --unit centre --rater rater --score score --level interval

exit codes: 0 done; 1 the ratings are faulty or show no agreement; 2 the command was misused
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command with the parser of `almoner`."""
    parser = subparsers.add_parser(
        "agreement",
        help="measure how far judges agree",
        description="Measure how far judges agree on the same units, as JSON.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("ratings", type=Path, metavar="RATINGS", help="CSV or Parquet")
    parser.add_argument("--unit", required=True, metavar="COL", help="what is judged")
    parser.add_argument("--rater", required=True, metavar="COL", help="who judges")
    parser.add_argument("--score", required=True, metavar="COL", help="the judgement")
    parser.add_argument("--level", choices=LEVELS, default="interval", help="interval by default")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; 0, 1 where the ratings are faulty, 2 where it was misused."""
    from almoner.methods.agreement import AgreementError
    from almoner.methods.fair_scores import FairScoreError

    try:
        with opened(args.ratings) as ratings:
            document = _document(ratings, args)
    except MisuseError as error:
        sys.stderr.write(f"almoner agreement: {error}\n")
        return MISUSE
    except (FaultError, FairScoreError, AgreementError) as error:
        sys.stderr.write(f"almoner agreement: {error}\n")
        return FAULTY
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")
    return 0


def _document(ratings: Ratings, args: argparse.Namespace) -> dict[str, object]:
    import ibis
    import numpy as np

    from almoner.findings.reduce import Scaled, reduce_ratings
    from almoner.methods.agreement import Level, alpha

    columns = [args.unit, args.rater, args.score]
    ratings.check_columns(columns)
    if len(set(columns)) < len(columns) or any(":" in column for column in columns):
        raise MisuseError("--unit, --rater and --score are three different columns")
    ratings.check_filled(columns)
    nominal = args.level == Level.NOMINAL
    nothing = Scaled(ibis.literal(0).cast("int64"), 1)
    score = nothing if nominal else ratings.numbers(args.score)
    statistics = reduce_ratings(ratings.table, score, columns)
    _check_once(statistics, args)
    labels = [part[0] for part in statistics.factors[2].parts]
    values = np.arange(len(labels)) if nominal else np.array([float(label) for label in labels])
    order = np.argsort(values, kind="stable")
    counts = statistics.crossed(0, 2)[:, order]
    found: dict[str, object] = {
        "n": statistics.n,
        "units": len(statistics.factors[0].parts),
        "raters": len(statistics.factors[1].parts),
        "level": args.level,
        "alpha": alpha(counts, values[order].astype(np.float64), Level(args.level)),
    }
    return found if nominal else found | _correlations(statistics, args)


def _check_once(statistics: "Statistics", args: argparse.Namespace) -> None:
    """FaultError where a rater judged a unit twice: it is unknown which judgement counts."""
    crossed = statistics.crossed(0, 1).tocoo()
    twice = (crossed.data > 1).nonzero()[0]
    if len(twice):
        unit = statistics.factors[0].levels[crossed.row[twice[0]]]
        rater = statistics.factors[1].levels[crossed.col[twice[0]]]
        raise FaultError(
            f"{args.ratings}: {args.rater} {rater} judged {args.unit} {unit} more than once "
            f"({len(twice):,} such pairs); keep one judgement of each, or take their mean"
        )


def _correlations(statistics: "Statistics", args: argparse.Namespace) -> dict[str, object]:
    """Of the complete table, or the reason why there are none; and of a fitted model."""
    from almoner.methods.agreement import AgreementError, intraclass
    from almoner.methods.agreement_model import model_correlations
    from almoner.methods.fair_scores import FairScoreError, fit

    found: dict[str, object] = {}
    try:
        classes = intraclass(statistics, args.unit, args.rater)
        found["icc"] = {
            name: {"value": c.value, "low": c.low, "high": c.high} for name, c in classes.items()
        }
    except AgreementError as error:
        found |= {"icc": None, "icc_reason": str(error)}
    try:
        fitted = fit(statistics, [args.unit, args.rater])
        found["model"] = {
            "variance": dict(fitted.variance),
            "dropped": {dropped.term: dropped.reason for dropped in fitted.dropped},
            **model_correlations(fitted, args.unit, args.rater),
        }
    except FairScoreError as error:
        found |= {"model": None, "model_reason": str(error)}
    return found
