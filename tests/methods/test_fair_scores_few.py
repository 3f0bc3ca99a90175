"""A handful of ratings: scores with their errors, or a sentence that says why there are none."""

import math
import random

import ibis
import pyarrow as pa

from almoner.findings.reduce import reduce_ratings, scaled
from almoner.methods.fair_scores import FairScoreError, Obstacle, fair_scores, fit

TERMS = ["contract", "agency", "rater", "contract:agency"]


def test_few_ratings_give_finite_scores_or_a_reason() -> None:
    database = ibis.duckdb.connect()
    reasons, scored = set(), 0
    for seed in range(20):
        draw = random.Random(seed)
        rows = [
            {
                "score": draw.choice([80, 80, draw.randint(0, 100)]),
                "contract": f"c{draw.randint(1, 3)}",
                "agency": f"a{draw.randint(1, 2)}",
                "rater": f"r{draw.randint(1, 3)}",
            }
            for _ in range(draw.randint(1, 9))
        ]
        database.con.register(f"few{seed}", pa.Table.from_pylist(rows))
        table = database.table(f"few{seed}")
        try:
            found = fit(reduce_ratings(table, scaled(table, "score"), TERMS, []), TERMS)
        except FairScoreError as error:
            reasons.add(str(error).split(":")[0].strip("0123456789 "))
            continue
        for one in fair_scores(found, "contract"):
            assert all(map(math.isfinite, (one.value, one.se, one.raw, one.adjusted)))
            scored += 1
    assert scored > 10 and len(reasons) >= 2


CITY = [*TERMS, "indicator", "rater:indicator"]


def test_a_few_ratings_of_a_city_give_a_fit_or_a_reason() -> None:
    """Terms enough to explain nearly every score: variances grow beyond all digits beside it."""
    database = ibis.duckdb.connect()
    refused = 0
    for seed in range(60):
        draw = random.Random(seed)
        rows = []
        for _ in range(draw.randint(3, 11)):
            contract, agency = draw.randint(1, 3), draw.randint(1, 3)
            rows.append(
                {
                    "score": draw.choice([1.0, 50.0, 99.5]),
                    "contract": f"c{contract}",
                    "district": f"d{contract % 2}",
                    "agency": f"a{agency}",
                    "rater": f"a{agency}/r{draw.randint(1, 2)}",
                    "indicator": f"i{draw.randint(1, 2)}",
                }
            )
        database.con.register(f"city{seed}", pa.Table.from_pylist(rows))
        table = database.table(f"city{seed}")
        statistics = reduce_ratings(table, scaled(table, "score"), [*CITY, "district"])
        try:
            assert math.isfinite(fit(statistics, CITY, ["district"]).criterion)
        except FairScoreError as error:
            refused += error.obstacle == Obstacle.NO_CHANCE
    assert 0 < refused < 60
