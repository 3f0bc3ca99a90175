"""Files of every packing, and files that are broken or hostile."""

import gzip
import io
import json
import os

import pytest

from almoner.flags import FileError, Settings, UnreadableError, columns, count, flags, reading
from almoner.flags.output import cardinal_json, evidence_lines

from .conftest import bid, process

SINGLE = {"codes": ["R018"]}
OPEN = {"procurementMethod": "open"}


def single(ocid, **fields):
    return process(ocid, bid("A"), **{"tender": OPEN, **fields})


def found_in(report):
    return set(report.values.get("OCID", {}))


def test_lines_packages_and_records_are_all_read(report):
    lines = [
        single("line"),
        {"releases": [single("package"), single("package too")]},
        {"ocid": "record", "releases": [{"url": "elsewhere"}], "compiledRelease": single("record")},
        {
            "records": [
                {"ocid": "r1", "compiledRelease": single("r1")},
                {"releases": [single("r2")]},
            ]
        },
    ]
    found = report(*lines, **SINGLE)
    assert found_in(found) == {"line", "package", "package too", "record", "r1", "r2"}
    assert found.faults == ()
    assert report(*lines, name="a.jsonl.gz", **SINGLE) == found


def test_a_package_over_many_lines(report):
    package = {"uri": "x", "releases": [single("1"), single("2")]}
    content = json.dumps(package, indent=2).encode()
    assert found_in(report(content, **SINGLE)) == {"1", "2"}
    assert found_in(report(content, name="package.json.gz", **SINGLE)) == {"1", "2"}
    assert found_in(report(b"\xef\xbb\xbf" + content, **SINGLE)) == {"1", "2"}


@pytest.mark.parametrize("indent", [None, 1])
def test_a_large_package_with_a_byte_order_mark(report, indent):
    package = {"uri": "x", "releases": [single("1"), single("2", title="x" * 17_000_000)]}
    content = b"\xef\xbb\xbf" + json.dumps(package, indent=indent).encode()
    found = report(content, **SINGLE)
    assert (found_in(found), found.faults) == ({"1", "2"}, ())


def test_releases_of_one_process_are_merged_by_date(report):
    """As OCDS compiles them: the later field holds, and bids are the same by their id."""
    first = {
        "ocid": "1",
        "date": "2020-01-01T00:00:00Z",
        "tender": {"procurementMethod": "direct", "status": "active"},
        "bids": {"details": [{**bid("A", status="pending"), "id": "b1"}]},
    }
    second = {
        "ocid": "1",
        "date": "2020-02-01T00:00:00Z",
        "tender": OPEN,
        "bids": {"details": [{"id": "b1", "status": "valid"}]},
    }
    for lines in ([first, second], [second, first], [{"releases": [second, first]}]):
        found = report(*lines, **SINGLE, evidence=True)
        assert found.processes == 1
        (shown,) = found.evidence["R018", "OCID", "1"]
        assert shown["bids"] == [{"bid": "b1", "status": "valid", "tenderers": ["A"]}]
    second["tender"] = {**OPEN, "status": "cancelled"}
    assert report(first, second, **SINGLE).left_out == {"the tender was cancelled": 1}


@pytest.mark.parametrize("number", [1, 2, 2**64, -(10**30), 10**4000])
def test_a_release_with_a_number_of_any_size_is_merged(report, number):
    release = single("1", tender={**OPEN, "numberOfTenderers": number})
    found = report(release, {"ocid": "1", "date": "2020"}, **SINGLE)
    assert found.processes == 1
    assert found_in(found) == ({"1"} if number == 1 else set())


