"""Findings of impact: just inside, at and just outside the limit, empty and unknown."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.small import found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because
from almoner.rules.money import LARGEST_FEN

Row = dict[str, object]


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


@pytest.mark.parametrize("code", ["I01", "I02", "I03"])
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


RUNNING: Row = {"starts_on": "2025-01-01", "ends_on": "2027-12-31"}


def followed(
    as_of: str = "2026-03-31",
    contract: Row | None = None,
    clients: Sequence[str] = (),
    waves: Sequence[tuple[str, str, str]] = (),
    term: Row | None = None,
) -> list[Finding]:
    """I01 of one contract: its users, and (user, instrument, wave) of each measurement."""
    return found(
        "I01",
        as_of=as_of,
        contracts=[{**RUNNING, **(contract or {})}],
        contract_terms=[term or {}, {"id": "t2", "type": "group_work"}],
        service_records=[
            {"id": f"S{place}", "client_id": client} for place, client in enumerate(clients)
        ]
        + [{"id": "other", "term_id": "t2", "client_id": "group"}],
        outcomes=[
            {"client_id": who, "instrument": what, "wave": wave} for who, what, wave in waves
        ],
    )


TEN = [f"u{n}" for n in range(10)]
BOTH = [(f"u{n}", "GAS", wave) for n in range(3) for wave in ("baseline", "exit")]


def test_three_in_ten_users_are_followed() -> None:
    assert followed(clients=TEN, waves=BOTH) == []
    (one,) = followed(clients=[*TEN, "u10", "u10", "", ""], waves=BOTH)
    assert (one.id, one.value, one.limit) == ("C1", pytest.approx(3 / 11), 0.3)
    assert one.rows == (("contracts", "C1"), ("contract_terms", "C1/t1"))
    assert "by the same instrument: 3 of 11, or 27.3%" in said(one)
    (none,) = followed(clients=["u1"])
    assert none.value == 0


@pytest.mark.parametrize(
    ("waves", "counts"),
    [
        ([("u0", "GAS", "baseline"), ("u0", "GAS", "follow_up_6m")], True),
        ([("u0", "GAS", "baseline"), ("u0", "K10", "exit")], False),
        ([("u0", "GAS", "baseline")], False),
        ([("u0", "GAS", "exit"), ("u0", "GAS", "follow_up_12m")], False),
        ([("u1", "GAS", "baseline"), ("u1", "GAS", "exit")], False),
    ],
)
def test_what_counts_as_followed(waves: list[tuple[str, str, str]], counts: bool) -> None:
    assert (followed(clients=["u0"], waves=waves) == []) == counts


@pytest.mark.parametrize(
    ("as_of", "contract", "asked"),
    [
        ("2025-12-31", {}, False),
        ("2026-01-01", {}, True),
        ("2027-12-31", {}, True),
        ("2028-01-01", {}, False),
        ("2026-03-31", {"ended_on": "2026-03-30"}, False),
        ("2026-03-31", {"ended_on": "2026-03-31"}, True),
        ("2025-02-28", {"starts_on": "2024-02-29"}, False),
        ("2025-03-01", {"starts_on": "2024-02-29"}, True),
        ("2024-02-29", {"starts_on": "2023-03-01"}, False),
        ("2024-02-29", {"starts_on": "2023-02-28"}, True),
    ],
)
def test_users_are_followed_from_the_second_year_on(as_of: str, contract: Row, asked: bool) -> None:
    assert len(followed(as_of, contract, clients=["u0"])) == asked


def test_without_users_of_case_work_nothing_is_asked() -> None:
    assert followed(clients=["", ""]) == []
    assert followed(clients=["u0"], term={"type": "group_work"}) == []


def money(*rows: tuple[str, str, int, str, str]) -> list[Row]:
    """Contracts (provider, purchaser, fen, first day, last day), numbered in their order."""
    return [
        {"id": f"C{place}", "provider_uscc": provider, "purchaser_uscc": purchaser}
        | {"amount_fen": fen, "starts_on": first, "ends_on": last}
        for place, (provider, purchaser, fen, first, last) in enumerate(rows)
    ]


YEAR = ("2025-01-01", "2025-12-31")


def test_a_provider_lives_on_one_purchaser() -> None:
    rows = money(
        ("at", "G", 800, *YEAR),
        ("at", "H", 200, *YEAR),
        ("above", "G", 801, *YEAR),
        ("above", "H", 200, *YEAR),
        ("alone", "G", 100, *YEAR),
        ("free", "G", 0, *YEAR),
        ("free", "G", 0, *YEAR),
        # 2,920 fen over 730 days are 1,460 a year: 80 % of 1,825, and more than that of 1,824.
        ("spread", "G", 2920, "2025-01-01", "2026-12-31"),
        ("spread", "H", 365, "2026-01-01", "2026-12-31"),
        ("denser", "G", 2920, "2025-01-01", "2026-12-31"),
        ("denser", "H", 364, "2026-01-01", "2026-12-31"),
        # The year of the as-of day counts in full, the next not at all.
        ("later", "G", 100, "2026-12-31", "2027-01-31"),
        ("later", "G", 100, "2026-12-31", "2027-01-31"),
        ("next", "G", 100, "2027-01-01", "2027-12-31"),
        ("next", "G", 100, "2027-01-01", "2027-12-31"),
    )
    lives = found("I02", as_of="2026-06-30", contracts=rows)
    assert [(one.id, one.key, one.value) for one in lives] == [
        ("above", "2025", pytest.approx(801 / 1001)),
        ("denser", "2026", pytest.approx(1460 / 1824)),
        ("later", "2026", 1),
    ]
    assert lives[0].rows == (("organisations", "above"), ("contracts", "C2"), ("contracts", "C3"))
    assert "In 2025, G paid for 80.02% of the ¥10.01" in said(lives[0])


def test_thirds_and_sevenths_of_contracts_are_compared_exactly() -> None:
    """4 of 7 days of G's money, 1 of 3 of H's: 7 k and 3 k fen are 4 to 1, the limit itself."""
    k = LARGEST_FEN // 10

    def lives(more: int) -> list[Finding]:
        rows = money(
            ("P", "G", 7 * k + more, "2025-12-28", "2026-01-03"),
            ("P", "H", 3 * k, "2025-12-31", "2026-01-02"),
        )
        return found("I02", as_of="2025-12-31", contracts=rows)

    assert lives(0) == []
    assert [one.key for one in lives(1)] == ["2025"]


AREAS: list[Row] = [
    {"code": "4401", "level": "city"},
    {"code": "440103", "level": "district", "parent_code": "4401"},
    {"code": "440103001", "level": "street", "parent_code": "440103"},
    {"code": "440104", "level": "district", "parent_code": "4401"},
]


def holdings(*fen: int, area: str = "440103") -> list[Row]:
    return [
        {"id": f"{area}-{place}", "provider_uscc": f"P{place}", "area_code": area}
        | {"amount_fen": amount, "starts_on": YEAR[0], "ends_on": YEAR[1]}
        for place, amount in enumerate(fen)
    ]


@pytest.mark.parametrize(
    ("fen", "index"),
    [
        ((5, 5, 5, 4, 1), None),  # 92 of 400
        ((3, 3, 3, 3, 0), None),  # 36 of 144, the limit itself
        ((3, 3, 3, 3, 0, 0), None),
        ((300, 300, 300, 299, 0), 359401 / 1199**2),
        ((1, 0, 0, 0, 0), 1),
        ((1, 0, 0, 0), None),  # too few contracts
        ((0, 0, 0, 0, 0), None),  # no money
    ],
)
def test_few_providers_hold_most(fen: tuple[int, ...], index: float | None) -> None:
    held = found("I03", contracts=holdings(*fen), areas=AREAS)
    assert [one.value for one in held] == ([] if index is None else [pytest.approx(index)])
    for one in held:
        assert (one.id, one.key, one.limit) == ("440103", "2025", 0.25)
        assert "Providers in 2025: 5; contracts: 5," in said(one)


def test_money_of_streets_is_their_districts() -> None:
    in_street = holdings(1, 1, area="440103001")
    in_district = holdings(1, 1, 1)
    both = in_street + in_district
    (one,) = found("I03", contracts=both, areas=AREAS)
    assert one.value == pytest.approx(9 / 25)  # 2, 2 and 1 of 5
    assert len(one.rows) == 6
    assert found("I03", contracts=in_district + holdings(1, 1, area="440104"), areas=AREAS) == []
    assert found("I03", contracts=holdings(1, 0, 0, 0, 0, area="4401"), areas=AREAS) == []


def test_a_district_in_a_district_has_its_own_money() -> None:
    inner = {"code": "440105", "level": "district", "parent_code": "440103"}
    street = {"code": "440105001", "level": "street", "parent_code": "440105"}
    both = holdings(1, 0, 0, 0, 0) + holdings(1, 1, 1, 1, 1, area="440105001")
    held = found("I03", contracts=both, areas=[*AREAS, inner, street])
    assert [(one.id, one.value) for one in held] == [("440103", 1)]


CONTRACTS = st.lists(
    st.tuples(
        st.sampled_from("GH"), st.integers(0, 10**6), st.integers(0, 800), st.integers(0, 800)
    ),
    max_size=6,
)


@settings(max_examples=5, deadline=None)
@given(st.lists(CONTRACTS, min_size=3, max_size=3))
def test_spreading_day_by_day_gives_the_same(
    providers: list[list[tuple[str, int, int, int]]],
) -> None:
    start = date(2023, 7, 1)
    expected: dict[tuple[str, str], float] = {}
    rows: list[tuple[str, str, int, str, str]] = []
    for number, contracts in enumerate(providers):
        by_day: dict[int, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        held: dict[int, int] = defaultdict(int)
        for purchaser, fen, first, length in contracts:
            days = [start + timedelta(first + step) for step in range(length + 1)]
            rows.append((f"P{number}", purchaser, fen, str(days[0]), str(days[-1])))
            for year in {day.year for day in days}:
                held[year] += 1
            for day in days:
                by_day[day.year][purchaser] += Fraction(fen, len(days))
        for year, shares in by_day.items():
            most, total = max(shares.values()), sum(shares.values())
            if year <= 2026 and held[year] >= 2 and most > total * Fraction(4, 5):
                expected[f"P{number}", str(year)] = pytest.approx(float(most / total))
    lives = found("I02", as_of="2026-01-01", contracts=money(*rows))
    assert {(one.id, one.key): one.value for one in lives} == expected
