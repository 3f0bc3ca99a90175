"""The trend: questions by the month of what they ask about."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.disclosure import cast

from almoner.budget.models import Appropriation
from almoner.contracts.models import Contract
from almoner.delivery.models import ServiceRecord, TaskRequest
from almoner.findings.run import Finding, Result
from almoner.parties.models import Worker
from almoner.supervision import queries
from almoner.supervision.models import StoredFinding
from almoner.supervision.operations import store
from almoner.supervision.pictures import trend
from almoner.voice.models import Complaint, SurveyWave

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 20)
AT = datetime(2026, 7, 20, 2, 0, tzinfo=UTC)


def keep(*about: tuple[str, str, str, str | None]) -> None:
    """Keep a finding a (code, table, id, key)."""
    found = tuple(
        Finding(code, table, id, key, None, None, ((table, id),), {}, None)
        for code, table, id, key in about
    )
    codes = {finding.code for finding in found}
    store(Result(found, {}), as_of=TODAY, at=AT, engine="duckdb", codes=codes, whole=True)


@pytest.fixture
def on() -> cast.Stage:
    return cast.stage()


def due(of: Contract, *days: date) -> None:
    """Instalments that are late, and the findings that ask about them."""
    for seq, day in enumerate(days, start=1):
        cast.instalment(of, seq, day)
    keep(*(("M01", "instalments", f"{of.id}/{seq}", None) for seq, _ in enumerate(days, start=1)))


def test_months_go_from_the_first_question_to_today_and_those_without_count_none(
    on: cast.Stage,
) -> None:
    days = date(2026, 4, 30), date(2026, 6, 1), date(2026, 6, 30), TODAY + timedelta(days=1)
    due(cast.contract(on), *days)
    assert queries.by_month(TODAY) == [
        ("2026-04", 1),
        ("2026-05", 0),
        ("2026-06", 2),
        ("2026-07", 0),
    ]
    assert queries.by_month(TODAY + timedelta(days=1))[-1] == ("2026-07", 1)


def test_three_years_are_shown_and_what_is_older_is_not(on: cast.Stage) -> None:
    due(cast.contract(on), date(2023, 7, 31), date(2023, 8, 1))
    months = queries.by_month(TODAY)
    assert (len(months), months[0], months[-1]) == (36, ("2023-08", 1), ("2026-07", 0))


def test_what_is_answered_for_and_what_is_about_persons_is_not_counted(on: cast.Stage) -> None:
    due(cast.contract(on), date(2026, 5, 31), date(2026, 6, 30))
    keep(("D02", "workers", "W-1", "2026-06-02"))
    store(Result((), {}), as_of=TODAY, at=AT, engine="duckdb", codes=["M01"], whole=True)
    assert queries.by_month(TODAY) == [("2026-07", 0)]
    assert trend(queries.by_month(TODAY)) is None


def test_the_picture_says_the_same_as_its_table(on: cast.Stage) -> None:
    due(cast.contract(on), date(2026, 6, 1), date(2026, 6, 2), date(2026, 7, 1))
    shown = trend(queries.by_month(TODAY))
    assert shown is not None and shown.rows == [("June 2026", 2), ("July 2026", 1)]
    assert "2026-06: 2 questions" in shown.chart and "2026-07: 1 questions" in shown.chart


def a_tender(on: cast.Stage) -> tuple[str, str]:
    return "tenders", cast.tender(on, published_at=cast.at("2025-10-20", 0)).id


def a_bid(on: cast.Stage) -> tuple[str, str]:
    return "bids", cast.bid(on, cast.tender(on), submitted_at=cast.at("2025-11-20", 23)).id


def a_contract(on: cast.Stage) -> tuple[str, str]:
    return "contracts", cast.contract(on, "C/1").id


def a_term(on: cast.Stage) -> tuple[str, str]:
    cast.term(cast.contract(on, "C/1"))
    return "contract_terms", "C/1/case"


def a_payment(on: cast.Stage) -> tuple[str, str]:
    cast.instalment(cast.contract(on, "C/1"), 2, date(2026, 3, 31))
    return "instalments", "C/1/2"


def a_session(on: cast.Stage) -> tuple[str, str]:
    worker = Worker.objects.create(
        id="W-1", organisation=on.provider, licence="none", employed_from=date(2020, 1, 1)
    )
    record = ServiceRecord.objects.create(
        id="R-1",
        term=cast.term(cast.contract(on)),
        worker=worker,
        started_at=cast.at("2026-05-01", 0),
        minutes=30,
        entered_at=cast.at("2026-05-01", 9),
    )
    return "service_records", record.id


def an_evaluation(on: cast.Stage) -> tuple[str, str]:
    return "evaluations", cast.evaluation(on, cast.contract(on)).id


def a_task(on: cast.Stage) -> tuple[str, str]:
    task = TaskRequest.objects.create(
        id="Q-1",
        contract=cast.contract(on),
        requested_by=on.purchaser,
        requested_on=date(2026, 3, 1),
        ruling="open",
    )
    return "task_requests", task.id


def a_survey(on: cast.Stage) -> tuple[str, str]:
    wave = SurveyWave.objects.create(
        id="V-1",
        contract=cast.contract(on),
        drawn_by="system",
        frame_size=300,
        drawn_on=date(2026, 4, 1),
        drawn=40,
    )
    return "survey_waves", wave.id


def a_complaint(on: cast.Stage) -> tuple[str, str]:
    complaint = Complaint.objects.create(
        id="S-1",
        from_kind="user",
        received_on=date(2026, 5, 7),
        due_on=date(2026, 5, 28),
    )
    return "complaints", complaint.id


def an_appropriation(on: cast.Stage) -> tuple[str, str]:
    return "appropriations", cast.commitment(on, cast.contract(on), 100).appropriation_id


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("subject", "day"),
    [
        (a_tender, date(2025, 10, 20)),
        (a_bid, date(2025, 11, 20)),
        (a_contract, date(2025, 12, 10)),
        (a_term, date(2025, 12, 10)),
        (a_payment, date(2026, 3, 31)),
        (a_session, date(2026, 5, 1)),
        (an_evaluation, date(2026, 6, 1)),
        (a_task, date(2026, 3, 1)),
        (a_survey, date(2026, 4, 1)),
        (a_complaint, date(2026, 5, 7)),
        (an_appropriation, date(2026, 1, 1)),
    ],
)
def test_the_day_is_that_of_the_subject_in_shanghai(
    on: cast.Stage, subject: Callable[[cast.Stage], tuple[str, str]], day: date
) -> None:
    table, id = subject(on)
    keep(("M01", table, id, None))
    assert StoredFinding.objects.get().happened_on == day


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("2026-02", date(2026, 2, 1)),
        ("2026-02-28", date(2026, 2, 28)),
        ("2025", date(2025, 12, 10)),
        ("91440101MA5A/R-1", date(2025, 12, 10)),
    ],
)
def test_a_key_that_is_a_day_or_a_month_tells_it(on: cast.Stage, key: str, day: date) -> None:
    keep(("D05", "contracts", cast.contract(on).id, key))
    assert StoredFinding.objects.get().happened_on == day


@pytest.mark.one_database
@pytest.mark.parametrize("year", [0, 10_000])
def test_an_appropriation_of_a_year_without_days_has_none(on: cast.Stage, year: int) -> None:
    id = cast.commitment(on, cast.contract(on), 100).appropriation_id
    Appropriation.objects.update(fiscal_year=year)
    keep(("P03", "appropriations", id, None))
    assert StoredFinding.objects.get().happened_on is None
