import argparse
import csv
import json

import pytest

from almoner.cli import assign

CENTRES = "id,district,provider\n" + "".join(f"c{n:02},d{n % 6},p{n % 5}\n" for n in range(30))
MODEL = {"variance": {"contract": 36, "contract:year": 6.25, "rater": 4, "residual": 49}}


@pytest.fixture
def call(capsys, tmp_path):
    (tmp_path / "centres.csv").write_text(CENTRES, encoding="utf-8")
    (tmp_path / "model.json").write_text(json.dumps(MODEL), encoding="utf-8")

    def run(*arguments, agencies="A,B,C", seed="s"):
        parser = argparse.ArgumentParser(prog="almoner")
        assign.add_parser(parser.add_subparsers())
        given = [f"--agencies={agencies}", f"--seed={seed}", "-o", str(tmp_path / "out")]
        parsed = parser.parse_args(
            ["assign", str(tmp_path / "centres.csv"), *given, *map(str, arguments)]
        )
        code = parsed.run(parsed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_assignment_and_its_precision(call, tmp_path):
    code, out, err = call("--model", tmp_path / "model.json")
    assert (code, err) == (0, "")
    rows = table(tmp_path / "out" / "assignment.csv")
    assert [row["centre"] for row in rows if row["role"] == "first"] == [
        f"c{n:02}" for n in range(30)
    ]
    assert sum(row["role"] == "second" for row in rows) == 5
    found = table(tmp_path / "out" / "precision.csv")
    assert [(row["agency"], row["other"]) for row in found] == [("A", "B"), ("A", "C"), ("B", "C")]
    errors = sorted(float(row["se"]) for row in found)
    assert out.splitlines()[0] == "30 centres assigned, 5 of them (16.7%) to two agencies"
    assert f"{errors[0]:.2f} to {errors[-1]:.2f} points" in out


def test_the_same_seed_writes_the_same_bytes(call, tmp_path):
    path = tmp_path / "out" / "assignment.csv"
    call()
    before = path.read_bytes()
    call()
    assert path.read_bytes() == before
    call(seed="other")
    assert path.read_bytes() != before
    assert not (tmp_path / "out" / "precision.csv").exists()


def test_ties_and_the_year_before_are_kept(call, tmp_path):
    call()
    before = tmp_path / "2026.csv"
    before.write_bytes((tmp_path / "out" / "assignment.csv").read_bytes())
    ties = tmp_path / "ties.csv"
    ties.write_text("agency,provider\nA,p1\n", encoding="utf-8")
    code, _, _ = call("--previous", before, "--ties", ties)
    assert code == 0
    now = table(tmp_path / "out" / "assignment.csv")
    assert not any(row["agency"] == "A" and int(row["centre"][1:]) % 5 == 1 for row in now)
    kept = {(row["district"], row["agency"]) for row in table(before) if row["role"] == "first"}
    untied = [row for row in now if row["role"] == "first" and int(row["centre"][1:]) % 5 != 1]
    assert untied
    assert not any((row["district"], row["agency"]) in kept for row in untied)


def test_what_is_impossible_is_told(call):
    assert call(agencies="A,B,C,D,E,F,G")[::2] == (
        1,
        "almoner assign: 6 districts cannot be dealt to 7 agencies so that each has one; divide "
        "districts, or name fewer agencies\n",
    )
    assert call("--double", "0.05")[0] == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("centres.csv", b"id,district\nc1,d1\n", "row 1 has no provider"),
        ("centres.csv", b"id,district,provider\nc1, ,p\n", "row 1 has no district"),
        ("centres.csv", b"id,district,provider\n", "has no rows"),
        ("centres.csv", b"\xff", "not UTF-8"),
        ("centres.csv", b'id,district,provider\n"', "not CSV"),
        ("model.json", b"{}", "is no model"),
        ("model.json", b'{"variance": {"residual": "much"}}', "is no model"),
        ("model.json", b"[", "is no model"),
    ],
)
def test_bad_files_are_told(call, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    code, out, err = call("--model", tmp_path / "model.json")
    assert (code, out) == (2, "")
    assert said in err


def test_absent_files_are_told(call, tmp_path):
    code, _, err = call("--ties", tmp_path / "absent.csv")
    assert (code, "absent.csv cannot be opened" in err) == (2, True)
    assert call("--model", tmp_path / "absent.json")[0] == 2
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    assert call()[0] == 2


def test_a_model_that_predicts_nothing_is_told(call, tmp_path):
    (tmp_path / "model.json").write_text('{"variance": {"contract": 3}}', encoding="utf-8")
    code, _, err = call("--model", tmp_path / "model.json")
    assert (code, "residual variance is 0" in err) == (1, True)
