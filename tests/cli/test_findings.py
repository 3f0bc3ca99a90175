"""`almoner findings`: what it writes, in which form, and how it ends."""

import argparse
import csv
import io
import json
import os
import zipfile
from pathlib import Path

import polars as pl
import pytest
from tests.citypackage.small import with_referenced, write_small

from almoner.cli import findings

NAMES = ["code", "table", "id", "key", "value", "limit", "title", "because", "asks", "due", "rows"]


def run(*words: object) -> int:
    """Run the command as the command line does; wrong use of a switch raises SystemExit(2)."""
    parser = argparse.ArgumentParser("almoner")
    findings.add_parser(parser.add_subparsers())
    args = parser.parse_args(["findings", *map(str, words)])
    code: int = args.run(args)
    return code


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package on which two instalments, two rates and one contract raise questions."""
    filled = with_referenced("instalments", "contract_changes", "bids")
    filled["instalments"][0]["paid_fen"] = "199000001"
    filled["bids"][0]["direct_hours"] = "24000"
    return write_small(tmp_path_factory.mktemp("cli") / "city", filled)


def test_json_lines(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(city, "--only", "T06,M02,m01") == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    found = [json.loads(line) for line in lines]
    assert [list(one) for one in found] == [NAMES] * 4
    places = [(one["code"], one["table"], one["id"]) for one in found]
    assert places == [
        ("M01", "instalments", "C1/1"),
        ("M01", "instalments", "C1/2"),
        ("M02", "contracts", "C1"),
        ("T06", "bids", "D1"),
    ]
    late, overpaid, inflated = found[0], found[2], found[3]
    assert late["value"] == 5 and '"value":5,' in lines[0] and late["limit"] is late["key"] is None
    assert overpaid["value"] == 100_001
    assert overpaid["rows"][:2] == [["contracts", "C1"], ["contract_changes", "C1/1"]]
    assert inflated["value"] == pytest.approx(24000 / 21268.8 - 1, abs=1e-9)
    assert inflated["limit"] == 0.1
    assert {one["due"] for one in found} == {"2026-07-14"}
    assert captured.err == ""


def test_a_pipe_is_written_to_and_stays_a_pipe(city: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)) as reader:
        assert run(city, "--only", "M02", "-o", pipe) == 0
        assert json.loads(reader.read())["code"] == "M02"
    assert pipe.is_fifo()


def test_a_link_goes_on_pointing_to_its_file(city: Path, tmp_path: Path) -> None:
    file, link = tmp_path / "found.jsonl", tmp_path / "latest.jsonl"
    link.symlink_to(file)
    assert run(city, "--only", "M02", "-o", link) == 0
    assert link.readlink() == file
    assert json.loads(file.read_text())["code"] == "M02"


def test_the_same_bytes_from_a_zip_into_a_file(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "city.zip", "w") as archive:
        for path in city.iterdir():
            archive.write(path, path.name)
    for name, source in (("a", city), ("b", tmp_path / "city.zip")):
        assert run(source, "--only", "M01", "-o", tmp_path / name) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "city.zip"]
    assert capsys.readouterr().out == ""


def test_as_of_another_day(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(city, "--only", "M01", "--as-of", "2025-12-15") == 0
    assert [json.loads(x)["id"] for x in capsys.readouterr().out.splitlines()] == ["C1/1"]


def test_csv(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(city, "--only", "M01", "--format", "csv", "--language", "zh") == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == ["\ufeffcode", *NAMES[1:]]
    assert rows[0][:7] == ["M01", "instalments", "C1/1", "", "5", "", "付款迟延"]
    assert json.loads(rows[0][-1]) == [["instalments", "C1/1"]]


def test_parquet(city: Path, tmp_path: Path) -> None:
    target = tmp_path / "findings.parquet"
    assert run(city, "--only", "M01,P02", "--format", "parquet", "-o", target) == 0
    frame = pl.read_parquet(target)
    assert frame.columns == NAMES and frame["value"].to_list()[0] == 5.0
    assert frame["rows"].to_list()[0] == [{"table": "instalments", "id": "C1/1"}]
    assert frame.schema["due"] == pl.Date()


def test_text_and_what_cannot_be_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = with_referenced("instalments", "contract_changes")
    package = write_small(tmp_path / "city", filled)
    assert run(package, "--only", "P02,M01", "--format", "text") == 0
    first, *_, counted, last = capsys.readouterr().out.splitlines()
    assert first == "M01 Paid late (2); asks finance"
    assert counted == "2 findings as of 2026-06-30; answers are due by 2026-07-14"
    assert last == "P02 cannot be computed: no COMMITMENTS"
    assert run(package, "--only", "P02") == 0
    assert capsys.readouterr() == ("", "P02 cannot be computed: no COMMITMENTS\n")
    assert run(package, "--only", "P02,M01", "--format", "text", "--language", "zh") == 0
    first, *_, counted, last = capsys.readouterr().out.splitlines()
    assert first.endswith("（2 项），请财政部门说明")
    assert counted == "截至 2026-06-30 有 2 项待核事项；答复期限为 2026-07-14"
    assert last == "P02 无法计算：没有 COMMITMENTS"
    assert run(package, "--only", "P02", "--language", "zh") == 0
    assert capsys.readouterr() == ("", "P02 无法计算：没有 COMMITMENTS\n")


def test_due_in_a_year_without_a_calendar(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(city, "--only", "M01", "--as-of", "2100-01-04") == 0
    assert capsys.readouterr().err.startswith("no calendar of 2100 has been published")


def test_a_faulty_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled = with_referenced("instalments")
    filled["instalments"][0]["due_on"] = "soon"
    filled["instalments"][1]["due_on"] = "soon\x1b[2J"
    assert run(write_small(tmp_path / "city", filled)) == 1
    out, err = capsys.readouterr()
    assert out == "" and "\x1b" not in err
    assert "instalments.csv, row 1, due_on: expected a date" in err
    assert f"`almoner check {tmp_path / 'city'}` lists them all." in err


def test_a_number_too_long_to_be_exact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, fits in (
        ("123456789012345.123456789", True),
        ("0.1234567891", False),
        ("1234567890123456", False),
    ):
        filled = with_referenced("bids")
        filled["bids"][1]["direct_hours"] = number
        package = write_small(tmp_path / number, filled)
        assert run(package, "--only", "T12") == (0 if fits else 1)
        err = capsys.readouterr().err
        assert ("bids, row 2, direct_hours: " + number in err) is not fits


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is nothing at nowhere"),
        ([".", "--only", "T99"], "there is no finding 'T99'; the codes are P01, P02"),
        ([".", "--only", ","], "there is no finding named"),
        ([".", "--as-of", "30.6.2026"], "--as-of '30.6.2026' is no day"),
        ([".", "--as-of", "1899-12-31"], "outside the years 1900 to 2200"),
        ([".", "--format", "parquet"], "needs a file: -o FILE"),
        ([".", "-o", "nowhere/findings"], "there is no folder"),
        ([".", "-o", ".."], ".. is a folder; name a file in it"),
        ([".", "-o", "/proc/findings"], "/proc/findings cannot be written: No such file"),
        ([".", "-o", "x" * 300], "cannot be written: File name too long"),
        ([".", "--store"], "write --database --store"),
        ([".", "--engine", "sqlite"], "--engine 'sqlite': write duckdb, spark or spark://"),
    ],
)
def test_misuse_is_refused_before_anything_is_computed(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(findings, "_computed", None)
    assert run(*words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_what_cannot_be_written_is_said(
    form: str, city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(city, "--only", "M02", "--format", form, "-o", "/dev/full") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("almoner findings: /dev/full cannot be written: No space left on device")


def test_wrong_switches() -> None:
    for words in ([], [".", "--database"], [".", "--format", "xml"]):
        with pytest.raises(SystemExit) as ended:
            run(*words)
        assert ended.value.code == 2
