"""The pages of a draft: the form, the live checks, two people at one draft, the steps' buttons."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.disclosure.cast import tender
from tests.once import once_a_module, own_copy
from tests.tenders.draft_cast import Cast, cast, consulted, content, draft, published, submitted

from almoner.files.queries import attached
from almoner.rules.workflow import TENDER
from almoner.tenders.forms.drafting import typed_from, with_rows_changed
from almoner.tenders.models import RegisterEntry, TenderFile

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


copies = once_a_module(cast)
made = own_copy()


def words(response: Any) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", main)))


def sent(typed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a browser sends of a draft."""
    fields: dict[str, Any] = {
        name: value for name, value in typed.items() if name not in ("terms", "criteria", "reasons")
    }
    for name, prefix in (("terms", "term"), ("criteria", "criterion")):
        for row in typed[name]:
            for column, value in row.items():
                fields.setdefault(f"{prefix}-{column}", []).append(value)
    fields |= {f"reason-{code}": reason for code, reason in typed["reasons"].items()}
    return {**fields, **more}


def test_the_form_gives_back_what_was_typed(made: Cast) -> None:
    from django.http import QueryDict

    typed = content(made.on, needs=["N-1"], conditions=["continuous"], specification="a\nb")
    query = QueryDict(mutable=True)
    for name, value in sent(typed).items():
        query.setlist(name, value if isinstance(value, list) else [value])
    query["specification"] = "a\r\nb\0"
    assert typed_from(query) == typed


def test_rows_come_and_go_and_workers_are_put_into_the_formulas(made: Cast) -> None:
    typed = content(made.on)
    longer = with_rows_changed({**typed}, "add-terms")["terms"]
    assert (len(longer), longer[-1]["code"], longer[-1]["formula"]) == (10, "10", "")
    shorter = with_rows_changed({**typed}, "remove-terms-0")["terms"]
    assert [row["code"] for row in shorter] == [f"0{n}" for n in range(2, 10)]
    assert with_rows_changed({**typed}, "remove-terms-99") == typed
    assert with_rows_changed({**typed}, "remove-title_en-0") == typed
    staffed = with_rows_changed({**typed, "staff": "7.5"}, "staff")["terms"]
    assert staffed[0]["formula"].endswith("* 7.5 staff")
    assert staffed[3]["formula"] == "4 hour/report/staff * 7.5 staff * 48 report"
    assert with_rows_changed({**typed, "staff": "many"}, "staff")["terms"] == typed["terms"]


@pytest.mark.parametrize(("language", "said"), [("en", "The draft is made."), ("zh-hans", "草稿")])
def test_a_clerk_begins_with_the_template(made: Cast, language: str, said: str) -> None:
    client = made.client("clerk")
    form = {
        "purchaser": made.office,
        "service_item": "A0301",
        "area": "440106001",
        "ceiling": "2,000,000",
    }
    page = client.post(f"/{language}/desk/tenders/new/", form, follow=True)
    file = TenderFile.objects.get()
    assert page.redirect_chain[0][0].startswith(f"/{language}/desk/tenders/{file.pk}/draft/")
    assert said in words(page)
    assert file.content["appropriations"] == ["A-2026"]
    assert file.content["staff"] == "14" and "21,268.8" in words(page)
    assert (
        client.post(f"/{language}/desk/tenders/new/", {**form, "ceiling": "x"}).status_code == 422
    )
    assert made.client("signatory").get("/en/desk/tenders/new/").status_code == 403