def test_the_same_line_twice_is_one_process(report):
    found = report(single("1"), single("1"), **SINGLE)
    assert (found.processes, found_in(found)) == (1, {"1"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken\n", "not JSON"),
        (b'{"ocid": NaN}\n', "NaN is no number"),
        (b"[1]\n", "not a JSON object"),
        (b"null\n", "not a JSON object"),
        (b'{"ocid": "\xff"}\n', "not UTF-8 at byte 11"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", "nested too deeply"),
        (b'{"a": 1} {"b": 2}\n', "not JSON"),
        (b'{"releases": [5]}\n', "release 1: not a JSON object"),
        (b'{"releases":[{"releases":[{"releases":[{}]}]}]}\n', "a package within packages"),
    ],
)
def test_a_malformed_line_is_reported_with_its_number(report, write, line, reason):
    found = report(single("1"), b"\n", line, single("4"), **SINGLE)
    ((number, told),) = found.faults
    assert number == 3
    assert reason in told
    assert found_in(found) == {"1", "4"}
    path = write(single("1"), b"\n", line, single("4"))
    with pytest.raises(UnreadableError, match="line 3: "):
        flags(path, Settings(codes=("R018",)), strict=True)


def test_a_line_far_down_a_file_is_reported_as_well(report):
    lines = [single(f"{n}", title="x" * 1_000_000) for n in range(80)]
    found = report(*lines, b"{broken\n", single("x"), **SINGLE)
    assert [number for number, _ in found.faults] == [81]
    assert len(found_in(found)) == 81


@pytest.mark.parametrize("rest", [b',"x":[1,]', b',"x":NaN', b',"x":' + b"[" * 3000 + b"]" * 3000])
def test_what_passes_in_a_file_read_at_once_is_a_fault_with_strict(write, rest):
    path = write(json.dumps(single("1")).encode().removesuffix(b"}") + rest + b"}\n")
    assert found_in(flags(path, Settings(codes=("R018",)))) == {"1"}
    with pytest.raises(UnreadableError, match="line 1: "):
        flags(path, Settings(codes=("R018",)), strict=True)


def test_values_of_a_wrong_type_are_absent(report):
    strange = single("1", id=5, awards="none", buyer=[1], bids={"details": [None, 7, bid("A")]})
    numbered = single("2", tender={**OPEN, "numberOfTenderers": "1"})
    numbered["bids"]["details"][0]["tenderers"] = [{"id": 12}]
    huge = b"""{"ocid":"3","tender":{"procurementMethod":"open","numberOfTenderers":%s},"bids":
        {"details":[{"status":"valid","value":{"amount":1e999,"currency":"X"}}]}}"""
    twice = b"""{"ocid":"4","tender":{"procurementMethod":"direct"},
        "tender":{"numberOfTenderers":1,"procurementMethod":"open"}}"""
    lone = b"""{"ocid":"\\ud800","tender":{"procurementMethod":"open","numberOfTenderers":1}}"""
    hostile = [huge % (b"1" * 9999), twice, lone]
    lines = [strange, numbered, *(line.replace(b"\n", b"") + b"\n" for line in hostile)]
    found = report(*lines, **SINGLE, evidence=True)
    assert found.faults == ()
    # A number of tenderers beyond counting is not known: the one bid is counted.
    assert found_in(found) == {"1", "2", "3", "4", "?"}
    assert found.evidence["R018", "OCID", "2"][0]["bids"][0]["tenderers"] == ["12"]
    assert "amount" not in found.evidence["R018", "OCID", "3"][0]["bids"][0]


def test_a_cell_of_a_million_characters(report):
    long = "x" * 1_000_000
    assert found_in(report(single(long), single("2", title=long), **SINGLE)) == {long, "2"}


def test_hostile_text_stays_text(report):
    ocid = "'; DROP TABLE x; --\n=1+1\x1b[2J"
    found = report(single(ocid), **SINGLE)
    assert json.loads(cardinal_json(found))["OCID"] == {ocid: {"R018": 1.0}}


@pytest.mark.parametrize("filling", [b"\n", b" ", b"{}\n"])
def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch, filling):
    monkeypatch.setattr(reading, "ALWAYS_ALLOWED", 100_000)
    monkeypatch.setattr(reading, "LONGEST", 100_000)
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(single("1")).encode() + b"\n" + filling * 5_000_000))
    with pytest.raises(FileError, match="200-fold"):
        flags(path, Settings())


