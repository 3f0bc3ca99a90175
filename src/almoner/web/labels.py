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
    Permission.ACCOUNT_READ: _("See one's own account"),
    Permission.CLOCK_SET: _("Set the demonstration's clock"),
    Permission.AUDIT_READ: _("Read the audit record"),
}