def test_the_first_minutes_save_publish_and_show(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    consulted(made, file)
    address = reverse("tender-save", args=[file.pk])
    assert "It can go to the signatory." in words(clerk.get(address))
    answer = clerk.post(address, sent(file.content, version="1", do="finish"))
    assert answer["Location"] == f"/en/desk/tenders/{file.pk}/?done=tender.save"
    answer = clerk.post(reverse("tender-submit", args=[file.pk]), follow=True)
    assert "It waits for the signatory." in words(answer)
    assert clerk.post(reverse("tender-publish", args=[file.pk])).status_code == 403
    signatory = made.client("signatory")
    page = signatory.get(reverse("desk-tender", args=[file.pk])).content.decode()
    assert reverse("tender-publish", args=[file.pk]) in page
    assert reverse("tender-submit", args=[file.pk]) not in page
    answer = signatory.post(reverse("tender-publish", args=[file.pk]), follow=True)
    assert "The tender is published." in words(answer)
    twice = signatory.post(reverse("tender-publish", args=[file.pk]))
    assert twice.status_code == 409 and "“Published”" in words(twice)


def test_what_stops_it_is_said_in_a_sentence(made: Cast) -> None:
    file = draft(made, specification="")
    clerk = made.client("clerk")
    answer = clerk.post(reverse("tender-submit", args=[file.pk]))
    assert answer.status_code == 409 and "cannot be read: Specification." in words(answer)
    file.content = content(made.on)
    file.save()
    said = words(clerk.post(reverse("tender-submit", args=[file.pk])))
    assert "rests on a law: The market was surveyed; Users were consulted." in said
    said = words(clerk.post(f"/zh-hans/desk/tenders/{file.pk}/submit/"))
    assert "已做市场调查; 已征求服务对象意见" in said


def test_half_a_draft_is_saved_with_its_fault_beside_the_field(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    half = sent({**file.content, "ceiling": "a lot", "title_zh": ""}, version="1", do="save")
    page = clerk.post(reverse("tender-save", args=[file.pk]), half, follow=True)
    file.refresh_from_db()
    assert (file.content["ceiling"], file.content["title_zh"], file.version) == ("a lot", "", 2)
    assert "Ceiling in yuan, whole contract: cannot be read" in words(page)
    assert 'value="a lot"' in page.content.decode()


def test_two_people_at_one_draft_are_told_and_nothing_is_lost(made: Cast) -> None:
    file = draft(made)
    address = reverse("tender-save", args=[file.pk])
    theirs = sent({**file.content, "specification": "Theirs."}, version="1", do="save")
    assert made.client("clerk2").post(address, theirs).status_code == 302
    mine = sent({**file.content, "specification": "Mine."}, version="1", do="save")
    clerk = made.client("clerk")
    page = clerk.post(address, mine)
    assert page.status_code == 409
    said = words(page)
    assert "Version 2 was saved by clerk2 on 1 July 2026" in said
    assert "Specification Theirs. Mine." in said
    html = page.content.decode()
    assert 'name="version" id="version" value="2"' in html
    assert "Mine.</textarea>" in html
    again = clerk.post(address, {**mine, "version": "2"})
    assert again.status_code == 302
    file.refresh_from_db()
    assert (file.content["specification"], file.version) == ("Mine.", 3)


def test_it_is_saved_by_itself_and_says_so(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    address = reverse("tender-save", args=[file.pk])
    typed = {**file.content, "specification": "Typing"}
    part = clerk.post(address, sent(typed, version="1"), headers={"HX-Request": "true"})
    assert "Version 2, saved by clerk" in part.content.decode()
    assert 'value="2" hx-swap-oob="true"' in part.content.decode()
    stale = sent({**typed, "specification": "Old"}, version="1")
    part = clerk.post(address, stale, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "Not saved" in part.content.decode()
    file.refresh_from_db()
    assert file.content["specification"] == "Typing"


def test_checks_and_hours_are_told_as_they_are_typed_and_nothing_is_saved(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    typed = {**file.content, "staff": "13"}
    typed["terms"] = [dict(row) for row in typed["terms"]]
    typed["terms"][0]["formula"] = "8 case/staff * 5 session/case * 6 hour/session * 28 staff"
    typed["terms"][1]["formula"] = "42 session"
    part = clerk.post(reverse("tender-check", args=[file.pk]), sent(typed)).content.decode()
    assert '<output id="hours-0" hx-swap-oob="true">6,720</output>' in part
    assert "The units do not cancel to hour." in part
    file.refresh_from_db()
    assert (file.version, file.content["staff"]) == (1, "14")


def test_a_form_sent_after_the_session_ended_comes_back(made: Cast) -> None:
    file = draft(made)
    address = reverse("tender-save", args=[file.pk])
    browser = Client()
    answer = browser.post(address, sent({**file.content, "title_en": "Kept"}, version="1"))
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    clerk = made.client("clerk")
    clerk.cookies.update(browser.cookies)
    page = clerk.get(back)
    assert 'value="Kept"' in page.content.decode()
    assert "You had been signed out." in words(page)


def test_a_draft_is_nobody_elses(made: Cast) -> None:
    file = draft(made)
    for login, status in (("stranger", 404), ("auditor", 403), ("signatory", 403)):
        assert made.client(login).get(reverse("tender-save", args=[file.pk])).status_code == status
    for login, status in (("stranger", 404), ("auditor", 200), ("supervisor", 200)):
        assert made.client(login).get(reverse("desk-tender", args=[file.pk])).status_code == status
    assert Client().get(f"/en/tenders/{file.pk}/").status_code == 404
    page = made.client("auditor").get(reverse("desk-tender", args=[file.pk])).content.decode()
    assert "<button" not in page.split("<main", 1)[1]


def test_a_submitted_draft_cannot_be_written(made: Cast) -> None:
    file = submitted(made)
    clerk, address = made.client("clerk"), reverse("tender-save", args=[file.pk])
    assert clerk.get(address)["Location"] == reverse("desk-tender", args=[file.pk])
    changed = sent({**file.content, "title_en": "Other"}, version="1")
    assert clerk.post(address, changed).status_code == 409


def test_returning_and_cancelling_ask_for_a_reason(made: Cast) -> None:
    file, signatory = submitted(made), made.client("signatory")
    for name in ("tender-return", "tender-cancel"):
        assert signatory.get(reverse(name, args=[file.pk])).status_code == 200
        assert signatory.post(reverse(name, args=[file.pk]), {"reason": ""}).status_code == 422
    signatory.post(reverse("tender-return", args=[file.pk]), {"reason": "Who is meant?"})
    page = words(made.client("clerk").get(reverse("tender-save", args=[file.pk])))
    assert "It came back from the signatory: Who is meant?" in page


def test_a_cancelled_tender_is_tendered_again(made: Cast) -> None:
    file = published(made)
    made.client("signatory").post(
        reverse("tender-cancel", args=[file.pk]), {"reason": "The money is gone."}
    )
    clerk = made.client("clerk")
    assert "Tender it again" in words(clerk.get(reverse("desk-tender", args=[file.pk])))
    page = clerk.post(reverse("tender-again", args=[file.pk]), follow=True)
    new = TenderFile.objects.get(replaces=file)
    assert f"Draft of tender {new.pk}" in words(page)
    twice = clerk.post(reverse("tender-again", args=[file.pk]))
    assert twice.status_code == 409 and "was tendered again already" in words(twice)


def test_the_registers_are_written_page_by_page(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    address = reverse("tender-consult", args=[file.pk, "market"])
    entry = {"respondent": "=Mingxin", "asked_on": "2026-06-30", "said": "It costs more."}
    assert clerk.get(address).status_code == 200
    assert "Saved." in words(clerk.post(address, entry, follow=True))
    refused = clerk.post(address, entry)
    assert refused.status_code == 409 and "each counts once" in words(refused)
    register = reverse("tender-register", args=[file.pk, "market"])
    assert "'=Mingxin" in clerk.get(register, {"format": "csv"}).content.decode()
    assert clerk.get(reverse("tender-register", args=[file.pk, "none"])).status_code == 404
    assert made.client("auditor").get(register).status_code == 200
    number = RegisterEntry.objects.get().pk
    clerk.post(reverse("tender-strike", args=[file.pk, number]), {"kind": "market"})
    assert not RegisterEntry.objects.exists()


def test_the_list_is_filtered_and_goes_to_a_sheet(made: Cast) -> None:
    one, two = draft(made, title_en="Elders at home"), submitted(made)
    tender(made.on, "T-loaded", method="open")
    clerk = made.client("clerk")
    address = reverse("desk-tenders")
    page = clerk.get(address)
    assert "3 entries" in words(page) and 'href="/en/tenders/T-loaded/"' in page.content.decode()
    assert one.pk in words(clerk.get(address, {"q": "elders wushan"}))
    found = words(clerk.get(address, {"state": "submitted"}))
    assert two.pk in found and one.pk not in found
    sheet = clerk.get(address, {"format": "csv"}).content.decode()
    assert f"{one.pk},Elders at home" in sheet and "2000000" in sheet


def test_every_step_of_drafting_has_an_address_with_its_permission() -> None:
    from django.urls import resolve

    for name in ("draft", "save", "intend", "submit", "return", "publish", "cancel"):
        arguments = [] if name == "draft" else ["T-1"]
        view = resolve(reverse(f"tender-{name}", args=arguments)).func
        assert view.permission == TENDER[name].permission  # type: ignore[attr-defined]


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_document_is_public_with_the_tender_and_not_before(made: Cast) -> None:
    file, clerk = draft(made), made.client("clerk")
    consulted(made, file)
    address = reverse("tender-attach", args=[file.pk])
    assert clerk.get(address).status_code == 200
    wrong = SimpleUploadedFile("form.exe", b"MZ\x90\x00")
    assert clerk.post(address, {"upload": wrong}).status_code == 422
    clerk.post(address, {"upload": SimpleUploadedFile("form.pdf", PDF)})
    (one,) = attached("tenders", file.pk)
    here = reverse("tender-document", args=[file.pk, one.id])
    public = f"/en/tenders/{file.pk}/documents/{one.id}/"
    assert made.client("stranger").get(here).status_code == 404
    assert Client().get(public).status_code == 404
    clerk.post(reverse("tender-submit", args=[file.pk]))
    made.client("signatory").post(reverse("tender-publish", args=[file.pk]))
    for client, url in ((clerk, here), (Client(), public)):
        answer = client.get(url)
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[arg-type]
        assert "attachment" in answer["Content-Disposition"]
    late = clerk.post(address, {"upload": SimpleUploadedFile("late.pdf", PDF)})
    assert late.status_code == 409 and len(attached("tenders", file.pk)) == 1
    assert Client().get(public.replace(one.id, "none")).status_code == 404
