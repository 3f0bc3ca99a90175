import argparse
import json

import pytest

from almoner.cli import draw

FRAME = "client,area\nu1,A\nu2,A\nu3,B\nu4,B\nu5,B\nu6,B\n"


@pytest.fixture
def call(capsys):
    def run(*arguments):
        parser = argparse.ArgumentParser(prog="almoner")
        draw.add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["draw", *map(str, arguments)])
        code = parsed.run(parsed)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def frame(tmp_path):
    path = tmp_path / "users.csv"
    path.write_text(FRAME, encoding="utf-8")
    return path


COLUMNS = ("--id", "client", "--strata", "area")


def test_plan_draw_and_check(call, frame, tmp_path):
    plan, lots = tmp_path / "plan.json", tmp_path / "lots.json"
    code, out, err = call(frame, *COLUMNS, "--n", 3, "-o", plan)
    digest = json.loads(plan.read_bytes())["frame_sha256"]
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"frame {digest}",
        "3 of 6",
        "  area A: 1 of 2",
        "  area B: 2 of 4",
        "Publish the plan now; draw with --seed when the seed is there.",
    ]
    assert call(frame, *COLUMNS, "--n", 3, "--seed", "4 1 7", "-o", lots)[0] == 0
    drawn = [lot for lot in json.loads(lots.read_bytes())["order"] if lot["drawn"]]
    assert [lot["stratum"] for lot in drawn] == ["A", "B", "B"]
    code, out, err = call(frame, "--verify", lots)
    assert (code, err) == (0, "")
    assert "holds: every lot recomputed" in out
    assert f"frame {digest}" in out


def test_without_an_output_the_result_goes_to_the_terminal(call, frame, tmp_path):
    lots = tmp_path / "lots.json"
    code, out, _ = call(frame, "--id", "client", "--n", 2, "--seed", "s")
    lots.write_text(out, encoding="utf-8", newline="")
    assert code == 0
    assert call(frame, "--verify", lots)[0] == 0


def test_a_changed_frame_or_result_is_found_out(call, frame, tmp_path):
    lots = tmp_path / "lots.json"
    call(frame, *COLUMNS, "--n", 3, "--seed", "s", "-o", lots)
    whole = lots.read_bytes()
    lots.write_bytes(whole.replace(b'"u1"', b'"u9"'))
    code, out, err = call(frame, "--verify", lots)
    assert (code, out) == (1, "")
    assert "does not hold: lot " in err
    lots.write_bytes(whole)
    frame.write_text(FRAME.replace("u6", "u7"), encoding="utf-8")
    code, _, err = call(frame, "--verify", lots)
    assert code == 1
    assert "the frame is not the one drawn from" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "how many to draw with --n"),
        (("--n", 7, "--id", "client"), "draw at most 6, which is all"),
        (("--n", 1), "column id once; its columns are: client, area"),
        (("--n", 1, "--id", "client", "-o", "nowhere/x.json"), "cannot be written"),
        (("--verify", "lots.json", "--seed", "s"), "give it no other option"),
        (("--verify", "absent.json"), "absent.json cannot be opened"),
    ],
)
def test_misuse_is_told(call, frame, arguments, said):
    code, out, err = call(frame, *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_an_absent_frame_is_told(call, tmp_path):
    code, _, err = call(tmp_path / "absent.csv", "--n", 1)
    assert code == 2
    assert "cannot be opened" in err
