"""The plan of the city: figures of the documents, who runs and who judges what."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from stdnum.cn import uscc

from almoner.demo.base import AS_OF, Scale, add_months, plain
from almoner.demo.cast import cast
from almoner.demo.evaluation import CORE, leaves
from almoner.demo.parties import invented_uscc
from almoner.demo.procurement import CRITERIA, bids, winner
from almoner.demo.world import APART, YEARLY_YUAN, World, build

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def city() -> World:
    return build("city", 1)


def test_the_city_has_the_figures_of_the_documents(city: World) -> None:
    assert len(city.centres) == 171
    assert len(city.parties.providers) == 79
    assert {c.provider for c in city.centres} == set(range(79))
    assert len(city.parties.agencies) == 7
    assert {c.agency for c in city.centres} == set(range(7))
    assert len(city.places.streets) == 176
    assert len(city.places.districts) == 11


def test_contracts_cover_three_years_without_gap_or_overlap(city: World) -> None:
    days: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for c in city.contracts:
        days[c.centre.number].append((c.starts_on, c.ends_on))
    assert len(days) == 171
    for terms in days.values():
        assert terms[0][0] == date(2023, 7, 1)
        assert terms[-1][1] == date(2026, 6, 30)
        for (_, end), (start, _) in zip(terms, terms[1:], strict=False):
            assert start == end + timedelta(1)
    assert {c.years for c in city.contracts} == {1, 3}


def test_one_provider_has_seven_centres_in_four_districts_under_four_agencies(city: World) -> None:
    mine = [c for c in city.centres if c.provider == 0]
    assert len(mine) == 7
    assert len({c.street.district for c in mine}) == 4
    assert len({c.agency for c in mine}) == 4


def test_six_agencies_connect_and_one_stays_apart(city: World) -> None:
    twice = [c for c in city.centres if c.second_agency is not None]
    assert round(len(twice) / len(city.centres), 2) == 0.15
    links: dict[int | None, set[int | None]] = defaultdict(set)
    for c in twice:
        links[c.agency].add(c.second_agency)
        links[c.second_agency].add(c.agency)
    reached: set[int | None] = {0}
    while more := set().union(*(links[a] for a in reached)) - reached:
        reached |= more
    assert reached == {0, 1, 2, 3, 4, 5}
    assert APART not in reached


@pytest.mark.parametrize("scale", ["district", "city"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_district_is_in_few_hands(scale: Scale, seed: int) -> None:
    money: dict[str, Counter[int]] = defaultdict(Counter)
    for c in build(scale, seed).centres:
        money[c.street.district][c.provider] += YEARLY_YUAN[c.staff]
    for held in money.values():
        assert sum(Fraction(m, held.total()) ** 2 for m in held.values()) <= Fraction(1, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_yearly_contracts_go_to_providers_with_several_purchasers(seed: int) -> None:
    world = build("city", seed)
    held = Counter(c.provider for c in world.centres)
    assert all(held[c.provider] > 1 for c in world.centres if c.contract_years == 1)


@pytest.mark.parametrize("scale", ["district", "city"])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_story_has_a_contract_of_its_own(scale: Scale, seed: int) -> None:
    chosen = list(vars(cast(build(scale, seed))).values())
    assert len({c.id for c in chosen}) == 6
    assert all(c.centre.staff == 14 and c.ends_on >= AS_OF for c in chosen)


@pytest.mark.parametrize("seed", SEEDS)
def test_winners_win_and_hours_out_of_reach_lose(seed: int) -> None:
    world = build("city", seed)
    inflated = cast(world).inflated
    found = bids(world, inflated.tender_id)
    [promised] = [b for b in found[inflated.tender_id] if b.direct_hours == 23_957]
    assert promised.status == "valid"
    assert promised is not winner(found[inflated.tender_id])
    assert round(promised.direct_hours / promised.staff, 1) == Decimal("1711.2")
    for offers in found.values():
        best = winner(offers)
        valid = [b for b in offers if b.status == "valid"]
        assert len(valid) >= 3
        assert len({b.price_fen for b in valid}) == len(valid)
        assert all(b.total() < best.total() for b in valid if b is not best)
        assert len({b.provider for b in offers}) == len(offers)


def test_every_framework_weighs_to_100_and_keeps_the_common_core() -> None:
    assert sum(w for _, _, w, _ in CRITERIA) == 100
    core = {x.id for x in leaves(CORE)}
    for framework in (CORE, *(f"F-{a}" for a in "ABCDEFG")):
        own = leaves(framework)
        assert sum(x.weight for x in own) == 100
        assert {x.common_id for x in own if x.common_id} == core
        assert sum(x.weight for x in own if x.common_id is None) <= 20
        assert sum(x.weight for x in own if x.dimension in "OB") >= 60
        assert any(x.measures == "outcome" for x in own)


def test_codes_are_well_formed_and_of_a_range_of_our_own() -> None:
    code = invented_uscc("52", "440103", 5_001)
    assert uscc.is_valid(code)
    assert code[8:11] == "DEM"
    # GB 11714: the ninth character of the organisation code checks the eight before it.
    total = sum(int(c, 36) * w for c, w in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    assert (total + (10 if code[16] == "X" else int(code[16]))) % 11 == 0


def test_months_are_added_to_the_last_day_where_a_month_is_shorter() -> None:
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2025, 7, 1), 12) == date(2026, 7, 1)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


@pytest.mark.parametrize(("value", "text"), [("268.80", "268.8"), ("1000", "1000"), ("0.5", "0.5")])
def test_numbers_are_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text
