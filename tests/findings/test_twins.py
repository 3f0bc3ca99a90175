"""Rules that a form asks as well: form and finding judge the same cases alike."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from tests.findings.small import AS_OF, Rows, found

from almoner.rules.award import enough_bids
from almoner.rules.bid import is_late
from almoner.rules.capacity import cannot_be_worked, is_inflated
from almoner.rules.complaints import Standing, clock
from almoner.rules.packs import china
from almoner.rules.sessions import Done, Entry, day_limits, meeting_faults, warnings
from almoner.rules.settlement import days_late
from almoner.rules.tender import Criterion, Draft
from almoner.rules.tender_checks import Facts, Item, checks

TODAY = date.fromisoformat(AS_OF)
PACK = china()


def seen(code: str, **tables: Rows) -> set[str]:
    return {one.id for one in found(code, **tables)}


def numbered(rows: Sequence[Mapping[str, object]], letter: str) -> Rows:
    return [{**row, "id": f"{letter}{n:03}"} for n, row in enumerate(rows)]


def judged(cases: Sequence[bool], letter: str) -> set[str]:
    """Ids of the cases that the form's rule objects to."""
    return {f"{letter}{n:03}" for n, wrong in enumerate(cases) if wrong}


NOTICES = [datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC) + timedelta(seconds=n) for n in range(2)]


def draft_objects(code: str, draft: Draft, **facts: object) -> bool:
    """Whether the check of a draft on its publication objects."""
    none = Facts(NOTICES[0], None, None, 0, 0, 0, None, None, None)
    told = {one.code: one for one in checks(draft, Facts(**{**vars(none), **facts}), PACK)}
    return told[code].ok is False


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


def test_payments_and_complaints_late() -> None:
    due = TODAY - timedelta(days=1)
    days = [None, *(due + timedelta(days=n) for n in (-1, 0, 1, 2))]
    for as_of in (due, TODAY):
        rows = [{"seq": n, "due_on": str(due), "paid_on": str(d or "")} for n, d in enumerate(days)]
        late = [days_late(due, day or as_of) for day in days]
        answer = found("M01", str(as_of), instalments=rows)
        expected = {(f"C1/{n}", float(number)) for n, number in enumerate(late) if number}
        assert {(one.id, one.value) for one in answer} == expected
        asked = [{"due_on": str(due), "answered_on": str(day or "")} for day in days]
        stand = [clock(date(2026, 1, 5), due, day, None, as_of) for day in days]
        wrong = [one.standing in (Standing.LATE, Standing.OVERDUE) for one in stand]
        overdue = found("V03", str(as_of), complaints=numbered(asked, "K"))
        assert {one.id for one in overdue} == judged(wrong, "K")
        assert [one.value for one in overdue] == [
            clock.days for clock, late in zip(stand, wrong, strict=True) if late
        ]


def test_sessions_that_meet() -> None:
    """D02, D03 and D04 against what logging the later session says; a worker for each case."""
    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    first = Done("first", 1, start, 60, "u1")
    cases = product((0, 59, 60, 61), (60, 540, 541), (1, 2), ("u1", None))
    records: list[Mapping[str, object]] = []
    told: dict[str, set[str]] = {}
    for n, (shift, minutes, term, client) in enumerate(cases):
        worker, later = f"W{n:03}", start + timedelta(minutes=shift)
        entry = Entry(later, happened=True, minutes=minutes, client_id=client)
        limits = day_limits(PACK, TODAY)
        faults = [*meeting_faults(entry, term, [first]), *warnings(entry, [first], later, **limits)]
        told[worker] = {fault.code for fault in faults}
        sessions = ((start, 60, 1, "u1"), (later, minutes, term, client))
        for place, (at, long, of_term, who) in enumerate(sessions):
            record = {"id": f"{worker}-{place}", "worker_id": worker, "term_id": f"t{of_term}"}
            more = {"started_at": at.isoformat(), "minutes": long, "client_id": who or ""}
            records.append({**record, **more})
    for code, faults_of_code in (
        ("D02", {"long_day"}),
        ("D03", {"two_places", "logged_already"}),
        ("D04", {"logged_already"}),
    ):
        workers = {name[:4] for name in seen(code, service_records=records)}
        assert workers == {name for name, codes in told.items() if codes & faults_of_code}
