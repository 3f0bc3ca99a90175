"""Which contracts play the stories that break a rule on purpose."""

from dataclasses import dataclass
from datetime import date

from almoner.demo.base import AS_OF
from almoner.demo.world import Contract, World

# First days of the two months of the healthy city campaign.
MONTHS_LOST = (date(2025, 9, 1), date(2025, 10, 1))


@dataclass(frozen=True)
class Cast:
    """One contract a story."""

    healthy_city: Contract  # lost two months to work that nobody paid
    inflated: Contract  # a bidder for it promised hours that cannot be worked
    late_evaluation: Contract  # its mid-term report came late, and so did the money
    late_notice: Contract  # published long after signing
    complaint: Contract  # a complaint nobody answered
    variation: Contract  # extra work that was paid as a change of the contract


def cast(world: World) -> Cast:
    """The cast of a world: contracts of 14 staff that are in force at the as-of date."""
    able = [
        c
        for c in world.contracts
        if c.centre.staff == 14 and not c.completed and c.ends_on >= AS_OF
    ]
    # Spread over the list, so that no provider or purchaser gets all the stories.
    step = len(able) // 7
    chosen = [able[(i + 1) * step] for i in range(6)]
    return Cast(*chosen)
