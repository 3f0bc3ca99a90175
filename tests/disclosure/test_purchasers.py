"""Purchasers: what they bought, how promptly they paid, what they asked beyond contracts."""

from datetime import date
from decimal import Decimal

import pytest
from tests.disclosure import cast
from tests.disclosure.portal import read, set_day, status

from almoner.delivery.models import TaskRequest

pytestmark = pytest.mark.django_db
PAGE = "purchasers/11440106PURCHASER1/"


@pytest.fixture
def on() -> cast.Stage:
    set_day()
    return cast.stage()


def test_one_purchaser(on: cast.Stage) -> None:
    contract = cast.contract(on)
    cast.instalment(contract, 1, date(2026, 3, 1), paid_on=date(2026, 3, 1))
    cast.instalment(contract, 2, date(2026, 6, 1), paid_on=date(2026, 6, 11))
    for number, (ruling, hours) in enumerate(
        [("imposed", "10.5"), ("imposed", "2"), ("open", None)]
    ):
        TaskRequest.objects.create(
            id=f"Q-{number}",
            contract=contract,
            requested_by=on.purchaser,
            requested_on=date(2026, 5, 1),
            hours=hours and Decimal(hours),
            ruling=ruling,
        )
    page = read(PAGE)
    assert "Wushan Office buys services under 1 contract, worth ¥1.97m a year." in page
    assert "Of 2 payments 1 were late; 50% came on time." in page
    assert "paid 10 days late" in page
    assert "Imposed 2 12.5" in page and "Not yet ruled 1 unknown" in page


def test_who_bought_nothing_is_in_the_list_and_has_a_page(on: cast.Stage) -> None:
    assert "Wushan Office" in read("purchasers/")
    page = read(PAGE)
    assert "It has bought nothing yet." in page and "None is on record." in page


def test_who_is_no_purchaser_has_no_such_page(on: cast.Stage) -> None:
    assert status("purchasers/52440106PROVIDER01/") == 404
    cast.contract(on, purchaser=on.provider)
    assert status("purchasers/52440106PROVIDER01/") == 200
