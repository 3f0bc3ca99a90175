"""The district-scale package as a whole: valid, complete, the same every time."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.demo.conftest import Package

from almoner.citypackage import SCHEMA, check
from almoner.demo import generate, people
from almoner.rules.roles import Role


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_the_package_has_no_fault_and_as_many_rows_as_its_manifest_says(district: Package) -> None:
    report = check(district.folder)
    assert report.faults == []
    assert report.as_of == district.manifest.as_of
    assert dict(report.rows) == district.manifest.counts


def test_all_tables_are_filled(district: Package) -> None:
    counts = district.manifest.counts
    assert set(counts) == set(SCHEMA.tables)
    assert len(counts) == 31
    assert min(counts.values()) > 0
    assert counts["contracts"] == 20
    assert 190_000 <= counts["service_records"] <= 210_000


def test_the_same_seed_gives_the_same_bytes_in_another_process(
    district: Package, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    code = "import sys, pathlib; from almoner.demo import generate;"
    code += "print(generate(pathlib.Path(sys.argv[1]), 'district').to_json(), end='')"
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "POLARS_MAX_THREADS": "1",
        "TZ": "Asia/Tokyo",
    }
    environment["PYTHONIOENCODING"] = "utf-8"
    done = subprocess.run(
        [sys.executable, "-c", code, str(again)],
        env=environment,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert digests(again) == digests(district.folder)
    assert done.stdout == district.manifest.to_json()


def test_progress_is_told_for_each_stage_from_nothing_to_all(district: Package) -> None:
    for stage in {stage for stage, _ in district.told}:
        shares = [share for told, share in district.told if told == stage]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
    assert {stage for stage, _ in district.told} == {"plan", "records"}


def test_the_manifest_names_each_finding_by_code_table_id_and_key(district: Package) -> None:
    manifest = json.loads(district.manifest.to_json())
    found = [tuple(f.values()) for f in manifest["findings"]]
    assert all(set(f) == {"code", "table", "id", "key"} for f in manifest["findings"])
    assert [f[0] for f in found] == ["C02", "M01", "O01", "T05", "T06", "V03"]
    assert found == sorted(found, key=str)


def test_each_story_points_to_rows_that_are_there(district: Package) -> None:
    for story in district.manifest.stories:
        assert story.subjects
        for table, subject in story.subjects:
            keys = SCHEMA.tables[table].primary_key
            rows = district.table(table).select(keys).iter_rows()
            assert subject in {"/".join(map(str, row)) for row in rows}, (story.title_en, table)


def test_there_is_a_person_for_every_role_in_a_body_of_the_package(district: Package) -> None:
    team = people("district")
    organisations = district.table("organisations")
    kinds = dict(zip(organisations["uscc"], organisations["kinds"], strict=True))
    assert {p.role for p in team} == set(Role)
    for names in ("login", "name_en", "name_zh"):
        assert len({getattr(p, names) for p in team}) == len(team)
    bodies = {p.role: kinds[p.organisation] for p in team if p.organisation}
    assert bodies["purchaser_clerk"] == bodies["purchaser_signatory"] == "purchaser"
    assert bodies["provider_director"] == bodies["social_worker"] == "provider"
    assert bodies["rater"] == bodies["evaluation_lead"] == "evaluator"
    assert bodies["finance_officer"] == "finance"
    assert "supervisor" in bodies["supervisor"]


def test_there_are_enough_people_for_a_purchase(district: Package) -> None:
    of = {p.login: p.organisation for p in people("district")}
    assert len({of["director"], of["director2"], of["director3"]}) == 3
    assert of["director"] == of["teamleader"] == of["socialworker"]
    assert of["clerk"] == of["clerk2"] == of["signatory"]
    assert of["finance"] == of["finance2"] and of["rater"] == of["rater2"] == of["lead"]
    assert [of[f"panel{number}"] for number in ("", *range(2, 8))] == [None] * 7
    workers = district.table("workers").filter(pl.col("employed_to").is_null())
    assert of["socialworker"] in workers["uscc"].to_list()


def test_invented_bodies_and_people_are_named_as_samples(district: Package) -> None:
    organisations = district.table("organisations")
    assert organisations["name_zh"].str.starts_with("示例").all()
    assert organisations["name_en"].str.starts_with("Sample ").all()
    assert organisations["uscc"].str.slice(8, 3).unique().to_list() == ["DEM"]
    assert all("sample" in p.name_en and "示例" in p.name_zh for p in people("district"))


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(FileExistsError):
        generate(tmp_path, "district")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
