"""The plan of a demonstration city: which centre is run by whom, under which contracts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from almoner.demo.base import (
    AS_OF,
    YUAN,
    Scale,
    add_months,
    at,
    on_or_after,
    on_or_before,
    rng,
    weighted,
    working_days_later,
)
from almoner.demo.parties import Organisation, Parties, parties
from almoner.demo.places import FIXED_POPULATION, Places, Street, places

ITEM = "A0301"  # comprehensive family services, the item that all centres deliver
WINDOW_END = date(2026, 6, 1)  # no contract starts from here on
DIRECT_HOURS = Decimal("1519.2")  # of direct service a worker a year
# CNY 2m a year buys 14 professional staff; smaller and larger centres by about the same rate.
YEARLY_YUAN = {10: 1_430_000, 14: 2_000_000, 20: 2_850_000}
# The agency that marks a district's centres; the last one works in one district and with nobody.
HOME_AGENCY = {
    "440103": 0,
    "440104": 0,
    "440105": 1,
    "440106": 2,
    "440111": 3,
    "440112": 4,
    "440113": 5,
    "440114": 3,
    "440115": 5,
    "440117": 6,
    "440118": 4,
}
APART = 6
HARSH = 4
# The provider of the story: seven centres in four districts under four agencies.
SEVEN = {"440103": 2, "440105": 2, "440106": 2, "440113": 1}


@dataclass(frozen=True)
class Centre:
    """A family service centre, one a street. Indexes point into Parties."""

    number: int
    street: Street
    provider: int
    staff: int
    agency: int
    second_agency: int | None  # scores the same work once more
    contract_years: int  # of one contract: 1 (renewed each year) or 3
    starts_on: date  # of the first contract


@dataclass(frozen=True)
class Timeline:
    """The days of one purchase, from the intention to the contract in the file."""

    intention: date
    published: datetime
    deadline: datetime
    opened: datetime
    decided: date
    award_published: date
    signed: date
    contract_published: date
    filed: date


@dataclass(frozen=True)
class Contract:
    """A contract, or what is needed to write its row and all that hangs on it."""

    number: int
    id: str
    tender_id: str
    centre: Centre
    starts_on: date
    years: int
    amount_fen: int
    target_group: str
    when: Timeline

    @property
    def ends_on(self) -> date:
        """The last day agreed."""
        return add_months(self.starts_on, 12 * self.years) - timedelta(1)

    @property
    def completed(self) -> bool:
        """Whether its term was over before the as-of date."""
        return self.ends_on < AS_OF

    def year_start(self, year: int) -> date:
        """The first day of contract year 0, 1, ..."""
        return add_months(self.starts_on, 12 * year)

    def year_end(self, year: int) -> date:
        """The last day of contract year 0, 1, ..."""
        return self.year_start(year + 1) - timedelta(1)

    @property
    def version(self) -> str:
        """The version of the evaluation framework that was current at signing."""
        return str(self.starts_on.year)


@dataclass(frozen=True)
class World:
    """Everything that the tables are written from."""

    scale: Scale
    seed: int
    places: Places
    parties: Parties
    centres: tuple[Centre, ...]
    contracts: tuple[Contract, ...]

    def provider(self, contract: Contract) -> Organisation:
        """Who delivers a contract."""
        return self.parties.providers[contract.centre.provider]

    def purchaser(self, contract: Contract) -> Organisation:
        """Whose contract it is."""
        return self.parties.offices[contract.centre.street.code]

    @property
    def first_day(self) -> date:
        """The first day of the first contract."""
        return min(c.starts_on for c in self.contracts)


def build(scale: Scale, seed: int) -> World:
    """The plan of a scale: places, parties, centres and contracts, without any record."""
    where = places(scale, seed)
    streets = [s for s in where.streets if s.has_centre]
    provider = _providers(streets, scale)
    homes = {provider[s.code]: s.district for s in reversed(streets)}  # of the first centre
    who = parties(where, seed, [district for _, district in sorted(homes.items())])
    centres = _centres(streets, provider, scale, seed)
    return World(scale, seed, where, who, centres, _contracts(centres, seed))


def _dealt(sizes: list[int], first: int) -> list[int]:
    """Providers in the order in which centres are dealt out, ten at a time in turn.

    Dealing ten in turn keeps a provider's centres near each other and no district in few hands.
    """
    order = []
    for group in range(0, len(sizes), 10):
        members = range(group, min(group + 10, len(sizes)))
        for turn in range(max(sizes)):
            order += [first + m for m in members if sizes[m] > turn]
    return order


def _providers(streets: list[Street], scale: Scale) -> dict[str, int]:
    """The provider of each street's centre."""
    if scale == "district":
        order = _dealt([4, 3, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1], first=0)
        return {s.code: p for s, p in zip(streets, order, strict=True)}
    left = dict(SEVEN)
    found = {}
    rest = []
    for street in streets:
        if left.get(street.district):
            left[street.district] -= 1
            found[street.code] = 0
        else:
            rest.append(street.code)
    sizes = [(2, 1, 3)[i % 3] + (i % 3 == 2 and i < 24) for i in range(78)]
    return found | dict(zip(rest, _dealt(sizes, first=1), strict=True))


