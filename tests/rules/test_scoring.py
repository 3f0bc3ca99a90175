"""Independence of evaluators, and complete sheets."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from almoner.rules.scoring import (
    Gap,
    Leaf,
    Link,
    gaps,
    incomplete,
    is_tied,
    may_conclude,
    reply_until,
    score_of,
)

DAY = date(2026, 7, 1)


def link(from_on: date | None = None, to_on: date | None = None, one: str = "A") -> Link:
    return Link(one, "P", from_on, to_on)


@pytest.mark.parametrize(
    ("links", "tied"),
    [
        ([], False),
        ([link()], True),
        ([Link("P", "A", None, None)], True),
        ([link(one="B")], False),
        ([link(from_on=DAY, to_on=DAY)], True),
        ([link(from_on=DAY + timedelta(days=1))], False),
        ([link(to_on=DAY - timedelta(days=1))], False),
    ],
)
def test_an_agency_is_tied_by_a_link_in_force_on_the_day(links: list[Link], tied: bool) -> None:
    assert is_tied("A", "P", links, DAY) is tied


def test_nobody_judges_himself() -> None:
    assert is_tied("P", "P", [], DAY)


LEAF = Leaf("1.1", Decimal(0), Decimal(10))
WHOLE = {"score": "8.5", "reason": "Seen", "evidence": ["term:T1"]}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"score": "0"}, []),
        ({"score": "10"}, []),
        ({"score": "10.0001"}, [Gap.RANGE]),
        ({"score": "-0.1"}, [Gap.RANGE]),
        ({"score": ""}, [Gap.SCORE]),
        ({"score": "NaN"}, [Gap.SCORE]),
        ({"score": "1e400"}, [Gap.SCORE]),
        ({"score": "1.00001"}, [Gap.SCORE]),
        ({"reason": "  "}, [Gap.REASON]),
        ({"evidence": []}, [Gap.EVIDENCE]),
        ({"score": "x", "reason": "", "evidence": []}, [Gap.SCORE, Gap.REASON, Gap.EVIDENCE]),
    ],
)
def test_what_a_score_lacks(change: dict[str, Any], found: list[Gap]) -> None:
    assert gaps(LEAF, WHOLE | change) == found


def test_a_sheet_names_what_is_incomplete() -> None:
    other = Leaf("1.2", Decimal(1), Decimal(5))
    assert incomplete([LEAF, other], {"1.1": WHOLE}) == ["1.2"]
    assert incomplete([LEAF, other], {"1.1": WHOLE, "1.2": WHOLE | {"score": "5"}}) == []
    assert score_of({"score": " 8.5 "}) == Decimal("8.5")


def test_a_result_waits_for_the_reply_or_for_its_last_day() -> None:
    scored = date(2026, 6, 1)  # a Monday; 19 June is the Dragon Boat holiday
    last = reply_until(scored, 10).day
    assert last == date(2026, 6, 15)
    assert not may_conclude(scored, False, last, 10)
    assert may_conclude(scored, False, last + timedelta(days=1), 10)
    assert may_conclude(scored, True, scored, 10)
