"""The clocks of a contract's way on both sides of their limits, and the page that draws them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.disclosure import cast, portal
from tests.disclosure.cast import at
from tests.disclosure.test_contract_history import contract, paid, told

from almoner.contracts.models import Contract
from almoner.disclosure.contract_clocks import Clock, Leg, State, bidding, clock, way
from almoner.disclosure.contract_figures import PaymentState
from almoner.disclosure.contract_results import Judgement, Scale, judgement
from almoner.disclosure.contract_timeline import Timeline, drawn
from almoner.evaluation.models import Consequence, Evaluation
from almoner.notices.models import Notice
from almoner.rules.calendar import SHANGHAI, add_working_days
from almoner.rules.packs import china

TODAY = date(2026, 7, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Words are compared in English, whatever language another test left behind."""
    with translation.override("en"):
        yield


def limit(name: str) -> int:
    return int(china().limit(name, TODAY).value)


def legs(of: Contract | None = None, *, public_service: bool = True, **facts: object) -> list[Leg]:
    return way(told(of, **facts), public_service=public_service)


def found(code: str, of: list[Leg]) -> Clock:
    """The only clock of a kind."""
    (one,) = [leg.clock for leg in of if leg.clock and leg.clock.code == code]
    return one


def ended(on: date, kind: str | None = "completed") -> Contract:
    done = contract()
    done.ended_on, done.end_kind = on, kind
    return done


def evaluation(reported_on: date | None, decided_on: date | None) -> Judgement:
    row = Evaluation(id="E", stage="midterm", assigned_on=date(2026, 2, 1), reported_on=reported_on)
    row.agency = told().contract.provider
    steps = [Consequence(kind="renew", decided_on=decided_on)] if decided_on else []
    return judgement(row, Scale.of(()), (), steps, TODAY)


STATES = [(-1, State.INSIDE), (0, State.INSIDE), (1, State.OUTSIDE)]


@pytest.mark.parametrize(
    ("days", "state"), [(-1, State.OUTSIDE), (0, State.INSIDE), (1, State.INSIDE)]
)
def test_an_intention_stands_long_enough(days: int, state: State) -> None:
    published = date(2025, 10, 20)
    intention = published - (limit("N02.days") + days) * DAY
    counted = found("N02", legs(contract(intention_published_on=intention)))
    assert (counted.state, counted.length) == (state, limit("N02.days") + days)
    assert counted.limit_on == published - days * DAY


@pytest.mark.parametrize(
    ("more", "state"), [(-1, State.OUTSIDE), (0, State.INSIDE), (1, State.INSIDE)]
)
def test_the_time_to_bid_is_measured_to_the_microsecond(more: int, state: State) -> None:
    published = at("2025-10-20")
    closed = published + limit("T02.days") * DAY + more * timedelta(microseconds=1)
    counted = found("T02", legs(contract(published_at=published, bid_deadline=closed)))
    assert counted.state is state
    assert counted.length == limit("T02.days") + Fraction(more, 86_400_000_000)


def test_only_an_open_tender_has_a_time_to_bid() -> None:
    shown = legs(contract(method="single_source"))
    assert "T02" not in {leg.clock.code for leg in shown if leg.clock}
    assert "Tender to deadline of bids" in [leg.name for leg in shown]


@pytest.mark.parametrize(("days", "state"), STATES)
def test_an_award_is_published_within_working_days(days: int, state: State) -> None:
    decided = date(2025, 9, 29)  # before the holidays of October
    published = add_working_days(decided, limit("T07.working_days") + days).day
    of = contract(award_decided_on=decided, award_published_on=published)
    counted = found("T07", legs(of))
    assert (counted.state, counted.length) == (state, limit("T07.working_days") + days)
    assert counted.in_working_days


@pytest.mark.parametrize(("days", "state"), STATES)
def test_a_contract_is_signed_after_its_award(days: int, state: State) -> None:
    announced = date(2025, 12, 10) - (limit("C01.days") + days) * DAY
    counted = found("C01", legs(contract(award_published_on=announced)))
    assert (counted.state, counted.length) == (state, limit("C01.days") + days)


@pytest.mark.parametrize(("days", "state"), STATES)
def test_a_contract_is_published_within_working_days(days: int, state: State) -> None:
    of = contract()
    of.published_on = add_working_days(of.signed_on, limit("C02.working_days") + days).day
    counted = found("C02", legs(of))
    assert (counted.state, counted.length) == (state, limit("C02.working_days") + days)


@pytest.mark.parametrize(("days", "state"), STATES)
def test_an_instalment_is_paid_by_its_day(days: int, state: State) -> None:
    one = paid(paid_on=date(2026, 3, 31) + days * DAY)
    counted = found("M01", legs(payments=[one]))
    assert (counted.state, counted.length, counted.limit) == (state, days, None)