def _centres(
    streets: list[Street], provider: dict[str, int], scale: Scale, seed: int
) -> tuple[Centre, ...]:
    held = list(provider.values())
    found = []
    seen: dict[int, int] = {}  # centres so far of each agency
    for i, street in enumerate(streets):
        chance = rng(seed, "centre", street.code)
        agency = HOME_AGENCY[street.district] if scale == "city" else i % 3
        nth = seen[agency] = seen.get(agency, -1) + 1
        several = held.count(provider[street.code]) > 1
        named = street.code in FIXED_POPULATION  # the documents' examples have 14
        staff = 14 if named else weighted(chance, {10: 10, 14: 80, 20: 10})
        if scale == "city":
            years = 1 if several and chance.random() < 0.45 else 3
            start = date(2023, 7, 1)
        else:
            years = 1
            start = date(2025, 6 if i % 4 == 3 else 7, 1)
        found.append(
            Centre(
                number=i + 1,
                street=street,
                provider=provider[street.code],
                staff=staff,
                agency=agency,
                second_agency=_second_agency(scale, agency, nth),
                contract_years=years,
                starts_on=start,
            )
        )
    return tuple(found)


def _second_agency(scale: Scale, agency: int, nth: int) -> int | None:
    """The next agency of the ring, for 15 centres in 100; the one apart scores alone."""
    if scale == "district":
        return (agency + 1) % 3 if nth == 2 else None
    if agency == APART:
        return None
    return (agency + 1) % APART if nth % 20 in (3, 9, 15) else None


def _timeline(seed: int, street: str, start: date) -> Timeline:
    chance = rng(seed, "timeline", street, start)
    published = on_or_after(start - timedelta(chance.randrange(85, 100)))
    deadline = on_or_after(published + timedelta(chance.randrange(21, 26)))
    decided = on_or_after(deadline + timedelta(chance.randrange(2, 6)))
    signed = on_or_after(decided + timedelta(chance.randrange(10, 22)))
    return Timeline(
        intention=on_or_before(published - timedelta(chance.randrange(32, 60))),
        published=at(published, 9),
        deadline=at(deadline, 9, 30),
        opened=at(deadline, 10),
        decided=decided,
        award_published=working_days_later(decided, chance.randrange(1, 3)),
        signed=signed,
        contract_published=working_days_later(signed, chance.randrange(1, 3)),
        filed=working_days_later(signed, chance.randrange(3, 8)),
    )


def _contracts(centres: tuple[Centre, ...], seed: int) -> tuple[Contract, ...]:
    found: list[Contract] = []
    for centre in centres:
        start = centre.starts_on
        while start < WINDOW_END:
            key = f"{start.year}-{centre.street.code}"
            found.append(
                Contract(
                    number=len(found) + 1,
                    id=f"C-{key}",
                    tender_id=f"T-{key}",
                    centre=centre,
                    starts_on=start,
                    years=centre.contract_years,
                    amount_fen=YEARLY_YUAN[centre.staff] * YUAN * centre.contract_years,
                    target_group=weighted(
                        rng(seed, "target", key),
                        {"listed_groups": 45, "both": 40, "all_residents": 15},
                    ),
                    when=_timeline(seed, centre.street.code, start),
                )
            )
            start = add_months(start, 12 * centre.contract_years)
    return tuple(found)
