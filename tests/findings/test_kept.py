"""Findings kept from run to run are those of a run from nothing, and only what changed is read."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.demo.oracle_cases import AS_OF as COMPOSED_ON
from tests.findings.composed import composed
from tests.findings.sessions import Row, at, numbered
from tests.findings.small import Rows, computed_once, duckdb, frame, write

from almoner.findings import kept
from almoner.findings.city import City
from almoner.findings.definition import Definition, catalogue, definition
from almoner.findings.fair import CityScores
from almoner.findings.kept import Kept
from almoner.findings.run import Finding, run
from almoner.findings.stages import evaluation
from almoner.rules.calendar import SHANGHAI

BY_MONTH = [code for code, entry in catalogue().items() if entry.months]
AS_OF = date(2026, 6, 30)
Files = dict[str, list[Path]]


def files_of(folder: Path, tables: Mapping[str, Rows]) -> Files:
    """As a snapshot leaves them: a file a month of service records."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "service_records").mkdir(parents=True)
    files = write({n: rows for n, rows in tables.items() if n != "service_records"}, folder)
    records = frame("service_records", tables["service_records"])
    month = pl.col("started_at").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m")
    files["service_records"] = []
    for (name,), rows in sorted(records.group_by(month.alias("month"))):
        path = folder / "service_records" / f"{name}.parquet"
        rows.drop("month", strict=False).sort("id").write_parquet(path)
        files["service_records"].append(path)
    return files


def kept_run(
    folder: Path, files: Files, codes: Iterable[str] | None = None, as_of: date = AS_OF
) -> Sequence[Finding]:
    """What a run gives that keeps its findings in the folder."""
    keeper = Kept(folder, files, as_of)
    only = None if codes is None else list(codes)
    return run(duckdb().city(files, as_of), only, compute=keeper.compute).findings


def fresh_run(
    files: Files, codes: Iterable[str] | None = None, as_of: date = AS_OF
) -> Sequence[Finding]:
    only = None if codes is None else list(codes)
    return run(duckdb().city(files, as_of), only, compute=computed_once).findings


class Computed:
    """Of each rule that is computed, the months whose records and whose days it is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.months: dict[str, set[str]] = {}
        self.days: dict[str, set[object]] = {}
        compute = kept.compute

        def watched(entry: Definition, city: City, sql: str | None = None) -> list[Finding]:
            self.months[entry.code] = months_of(city)
            days = city.fetch("SELECT DISTINCT month FROM calendar")
            self.days[entry.code] = {row["month"] for row in days}
            return compute(entry, city, sql)

        monkeypatch.setattr(kept, "compute", watched)

    def then(self) -> dict[str, set[str]]:
        """What was computed since this was asked last."""
        now, self.months = self.months, {}
        return now


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Computed:
    return Computed(monkeypatch)


def months_of(city: City) -> set[str]:
    if "service_records" not in city.tables:
        return set()
    rows = city.fetch(city["service_records"].select("started_at"))
    instants = (
        datetime.fromtimestamp(int(str(row["started_at"])) // 10**6, SHANGHAI) for row in rows
    )
    return {f"{instant:%Y-%m}" for instant in instants}


def test_every_rule_finds_the_same_and_is_not_computed_again(
    tmp_path: Path, computed: Computed
) -> None:
    """Each sees only the tables that it names, so this also proves that it names them all."""
    files, on = files_of(tmp_path / "city", composed()), date.fromisoformat(COMPOSED_ON)
    found = fresh_run(files, as_of=on)
    assert {one.code for one in found} == set(catalogue())
    assert kept_run(tmp_path / "kept", files, as_of=on) == found
    assert computed.then().keys() == set(catalogue())
    assert kept_run(tmp_path / "kept", files, as_of=on) == found
    assert not computed.then()


def test_two_rules_read_from_one_fit_of_the_fair_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, on = files_of(tmp_path / "city", composed()), date.fromisoformat(COMPOSED_ON)
    fitted: list[City] = []
    city_scores = evaluation.city_scores

    def watched(city: City) -> CityScores:
        fitted.append(city)
        return city_scores(city)

    monkeypatch.setattr(evaluation, "city_scores", watched)
    for runs in (1, 2):
        found = kept_run(tmp_path / f"kept-{runs}", files, ["E03", "E07"], on)
        assert {one.code for one in found} == {"E03", "E07"}
        assert len(fitted) == runs


CONTRACT: Rows = [{"id": "C1", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "staff": "2"}]
WORKERS: Rows = [{"id": id, "uscc": "O-2", "employed_from": "2026-02-10"} for id in ("W1", "W2")]


def city_of(records: Sequence[Row]) -> dict[str, Rows]:
    return {
        "contracts": CONTRACT,
        "contract_terms": [{}],
        "workers": WORKERS,
        "service_records": numbered(records),
    }


MONTHLY = [at(f"2026-{month:02}-15", worker_id="W1") for month in (1, 2, 3, 4)]


def test_only_the_month_that_changed_is_computed_again(tmp_path: Path, computed: Computed) -> None:
    kept_run(tmp_path / "kept", files_of(tmp_path / "city", city_of(MONTHLY)), BY_MONTH)
    computed.then()
    changed = [*MONTHLY[:2], at("2026-03-15", minutes=700, worker_id="W1"), MONTHLY[3]]
    files = files_of(tmp_path / "city", city_of(changed))
    found = kept_run(tmp_path / "kept", files, BY_MONTH)
    assert found == fresh_run(files, BY_MONTH)
    again = computed.then()
    # A session of March may meet one of February, and one of April one of March.
    assert again.pop("D03") == {"2026-02", "2026-03", "2026-04"}
    assert again == dict.fromkeys(set(BY_MONTH) - {"D03"}, {"2026-03"})
    # The staff of months without records was judged before.
    assert computed.days["D08"] == {"2026-03"}
    assert {one.key for one in found if one.code == "D08"} >= {"2026-03", "2026-05", "2026-06"}


def test_a_long_session_is_met_in_months_to_come_until_it_is_shortened(
    tmp_path: Path, computed: Computed
) -> None:
    long = at("2026-01-15", minutes=80 * 1_440, worker_id="W1")
    for first in (MONTHLY[0], long, MONTHLY[0]):
        files = files_of(tmp_path / "city", city_of([first, *MONTHLY[1:]]))
        found = kept_run(tmp_path / "kept", files, ["D03"])
        assert found == fresh_run(files, ["D03"])
        assert len(found) == (2 if first is long else 0)


@pytest.mark.parametrize(
    ("name", "row"), [("contracts", {"ends_on": "2026-03-01"}), ("workers", {"uscc": "O-9"})]
)
def test_another_table_makes_its_rules_anew(
    tmp_path: Path, computed: Computed, name: str, row: Row
) -> None:
    tables = city_of(MONTHLY)
    kept_run(tmp_path / "kept", files_of(tmp_path / "city", tables), BY_MONTH)
    computed.then()
    tables[name] = [{**one, **row} for one in tables[name]]
    files = files_of(tmp_path / "city", tables)
    assert kept_run(tmp_path / "kept", files, BY_MONTH) == fresh_run(files, BY_MONTH)
    every = {"2026-01", "2026-02", "2026-03", "2026-04"}
    readers = {code for code in BY_MONTH if name in definition(code).needs}
    assert readers and computed.then() == dict.fromkeys(readers, every)


def test_another_day_another_code_and_a_broken_file_make_it_anew(
    tmp_path: Path, computed: Computed, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_of(tmp_path / "city", city_of(MONTHLY))

    def again(as_of: date = AS_OF) -> bool:
        found = kept_run(tmp_path / "kept", files, ["D02", "D06"], as_of)
        assert found == fresh_run(files, ["D02", "D06"], as_of)
        return computed.then().keys() == {"D02", "D06"}

    assert again() and not again()
    assert again(AS_OF + timedelta(days=1)) and again() and not again()
    monkeypatch.setattr(kept, "_of_code", lambda: "newer")
    assert again() and not again()
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert again() and not again()


def test_months_come_and_go(tmp_path: Path, computed: Computed) -> None:
    for records in (MONTHLY[:2], MONTHLY, MONTHLY[1:3], [], MONTHLY[3:]):
        files = files_of(tmp_path / "city", city_of(records))
        assert kept_run(tmp_path / "kept", files, BY_MONTH) == fresh_run(files, BY_MONTH)


LATER = """
import sys
from datetime import date
from pathlib import Path

