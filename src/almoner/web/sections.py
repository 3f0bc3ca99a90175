"""The sections of the desk, and who sees a link to each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.rules.roles import EVERYBODY, Actor, Permission


@dataclass(frozen=True)
class Section:
    """A page of the desk by the name of its address."""

    name: str
    label: str | Promise
    permission: Permission


# In the order of a purchase. Whoever adds a page of the desk adds its line here.
SECTIONS = (
    Section("desk", _("My tasks"), Permission.ACCOUNT_READ),
    Section("desk-search", _("Find"), Permission.ACCOUNT_READ),
    Section("desk-directory", _("Directory"), Permission.DIRECTORY_READ),
    Section("desk-needs", _("Needs"), Permission.NEED_READ),
    Section("appropriations", _("Budget"), Permission.BUDGET_READ),
    Section("proposals", _("Proposals"), Permission.BUDGET_READ),
    Section("desk-tenders", _("Tenders"), Permission.TENDER_READ),
    Section("bids", _("Bids"), Permission.BID_MAKE),
    Section("panels", _("Panels"), Permission.PANEL_SCORE),
    Section("desk-contracts", _("Contracts"), Permission.CONTRACT_READ),
    Section("session-log", _("Log a session"), Permission.SESSION_LOG),
    Section("sessions", _("Log of sessions"), Permission.SESSION_READ),
    Section("session-confirm", _("Confirm sessions"), Permission.SESSION_CONFIRM),
    Section("imports", _("Imports"), Permission.SESSION_IMPORT),
    Section("session-workers", _("Who logs as whom"), Permission.SESSION_IMPORT),
    Section("task-requests", _("Tasks outside contracts"), Permission.TASK_READ),
    Section("instalments", _("Payments"), Permission.PAYMENT_READ),
    Section("desk-evaluations", _("Evaluations"), Permission.EVALUATION_READ),
    Section("desk-complaints", _("Complaints"), Permission.COMPLAINT_READ),
    Section("supervise", _("Supervise"), Permission.FINDING_READ),
    Section("desk-raters", _("Raters"), Permission.FINDING_READ),
    Section("people", _("People and roles"), Permission.PEOPLE_MANAGE),
    Section("people-workers", _("Who logs as whom"), Permission.PEOPLE_MANAGE),
    Section("audit", _("Audit trail"), Permission.AUDIT_READ),
    Section("account", _("Your account"), Permission.ACCOUNT_READ),
)


def sections_for(actor: Actor | None) -> list[Section]:
    """The sections that somebody who is signed in may open; none for anybody else."""
    if actor is None:
        return []
    free = EVERYBODY | {Permission.ACCOUNT_READ}
    return [
        section
        for section in SECTIONS
        if section.permission in free or actor.may(section.permission)
    ]
