"""The demonstration city: findings equal its manifest, and what a second computation finds."""

from pathlib import Path

import pytest
from tests.demo.oracle import NOT_COMPUTED, findings
from tests.findings.small import computed_once, duckdb

from almoner.demo import Scale, generate
from almoner.findings.package import as_files
from almoner.findings.run import Finding, run


def places(found: tuple[Finding, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.code, one.table, one.id, one.key or "") for one in found]


def all_findings(folder: Path) -> tuple[Finding, ...]:
    with as_files(folder) as package:
        result = run(duckdb().city(package.files, package.as_of), compute=computed_once)
    assert not result.uncomputed
    return result.findings


@pytest.mark.parametrize("scale", ["district", pytest.param("city", marks=pytest.mark.slow)])
def test_the_manifest(scale: Scale, tmp_path: Path) -> None:
    manifest = generate(tmp_path / "city", scale=scale)
    promised = sorted((e.code, e.table, e.id, e.key or "") for e in manifest.findings)
    assert places(all_findings(tmp_path / "city")) == promised


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_another_city(seed: int, tmp_path: Path) -> None:
    generate(tmp_path / "city", scale="district", seed=seed)
    second = [tuple(found) for found in findings(tmp_path / "city")]
    ours = [found for found in all_findings(tmp_path / "city") if found.code not in NOT_COMPUTED]
    assert places(tuple(ours)) == second
