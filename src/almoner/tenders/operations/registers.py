"""Who was asked before a tender: bodies of the market, and users by pseudonym."""

from datetime import date, datetime

from django.db import transaction

from almoner.audit.operations import Act, record
from almoner.rules.calendar import local_day
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held, Permission
from almoner.rules.workflow import TenderState
from almoner.tenders.models import RegisterEntry, RegisterKind, TenderFile
from almoner.tenders.queries.files import locked, state_of


@transaction.atomic
def enter(
    *,
    actor: Actor,
    at: datetime,
    file_id: str,
    kind: RegisterKind,
    respondent: str,
    asked_on: date,
    said: str,
) -> RegisterEntry:
    """Enter somebody who was asked. Each counts once; nobody was asked in the future."""
    file, held = draft_of(actor, file_id)
    if asked_on > local_day(at):
        raise Refused("asked_later", field="asked_on")
    name = respondent.strip()
    if file.register.filter(kind=kind, respondent__iexact=name).exists():
        raise Refused("asked_already", field="respondent", respondent=name)
    entry = RegisterEntry.objects.create(
        file=file,
        kind=kind,
        respondent=name,
        asked_on=asked_on,
        said=said.strip(),
        entered_by=actor.login,
    )
    after = {"entry": entry.pk, "kind": kind.value, "asked_on": asked_on}
    act = Act("tender.consult", "tenders", file_id, after=after)
    record(actor=actor.login, role=held.role.value, at=at, acts=[act])
    return entry


@transaction.atomic
def strike(*, actor: Actor, at: datetime, file_id: str, entry_id: int) -> None:
    """Take out an entry that was made by mistake, while the tender is a draft."""
    file, held = draft_of(actor, file_id)
    entry = file.register.filter(pk=entry_id).first()
    if entry is None:
        raise Refused("no_such_entry")
    before = {
        "entry": entry.pk,
        "kind": entry.kind,
        "asked_on": entry.asked_on,
        "entered_by": entry.entered_by,
    }
    entry.delete()
    act = Act("tender.strike", "tenders", file_id, before=before)
    record(actor=actor.login, role=held.role.value, at=at, acts=[act])


def draft_of(actor: Actor, file_id: str) -> tuple[TenderFile, Held]:
    """The locked draft and the role by which what belongs to it may be written."""
    file = locked(file_id)
    held = actor.acting(Permission.TENDER_DRAFT, file.purchaser_id)
    if held is None:
        raise Refused("not_permitted", permission=Permission.TENDER_DRAFT.value)
    state = state_of(file)
    if state is not TenderState.DRAFT:
        raise Refused("wrong_state", thing="tender", step="save", state=state.value)
    return file, held
