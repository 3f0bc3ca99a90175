"""Who is told when a contract changes hands."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.accounts.notify import tell
from almoner.contracts.models import Contract, ContractFile
from almoner.rules.roles import Permission

PROVIDER, PURCHASER = "provider", "purchaser"

NEXT: Mapping[str, tuple[tuple[Permission, str, str | Promise], ...]] = {
    "offered": (
        (
            Permission.CONTRACT_NEGOTIATE,
            PROVIDER,
            _("A contract was sent to you: agree to it or propose changes"),
        ),
    ),
    "proposed": (
        (Permission.CONTRACT_DRAFT, PURCHASER, _("The provider proposes changes to a contract")),
    ),
    "settled": (
        (Permission.CONTRACT_SIGN_PROVIDER, PROVIDER, _("A contract waits for your signature")),
        (Permission.CONTRACT_DRAFT, PURCHASER, _("The provider agreed to the text")),
    ),
    "reopened": (
        (
            Permission.CONTRACT_NEGOTIATE,
            PROVIDER,
            _("The purchaser took the contract back to change it; signatures are void"),
        ),
    ),
    "signed": (
        (Permission.CONTRACT_SIGN_PURCHASER, PURCHASER, _("A contract waits for your signature")),
    ),
    "concluded": (
        (
            Permission.CONTRACT_DRAFT,
            PURCHASER,
            _("A contract is concluded: publish it within two working days"),
        ),
        (Permission.CONTRACT_SIGN_PROVIDER, PROVIDER, _("A contract is concluded")),
    ),
    "published": (
        (Permission.CONTRACT_SIGN_PROVIDER, PROVIDER, _("A contract of yours is published")),
    ),
    "ended": ((Permission.CONTRACT_SIGN_PROVIDER, PROVIDER, _("A contract of yours has ended")),),
}


def hand_over(what: str, contract: Contract | ContractFile, at: datetime) -> None:
    """Tell those whose step is next, once the transaction is committed."""
    bodies = {PROVIDER: contract.provider_id, PURCHASER: contract.purchaser_id}
    for permission, side, sentence in NEXT[what]:
        tell(
            permission,
            bodies[side],
            about=contract.pk,
            what=sentence,
            url=reverse("desk-contract", args=[contract.pk]),
            at=at,
        )
