"""The way into a step: who took it is on record, and a deputy counts as both."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from almoner.accounts.gate import steps_for, take
from almoner.audit.models import Event
from almoner.audit.queries import deeds
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Role
from almoner.rules.workflow import TENDER

AT = datetime(2026, 7, 1, 1, tzinfo=UTC)
BODY = "O-1"
pytestmark = pytest.mark.django_db

CLERK, SIGNATORY = Held(Role.PURCHASER_CLERK, BODY), Held(Role.PURCHASER_SIGNATORY, BODY)
LI = Actor("li", (CLERK, SIGNATORY))
WANG = Actor("wang", (Held(Role.PURCHASER_CLERK, BODY, instead_of="li"), SIGNATORY))
ZHAO = Actor("zhao", (Held(Role.PURCHASER_SIGNATORY, BODY, instead_of="li"),))
QIAN = Actor("qian", (SIGNATORY,))


def draft(actor: Actor, subject: str = "T-1") -> None:
    with transaction.atomic():
        taken = take(TENDER, "draft", actor=actor, state="", body=BODY, subject_id=subject)
        taken.log(at=AT, after={"id": subject}, reason="because")


def may_publish(actor: Actor) -> bool:
    at: dict[str, str] = {"state": "submitted", "body": BODY, "subject_id": "T-1"}
    offered = "publish" in steps_for(TENDER, actor=actor, **at)
    try:
        take(TENDER, "publish", actor=actor, **at)
    except Refused as refused:
        assert refused.code == "same_person" and not offered
        return False
    assert offered
    return True


def test_a_step_is_on_record_with_the_role_in_which_it_was_taken() -> None:
    draft(LI)
    event = Event.objects.get()
    assert (event.kind, event.actor, event.role) == ("tender.draft", "li", "purchaser_clerk")
    assert (event.subject_table, event.subject_id) == ("tenders", "T-1")
    assert event.reason == "because"


def test_a_deputys_step_counts_as_that_of_both() -> None:
    draft(WANG)
    event = Event.objects.get()
    assert (event.actor, event.role) == ("wang", "purchaser_clerk instead of li")
    assert deeds("tenders", "T-1") == [("tender.draft", "wang"), ("tender.draft", "li")]


@pytest.mark.parametrize("drafter", [LI, WANG])
def test_nobody_checks_himself_through_a_deputy(drafter: Actor) -> None:
    """Neither the drafter, nor whoever the drafter stands in for, nor that one's deputy."""
    draft(drafter)
    assert not may_publish(LI)
    assert not may_publish(ZHAO)
    assert may_publish(WANG) == (drafter is LI)
    assert may_publish(QIAN)


def test_what_was_done_to_another_thing_bars_nobody() -> None:
    draft(LI, "T-2")
    assert may_publish(LI)


def test_a_refused_step_leaves_no_trace() -> None:
    for actor, state in ((QIAN, ""), (LI, "draft"), (Actor("sun"), "")):
        with pytest.raises(Refused):
            take(TENDER, "draft", actor=actor, state=state, body=BODY, subject_id="T-1")
    with pytest.raises(Refused):
        take(TENDER, "draft", actor=LI, state="", body="O-2", subject_id="T-1")
    assert not Event.objects.exists()
