"""A hostile package: nothing in it runs, steers a terminal or breaks a query."""

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.citypackage.small import Rows, tables, write_small
from tests.findings.small import computed_once, duckdb

from almoner.citypackage.schema import LARGEST_COUNT
from almoner.findings import output
from almoner.findings.package import FaultyPackageError, as_files
from almoner.findings.run import Result, run
from almoner.rules.money import LARGEST_FEN

EVIL = "=cmd|' /C calc'!A0\"; DROP TABLE contracts; --\n$(id) {0} {id} %s 'x' /* \ufeff 甲"
LARGEST = str(LARGEST_FEN)
FORMULAS = ("__import__('os').system('id')", "{id}", "=1+1", "9" * 900, "(" * 51 + "1 hour")


def renamed(filled: dict[str, Rows], columns: tuple[str, ...], old: str, new: str) -> None:
    for rows in filled.values():
        for row in rows:
            row.update({name: new for name in columns if row.get(name) == old})


def hostile() -> dict[str, Rows]:
    filled = tables()
    renamed(filled, ("id", "contract_id", "subject_id"), "C1", EVIL)
    renamed(filled, ("id", "worker_id"), "W1", EVIL)
    filled["contract_terms"][0]["formula"] = FORMULAS[0]
    filled["contract_terms"] += [
        {**filled["contract_terms"][0], "id": f"{EVIL}{n}", "formula": formula}
        for n, formula in enumerate(FORMULAS)
    ]
    for row in (*filled["contracts"], *filled["instalments"], *filled["bids"]):
        for name in ("amount_fen", "paid_fen", "price_fen"):
            if name in row:
                row[name] = LARGEST
    filled["bids"][0]["direct_hours"] = "999999999999999.999999999"
    filled["tenders"][0]["required_direct_hours"] = "0.000000001"
    filled["contract_changes"][0]["amount_delta_fen"] = f"-{LARGEST}"
    filled["service_records"][0]["minutes"] = str(LARGEST_COUNT)
    return filled


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("hostile") / 'it\'s [a] *city*; "x"'
    with as_files(write_small(folder, hostile())) as package:
        return run(duckdb().city(package.files, package.as_of), compute=computed_once)


def test_every_rule_runs(result: Result) -> None:
    assert not result.uncomputed
    unread = [one.id for one in result.findings if one.code == "C08"]
    assert f"{EVIL}/{EVIL}0" in unread
    assert {"M02", "T05", "T06", "D02"} <= {one.code for one in result.findings}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_form_of_output(result: Result, language: str, tmp_path: Path) -> None:
    as_of = date(2026, 6, 30)
    lines = list(output.jsonl(result, as_of, language))  # type: ignore[arg-type]
    ids = [json.loads(line)["id"] for line in lines]
    assert all(line.count("\n") == 1 for line in lines) and EVIL in ids
    sheet = csv.reader(output.csv_lines(result, as_of, language))  # type: ignore[arg-type]
    cells = [cell for row in sheet for cell in row]
    numbers = {str(json.loads(line)["value"]) for line in lines}
    assert f"'{EVIL}" in cells
    assert not [c for c in cells if c.startswith(output.FORMULA) and c not in numbers]
    shown = "".join(output.text(result, as_of, language))  # type: ignore[arg-type]
    assert shown.replace("\n", "").isprintable()
    output.parquet(result, as_of, language, tmp_path / "out.parquet")  # type: ignore[arg-type]
    assert pl.read_parquet(tmp_path / "out.parquet")["id"].to_list() == ids


def test_a_cell_of_a_million_characters_is_refused(tmp_path: Path) -> None:
    filled = tables()
    filled["contract_terms"][0]["formula"] = "1+" * 500_000
    with (
        pytest.raises(FaultyPackageError) as refused,
        as_files(write_small(tmp_path / "c", filled)),
    ):
        pass
    assert refused.value.report.faults[0].column == "formula"
