"""Who may do what: the parts people have in a purchase, and what each part allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
    PORTAL_WRITE = "portal.write"
    ACCOUNT_READ = "account.read"
    CLOCK_SET = "clock.set"
    AUDIT_READ = "audit.read"
    PEOPLE_MANAGE = "people.manage"
    DIRECTORY_READ = "directory.read"
    DIRECTORY_PUBLISH = "directory.publish"
    NEED_READ = "need.read"
    NEED_RECORD = "need.record"
    BUDGET_READ = "budget.read"
    BUDGET_PROPOSE = "budget.propose"
    BUDGET_APPROVE = "budget.approve"
    TENDER_READ = "tender.read"
    TENDER_DRAFT = "tender.draft"
    TENDER_PUBLISH = "tender.publish"
    TENDER_OPEN = "tender.open"
    AWARD_DECIDE = "award.decide"
    BID_MAKE = "bid.make"
    PANEL_SCORE = "panel.score"
    CONTRACT_READ = "contract.read"
    CONTRACT_DRAFT = "contract.draft"
    CONTRACT_NEGOTIATE = "contract.negotiate"
    CONTRACT_SIGN_PURCHASER = "contract.sign_purchaser"
    CONTRACT_SIGN_PROVIDER = "contract.sign_provider"
    SESSION_READ = "session.read"
    SESSION_LOG = "session.log"
    SESSION_CONFIRM = "session.confirm"
    SESSION_IMPORT = "session.import"
    TASK_READ = "task.read"
    TASK_ASK = "task.ask"
    TASK_AGREE = "task.agree"
    TASK_OVERRIDE = "task.override"
    PAYMENT_READ = "payment.read"
    PAYMENT_ACCEPT = "payment.accept"
    PAYMENT_PAY = "payment.pay"
    EVALUATION_READ = "evaluation.read"
    EVALUATION_ASSIGN = "evaluation.assign"
    EVALUATION_RATE = "evaluation.rate"
    EVALUATION_REPLY = "evaluation.reply"
    EVALUATION_CONCLUDE = "evaluation.conclude"
    CONSEQUENCE_DECIDE = "consequence.decide"
    COMPLAINT_READ = "complaint.read"
    COMPLAINT_ANSWER = "complaint.answer"
    FINDING_READ = "finding.read"


P = Permission
_PURCHASER_READS = frozenset(
    {
        P.DIRECTORY_READ,
        P.NEED_READ,
        P.BUDGET_READ,
        P.TENDER_READ,
        P.CONTRACT_READ,
        P.TASK_READ,
        P.PAYMENT_READ,
        P.EVALUATION_READ,
    }
)
_PROVIDER_READS = frozenset({P.CONTRACT_READ, P.SESSION_READ, P.TASK_READ})
_READS = _PURCHASER_READS | _PROVIDER_READS | {P.COMPLAINT_READ, P.AUDIT_READ, P.FINDING_READ}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.SUPERVISOR: _PURCHASER_READS
        | {
            P.DIRECTORY_PUBLISH,
            P.EVALUATION_ASSIGN,
            P.COMPLAINT_READ,
            P.COMPLAINT_ANSWER,
            P.FINDING_READ,
        },
        Role.PURCHASER_CLERK: _PURCHASER_READS
        | {
            P.NEED_RECORD,
            P.TENDER_DRAFT,
            P.TENDER_OPEN,
            P.CONTRACT_DRAFT,
            P.TASK_ASK,
            P.PAYMENT_ACCEPT,
        },
        Role.PURCHASER_SIGNATORY: _PURCHASER_READS
        | {
            P.TENDER_PUBLISH,
            P.TENDER_OPEN,
            P.AWARD_DECIDE,
            P.CONTRACT_SIGN_PURCHASER,
            P.TASK_OVERRIDE,
            P.CONSEQUENCE_DECIDE,
        },
        Role.FINANCE_OFFICER: frozenset(
            {P.BUDGET_READ, P.BUDGET_PROPOSE, P.BUDGET_APPROVE, P.PAYMENT_READ, P.PAYMENT_PAY}
        ),
        Role.PROVIDER_DIRECTOR: _PROVIDER_READS
        | {
            P.BID_MAKE,
            P.CONTRACT_NEGOTIATE,
            P.CONTRACT_SIGN_PROVIDER,
            P.SESSION_IMPORT,
            P.TASK_AGREE,
            P.PAYMENT_READ,
            P.EVALUATION_READ,
            P.EVALUATION_REPLY,
        },
        Role.PROVIDER_SUPERVISOR: _PROVIDER_READS | {P.SESSION_CONFIRM},
        Role.SOCIAL_WORKER: frozenset({P.SESSION_READ, P.SESSION_LOG}),
        Role.PANEL_MEMBER: frozenset({P.PANEL_SCORE}),
        Role.EVALUATION_LEAD: frozenset({P.EVALUATION_READ, P.EVALUATION_CONCLUDE}),
        Role.RATER: frozenset({P.EVALUATION_READ, P.EVALUATION_RATE}),
        Role.AUDITOR: _READS,
        Role.ADMINISTRATOR: frozenset({P.AUDIT_READ, P.CLOCK_SET, P.PEOPLE_MANAGE}),
    }
)
"""What a role allows beyond what everybody, and everybody signed in, may do."""

EVERYBODY = frozenset({P.PORTAL_READ, P.PORTAL_WRITE})


def permissions_of(roles: Iterable[Role], signed_in: bool) -> frozenset[Permission]:
    """All that a person may do. Roles count only for somebody who is signed in."""
    if not signed_in:
        return EVERYBODY
    granted = (ROLE_PERMISSIONS[role] for role in roles)
    return EVERYBODY.union({P.ACCOUNT_READ}, *granted)


@dataclass(frozen=True)
class Held:
    """A role held for one body (its uscc) or, None, for the whole city.

    `instead_of` is the login of somebody who is away and delegated the role.
    """

    role: Role
    body: str | None
    instead_of: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a login and the roles that it holds on the day of the act."""

    login: str
    held: tuple[Held, ...] = ()

    def acting(self, permission: Permission, body: str | None = None) -> Held | None:
        """The first role held that allows `permission` for `body` (None: for any body)."""
        for held in self.held:
            if permission in ROLE_PERMISSIONS[held.role] and (
                body is None or held.body is None or held.body == body
            ):
                return held
        return None

    def may(self, permission: Permission, body: str | None = None) -> bool:
        """Whether some role held allows it."""
        return self.acting(permission, body) is not None

    def bodies(self, permission: Permission) -> frozenset[str] | None:
        """For which bodies `permission` is held: their uscc; None means every one."""
        found = [held.body for held in self.held if permission in ROLE_PERMISSIONS[held.role]]
        if None in found:
            return None
        return frozenset(body for body in found if body is not None)
