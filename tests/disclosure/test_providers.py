"""Providers: the list, and one with its money, staff, ties, results and late payments."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.disclosure import cast
from tests.disclosure.cast import TODAY
from tests.disclosure.portal import html, read, set_day, status

from almoner.contracts.models import Contract
from almoner.disclosure.queries_parties import spread
from almoner.parties.models import OrganisationLink, Worker
from almoner.parties.queries import staff_on

PAGE = "providers/52440106PROVIDER01/"


@pytest.fixture
def on(db: None) -> cast.Stage:
    set_day()
    return cast.stage()


def employ(on: cast.Stage, licences: dict[str, int], **facts: object) -> None:
    for licence, number in licences.items():
        for index in range(number):
            Worker.objects.create(
                id=f"W-{licence}-{index}-{len(facts)}",
                organisation=on.provider,
                licence=licence,
                **{"employed_from": date(2024, 1, 1), **facts},
            )


def test_the_list_has_those_without_contracts_too(on: cast.Stage) -> None:
    cast.contract(on)
    page = read("providers/")
    assert page.index("Mingxin Centre") < page.index("Tongxing")
    assert "no contract" in page and "¥1.97m" in page
    assert "Pinggu Agency" not in page


def test_one_provider(on: cast.Stage) -> None:
    contract = cast.contract(on)
    cast.month(cast.term(contract, hours="200"), "2026-05", 50)
    cast.instalment(contract, 1, date(2026, 6, 1), paid_on=date(2026, 6, 11))
    cast.evaluation(on, contract)
    OrganisationLink.objects.create(
        organisation=on.purchaser, other=on.provider, kind="founder", from_on=date(2020, 5, 1)
    )
    page = read(PAGE)
    assert "Mingxin Centre delivers 1 contract, worth ¥1.97m a year." in page
    assert "Wushan Office: Founder, since 1 May 2020" in page
    assert "Of 1 payments 1 were late; 0% came on time." in page
    assert "paid 10 days late" in page and "86 Good" in page
    assert "Wushan Office 100%" in page


@pytest.mark.parametrize(
    ("held", "shown", "total"),
    [
        ({"none": 5, "assistant": 5}, [5, 5, 0, 0], 10),
        ({"none": 4, "assistant": 9, "senior": 7}, [None, 9, 0, None], 20),
        ({"none": 4}, [None, 0, 0, 0], None),
        ({}, [0, 0, 0, 0], 0),
    ],
)
def test_small_numbers_of_staff_are_hidden_and_cannot_be_worked_out(
    on: cast.Stage, held: dict[str, int], shown: list[int | None], total: int | None
) -> None:
    employ(on, held)
    staff = staff_on(on.provider.uscc, TODAY)
    assert ([cell.workers for cell in staff.cells], staff.total) == (shown, total)
    assert ("Fewer than 5 people" in read(PAGE)) is (None in [*shown, total])


def test_staff_of_today_only(on: cast.Stage) -> None:
    employ(on, {"none": 6}, employed_to=date(2026, 6, 30))
    employ(on, {"assistant": 6}, employed_to=TODAY, education="master_or_above")
    assert staff_on(on.provider.uscc, TODAY).total == 6


@pytest.mark.parametrize("uscc", ["52440106NOBODY0001", "11440106FINANCE001", "%00", "a~1b"])
def test_who_is_no_provider_has_no_such_page(on: cast.Stage, uscc: str) -> None:
    assert status(f"providers/{uscc}/") == 404


def test_largest_purchaser_of_each_calendar_year(on: cast.Stage) -> None:
    other = cast.organisation("11440106PURCHASER2", "purchaser", "石牌街道", "Shipai", on.street)
    year = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
    cast.contract(on, "C-1", amount_fen=300, **year)
    cast.contract(on, "C-2", amount_fen=700, purchaser=other, **year)
    cast.contract(on, "C-3", amount_fen=365_00, ends_on=date(2026, 12, 31))
    page = read(PAGE)
    assert "2025 ¥10 Shipai 70%" in page
    assert "2026 ¥365 Wushan Office 100%" in page


def test_years_to_come_are_not_shown(on: cast.Stage) -> None:
    cast.contract(on)  # to the end of 2028
    page = read(PAGE)
    assert "2026 ¥" in page and "2027 ¥" not in page


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 4000), st.integers(0, 10**12))
def test_money_spread_over_years_adds_up(first: date, days: int, fen: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    parts = spread(Contract(starts_on=first, ends_on=last, amount_fen=fen))
    assert sum(parts.values()) == fen
    in_year = Counter(
        date.fromordinal(day).year for day in range(first.toordinal(), last.toordinal() + 1)
    )
    for year, part in parts.items():
        assert abs(part - fen * in_year[year] / (days + 1)) < 1.01


def test_queries_do_not_grow(
    on: cast.Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        contract = cast.contract(on, f"C-{number}")
        cast.evaluation(on, contract, f"E-{number}")
        cast.instalment(contract, 1, date(2026, 5, 1))
    with django_assert_max_num_queries(11):
        html("providers/")
    with django_assert_max_num_queries(24):
        html(PAGE)
