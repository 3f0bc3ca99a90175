"""What is shown of a place, and of all places side by side."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from almoner.contracts.models import Contract
from almoner.disclosure.queries import Fact, Summary, facts, summary
from almoner.parties.models import Area, AreaLevel
from almoner.parties.queries import Areas
from almoner.rules.money import round_half_away

TILE_LEVELS = 4


@dataclass(frozen=True)
class PlaceRow:
    """A place with the figures of its contracts and of those of all places below it."""

    area: Area
    summary: Summary
    level: int

    @property
    def per_head_fen(self) -> int | None:
        """Money a year of the contracts in force for each resident; None where not known."""
        if not self.area.population:
            return None
        return round_half_away(Fraction(self.summary.yearly_fen, self.area.population))


def facts_within(codes: Collection[str], today: date) -> list[Fact]:
    """The contracts of places, the newest first."""
    contracts = Contract.objects.filter(area__in=codes)
    return facts(contracts.order_by("-starts_on", "id"), today, of_ended=True)


def all_facts(today: date) -> list[Fact]:
    """Every contract, the newest first."""
    return facts(Contract.objects.order_by("-starts_on", "id"), today)


def side_by_side(shown: Collection[Area], tree: Areas, of: Collection[Fact]) -> list[PlaceRow]:
    """Places with their figures; `level` 1 to 4 is money a year in quarters of the largest one."""
    by_area: dict[str, list[Fact]] = defaultdict(list)
    for fact in of:
        by_area[fact.contract.area_id].append(fact)
    sums = {
        area.code: summary(fact for code in tree.within(area.code) for fact in by_area[code])
        for area in shown
    }
    largest = max((found.yearly_fen for found in sums.values()), default=0)
    return [PlaceRow(area, sums[area.code], _level(sums[area.code], largest)) for area in shown]


def _level(of: Summary, largest_fen: int) -> int:
    if not of.yearly_fen:
        return 0
    return -(-TILE_LEVELS * of.yearly_fen // largest_fen)


def tiles_of_city(tree: Areas, of: Collection[Fact]) -> list[Area]:
    """Districts; where only one of them has contracts, its sub-districts that have some."""
    districts = [area for area in tree.by_code.values() if area.level == AreaLevel.DISTRICT]
    used = {fact.contract.area_id for fact in of}
    busy = [area for area in districts if used.intersection(tree.within(area.code))]
    if len(busy) != 1:
        return districts
    streets = [area for area in tree.children(busy[0].code) if area.code in used]
    return streets or districts
