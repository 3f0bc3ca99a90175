"""The five pages of a contract, as somebody without an account gets them."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.disclosure import cast
from tests.disclosure.cast import YUAN

from almoner.budget.models import LedgerEntry
from almoner.contracts.models import ContractChange
from almoner.delivery.models import MonthlyDelivery, TaskRequest
from almoner.disclosure import contract_views
from almoner.evaluation.models import Consequence, Outcome
from almoner.rules.calendar import SHANGHAI
from almoner.voice.models import Complaint, SurveyResponse, SurveyWave
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

PAGES = ("", "payments/", "service/", "evaluation/", "history/")
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """It is noon of 1 July 2026 until a test says otherwise; no page is kept from another test."""

    def set_clock(now: datetime) -> None:
        cache.clear()
        monkeypatch.setattr(clock, "now", lambda: now)

    set_clock(datetime(2026, 7, 1, 12, tzinfo=SHANGHAI))
    return set_clock


@pytest.fixture
def on() -> cast.Stage:
    return cast.stage()


def read(path: str, language: str = "en") -> str:
    """The words of a page below a contract's address."""
    response = Client().get(f"/{language}/contracts/{path}")
    assert response.status_code == 200, path
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert main
    text = re.sub(r"<(style|title|desc).*?</\1>|<[^>]+>", " ", main[0], flags=re.DOTALL)
    return re.sub(r" ([.,]) ", r"\1 ", re.sub(r"\s+", " ", html.unescape(text))).strip()


def full(on: cast.Stage) -> Any:
    """A contract with something in every corner."""
    tender = cast.tender(on)
    cast.bid(on, tender)
    cast.bid(on, tender, "B-2", provider=on.rival, price_fen=5_950_000 * YUAN)
    contract = cast.contract(on, tender=tender)
    case = cast.term(contract)
    group = cast.term(contract, "group", "2940", type="group_work")
    cast.term(contract, "enquiry", None, group="indirect", type="case_enquiry")
    for name in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"):
        cast.month(case, name, 280)
        cast.month(group, name, 100)
    cast.instalment(
        contract, 1, date(2026, 1, 20), paid_on=date(2026, 1, 20), paid_fen=1_000_000 * YUAN
    )
    cast.instalment(
        contract,
        2,
        date(2026, 3, 31),
        paid_on=date(2026, 4, 14),
        paid_fen=400_000 * YUAN,
        delay_cause="evaluation",
    )
    cast.instalment(contract, 3, date(2026, 6, 30))
    cast.instalment(contract, 4, date(2026, 7, 1))
    cast.commitment(on, contract, 5_900_000 * YUAN)
    evaluation = cast.evaluation(on, contract)
    Consequence.objects.create(evaluation=evaluation, kind="rectify", decided_on=date(2026, 6, 25))
    ContractChange.objects.create(
        contract=contract,
        seq=1,
        kind="amount",
        made_on=date(2026, 2, 1),
        agreed_by_provider=True,
        amount_delta_fen=100_000 * YUAN,
    )
    return contract


def test_the_contract_page_answers_the_four_questions(on: cast.Stage) -> None:
    full(on)
    text = read("C-1/")
    for words in (
        "Family services, Wushan Sub-district",
        "Being delivered · year 1 of 3",
        "Mid-term · Good · 86",
        "1 payment overdue",
        "1 payment was late",
        "Wushan Office buys 6,300 hours of direct service a year from Mingxin Centre, for 3 years:"
        " ¥5,900,000 in all, ¥1,966,666.67 a year on average.",
        "By 1 July 2026, 36% of the direct hours of year 1 of 3 were delivered and 23% of the"
        " whole contract’s money was paid.",
        "¥1.4m paid of ¥6m, whole contract",
        "2,280 direct hours, year 1 of 3",
        "Case work 3,360 1,680 50%",
        "Group work 2,940 600 20% behind",
        "Case enquiries unknown 0",
        "25 June 2026 · Rectification ordered",
        "Paid 14 days late The evaluation was late ¥400,000 paid, ¥600,000 of the instalment not",
        "Overdue by 1 day",
        "Not yet due",
        "Open tender 2 bids",
        "¥312.17",
        "52440106PROVIDER01",
        "¥100,000 Agreed",
    ):
        assert words in text, words


