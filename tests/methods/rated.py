"""Ratings for the tests: files of facts, and simulated cities."""

import functools
import json
import os
from pathlib import Path

import ibis
import numpy as np
import polars as pl
import pytest

from almoner.findings.reduce import reduce_ratings, scaled
from almoner.methods.fair_scores import fit

# Assay of penicillin by 24 plates (a to x, a row each) and 6 samples (A to F): diameters in mm.
# Davies and Goldsmith (1972), Statistical Methods in Research and Production, 4th ed., p. 131, as
# in the data set Penicillin of the R package lme4.
PENICILLIN = """\
27 23 26 23 23 21
27 23 26 23 23 21
25 21 25 24 24 20
26 23 25 23 23 20
25 22 26 22 23 20
24 22 25 23 22 19
24 20 23 21 22 19
26 22 26 24 24 21
24 21 24 22 22 20
24 21 24 23 22 19
26 23 26 24 24 21
25 22 26 24 24 20
26 24 26 24 25 22
26 23 26 23 23 20
26 23 25 24 24 22
25 22 25 23 23 20
25 21 24 23 23 20
25 22 24 23 23 19
24 21 23 21 21 19
26 23 26 24 24 21
25 21 24 22 22 18
25 22 25 22 22 20
24 21 24 22 24 19
24 21 24 22 21 18
"""


def penicillin():
    """The assay, a row a diameter."""
    rows = [
        ("abcdefghijklmnopqrstuvwx"[plate], "ABCDEF"[sample], int(diameter))
        for plate, line in enumerate(PENICILLIN.splitlines())
        for sample, diameter in enumerate(line.split())
    ]
    return pl.DataFrame(rows, schema=["plate", "sample", "diameter"], orient="row")


def reference(name):
    """A file of the reference data; the test is skipped where they are not there."""
    folder = os.environ.get("ALMONER_REFERENCE")
    path = Path(folder or "") / "ratings" / name
    if not folder or not path.exists():
        pytest.skip("the reference data are not there: set ALMONER_REFERENCE to their folder")
    return path


def answer(name):
    return json.loads(reference(name).read_text())


@functools.cache
def _database():
    """One for all tests: to connect takes longer than to count a few hundred ratings."""
    return ibis.duckdb.connect()


def statistics(frame, score, terms, covariates=()):
    """Sufficient statistics of a polars frame, counted by DuckDB."""
    database = _database()
    database.con.register("ratings", frame.to_arrow())
    table = database.table("ratings")
    numbers = {name: scaled(table, name) for name in covariates}
    return reduce_ratings(table, scaled(table, score), terms, numbers)


def fitted(frame, score, random, fixed=(), covariates=(), **options):
    found = statistics(frame, score, [*random, *fixed], covariates)
    return fit(found, random, [*fixed, *covariates], **options)


@functools.cache
def city(seed, centres=171, indicators=40, years=3):
    """A city of the reference's design, and what it was made of."""
    r = np.random.default_rng(seed)
    agencies, raters, used = 7, 6, min(25, indicators)
    centre, agency = 6 * r.standard_normal(centres), 3 * r.standard_normal(agencies)
    rater = 2 * r.standard_normal((agencies, raters))
    indicator = 5 * r.standard_normal(indicators)
    together = 1.5 * r.standard_normal((centres, agencies))
    of_year = 2.5 * r.standard_normal((centres, years))
    marks = 1.5 * r.standard_normal((agencies, raters, indicators))
    own = np.array([r.permutation(indicators)[:used] for _ in range(agencies)])
    rows = []
    for year in range(years):
        dealt = r.permutation(12) % agencies
        for c in range(centres):
            judges = [dealt[c % 12]]
            if r.random() < 0.15:
                judges.append(r.choice([a for a in range(agencies) if a != judges[0]]))
            for a in judges:
                for k in r.permutation(raters)[:2]:
                    rows += [(c, c % 12, a, a * raters + k, i, year) for i in own[a]]
    c, district, a, k, i, year = np.array(rows).T
    mean = 78 + year + centre[c] + agency[a] + rater[a, k % raters] + indicator[i]
    mean = mean + together[c, a] + of_year[c, year] + marks[a, k % raters, i]
    score = np.round(np.clip(mean + 7 * r.standard_normal(len(c)), 0, 100), 1)
    names = ("centre", "district", "agency", "rater", "indicator", "year")
    frame = pl.DataFrame(dict(zip(names, (c, district, a, k, i, year), strict=True)))
    return frame.with_columns(score=pl.Series(score)), centre, of_year


MODEL = ("centre", "agency", "rater", "indicator", "centre:agency", "centre:year")
FULL = (*MODEL, "rater:indicator")
