"""What the desk and the public pages both say about delivery."""

from django.utils.translation import gettext as _

from almoner.parties.models import Organisation
from almoner.rules.roles import Role
from almoner.rules.scope import Override
from almoner.web.format import named
from almoner.web.labels import ROLES


def imposed_in_words(override: Override, purchaser: Organisation) -> str:
    """Who of the purchaser imposed a task, in which office, and why."""
    office = ROLES[Role(override.role)] if override.role in set(Role) else override.role
    return _("Imposed by %(name)s, %(office)s, %(body)s. Reason: %(reason)s") % {
        "name": named(override),
        "office": office,
        "body": named(purchaser),
        "reason": override.reason,
    }
