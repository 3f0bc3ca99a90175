"""The walk of a contract in the browser, and who sees what of it."""

import io
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.translation import override
from tests.contracts.parts import (
    AUDITOR,
    CLERK,
    DIRECTOR,
    DIRECTOR2,
    NOW,
    PROVIDER,
    PURCHASER,
    RIVAL,
    SIGNATORY,
    award,
    concluded,
    drafted,
    person,
    settled,
)
from tests.disclosure import cast

from almoner.accounts.models import Person
from almoner.contracts import pdf
from almoner.contracts.models import Contract, ContractFile, NegotiationEntry
from almoner.contracts.operations import drafting, living, signing
from almoner.contracts.queries.files import fingerprint, held
from almoner.contracts.queries.tasks import tasks_for
from almoner.contracts.text import Text
from almoner.contracts.views.shown import text_of
from almoner.rules.roles import Actor, Role
from almoner.web import clock

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")


@pytest.fixture(autouse=True)
def _today(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    clock.start_demonstration(actor="t", at=NOW, day=NOW.date())


def browser(login: str, role: Role, body: str | None) -> Client:
    client = Client()
    client.force_login(person(login, role, body))
    return client


def clerk() -> Client:
    return browser("clerk", Role.PURCHASER_CLERK, PURCHASER)


def signatory() -> Client:
    return browser("signatory", Role.PURCHASER_SIGNATORY, PURCHASER)


def director() -> Client:
    return browser("director", Role.PROVIDER_DIRECTOR, PROVIDER)


def words(response: Any) -> str:
    """The text of a page without its tags."""
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def form_of(response: Any) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    form = response.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if hasattr(value, "isoformat"):
            value = value.isoformat()
        if value is True:
            sent[field.html_name] = "on"
        elif value not in (None, False):
            sent[field.html_name] = str(field.field.prepare_value(value))
    return sent


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_walk(language: str) -> None:
    award()
    at = f"/{language}/desk/contracts"
    clerk_, director_, signatory_ = clerk(), director(), signatory()
    begun = clerk_.post(f"/{language}/desk/tenders/T-1/contract/")
    file = ContractFile.objects.get()
    assert begun["Location"] == f"{at}/{file.pk}/draft/?done=contract.draft"
    page = clerk_.get(f"{at}/{file.pk}/draft/")
    saved = clerk_.post(f"{at}/{file.pk}/draft/", {**form_of(page), "version": "1"})
    assert saved["Location"] == f"{at}/{file.pk}/?done=contract.save"
    assert director_.get(f"{at}/{file.pk}/").status_code == 404
    assert clerk_.post(f"{at}/{file.pk}/offer/").status_code == 302
    asked = {"clause_1": "payment", "text_1": "Within 5 days, please"}
    assert director_.post(f"{at}/{file.pk}/propose/", asked).status_code == 302
    assert clerk_.post(f"{at}/{file.pk}/offer/").status_code == 302
    shown = fingerprint(ContractFile.objects.get())
    assert director_.post(f"{at}/{file.pk}/settle/", {"sha256": shown}).status_code == 302
    assert director_.post(f"{at}/{file.pk}/sign/", {"sha256": shown}).status_code == 302
    assert signatory_.post(f"{at}/{file.pk}/countersign/", {"sha256": shown}).status_code == 302
    public = f"/{language}/contracts/{file.pk}/text/"
    assert Client().get(public).status_code == 404
    assert Client().get(f"/{language}/contracts/{file.pk}/").status_code == 200
    done = clerk_.post(f"{at}/{file.pk}/publish/")
    assert done["Location"] == f"{at}/{file.pk}/?done=contract.publish"
    text = words(Client().get(public))
    assert "Within 5 days, please" in text and shown in text
    assert Contract.objects.get().published_on


@pytest.mark.parametrize(
    ("language", "clause"),
    [
        ("en", "A late evaluation or a change of staff in an office does not put payment off"),
        ("zh-hans", "评估迟延、经办人变动均不推迟付款"),
    ],
)
def test_the_pdf_is_text_in_its_language(language: str, clause: str) -> None:
    file = concluded(award())
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    address = f"/{language}/contracts/{file.pk}/contract.pdf"
    response = Client().get(address)
    assert response["Content-Type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(response.content))
    text = "".join(page.extract_text() for page in read.pages)
    assert re.sub(r"\s+", "", clause) in re.sub(r"\s+", "", text)
    assert fingerprint(file) in re.sub(r"\s+", "", text)
    assert f"1 / {len(read.pages)}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_who_write_one_draft_are_told(language: str) -> None:
    file = drafted(award())
    address = f"/{language}/desk/contracts/{file.pk}/draft/"
    mine, other = clerk(), browser("clerk2", Role.PURCHASER_CLERK, PURCHASER)
    page = mine.get(address)
    assert 'name="version" value="1"' in page.content.decode()
    typed = {**form_of(page), "staff": "17", "version": "1"}
    assert other.post(address, {**typed, "staff": "18"}).status_code == 302
    told = mine.post(address, typed)
    assert told.status_code == 409
    assert "clerk2" in told.content.decode()
    # What was typed is still there, and the next time it counts.
    again = told.content.decode()
    assert 'value="17"' in again and 'name="version" value="2"' in again
    assert mine.post(address, {**typed, "version": "2"}).status_code == 302
    assert ContractFile.objects.get().content["staff"] == "17"


def test_what_cannot_be_read_is_told_beside_its_field() -> None:
    file = drafted(award())
    address = f"/en/desk/contracts/{file.pk}/draft/"
    page = clerk().get(address)
    typed = {**form_of(page), "instalment_0_amount": "12,34.567", "staff": "many", "version": "1"}
    told = clerk().post(address, typed)
    assert told.status_code == 422
    assert set(told.context["form"].errors) == {"instalment_0_amount", "staff"}
    assert ContractFile.objects.get().version == 1


def test_an_empty_draft_is_kept_and_its_gaps_are_named() -> None:
    file = drafted(award())
    address = f"/en/desk/contracts/{file.pk}/draft/"
    assert clerk().post(address, {"version": "1"}).status_code == 302
    page = words(clerk().get(f"/en/desk/contracts/{file.pk}/"))
    assert "The first and the last day" in page
    assert "The clause “Payment in time”" in page
    assert "The budgets come to ¥0; the price is ¥6,000,000: ¥6,000,000 off" in page
    told = clerk().post(f"/en/desk/contracts/{file.pk}/offer/")
    assert told.status_code == 409 and "still lacks" in told.content.decode()


def test_the_gaps_are_told_while_one_types() -> None:
    file = drafted(award())
    page = clerk().get(f"/en/desk/contracts/{file.pk}/draft/")
    address = f"/en/desk/contracts/{file.pk}/draft/check/"
    whole = words(clerk().post(address, form_of(page)))
    assert "Nothing is missing" in whole
    part = words(clerk().post(address, {**form_of(page), "staff": ""}))
    assert "The number of staff" in part
    odd = words(clerk().post(address, {**form_of(page), "staff": "x"}))
    assert "cannot be read" in odd
    assert ContractFile.objects.get().version == 1


def test_the_usual_schedule_takes_the_place_of_another() -> None:
    file = drafted(award())
    address = f"/en/desk/contracts/{file.pk}/draft/"
    typed = form_of(clerk().get(address))
    sent = {**typed, "ends_on": "2026-12-31", "version": "1", "usual": "1"}
    assert clerk().post(address, sent)["Location"].endswith("/draft/?done=contract.save")
    parts = ContractFile.objects.get().content["instalments"]
    assert [one["amount_fen"] for one in parts] == [180_000_000, 240_000_000, 180_000_000]


def test_a_signature_under_another_text_is_not_taken() -> None:
    file = settled(award())
    address = f"/en/desk/contracts/{file.pk}/sign/"
    page = director().get(address)
    shown = fingerprint(file)
    assert shown in page.content.decode()
    told = director().post(address, {"sha256": "0" * 64})
    assert told.status_code == 409
    assert "changed after you had opened it" in words_of(told)
    assert f'name="sha256" value="{shown}"' in told.content.decode()
    assert director().post(address, {"sha256": shown}).status_code == 302
    late = director().post(address, {"sha256": shown})
    assert late.status_code == 409 and "Signed by the provider" in words_of(late)


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_who_sees_a_draft_and_who_does_not() -> None:
    file = drafted(award())
    address = f"/en/desk/contracts/{file.pk}/"
    rival = browser("director2", Role.PROVIDER_DIRECTOR, RIVAL)
    auditor = browser("auditor", Role.AUDITOR, None)
    foreign = browser("clerk3", Role.PURCHASER_CLERK, RIVAL)
    supervisor = browser("supervisor", Role.SUPERVISOR, RIVAL)
    seen = [clerk(), signatory(), auditor, supervisor]
    unseen = [director(), rival, foreign]
    assert [one.get(address).status_code for one in seen] == [200] * 4
    assert [one.get(address).status_code for one in unseen] == [404] * 3
    listed = [f"{file.pk}" in one.get("/en/desk/contracts/").content.decode() for one in seen]
    assert all(listed)
    for one in unseen:
        assert file.pk not in one.get("/en/desk/contracts/").content.decode()
    clerk().post(f"{address}offer/")
    assert director().get(address).status_code == 200
    assert rival.get(address).status_code == 404
    assert Client().get(f"/en/contracts/{file.pk}/").status_code == 404


def test_the_provider_keeps_reading_what_was_last_sent() -> None:
    file = settled(award())
    address = f"/en/desk/contracts/{file.pk}/"
    assert clerk().post(f"{address}reopen/", {"reason": "A wrong day"}).status_code == 302
    typed = form_of(clerk().get(f"{address}draft/"))
    clerk().post(f"{address}draft/", {**typed, "staff": "17", "version": "1"})
    assert "<dd>17</dd>" in clerk().get(address).content.decode()
    theirs = director().get(address).content.decode()
    assert "<dd>20</dd>" in theirs and "<dd>17</dd>" not in theirs
    assert "The purchaser is working on the text" in theirs
    assert "A wrong day" in theirs


def test_buttons_are_those_of_the_step_and_the_person() -> None:
    file = drafted(award())
    address = f"/en/desk/contracts/{file.pk}/"

    def steps(of: Client) -> list[str]:
        return [one.url.split("/")[-2] for one in of.get(address).context["buttons"]]

    assert (steps(clerk()), steps(signatory())) == (["draft", "offer"], [])
    clerk().post(f"{address}offer/")
    assert (steps(clerk()), steps(director())) == (["reopen"], ["settle", "propose"])
    shown = fingerprint(ContractFile.objects.get())
    director().post(f"{address}settle/", {"sha256": shown})
    assert (steps(clerk()), steps(director())) == (["reopen"], ["sign"])
    director().post(f"{address}sign/", {"sha256": shown})
    assert (steps(signatory()), steps(director())) == (["countersign"], [])
    signatory().post(f"{address}countersign/", {"sha256": shown})
    assert (steps(clerk()), steps(signatory())) == (["publish"], [])
    clerk().post(f"{address}publish/")
    assert (steps(clerk()), steps(signatory())) == ([], ["terminate"])
    early = clerk().post(f"{address}complete/")
    assert early.status_code == 409 and "31 December 2028" in words_of(early)
    signatory().post(f"{address}terminate/", {"kind": "terminated_by_both", "reason": "It burnt"})
    assert "It burnt" in words(clerk().get(address))
    assert "It burnt" in words(Client().get(f"/en/contracts/{file.pk}/text/"))
    assert (steps(clerk()), steps(signatory())) == ([], [])


@pytest.mark.parametrize(("day", "tag"), [("2025-12-31", "warn"), ("2026-01-01", "bad")])
def test_the_clock_of_the_signature_runs_thirty_days(day: str, tag: str) -> None:
    file = drafted(award())
    clock.set_day(actor="t", at=NOW, day=date.fromisoformat(day))
    shown = clerk().get(f"/en/desk/contracts/{file.pk}/").context["clocks"]
    assert [(one.due_on, one.tag) for one in shown] == [(date(2025, 12, 31), tag)]


@pytest.mark.parametrize(("day", "tag"), [("2025-12-12", "warn"), ("2025-12-13", "bad")])
def test_the_clock_of_the_publication_runs_two_working_days(day: str, tag: str) -> None:
    file = concluded(award())
    clock.set_day(actor="t", at=NOW, day=date.fromisoformat(day))
    shown = clerk().get(f"/en/desk/contracts/{file.pk}/").context["clocks"]
    assert [(one.due_on, one.tag) for one in shown] == [
        (date(2025, 12, 31), "ok"),
        (date(2025, 12, 12), tag),
    ]


def test_a_contract_from_elsewhere_has_a_state_and_no_text() -> None:
    made = cast.contract(cast.stage())
    page = clerk().get(f"/en/desk/contracts/{made.pk}/")
    assert "In force, published" in words(page)
    assert "its text is not kept here" in words(page)
    for ending in ("draft/", "sign/", "print/", "contract.pdf"):
        status = clerk().get(f"/en/desk/contracts/{made.pk}/{ending}").status_code
        assert status in (403, 404), ending
    text = Client().get(f"/en/contracts/{made.pk}/text/")
    assert text.status_code == 200 and "This contract was concluded elsewhere" in words(text)
    assert signatory().get(f"/en/desk/contracts/{made.pk}/terminate/").status_code == 200


def test_tasks_name_who_is_next_and_by_when() -> None:
    award()
    due = date(2025, 12, 31)

    def tasks(*actors: Any) -> list[list[tuple[str, date | None]]]:
        return [[(str(task.what), task.due_on) for task in tasks_for(one, NOW)] for one in actors]

    everybody = (CLERK, DIRECTOR, SIGNATORY, AUDITOR, DIRECTOR2)
    assert tasks(*everybody) == [[("Draft the contract", due)], [], [], [], []]
    file = drafting.draft(actor=CLERK, at=NOW, tender_id="T-1")
    finish = ("Finish the draft and send it to the provider", due)
    assert tasks(*everybody) == [[finish], [], [], [], []]
    shown = drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    assert tasks(*everybody)[1] == [("Agree to the contract or propose changes", due)]
    drafting.settle(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=shown)
    assert tasks(*everybody)[1] == [("Sign the contract", due)]
    signing.sign(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=shown)
    assert tasks(*everybody) == [[], [], [("Sign the contract", due)], [], []]
    wrote = Actor("clerk", SIGNATORY.held)
    assert tasks(wrote) == [[]]
    signing.countersign(actor=SIGNATORY, at=NOW, contract_id=file.pk, sha256=shown)
    assert tasks(*everybody)[0] == [("Publish the contract", date(2025, 12, 12))]
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    assert tasks(*everybody) == [[], [], [], [], []]
    after = NOW.replace(year=2029, month=1, day=1)
    assert [str(task.what) for task in tasks_for(CLERK, after)] == [
        "Close the contract as completed"
    ]


def test_the_list_filters_and_goes_to_a_sheet() -> None:
    file = drafted(award())
    cast.contract(on_stage(), id="C-1", ended_on=date(2025, 12, 1), end_kind="completed")
    at = "/en/desk/contracts/"
    for query, ids in (
        ("", {file.pk, "C-1"}),
        ("?state=draft", {file.pk}),
        ("?state=ended", {"C-1"}),
        ("?state=signed", set()),
        ("?q=wushan+family", {file.pk, "C-1"}),
        ("?q=五山", {file.pk, "C-1"}),
        ("?q=C-1", {"C-1"}),
        ("?q=nowhere", set()),
        ("?state=odd", {file.pk, "C-1"}),
    ):
        page = clerk().get(at + query)
        assert {row[0][0].value(row_of(page, place)) for place, row in rows_of(page)} == ids, query
    sheet = clerk().get(f"{at}?format=csv&state=draft").content.decode("utf-8-sig")
    assert sheet.splitlines()[1].startswith(f"{file.pk},Family services,Wushan Office")
    assert ",6000000.00,2026-01-01,2028-12-31,Draft" in sheet
    assert clerk().get(f"{at}?format=xlsx").content[:2] == b"PK"


def rows_of(page: Any) -> list[tuple[int, Any]]:
    return list(enumerate(page.context["table"]))


def row_of(page: Any, place: int) -> Any:
    return list(page.context["page"])[place]


def on_stage() -> Any:
    """The stage that stands already."""
    from almoner.directory.models import Framework
    from almoner.parties.models import Area, Organisation

    stand = SimpleNamespace
    return stand(
        purchaser=Organisation.objects.get(pk=PURCHASER),
        provider=Organisation.objects.get(pk=PROVIDER),
        street=Area.objects.get(pk="440106001"),
        item=stand(code=cast.ITEM),
        framework=Framework.objects.get(),
    )


def test_the_same_text_gives_the_same_bytes(tmp_path: Path) -> None:
    file = concluded(award())
    text = text_of(held(file.pk))  # type: ignore[arg-type]
    assert text is not None
    first = pdf.pdf_of(text, "en")
    (kept,) = (tmp_path / "contracts").iterdir()
    kept.unlink()
    assert pdf.pdf_of(text, "en") == first
    kept.write_bytes(b"kept")
    assert pdf.pdf_of(text, "en") == b"kept"


def test_without_pango_there_is_a_page_to_print(monkeypatch: pytest.MonkeyPatch) -> None:
    file = drafted(award())

    def missing() -> None:
        raise pdf.NoPrinter

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    page = clerk().get(f"/en/desk/contracts/{file.pk}/contract.pdf")
    assert "Open the page for printing instead" in words(page)
    printed = clerk().get(f"/en/desk/contracts/{file.pk}/print/")
    assert "paper.css" in printed.content.decode() and "not signed" in words(printed)


def test_mail_goes_to_whoever_is_next(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    person("director", Role.PROVIDER_DIRECTOR, PROVIDER)
    Person.objects.update(email="director@example.org")
    file = drafted(award())
    with django_capture_on_commit_callbacks(execute=True):
        drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    assert [mail.to for mail in mailoutbox] == [["director@example.org"]]
    assert f"/desk/contracts/{file.pk}/" in mailoutbox[0].body


def test_the_negotiation_log_cannot_be_changed() -> None:
    file = drafted(award())
    drafting.offer(
        actor=CLERK, at=NOW, contract_id=file.pk, remarks=[drafting.Remark("", "Welcome")]
    )
    for change in (
        lambda: NegotiationEntry.objects.update(text="x"),
        lambda: NegotiationEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_contract_whose_last_day_is_over_can_be_closed() -> None:
    file = concluded(award())
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    address = f"/en/desk/contracts/{file.pk}/"
    clock.set_day(actor="t", at=NOW, day=date(2028, 12, 31))
    assert clerk().get(address).context["buttons"] == []
    clock.set_day(actor="t", at=NOW, day=date(2029, 1, 1))
    (button,) = clerk().get(address).context["buttons"]
    assert clerk().post(button.url)["Location"] == f"{address}?done=contract.complete"
    assert "Completed" in words(clerk().get(address))


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Family services in Wushan", "Family services in Wushan, Wushan Sub-district"),
        ("Family services, Wushan Sub-district", "Family services, Wushan Sub-district"),
    ],
)
def test_a_heading_says_the_place_once(title: str, heading: str) -> None:
    document: Any = {
        "title": {"name_zh": "五山街道家庭综合服务", "name_en": title},
        "area": {"name_zh": "五山街道", "name_en": "Wushan Sub-district"},
    }
    text = Text(document, "", None, None, None, "", "", (), (), (), ())
    with override("en"):
        assert text.heading == heading
    with override("zh-hans"):
        assert text.heading == "五山街道家庭综合服务"
