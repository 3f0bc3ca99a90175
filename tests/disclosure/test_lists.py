"""The lists of contracts, evaluations and notices with their filters."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.disclosure import cast
from tests.disclosure.cast import TODAY
from tests.disclosure.portal import html, read, set_day
from tests.once import once_a_module

from almoner.notices.models import Notice

pytestmark = pytest.mark.django_db


def _stage() -> cast.Stage:
    set_day()
    return cast.stage()


copies = once_a_module(_stage)


@pytest.fixture
def on(copies: Callable[[], cast.Stage]) -> cast.Stage:
    return copies()


@pytest.fixture
def three(on: cast.Stage) -> cast.Stage:
    """C-1 good and late, C-2 of another provider, C-3 ended and excellent."""
    first = cast.contract(on, "C-1")
    cast.month(cast.term(first, hours="1000"), "2026-05", 100)
    cast.instalment(first, 1, date(2026, 5, 1))
    cast.evaluation(on, first, "E-1")
    second = cast.contract(
        on, "C-2", provider=on.rival, area=on.district, starts_on=date(2026, 2, 1), amount_fen=900
    )
    cast.month(cast.term(second, hours="1000"), "2026-05", 500)
    third = cast.contract(on, "C-3", starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    cast.evaluation(on, third, "E-3", {"1.1": "10", "1.2": "10", "2.1": "9"}, stage="final")
    return on


def listed(text: str, ids: tuple[str, ...] = ("C-1", "C-2", "C-3")) -> list[str]:
    """Which of the ids a page shows, in its order."""
    found = {name: text.find(f">{name}<") for name in ids}
    return sorted((name for name, at in found.items() if at >= 0), key=lambda name: found[name])


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, ["C-2", "C-1", "C-3"]),
        ({"area": "440106"}, ["C-2", "C-1", "C-3"]),
        ({"area": "440106001"}, ["C-1", "C-3"]),
        ({"provider": "52440106PROVIDER02"}, ["C-2"]),
        ({"purchaser": "11440106PURCHASER1"}, ["C-2", "C-1", "C-3"]),
        ({"status": "ended"}, ["C-3"]),
        ({"late": "on"}, ["C-1"]),
        ({"grade": "good"}, ["C-1"]),
        ({"grade": "excellent"}, ["C-3"]),
        ({"grade": "poor"}, []),
        ({"grade": "none"}, ["C-2"]),
        ({"q": "同行"}, ["C-2"]),
        ({"q": "wushan mingxin"}, ["C-1", "C-3"]),
        ({"q": "c-2"}, ["C-2"]),
        ({"q": "nothing-like-it"}, []),
        ({"sort": "oldest"}, ["C-3", "C-1", "C-2"]),
        ({"sort": "amount"}, ["C-1", "C-3", "C-2"]),
        ({"sort": "delivered"}, ["C-1", "C-2", "C-3"]),
        ({"grade": "good", "status": "ended"}, []),
    ],
)
def test_contracts_by_filter_and_order(
    three: cast.Stage, asked: dict[str, str], wanted: list[str]
) -> None:
    assert listed(html("contracts/", **asked)) == wanted


def test_a_row_says_what_counts(three: cast.Stage) -> None:
    page = read("contracts/", provider="52440106PROVIDER01", status="running")
    assert "1 contract found." in page
    assert "Family services, Wushan Sub-district C-1 Mingxin Centre ¥5,900,000" in page
    assert "Being delivered, year 1 of 3" in page
    assert "10% of this year; 50% of its days passed · behind" in page
    assert "Good 86 Mid-term" in page


def test_promises_that_are_unknown_give_no_share(on: cast.Stage) -> None:
    cast.month(cast.term(cast.contract(on), hours=None), "2026-05", 100)
    assert "unknown" in read("contracts/")


@pytest.mark.parametrize("lists", ["contracts/", "evaluations/", "notices/"])
def test_a_choice_that_there_is_not_is_named_and_left_out(three: cast.Stage, lists: str) -> None:
    field = {"contracts/": "area", "evaluations/": "agency", "notices/": "kind"}[lists]
    page = html(lists, **{field: "' OR 1=1 --"})
    assert "There is no such choice here" in page
    if lists == "contracts/":
        assert listed(page) == ["C-2", "C-1", "C-3"]


def test_the_last_result_is_the_one_reported_last_by_today(on: cast.Stage) -> None:
    contract = cast.contract(on)
    for name, day, score in (
        ("E-1", date(2026, 6, 20), "9"),
        ("E-2", TODAY, "7"),
        ("E-3", TODAY + timedelta(days=1), "5"),
    ):
        cast.evaluation(on, contract, name, {"1.1": score}, reported_on=day)
    assert "Fair 70 Mid-term" in read("contracts/")
    assert listed(html("contracts/", grade="good"), ("C-1",)) == []


def test_too_many_words_are_refused_kindly(three: cast.Stage) -> None:
    assert "Use at most 100 characters." in read("contracts/", q="x" * 101)
    assert "No contract answers all of this." in read("contracts/", q="x" * 100)


def test_pages_keep_the_filters_and_cost_the_same(
    on: cast.Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(51):
        cast.contract(on, f"C-{number:02}")
    with django_assert_max_num_queries(18):
        first = html("contracts/", sort="oldest")
    assert "sort=oldest&amp;page=2" in first and listed(first, ("C-49", "C-50")) == ["C-49"]
    assert listed(html("contracts/", sort="oldest", page="2"), ("C-49", "C-50")) == ["C-50"]
    assert listed(html("contracts/", sort="oldest", page="99"), ("C-50",)) == ["C-50"]
    assert listed(html("contracts/", sort="oldest", page="x"), ("C-00",)) == ["C-00"]


def test_evaluations_by_filter(three: cast.Stage) -> None:
    page = read("evaluations/")
    assert "2 evaluations with a result" in page
    assert "Raw totals of different agencies are not comparable" in page
    assert listed(html("evaluations/", grade="excellent")) == ["C-3"]
    assert listed(html("evaluations/", stage="midterm")) == ["C-1"]
    assert listed(html("evaluations/", agency=three.agency.uscc)) != []
    assert "No evaluation answers all of this" in read("evaluations/", grade="poor")


def test_evaluations_of_a_grade_come_in_pages(
    on: cast.Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    contract = cast.contract(on)
    for number in range(51):
        cast.evaluation(on, contract, f"E-{number:02}")
    cast.evaluation(on, cast.contract(on, "C-2"), "E-X", {"1.1": "10", "1.2": "10", "2.1": "10"})
    with django_assert_max_num_queries(18):
        first = html("evaluations/", grade="good")
    assert "grade=good&amp;page=2" in first and first.count(">C-1<") == 50
    assert html("evaluations/", grade="good", page="2").count(">C-1<") == 1
    assert listed(html("evaluations/", grade="excellent")) == ["C-2"]


def test_a_total_just_below_a_line_keeps_its_grade_in_print(on: cast.Stage) -> None:
    cast.evaluation(on, cast.contract(on), "E-1", {"1.1": "8.9999"}, ("R-1",))
    assert "89.99 Good" in read("evaluations/")
    assert listed(html("evaluations/", grade="excellent"), ("C-1",)) == []


def test_raters_weigh_the_same_whatever_they_rated(on: cast.Stage) -> None:
    made = cast.evaluation(on, cast.contract(on), "E-1", {"1.1": "10", "2.1": "10"}, ("R-1",))
    made.ratings.create(rater_id="R-2", indicator_id="1.1", score=Decimal(5), evidence_count=1)
    assert "87.5 Good" in read("evaluations/")  # (7.5 * 40 + 10 * 40) / 80


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"reported_on": TODAY}, True),
        ({"reported_on": TODAY + timedelta(days=1)}, False),
        ({"reported_on": None}, False),
        ({"raters": ()}, False),
    ],
)
def test_a_result_shows_from_the_day_it_is_reported(
    on: cast.Stage, facts: dict[str, object], shown: bool
) -> None:
    cast.evaluation(on, cast.contract(on), **facts)
    assert listed(html("evaluations/"), ("C-1",)) == (["C-1"] if shown else [])
    assert ("3 Result 1 evaluations with a result" in read("")) is shown


def test_notices_link_to_what_they_are_about(three: cast.Stage) -> None:
    cast.tender(three)
    for kind, subject in (
        ("contract", "C-1"),
        ("agency_assessment", "E-3"),
        ("tender", "T-1"),
        ("correction", "NOBODY-KNOWS"),
    ):
        Notice.objects.create(kind=kind, subject_id=subject, published_at=cast.at("2026-06-01"))
    page = html("notices/")
    assert 'href="/en/contracts/C-1/"' in page and 'href="/en/contracts/C-3/"' in page
    assert "NOBODY-KNOWS" in page and "4 notices" in page
    only = html("notices/", kind="tender")
    assert "T-1" in only and "C-1" not in only and "Family services, Wushan" in only


def test_a_notice_of_the_future_is_not_shown(on: cast.Stage) -> None:
    Notice.objects.create(kind="tender", subject_id="T-9", published_at=cast.at("2026-07-03"))
    assert "T-9" not in read("notices/")


def test_an_id_of_two_things_is_what_the_kind_of_notice_means(on: cast.Stage) -> None:
    cast.tender(on, "X")
    cast.contract(on, "X", area=on.district)
    for kind in ("tender", "contract"):
        Notice.objects.create(kind=kind, subject_id="X", published_at=cast.at("2026-06-01"))
    assert "Family services, Tianhe District" in read("notices/", kind="contract")
    assert 'href="/en/contracts/X/"' in html("notices/", kind="contract")
    assert "Family services, Wushan Sub-district" in read("notices/", kind="tender")
    assert 'href="/en/contracts/X/"' not in html("notices/", kind="tender")
