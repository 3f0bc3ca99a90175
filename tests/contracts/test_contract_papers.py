"""A contract on paper and on lists: its print, its clocks, whose task it is, mail."""

import io
import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
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
    SIGNATORY,
    award,
    concluded,
    drafted,
    person,
)
from tests.contracts.readers import clerk, signatory, words
from tests.disclosure import cast

from almoner.accounts.models import Person
from almoner.contracts import pdf
from almoner.contracts.operations import drafting, living, signing
from almoner.contracts.queries.files import fingerprint, held
from almoner.contracts.queries.tasks import tasks_for
from almoner.contracts.text import Text
from almoner.contracts.views.shown import text_of
from almoner.rules.roles import Actor, Role
from almoner.web import clock

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.usefixtures("tenth_of_december"),
]


CLAUSES = {
    "en": "A late evaluation or a change of staff in an office does not put payment off",
    "zh-hans": "评估迟延、经办人变动均不推迟付款",
}


def test_the_pdf_is_text_in_its_language_and_the_same_text_gives_the_same_bytes(
    tmp_path: Path,
) -> None:
    file = concluded(award())
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    for language, clause in CLAUSES.items():
        response = Client().get(f"/{language}/contracts/{file.pk}/contract.pdf")
        assert response["Content-Type"] == "application/pdf"
        read = pypdf.PdfReader(io.BytesIO(response.content))
        text = "".join(page.extract_text() for page in read.pages)
        assert re.sub(r"\s+", "", clause) in re.sub(r"\s+", "", text)
        assert fingerprint(file) in re.sub(r"\s+", "", text)
        assert f"1 / {len(read.pages)}" in text
    with override("zh-hans"):
        found = text_of(held(file.pk))  # type: ignore[arg-type]
    assert found is not None
    for kept in (tmp_path / "contracts").iterdir():
        kept.write_bytes(b"kept")
    assert pdf.pdf_of(found, "zh-hans") == b"kept"
    for kept in (tmp_path / "contracts").iterdir():
        kept.unlink()
    assert pdf.pdf_of(found, "zh-hans") == response.content


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
