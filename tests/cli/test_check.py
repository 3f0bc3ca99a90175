"""``almoner check``: what it writes, and how it ends."""

import argparse
import json
import zipfile
from pathlib import Path

import pytest
from tests.citypackage.small import tables, with_referenced, write_small

from almoner.cli import check, platform


def run(*words: object) -> int:
    """Run the command as the command line does; wrong use raises SystemExit(2)."""
    parser = argparse.ArgumentParser("almoner")
    check.add_parser(parser.add_subparsers())
    args = parser.parse_args(["check", *map(str, words)])
    code: int = args.run(args)
    return code


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    filled = with_referenced("areas")
    filled["areas"][1]["population"] = "9万\x1b[2J"
    filled["areas"][2]["level"] = ""
    return write_small(tmp_path / "city", filled)


def test_a_sound_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_small(tmp_path / "city", tables())) == 0
    out = capsys.readouterr().out
    assert "no fault found; as of 2026-06-30" in out
    assert "service_records                3 rows" in out


def test_faults_as_text(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(faulty) == 1
    captured = capsys.readouterr()
    first, second, *_, last = captured.out.splitlines()
    assert first.startswith('areas.csv, row 2, population: "9万\\u001b[2J"; expected ')
    assert second.startswith("areas.csv, row 3, level: expected a value")
    assert last == "2 faults found"
    assert "\x1b" not in captured.out and captured.err == ""


def test_faults_as_json_lines(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(faulty, "--format", "jsonl") == 1
    faults = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(fault) for fault in faults] == [["file", "row", "column", "value", "fault"]] * 2
    assert faults[0]["value"] == "9万\x1b[2J"
    assert faults[1] == {
        "file": "areas.csv",
        "row": 3,
        "column": "level",
        "value": None,
        "fault": "expected a value; the cell is empty",
    }


def test_a_sound_package_has_no_json_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small(tmp_path / "city", with_referenced("areas"))
    with zipfile.ZipFile(tmp_path / "city.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert run(tmp_path / "city.zip", "--format", "jsonl") == 0
    assert capsys.readouterr().out == ""


def test_more_faults_than_a_report_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = with_referenced("notices")
    filled["notices"] = [{**filled["notices"][0], "kind": "x"}] * 1_001
    assert run(write_small(tmp_path / "city", filled)) == 1
    assert capsys.readouterr().out.endswith("more than 1,000 faults; reading stopped there\n")


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none") == 2
    assert "there is nothing at" in capsys.readouterr().err
    for words in ([], [tmp_path, "--format", "xml"]):
        with pytest.raises(SystemExit) as ended:
            run(*words)
        assert ended.value.code == 2


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("--help")
    assert ended.value.code == 0
    assert "almoner check city.zip --format jsonl" in capsys.readouterr().out


def test_a_bar_on_a_terminal_after_two_seconds(
    faulty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(faulty) == 1
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(platform, "PATIENCE", -1.0)
    assert run(faulty) == 1
    assert "areas" in capsys.readouterr().err