@pytest.mark.parametrize(("days", "state"), STATES)
def test_a_result_has_its_consequence(days: int, state: State) -> None:
    reported = date(2026, 3, 1)
    decided = reported + (limit("E06.days") + days) * DAY
    counted = found("E06", legs(judgements=[evaluation(reported, decided)]))
    assert (counted.state, counted.length) == (state, limit("E06.days") + days)


@pytest.mark.parametrize(("days", "state"), STATES)
def test_the_end_is_followed_by_an_acceptance_notice(days: int, state: State) -> None:
    end = date(2026, 3, 31)
    noticed = at((end + (limit("N01.days") + days) * DAY).isoformat())
    notices = [
        Notice(kind="acceptance_result", subject_id="C", published_at=noticed),
        Notice(kind="acceptance_result", subject_id="C", published_at=noticed + DAY),
        Notice(kind="contract", subject_id="C", published_at=at("2026-04-01")),
        Notice(kind="acceptance_result", subject_id="E", published_at=at("2026-04-01")),
    ]
    counted = found("N01", legs(ended(end), notices=notices))
    assert (counted.state, counted.length) == (state, limit("N01.days") + days)


@pytest.mark.parametrize(
    ("code", "name"), [("E06", "days"), ("N01", "days"), ("T07", "working_days")]
)
def test_a_clock_goes_until_today(code: str, name: str) -> None:
    allowed, working = limit(f"{code}.{name}"), name == "working_days"
    start = date(2026, 3, 2)
    last = add_working_days(start, allowed).day if working else start + allowed * DAY
    assert clock(code, start, None, last, limit=name).state is State.RUNNING
    after = add_working_days(last, 1).day if working else last + DAY
    over = clock(code, start, None, after, limit=name)
    assert (over.state, over.until, over.length) == (State.OVERDUE, after, allowed + 1)
    assert clock(code, start, None, start, limit=name).length == 0
    ahead = clock(code, start, None, start - DAY, limit=name)
    assert (ahead.state, ahead.length, ahead.until) == (State.AHEAD, None, None)
    assert ahead.limit_on == last


@pytest.mark.parametrize(
    ("due", "state"), [(-1, State.OVERDUE), (0, State.RUNNING), (1, State.AHEAD)]
)
def test_an_unpaid_instalment(due: int, state: State) -> None:
    one = paid(due_on=TODAY + due * DAY)
    assert found("M01", legs(payments=[one])).state is state


def test_a_lapsed_instalment_has_no_clock() -> None:
    (leg,) = [
        leg for leg in legs(payments=[paid(state=PaymentState.LAPSED)]) if "Instal" in leg.name
    ]
    assert leg.clock is None and leg.note == "Lapsed: the contract ended before"


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("N02", {"intention_published_on": None}),
        ("T07", {"award_decided_on": None}),
        ("C01", {"award_published_on": None}),
    ],
)
def test_what_starts_on_an_unknown_day_is_unknown(code: str, missing: dict[str, None]) -> None:
    counted = found(code, legs(contract(**missing)))
    assert (counted.state, counted.length, counted.start) == (State.UNKNOWN, None, None)
    assert counted.limit is not None, "the limit is known all the same"


def test_a_consequence_without_a_report_is_unknown_and_a_report_to_come_is_not() -> None:
    decided = legs(judgements=[evaluation(None, date(2026, 5, 1))])
    assert found("E06", decided).state is State.UNKNOWN
    for reported in (None, TODAY + DAY):
        to_come = legs(judgements=[evaluation(reported, None)])
        assert found("E06", to_come).state is State.AHEAD
        assert all(step.day != TODAY + DAY for leg in to_come for step in leg.steps)


def test_acceptance_is_demanded_of_completed_public_services() -> None:
    for kind in ("terminated_by_purchaser", "terminated_by_provider", "terminated_by_both"):
        assert legs(ended(date(2026, 3, 31), kind))[-1].clock is None
    assert legs(ended(date(2026, 3, 31)), public_service=False)[-1].clock is None


@pytest.mark.parametrize(
    ("days", "state"), [(-1, State.UNKNOWN), (0, State.AHEAD), (1, State.AHEAD)]
)
def test_a_contract_without_a_recorded_end(days: int, state: State) -> None:
    running = contract()
    running.ends_on = TODAY + days * DAY
    counted = found("N01", legs(running))
    assert (counted.state, counted.length, counted.until) == (state, None, None)


def test_the_whole_way_in_its_order() -> None:
    shown = legs(payments=[paid()], judgements=[evaluation(date(2026, 5, 1), None)])
    titles = [step.title for leg in shown for step in leg.steps]
    assert list(dict.fromkeys(titles)) == [
        "Intention to purchase published",
        "Tender published",
        "Deadline for bids",
        "Bids opened",
        "Award decided",
        "Award published",
        "Contract signed",
        "Contract published",
        "Service starts",
        "Agreed end of the contract",
        "Instalment 1 due",
        "Instalment 1 accepted",
        "Instalment 1 paid",
        "Evaluation assigned",
        "Evaluation reported",
        "Consequence of the evaluation",
        "Acceptance notice published",
    ]
    bought = contract()
    bought.tender = None
    assert [leg.name for leg in legs(bought)][0] == "Signing to notice of the contract"


