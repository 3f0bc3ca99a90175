"""Fair scores of a city package: the model of a city, worked out again from a plain table."""

import argparse
import csv
import io
import json
import random
from contextlib import redirect_stderr, redirect_stdout

import polars as pl
import pytest
from tests.citypackage.small import with_referenced, write_small

from almoner.cli import fair_scores

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
AGENCIES = ("GB-CHC-1", "GB-CHC-2", "GB-CHC-3")
HARSH = {"GB-CHC-1": 0, "GB-CHC-2": 9, "GB-CHC-3": -4}
RANDOM = ("contract", "contract:year", "agency", "rater", "indicator")
RANDOM = (*RANDOM, "contract:agency", "rater:indicator")
LEAVES = {"I1": 100, "I2": 20, "I3": 100}


def judges_of(contract):
    """Agencies judge in turn; two agencies judge every fourth contract."""
    first = AGENCIES[contract % 3]
    return [first, AGENCIES[(contract + 1) % 3]] if contract % 4 == 0 else [first]


def city(judges=judges_of, contracts=12):
    """The tables of a package, and its ratings in points of 100 with the columns of the model."""
    tables = with_referenced("ratings", "indicators")
    (area,) = (row for row in tables["areas"] if row["code"] == "440101")
    (street,) = (row for row in tables["areas"] if row["code"] == "440101001")
    tables["areas"] += [
        area | {"code": "440102"},
        street | {"code": "440102001", "parent_code": "440102"},
    ]
    (body,) = (row for row in tables["organisations"] if row["uscc"].startswith("GB"))
    tables["organisations"] += [body | {"uscc": code} for code in AGENCIES]
    agreement = tables["contracts"][1] | {"ends_on": "2026-12-31", "ended_on": "", "end_kind": ""}
    leaf = tables["indicators"][1] | {"parent_id": "", "min_score": "0", "common_id": ""}
    judged = tables["evaluations"][0]
    tables["contracts"], tables["evaluations"], tables["ratings"] = [], [], []
    tables["indicators"] = [
        leaf | {"id": i, "max_score": str(most), "weight": weight}
        for (i, most), weight in zip(LEAVES.items(), ("30", "30", "40"), strict=True)
    ]
    draw, rated = random.Random(5), []
    for number in range(contracts):
        contract, worth = f"K{number}", draw.gauss(75, 6)
        district = f"44010{1 + number % 2}"
        place = {"id": contract, "area_code": f"{district}001"}
        tables["contracts"].append(agreement | place)
        for agency in judges(number):
            stage = "annual" if number % 5 else "final"
            evaluation = f"E{number}-{agency[-1]}"
            facts = {"id": evaluation, "contract_id": contract, "agency_uscc": agency}
            tables["evaluations"].append(judged | facts | {"stage": stage})
            for rater in ("r1", "r2"):
                for indicator, most in LEAVES.items():
                    share = min(100, max(0, worth - HARSH[agency] + draw.gauss(0, 5)))
                    score = round(share * most / 100, 1)
                    given = {"evaluation_id": evaluation, "rater_id": rater}
                    given |= {"indicator_id": indicator, "score": f"{score}"}
                    tables["ratings"].append(given | {"evidence_count": "1"})
                    row = {"contract": contract, "year": 2025, "agency": agency, "stage": stage}
                    row |= {"district": district, "indicator": f"F1/{indicator}"}
                    row |= {"rater": f"{agency}/{rater}", "score": round(score * 100 / most, 6)}
                    rated.append(row)
    return tables, pl.DataFrame(rated)


def call(*arguments):
    """The command's exit code, and what it wrote to standard output and standard error."""
    parser = argparse.ArgumentParser(prog="almoner")
    fair_scores.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["fair-scores", *map(str, arguments)])
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = parsed.run(parsed)
    return code, out.getvalue(), err.getvalue()


