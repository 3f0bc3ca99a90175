"""Rules that a form asks as well: form and finding judge a purchase alike, case by case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from tests.findings.twins import PACK, TODAY, draft_objects, judged, numbered, seen

from almoner.contracts.queries.files import signature_deadline
from almoner.rules import contract
from almoner.rules.award import enough_bids
from almoner.rules.bid import is_late
from almoner.rules.capacity import cannot_be_worked, is_inflated
from almoner.rules.clauses import library
from almoner.rules.tender import LONG_TERM_CONDITIONS, Criterion, Draft
from almoner.rules.tender_checks import Item

NOTICES = [datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC) + timedelta(seconds=n) for n in range(2)]


@pytest.mark.parametrize("code", ["P01", "T02", "N02"])
def test_days_of_a_tender(code: str) -> None:
    """P01, T02 and N02 about midnight in Shanghai."""
    valid = (date(2026, 3, 1), date(2026, 3, 2))
    announced = [None, *(date(2026, 1, 29) + timedelta(days=n) for n in range(4))]
    spans = [timedelta(days=20, seconds=n) for n in (-1, 0, 1)]
    cases = list(product(NOTICES, valid, valid, announced, spans))
    wrong, rows, items = [], [], []
    for n, (at, first, last, intention, span) in enumerate(cases):
        item = Item(True, first, last, 0)
        draft = Draft(service_item=f"A{n}", method="open", bid_deadline=at + span)
        wrong.append(draft_objects(code, draft, at=at, item=item, intention_on=intention))
        items.append({"code": f"A{n}", "valid_from": str(first), "valid_to": str(last)})
        rows.append(
            {
                "service_item": f"A{n}",
                "published_at": at.isoformat(),
                "bid_deadline": (at + span).isoformat(),
                "intention_published_on": str(intention or ""),
            }
        )
    tables = {"tenders": numbered(rows, "T"), "service_items": items}
    used = {"P01": ("tenders", "service_items")}.get(code, ("tenders",))
    assert seen(code, **{name: tables[name] for name in used}) == judged(wrong, "T")
    assert 0 < sum(wrong) < len(wrong)


@pytest.mark.parametrize(
    ("code", "column", "fact"),
    [("P04", "demand_survey_respondents", "respondents"), ("P05", "users_consulted", "users")],
)
def test_people_asked_before_a_tender(code: str, column: str, fact: str) -> None:
    cases = list(product(range(5), (True, False)))
    rows = [{column: asked, "service_item": f"A{public}"} for asked, public in cases]
    items = [{"code": "ATrue"}, {"code": "AFalse", "kind": "auxiliary"}]
    wrong = []
    for asked, public in cases:
        item = Item(public, date(2020, 1, 1), None, 0)
        # The form does not ask where the directory says auxiliary.
        wrong.append(public and draft_objects(code, Draft(), item=item, **{fact: asked}))
    tenders = numbered(rows, "T")
    assert seen(code, tenders=tenders, service_items=items) == judged(wrong, "T")


@pytest.mark.parametrize("code", ["T03", "T04"])
def test_weights_of_criteria(code: str) -> None:
    kinds = ("price", "outcome", "quality")
    cases = [
        *((Decimal(p), Decimal(o), Decimal(100 - p - o)) for p in (9, 10, 30, 31) for o in (0, 1)),
        (Decimal("9.999999999"), Decimal(0), Decimal("90.000000001")),
        (Decimal("30.000000001"), Decimal("0.000000001"), Decimal("69.999999998")),
        (Decimal(1), Decimal(0), Decimal(2)),
    ]
    criteria, wrong = [], []
    for n, weights in enumerate(cases):
        pairs = list(zip(kinds, weights, strict=True))
        criteria += [
            {"tender_id": f"T{n:03}", "id": kind, "kind": kind, "weight": f"{weight:f}"}
            for kind, weight in pairs
        ]
        parts = tuple(Criterion(kind, kind, kind, weight) for kind, weight in pairs)
        wrong.append(draft_objects(code, Draft(method="open", criteria=parts)))
    tenders = numbered([{}] * len(cases), "T")
    assert seen(code, tenders=tenders, tender_criteria=criteria) == judged(wrong, "T")


def test_hours_promised() -> None:
    """T05 and T06 around their limits; the required hours are 10 a unit of staff."""
    limits = dict(PACK.limits("T05", TODAY))
    hours = [Decimal(text) for text in ("0", "1541.818181818", "1541.818181819", "10", "11")]
    cases = list(product([*hours, Decimal("11.000000001")], [Decimal("1"), Decimal("0.5")]))
    rows = [
        {"tender_id": "T1", "direct_hours": f"{promised:f}", "staff": f"{staff:f}"}
        for promised, staff in cases
    ]
    bids = numbered(rows, "D")
    wrong = [cannot_be_worked(promised, staff, limits) for promised, staff in cases]
    assert seen("T05", bids=bids) == judged(wrong, "D")
    over = PACK.limit("T06.over", TODAY).value
    wrong = [is_inflated(promised, Decimal(10), over) for promised, _ in cases]
    tenders = [{"required_direct_hours": 10}]
    assert seen("T06", bids=bids, tenders=tenders) == judged(wrong, "D")


def test_bids_late_and_few() -> None:
    deadline = datetime(2025, 7, 2, 1, tzinfo=UTC)
    times = [deadline + timedelta(microseconds=n) for n in (-1, 0, 1)]
    bids = numbered([{"submitted_at": at.isoformat()} for at in times], "D")
    wrong = [is_late(at, deadline) for at in times]
    assert seen("T12", bids=bids, tenders=[{}]) == judged(wrong, "D")
    least = PACK.limit("T01.bids", TODAY).value
    cases = list(product(("open", "negotiation", "single_source", "inquiry"), range(5)))
    tenders = [{"method": method, "award_decided_on": "2026-01-05"} for method, _ in cases]
    many = [
        {"id": f"D{n}-{place}", "tender_id": f"T{n:03}"}
        for n, (_, valid) in enumerate(cases)
        for place in range(valid)
    ]
    wrong = [not enough_bids(method, valid, least) for method, valid in cases]
    assert seen("T01", tenders=numbered(tenders, "T"), bids=many) == judged(wrong, "T")


AMOUNT = 1_000_000
PART_SUMS = list(product((None, 0, AMOUNT // 2, AMOUNT // 2 + 1), (AMOUNT // 2 - 1, AMOUNT // 2)))


def test_money_behind_a_contract() -> None:
    """P02: money left of what a tender chose, then money that a contract commits.

    More than the amount is the form's alone to refuse: here the question is what is not covered.
    """
    contracts = numbered([{"amount_fen": AMOUNT}] * len(PART_SUMS), "C")
    made, unmet, short = [], [], []
    for row, parts in zip(contracts, PART_SUMS, strict=True):
        chosen = {f"B{n}": fen for n, fen in enumerate(parts) if fen is not None}
        ids = {"contract_id": row["id"]}
        made += [{**ids, "appropriation_id": b, "amount_fen": fen} for b, fen in chosen.items()]
        left = sum(chosen.values())
        unmet.append(draft_objects("P02", Draft(ceiling_fen=AMOUNT), left_fen=left))
        whole = contract_check("commitment_sum", AMOUNT, contract.Draft(commitments=chosen))
        short.append(not whole.ok and whole.values["gap_fen"] > 0)
    found = seen("P02", contracts=contracts, commitments=made)
    assert found == judged(unmet, "C") == judged(short, "C")
    assert 0 < sum(short) < len(short)


def contract_check(code: str, amount_fen: int, draft: contract.Draft) -> contract.Check:
    """What the form of a contract says of one of its checks."""
    limits = {
        "years": PACK.limit("contract.years", TODAY).value,
        "long_years": PACK.limit("C03.years", TODAY).value,
    }
    told = contract.checks(draft, amount_fen=amount_fen, library=library(), limits=limits)
    return next(check for check in told if check.code == code)


@pytest.mark.parametrize("first", [date(2024, 2, 29), date(2025, 3, 1), date(2026, 1, 1)])
def test_length_of_a_contract(first: date) -> None:
    """C03 about its last year's end. The forms allow less, a year, where no condition is met."""
    lasts = [date(first.year + 3, first.month, 1) + timedelta(days=n) for n in range(-3, 32)]
    wrong, too_long = [], []
    for last in lasts:
        met = Draft(starts_on=first, ends_on=last, conditions=frozenset(LONG_TERM_CONDITIONS))
        wrong.append(draft_objects("C03", met))
        form = contract_check("too_long", 0, contract.Draft(starts_on=first, ends_on=last))
        too_long.append(not form.ok)
    rows = [{"starts_on": str(first), "ends_on": str(last)} for last in lasts]
    assert seen("C03", contracts=numbered(rows, "C")) == judged(wrong, "C") == judged(too_long, "C")
    assert 0 < sum(wrong) < len(wrong)


def test_days_to_sign() -> None:
    """C01 against the last day that the page of signatures names."""
    announced = date(2025, 12, 1)
    days = [announced + timedelta(days=n) for n in (-1, 0, 29, 30, 31, 60)]
    wrong = [day > signature_deadline(announced, TODAY).day for day in days]
    rows = [{"signed_on": str(day), "tender_id": "T1"} for day in days]
    tenders = [{"award_published_on": str(announced)}]
    assert seen("C01", contracts=numbered(rows, "C"), tenders=tenders) == judged(wrong, "C")
    assert 0 < sum(wrong) < len(wrong)
