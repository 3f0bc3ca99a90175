"""The walk of a contract in the browser, and who sees what of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from tests.contracts.parts import (
    CLERK,
    NOW,
    PURCHASER,
    RIVAL,
    award,
    drafted,
    settled,
)
from tests.contracts.readers import browser, clerk, director, form_of, signatory, words, words_of

from almoner.contracts.forms import YuanField
from almoner.contracts.models import Contract, ContractFile, NegotiationEntry
from almoner.contracts.operations import drafting
from almoner.contracts.queries.files import fingerprint
from almoner.rules.roles import Role

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database,
    pytest.mark.usefixtures("tenth_of_december"),
]
LANGUAGES = ("en", "zh-hans")


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


def test_an_amount_has_an_end() -> None:
    field = YuanField()
    assert field.clean("999,999,999,999.99") == 99_999_999_999_999
    for beyond in ("1000000000000", "1000000000000.01", "9" * 15):
        with pytest.raises(ValidationError, match="such as 600000"):
            field.clean(beyond)


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