from almoner.findings.engines.duckdb import DuckDB
from almoner.findings.kept import Kept
from almoner.findings.run import run

kept, city, as_of = Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3])
files = {path.stem: [path] for path in city.glob("*.parquet")}
files["service_records"] = sorted(city.glob("service_records/*.parquet"))
with DuckDB() as engine:
    found = run(engine.city(files, as_of), sys.argv[4:], compute=Kept(kept, files, as_of).compute)
assert not {"ibis", "numpy", "pyarrow", "scipy"} & sys.modules.keys()
print([(one.code, one.id, one.key) for one in found.findings])
"""


def test_a_later_process_asks_what_an_earlier_one_wrote_and_imports_little(tmp_path: Path) -> None:
    tables = composed()
    codes = [code for code in catalogue() if "service_records" in definition(code).needs]
    kept_run(tmp_path / "kept", files_of(tmp_path / "city", tables), codes)
    first, *rest = tables["service_records"]
    tables["service_records"] = [{**first, "minutes": 900}, *rest]
    files = files_of(tmp_path / "city", tables)
    found = fresh_run(files, codes)
    assert {one.code for one in found} == set(codes)
    arguments = [tmp_path / "kept", tmp_path / "city", AS_OF.isoformat(), *codes]
    later = subprocess.run(
        [sys.executable, "-c", LATER, *arguments], capture_output=True, text=True
    )
    assert later.stdout == f"{[(one.code, one.id, one.key) for one in found]}\n", later.stderr


RECORDS = st.lists(
    st.builds(
        lambda day, hour, minutes, worker, late: at(
            (date(2026, 1, 1) + timedelta(days=day)).isoformat(),
            f"{hour:02}:00",
            minutes,
            worker_id=worker,
            entered_at=(
                datetime(2026, 1, 1, hour, tzinfo=SHANGHAI) + timedelta(days=day + late)
            ).isoformat(),
        ),
        # Around the ends of months, so that sessions meet across them.
        day=st.sampled_from([0, 15, 29, 30, 31, 57, 58, 59, 60, 89, 90, 119, 120]),
        hour=st.sampled_from([0, 8, 22]),
        minutes=st.sampled_from([30, 60, 700, 3_000, 50_000, 100_000]),
        worker=st.sampled_from(["W1", "W2"]),
        late=st.sampled_from([0, 40]),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=3)
@given(cities=st.lists(RECORDS, min_size=2, max_size=3))
def test_runs_one_after_the_other_find_what_each_would_alone(
    tmp_path: Path, cities: list[list[Row]]
) -> None:
    shutil.rmtree(tmp_path / "kept", ignore_errors=True)
    for records in cities:
        files = files_of(tmp_path / "city", city_of(records))
        assert kept_run(tmp_path / "kept", files, BY_MONTH) == fresh_run(files, BY_MONTH)
