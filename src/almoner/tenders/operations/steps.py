"""What the steps of a tender from the panel to the award share."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from almoner.accounts.gate import Taken, take
from almoner.accounts.mail import address_of, write_to
from almoner.accounts.models import Person
from almoner.accounts.notify import tell
from almoner.rules.roles import Actor, Permission
from almoner.rules.workflow import TENDER
from almoner.tenders.models import Tender, TenderFile
from almoner.tenders.queries.files import locked, state_of

Text = str | Promise


def take_tender(step: str, *, actor: Actor, tender_id: str) -> tuple[TenderFile, Tender, Taken]:
    """Lock a tender's file, then let the actor take the step on it, or Refused."""
    file = locked(tender_id)
    taken = take(
        TENDER,
        step,
        actor=actor,
        state=state_of(file),
        body=file.purchaser_id,
        subject_id=tender_id,
    )
    assert file.tender is not None  # every step here starts from a published tender
    return file, file.tender, taken


def tell_desk(permission: Permission, file: TenderFile, what: Text, at: datetime) -> None:
    """Mail those of the purchaser whose step is next."""
    url = reverse("desk-tender", args=[file.pk])
    tell(permission, file.purchaser_id, about=file.pk, what=what, url=url, at=at)


def tell_member(person: Person, file: TenderFile, what: Text, url: str) -> None:
    """Mail one member of the panel, once the step is committed."""

    def letter() -> tuple[str, str]:
        values = {"what": str(what), "about": file.pk, "url": address_of(url, person.language)}
        text = _("%(what)s: %(about)s\n\n%(url)s\n\nYou get this because you sit on its panel.")
        return f"{what}: {file.pk}", text % values

    transaction.on_commit(lambda: write_to(person, letter), robust=True)
