"""What may stand in a folder or a zip, and what its descriptor may say."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.citypackage.small import with_referenced, write_small

from almoner.citypackage import check, package, read

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "city", with_referenced("organisations"))


def codes(path: Path) -> list[str]:
    return [fault.code for fault in check(path).faults]


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target


def described(folder: Path, change: Change) -> Path:
    path = folder / "datapackage.json"
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")
    return folder


def test_a_folder_and_its_zip_are_the_same_package(folder: Path, tmp_path: Path) -> None:
    as_folder, as_zip = check(folder), check(zipped(folder, tmp_path / "city.zip"))
    assert as_folder.ok and as_zip.ok
    assert as_folder.digest == as_zip.digest and as_folder.as_of == date(2026, 6, 30)


def test_the_digest_follows_content_and_day(folder: Path, tmp_path: Path) -> None:
    digests = {check(folder).digest}
    described(folder, lambda d: d.update({"custom:as_of": "2026-07-01"}))
    digests.add(check(folder).digest)
    path = folder / "areas.csv"
    path.write_bytes(path.read_bytes().replace(b"3000", b"3001"))
    digests.add(check(folder).digest)
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/etc/passwd", "absolute_path"),
        ("C:\\areas.csv", "absolute_path"),
        ("\\\\host\\areas.csv", "absolute_path"),
        ("~/areas.csv", "absolute_path"),
        ("../areas.csv", "climbing_path"),
        ("x/../../areas.csv", "climbing_path"),
        ("..\\areas.csv", "climbing_path"),
        ("https://example.org/areas.csv", "address_path"),
        ("file:areas.csv", "address_path"),
        ("//example.org/areas.csv", "address_path"),
        ("data/areas.csv", "nested_path"),
        ("./areas.csv", "nested_path"),
        ("areas\x00.csv", "nested_path"),
        ("areas.parquet", "bad_path"),
        ("datapackage.json", "bad_path"),
        ("", "bad_path"),
        (None, "bad_path"),
        (["areas.csv", "more.csv"], "bad_path"),
        ("organisations.csv", "duplicate_path"),
        ("\ud800.csv", "missing_file"),
    ],
)
def test_paths_in_the_descriptor(folder: Path, path: object, code: str) -> None:
    described(folder, lambda d: d["resources"][0].update(path=path))
    if code == "duplicate_path":
        described(folder, lambda d: d["resources"].reverse())
    found = [fault for fault in codes(folder) if fault != "unlisted_file"]
    assert found == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.pop("custom:as_of"), "no_as_of"),
        (lambda d: d.update({"custom:as_of": "2026-02-30"}), "no_as_of"),
        (lambda d: d.update({"custom:as_of": 20260630}), "no_as_of"),
        (lambda d: d.pop("resources"), "bad_descriptor"),
        (lambda d: d["resources"].append(d["resources"][0]), "duplicate_resource"),
        (lambda d: d["resources"].append({"name": "people", "path": "p.csv"}), "unknown_resource"),
        (lambda d: d["resources"].append(7), "unknown_resource"),
        (lambda d: d["resources"][0].update(encoding="gbk"), "wrong_schema"),
        (lambda d: d["resources"][0].update(schema=[]), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"]["fields"][0].update(type="integer"), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"]["fields"][0].pop("name"), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"]["fields"][3].update(constraints={}), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"].update(primaryKey="level"), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"].update(foreignKeys=[]), "wrong_schema"),
        (lambda d: d["resources"][0]["schema"]["fields"].pop(3), "wrong_schema"),
    ],
)
def test_what_the_descriptor_says(folder: Path, change: Change, code: str) -> None:
    assert set(codes(described(folder, change))) - {"unlisted_file"} == {code}


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["resources"].reverse(),
        lambda d: d["resources"][0].pop("schema"),
        lambda d: d["resources"][0]["schema"]["fields"].reverse(),
        lambda d: d["resources"][0]["schema"]["fields"].pop(2),
        lambda d: d["resources"][0]["schema"].update(primaryKey="code"),
        lambda d: d.update(licences=[{"name": "CC-BY-4.0"}]),
    ],
)
def test_what_the_descriptor_may_say_otherwise(folder: Path, change: Change) -> None:
    assert codes(described(folder, change)) == []


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"resources": [], "resources": []}', b"1" * 9999],
)
def test_an_unreadable_descriptor(folder: Path, text: bytes) -> None:
    (folder / "datapackage.json").write_bytes(text)
    assert codes(folder) == ["bad_descriptor"]


def test_files_and_the_list_of_files(folder: Path) -> None:
    (folder / "areas.csv").rename(folder / "Areas.csv")
    assert codes(folder) == ["unlisted_file", "missing_file"]
    (folder / "datapackage.json").unlink()
    assert codes(folder) == ["no_descriptor"]


def test_folders_links_and_pipes_are_not_opened(folder: Path, tmp_path: Path) -> None:
    (folder / "more").mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "areas.csv").rename(tmp_path / "outside.csv")
    (folder / "areas.csv").symlink_to(tmp_path / "outside.csv")
    assert sorted(codes(folder)) == ["missing_file", *["not_a_file"] * 3]


def test_no_package(tmp_path: Path) -> None:
    assert codes(tmp_path / "none.zip") == ["no_package"]
    (tmp_path / "text.zip").write_text("not a zip")
    assert codes(tmp_path / "text.zip") == ["not_a_package"]
    os.mkfifo(tmp_path / "pipe")
    assert codes(tmp_path / "pipe") == ["not_a_package"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil.csv", "climbing_path"),
        ("a/../../evil.csv", "climbing_path"),
        ("..\\evil.csv", "climbing_path"),
        ("/etc/evil.csv", "climbing_path"),
        ("C:evil.csv", "climbing_path"),
        ("city/areas.csv", "nested_path"),
        ("city/", "nested_path"),
        ("evil.csv", "unlisted_file"),
    ],
)
def test_names_in_a_zip(folder: Path, tmp_path: Path, name: str, code: str) -> None:
    path = zipped(folder, tmp_path / "city.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"")
    assert codes(path) == [code]
    assert not (tmp_path / "evil.csv").exists()


def test_links_passwords_and_repeated_names_in_a_zip(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "city.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("areas.csv", "x")
    assert sorted(codes(path)) == ["duplicate_entry", "missing_file", "not_a_file"]
    data = bytearray(zipped(folder, tmp_path / "locked.zip").read_bytes())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert "encrypted_entry" in codes(tmp_path / "locked.zip")


def test_every_cut_and_every_flipped_byte_of_a_zip_is_survived(
    folder: Path, tmp_path: Path
) -> None:
    data = zipped(folder, tmp_path / "city.zip").read_bytes()
    path = tmp_path / "broken.zip"
    for place in range(0, len(data), 211):
        path.write_bytes(data[:place])
        assert not check(path).ok
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        check(path)


def bomb(folder: Path, path: Path, megabytes: int) -> Path:
    """A zip in which a table is followed by spaces without end."""
    (folder / "areas.csv").unlink()
    zipped(folder, path)
    entry = zipfile.ZipInfo("areas.csv")
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "a") as archive, archive.open(entry, "w") as file:
        for _ in range(megabytes):
            file.write((b"x" * 63 + b"\n") * 2**14)
    return path


def test_a_file_that_grows_without_bound(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bomb(folder, tmp_path / "bomb.zip", 30)
    monkeypatch.setattr(package, "RATIO_LIMIT", 100)  # deflate itself ends near 1,030
    monkeypatch.setattr("almoner.citypackage.records.CHUNK", 2**20)
    assert "zip_bomb" in codes(path)


def test_files_that_are_too_large_together(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "TOTAL_LIMIT", 100)
    assert "zip_bomb" in codes(zipped(folder, tmp_path / "city.zip"))


def test_frames_come_only_until_the_first_fault(folder: Path) -> None:
    path = folder / "areas.csv"
    with read(folder) as reader:
        assert [name for name, _ in reader.frames()] == ["areas", "organisations"]
    path.write_bytes(path.read_bytes().replace(b"district,", b"borough,", 1))
    with read(folder) as reader:
        assert [name for name, _ in reader.frames()] == []
    assert not reader.report.ok and reader.report.rows["organisations"] == 6


def test_progress_ends_at_the_size_of_each_file(folder: Path) -> None:
    seen: dict[str, float] = {}
    check(folder, lambda table, share: seen.update({table: share}))
    assert seen == {"areas": 1.0, "organisations": 1.0}
