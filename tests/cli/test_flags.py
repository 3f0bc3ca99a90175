import argparse
import gzip
import io
import json
import os
import resource
import signal
import sys
import tempfile
from threading import Thread

import pytest

from almoner.cli import flags

LATE = {"ocid": "late", "tender": {"tenderPeriod": {"startDate": "", "endDate": ""}}}
LATE["tender"]["tenderPeriod"] |= {
    "startDate": "2020-01-01T00:00:00Z",
    "endDate": "2020-01-02T00:00:00Z",
}


@pytest.fixture
def call(capsysbinary):
    def run(*arguments):
        parser = argparse.ArgumentParser(prog="almoner")
        flags.add_parser(parser.add_subparsers())
        parsed = parser.parse_args(["flags", *map(str, arguments)])
        code = parsed.run(parsed)
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "releases.jsonl"
    path.write_text(json.dumps(LATE) + "\n{broken\n", encoding="utf-8")
    return path


def test_cardinals_shape_and_what_was_left_out(call, file):
    code, out, err = call(file)
    assert (code, json.loads(out)) == (0, {"OCID": {"late": {"R003": 1.0}}, "Meta": {}})
    assert "line 2 skipped: not JSON" in err
    assert "1 contracting processes counted" in err
    assert "R003: computed for 1\n" in err
    assert "R024: computed for 0\n  1 need awards\n" in err


def test_no_currency_steers_the_terminal(call, tmp_path):
    bids = [
        {
            "status": "valid",
            "value": {"amount": 1, "currency": currency},
            "tenderers": [{"id": "T"}],
        }
        for currency in ("A\x1b[2J", "B\x1b[2J")
    ]
    path = tmp_path / "releases.jsonl"
    path.write_text(json.dumps({"ocid": "one", "bids": {"details": bids}}), encoding="utf-8")
    code, _, err = call(path)
    assert code == 0
    assert "currency of comparison: A\ufffd[2J\n" in err
    assert "1 bids in B\ufffd[2J\n" in err
    assert "\x1b" not in err


def test_evidence_to_a_file(call, file, tmp_path):
    path = tmp_path / "out.jsonl"
    assert call(file, "--format", "jsonl", "-o", path)[:2] == (0, b"")
    found = list(map(json.loads, path.read_text().splitlines()))
    assert found[0]["evidence"][0]["days"] == 1
    assert {"R001", "R003"} <= {one["code"] for one in found}


def test_settings_choose_the_indicators(call, file, tmp_path):
    settings = tmp_path / "settings.ini"
    settings.write_text("[R003]\nthreshold = 1\n[redactions]\n")
    code, out, err = call(file, "--settings", settings)
    assert (code, json.loads(out)) == (0, {"Meta": {}})
    assert "not used here: redactions" in err
    settings.write_text("[R003]\nlimit = 1\n")
    code, out, err = call(file, "--settings", settings)
    assert (code, out) == (2, b"")
    assert "the setting limit is not known" in err


def test_strict_stops_at_the_first_malformed_line(call, file):
    code, out, err = call(file, "--strict")
    assert (code, out) == (1, b"")
    assert "line 2: not JSON" in err


def test_a_file_that_cannot_be_read(call, file, tmp_path):
    assert call(tmp_path / "missing.jsonl")[0] == 2
    assert call(tmp_path)[0] == 2
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(b"\x1f\x8bdamaged")
    code, _, err = call(damaged)
    assert code == 1
    assert err.startswith(f"almoner flags: {damaged}: the gzip file is damaged: ")
    assert err.count(str(damaged)) == 1
    assert call(file, "-o", tmp_path / "no" / "folder")[0] == 2


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_a_pipe_is_read_like_a_file(call, file, tmp_path, packed, strict):
    content = file.read_bytes().removesuffix(b"{broken\n" if strict else b"")
    file.write_bytes(gzip.compress(content) if packed else content)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(file.read_bytes(),), daemon=True)
    writer.start()
    assert call(pipe, *strict) == call(file, *strict)
    writer.join()


def test_a_dash_is_standard_input(call, file, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert call("-") == call(file)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\x1f\x8bdamaged")))
    code, _, err = call("-")
    assert (code, err.split(":")[:2]) == (1, ["almoner flags", " -"])


def test_many_malformed_lines_are_told_in_short(call, tmp_path):
    path = tmp_path / "releases.jsonl"
    path.write_text("{\n" * 50)
    err = call(path)[2]
    assert err.count("skipped") == 20
    assert "and 30 more lines" in err


def test_no_room_to_prepare_a_file_says_where(call, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    (tmp_path / "full").mkdir()
    path = tmp_path / "releases.jsonl.gz"
    padded = LATE | {"buyer": {"id": "x" * 1_000}}
    lines = (json.dumps(padded | {"ocid": f"o-{n}"}) for n in range(2_000))
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        code, out, err = call(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert (code, out) == (2, b"")
    assert err == f"almoner flags: {tmp_path / 'full'} cannot be written: File too large\n"
    assert list((tmp_path / "full").iterdir()) == []
