import argparse
import json

import pytest
from tests.methods.rated import penicillin

from almoner.cli import agreement

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
HEADER = "unit,rater,score\n"
COLUMNS = ("--unit", "unit", "--rater", "rater", "--score", "score")


@pytest.fixture
def call(capsys, tmp_path):
    def run(rows, *arguments):
        path = tmp_path / "r.csv"
        path.write_text(HEADER + rows)
        parser = argparse.ArgumentParser(prog="almoner")
        agreement.add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["agreement", str(path), *COLUMNS, *arguments])
        code = parsed.run(parsed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_agreement_of_numbers(call):
    rows = "".join(f"{p},{s},{d}\n" for p, s, d in penicillin().rows())
    code, out, err = call(rows)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["n"], found["units"], found["raters"]) == (144, 24, 6)
    assert found["icc"]["ICC(C,1)"]["value"] == pytest.approx(0.7033175, rel=1e-5)
    assert found["model"]["ICC(A,1)"] == pytest.approx(0.1509204, rel=1e-5)


def test_agreement_of_words_is_nominal(call):
    rows = "a,x,yes\na,y,yes\nb,x,no\nb,y,yes\nc,x,no\nc,y,no\n"
    found = json.loads(call(rows, "--level", "nominal")[1])
    assert found["alpha"] == pytest.approx(1 - (2 / 6) / (18 / 30))
    assert "icc" not in found
    code, _, err = call(rows)
    assert code == 1
    assert "row 1, column score: yes is no number (6 such rows)" in err


def test_an_incomplete_table_says_why_it_has_no_classic_correlations(call):
    found = json.loads(call("a,x,1\na,y,2\nb,x,4\nb,y,5\nc,x,9\n")[1])
    assert found["icc"] is None
    assert "not every rater judged every unit once" in found["icc_reason"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,x,1\na,x,2\nb,y,3\n", "rater x judged unit a more than once (1 such pairs)"),
        ("a,x,1\nb,y,2\n", "no unit was judged twice"),
        ("a,x,1\na,y,1\n", "every value is the same"),
        ("a,x,\n", "row 1, column score: is empty"),
        ("", "there are no ratings"),
    ],
)
def test_ratings_without_agreement_are_refused(call, rows, message):
    code, out, err = call(rows)
    assert (code, out) == (1, "")
    assert message in err
