"""Complaints: raised by anybody, answered by the supervising authority, seen by all."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from tests.directory.people import AT, TODAY, actor, client, events
from tests.disclosure.cast import Stage, bid, contract, organisation, stage, tender
from tests.disclosure.portal import words
from tests.once import once_a_module, own_copy

from almoner.audit.models import Event
from almoner.contracts.models import Contract
from almoner.needs.residents import PUBLIC, hash_of
from almoner.notices.models import Notice, NoticeKind
from almoner.notices.operations import issue
from almoner.parties.models import Organisation
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Role
from almoner.tenders.models import Tender
from almoner.voice import operations
from almoner.voice.models import Complaint
from almoner.voice.queries import state_of, tasks_for
from almoner.web.stamps import serials

pytestmark = pytest.mark.django_db
TEXT = "Worker Wang never came to 5 Lotus Lane"


class World:
    """A contract with its supervisor, its tender, and another supervisor."""

    def __init__(self) -> None:
        self.on: Stage = stage()
        self.civil: Organisation = organisation(
            "11440106CIVIL00001", "supervisor", "民政局", "Civil Affairs", self.on.district
        )
        self.other: Organisation = organisation(
            "11440106CIVIL00002", "supervisor", "民政二局", "Civil Affairs 2", self.on.district
        )
        self.tender: Tender = tender(self.on)
        bid(self.on, self.tender)
        self.contract: Contract = contract(self.on, supervisor=self.civil, tender=self.tender)
        self.supervisor: Actor = actor(Role.SUPERVISOR, self.civil.uscc, "lin")


copies = once_a_module(World)
world = own_copy()


def raised(about: Any = None, **facts: Any) -> tuple[Complaint, str]:
    return operations.raise_complaint(
        **{"at": AT, "about": about, "from_kind": "resident", "text": TEXT, **facts}
    )


def answer(by: Actor, complaint: Complaint, **facts: Any) -> Complaint:
    given = {"outcome": "upheld", "answer": "A visit was made up.", "summary": "", "at": AT}
    return operations.answer_complaint(actor=by, complaint_id=complaint.id, **{**given, **facts})


def code_of(do: Any, *arguments: Any, **options: Any) -> str:
    """Why it is refused; the record has nothing of it."""
    before = Event.objects.count()
    with pytest.raises(Refused) as caught:
        do(*arguments, **options)
    assert Event.objects.count() == before
    return caught.value.code


def test_a_complaint_has_a_number_a_clock_and_a_code(world: World) -> None:
    complaint, code = raised(world.contract)
    assert complaint.id.startswith("K-") and complaint.contract == world.contract
    assert (complaint.received_on, complaint.due_on) == (TODAY, date(2026, 7, 22))
    assert complaint.file.tracking_hash == hash_of(code)
    [event] = events("complaint.raise")
    assert (event.actor, event.subject_id) == (PUBLIC, complaint.id)
    assert "Wang" not in event.after and code not in event.after


def test_the_day_of_receipt_is_that_of_shanghai(world: World) -> None:
    late = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
    assert raised(at=late)[0].received_on == date(2026, 7, 2)


def test_it_may_be_about_a_tender_or_nothing_but_not_empty(world: World) -> None:
    assert raised(world.tender)[0].tender == world.tender
    assert raised()[0].contract is None
    assert code_of(raised, text="  ") == "text_missing"


def test_the_contracts_supervisor_answers_once(world: World) -> None:
    complaint, _code = raised(world.contract)
    answered = answer(world.supervisor, complaint, outcome="partly_upheld", summary="A visit")
    assert (answered.answered_on, answered.outcome) == (TODAY, "partly_upheld")
    [event] = events("complaint.answer")
    assert event.actor == "lin" and "made up" in event.after and "Wang" not in event.after
    assert code_of(answer, world.supervisor, complaint) == "wrong_state"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_else_answers_and_least_of_all_the_purchaser(world: World, role: Role) -> None:
    complaint, _code = raised(world.contract)
    by = actor(role, world.on.purchaser.uscc)
    assert code_of(answer, by, complaint) == "not_permitted"


def test_another_contracts_supervisor_does_not_answer(world: World) -> None:
    complaint, _code = raised(world.contract)
    other = actor(Role.SUPERVISOR, world.other.uscc)
    assert code_of(answer, other, complaint) == "not_permitted"
    assert answer(actor(Role.SUPERVISOR), complaint).answered_on == TODAY


def test_a_supervisor_that_bought_it_does_not_judge_itself(world: World) -> None:
    world.contract.purchaser = world.civil
    world.contract.save()
    world.tender.purchaser = world.civil
    world.tender.save()
    for about in (world.contract, world.tender):
        complaint, _code = raised(about)
        assert code_of(answer, world.supervisor, complaint) == "own_complaint"
    other = actor(Role.SUPERVISOR, world.other.uscc)
    assert answer(other, complaint).outcome == "upheld"


def test_an_answer_has_words_and_one_of_three_outcomes(world: World) -> None:
    complaint, _code = raised(world.contract)
    assert code_of(answer, world.supervisor, complaint, answer=" ") == "text_missing"
    for outcome in ("withdrawn", ""):
        refused = code_of(answer, world.supervisor, complaint, outcome=outcome)
        assert refused == "complaint_outcome_missing"


def test_a_decision_about_a_tender_is_a_notice(world: World) -> None:
    about_contract, _code = raised(world.contract)
    answer(world.supervisor, about_contract)
    assert not Notice.objects.exists()
    about_tender, _code = raised(world.tender)
    answer(world.supervisor, about_tender)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_id) == ("complaint_decision", about_tender.id)


def test_a_complaint_from_elsewhere_can_be_answered(world: World) -> None:
    complaint = Complaint.objects.create(
        id="S-1",
        contract=world.contract,
        from_kind="user",
        received_on=date(2026, 5, 7),
        due_on=date(2026, 5, 28),
    )
    answer(world.supervisor, complaint)
    page = words(client().get("/en/ask/S-1/").content.decode())
    assert "34 days late" in page and "A visit was made up." in page


def test_whoever_has_the_code_withdraws_until_there_is_an_answer(world: World) -> None:
    complaint, code = raised(world.contract)
    withdraw = operations.withdraw_complaint
    assert code_of(withdraw, at=AT, code="nonsense") == "code_unknown"
    assert state_of(withdraw(at=AT, code=code.lower())) == "withdrawn"
    assert code_of(withdraw, at=AT, code=code) == "wrong_state"
    assert code_of(answer, world.supervisor, complaint) == "wrong_state"
    other, other_code = raised(world.contract)
    answer(world.supervisor, other)
    assert code_of(withdraw, at=AT, code=other_code) == "wrong_state"


def test_the_pages_of_what_it_is_about_are_made_anew(world: World) -> None:
    tokens = ["complaints", "city", "contract:C-1", "tender:T-1"]
    before = serials(tokens).split(",")
    raised(world.tender)
    assert all(a != b for a, b in zip(before, serials(tokens).split(","), strict=True))


def test_a_notice_raises_the_stamps_of_its_subject(world: World) -> None:
    tokens = ["city", "contract:C-1", "tender:T-1"]
    before = serials(tokens).split(",")
    issue(kind=NoticeKind.CONTRACT, subject_id="C-1", at=AT)
    city, of_contract, of_tender = serials(tokens).split(",")
    assert city != before[0] and of_contract != before[1] and of_tender == before[2]


def test_tasks_come_by_deadline_and_by_supervisor(world: World) -> None:
    mine, _code = raised(world.contract)
    anybodys, _code = raised()
    answered, _code = raised(world.contract)
    answer(world.supervisor, answered)
    tasks = tasks_for(world.supervisor, AT)
    assert [task.url for task in tasks] == sorted(
        f"/en/desk/complaints/{one.id}/" for one in (mine, anybodys)
    )
    assert all(task.due_on == date(2026, 7, 22) for task in tasks)
    other = tasks_for(actor(Role.SUPERVISOR, world.other.uscc), AT)
    assert [task.about for task in other] == [anybodys.id]
    assert tasks_for(actor(Role.PURCHASER_CLERK), AT) == []


ASK = {"about": "", "from_kind": "anonymous", "text": TEXT}


def test_a_resident_complains_follows_and_reads_the_answer(world: World) -> None:
    browser = client()
    form = browser.get("/en/ask/?contract=C-1").content.decode()
    assert 'value="C-1"' in form
    sent = browser.post("/en/ask/?contract=C-1", ASK | {"about": "C-1"})
    assert sent["Location"] == "/en/ask/received/"
    shown = browser.get("/en/ask/received/").content.decode()
    code = re.findall(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", shown)[0]
    complaint = Complaint.objects.get()
    assert complaint.id in shown and complaint.contract == world.contract
    tracked = browser.post("/en/ask/track/", {"code": code}).content.decode()
    assert TEXT in tracked and "There is no answer yet. It is due on" in words(tracked)

    desk = client("lin", Role.SUPERVISOR, world.civil.uscc)
    address = f"/en/desk/complaints/{complaint.id}/"
    assert TEXT in desk.get(address).content.decode()
    given = {"outcome": "upheld", "answer": "A visit was made up.", "summary": "A missed visit"}
    done = desk.post(f"{address}answer/", given)
    assert done["Location"] == f"{address}?done=complaint.answer"
    for page in (
        browser.post("/en/ask/track/", {"code": code}),
        browser.get(f"/en/ask/{complaint.id}/"),
    ):
        text = words(page.content.decode())
        assert "Upheld" in text and "A visit was made up." in text
    assert "A missed visit" in browser.get(f"/zh-hans/ask/{complaint.id}/").content.decode()


def test_without_an_answer_the_pages_say_so_and_for_how_long(world: World) -> None:
    _complaint, code = raised(world.contract, at=datetime(2026, 6, 1, 2, 0, tzinfo=UTC))
    complaint = Complaint.objects.get()
    assert complaint.due_on == date(2026, 6, 23)  # the Dragon Boat Festival, 19 June, is off
    browser = client()
    sentence = "There is no answer. It was due on 23 June 2026 , 8 days ago."
    tracked = browser.post("/en/ask/track/", {"code": code})
    assert sentence in words(tracked.content.decode())
    assert sentence in words(browser.get(f"/en/ask/{complaint.id}/").content.decode())
    assert "No answer" in words(browser.get("/en/ask/all/?state=overdue").content.decode())
    chinese = words(browser.get(f"/zh-hans/ask/{complaint.id}/").content.decode())
    assert "没有答复" in chinese and "8天" in chinese


def test_the_wording_is_never_public(world: World) -> None:
    complaint, _code = raised(world.contract)
    answer(world.supervisor, complaint)
    for address in ("ask/all/", f"ask/{complaint.id}/", "contracts/C-1/history/"):
        page = client().get(f"/en/{address}")
        assert page.status_code == 200 and "Wang" not in page.content.decode()
        assert not page.cookies


def test_withdrawing_through_the_page(world: World) -> None:
    complaint, code = raised(world.contract)
    browser = client()
    answered = browser.post("/en/ask/withdraw/", {"code": code})
    assert answered["Location"] == f"/en/ask/{complaint.id}/"
    assert "withdrew it" in words(browser.get(answered["Location"]).content.decode())
    again = browser.post("/en/ask/withdraw/", {"code": code})
    assert again.status_code == 409 and "Withdrawn" in again.content.decode()


def test_the_form_names_an_unknown_number_and_stops_machines(world: World) -> None:
    for bad in ({"about": "C-9"}, {"from_kind": "king"}, {"text": ""}, {"website": "spam"}):
        assert client().post("/en/ask/", ASK | bad).status_code == 422
    assert not Complaint.objects.exists()
    assert client().post("/en/ask/", ASK | {"about": "T-1"}).status_code == 302
    assert Complaint.objects.get().tender == world.tender


def test_a_number_of_both_a_contract_and_a_tender_goes_by_the_page_it_came_from(
    world: World,
) -> None:
    tender(world.on, "C-1")
    client().post("/en/ask/?tender=C-1", ASK | {"about": "C-1"})
    client().post("/en/ask/?contract=C-1", ASK | {"about": "C-1"})
    kinds = Complaint.objects.order_by("contract_id").values_list("contract", "tender")
    assert set(kinds) == {(None, "C-1"), ("C-1", None)}


@pytest.mark.one_database
def test_csrf_is_asked_for_and_floods_are_stopped(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in ("ask/", "ask/track/", "ask/withdraw/"):
        assert strict.post(f"/en/{address}", ASK).status_code == 403
    browser = client()
    sent = [browser.post("/en/ask/", ASK).status_code for _turn in range(21)]
    assert sent == [302] * 20 + [409]


def test_the_desk_shows_a_supervisor_what_is_theirs_and_an_auditor_everything(
    world: World,
) -> None:
    complaint, _code = raised(world.contract)
    address = f"/en/desk/complaints/{complaint.id}/"
    other = client("other", Role.SUPERVISOR, world.other.uscc)
    assert other.get(address).status_code == 404
    assert complaint.id not in other.get("/en/desk/complaints/").content.decode()
    auditor = client("auditor", Role.AUDITOR)
    page = auditor.get(address).content.decode()
    assert TEXT in page and "Answer the complaint" not in page
    assert auditor.get(f"{address}answer/").status_code == 403
    assert complaint.id in auditor.get("/en/desk/complaints/?format=csv").content.decode()
