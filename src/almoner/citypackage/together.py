"""What the rows of a table must be together: order of dates, ranges, sums, no circles."""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation

import polars as pl

from almoner.citypackage.keys import Tell, cycles, same
from almoner.citypackage.schema import Table
from almoner.rules.evaluation import SCORES

ORDERED = (
    ("starts_on", "ends_on"),
    ("employed_from", "employed_to"),
    ("valid_from", "valid_to"),
    ("from_on", "to_on"),
    ("period_from", "period_to"),
)
BOUNDS = dict(zip(("min_score", "max_score"), SCORES, strict=True))
SCORE_RANGES = {"bid_scores": (0, 100), "survey_responses": (1, 5)}
PARENTS = {
    "areas": (("code",), "parent_code"),
    "service_items": (("code",), "parent_code"),
    "indicators": (("framework_id", "framework_version", "id"), "parent_id"),
}
TOLERANCE = Decimal("0.01")  # by which weights may miss 100
_EXACT = Context(prec=1000)  # beyond any sum of numbers of 40 digits


def date_order(table: Table, frame: pl.DataFrame, tell: Tell) -> None:
    """Report rows whose first date is after their second; equal dates are in order."""
    for first, second in ORDERED:
        if first in table.names and second in table.names:
            late = frame.filter(pl.col(first) > pl.col(second)).select("row", first, second)
            for row, start, end in late.iter_rows():
                expected = f"a day not after {second}, which is {end}"
                tell(row, first, str(start), "date_order", expected)


def score_range(
    table: Table, frame: pl.DataFrame, kept: dict[str, pl.DataFrame], tell: Tell
) -> None:
    """Report scores outside their range; ``kept`` has indicators as with_bounds() gives them."""
    if table.name in SCORE_RANGES:
        low, high = SCORE_RANGES[table.name]
        scores = frame.select(
            "row", "score", min_score=pl.lit(str(low)), max_score=pl.lit(str(high))
        )
    elif table.name == "ratings" and {"evaluations", "indicators"} <= kept.keys():
        evaluations = kept["evaluations"].drop("row").unique("id", keep="first")
        key = ["framework_id", "framework_version", "indicator_id"]
        indicators = kept["indicators"].drop("row").rename({"id": "indicator_id"})
        scores = frame.join(evaluations.rename({"id": "evaluation_id"}), on="evaluation_id").join(
            indicators.unique(key, keep="first"), on=key
        )
    else:
        return
    bounds = ["score", "min_score", "max_score"]
    wrong = [
        found
        for found in scores.select(bounds).drop_nulls().unique().iter_rows()
        if not _within(*found)
    ]
    if wrong:
        outside = pl.DataFrame(wrong, schema=dict.fromkeys(bounds, pl.String), orient="row")
        bad = scores.select("row", *bounds).join(outside, on=bounds, how="semi")
        for row, score, low, high in bad.sort("row").iter_rows():
            tell(row, "score", score, "score_range", f"a score from {low} to {high}")


def with_bounds(kept: pl.DataFrame) -> pl.DataFrame:
    """The rows, with what an empty bound of an indicator stands for."""
    return kept.with_columns(
        pl.col(name).fill_null(str(score)) for name, score in BOUNDS.items() if name in kept.columns
    )


def _within(score: str, low: str, high: str) -> bool:
    try:
        return Decimal(low) <= Decimal(score) <= Decimal(high)
    except InvalidOperation:  # a bound that is no number is a fault of its own, and does not bind
        return True


def parent_cycles(table: Table, frame: pl.DataFrame, tell: Tell) -> set[tuple[str, ...]]:
    """Report circles of parents; returns the keys that stand in one."""
    if table.name not in PARENTS:
        return set()
    names, parent = PARENTS[table.name]
    rows = frame.select("row", *names, parent).drop_nulls().iter_rows()
    pairs = ((row, tuple(key), (*key[:-1], up)) for row, *key, up in rows)
    found: set[tuple[str, ...]] = set()
    for row, circle in cycles(pairs):
        keys = [key for key in circle if isinstance(key, tuple)]
        found.update(keys)
        shown = " > ".join(str(key[-1]) for key in [*keys[:10], keys[0]])
        tell(row, parent, keys[0][-1], "parent_cycle", f"parents without a circle; found {shown}")
    return found


def weights(table: Table, frame: pl.DataFrame, circles: set[tuple[str, ...]], tell: Tell) -> None:
    """Report frameworks and tenders whose weights do not sum to 100.

    A group with a weight that could not be read, or with a circle, has no sum to judge.
    """
    if table.name == "tender_criteria":
        group, leaves, what = ["tender_id"], frame, "the award criteria"
    elif table.name == "indicators":
        group, what = ["framework_id", "framework_version"], "the leaf weights"
        parents = frame.select(*group, id="parent_id").drop_nulls()
        leaves = frame.join(parents, on=[*group, "id"], how="anti")
    else:
        return
    skipped = {key[:-1] for key in circles}
    sums = (
        leaves.drop_nulls(group)
        .unique([*group, "id"], keep="first", maintain_order=True)
        .group_by(group, maintain_order=True)
        .agg(pl.col("row").min(), pl.col("weight"))
    )
    for *key, row, numbers in sums.iter_rows():
        if None in numbers or tuple(key) in skipped:
            continue
        total = _total(numbers)
        if abs(_EXACT.subtract(total, Decimal(100))) > TOLERANCE:
            expected = f"{what} with {same(group, key)} to sum to 100 (to {TOLERANCE})"
            tell(row, "weight", f"{total:f}", "weight_sum", expected)


def _total(numbers: list[str]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = _EXACT.add(total, Decimal(number))
    return total
