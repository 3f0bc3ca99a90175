"""The home page: the city in four figures, its places, newest results, late payments."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.disclosure import cast
from tests.disclosure.cast import TODAY
from tests.disclosure.portal import html, read, set_day

from almoner.contracts.models import Contract
from almoner.disclosure.queries import Status, facts, summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> cast.Stage:
    set_day()
    return cast.stage()


def test_a_city_without_contracts_is_kindly_empty(on: cast.Stage) -> None:
    page = read("")
    assert "On 1 July 2026 no contract is in force." in page
    assert "No evaluation has been reported yet." in page
    assert "No payment is late, and none was." in page


def test_four_figures(on: cast.Stage) -> None:
    contract = cast.contract(on)
    case = cast.term(contract, hours="3360")
    cast.term(contract, "training", hours="1008", group="indirect")
    cast.term(contract, "enquiry", hours=None)
    cast.month(case, "2026-01", 1000)
    cast.month(case, "2026-06", 512)
    cast.instalment(contract, 1, date(2026, 2, 1), paid_on=date(2026, 2, 1), paid_fen=100)
    cast.instalment(contract, 2, date(2026, 3, 1), paid_on=date(2026, 3, 2), paid_fen=100)
    cast.instalment(contract, 3, TODAY)
    cast.instalment(contract, 4, date(2026, 6, 30))
    cast.evaluation(on, contract)
    page = read("")
    assert "1 contract is in force, worth ¥1.97m a year" in page  # 5.9m over three years
    assert "Of the 3,360 hours promised for the current contract years, 45%" in page
    assert "1,512 of 3,360 hours promised this contract year and 1 term of unknown hours" in page
    assert "33% of 3 payments; 2 late" in page
    assert "paid 1 day late" in page and "unpaid, 1 day late" in page
    assert "Family services, Wushan Sub-district" in page
    assert "86 Good" in page  # 40 % of 90, 20 % of 80, 40 % of 85


def test_figures_open_to_their_lists_and_definitions(on: cast.Stage) -> None:
    page = html("")
    for address in (
        "/en/contracts/?status=running",
        "/en/contracts/?late=on",
        "/en/evaluations/",
        "/en/how-we-count/#money-a-year",
        "/en/how-we-count/#delivered-hours",
        "/en/how-we-count/#on-time",
    ):
        assert f'href="{address}"' in page


def test_chinese(on: cast.Stage) -> None:
    cast.evaluation(on, cast.contract(on))
    page = read("", "zh-hans")
    assert "2026年7月1日 ，执行中的合同有1份，每年金额197万元。" in page
    assert "五山街道·家庭综合服务" in page and "良" in page
    assert "示意图，并非地图" in page


def test_tiles_are_streets_where_one_district_has_contracts(on: cast.Stage) -> None:
    cast.area("440105", "district", on.city, "海珠区", "Haizhu District")
    tiles = html("").split('<ul class="tiles"')
    assert len(tiles) == 2 and "Haizhu District" in tiles[1].split("</ul>")[0]
    cast.contract(on)
    set_day()
    grid = html("").split('<ul class="tiles"')[1].split("</ul>")[0]
    assert "Wushan Sub-district" in grid and "District<" not in grid
    other = cast.area("440105001", "street", on.district, "赤岗街道", "Chigang Sub-district")
    other.parent_id = "440105"
    other.save()
    cast.contract(on, "C-2", area=other)
    set_day()
    grid = html("").split('<ul class="tiles"')[1].split("</ul>")[0]
    assert "Haizhu District" in grid and "Tianhe District" in grid and "Wushan" not in grid


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        ({"starts_on": TODAY}, Status.RUNNING),
        ({"starts_on": date(2026, 7, 2)}, Status.NOT_STARTED),
        ({"ends_on": TODAY}, Status.RUNNING),
        ({"ends_on": date(2026, 6, 30)}, Status.ENDED),
        ({"ended_on": TODAY}, Status.RUNNING),
        ({"ended_on": date(2026, 6, 30)}, Status.ENDED),
        ({"ends_on": date(2026, 6, 30), "ended_on": TODAY}, Status.RUNNING),
    ],
)
def test_in_force_from_the_first_day_to_the_actual_end(
    on: cast.Stage, dates: dict[str, date], status: Status
) -> None:
    cast.contract(on, **dates)
    assert [fact.status for fact in facts(Contract.objects.all(), TODAY)] == [status]
    shown = {choice: "C-1" in read("contracts/", status=choice.value) for choice in Status}
    assert shown == {choice: choice is status for choice in Status}


def test_a_month_counts_wholly_in_the_year_that_begins_in_it(on: cast.Stage) -> None:
    contract = cast.contract(on, starts_on=date(2025, 3, 15), ends_on=date(2028, 3, 14))
    case = cast.term(contract, hours="100")
    for month in ("2026-02", "2026-03", "2026-07", "2026-08"):
        cast.month(case, month, 10)
    (fact,) = facts(Contract.objects.all(), TODAY)
    assert fact.hours == 20  # not February's, and not August's, which has not come
    assert (fact.year.number, fact.year.of) == (2, 3)
    assert fact.share == Fraction(20, 100)


def test_an_ended_contract_is_measured_over_its_whole_time(on: cast.Stage) -> None:
    contract = cast.contract(on, starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31))
    case = cast.term(contract, hours="268.8")
    for month in ("2024-05", "2025-05"):
        cast.month(case, month, 134)
    (fact,) = facts(Contract.objects.all(), TODAY, of_ended=True)
    assert fact.share == Fraction(268) / (2 * Fraction("268.8"))
    (unasked,) = facts(Contract.objects.all(), TODAY)
    assert unasked.share is None
    assert summary([fact]).promised == Decimal(0)


def test_the_number_of_queries_does_not_grow(
    on: cast.Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        contract = cast.contract(on, f"C-{number}")
        cast.month(cast.term(contract), "2026-05", 100)
        cast.instalment(contract, 1, date(2026, 5, 1))
        cast.evaluation(on, contract, f"E-{number}")
    with django_assert_max_num_queries(18) as asked:
        html("")
    assert not any('FROM "service_records"' in query["sql"] for query in asked.captured_queries)
