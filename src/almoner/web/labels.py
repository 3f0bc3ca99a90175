"""What roles and permissions are called."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.roles import Permission, Role

ROLES: Mapping[Role, str | Promise] = {
    Role.SUPERVISOR: _("Supervising authority"),
    Role.PURCHASER_CLERK: _("Purchaser's clerk"),
    Role.PURCHASER_SIGNATORY: _("Purchaser's signatory"),
    Role.FINANCE_OFFICER: _("Finance officer"),
    Role.PROVIDER_DIRECTOR: _("Provider's director"),
    Role.PROVIDER_SUPERVISOR: _("Provider's supervisor"),
    Role.SOCIAL_WORKER: _("Social worker"),
    Role.PANEL_MEMBER: _("Panel member"),
    Role.EVALUATION_LEAD: _("Evaluation lead"),
    Role.RATER: _("Rater"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}
PERMISSIONS: Mapping[Permission, str | Promise] = {
    Permission.PORTAL_READ: _("Read everything that is public"),
    Permission.PORTAL_WRITE: _("Name a need, support one, or complain"),
    Permission.ACCOUNT_READ: _("See one's own account"),
    Permission.CLOCK_SET: _("Set the demonstration's clock"),
    Permission.AUDIT_READ: _("Read the audit record"),
    Permission.PEOPLE_MANAGE: _("Add people, grant and end roles"),
    Permission.DIRECTORY_READ: _("Read drafts of the directory"),
    Permission.DIRECTORY_PUBLISH: _("Publish items of the directory"),
    Permission.NEED_READ: _("Read the needs that were recorded"),
    Permission.NEED_RECORD: _("Record, answer and link needs"),
    Permission.BUDGET_READ: _("Read the budget"),
    Permission.BUDGET_PROPOSE: _("Propose an appropriation"),
    Permission.BUDGET_APPROVE: _("Approve an appropriation that a colleague proposed"),
    Permission.TENDER_READ: _("Read tenders and their registers"),
    Permission.TENDER_DRAFT: _("Draft a tender and see it through to the award notice"),
    Permission.TENDER_PUBLISH: _("Publish or cancel a tender"),
    Permission.TENDER_OPEN: _("Open bids, with a second person"),
    Permission.AWARD_DECIDE: _("Decide an award"),
    Permission.BID_MAKE: _("Make, submit and withdraw bids"),
    Permission.PANEL_SCORE: _("Declare ties and score bids"),
    Permission.CONTRACT_READ: _("Read contracts before they are public"),
    Permission.CONTRACT_DRAFT: _("Draft, offer and publish a contract"),
    Permission.CONTRACT_NEGOTIATE: _("Propose changes to a contract or agree to it"),
    Permission.CONTRACT_SIGN_PURCHASER: _("Sign contracts for the purchaser"),
    Permission.CONTRACT_SIGN_PROVIDER: _("Sign contracts for the provider"),
    Permission.SESSION_READ: _("Read the log of sessions"),
    Permission.SESSION_LOG: _("Log sessions"),
    Permission.SESSION_CONFIRM: _("Confirm sessions that others logged"),
    Permission.SESSION_IMPORT: _("Import a month of sessions"),
    Permission.TASK_READ: _("Read requests for tasks outside the contract"),
    Permission.TASK_ASK: _("Ask a provider for a task"),
    Permission.TASK_AGREE: _("Answer a request for a task, agree to changes"),
    Permission.TASK_OVERRIDE: _("Impose a task, with name and reason"),
    Permission.PAYMENT_READ: _("Read instalments and payments"),
    Permission.PAYMENT_ACCEPT: _("Accept what was delivered for an instalment"),
    Permission.PAYMENT_PAY: _("Pay an instalment that was accepted"),
    Permission.EVALUATION_READ: _("Read evaluations before they are public"),
    Permission.EVALUATION_ASSIGN: _("Assign an evaluation to an agency"),
    Permission.EVALUATION_RATE: _("Score a service"),
    Permission.EVALUATION_REPLY: _("Reply to scores"),
    Permission.EVALUATION_CONCLUDE: _("Conclude an evaluation"),
    Permission.CONSEQUENCE_DECIDE: _("Decide what follows from an evaluation"),
    Permission.COMPLAINT_READ: _("Read complaints"),
    Permission.COMPLAINT_ANSWER: _("Answer complaints"),
}
