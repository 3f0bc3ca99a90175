"""Places: the list, and a city, a district or a street with what it bought."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.disclosure import cast
from tests.disclosure.portal import html, read, set_day, status
from tests.once import once_a_module

from almoner.needs.models import Need

pytestmark = pytest.mark.django_db


def _stage() -> cast.Stage:
    set_day()
    return cast.stage()


copies = once_a_module(_stage)


@pytest.fixture
def on(copies: Callable[[], cast.Stage]) -> cast.Stage:
    return copies()


def test_a_district_includes_its_streets(on: cast.Stage) -> None:
    cast.contract(on, "C-1", amount_fen=3_000_000 * cast.YUAN)
    cast.contract(on, "C-2", area=on.district, amount_fen=3_000_000 * cast.YUAN)
    assert "2 contracts are in force in Tianhe District, worth ¥2m a year" in read("places/440106/")
    assert "1 contract is in force in Wushan Sub-district" in read("places/440106001/")
    assert "2 contracts are in force in Guangzhou" in read("places/4401/")


def test_money_for_each_resident_or_that_it_is_unknown(on: cast.Stage) -> None:
    cast.contract(on, amount_fen=3 * 30_000 * 90_00)
    assert "That is ¥90 a year for each of its 30,000 residents." in read("places/440106001/")
    on.street.population = None
    on.street.save()
    set_day()
    assert "The number of residents is unknown" in read("places/440106001/")


@pytest.mark.parametrize("residents", [0, None])
def test_no_residents_no_share(on: cast.Stage, residents: int | None) -> None:
    on.street.population = residents
    on.street.save()
    cast.contract(on)
    assert "a year for each of its" not in read("places/440106001/")


def test_the_chain_and_what_residents_asked(on: cast.Stage) -> None:
    contract = cast.contract(on)
    cast.month(cast.term(contract, hours="200"), "2026-05", 50)
    cast.evaluation(on, contract)
    for number, answered in enumerate([None, date(2026, 6, 1)]):
        Need.objects.create(
            id=f"N-{number}",
            area=on.street,
            channel="online",
            raised_on=date(2026, 5, 1),
            answered_on=answered,
        )
    page = read("places/440106/")
    assert "50 hours so far, 25% of those promised" in page
    assert "2 needs were raised, 1 of them answered." in page
    assert "Family services, Wushan Sub-district" in page and "86 Good" in page


@pytest.mark.parametrize("people", [1, 4])
def test_hours_of_few_people_stand_in_no_list_and_in_no_sum(on: cast.Stage, people: int) -> None:
    few = cast.contract(on, "C-1")
    cast.month(cast.term(few, hours="200"), "2026-05", 74, people)
    page = read("places/440106/")
    assert "3 Delivered ※ hours so far" in page
    assert not re.search(r"\b(74|37%)", page), "neither the hours nor their share"
    assert " 200 ※ – " in page, "the table of its places"
    cast.month(cast.term(cast.contract(on, "C-2"), hours="400"), "2026-05", 100)
    set_day()
    for path in ("", "places/440106/", f"providers/{on.provider.pk}/"):
        page = read(path)
        assert "Delivered 100 ※" in page, path
        assert "25%" in page and not re.search(r"\b(174|74)\b", page), "of 400 h, not of 600 h"
    assert "37%" not in read("contracts/") and "※" in read("contracts/")
    few.ended_on = date(2026, 6, 30)
    few.save()
    set_day()
    assert "Ended · 30 June 2026 ※" in read("contracts/")


@pytest.mark.parametrize("people", [5, None])
def test_hours_of_enough_or_unknown_people_are_told(on: cast.Stage, people: int | None) -> None:
    cast.month(cast.term(cast.contract(on), hours="200"), "2026-05", 52, people)
    assert "3 Delivered 52 hours so far, 26% of those promised" in read("places/440106/")
    assert "26%" in read("contracts/")


def test_an_empty_street_is_kind(on: cast.Stage) -> None:
    page = read("places/440106001/")
    assert "No contract is in force in Wushan Sub-district." in page
    assert "Nothing has been bought for this place yet." in page


def test_where_nothing_is_promised_or_due_there_is_no_share(on: cast.Stage) -> None:
    over = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    cast.month(cast.term(cast.contract(on, "C-1", **over)), "2024-05", 50)
    nothing = "Wushan Sub-district 0 ¥0 ¥0 0 – –"
    assert nothing in read("places/") and nothing in read("places/440106/")
    assert "Mingxin Centre 0 ¥0 – 0 –" in read("providers/")
    cast.term(cast.contract(on, "C-2"), hours=None)
    set_day()
    assert "0 unknown –" in read("places/440106/"), "what is promised is not known yet"


def test_finding_a_street_leads_to_its_page(on: cast.Stage) -> None:
    answer = Client().get("/en/places/", {"place": "440106001"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/places/440106001/")
    assert "There is no such choice here" in read("places/", place="//evil.example")


def test_the_list_shows_every_place_by_district(on: cast.Stage) -> None:
    cast.contract(on)
    page = html("places/", "zh-hans")
    for name in ("广州市", "天河区", "五山街道"):
        assert name in page


@pytest.mark.parametrize("code", ["9999", "%00", "'--", "~0"])
def test_unknown_places_are_not_found(on: cast.Stage, code: str) -> None:
    assert status(f"places/{code}/") == 404


def test_queries_do_not_grow_with_places_or_contracts(
    on: cast.Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        place = cast.area(f"44010600{number}9", "street", on.district, f"街{number}", None)
        cast.evaluation(on, cast.contract(on, f"C-{number}", area=place), f"E-{number}")
    with django_assert_max_num_queries(12):
        html("places/")
    with django_assert_max_num_queries(21):
        html("places/440106/")
