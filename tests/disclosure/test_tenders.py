"""The public pages of tenders: with a file of the platform, and from a package without one."""

from datetime import date
from typing import Any

import pytest
from tests.disclosure.cast import at, contract, tender
from tests.disclosure.portal import LANGUAGES, read, set_day, status
from tests.tenders.draft_cast import NOW, Cast, cast, draft, published

from almoner.disclosure.tender_list import TenderFilter, tender_lines
from almoner.disclosure.tender_pages import tender_page
from almoner.needs.models import Need
from almoner.notices.models import Notice
from almoner.parties.queries import areas
from almoner.tenders.models import Criterion
from almoner.tenders.operations import drafting

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 1)


@pytest.fixture
def made() -> Cast:
    set_day()
    return cast()


def _states(**wanted: str) -> list[tuple[str, str]]:
    lines = tender_lines(TenderFilter(**wanted), areas(), TODAY)
    return [(line.id, line.state) for line in lines]


def test_a_published_tender_is_shown_with_all_the_platform_knows(made: Cast) -> None:
    Need.objects.create(
        id="N-1", area=made.on.street, channel="paper", raised_on=date(2026, 5, 1), supporters=9
    )
    file = published(made, needs=["N-1"])
    page = read(f"tenders/{file.pk}/")
    for said in (
        "Wushan Office asks for bids: Family services for Wushan Sub-district, "
        "for ¥2,000,000 at most.",
        "Bids are accepted until 23 July 2026, 17:00 : 22 days left.",
        "Professional case work 8 case/staff * 5 session/case * 6 hour/session * 14 staff 3,360",
        "Direct service 21,268.8",
        "Outcomes for users Outcome 25",
        "A panel of 5 judges.",
        "N-1, raised on 1 May 2026",
        "Advice that was not taken",
        "Nobody could foresee it.",
        "Deadline of bids 23 July 2026, 17:00 (ahead)",
        "Market respondents 3 Users consulted 1",
    ):
        assert said in page, said
    chinese = read(f"tenders/{file.pk}/", "zh-hans")
    for said in ("五山街道家庭综合服务", "专业个案", "未采纳的建议", "还剩22天"):
        assert said in chinese, said


def test_a_tender_of_a_package_shows_what_the_tables_hold(made: Cast) -> None:
    of = tender(made.on)
    Criterion.objects.create(tender=of, code="1", name=None, kind="price", weight=10)
    contract(made.on, tender=of)
    for language in LANGUAGES:
        assert read("tenders/T-1/", language)
    page = read("tenders/T-1/")
    assert "asked for bids: Family services" in page and "Awarded" in page
    steps = [
        "Intention announced 1 September 2025",
        "Published 20 October 2025, 09:00",
        "Deadline of bids 25 November 2025, 09:00",
        "Bids opened 25 November 2025, 09:00",
        "Award decided 28 November 2025",
        "Award announced 1 December 2025",
        "Contract signed 10 December 2025 C-1",
    ]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert "Workload" not in page and "Market respondents unknown" in page


def test_an_intention_says_what_it_said_when_it_was_announced(made: Cast) -> None:
    file = draft(made)
    assert status(f"tenders/{file.pk}/") == 404
    drafting.intend(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    changed = {**file.content, "title_en": "Something else", "ceiling": "9"}
    drafting.save(actor=made.actor("clerk"), at=NOW, file_id=file.pk, version=1, content=changed)
    page = read(f"tenders/{file.pk}/")
    assert "intends to buy Family services for Wushan Sub-district, for ¥2,000,000" in page
    assert "Something else" not in page and "Nobody could foresee it." not in page
    assert _states() == [(file.pk, "intended")]


def test_a_cancelled_tender_says_why_and_leads_to_the_next(made: Cast) -> None:
    file = published(made)
    drafting.cancel(
        actor=made.actor("signatory"), at=NOW, file_id=file.pk, reason="The money is gone."
    )
    assert "Cancelled, because: The money is gone." in read(f"tenders/{file.pk}/")
    assert "Deadline of bids" not in read(f"tenders/{file.pk}/").split("Key facts")[0]
    again = drafting.again(actor=made.actor("clerk"), at=NOW, file_id=file.pk)
    assert again.pk not in read(f"tenders/{file.pk}/")
    drafting.save(
        actor=made.actor("clerk"),
        at=NOW,
        file_id=again.pk,
        version=1,
        content={**file.content, "reasons": {"N02": "Again."}},
    )
    drafting.submit(actor=made.actor("clerk"), at=NOW, file_id=again.pk)
    drafting.publish(actor=made.actor("signatory"), at=NOW, file_id=again.pk)
    assert "An earlier tender was cancelled 1 July 2026 " + file.pk in read(f"tenders/{again.pk}/")
    page = tender_page(file.pk, NOW)
    assert page is not None and page.successor == again.pk


def test_the_list_begins_with_what_is_open(made: Cast) -> None:
    tender(made.on, "T-old", award_published_on=date(2025, 12, 1))
    tender(made.on, "T-late", opened_at=None, award_decided_on=None, award_published_on=None)
    ahead: dict[str, Any] = {
        "opened_at": None,
        "award_decided_on": None,
        "award_published_on": None,
        "published_at": at("2026-06-01"),
    }
    tender(made.on, "T-2", bid_deadline=at("2026-07-20"), **ahead)
    tender(made.on, "T-1", bid_deadline=at("2026-07-21"), **ahead)
    tender(made.on, "T-today", bid_deadline=at("2026-07-01"), **ahead)
    tender(made.on, "T-gone", bid_deadline=at("2026-07-21"), **ahead)
    Notice.objects.create(kind="termination", subject_id="T-gone", published_at=at("2026-06-20"))
    ahead["published_at"] = at("2026-07-02")
    tender(made.on, "T-tomorrow", bid_deadline=at("2026-08-01"), **ahead)
    assert _states() == [
        ("T-today", "open"),
        ("T-2", "open"),
        ("T-1", "open"),
        ("T-late", "closed"),
        ("T-old", "awarded"),
        ("T-gone", "cancelled"),
    ]
    assert _states(state="cancelled") == [("T-gone", "cancelled")]
    assert _states(item="B") == [] and len(_states(item="A0301")) == 6
    assert len(_states(area="440106")) == 6
    page = read("tenders/", state="closed")
    assert "1 tender found." in page and "T-late" in page
    assert "没有符合" in read("tenders/", "zh-hans", item="nothing", state="intended")


@pytest.mark.usefixtures("made")
def test_there_is_no_such_tender() -> None:
    assert status("tenders/none/") == 404
    assert status("tenders/a%00b/") == 404