def test_a_damaged_gzip_file_is_refused(write):
    path = write(*map(single, map(str, range(2000))), name="a.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FileError, match="damaged"):
        flags(path, Settings())


def test_a_line_longer_than_can_be_kept_is_passed_over(write, monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 10_000)
    # More than a buffer of the engine, which would read it else.
    path = write(single("1"), single("2", title="x" * 34_000_000), single("3"), single("4"))
    found = flags(path, Settings(codes=("R018",)))
    assert found_in(found) == {"1", "3", "4"}
    assert [number for number, _ in found.faults] == [2]


def test_an_empty_file_and_releases_without_ocid(report):
    assert report(**SINGLE).values == {}
    assert report({}, {"tender": {}}, **SINGLE).left_out == {"no ocid": 2}


def linking(ocid, *releases):
    links = [{"url": f"https://example.org/{n}", "date": "2020", "tag": ["award"]} for n in "12"]
    return {"ocid": ocid, "releases": [*links, *releases]}


LINKED = "linked releases that are not in the file"


def test_a_record_of_links_alone_is_left_out_and_said_to_be_so(report):
    for lines in ([linking("1")], [{"records": [linking("1")]}], [linking("1"), linking("1")]):
        found = report(*lines, **SINGLE)
        assert (found.processes, found.left_out) == (0, {LINKED: 1})
    compiled = {**linking("1"), "compiledRelease": single("1")}
    assert report(compiled, **SINGLE).left_out == {}
    nameless = {"releases": [{"url": "https://example.org"}]}
    assert report(nameless, {"url": "https://example.org"}, **SINGLE).left_out == {"no ocid": 2}
    odd = {"ocid": "1", "releases": [{"url": [], "tag": []}]}
    assert report(odd, {"url": [], "ocid": "2"}, **SINGLE).left_out == {"no ocid": 1}


def test_links_to_releases_that_are_in_the_file_lack_nothing(report):
    linked, release = linking("1"), single("1")
    later = {"ocid": "1", "date": "2021"}
    for lines in ([linked, release], [release, linked], [linking("1", release)]):
        assert report(*lines, **SINGLE).left_out == {}
        found = report(*lines, later, linking("2"), **SINGLE)
        assert (found.processes, found.left_out) == (1, {LINKED: 1})
        assert found_in(found) == {"1"}


def test_parts_read_by_several_processes_add_up(write, monkeypatch):
    lines = [single(f"{n:03}", title="x" * (n % 7) * 30) for n in range(200)]
    lines += [
        single("007"),
        linking("008"),
        linking("y"),
        b"{broken\n",
        process("x", bid("A", 1), bid("B", 2), winner="A"),
    ]
    path = write(*lines)
    settings = Settings()
    alone = flags(path, settings, evidence=True)
    monkeypatch.setattr(count, "WORTH_SHARING", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert flags(path, settings, evidence=True) == alone
    assert [number for number, _ in alone.faults] == [204]


def test_every_line_is_in_one_part(write):
    path = write(*(single(str(n)) for n in range(20)))
    size = path.stat().st_size
    settings = Settings(codes=("R018",))
    for cut in range(1, size, 7):
        ranges = ((0, cut), (cut, size))
        out = io.BytesIO()
        readers = [reading.Reader(settings, out) for _ in ranges]
        parts = [
            reading.read_part(path, *ends, reader, print)
            for ends, reader in zip(ranges, readers, strict=True)
        ]
        assert parts[0].lines + parts[1].lines == 20
        assert not parts[0].ocids & parts[1].ocids
        assert len(out.getvalue().splitlines()) == 20


def test_evidence_as_lines(report):
    found = report(single("2"), single("1"), **SINGLE, evidence=True)
    first, second, coverage = map(json.loads, evidence_lines(found))
    assert (first["code"], first["group"], first["id"], first["value"]) == ("R018", "OCID", "1", 1)
    assert second["id"] == "2"
    assert coverage == {
        "code": "R018",
        "title": "Single bid received",
        "computed": 2,
        "of": 2,
        "missing": {},
        "fences": {},
    }


@pytest.mark.parametrize("evidence", [False, True])
def test_codes_come_in_order_wherever_they_were_found(report, evidence):
    """Late, then as dear as another: R030, then R028 of one tenderer, many lines apart."""
    end = {"tenderPeriod": {"endDate": "2020-01-01T00:00:00Z"}, "numberOfTenderers": 1}
    late = process("1", bid("W", 1, date="2020-01-02T00:00:00Z"), winner="W", tender=end)
    others = [process(f"other {n}", bid("A", 1)) for n in range(100)]
    same = process("2", bid("W", 5), bid("L", 5))
    found = report(late, *others, same, codes=Settings().codes, evidence=evidence)
    assert list(found.values["Tenderer"]["W"]) == ["R025", "R028", "R030"]


def test_progress_is_told_from_nothing_to_nearly_all(write, monkeypatch):
    monkeypatch.setattr(reading, "TOLD_EVERY", 10)
    monkeypatch.setattr(reading, "BUFFER", 1000)
    # Large, because gzip reads up to 128 KB ahead (since Python 3.12).
    path = write(*(single(os.urandom(20_000).hex()) for _ in range(100)), name="releases.jsonl.gz")
    told = []
    flags(path, Settings(), on_progress=lambda what, share: told.append((what, share)))
    shares = [share for what, share in told if what == "Preparing"]
    assert {what for what, _ in told} == {"Preparing", "Reading"}
    assert len(shares) == 10
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert 0.8 < shares[-1] <= 1


def test_a_plain_file_is_read_at_once_and_progress_is_told(write, monkeypatch):
    monkeypatch.setattr(columns, "TOGETHER", 1)
    # Several buffers of the engine, of 32 MiB each.
    path = write(*(single(f"{n}", title="x" * 1_000_000) for n in range(100)))
    told = []
    flags(path, Settings(), on_progress=lambda what, share: told.append((what, share)))
    shares = [share for _, share in told]
    assert {what for what, _ in told} == {"Reading"}
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize("name", ["a*.jsonl", "[12].jsonl", "{1}.jsonl", "what?.jsonl", "x=1.csv"])
def test_a_file_of_any_name_is_read_and_no_other(write, name):
    write(single("another"), name="ab.jsonl")
    write(single("another"), name="1.jsonl")
    assert found_in(flags(write(single("1"), name=name), Settings(codes=("R018",)))) == {"1"}
