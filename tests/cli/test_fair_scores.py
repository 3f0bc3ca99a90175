import argparse
import csv
import json

import pytest
from tests.methods.rated import city, penicillin

from almoner.cli import fair_scores

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
TERMS = ("--score", "diameter", "--random", "plate", "--random", "sample")
HEADER = "unit,rater,score\n"


@pytest.fixture
def call(capsys, tmp_path):
    def run(*arguments):
        parser = argparse.ArgumentParser(prog="almoner")
        fair_scores.add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["fair-scores", *map(str, arguments), "-o", f"{tmp_path}/out"])
        code = parsed.run(parsed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def model(tmp_path):
    return lambda: json.loads((tmp_path / "out" / "model.json").read_text())


def written(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_of_ratings_is_fitted(call, model, tmp_path, form):
    path = tmp_path / f"penicillin[1].{form}"
    (tmp_path / f"penicillin1.{form}").write_text("another file")
    frame = penicillin()
    frame.write_csv(path) if form == "csv" else frame.write_parquet(path)
    code, out, err = call(path, *TERMS)
    assert (code, err) == (0, "")
    assert "144 ratings, REML criterion 330.860589" in out
    found = model()
    assert found["variance"] == pytest.approx(
        {"plate": 0.716908, "sample": 3.730917, "residual": 0.302415}, rel=1e-5
    )
    assert found["fixed"]["(Intercept)"]["value"] == pytest.approx(22.97222222)
    assert (found["n"], found["levels"]) == (144, {"plate": 24, "sample": 6})
    assert (found["converged"], found["dropped"]) == (True, {})
    effects = written(tmp_path / "out" / "effects.csv")
    assert [e["level"] for e in effects if e["term"] == "sample"] == list("ABCDEF")
    assert float(effects[0]["se"]) == pytest.approx(0.2713593, rel=1e-3)


def test_the_order_of_the_rows_does_not_matter(call, tmp_path):
    frame = city(2, centres=12, indicators=6, years=2)[0]
    seen = []
    for seed in (1, 2):
        path = tmp_path / "ratings.csv"
        frame.sample(fraction=1.0, shuffle=True, seed=seed).write_csv(path)
        options = ["--random", "centre", "--random", "rater:indicator", "--fixed", "year"]
        assert call(path, "--score", "score", *options)[0] == 0
        seen.append([p.read_bytes() for p in sorted((tmp_path / "out").iterdir())])
    assert seen[0] == seen[1]


def test_whole_numbers_are_categories_and_decimals_are_numbers(call, model, tmp_path):
    rows = [f"u{i % 5},{i % 3},{i / 4},{i % 3},{i * 7 % 11}" for i in range(60)]
    path = tmp_path / "r.csv"
    path.write_text("unit,year,share,age,score\n" + "\n".join(rows) + "\n")
    fixed = ["--fixed", "year", "--fixed", "share"]
    assert call(path, "--score", "score", "--random", "unit", *fixed)[0] == 0
    assert list(model()["fixed"]) == ["(Intercept)", "year1", "year2", "share"]
    options = ["--covariate", "age", "--fixed", "share"]
    assert call(path, "--score", "score", "--random", "unit", *options)[0] == 0
    assert list(model()["fixed"]) == ["(Intercept)", "share", "age"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,x,1\nb,y,\n", "row 2, column score: is empty"),
        ("a,x,1\n,y,2\n,y,3\n", "row 2, column unit: is empty (2 such rows)"),
        ("a,x,1\n   ,y,2\n", "row 2, column unit: is empty"),
        ("a,x,1\nb,y,good\n", "row 2, column score: good is no number"),
        ("a,x,1\nb,y,inf\n", "row 2, column score: inf is no finite number"),
        ("a,x,1\nb,y,nan\n", "row 2, column score: nan is no finite number"),
        ("a,x,1\nb,y,101\n", "row 2, column score: 101.0 lies outside the scale from 0 to 100"),
        ("a,x,7\nb,y,7\na,y,7\n", "every score is 7"),
        ("a,x,7\n", "1 ratings are too few"),
        ("", "there are no ratings"),
    ],
)
def test_faulty_ratings_are_refused_by_row(call, tmp_path, rows, message):
    path = tmp_path / "r.csv"
    path.write_text(HEADER + rows)
    code, out, err = call(path, "--score", "score", "--random", "unit", "--scale", 0, 100)
    assert (code, out) == (1, "")
    assert message in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "r.csv is empty"),
        ("unit,score\n甲,1\n".encode("gbk"), "nor as CSV in UTF-8"),
        (b"unit,rater,score\na,x,1\nb,2\nc,y,3\n", "as many cells in each row as in the header"),
        (b"unit;score\na;1\n", "has no column score; it has unit;score"),
    ],
)
def test_what_is_no_table_is_refused(call, tmp_path, content, message):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    code, out, err = call(path, "--score", "score", "--random", "unit")
    assert (code, out) == (2, "")
    assert message in err


def test_what_cannot_be_carried_or_is_repeated_is_said(call, model, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(HEADER + "a,x,1\na,x,1\nb,x,3\nb,x,4\nc,x,9\nc,x,8\n")
    code, out, err = call(path, "--score", "score", "--random", "unit", "--random", "rater")
    assert code == 0
    assert "rater was left out: it has one level only (x)" in err
    assert "rows that repeat another in every column: 1" in err
    assert "rows that differ from another in the score alone: 2" in err
    assert model()["dropped"] == {"rater": "it has one level only (x)"}
    assert model()["repeated"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either a file of ratings or --package"),
        (["r.csv"], "name the column of the scores"),
        (["r.csv", "--score", "score", "--random", "judge"], "has no column judge; it has unit"),
        (["r.csv", "--score", "score", "--random", "score"], "cannot explain itself"),
        (["r.csv", "--score", "score", "--random", "unit:"], "a term is a column, or"),
        (["none.csv", "--score", "score", "--random", "unit"], "there is no file"),
        (["--package", "nowhere"], "there is nothing at nowhere"),
        (["--package", "nowhere", "--score", "x"], "a model of its own"),
        (["r.csv", "--largest", "--score", "score", "--random", "unit"], "goes with --package"),
    ],
)
def test_misuse(call, tmp_path, monkeypatch, arguments, message):
    (tmp_path / "r.csv").write_text(HEADER + "a,x,1\nb,y,2\n")
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert message in err
