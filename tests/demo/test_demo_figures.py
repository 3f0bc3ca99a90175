"""Figures and stories of the district, computed again from its rows."""

from datetime import date
from decimal import Decimal

import polars as pl
from tests.demo.conftest import Package

YEAR_HOURS = {
    "01": "3360",
    "02": "2940",
    "03": "5292",
    "04": "2688",
    "05": "6720",
    "06": "268.8",
    "07": "1008",
}


def expected(district: Package, code: str) -> str:
    [found] = [f.id for f in district.manifest.findings if f.code == code]
    return found


def local_day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone("Asia/Shanghai").dt.date()


def test_a_centre_of_14_staff_has_the_workload_of_the_documents(district: Package) -> None:
    contracts = district.table("contracts").filter(pl.col("staff") == 14)
    assert contracts.height >= 12
    assert contracts["amount_fen"].unique().to_list() == [200_000_000]
    terms = district.table("contract_terms").filter(
        pl.col("contract_id").is_in(contracts["id"].implode())
    )
    for term, hours in YEAR_HOURS.items():
        own = terms.filter(pl.col("id") == term)
        assert own["hours"].unique().to_list() == [Decimal(hours)]
    direct = (
        terms.filter(pl.col("group") == "direct").group_by("contract_id").agg(pl.col("hours").sum())
    )
    assert direct["hours"].unique().to_list() == [Decimal("21268.8")]


def test_volunteer_hours_follow_population_and_stay_unknown_with_it(district: Package) -> None:
    rows = (
        district.table("contract_terms")
        .filter(pl.col("type") == "volunteer")
        .join(district.table("contracts"), left_on="contract_id", right_on="id")
        .join(district.table("areas"), left_on="area_code", right_on="code")
    )
    hours = dict(zip(rows["population"], rows["hours"], strict=True))
    assert hours[3_000] == 15
    assert hours[90_000] == 450
    assert hours[None] is None
    assert rows["population"].null_count() == 2


def test_two_months_were_lost_to_healthy_city(district: Package) -> None:
    contract = expected(district, "O01")
    records = district.table("service_records").filter(pl.col("contract_id") == contract)
    months = (
        records.group_by(local_day("started_at").dt.strftime("%Y-%m").alias("month"))
        .agg(pl.col("minutes").sum())
        .sort("month")
    )
    minutes = dict(zip(months["month"], months["minutes"], strict=True))
    lost = [minutes.pop(month) for month in ("2025-09", "2025-10")]
    assert max(lost) < min(minutes.values()) / 2
    tasks = district.table("task_requests").filter(pl.col("contract_id") == contract)
    assert tasks["ruling"].to_list() == ["imposed", "imposed"]


def test_money_came_late_because_the_evaluation_did(district: Package) -> None:
    contract, seq = expected(district, "M01").split("/")
    [row] = (
        district.table("instalments")
        .filter((pl.col("contract_id") == contract) & (pl.col("seq") == int(seq)))
        .to_dicts()
    )
    reports = district.table("evaluations").filter(
        (pl.col("contract_id") == contract) & (pl.col("stage") == "midterm")
    )
    assert row["delay_cause"] == "evaluation"
    assert row["due_on"] < max(reports["reported_on"]) <= row["accepted_on"] <= row["paid_on"]


def test_the_bid_that_cannot_be_worked_lost(district: Package) -> None:
    [bid] = district.table("bids").filter(pl.col("id") == expected(district, "T05")).to_dicts()
    assert (bid["direct_hours"], bid["staff"], bid["status"]) == (23_957, 14, "valid")
    assert bid["id"] not in district.table("contracts")["bid_id"].to_list()


def test_the_winner_has_the_best_total_of_the_panel(district: Package) -> None:
    weights = {"price": 10, "workload": 20, "staffing": 20}
    weights |= {"experience": 15, "quality": 20, "outcome": 15}
    totals = (
        district.table("bid_scores")
        .with_columns(weight=pl.col("criterion_id").replace_strict(weights))
        .group_by("bid_id")
        .agg(total=(pl.col("score").cast(pl.Float64) * pl.col("weight")).sum() / 500)
        .join(district.table("bids"), left_on="bid_id", right_on="id")
    )
    best = totals.sort("total").group_by("tender_id").last()
    assert set(best["bid_id"]) == set(district.table("contracts")["bid_id"])


def test_commitments_and_instalments_add_up_to_what_was_agreed(district: Package) -> None:
    agreed = dict(district.table("contracts").select("id", "amount_fen").iter_rows())
    changes = district.table("contract_changes").filter(pl.col("kind") == "amount")
    for contract, delta in changes.select("contract_id", "amount_delta_fen").iter_rows():
        agreed[contract] += delta
    assert changes.height == 1
    for name in ("commitments", "instalments"):
        sums = district.table(name).group_by("contract_id").agg(pl.col("amount_fen").sum())
        assert dict(sums.iter_rows()) == agreed
    budget = dict(district.table("appropriations").select("id", "amount_fen").iter_rows())
    used = (
        district.table("commitments").group_by("appropriation_id").agg(pl.col("amount_fen").sum())
    )
    assert all(fen <= budget[id_] for id_, fen in used.iter_rows())


def test_records_are_sane(district: Package) -> None:
    records = district.table("service_records").with_columns(
        local=pl.col("started_at").dt.convert_time_zone("Asia/Shanghai"),
        ended=pl.col("started_at") + pl.duration(minutes=pl.col("minutes")),
    )
    hours = records["local"].dt.hour()
    assert (hours.min(), hours.max()) == (8, 20)
    assert records["entered_at"].max().date() <= date(2026, 6, 30)  # type: ignore[union-attr]
    assert (records["entered_at"] > records["ended"]).all()
    days = records.group_by("worker_id", pl.col("local").dt.date()).agg(pl.col("minutes").sum())
    assert days["minutes"].max() <= 600  # type: ignore[operator]
    in_order = records.sort("worker_id", "started_at")
    overlap = (in_order["started_at"] < in_order["ended"].shift(1)) & (
        in_order["worker_id"] == in_order["worker_id"].shift(1)
    )
    assert not overlap.any()
    cases = records.filter(pl.col("client_id").is_not_null())
    assert cases["term_id"].unique().to_list() == ["01"]
    assert cases.height == records.filter(pl.col("term_id") == "01").height


def test_outcomes_are_of_clients_that_were_served(district: Package) -> None:
    served = set(district.table("service_records")["client_id"].drop_nulls())
    measured = district.table("outcomes")
    assert set(measured["client_id"]) <= served
    assert set(measured["wave"]) >= {"baseline", "exit", "follow_up_6m"}


def test_some_tenders_are_still_open_with_sealed_bids(district: Package) -> None:
    still = district.table("tenders").filter(pl.col("opened_at").is_null())
    assert still.height == 2
    assert (still["bid_deadline"].dt.date() > district.manifest.as_of).all()
    sealed = district.table("bids").filter(pl.col("tender_id").is_in(still["id"].implode()))
    assert sealed.height == 2
    assert not set(sealed["id"]) & set(district.table("bid_scores")["bid_id"])
