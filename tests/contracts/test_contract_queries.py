"""A contract with what is known of it, and what an hour of others costs."""

from datetime import timedelta

import pytest
from tests.disclosure import cast

from almoner.contracts.queries import known_contract, priced_like, terms_of

pytestmark = pytest.mark.django_db
OPENING = cast.at("2025-11-25")


def test_bids_are_counted_from_the_opening_on() -> None:
    on = cast.stage()
    tender = cast.tender(on, opened_at=OPENING)
    cast.bid(on, tender)
    cast.bid(on, cast.tender(on, "T-2"), "B-2")
    cast.contract(on, tender=tender)
    before = known_contract("C-1", OPENING - timedelta(microseconds=1))
    after = known_contract("C-1", OPENING)
    assert before and before.bids is None
    assert after and after.bids == 1 and after.item and after.item.name_zh == "家庭综合服务"


def test_no_contract_and_a_service_outside_the_directory() -> None:
    on = cast.stage()
    cast.contract(on, service_item="X9")
    found = known_contract("C-1", OPENING)
    assert found and found.item is None and found.bids is None
    assert known_contract("C-2", OPENING) is None


def test_direct_terms_come_first() -> None:
    contract = cast.contract(cast.stage())
    for code, group in (("a", "indirect"), ("b", "direct"), ("c", "direct")):
        cast.term(contract, code, group=group)
    assert [term.code for term in terms_of("C-1")] == ["b", "c", "a"]


def test_prices_of_others_with_all_direct_hours_known() -> None:
    on = cast.stage()
    mine = cast.contract(on)
    cast.term(mine)
    for number, hours in ((2, "1000.5"), (3, None)):
        contract = cast.contract(on, f"C-{number}")
        cast.term(contract, "a", "2000")
        cast.term(contract, "b", hours)
        cast.term(contract, "c", None, group="indirect")
    cast.term(cast.contract(on, "C-4", service_item="X9"))
    far = cast.area(
        "440299001", "street", cast.area("440299", "district", on.city, "远", None), "远", None
    )
    cast.term(cast.contract(on, "C-5", area=far))
    assert [(other.direct_hours, other.amount_fen) for other in priced_like(mine)] == [
        (3000.5, mine.amount_fen)
    ]