def written(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of_model(folder):
    return json.loads((folder / "model.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The outputs of the same ratings from a package and from a table."""
    tmp_path = tmp_path_factory.mktemp("done")
    tables, rated = city()
    write_small(tmp_path / "city", tables)
    rated.write_csv(tmp_path / "ratings.csv")
    code, out, err = call("--package", tmp_path / "city", "-o", tmp_path / "of-city")
    assert code == 0, err
    terms = [part for term in RANDOM for part in ("--random", term)]
    fixed = ("--fixed", "district", "--fixed", "stage")
    plain = (tmp_path / "ratings.csv", "--score", "score", *terms, *fixed)
    assert call(*plain, "-o", tmp_path / "of-table")[0] == 0
    return tmp_path / "of-city", tmp_path / "of-table", rated, (out, err)


def test_a_package_is_fitted_with_the_model_of_a_city(done):
    of_city, of_table, rated, (out, err) = done
    model, plain = of_model(of_city), of_model(of_table)
    assert model["n"] == rated.height == 15 * 2 * 3
    assert model["converged"] is True
    assert model["variance"] == pytest.approx(plain["variance"], rel=1e-6, abs=1e-9)
    assert model["criterion"] == pytest.approx(plain["criterion"], abs=1e-6)
    assert list(model["fixed"]) == ["(Intercept)", "district440102", "stagefinal"]
    for name, estimate in plain["fixed"].items():
        assert model["fixed"][name] == pytest.approx(estimate, rel=1e-6)
    assert model["levels"] == plain["levels"]
    # In one year a contract and its year are the same.
    assert model["dropped"] == plain["dropped"]
    assert model["dropped"] == {"contract:year": "its levels are those of contract"}
    assert "contract:year was left out: its levels are those of contract" in err
    assert "90 ratings, REML criterion" in out
    assert model["ratings_left_out"] == 0
    assert (model["raters_of_an_evaluation"], model["ratings_of_an_evaluation"]) == (2, 6)
    effects = {(e["term"], e["level"]): e for e in written(of_city, "effects.csv")}
    again = written(of_table, "effects.csv")
    assert len(effects) == len(again) == sum(model["levels"].values())
    for row in again:
        mine = effects[row["term"], row["level"]]
        for column in ("value", "se", "prediction_se"):
            assert float(mine[column]) == pytest.approx(float(row[column]), rel=1e-5, abs=1e-5)


def test_every_contract_of_a_package_gets_a_fair_score_and_a_grade(done):
    of_city, _, rated, _ = done
    scores = written(of_city, "fair_scores.csv")
    assert [s["contract_id"] for s in scores] == sorted(f"K{i}" for i in range(12))
    for one in scores:
        given = rated.filter(pl.col("contract") == one["contract_id"])["score"]
        assert (one["year"], int(one["ratings"])) == ("2025", len(given))
        assert float(one["raw"]) == pytest.approx(given.mean())
        value, se = float(one["fair"]), float(one["se"])
        assert float(one["low"]) == pytest.approx(value - 1.959964 * se)
        assert float(one["high"]) == pytest.approx(value + 1.959964 * se)
        assert 1 <= int(one["best_rank"]) <= int(one["worst_rank"]) <= 12
        low, same, high = (float(one[f"same_grade{x}"]) for x in ("_low", "", "_high"))
        assert 0 <= low <= same <= high <= 1
        limits = {"excellent": 90, "good": 80, "fair": 60, "poor": -100}
        assert one["grade"] == next(g for g, limit in limits.items() if value >= limit)
    judges = written(of_city, "judges.csv")
    agencies = {j["id"]: float(j["severity"]) for j in judges if j["kind"] == "agency"}
    assert sorted(agencies, key=agencies.__getitem__) == ["GB-CHC-3", "GB-CHC-1", "GB-CHC-2"]
    assert {j["id"] for j in judges if j["kind"] == "rater"} == set(rated["rater"])


def test_contracts_that_no_agency_connects_are_refused_with_the_list(tmp_path):
    """Of twelve contracts ten are judged by two agencies, two by a third alone."""
    tables, _ = city(lambda c: AGENCIES[:2] if c < 10 else AGENCIES[2:])
    write_small(tmp_path / "city", tables)
    out = tmp_path / "out"
    code, told, err = call("--package", tmp_path / "city", "-o", out)
    assert (code, told) == (1, "")
    assert "fall into 2 groups that no agency connects" in err
    assert "1. 10 contracts (K0, ...) judged by GB-CHC-1, GB-CHC-2" in err
    assert "2. 2 contracts (K10, ...) judged by GB-CHC-3" in err
    assert "Evaluations that would connect them:" in err
    assert not out.exists()
    assert call("--package", tmp_path / "city", "--largest", "-o", out)[0] == 0
    assert {s["contract_id"] for s in written(out, "fair_scores.csv")} == {
        f"K{i}" for i in range(10)
    }


def test_one_agency_alone_is_fitted_without_agencies_and_says_so(tmp_path):
    tables, _ = city(lambda c: AGENCIES[:1])
    write_small(tmp_path / "city", tables)
    code, _, err = call("--package", tmp_path / "city", "-o", tmp_path / "out")
    assert code == 0
    dropped = of_model(tmp_path / "out")["dropped"]
    assert dropped["agency"] == "it has one level only (GB-CHC-1)"
    assert dropped["contract:agency"] == "its levels are those of contract"
    assert "agency was left out: it has one level only (GB-CHC-1)" in err


def test_a_package_without_ratings_is_refused(tmp_path):
    tables, _ = city()
    write_small(tmp_path / "city", {**tables, "ratings": []})
    code, _, err = call("--package", tmp_path / "city", "-o", tmp_path / "out")
    assert (code, "there are no ratings" in err) == (1, True)
    write_small(tmp_path / "other", with_referenced("evaluations"))
    code, _, err = call("--package", tmp_path / "other", "-o", tmp_path / "out")
    assert (code, "does not list ratings" in err) == (1, True)