def line_of(of: list[Leg], name: str) -> str:
    (line,) = [line for line in Timeline(of, TODAY).lines if line.leg.name == name]
    return line.figures


def test_figures_in_words() -> None:
    short = contract(bid_deadline=at("2025-10-20") + 20 * DAY - timedelta(seconds=1))
    assert line_of(legs(short), "Tender to deadline of bids") == "19.9 days (at least 20) · outside"
    early = legs(payments=[paid(paid_on=date(2026, 3, 30))])
    assert line_of(early, "Instalment 1, due to paid") == "1 day before (by the due day) · inside"
    unknown = legs(contract(intention_published_on=None))
    assert line_of(unknown, "Intention to tender") == "at least 30 · unknown"
    assert line_of(legs(), "Award to its notice") == "1 working day (at most 2) · inside"


def drawing(of: list[Leg]) -> str:
    """The picture for a wide screen."""
    return drawn(Timeline(of, TODAY).lines, TODAY).split("</svg>")[0]


def test_what_is_unknown_is_not_drawn() -> None:
    whole, less = drawing(legs()), drawing(legs(contract(award_decided_on=None)))
    for mark in ('class="dot"', 'class="b'):
        assert whole.count(mark) > less.count(mark)
    assert "Award decided:" in whole and "Award decided:" not in less


def test_everything_drawn_lies_within_its_frame() -> None:
    shown = legs(payments=[paid(due_on=date(2029, 1, 1))])
    picture = drawn(Timeline(shown, TODAY).lines, TODAY)
    assert "style=" not in picture and picture == drawn(Timeline(shown, TODAY).lines, TODAY)
    for svg, width in zip(picture.split("</svg>"), (720, 340), strict=False):
        places = [float(x) for x in re.findall(r' (?:x|x1|x2|cx)="([0-9.]+)"', svg)]
        assert places and max(places) <= width


def test_days_at_the_end_of_time() -> None:
    for_ever = contract()
    for_ever.ends_on = date.max
    counted = found("N01", legs(for_ever))
    assert (counted.state, counted.limit_on) == (State.AHEAD, None)
    assert drawing(legs(for_ever))


def test_limits_are_those_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = replace(china().limit("T02.days", TODAY), value=Fraction(40), written="40")
    monkeypatch.setattr(type(china()), "limit", lambda _self, _name, _on: strict)
    counted = bidding(at("2025-10-20"), at("2025-11-25"), TODAY)
    assert (counted.state, counted.limit) == (State.OUTSIDE, strict)


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A contract that was published late and has an instalment unpaid."""
    on = cast.stage()
    bought = cast.contract(on, tender=cast.tender(on), published_on=date(2025, 12, 22))
    cast.instalment(bought, 1, date(2026, 3, 31))
    cast.evaluation(on, bought)
    portal.set_day()
    return bought


@pytest.mark.django_db
def test_the_page_in_both_languages(story: Any) -> None:
    for language in portal.LANGUAGES:
        page = portal.html("contracts/C-1/history/", language)
        assert 'id="way-wide-title"' in page and 'id="way-narrow-title"' in page
        assert "style=" not in page
        for code in ("N02", "T02", "T07", "C01", "C02", "M01", "E06", "N01"):
            assert f'href="/{language}/findings/kinds/{code}/"' in page
    text = portal.read("contracts/C-1/history/")
    assert "8 spans of this way have a limit. inside 4 outside 1 running 1 overdue 1" in text
    assert "8 working days at most 2 outside C02 Contract published late" in text
    assert "Instalment 1 paid: no day recorded 92 days by the due day overdue M01" in text


@pytest.mark.django_db
def test_the_clocks_cost_one_query_and_the_contract_page_none(story: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        portal.html("contracts/C-1/history/")
    items = [one for one in asked if 'FROM "service_items"' in one["sql"]]
    assert sum(one["sql"].count('"service_items"."kind"') > 0 for one in items) == 1
    cache.clear()
    for page, reads in (("history/", 1), ("", 0)):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            portal.html(f"contracts/C-1/{page}")
        kinds = [one for one in asked if '"service_items"."kind"' in one["sql"]]
        assert len(kinds) == reads, page


def test_today_is_shanghais() -> None:
    late = datetime(2026, 7, 1, 0, 30, tzinfo=SHANGHAI)
    counted = found("M01", legs(payments=[paid(due_on=date(2026, 6, 30))], now=late))
    assert counted.length == 1
