"""From the award to both signatures: each step, who may take it, and what it leaves behind."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from tests.contracts.parts import (
    AUDITOR,
    CLERK,
    CLERK2,
    DIRECTOR,
    DIRECTOR2,
    NOW,
    PRICE,
    SIGNATORY,
    award,
    concluded,
    drafted,
    now,
    settled,
    signed,
)

from almoner.audit.models import Event
from almoner.budget.queries import left
from almoner.contracts.models import (
    Commitment,
    Contract,
    ContractFile,
    ContractTerm,
    Instalment,
    NegotiationEntry,
    Signature,
)
from almoner.contracts.operations import drafting, living, signing
from almoner.contracts.operations.drafting import Remark
from almoner.contracts.queries import agreement
from almoner.contracts.queries.files import document_of, fingerprint, held, missing_of
from almoner.disclosure.models import SearchEntry
from almoner.disclosure.operations import complete_search_index, rebuild_search_index
from almoner.exchange.verify import verify
from almoner.notices.models import Notice
from almoner.rules.contract import read
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor

pytestmark = pytest.mark.django_db


def refused(code: str, do: object, **arguments: object) -> Refused:
    """The refusal of an operation, which wrote nothing."""
    before = (Event.objects.count(), Signature.objects.count(), Contract.objects.count())
    with pytest.raises(Refused) as refusal:
        do(**arguments)  # type: ignore[operator]
    assert refusal.value.code == code
    after = (Event.objects.count(), Signature.objects.count(), Contract.objects.count())
    assert after == before
    return refusal.value


def kinds(contract_id: str) -> list[str]:
    events = Event.objects.filter(subject_id=contract_id).order_by("seq")
    return list(events.values_list("kind", flat=True))


def test_a_draft_begins_with_all_that_is_known() -> None:
    file = drafted(award())
    draft = read(file.content)
    assert file.bid_id == "B-1"
    assert (draft.starts_on, draft.ends_on) == (date(2026, 1, 1), date(2028, 12, 31))
    assert draft.staff == Decimal(20)
    assert draft.framework == ("F", "2025")
    assert len(draft.instalments) == 9
    assert sum(one.amount_fen or 0 for one in draft.instalments) == PRICE
    assert draft.commitments == {"A-1": PRICE // 2, "A-2": PRICE // 2}
    assert [term.code for term in draft.terms] == ["case", "enquiry"]
    assert "long_term" in draft.clauses
    assert missing_of(file, NOW.date()) == []
    assert kinds(file.pk) == ["contract.draft"]


def test_there_is_no_draft_before_the_award_is_announced() -> None:
    made = award()
    made.tender.award_published_on = None
    made.tender.save()
    refused("not_awarded", drafting.draft, actor=CLERK, at=NOW, tender_id="T-1")


def test_a_tender_has_one_contract() -> None:
    file = drafted(award())
    refused("wrong_state", drafting.draft, actor=CLERK2, at=NOW, tender_id="T-1")
    assert ContractFile.objects.get() == file


@pytest.mark.parametrize("who", [DIRECTOR, SIGNATORY, AUDITOR])
def test_only_a_clerk_of_the_purchaser_drafts(who: Actor) -> None:
    award()
    refused("not_permitted", drafting.draft, actor=who, at=NOW, tender_id="T-1")


def test_who_saves_over_somebody_else_is_told() -> None:
    file = drafted(award())
    draft = read(file.content)
    saved = {"at": NOW, "contract_id": file.pk, "draft": draft}
    assert drafting.save_draft(actor=CLERK, version=1, **saved) == 2
    refusal = refused("edited_meanwhile", drafting.save_draft, actor=CLERK2, version=1, **saved)
    assert refusal.values == {"by": "clerk"}
    assert drafting.save_draft(actor=CLERK2, version=2, **saved) == 3
    assert now(file).saved_by == "clerk2"


def test_half_a_draft_is_kept_and_not_offered() -> None:
    file = drafted(award())
    half = read({**file.content, "staff": None, "instalments": []})
    drafting.save_draft(actor=CLERK, at=NOW, contract_id=file.pk, version=1, draft=half)
    lacking = [check.code for check in missing_of(now(file), NOW.date())]
    assert lacking == ["staff", "instalments", "instalment_sum"]
    refusal = refused("incomplete", drafting.offer, actor=CLERK, at=NOW, contract_id=file.pk)
    assert refusal.values == {"number": 3}


def test_both_sides_talk_until_the_text_is_agreed() -> None:
    file = drafted(award())
    first = drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    drafting.propose(
        actor=DIRECTOR,
        at=NOW,
        contract_id=file.pk,
        remarks=[Remark("payment", "Pay within 5 days, please.")],
    )
    assert held(file.pk).state == "draft"  # type: ignore[union-attr]
    draft = read(now(file).content)
    better = read({**now(file).content, "clauses": {**draft.clauses, "payment": {"days": 5}}})
    drafting.save_draft(actor=CLERK, at=NOW, contract_id=file.pk, version=1, draft=better)
    second = drafting.offer(
        actor=CLERK, at=NOW, contract_id=file.pk, remarks=[Remark("payment", "Five it is.")]
    )
    assert first != second
    refused(
        "content_changed",
        drafting.settle,
        actor=DIRECTOR,
        at=NOW,
        contract_id=file.pk,
        sha256=first,
    )
    drafting.settle(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=second)
    assert held(file.pk).state == "settled"  # type: ignore[union-attr]
    said = NegotiationEntry.objects.order_by("pk").values_list("side", "clause")
    assert list(said) == [("provider", "payment"), ("purchaser", "payment")]
    texts = [one["text"]["name_en"] for one in document_of(now(file))["clauses"]]
    assert any("within 5 working days of the acceptance" in text for text in texts)
    assert kinds(file.pk) == [
        "contract.draft",
        "contract.offer",
        "contract.propose",
        "contract.save",
        "contract.offer",
        "contract.settle",
    ]


def test_a_proposal_says_something() -> None:
    file = drafted(award())
    drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    refused(
        "remark_missing",
        drafting.propose,
        actor=DIRECTOR,
        at=NOW,
        contract_id=file.pk,
        remarks=[Remark("", "  ")],
    )


def test_another_provider_has_no_part_in_it() -> None:
    file = settled(award())
    refused(
        "not_permitted",
        signing.sign,
        actor=DIRECTOR2,
        at=NOW,
        contract_id=file.pk,
        sha256=fingerprint(file),
    )


def test_nobody_signs_a_text_that_was_not_shown() -> None:
    file = settled(award())
    for wrong in ("", "0" * 64):
        refused(
            "content_changed",
            signing.sign,
            actor=DIRECTOR,
            at=NOW,
            contract_id=file.pk,
            sha256=wrong,
        )
    signing.sign(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=fingerprint(file))
    refused(
        "content_changed",
        signing.countersign,
        actor=SIGNATORY,
        at=NOW,
        contract_id=file.pk,
        sha256="0" * 64,
    )


def test_taking_the_text_back_voids_the_signature() -> None:
    file = signed(award())
    refused(
        "reason_missing",
        drafting.reopen,
        actor=CLERK,
        at=NOW,
        contract_id=file.pk,
        reason=" ",
    )
    drafting.reopen(actor=CLERK, at=NOW, contract_id=file.pk, reason="A wrong day")
    assert held(file.pk).state == "draft"  # type: ignore[union-attr]
    assert list(Signature.objects.values_list("side", "void")) == [("provider", True)]
    assert NegotiationEntry.objects.get().text == "A wrong day"
    refused(
        "wrong_state",
        signing.countersign,
        actor=SIGNATORY,
        at=NOW,
        contract_id=file.pk,
        sha256=fingerprint(file),
    )
    # The same text may be offered, agreed to and signed again.
    shown = drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    drafting.settle(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=shown)
    signing.sign(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=shown)
    assert held(file.pk).state == "signed"  # type: ignore[union-attr]


def test_with_the_second_signature_everything_is_there() -> None:
    made = award()
    file = concluded(made)
    contract = Contract.objects.get()
    assert contract.pk == file.pk == file.contract_id
    assert (contract.tender_id, contract.bid_id) == ("T-1", "B-1")
    assert contract.amount_fen == PRICE
    assert contract.signed_on == date(2025, 12, 10)
    assert contract.published_on is None
    hours = dict(ContractTerm.objects.values_list("code", "hours"))
    assert hours == {"case": Decimal(3360), "enquiry": None}
    rows = Instalment.objects.order_by("seq")
    assert sum(row.amount_fen for row in rows) == PRICE
    assert rows[0].condition == "人员到位、年度服务计划已公布 / " + (
        "The staff is in place and the year's plan is published"
    )
    committed = dict(Commitment.objects.values_list("appropriation_id", "amount_fen"))
    assert committed == {"A-1": PRICE // 2, "A-2": PRICE // 2}
    assert left(committed) == {"A-1": 0, "A-2": 0}
    both = Signature.objects.order_by("pk")
    assert [(one.side, one.role) for one in both] == [
        ("provider", "provider_director"),
        ("purchaser", "purchaser_signatory"),
    ]
    assert {one.sha256 for one in both} == {fingerprint(file)}
    assert kinds(file.pk)[-2:] == ["contract.countersign", "contract.conclude"]
    assert [faults for _check, faults in verify() if faults] == []


def test_money_that_is_gone_stops_the_second_signature() -> None:
    file = signed(award(left_fen=PRICE - 2))
    refusal = refused(
        "over_committed",
        signing.countersign,
        actor=SIGNATORY,
        at=NOW,
        contract_id=file.pk,
        sha256=fingerprint(file),
    )
    assert refusal.values["appropriation"] == "A-1"
    assert held(file.pk).state == "signed"  # type: ignore[union-attr]


def test_whoever_drafted_does_not_sign_for_the_purchaser() -> None:
    file = signed(award())
    clerk_too = Actor("clerk", SIGNATORY.held)
    refused(
        "same_person",
        signing.countersign,
        actor=clerk_too,
        at=NOW,
        contract_id=file.pk,
        sha256=fingerprint(file),
    )


def test_publishing_issues_a_notice() -> None:
    file = concluded(award())
    when = NOW + timedelta(days=1)
    living.publish(actor=CLERK, at=when, contract_id=file.pk)
    contract = Contract.objects.get()
    assert contract.published_on == contract.filed_on == date(2025, 12, 11)
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject_id, notice.published_at) == ("contract", file.pk, when)
    assert held(file.pk).state == "published"  # type: ignore[union-attr]
    refused("wrong_state", living.publish, actor=CLERK, at=when, contract_id=file.pk)


def test_whoever_signed_does_not_publish() -> None:
    file = concluded(award())
    refused(
        "same_person",
        living.publish,
        actor=Actor("signatory", CLERK.held),
        at=NOW,
        contract_id=file.pk,
    )


def test_a_contract_is_completed_once_its_last_day_is_over() -> None:
    file = concluded(award())
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    last = NOW.replace(year=2028, month=12, day=31)
    refused("not_over_yet", living.complete, actor=CLERK, at=last, contract_id=file.pk)
    living.complete(actor=CLERK, at=last + timedelta(days=1), contract_id=file.pk)
    contract = Contract.objects.get()
    assert (contract.ended_on, contract.end_kind) == (date(2028, 12, 31), "completed")
    assert held(file.pk).state == "ended"  # type: ignore[union-attr]


def test_a_contract_is_terminated_with_a_public_reason() -> None:
    file = concluded(award())
    living.publish(actor=CLERK, at=NOW, contract_id=file.pk)
    end = {"actor": SIGNATORY, "at": NOW, "contract_id": file.pk}
    refused("reason_missing", living.terminate, **end, kind="terminated_by_both", reason=" ")
    refused("end_kind_missing", living.terminate, **end, kind="completed", reason="Why")
    living.terminate(**end, kind="terminated_by_both", reason="The centre burnt down")  # type: ignore[arg-type]
    contract = Contract.objects.get()
    assert (contract.ended_on, contract.end_kind) == (date(2025, 12, 10), "terminated_by_both")
    assert Event.objects.get(kind="contract.terminate").reason == "The centre burnt down"
    assert set(Notice.objects.values_list("kind", flat=True)) == {"contract", "termination"}


def test_a_new_contract_is_found_and_shown_at_once() -> None:
    made = award()
    rebuild_search_index()
    at = "/en/search/?q=wushan+family"
    assert SearchEntry.objects.filter(kind="contract").count() == 0
    assert made.tender.pk and "C-2025-" not in Client().get(at).content.decode()
    file = concluded(made)
    assert file.pk in Client().get(at).content.decode()
    assert file.pk in Client().get("/en/contracts/").content.decode()
    assert Client().get(f"/en/contracts/{file.pk}/").status_code == 200
    assert complete_search_index() == 0
    entries = SearchEntry.objects.count()
    assert rebuild_search_index() == entries


def test_a_text_that_was_changed_after_signing_is_found() -> None:
    file = concluded(award())
    assert list(agreement.faults()) == []
    other = "signed another text than is kept"
    ContractFile.objects.update(text=file.text.replace("600000000", "600000001"))
    assert list(agreement.faults()) == [
        f"contract {file.pk}: the provider {other}",
        f"contract {file.pk}: the purchaser {other}",
    ]
    ContractFile.objects.update(text=file.text)
    Signature.objects.filter(side="purchaser").update(void=True)
    assert list(agreement.faults()) == [
        f"contract {file.pk} is concluded without the signatures of both sides"
    ]
