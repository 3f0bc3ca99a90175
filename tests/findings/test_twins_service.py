"""Form and finding judge what follows a signature alike: sessions, payments, complaints."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product

from tests.findings.small import Rows, found
from tests.findings.twins import PACK, TODAY, judged, numbered, seen

from almoner.rules.complaints import Standing, clock
from almoner.rules.refusal import Refused
from almoner.rules.sessions import (
    Done,
    Entry,
    Place,
    day_limits,
    meeting_faults,
    place_faults,
    warnings,
)
from almoner.rules.settlement import days_late, judge_acceptance, judge_payment
from almoner.rules.workflow import INSTALMENT, InstalmentState


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


def test_sessions_entered_late() -> None:
    """D05: contract-months of sessions that were all logged the same time after they began."""
    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    waits = [timedelta(days=14, microseconds=n) for n in (-1, 0, 1)]
    wrong, records = [], []
    for n, wait in enumerate(waits):
        entry = Entry(start, happened=True, minutes=60)
        told = warnings(entry, [], start + wait, **day_limits(PACK, TODAY))
        wrong.append("late_entry" in {fault.code for fault in told})
        times = {"started_at": start.isoformat(), "entered_at": (start + wait).isoformat()}
        records += [{"contract_id": f"C{n:03}", "id": f"{n}-{m}", **times} for m in range(20)]
    assert seen("D05", service_records=records) == judged(wrong, "C") == {"C002"}


def test_sessions_of_others() -> None:
    """D06 and D07 about the midnights in Shanghai that begin and end a contract, an employment."""
    first, last = date(2026, 3, 2), date(2026, 3, 4)
    begins = datetime(2026, 3, 1, 16, tzinfo=UTC)  # the first day's midnight in Shanghai
    starts = [begins + timedelta(days=n, microseconds=m) for n in range(5) for m in (-1, 0)]
    cases = list(product(starts, ("O-2", "O-9"), ((first, last), (last, None), (first, first))))
    records, contracts, workers = [], [], []
    faults: dict[str, list[bool]] = {"D06": [], "D07": []}
    for n, (at, provider, (employed_from, employed_to)) in enumerate(cases):
        place = Place("O-2", employed_from, employed_to, provider, first, last)
        entry = Entry(at, happened=True, minutes=60)
        told = {fault.code for fault in place_faults(entry, place, at + timedelta(days=1))}
        faults["D06"].append("outside_contract" in told)
        faults["D07"].append(bool(told & {"other_provider", "not_employed"}))
        records.append({"started_at": at.isoformat(), "contract_id": f"C{n}", "worker_id": f"W{n}"})
        span = {"starts_on": str(first), "ends_on": "2026-12-31", "ended_on": str(last)}
        contracts.append({"id": f"C{n}", "provider_uscc": provider, **span})
        until = str(employed_to or "")
        employed = {"employed_from": str(employed_from), "employed_to": until}
        workers.append({"id": f"W{n}", "uscc": "O-2", **employed})
    rows = numbered(records, "S")
    tables: dict[str, Rows] = {"service_records": rows, "contracts": contracts}
    assert seen("D06", **tables) == judged(faults["D06"], "S")
    assert seen("D07", **tables, workers=workers) == judged(faults["D07"], "S")
    assert all(0 < sum(wrong) < len(cases) for wrong in faults.values())


def test_more_than_agreed() -> None:
    """M02: neither accepting nor paying takes an instalment above what the contract agreed."""
    agreed = 1_000_000
    paid = [1, agreed - 1, agreed, agreed + 1]
    due = date(2026, 3, 2)
    accepting = [
        refused(
            judge_acceptance,
            amount_fen=agreed,
            accepted_fen=fen,
            opinions=2,
            ground=None,
            reason="",
        )
        == "above_amount_due"
        for fen in paid
    ]
    paying = [
        refused(judge_payment, rest_fen=agreed, paid_fen=fen, due_on=due, today=due, cause=None)
        == "above_accepted"
        for fen in paid
    ]
    contracts = numbered([{"amount_fen": agreed}] * len(paid), "C")
    rows = [
        {"contract_id": row["id"], "amount_fen": agreed, "paid_fen": fen, "paid_on": str(due)}
        for row, fen in zip(contracts, paid, strict=True)
    ]
    found = seen("M02", contracts=contracts, instalments=rows)
    assert found == judged(accepting, "C") == judged(paying, "C") == {"C003"}


def refused(judge: Callable[..., None], **facts: object) -> str:
    """The code of the refusal; empty where there is none."""
    try:
        judge(**facts)
    except Refused as refusal:
        return refusal.code
    return ""


def test_before_acceptance() -> None:
    """M03: paying is open only to an instalment that stands as accepted on the day."""
    paid = date(2026, 3, 2)
    accepted = [None, *(paid + timedelta(days=n) for n in (-1, 0, 1))]
    wrong = []
    for day in accepted:
        state = InstalmentState.ACCEPTED if day and day <= paid else InstalmentState.SCHEDULED
        steps = [INSTALMENT[name] for name in ("pay", "pay_part")]
        wrong.append(not any(state in step.sources for step in steps))
    rows = [
        {"seq": n, "accepted_on": str(day or ""), "paid_on": str(paid), "paid_fen": 1}
        for n, day in enumerate(accepted)
    ]
    found = seen("M03", instalments=rows)
    assert found == {f"C1/{n}" for n, early in enumerate(wrong) if early} == {"C1/0", "C1/3"}
