"""Who may do what: the parts people have in a purchase, and what each part allows."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    SUPERVISOR = "supervisor"
    PURCHASER_CLERK = "purchaser_clerk"
    PURCHASER_SIGNATORY = "purchaser_signatory"
    FINANCE_OFFICER = "finance_officer"
    PROVIDER_DIRECTOR = "provider_director"
    PROVIDER_SUPERVISOR = "provider_supervisor"
    SOCIAL_WORKER = "social_worker"
    PANEL_MEMBER = "panel_member"
    EVALUATION_LEAD = "evaluation_lead"
    RATER = "rater"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    PORTAL_READ = "portal.read"
    ACCOUNT_READ = "account.read"
    CLOCK_SET = "clock.set"
    AUDIT_READ = "audit.read"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {role: frozenset[Permission]() for role in Role}
    | {
        Role.AUDITOR: frozenset({Permission.AUDIT_READ}),
        Role.ADMINISTRATOR: frozenset({Permission.AUDIT_READ, Permission.CLOCK_SET}),
    }
)
"""What a role allows beyond what everybody, and everybody signed in, may do."""


def permissions_of(roles: Iterable[Role], signed_in: bool) -> frozenset[Permission]:
    """All that a person may do. Roles count only for somebody who is signed in."""
    everybody = frozenset({Permission.PORTAL_READ})
    if not signed_in:
        return everybody
    granted = (ROLE_PERMISSIONS[role] for role in roles)
    return everybody.union({Permission.ACCOUNT_READ}, *granted)