def test_the_contract_page_reads_in_chinese(on: cast.Stage) -> None:
    full(on)
    text = read("C-1/", "zh-hans")
    assert "五山街道·家庭综合服务" in text
    assert "五山街道办事处向明心社会工作服务中心购买服务" in text
    assert "服务做到了吗？" in text and "迟付14天" in text
    # Numbers, codes and what the record holds in English aside, no English is left.
    assert not set(re.findall(r"[A-Za-z]{4,}", text)) - {"Core", "framework", "PROVIDER"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_has_one_heading_and_no_contract_is_404(
    on: cast.Stage, page: str, language: str
) -> None:
    full(on)
    response = Client().get(f"/{language}/contracts/C-1/{page}")
    assert response.content.count(b"<h1>") == 1
    missing = Client().get(f"/{language}/contracts/C-2/{page}")
    assert missing.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_contract_of_which_little_is_known_still_has_its_pages(on: cast.Stage, page: str) -> None:
    cast.contract(on, id="C/#?", framework=None, staff=None, filed_on=None, service_item="X9")
    assert "X9, Wushan Sub-district" in read(f"C~1%23%3F/{page}")


def queries_of_the_contract_page(ref: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(f"/en/contracts/{ref}/").status_code == 200
    return len([query for query in queries if "page_stamps" not in query["sql"]])


def test_the_contract_page_takes_few_queries_however_much_there_is(on: cast.Stage) -> None:
    contract = full(on)
    few = queries_of_the_contract_page("C-1")
    assert few <= MOST_QUERIES
    for number in range(2, 6):
        cast.evaluation(on, contract, f"E-{number}")
        cast.contract(on, f"C-{number}")
        cast.month(cast.term(contract, f"t{number}"), "2026-05", 3)
    assert queries_of_the_contract_page("C-1") == few


OPENING = cast.at("2025-11-25")


@pytest.mark.parametrize(
    ("moment", "open_"), [(timedelta(microseconds=-1), False), (timedelta(0), True)]
)
def test_bids_show_from_the_instant_of_their_opening(
    on: cast.Stage, noon: Callable[[datetime], None], moment: timedelta, open_: bool
) -> None:
    tender = cast.tender(on, opened_at=OPENING)
    cast.bid(on, tender)
    cast.bid(on, tender, "B-2", provider=on.rival, price_fen=5_950_000 * YUAN)
    cast.contract(on, tender=tender)
    noon((OPENING + moment).astimezone(SHANGHAI))
    everything = " ".join(read(f"C-1/{page}") for page in PAGES)
    for words in ("2 bids", "Tongxing", "¥5,950,000"):
        assert (words in everything) is open_, words


def test_without_an_opening_bids_never_show(on: cast.Stage) -> None:
    tender = cast.tender(on, opened_at=None)
    cast.bid(on, tender, provider=on.rival)
    cast.contract(on, tender=tender)
    everything = " ".join(read(f"C-1/{page}") for page in PAGES)
    assert "1 bid" not in everything and "Tongxing" not in everything


def test_the_price_range_needs_three_similar_contracts(on: cast.Stage) -> None:
    for number in range(1, 5):
        contract = cast.contract(on, f"C-{number}", amount_fen=number * 3_000_000 * YUAN)
        cast.term(contract, hours="1000")
    assert "3 other contracts for this service in the district: ¥2,000 to ¥4,000" in read("C-1/")
    cast.term(contract, "more", None)  # what an hour of C-4 costs can no longer be told
    cache.clear()
    assert "other contracts" not in read("C-1/")


def test_a_contract_that_was_broken_off_says_how_and_counts_all_its_years(
    on: cast.Stage, noon: Callable[[datetime], None]
) -> None:
    contract = cast.contract(on, ended_on=date(2027, 6, 30), end_kind="terminated_by_provider")
    case = cast.term(contract, hours="1000")
    cast.month(case, "2026-05", 900)
    cast.month(case, "2027-05", 600)
    noon(datetime(2028, 1, 1, 12, tzinfo=SHANGHAI))
    text = read("C-1/")
    assert "Terminated by the provider" in text and "ended 30 June 2027" in text
    assert "50% of the contract’s direct hours were delivered" in text
    assert "600 direct hours, year 2 of 3" in text


@pytest.mark.parametrize(
    ("ended_on", "now", "until"),
    [
        (None, date(2026, 12, 30), "30 December 2026"),
        (None, date(2026, 12, 31), "31 December 2026"),
        (None, date(2027, 1, 1), "31 December 2026"),
        (date(2026, 9, 30), date(2026, 9, 29), "29 September 2026"),
        (date(2026, 9, 30), date(2026, 11, 1), "30 September 2026"),
        (date(2027, 1, 31), date(2027, 6, 1), "31 December 2026"),
    ],
)
def test_hours_of_a_year_are_told_until_its_end_or_that_of_the_contract(
    on: cast.Stage,
    noon: Callable[[datetime], None],
    ended_on: date | None,
    now: date,
    until: str,
) -> None:
    contract = cast.contract(on, ends_on=date(2026, 12, 31), ended_on=ended_on)
    cast.month(cast.term(contract), "2026-05", 900)
    noon(datetime(now.year, now.month, now.day, 12, tzinfo=SHANGHAI))
    assert f"contract year 1 of 1, to {until} Work" in read("C-1/")


def test_a_contract_that_has_not_begun(on: cast.Stage, noon: Callable[[datetime], None]) -> None:
    cast.term(cast.contract(on))
    noon(datetime(2025, 12, 31, 12, tzinfo=SHANGHAI))
    text = read("C-1/")
    assert "Not started" in text and "Service starts on 1 January 2026." in text
    assert "Nothing has been delivered yet." in text and "behind" not in text.replace(
        "“Behind”", ""
    )


def test_a_hidden_month_is_hidden_on_both_pages(on: cast.Stage) -> None:
    contract = cast.contract(on)
    case = cast.term(contract, hours="1000")
    cast.month(case, "2026-01", 81)
    cast.month(case, "2026-02", 7, people=4)
    for page in ("", "service/"):
        text = read(f"C-1/{page}")
        assert "※" in text
        assert not re.search(r"\b(7|81)\b", text.replace("7 July", "")), page
        assert " 88 " in text, "their sum is about enough people"


def test_participants_of_a_hidden_cell_and_few_clients_of_indirect_work_are_hidden(
    on: cast.Stage,
) -> None:
    contract = cast.contract(on)
    case, group = cast.term(contract), cast.term(contract, "group", type="group_work")
    enquiry = cast.term(contract, "enquiry", None, group="indirect", type="case_enquiry")
    training = cast.term(contract, "training", "72", group="indirect", type="training")
    for term, minutes, clients, participants in (
        (case, 1800, 30, None),
        (group, 60, 0, 3),
        (enquiry, 60, 1, None),
        (training, 120, 0, None),
    ):
        MonthlyDelivery.objects.create(
            term=term,
            month="2026-06",
            records=minutes // 60,
            minutes=minutes,
            participants=participants,
            clients=clients,
            largest_session=participants,
        )
    text = read("C-1/service/")
    assert "June 2026 ※ ※ 31 31 ※" in text
    assert "Whole year so far ※ ※ 31 31 ※" in text
    assert "Case enquiries X hour unknown ※ ※ ※" in text
    assert "72 hour 72 2 2 unknown" in text, "unknown people: it is about no users"
    assert "Case enquiries unknown ※" in read("C-1/")


def test_payments_show_the_whole_trail(on: cast.Stage) -> None:
    full(on)
    for kind, debit, credit, yuan in (
        ("appropriate", "available:A-1", "budget:X", 5_950_000),
        ("commit", "committed:C-1", "available:A-1", 5_900_000),
        ("accept", "accepted:C-1", "committed:C-1", 2_000_000),
        ("pay", "paid:C-1", "accepted:C-1", 1_400_000),
    ):
        LedgerEntry.objects.create(
            kind=kind, debit=debit, credit=credit, amount_fen=yuan * YUAN, reference="r"
        )
    text = read("C-1/payments/")
    assert "1 Committed ¥5.9m" in text
    assert "2 Accepted ¥2m" in text
    assert "3 Paid ¥1.4m" in text
    assert "4 Left to pay ¥4.5m" in text
    assert "Finance Bureau District Budget ¥5,900,000 ¥5,900,000 ¥50,000" in text
    assert "Agreed changes of ¥100,000 make it ¥6,000,000." in text
    assert "Cause given: The evaluation was late" in text


def test_service_by_contract_year(on: cast.Stage) -> None:
    contract = full(on)
    TaskRequest.objects.create(
        id="Q-1",
        contract=contract,
        requested_by=on.purchaser,
        requested_on=date(2026, 3, 1),
        summary="发传单 / leaflets",
        hours=Decimal(40),
        ruling="imposed",
    )
    text = read("C-1/service/")
    assert "January 2026 280 100 380" in text
    assert "1 March 2026 Wushan Office leaflets 40 Imposed" in text
    assert "Contract year 2 of 3, 1 January 2027" in read("C-1/service/?year=2")
    for year in ("0", "4", "-1", "x", "١", "9" * 5000):
        assert Client().get("/en/contracts/C-1/service/", {"year": year}).status_code == 404, year


def test_surveys_and_changes_in_users_keep_small_groups_hidden(on: cast.Stage) -> None:
    contract = cast.contract(on)
    wave = SurveyWave.objects.create(
        id="V-1",
        contract=contract,
        drawn_by="system",
        frame_size=300,
        drawn_on=date(2026, 4, 1),
        drawn=40,
    )
    for question, number in (("overall", 5), ("respect", 4)):
        for respondent in range(number):
            SurveyResponse.objects.create(
                wave=wave,
                respondent_id=f"P{respondent}",
                question=question,
                score=Decimal(3 + respondent % 2),
            )
    for client in range(5):
        for kind, score in (("baseline", 30), ("exit", 35)):
            Outcome.objects.create(
                contract=contract,
                client_id=f"K{client}",
                instrument="GAS",
                wave=kind,
                measured_on=date(2026, 5, 1),
                score=Decimal(score),
            )
    text = read("C-1/service/")
    assert "Drawn by: The system. 40 of 300 users were drawn. 5 people answered." in text
    assert "Overall 5 3.40" in text and "Treated with respect ※ ※" in text
    assert "Change, not effect." in text and "GAS 5 5 30.00 35.00 5.00" in text


def test_evaluations_say_who_paid_and_whether_the_framework_is_the_agreed_one(
    on: cast.Stage,
) -> None:
    contract = full(on)
    other = cast.organisation("52440106EVALUATOR2", "evaluator", "另一中心", "Other", on.city)
    newer = cast.Framework.objects.create(code="F", version="2026", name="Core framework")
    cast.evaluation(on, contract, "E-2", agency=other, framework=newer, scores={}, raters=())
    cast.evaluation(on, contract, "E-3", reported_on=date(2026, 7, 2))
    text = read("C-1/evaluation/")
    assert "Ordered by Wushan Office Paid by Finance Bureau" in text
    assert "Core framework, version 2025 · as the contract fixes" in text
    assert "Not the framework that the contract fixes" in text and "Reported without scores" in text
    assert "Not comparable." in text and "Not reported yet" in text
    assert text.count("Good · 86") == 1, "a result of tomorrow is not told today"
    assert "Indicator 1.1 1.1 Output 40 0–10 9.00 2 3" in text


def test_history_tells_that_a_complaint_came_and_nothing_of_it(on: cast.Stage) -> None:
    contract = full(on)
    Complaint.objects.create(
        id="X-1",
        contract=contract,
        from_kind="user",
        received_on=date(2026, 5, 1),
        due_on=date(2026, 5, 20),
        answered_on=date(2026, 5, 9),
        outcome="not_upheld",
    )
    text = read("C-1/history/")
    assert "1 May 2026 Complaint received User" in text
    assert "9 May 2026 Complaint answered" in text and "upheld" not in text.lower()
    assert "Evaluation reported Mid-term · Pinggu Agency · Good · 86" in text


def test_pages_are_read_only() -> None:
    for name in ("contract", "payments", "service", "evaluation", "history"):
        assert getattr(contract_views, name).permission == "portal.read"
    assert Client().post("/en/contracts/C-1/").status_code == 405
